// Completions under a search box (ARIA 1.2 combobox with a list popup). The server answers with the lines; the focus stays in the field.
// Without this script the box is a plain search form.
const PAUSE = 150;

const start = (box) => {
  const input = box.querySelector("input[type=search]");
  const list = box.querySelector("[role=listbox]");
  const said = box.querySelector("[data-yw-complete-said]");
  let active = -1;
  let asked = "";
  let timer = 0;
  let running = null;

  // A combobox is a text field: assistive technology knows no other kind of it.
  for (const [name, value] of Object.entries({
    type: "text", role: "combobox", autocomplete: "off", "aria-autocomplete": "list", "aria-haspopup": "listbox", "aria-expanded": "false", "aria-controls": list.id,
  })) input.setAttribute(name, value);

  const lines = () => [...list.children];

  const mark = (place) => {
    active = place;
    lines().forEach((line, at) => line.setAttribute("aria-selected", String(at === place)));
    const line = lines()[place];
    if (line) {
      input.setAttribute("aria-activedescendant", line.id);
      line.scrollIntoView({ block: "nearest" });
    } else input.removeAttribute("aria-activedescendant");
  };

  const show = (open) => {
    list.hidden = !open;
    input.setAttribute("aria-expanded", String(open));
    mark(-1);
  };

  const close = () => {
    clearTimeout(timer);
    running?.abort();
    show(false);
  };

  const fill = (html) => {
    list.innerHTML = html;
    lines().forEach((line, at) => { line.id = `${list.id}-${at}`; });
    const many = lines().length;
    show(many > 0);
    said.textContent = many ? said.dataset.many.replace("#", many) : said.dataset.none;
  };

  const ask = async () => {
    const text = input.value.trim();
    if (text === asked && lines().length) return show(true);
    asked = text;
    running?.abort();
    if (!text) {
      list.replaceChildren();
      return close();
    }
    running = new AbortController();
    try {
      const answer = await fetch(`${box.dataset.ywComplete}?q=${encodeURIComponent(text)}`, { signal: running.signal, headers: { "HX-Request": "true" } });
      if (answer.ok && document.activeElement === input) fill(await answer.text());
    } catch (fault) {
      if (fault.name !== "AbortError") close();
    }
  };

  const choose = (line) => {
    close();
    window.location.assign(line.dataset.href);
  };

  input.addEventListener("input", (event) => {
    if (event.isComposing) return;
    clearTimeout(timer);
    timer = setTimeout(ask, PAUSE);
  });
  input.addEventListener("compositionend", () => {
    clearTimeout(timer);
    timer = setTimeout(ask, PAUSE);
  });
  input.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    const many = lines().length;
    const open = !list.hidden;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      if (!open) ask();
      else if (many) mark(event.key === "ArrowDown" ? (active + 1) % many : (active <= 0 ? many : active) - 1);
    } else if (event.key === "Enter" && open && active >= 0) choose(lines()[active]);
    else if (event.key === "Escape" && open) close();
    else {
      if (event.key === "Tab" || event.key === "Enter") close();
      return;
    }
    event.preventDefault();
  });
  input.addEventListener("blur", close);
  list.addEventListener("pointerdown", (event) => event.preventDefault());
  list.addEventListener("click", (event) => {
    const line = event.target.closest("[role=option]");
    if (line) choose(line);
  });
};

for (const box of document.querySelectorAll("[data-yw-complete]")) start(box);
