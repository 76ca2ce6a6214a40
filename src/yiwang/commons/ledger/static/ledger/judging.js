// Judges a receipt by trusted keys alone: the log's signature, the place in the log, the quorum of witnesses.
import { HASHERS, joined, same, verifySignature } from "./algorithms.js";
import { Fault, parseReceipt } from "./formats.js";

const VALID = "valid";
const INVALID = "invalid";
const UNKNOWN = "unknown";

const ones = (value) => value.toString(2).replaceAll("0", "").length;

// The root that the proof leads to (RFC 9162 §2.1.3.2). Throws Fault.
const rootOf = (hash, leaf, index, size, proof) => {
  if (size <= 0n) throw new Fault("proof.size", { size });
  if (index >= size) throw new Fault("proof.index", { index, size });
  const apart = index ^ (size - 1n);
  const inner = apart === 0n ? 0 : apart.toString(2).length;
  const beyond = index >> BigInt(inner);
  const wanted = inner + (beyond === 0n ? 0 : ones(beyond));
  if (proof.length !== wanted) throw new Fault("proof.length", { wanted, found: proof.length });
  return proof.reduce((node, sibling, level) => {
    const left = level >= inner || ((index >> BigInt(level)) & 1n) === 1n;
    return hash(left ? joined(Uint8Array.of(1), sibling, node) : joined(Uint8Array.of(1), node, sibling));
  }, leaf);
};

const made = (key, signature) => key.name === signature.name && same(key.keyId, signature.keyId);

const timeOf = (signature) => signature.value.subarray(0, 8).reduce((time, byte) => (time << 8n) | BigInt(byte), 0n);

const verifies = (key, text, signature) => {
  const encoder = new TextEncoder();
  if (!key.cosigns) return verifySignature(key.national, encoder.encode(text), signature.value, key.point);
  const time = timeOf(signature);
  if (signature.value.length <= 8 || time >= 2n ** 63n) return false;
  const message = encoder.encode(`cosignature/v1\ntime ${time}\n${text}`);
  return verifySignature(key.national, message, signature.value.subarray(8), key.point);
};

// Whether the quorum is reached by the witnesses of these names.
export const reached = (trusted, names) => {
  const done = new Set(["none", ...names]);
  for (const [name, { threshold, members }] of trusted.groups) {
    if (members.filter((member) => done.has(member)).length >= threshold) done.add(name);
  }
  return done.has(trusted.quorum);
};

export const needed = (trusted) => {
  const group = trusted.groups.get(trusted.quorum);
  return group ? `${group.threshold}/${group.members.length}` : trusted.quorum;
};

class Judge {
  constructor(receipt, trusted, now) {
    Object.assign(this, { receipt, trusted, now, reasons: [], remarks: [], cosigned: new Map(), refused: new Set(), chain: UNKNOWN });
  }

  wrong(code, params = {}, mark = INVALID) {
    this.reasons.push({ code, params, line: 0 });
    return mark;
  }

  references() {
    const { receipt } = this;
    const hash = HASHERS[receipt.hashName];
    this.leaf = hash(joined(Uint8Array.of(0), receipt.entry));
    try {
      this.root = rootOf(hash, this.leaf, receipt.index, receipt.checkpoint.size, receipt.proof);
    } catch (fault) {
      if (!(fault instanceof Fault)) throw fault;
      return this.wrong(fault.code, fault.params);
    }
    return same(this.root, receipt.checkpoint.root) ? VALID : this.wrong("proof.root");
  }

  signature() {
    const { receipt, trusted } = this;
    const { origin } = receipt.checkpoint;
    if (!trusted) return this.wrong("keys.none", {}, UNKNOWN);
    const named = trusted.logs.filter((log) => log.name === origin);
    if (!named.length) return this.wrong("log.unknown", { origin }, UNKNOWN);
    this.chain = INVALID;
    const keys = named.filter((log) => log.hashName === receipt.hashName);
    if (!keys.length) return this.wrong("log.hash", { found: receipt.hashName, wanted: named[0].hashName });
    const signed = receipt.note.signatures.flatMap((one) => keys.filter((key) => made(key, one)).map((key) => [key, one]));
    if (!signed.length) return this.wrong("log.unsigned", { origin });
    this.chain = VALID;
    [[this.log]] = signed;
    if (!signed.every(([key, one]) => verifies(key, receipt.note.text, one))) return this.wrong("log.invalid", { origin });
    return VALID;
  }

  seal() {
    const { receipt, trusted } = this;
    if (!trusted) return UNKNOWN;
    const asked = trusted.quorum !== "none";
    let mark = VALID;
    for (const one of receipt.note.signatures) {
      const [name, key] = [...trusted.witnesses].find(([, each]) => made(each, one)) ?? [one.name, null];
      if (!key) {
        if (!trusted.logs.some((log) => made(log, one))) this.remarks.push({ code: "witness.ignored", params: { name }, line: 0 });
      } else if (!verifies(key, receipt.note.text, one)) {
        this.refused.add(name);
        mark = this.wrong("witness.invalid", { name });
      } else this.seen(name, timeOf(one));
    }
    if (!asked) this.remarks.push({ code: "policy.no_witness", params: {}, line: 0 });
    else if (!reached(trusted, this.cosigned.keys())) {
      const found = `${this.cosigned.size} < ${needed(trusted)} (${[...this.cosigned.keys()].join(", ") || "-"})`;
      mark = this.wrong("witness.quorum", { found });
    }
    return mark;
  }

  seen(name, time) {
    if (!this.cosigned.has(name)) this.cosigned.set(name, time);
    if (this.now && time > BigInt(this.now)) {
      const shown = new Date(Number(time > 253402300799n ? 253402300799n : time) * 1000);
      this.remarks.push({ code: "witness.future", params: { name, time: `${shown.toISOString().slice(0, 19)}+00:00` }, line: 0 });
    }
  }
}

// The verdict on the bytes of a receipt, whatever they are; `now` in POSIX seconds, 0 to leave times aside.
export const judge = (bytes, trusted, now = 0) => {
  let receipt;
  try {
    receipt = parseReceipt(bytes);
  } catch (fault) {
    if (!(fault instanceof Fault)) throw fault;
    const { code, params, line } = fault;
    return { valid: false, signature: UNKNOWN, references: UNKNOWN, seal: UNKNOWN, chain: UNKNOWN, reasons: [{ code, params, line }], remarks: [] };
  }
  const found = new Judge(receipt, trusted, now);
  const references = found.references();
  const [signature, seal] = [found.signature(), found.seal()];
  const { chain } = found;
  const valid = [signature, references, seal, chain].every((mark) => mark === VALID);
  const { reasons, remarks, cosigned, refused, leaf, root, log } = found;
  return { valid, signature, references, seal, chain, reasons, remarks, cosigned, refused, leaf, root, log, receipt };
};
