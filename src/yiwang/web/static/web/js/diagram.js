// Process diagrams: loads bpmn-js when one comes into view, marks where the process stands, moves by keys, buttons, mouse
// and finger. One finger moves it sideways; up and down belong to the page.
const LEAST = 0.7;
const STEP = 80;
const STATES = new Set(["passed", "current", "halted", "away", "added", "removed", "changed"]);
const MARKS = { passed: "✓", current: "", halted: "", added: "＋", removed: "－", changed: "≠" };

const once = new Map();
const load = (make, key) => {
  if (!once.has(key)) {
    once.set(key, new Promise((resolve, reject) => {
      const element = make();
      element.addEventListener("load", resolve);
      element.addEventListener("error", reject);
      document.head.append(element);
    }));
  }
  return once.get(key);
};
const script = (src) => load(() => Object.assign(document.createElement("script"), { src }), src);
const style = (href) => load(() => Object.assign(document.createElement("link"), { rel: "stylesheet", href }), href);

const token = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

const mark = (viewer, { states, words }) => {
  const canvas = viewer.get("canvas");
  const overlays = viewer.get("overlays");
  const known = viewer.get("elementRegistry");
  for (const [id, state] of Object.entries(states)) {
    const shape = known.get(id);
    if (!shape || !STATES.has(state)) continue;
    canvas.addMarker(id, `yw-${state}`);
    if (!(state in MARKS) || shape.waypoints || (state === "passed" && shape.width < 60)) continue;
    const html = document.createElement("span");
    html.className = `y-diagram__mark is-${state}`;
    html.textContent = MARKS[state] || words[state];
    overlays.add(id, { position: { top: -10, left: -6 }, html });
  }
};

// The whole drawing where it stays legible, else the place where the process stands.
const settle = (viewer, states, whole) => {
  const canvas = viewer.get("canvas");
  canvas.zoom("fit-viewport", "auto");
  if (whole || canvas.zoom() >= LEAST) return;
  const all = viewer.get("elementRegistry");
  const here = Object.keys(states).find((id) => ["halted", "current", "changed", "added", "removed"].includes(states[id]) && all.get(id));
  const first = all.filter((each) => each.type === "bpmn:StartEvent")[0];
  canvas.zoom(1);
  const at = here ? all.get(here) : first;
  if (at) canvas.scrollToElement(at, { top: 60, bottom: 60, left: 40, right: 120 });
};

const steer = (figure, viewer, states) => {
  const canvas = viewer.get("canvas");
  const moves = {
    left: () => canvas.scroll({ dx: STEP, dy: 0 }),
    right: () => canvas.scroll({ dx: -STEP, dy: 0 }),
    up: () => canvas.scroll({ dx: 0, dy: STEP }),
    down: () => canvas.scroll({ dx: 0, dy: -STEP }),
    in: () => canvas.zoom(Math.min(canvas.zoom() * 1.25, 4)),
    out: () => canvas.zoom(Math.max(canvas.zoom() / 1.25, 0.1)),
    fit: () => settle(viewer, states, true),
    here: () => settle(viewer, states, false),
  };
  const keys = { ArrowLeft: "left", ArrowRight: "right", ArrowUp: "up", ArrowDown: "down", "+": "in", "=": "in", "-": "out", 0: "fit" };
  const pane = figure.querySelector(".y-diagram__pane");
  figure.querySelector(".y-diagram__tools").addEventListener("click", (event) => {
    moves[event.target.closest("button")?.dataset.do]?.();
  });
  pane.addEventListener("keydown", (event) => {
    const wanted = event.target === pane && !event.ctrlKey && !event.metaKey && !event.altKey && keys[event.key];
    if (!wanted) return;
    moves[wanted]();
    event.preventDefault();
    event.stopPropagation();
  });
  let x = null;
  pane.addEventListener("pointerdown", (event) => { x = event.pointerType === "touch" ? event.clientX : null; });
  pane.addEventListener("pointermove", (event) => {
    if (x === null || event.pointerType !== "touch") return;
    canvas.scroll({ dx: event.clientX - x, dy: 0 });
    x = event.clientX;
  });
  for (const end of ["pointerup", "pointercancel"]) pane.addEventListener(end, () => { x = null; });
};

const draw = async (figure) => {
  const frame = figure.querySelector(".y-diagram__frame");
  try {
    const [answer] = await Promise.all([fetch(figure.dataset.ywDiagram), script(figure.dataset.library), ...figure.dataset.styles.split(" ").map(style)]);
    if (!answer.ok) throw new Error(String(answer.status));
    frame.hidden = false;
    const data = JSON.parse(document.getElementById(`${figure.id}-data`).textContent);
    const viewer = new window.BpmnJS({
      container: frame.querySelector(".y-diagram__pane"),
      zoomScroll: { enabled: false },
      bpmnRenderer: { defaultFillColor: token("--paper"), defaultStrokeColor: token("--ink"), defaultLabelColor: token("--ink") },
      textRenderer: { defaultStyle: { fontFamily: token("--font"), fontSize: 13 }, externalStyle: { fontSize: 12 } },
    });
    await viewer.importXML(await answer.text());
    mark(viewer, data);
    settle(viewer, data.states, false);
    steer(figure, viewer, data.states);
    for (const key of figure.querySelectorAll(".y-diagram__key")) key.hidden = false;
    figure.dataset.drawn = "yes";
  } catch {
    frame.hidden = true;
    const said = document.createElement("p");
    said.className = "y-soft";
    said.textContent = figure.dataset.failed;
    frame.after(said);
    figure.dataset.drawn = "no";
    for (const words of figure.querySelectorAll("details")) words.open = true;
  }
};

const watch = () => {
  for (const figure of document.querySelectorAll("[data-yw-diagram]:not([data-drawn])")) {
    figure.dataset.drawn = "";
    const eye = new IntersectionObserver((entries) => {
      if (!entries.some((entry) => entry.isIntersecting)) return;
      eye.disconnect();
      draw(figure);
    }, { rootMargin: "200px" });
    eye.observe(figure);
  }
};

watch();
document.addEventListener("htmx:afterSwap", watch);
