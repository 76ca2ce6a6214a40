// What the chosen element of a process editor says beyond its drawing: each field reads from the model and writes into it, as
// one step that can be undone. Extensions are zeebe: elements, read and written without a schema of their own.
const ZEEBE = "http://camunda.org/schema/zeebe/1.0";
const SIGNS = { "ioMapping>input": ["target", "source"], "ioMapping>output": ["target", "source"], "taskHeaders>header": ["key", "value"], "properties>property": ["name", "value"] };
const PAUSE = 600;  // ms without a key: what stands in a field is written into the model, left or not
const TIMES = ["timeDate", "timeDuration", "timeCycle"];

// What an event names is declared once for the whole file: attribute, kind and what it is told apart by.
const DECLARED = {
  message: ["messageRef", "bpmn:Message", "name"],
  signal: ["signalRef", "bpmn:Signal", "name"],
  error: ["errorRef", "bpmn:Error", "errorCode"],
  escalation: ["escalationRef", "bpmn:Escalation", "escalationCode"],
};
const LOOP = { "loop.collection": "inputCollection", "loop.element": "inputElement" };

const descriptor = (each) => each.$descriptor?.ns ?? {};
const isZeebe = (each, name) => descriptor(each).uri === ZEEBE && descriptor(each).localName === name;
const kindOf = (element) => element.businessObject.$type.replace("bpmn:", "");

class Panel {
  constructor(root, modeler) {
    this.root = root;
    this.modeler = modeler;
    this.moddle = modeler.get("moddle");
    this.modeling = modeler.get("modeling");
    this.words = JSON.parse(root.querySelector("script[type='application/json']").textContent);
    const bus = modeler.get("eventBus");
    bus.on("selection.changed", () => { this.flush(); this.show(); });
    bus.on(["elements.changed", "commandStack.changed", "import.done"], () => this.show());
    root.addEventListener("input", (event) => this.type(event.target));
    root.addEventListener("change", (event) => { this.type(event.target); this.flush(); });
    document.addEventListener("yw:settle", () => this.flush());  // the editor is about to save, or to say whether anything is unsaved
    document.addEventListener("htmx:afterSwap", () => this.mark());
    document.addEventListener("click", (event) => this.find(event));
    root.hidden = false;
    this.show();
    this.mark();
  }

  get element() {
    const chosen = this.modeler.get("selection").get();
    const one = chosen.length === 1 ? chosen[0] : this.modeler.get("canvas").getRootElement();
    return one.labelTarget ?? one;
  }

  show() {
    const { element } = this;
    if (this.shown !== element && this.written) this.flush();
    this.shown = element;
    const kind = kindOf(element);
    const timed = element.businessObject.eventDefinitions?.[0]?.$type === "bpmn:TimerEventDefinition";
    this.root.querySelector("[data-kind]").textContent = this.words[kind] ?? kind;
    this.root.querySelector("[data-id]").textContent = element.businessObject.id ?? "";
    for (const field of this.root.querySelectorAll("[data-path]")) {
      const { path } = field.dataset;
      const fits = field.dataset.of.split(" ").includes(kind) && (!path.startsWith("timer.") || timed) && this.has(element.businessObject, path) && (path !== "default" || this.canBeDefault(element));
      field.hidden = !fits;
      const control = field.querySelector("input, textarea, select");
      if (!fits || control === document.activeElement) continue;
      const value = this.read(element.businessObject, path);
      if (control.type === "checkbox") control.checked = value;
      else control.value = value;
    }
  }

  canBeDefault({ businessObject: flow }) {
    return /^bpmn:(Exclusive|Inclusive)Gateway$/.test(flow.sourceRef?.$type ?? "");
  }

  // The part of an element that names a message, signal, error or escalation: the event's definition, or a task itself.
  naming(object, word) {
    if (word === "message" && /^bpmn:(Receive|Send)Task$/.test(object.$type)) return object;
    return object.eventDefinitions?.find((each) => each.$type.toLowerCase() === `bpmn:${word}eventdefinition`);
  }

  has(object, path) {
    const [word] = path.split(".");
    if (path in LOOP) return object.loopCharacteristics?.$type === "bpmn:MultiInstanceLoopCharacteristics";
    if (path === "conditional.text") return Boolean(this.naming(object, word));
    return !(word in DECLARED && path !== word) || Boolean(this.naming(object, word));
  }

  extension(object, name) {
    return object.extensionElements?.values?.find((each) => isZeebe(each, name));
  }

