// The editor of a model (dmn-js, bpmn-js): loads the library, saves as one writes, says when somebody else saved in between.
const PAUSE = 1200;
const LINES = /\r\n?/g;  // a form sends ends of lines as it likes

const loaded = new Map();
const load = (make, key) => {
  if (!loaded.has(key)) {
    loaded.set(key, new Promise((resolve, reject) => {
      const element = make();
      element.addEventListener("load", resolve);
      element.addEventListener("error", reject);
      document.head.append(element);
    }));
  }
  return loaded.get(key);
};
const script = (src) => load(() => Object.assign(document.createElement("script"), { src }), src);
const sheet = (href) => load(() => Object.assign(document.createElement("link"), { rel: "stylesheet", href }), href);

// What a library writes as inline style the policy would refuse; the same said through the object model it allows. Only on
// pages with an editor, before its library is loaded.
const allowStyles = () => {
  const { set: setMarkup, get: getMarkup } = Object.getOwnPropertyDescriptor(Element.prototype, "innerHTML");
  Object.defineProperty(Element.prototype, "innerHTML", {
    configurable: true,
    get: getMarkup,
    set(markup) {
      setMarkup.call(this, String(markup).replace(/(<[^>]*?)\sstyle="/g, '$1 data-yw-style="'));
      for (const each of this.querySelectorAll("[data-yw-style]")) {
        each.style.cssText = each.dataset.ywStyle;
        each.removeAttribute("data-yw-style");
      }
    },
  });
  const { setAttribute } = Element.prototype;
  Element.prototype.setAttribute = function (name, value) {
    if (name === "style") this.style.cssText = value;
    else setAttribute.call(this, name, value);
  };
  const { createElement } = Document.prototype;
  Document.prototype.createElement = function (name, ...rest) {
    if (String(name).toLowerCase() !== "style") return createElement.call(this, name, ...rest);
    const made = createElement.call(this, "template");
    const rules = new CSSStyleSheet();
    let text = "";
    Object.defineProperty(made, "textContent", { get: () => text, set: (given) => { text = given; rules.replaceSync(given); } });
    document.adoptedStyleSheets = [...document.adoptedStyleSheets, rules];
    return made;
  };
};

// The token of now: after logging in again in another tab that of the page holds no more.
const token = () => document.cookie.match(/(?:^|;\s*)csrftoken=([^;]+)/)?.[1] ?? document.querySelector("input[name=csrfmiddlewaretoken]")?.value ?? "";

const translator = (words) => ({
  translate: ["value", (template, values = {}) => (words[template] ?? template).replace(/{([^}]+)}/g, (whole, name) => values[name] ?? whole)],
});

// The diagram of requirements draws the names by which formulas read each other; people read labels: an element's own, or
// that of the table's column which reads it.
const labelOf = (object) => {
  const own = object?.get?.("label");
  if (own) return own;
  const columns = (object?.$parent?.drgElement ?? []).flatMap((each) => each.decisionLogic?.input ?? []);
  return columns.find((each) => each.label && each.inputExpression?.text === object.name)?.label;
};

function LabelRenderer(eventBus, drdRenderer) {
  eventBus.on("render.shape", 1500, (event, { gfx, element, attrs }) => {
    const object = element.businessObject;
    const label = labelOf(object);
    if (!label || !drdRenderer.canRender(element)) return undefined;
    const { name } = object;
    object.name = label;
    try {
      return drdRenderer.drawShape(gfx, element, attrs);
    } finally {
      object.name = name;
    }
  });
}
LabelRenderer.$inject = ["eventBus", "drdRenderer"];
const labels = { __init__: ["labelRenderer"], labelRenderer: ["type", LabelRenderer] };

const settings = {
  dmn: (words) => {
    const own = { additionalModules: [translator(words)] };
    return { drd: { additionalModules: [...own.additionalModules, labels] }, decisionTable: own, literalExpression: own, boxedExpression: own };
  },
  bpmn: (words) => ({ additionalModules: [translator(words)] }),
};

class Editor {
  constructor(root) {
    this.root = root;
    this.kind = root.dataset.ywModeller;
    this.state = root.querySelector("[data-state]");
    this.conflict = root.querySelector("[data-conflict]");
    this.revision = root.dataset.revision;
    this.watched = new WeakSet();
    this.timer = 0;
    this.saving = null;
    this.dirty = false;
    this.sending = false;
    this.unanswered = new Set();  // what was sent, until it is known whether it was kept
    this.stopped = false;  // somebody else saved: nothing more is sent by itself
  }

  async open() {
    const { library, styles, model, words } = this.root.dataset;
    try {
      allowStyles();
      const [answer] = await Promise.all([fetch(model), script(library), ...styles.split(" ").map(sheet)]);
      if (!answer.ok) throw new Error(String(answer.status));
      this.follow(answer.headers.get("X-Revision") ?? this.revision);
      const told = JSON.parse(document.getElementById(words).textContent);
      const make = this.kind === "dmn" ? window.DmnJS : window.BpmnJS;
      this.modeler = new make({ container: this.root.querySelector("[data-pane]"), ...settings[this.kind](told) });
      await this.modeler.importXML(await answer.text());
      if (this.kind === "dmn") await this.first();
      else this.watch(this.modeler);
      this.root.addEventListener("click", (event) => this.press(event));
      window.addEventListener("beforeunload", (event) => { if (this.unsaved) event.preventDefault(); });
      this.root.dataset.open = "yes";
      this.root.dispatchEvent(new CustomEvent("yw:modeller", { bubbles: true, detail: { modeler: this.modeler, kind: this.kind } }));
    } catch (error) {
      this.state.textContent = this.state.dataset.broken;
      this.root.dataset.open = "no";
      throw error;
    }
  }

  get unsaved() {
    this.root.dispatchEvent(new CustomEvent("yw:settle", { bubbles: true }));
    return this.dirty || this.sending;
  }

  // What else this page asks for, such as discarding the draft, is asked of the text that it shows.
  follow(revision) {
    this.revision = revision;
    for (const each of document.querySelectorAll("dialog input[name=revision]")) each.value = revision;
  }

  async first() {
    const views = this.modeler.getViews();
    const mine = views.find((view) => view.element.id === this.root.dataset.key && view.type !== "drd");
    this.modeler.on("views.changed", () => this.tabs());
    await this.modeler.open(mine ?? views[0]);
    this.tabs();
  }

  tabs() {
    const active = this.modeler.getActiveView();
    const list = this.root.querySelector("[data-views]");
    list.replaceChildren(...this.modeler.getViews().map((view, index) => {
      const button = document.createElement("button");
      button.type = "button";
      button.dataset.do = "view";
      button.dataset.view = index;
      button.textContent = view.type === "drd" ? this.state.dataset.overview : view.element.get?.("label") || view.element.name || view.element.id;
      button.setAttribute("aria-pressed", String(view.element === active?.element && view.type === active?.type));
      return button;
    }));
    this.watch(this.modeler.getActiveViewer());
  }

  watch(viewer) {
    if (!viewer || this.watched.has(viewer)) return;
    this.watched.add(viewer);
    const palette = this.root.querySelector(".djs-palette");
    if (palette) viewer.get("canvas", false)?.scroll?.({ dx: palette.offsetWidth + 24, dy: 0 });  // it must not cover the drawing
    viewer.on("commandStack.changed", () => this.changed());
    viewer.on("elements.changed", () => this.changed());
  }

  changed() {
    this.dirty = true;
    this.root.dataset.kept = "no";
    this.state.textContent = this.state.dataset.changed;
    clearTimeout(this.timer);
    if (!this.stopped) this.timer = setTimeout(() => this.save(), PAUSE);
  }

  press(event) {
    const button = event.target.closest("button[data-do]");
    if (!button) return;
    const viewer = this.kind === "dmn" ? this.modeler.getActiveViewer() : this.modeler;
    const acts = {
      undo: () => this.step(viewer, "undo"),
      redo: () => this.step(viewer, "redo"),
      save: () => this.save(),
      keep: () => this.download(),
      reload: () => { this.dirty = false; this.sending = false; location.reload(); },
      view: () => this.modeler.open(this.modeler.getViews()[Number(button.dataset.view)]),
    };
    acts[button.dataset.do]?.();
  }

  // A cell that is still open would answer the step with a change of its own, and nothing could be redone.
  async step(viewer, way) {
    for (const name of ["selection", "cellSelection"]) viewer.get(name, false)?.deselect?.();
    document.activeElement?.blur();
    await new Promise((resolve) => { setTimeout(resolve, 50); });
    viewer.get("commandStack")[way]();
  }

  // Saves one after the other; resolves to whether everything that was written is kept.
  async save() {
    clearTimeout(this.timer);
    await this.saving;
    if (!this.unsaved) return true;
    this.saving = this.send();
    return this.saving;
  }

  async send(again = false) {
    this.state.textContent = this.state.dataset.saving;
    this.dirty = false;
    this.sending = true;
    try {
      const { xml } = await this.modeler.saveXML({ format: true });
      const body = new FormData();
      body.set("xml", xml);
      body.set("revision", this.revision);
      this.unanswered.add(xml.replace(LINES, "\n"));
      const answer = await fetch(this.root.dataset.save, { method: "POST", body, headers: { "X-CSRFToken": token() } });
      if (answer.status < 500 && (answer.redirected || !answer.headers.get("Content-Type")?.includes("json"))) {
        return this.refused({ words: this.state.dataset.expired });
      }
      const told = await answer.json();
      if (told.conflict && !again && (await this.isMine())) return await this.send(true);
      this.unanswered.clear();
      if (!answer.ok) return this.refused(told);
      this.follow(String(told.revision));
      this.stopped = false;
      this.conflict.hidden = true;
      this.state.textContent = told.words;
      if (!this.dirty) this.root.dataset.kept = "yes";
      document.dispatchEvent(new CustomEvent("yw:saved", { detail: { revision: this.revision } }));
      return true;
    } catch {
      this.dirty = true;
      this.state.textContent = this.state.dataset.failed;
      return false;
    } finally {
      this.sending = false;
    }
  }

  // Whether what is kept there is what this page sent before, whose answer never came; then the next save goes on from it.
  async isMine() {
    const kept = await fetch(this.root.dataset.model, { cache: "no-store" });
    if (!kept.ok || !this.unanswered.has((await kept.text()).replace(LINES, "\n"))) return false;
    this.follow(kept.headers.get("X-Revision") ?? this.revision);
    return true;
  }

  refused({ words, advice = "", conflict = false }) {
    this.dirty = true;
    this.stopped = conflict;
    this.state.textContent = words;
    this.conflict.hidden = false;
    this.conflict.querySelector("[data-conflict-words]").textContent = words;
    this.conflict.querySelector("[data-conflict-advice]").textContent = advice;
    this.conflict.querySelector("[data-do=reload]").hidden = !conflict;
    return false;
  }

  async download() {
    const { xml } = await this.modeler.saveXML({ format: true });
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([xml], { type: "application/xml" }));
    link.download = `${this.root.dataset.key}.${this.kind}`;
    link.click();
    URL.revokeObjectURL(link.href);
  }
}

const editors = new Map();
for (const root of document.querySelectorAll("[data-yw-modeller]")) {
  if (root.offsetParent === null && !root.checkVisibility?.()) continue;
  const editor = new Editor(root);
  editors.set(root, editor);
  editor.open();
}

// A form that works on what is saved waits until it is.
document.addEventListener("htmx:confirm", (event) => {
  const waits = event.target.closest?.("[data-yw-saves-first]");
  if (!waits || editors.size === 0) return;
  event.preventDefault();
  Promise.all([...editors.values()].map((editor) => editor.save())).then((kept) => {
    if (kept.every(Boolean)) event.detail.issueRequest(true);
  });
});
