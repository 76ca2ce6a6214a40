// Hashes and signatures of receipts, by vendored libraries: nothing is fetched, and no secure context is needed.
import * as ed25519 from "../web/vendor/noble-ed25519/ed25519.js";
import { sha256, sha512 } from "../web/vendor/noble-hashes/sha2.js";
import "../web/vendor/sm-crypto/sm-crypto.umd.js";

ed25519.hashes.sha512 = sha512;
const { sm2, sm3 } = globalThis.SmCryptoV2;

// The order n of the group of SM2 (GM/T 0003.5): r and s lie in [1, n-1].
const SM2_ORDER = 0xfffffffeffffffffffffffffffffffff7203df6b21c6052b53bbf40939d54123n;
const SM2_ID = "1234567812345678";

export const hex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
const bytesOf = (text) => Uint8Array.from(text.match(/../g) ?? [], (pair) => parseInt(pair, 16));

export const joined = (...parts) => {
  const whole = new Uint8Array(parts.reduce((size, part) => size + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
};

export const same = (one, other) => one.length === other.length && one.every((byte, at) => byte === other[at]);

export const HASHERS = {
  sm3: (bytes) => bytesOf(sm3(bytes)),
  sha256,
};

// SM2 with SM3 (GM/T 0003.2) over the identity that standards give everybody; the signature is r‖s of 64 bytes.
const verifySm2 = (message, signature, point) => {
  const text = hex(signature);
  const [r, s] = [BigInt(`0x${text.slice(0, 64)}`), BigInt(`0x${text.slice(64)}`)];
  if (r <= 0n || s <= 0n || r >= SM2_ORDER || s >= SM2_ORDER) return false;
  return sm2.doVerifySignature(message, text, hex(point), { hash: true, userId: SM2_ID });
};

// Whether the 64 bytes of `signature` hold over `message` by the public key `point` (65 bytes 04‖X‖Y, or 32 of Ed25519).
export const verifySignature = (national, message, signature, point) => {
  if (signature.length !== 64) return false;
  try {
    return national ? verifySm2(message, signature, point) : ed25519.verify(signature, message, point, { zip215: false });
  } catch {
    return false;
  }
};

const SPKI = {
  true: bytesOf("3059301306072a8648ce3d020106082a811ccf5501822d034200"),
  false: bytesOf("302a300506032b6570032100"),
};

// SHA-256 of the SubjectPublicKeyInfo: what `openssl pkey -pubin -outform DER | sha256sum` says.
export const fingerprint = (national, point) => hex(sha256(joined(SPKI[national], point)));