  read(object, path) {
    const timer = object.eventDefinitions?.[0];
    if (path === "documentation") return object.documentation?.[0]?.text ?? "";
    if (path === "condition") return object.conditionExpression?.body ?? "";
    if (path === "default") return object.sourceRef?.default === object;
    if (path === "timer.kind") return TIMES.find((each) => timer?.[each]) ?? TIMES[1];
    if (path === "timer.text") return timer?.[TIMES.find((each) => timer?.[each])]?.body ?? "";
    const [word, what] = path.split(".");
    if (path in LOOP) return this.extension(object.loopCharacteristics ?? {}, "loopCharacteristics")?.[LOOP[path]] ?? "";
    if (path === "conditional.text") return this.naming(object, word)?.condition?.body ?? "";
    if (what && word in DECLARED) {
      const declared = this.naming(object, word)?.[DECLARED[word][0]];
      return (what === "key" ? this.extension(declared ?? {}, "subscription")?.correlationKey : declared?.[DECLARED[word][2]]) ?? "";
    }
    if (path.includes("@")) {
      const [name, attribute] = path.split("@");
      return this.extension(object, name)?.[attribute] ?? "";
    }
    if (path.includes(">")) return this.lines(object, path);
    return object.get(path) ?? "";
  }

  lines(object, path) {
    const [name, part] = path.split(">");
    const [left, right] = SIGNS[path];
    const found = (this.extension(object, name)?.$children ?? []).filter((each) => isZeebe(each, part));
    return found.map((each) => `${each[left] ?? ""} = ${this.said(path, each[right] ?? "")}`).join("\n");
  }

  // The source of a mapping is FEEL: shown without its sign, a plain text as a text.
  said(path, source) {
    if (!path.startsWith("ioMapping")) return source;
    return source.startsWith("=") ? source.slice(1).trim() : JSON.stringify(source);
  }

  // Of the element for which it was written, whatever is chosen when it is kept.
  type(control) {
    clearTimeout(this.timer);
    this.written = { control, element: this.written?.control === control ? this.written.element : this.shown };
    this.timer = setTimeout(() => this.flush(), PAUSE);
  }

  flush() {
    const { written } = this;
    clearTimeout(this.timer);
    this.written = null;
    if (written) this.change(written.control, written.element);
  }

  change(control, element) {
    const path = control.closest("[data-path]")?.dataset.path;
    if (!path) return;
    const value = control.type === "checkbox" ? control.checked : control.value.trim();
    if (value === this.read(element.businessObject, path)) return;
    this.write(element, path, value);
  }

  write(element, path, value) {
    const object = element.businessObject;
    const set = (properties) => this.modeling.updateProperties(element, properties);
    const body = (text) => (text ? this.moddle.create("bpmn:FormalExpression", { body: text }) : undefined);
    if (path === "documentation") set({ documentation: value ? [this.moddle.create("bpmn:Documentation", { text: value })] : [] });
    else if (path === "condition") set({ conditionExpression: body(value) });
    else if (path === "default") this.modeling.updateProperties(element.source, { default: value ? object : undefined });
    else if (path.startsWith("timer.")) this.writeTimer(element, path, value, body);
    else if (path in LOOP) {
      const loop = object.loopCharacteristics;
      const extensionElements = this.extended(loop, "loopCharacteristics", { [LOOP[path]]: value || undefined });
      this.modeling.updateModdleProperties(element, loop, { extensionElements });
    } else if (path === "conditional.text") {
      this.modeling.updateModdleProperties(element, this.naming(object, "conditional"), { condition: body(value) });
    } else if (path.split(".")[0] in DECLARED && path.includes(".")) this.writeDeclared(element, ...path.split("."), value);
    else if (path.includes("@")) {
      const [name, attribute] = path.split("@");
      set({ extensionElements: this.extended(object, name, { [attribute]: value || undefined }) });
    } else if (path.includes(">")) set({ extensionElements: this.withLines(object, path, value) });
    else set({ [path]: value || undefined });
  }

  writeTimer(element, path, value, body) {
    const definition = element.businessObject.eventDefinitions[0];
    const kind = path === "timer.kind" ? value : this.read(element.businessObject, "timer.kind");
    const text = path === "timer.text" ? value : this.read(element.businessObject, "timer.text");
    const properties = Object.fromEntries(TIMES.map((each) => [each, each === kind ? this.moddle.create("bpmn:FormalExpression", { body: text }) : undefined]));
    this.modeling.updateModdleProperties(element, definition, properties);
  }

