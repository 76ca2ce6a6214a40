// The page 核验存证: takes a receipt by file, words, number or code, judges it on this device, tells each step.
import { fingerprint, hex } from "./algorithms.js";
import { Fault, HEADERS, keysFrom, toBase64 } from "./formats.js";
import { judge, needed } from "./judging.js";
import { readCamera, readPicture } from "./scanning.js";

const root = document.querySelector("[data-lv]");
const told = (id) => JSON.parse(document.getElementById(id).textContent);
const words = told("lv-words");
const published = told("lv-keys");
const part = (name) => root.querySelector(`[data-lv-${name}]`);
const LANGUAGE = document.documentElement.lang || "zh-hans";
const UUID = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/i;
const LARGEST = 1024 * 1024;

let trusted = null;
let last = null; // the bytes that were judged last: judged again when the keys change

const fill = (template, values) => template.replace(/\{(\w+)\}/g, (_whole, name) => String(values[name] ?? ""));
const reason = ({ code, params, line }) => {
  const said = fill(words.reasons[code] ?? code, params);
  return line ? fill(words.says.line, { line, said }) : said;
};
const moment = (date) => new Intl.DateTimeFormat(LANGUAGE, { dateStyle: "long", timeStyle: "medium", timeZone: "Asia/Shanghai" }).format(date);
const grouped = (text) => text.match(/.{1,4}/g).join(" ");
const named = (name) => words.organisations[words.witnesses[name]] ?? words.witnesses[name] ?? name;

const element = (name, said = "", className = "") => {
  const made = document.createElement(name);
  made.textContent = said;
  if (className) made.className = className;
  return made;
};

const list = (facts) => {
  const made = element("dl", "", "lv-facts");
  for (const [label, value, code = false] of facts) {
    const row = element("div");
    row.append(element("dt", label), element("dd", value, code ? "lv-code" : ""));
    made.append(row);
  }
  return made;
};

// One step of the verdict: valid, invalid or unknown, what was found, and how it was reckoned.
const step = (name, state, said, facts = []) => {
  const item = root.querySelector(`[data-step="${name}"]`);
  item.dataset.state = state;
  item.querySelector("[data-mark]").replaceChildren(document.getElementById(`lv-mark-${state}`).content.cloneNode(true));
  item.querySelector("[data-said]").textContent = said;
  const reckoning = item.querySelector("details");
  reckoning.hidden = facts.length === 0;
  reckoning.querySelector("dl")?.remove();
  if (facts.length) reckoning.append(list(facts));
};

const statementIn = (entry) => {
  try {
    const found = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(entry));
    return found && typeof found === "object" && !Array.isArray(found) ? found : null;
  } catch {
    return null;
  }
};

const value = (fact, given) => {
  if (Array.isArray(given)) return given.map((each) => value(fact, each)).join("、");
  if (typeof given === "boolean") return given ? words.says.yes : words.says.no;
  const text = given !== null && typeof given === "object" ? JSON.stringify(given) : String(given ?? "");
  return words.values[fact]?.[text] ?? text;
};

const described = (statement) => ({
  kind: words.kinds[statement.kind] ?? String(statement.kind ?? ""),
  organisation: words.organisations[statement.organisation] ?? "",
  at: Number.isNaN(Date.parse(statement.at)) ? String(statement.at ?? "") : moment(new Date(statement.at)),
});

const content = (statement, receipt) => {
  if (!statement) return [[words.says.bytes, fill(words.says.size, { n: receipt.entry.length })]];
  const { kind, organisation, at } = described(statement);
  const facts = statement.facts && typeof statement.facts === "object" ? Object.entries(statement.facts) : [];
  return [
    [words.says.kind, kind],
    ...(organisation ? [[words.says.organisation, organisation]] : []),
    [words.says.at, at],
    ...facts.filter(([, each]) => each !== "" && each !== null).map(([name, each]) => {
      const said = value(name, each);
      return [words.facts[name] ?? name, said, /^[0-9a-f:]{32,}$/.test(said)];
    }),
  ];
};

const algorithm = (national) => (national ? "SM2 / SM3" : "Ed25519 / SHA-256");

