// Charts: loads ECharts only where a page has one, gives it our colours and type, draws tooltips in the canvas (the pages
// allow no inline style).
const figures = () => document.querySelectorAll("[data-yw-chart]:not([data-drawn])");

const load = (src) =>
  new Promise((resolve, reject) => {
    if (window.echarts) return resolve(window.echarts);
    const script = document.createElement("script");
    script.src = src;
    script.addEventListener("load", () => resolve(window.echarts));
    script.addEventListener("error", reject);
    document.head.append(script);
  });

const theme = () => {
  const style = getComputedStyle(document.documentElement);
  const token = (name) => style.getPropertyValue(name).trim();
  const size = parseFloat(style.fontSize);
  const axis = {
    axisLine: { lineStyle: { color: token("--line-1") } },
    axisTick: { show: false },
    axisLabel: { color: token("--ink-2"), fontSize: size * 0.875 },
    splitLine: { lineStyle: { color: token("--line-2") } },
  };
  return {
    color: [token("--blue"), token("--ink-2"), token("--ok"), token("--warn"), token("--ink")],
    textStyle: { fontFamily: token("--font"), fontSize: size * 0.875, color: token("--ink") },
    legend: { textStyle: { color: token("--ink"), fontSize: size * 0.875 } },
    categoryAxis: axis,
    valueAxis: axis,
    timeAxis: axis,
    line: { lineStyle: { width: 3 }, symbol: "circle", symbolSize: 7 },
    bar: { barMaxWidth: 28 },
  };
};

const draw = async () => {
  for (const figure of figures()) {
    figure.dataset.drawn = "";
    const echarts = await load(figure.dataset.library);
    const option = JSON.parse(document.getElementById(figure.dataset.ywChart).textContent);
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    const chart = echarts.init(figure.querySelector(".y-chart__canvas"), theme(), { renderer: "canvas" });
    chart.setOption({ grid: { left: 8, right: 16, top: 40, bottom: 8, containLabel: true }, animation: !still, ...option,
      legend: option.legend && { top: 0, right: 0, ...option.legend },
      tooltip: { trigger: "axis", ...option.tooltip, renderMode: "richText" } });
    new ResizeObserver(() => chart.resize()).observe(figure);
  }
};

draw();
document.addEventListener("htmx:afterSwap", draw);