  // Another name is another declaration: the old one may be what others wait for.
  writeDeclared(element, word, what, value) {
    const [reference, type, called] = DECLARED[word];
    const holder = this.naming(element.businessObject, word);
    const old = holder[reference];
    if (what === "key") {
      const declared = old ?? this.declare(type, called, "");
      const extensionElements = this.extended(declared, "subscription", { correlationKey: value || undefined });
      if (!old) this.modeling.updateModdleProperties(element, holder, { [reference]: declared });
      this.modeling.updateModdleProperties(element, declared, { extensionElements });
      return;
    }
    const known = this.modeler.getDefinitions().rootElements.find((each) => each.$type === type && each[called] === value);
    const declared = value ? known ?? this.declare(type, called, value) : undefined;
    if (declared && declared !== known && old?.extensionElements) {
      declared.extensionElements = this.extended(old, "subscription", {});
      if (declared.extensionElements) declared.extensionElements.$parent = declared;
    }
    this.modeling.updateModdleProperties(element, holder, { [reference]: declared });
  }

  declare(type, called, value) {
    const definitions = this.modeler.getDefinitions();
    const made = this.moddle.create(type, { id: this.moddle.ids.nextPrefixed(`${type.replace("bpmn:", "")}_`), [called]: value || undefined });
    made.$parent = definitions;
    definitions.rootElements.push(made);
    return made;
  }

  any(name, attributes, children) {
    const made = this.moddle.createAny(`zeebe:${name}`, ZEEBE, attributes);
    if (children?.length) {
      made.$children = children;
      for (const each of children) each.$parent = made;
    }
    return made;
  }

  attributes(element) {
    return Object.fromEntries(Object.entries(element ?? {}).filter(([key, value]) => !key.startsWith("$") && typeof value === "string"));
  }

  // A copy of all extensions with one of them changed: the old ones stay as they were, for undo.
  extended(object, name, changes, children) {
    const old = this.extension(object, name);
    const attributes = Object.fromEntries(Object.entries({ ...this.attributes(old), ...changes }).filter(([, value]) => value !== undefined));
    const parts = children ?? old?.$children ?? [];
    const mine = Object.keys(attributes).length || parts.length ? this.any(name, attributes, parts) : null;
    const others = (object.extensionElements?.values ?? []).filter((each) => each !== old);
    const values = mine ? [...others, mine] : others;
    if (!values.length) return undefined;
    const made = this.moddle.create("bpmn:ExtensionElements", { values });
    for (const each of values) each.$parent = made;
    made.$parent = object;
    return made;
  }

  withLines(object, path, text) {
    const [name, part] = path.split(">");
    const [left, right] = SIGNS[path];
    const kept = (this.extension(object, name)?.$children ?? []).filter((each) => !isZeebe(each, part));
    const made = text.split("\n").map((line) => line.trim()).filter(Boolean).map((line) => {
      const at = line.indexOf("=");
      const [key, value] = at < 0 ? [line, ""] : [line.slice(0, at).trim(), line.slice(at + 1).trim()];
      return this.any(part, { [left]: key, [right]: path.startsWith("ioMapping") ? `=${value}` : value });
    });
    return this.extended(object, name, {}, part === "input" ? [...made, ...kept] : [...kept, ...made]);
  }

  // Elements with a finding are marked; a press on a finding goes to its element.
  mark() {
    const canvas = this.modeler.get("canvas");
    const known = this.modeler.get("elementRegistry");
    for (const [id, name] of this.marked ?? []) if (known.get(id)) canvas.removeMarker(id, name);
    this.marked = [...document.querySelectorAll("[data-yw-element]")]
      .filter((each) => known.get(each.dataset.ywElement))
      .map((each) => [each.dataset.ywElement, each.dataset.error ? "yw-fault" : "yw-doubt"]);
    for (const [id, name] of this.marked) canvas.addMarker(id, name);
  }

  find(event) {
    const id = event.target.closest?.("[data-yw-element]")?.dataset.ywElement;
    const element = id && this.modeler.get("elementRegistry").get(id);
    if (!element) return;
    this.modeler.get("canvas").scrollToElement(element, { top: 80, bottom: 80, left: 120, right: 80 });
    this.modeler.get("selection").select(element);
    this.root.closest("main").querySelector("[data-pane]").scrollIntoView({ block: "nearest" });
  }
}

document.addEventListener("yw:modeller", ({ detail }) => {
  if (detail.kind !== "bpmn") return;
  for (const root of document.querySelectorAll("[data-yw-element-panel]")) new Panel(root, detail.modeler);
});