const tellSteps = (verdict) => {
  const { receipt } = verdict;
  const because = (codes) => verdict.reasons.filter(({ code }) => codes.some((one) => code.startsWith(one))).map(reason).join(words.says.stop);
  const statement = statementIn(receipt.entry);
  const { origin, size } = receipt.checkpoint;
  const hash = receipt.hashName === "sm3" ? "SM3" : "SHA-256";
  step("read", "valid", words.says.read, [[words.says.header, HEADERS[receipt.hashName], true], [words.says.length, fill(words.says.size, { n: last.length })]]);
  step("hash", "valid", fill(words.says.hashed, { hash }), [[fill(words.says.leaf, { hash }), hex(verdict.leaf), true]]);
  step(
    "place",
    verdict.references,
    verdict.references === "valid" ? fill(words.says.placed, { index: receipt.index, size, n: receipt.proof.length }) : because(["proof."]),
    [
      [words.says.siblings, String(receipt.proof.length)],
      ...(verdict.root ? [[words.says.computed, toBase64(verdict.root), true]] : []),
      [words.says.signed_root, toBase64(receipt.checkpoint.root), true],
    ],
  );
  step(
    "log",
    verdict.signature,
    verdict.signature === "valid" ? fill(words.says.logged, { origin }) : because(["log.", "keys."]),
    verdict.log ? [[words.says.algorithm, algorithm(verdict.log.national)], [words.says.fingerprint, grouped(fingerprint(verdict.log.national, verdict.log.point)), true]] : [],
  );
  tellWitnesses(verdict, because);
  return { statement, origin };
};

const tellWitnesses = (verdict, because) => {
  const asked = trusted && trusted.quorum !== "none";
  const many = verdict.cosigned.size;
  const facts = trusted ? [...trusted.witnesses.keys()].map((name) => {
    const time = verdict.cosigned.get(name);
    const said = verdict.refused.has(name) ? words.says.bad_cosignature : time === undefined ? words.says.no_cosignature
      : fill(words.says.cosigned_at, { time: moment(new Date(Number(time) * 1000)) });
    return [named(name), said];
  }) : [];
  const wanted = trusted ? needed(trusted) : "";
  const said = !asked ? words.says.no_quorum
    : verdict.seal === "valid" ? fill(words.says.witnessed, { many, wanted })
    : because(["witness."]);
  step("witnesses", asked ? verdict.seal : "unknown", said, facts);
};

// The headline names the first thing that is wrong.
const headline = (verdict) => {
  if (verdict.valid) return ["valid", words.says.valid];
  const [first] = verdict.reasons.map(({ code }) => code);
  const group = Object.keys(words.headlines).find((one) => first?.startsWith(one));
  return [first === "log.unknown" || first === "keys.none" ? "unknown" : "invalid", words.headlines[group] ?? words.says.invalid];
};

const summary = (verdict, statement, origin) => {
  if (!verdict.valid) return verdict.reasons.map(reason).join(words.says.stop);
  const where = fill(words.says.where, { origin, index: verdict.receipt.index });
  if (!statement) return where;
  const { kind, organisation, at } = described(statement);
  return fill(organisation ? words.says.what : words.says.what_only, { organisation, at, kind, where });
};

const show = (verdict) => {
  const result = part("result");
  const steps = part("steps");
  const [state, said] = headline(verdict);
  let found = { statement: null, origin: "" };
  result.dataset.state = state;
  result.hidden = false;
  part("headline").textContent = said;
  part("verdict-mark").replaceChildren(document.getElementById(`lv-mark-${state}`).content.cloneNode(true));
  steps.hidden = !verdict.receipt;
  if (verdict.receipt) found = tellSteps(verdict);
  part("summary").textContent = summary(verdict, found.statement, found.origin);
  part("advice").textContent = verdict.valid ? "" : state === "unknown" ? words.says.which_keys : words.says.ask_again;
  part("content").replaceChildren(...(verdict.receipt ? [list(content(found.statement, verdict.receipt))] : []));
  part("content-box").hidden = !verdict.receipt;
  part("remarks").replaceChildren(...verdict.remarks.filter(({ code }) => code !== "policy.no_witness").map((one) => element("li", reason(one))));
  result.focus({ preventScroll: true });
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  result.scrollIntoView({ block: "start", behavior: calm ? "instant" : "smooth" });
};

const say = (said, bad = false) => {
  const state = part("state");
  state.textContent = said;
  state.classList.toggle("is-bad", bad);
};

const check = (bytes) => {
  last = bytes;
  const verdict = judge(bytes, trusted, Math.floor(Date.now() / 1000));
  say("");
  show(verdict);
};

const takeText = (text) => check(new TextEncoder().encode(`${text.replaceAll("\r\n", "\n").trim()}\n`));

