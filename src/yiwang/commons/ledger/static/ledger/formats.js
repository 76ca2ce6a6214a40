// Reads receipts, notes and trusted keys (C2SP tlog-proof, signed-note, tlog-policy) exactly as `yiwang verify receipt` does.
import { hex, joined, same } from "./algorithms.js";
import { sha256 } from "../web/vendor/noble-hashes/sha2.js";

export const HEADERS = { sha256: "c2sp.org/tlog-proof@v1", sm3: "yiwang/tlog-proof-sm3@v1" };
const MAX_NOTE = 256 * 1024;
const MAX_RECEIPT = MAX_NOTE + 128 * 1024;
const MAX_POLICY = 1024 * 1024;
const MAX_SIGNATURES = 64;
const MAX_PROOF = 63;
const MAX_SIZE = 2n ** 63n - 1n;
const CONTROL = /[\x00-\x09\x0b-\x1f]/;
const SPACE = /[\t-\r\x1c-\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]/;

// What is wrong: a code of the words that the page brings, what fills its sentence, the line (from 1; 0: none).
export class Fault extends Error {
  constructor(code, { line = 0, ...params } = {}) {
    super(code);
    Object.assign(this, { code, params, line });
  }
}

const utf8 = (text) => new TextEncoder().encode(text);
const lines = (text) => text.split("\n").length - 1;

const decoded = (bytes, limit) => {
  if (bytes.length > limit) throw new Fault("text.too_long", { limit });
  let text;
  try {
    text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new Fault("text.encoding", { line: brokenLine(bytes) });
  }
  const control = text.search(CONTROL);
  if (control >= 0) throw new Fault("text.control", { line: lines(text.slice(0, control)) + 1 });
  if (!text.endsWith("\n")) throw new Fault("text.end", { line: lines(text) + 1 });
  return text;
};

// The first line that is no UTF-8: no character of UTF-8 spans lines.
const brokenLine = (bytes) => {
  let [line, start] = [1, 0];
  for (let at = 0; at <= bytes.length; at += 1) {
    if (at < bytes.length && bytes[at] !== 10) continue;
    try {
      new TextDecoder("utf-8", { fatal: true }).decode(bytes.subarray(start, at));
    } catch {
      return line;
    }
    [line, start] = [line + 1, at + 1];
  }
  return line;
};

const number = (text, line) => {
  if (!/^(0|[1-9][0-9]{0,18})$/.test(text) || BigInt(text) > MAX_SIZE) throw new Fault("text.number", { line });
  return BigInt(text);
};

const fromBase64 = (text, line) => {
  try {
    const raw = /^[A-Za-z0-9+/]*={0,2}$/.test(text) ? atob(text) : null;
    if (raw !== null && btoa(raw) === text) return Uint8Array.from(raw, (letter) => letter.charCodeAt(0));
  } catch {
    // falls through: not base64
  }
  throw new Fault("text.base64", { line });
};

export const toBase64 = (bytes) => btoa(String.fromCharCode(...bytes));

const hashLine = (text, line) => {
  const value = fromBase64(text, line);
  if (value.length !== 32) throw new Fault("text.hash", { line });
  return value;
};

const keyName = (name, line) => {
  if (!name || name.includes("+") || SPACE.test(name) || CONTROL.test(name)) throw new Fault("key.name", { line });
  return name;
};

const KINDS = [
  { type: Uint8Array.of(1), national: false, cosigns: false },
  { type: Uint8Array.of(4), national: false, cosigns: true },
  { type: joined(Uint8Array.of(255), utf8("yiwang/sm2-note/v1\n")), national: true, cosigns: false },
  { type: joined(Uint8Array.of(255), utf8("yiwang/sm2-cosignature/v1\n")), national: true, cosigns: true },
];

// A public key with its name: `name+id+base64(type ‖ key)`.
export const parseKey = (vkey, line = 0) => {
  const [name, id, ...rest] = vkey.split("+");
  if (rest.length === 0) throw new Fault("key.form", { line });
  const raw = fromBase64(rest.join("+"), line);
  const kind = KINDS.find(({ type }) => same(raw.subarray(0, type.length), type));
  if (!kind) throw new Fault("key.kind", { line });
  const point = raw.subarray(kind.type.length);
  keyName(name, line);
  if (point.length !== (kind.national ? 65 : 32) || (kind.national && point[0] !== 4)) throw new Fault("key.form", { line });
  const keyId = sha256(joined(utf8(`${name}\n`), raw)).subarray(0, 4);
  if (hex(keyId) !== id) throw new Fault("key.id", { line });
  return { name, point, keyId, national: kind.national, cosigns: kind.cosigns, hashName: kind.national ? "sm3" : "sha256" };
};

const parseSignature = (line, at) => {
  const [dash, ...rest] = line.split(" ");
  const encoded = rest.pop();
  const name = rest.join(" ");
  if (dash !== "—" || !name) throw new Fault("text.line", { line: at });
  const raw = fromBase64(encoded, at);
  if (raw.length <= 4) throw new Fault("text.line", { line: at });
  return { name: keyName(name, at), keyId: raw.subarray(0, 4), value: raw.subarray(4) };
};

const parseNote = (whole, line) => {
  const bytes = utf8(whole);
  decoded(bytes, MAX_NOTE);
  const gap = whole.lastIndexOf("\n\n");
  const rest = gap < 0 ? "" : whole.slice(gap + 2);
  if (!rest) throw new Fault("text.missing", { line: line + lines(whole), what: "签名", what_en: "the signature" });
  const found = rest.slice(0, -1).split("\n");
  if (found.length > MAX_SIGNATURES) throw new Fault("text.too_many", { limit: MAX_SIGNATURES });
  const text = `${whole.slice(0, gap)}\n`;
  const first = line + lines(text) + 1;
  return { text, signatures: found.map((one, at) => parseSignature(one, first + at)) };
};