const takeFile = async (file) => {
  if (file.size > LARGEST) say(fill(words.says.too_large, { name: file.name }), true);
  else if (file.type.startsWith("image/")) await takePicture(file);
  else check(new Uint8Array(await file.arrayBuffer()));
};

// A receipt by its number: the one thing that is asked from the server, and nothing but the number goes there.
const takeNumber = async (number) => {
  const [found] = number.match(UUID) ?? [];
  if (!found) return say(words.says.no_number, true);
  say(words.says.fetching);
  try {
    const answer = await fetch(root.dataset.receipts.replace("00000000-0000-0000-0000-000000000000", found.toLowerCase()));
    if (answer.ok) return check(new Uint8Array(await answer.arrayBuffer()));
    return say(answer.status === 404 ? words.says.not_there : words.says.failed, true);
  } catch {
    return say(words.says.failed, true);
  }
};

const takeCode = async (said) => {
  if (Object.values(HEADERS).some((header) => said.startsWith(header))) return takeText(said);
  return UUID.test(said) ? takeNumber(said) : say(words.says.other_code, true);
};

const takePicture = async (file) => {
  say(words.says.reading);
  try {
    const said = await readPicture(file);
    await (said ? takeCode(said) : say(words.says.no_code, true));
  } catch {
    say(words.says.no_picture, true);
  }
};

const scan = async () => {
  const [box, video] = [part("camera"), part("video")];
  const stop = new AbortController();
  box.hidden = false;
  part("stop").onclick = () => stop.abort();
  try {
    const said = await readCamera(video, stop.signal);
    box.hidden = true;
    if (said) await takeCode(said);
  } catch {
    say(words.says.no_camera, true);
  } finally {
    box.hidden = true;
  }
};

const tellKeys = (own) => {
  const shown = [
    ...trusted.logs.map((key) => [words.says.log_key, key.name, key]),
    ...[...trusted.witnesses].map(([name, key]) => [words.says.witness_key, named(name), key]),
  ];
  part("keys").replaceChildren(...shown.map(([role, name, key]) => {
    const item = element("li");
    const head = element("p", "", "lv-key");
    head.append(element("span", role, "y-soft y-small"), element("b", name));
    item.append(head, element("p", algorithm(key.national), "y-soft y-small"), element("p", grouped(fingerprint(key.national, key.point)), "lv-code"));
    return item;
  }));
  const count = trusted.quorum === "none" ? words.says.no_quorum : fill(words.says.quorum, { wanted: needed(trusted) });
  part("quorum").textContent = count;
  part("origin").textContent = own ? words.says.own_keys : words.says.our_keys;
  part("back").hidden = !own;
};

const useKeys = (text, own) => {
  try {
    trusted = keysFrom(text);
  } catch (fault) {
    if (!(fault instanceof Fault)) throw fault;
    return say(fill(words.says.bad_keys, { said: reason(fault) }), true);
  }
  tellKeys(own);
  return last && check(last);
};

const begin = () => {
  if (published) useKeys(published, false);
  const drop = part("drop");
  part("file").addEventListener("change", async ({ target }) => {
    for (const file of target.files) await takeFile(file);
    target.value = "";
  });
  part("picture").addEventListener("change", async ({ target }) => {
    for (const file of target.files) await takePicture(file);
    target.value = "";
  });
  part("keyfile").addEventListener("change", async ({ target }) => {
    for (const file of target.files) useKeys(await file.text(), true);
    target.value = "";
  });
  part("back").addEventListener("click", () => useKeys(published, false));
  part("scan").addEventListener("click", scan);
  part("scan").hidden = !navigator.mediaDevices?.getUserMedia;
  part("paste").addEventListener("submit", (event) => {
    event.preventDefault();
    takeText(new FormData(event.target).get("receipt"));
  });
  part("number").addEventListener("submit", (event) => {
    event.preventDefault();
    takeNumber(new FormData(event.target).get("number"));
  });
  for (const name of ["dragover", "dragleave", "drop"]) {
    document.addEventListener(name, (event) => {
      if (name !== "dragleave") event.preventDefault();
      drop.classList.toggle("is-over", name === "dragover");
      if (name === "drop") [...event.dataTransfer.files].slice(0, 1).forEach(takeFile);
    });
  }
  const linked = () => UUID.test(location.hash) && takeNumber(location.hash);
  addEventListener("hashchange", linked);
  linked();
  root.dataset.ready = "yes";
};

begin();