const parseCheckpoint = (text, line) => {
  const found = text.slice(0, -1).split("\n");
  if (found.length < 3) throw new Fault("text.missing", { line: line + found.length, what: "检查点", what_en: "the checkpoint" });
  const empty = found.indexOf("");
  if (empty >= 0) throw new Fault("text.line", { line: line + empty });
  return { origin: found[0], size: number(found[1], line + 1), root: hashLine(found[2], line + 2) };
};

// A receipt from the bytes of its file. Throws Fault with the line.
export const parseReceipt = (bytes) => {
  const text = decoded(bytes, MAX_RECEIPT);
  const gap = text.indexOf("\n\n");
  const head = (gap < 0 ? text : text.slice(0, gap)).split("\n");
  const hashName = Object.keys(HEADERS).find((name) => HEADERS[name] === head[0]);
  if (!hashName) throw new Fault("text.header", { line: 1, wanted: HEADERS.sha256 });
  let at = 1;
  let entry = null;
  if ((head[at] ?? "").startsWith("extra ")) {
    entry = fromBase64(head[at].slice("extra ".length), at + 1);
    at += 1;
  }
  if (!entry) throw new Fault("text.missing", { line: at + 1, what: "存证内容", what_en: "the entry" });
  if (!(head[at] ?? "").startsWith("index ")) throw new Fault("text.missing", { line: at + 1, what: "序号", what_en: "the index" });
  const index = number(head[at].slice("index ".length), at + 1);
  if (gap < 0) throw new Fault("text.missing", { line: head.length, what: "检查点", what_en: "the checkpoint" });
  const hashes = head.slice(at + 1);
  if (hashes.length > MAX_PROOF) throw new Fault("proof.length", { line: at + 2, wanted: MAX_PROOF, found: hashes.length });
  const proof = hashes.map((one, place) => hashLine(one, at + 2 + place));
  const note = parseNote(text.slice(gap + 2), head.length + 2);
  return { hashName, entry, index, proof, note, checkpoint: parseCheckpoint(note.text, head.length + 2) };
};

const MOST = 256;
const WORDS = { log: [1, 2], witness: [2, 3], group: [3, 258], quorum: [1, 1] };

// Whom to trust (C2SP tlog-policy). Throws Fault with the line.
export const parseKeys = (bytes) => {
  const whole = decoded(bytes, MAX_POLICY);
  const keys = { logs: [], witnesses: new Map(), groups: new Map(), quorum: "" };
  const [members, seen, counts] = [new Set(), new Set(), {}];
  const defined = (name, line) => {
    if (name !== "none" && !keys.witnesses.has(name) && !keys.groups.has(name)) throw new Fault("policy.unknown", { line, name });
  };
  const fresh = (name, line) => {
    if (name === "none" || keys.witnesses.has(name) || keys.groups.has(name)) throw new Fault("policy.name", { line, name });
  };
  const key = (role, vkey, line) => {
    const found = parseKey(vkey, line);
    if (found.cosigns !== (role === "witness")) throw new Fault(`key.not_${role}`, { line, name: found.name });
    const mark = `${role} ${hex(found.point)}`;
    if (seen.has(mark)) throw new Fault("key.duplicate", { line, name: found.name });
    seen.add(mark);
    return found;
  };
  const take = {
    log: ([vkey], line) => keys.logs.push(key("log", vkey, line)),
    witness: ([name, vkey], line) => {
      fresh(name, line);
      keys.witnesses.set(name, key("witness", vkey, line));
    },
    group: ([name, threshold, ...named], line) => {
      fresh(name, line);
      for (const member of named) {
        defined(member, line);
        if (member === "none" || members.has(member)) throw new Fault("policy.member", { line, name: member });
        members.add(member);
      }
      const count = { all: named.length, any: 1 }[threshold] ?? Number(number(threshold, line));
      if (count < 1 || count > named.length) throw new Fault("policy.threshold", { line, count: named.length });
      keys.groups.set(name, { threshold: count, members: named });
    },
    quorum: ([name], line) => {
      if (keys.quorum) throw new Fault("policy.quorum", { line });
      defined(name, line);
      keys.quorum = name;
    },
  };
  whole.split("\n").forEach((content, at) => {
    const [kind, ...rest] = content.split(" ").filter(Boolean);
    if (!kind || kind.startsWith("#")) return;
    if (!Object.hasOwn(WORDS, kind)) throw new Fault("policy.word", { line: at + 1, word: kind.slice(0, 40) });
    if (rest.length < WORDS[kind][0] || rest.length > WORDS[kind][1]) throw new Fault("text.line", { line: at + 1 });
    counts[kind] = (counts[kind] ?? 0) + 1;
    if (kind !== "quorum" && counts[kind] > MOST) throw new Fault("policy.too_many", { line: at + 1, word: kind, limit: MOST });
    take[kind](rest, at + 1);
  });
  if (!keys.quorum) throw new Fault("policy.quorum", { line: lines(whole) });
  return keys;
};

// A file as people save it: tabs, and no newline at its end, are no fault of keys.
export const keysFrom = (text) => parseKeys(utf8(`${text.replaceAll("\t", " ").replaceAll("\r\n", "\n").trimEnd()}\n`));
