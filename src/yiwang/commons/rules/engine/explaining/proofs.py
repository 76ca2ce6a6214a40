"""A decision proof: what was decided, by which version, from which facts, and how; anybody can recompute it offline.

Facts that are not public stand in it as salted hashes: who has the facts can show that they are the ones, who has only
the proof learns nothing of them. The model is enclosed, since decisions are public. The form is canonical JSON (RFC 8785).
"""

import hashlib
import json
import secrets
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

import rfc8785

from yiwang.commons.rules.engine.diagnostics import RulesError
from yiwang.commons.rules.engine.dmn_model import Model
from yiwang.commons.rules.engine.json_values import Json, from_json, to_json
from yiwang.commons.rules.engine.outcome import Outcome
from yiwang.commons.rules.engine.values import of_fact
from yiwang.kernel import clock
from yiwang.kernel.text import gettext_noop as _

from .source import ALGORITHMS, Source

FORMAT: Final = "yiwang.decision-proof/1"
ENGINE: Final = "yiwang.rules/1"
"""Name and version of the evaluation: raised when an outcome could differ from that of the version before."""

MAX_BYTES: Final = 20 * 1024 * 1024

MESSAGES: Mapping[str, str] = {
    "proof.digest": _("证明的内容被改动过：摘要不符"),
    "proof.model_text": _("证明所附的决策模型被改动过：与所记的版本摘要不符"),
    "proof.model": _("给出的决策模型不是证明所记的版本"),
    "proof.input": _("事实“{name}”与证明所记的不同"),
    "proof.input_missing": _("没有给出事实“{name}”"),
    "proof.input_extra": _("事实“{name}”不在证明之内"),
    "proof.output": _("结果不同：证明为 {expected}，重算为 {found}"),
    "proof.missing": _("缺少的事实不同：证明为 {expected}，重算为 {found}"),
    "proof.trace": _("规则的成立情况不同"),
    "proof.undecidable": _("所附的决策模型无法计算：{detail}"),
}


class ProofUnreadable(ValueError):
    """The file is no decision proof."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing in which a recomputation differs; `name` is a fact's, where it is about one."""

    code: str
    name: str = ""
    expected: Json = None
    found: Json = None

    @property
    def message(self) -> str:
        """Chinese msgid with the fields of `params`."""
        return MESSAGES[self.code]

    @property
    def params(self) -> dict[str, str]:
        expected, found = (json.dumps(value, ensure_ascii=False) for value in (self.expected, self.found))
        return {"name": self.name, "expected": expected, "found": found, "detail": str(self.found)}

    @property
    def text(self) -> str:
        return self.message.format(**self.params)


@dataclass(frozen=True, slots=True)
class Comparison:
    """`notes` do not count as differences: another version of the engine came to this."""

    differences: tuple[Difference, ...]
    notes: tuple[str, ...] = ()

    @property
    def same(self) -> bool:
        return not self.differences


@dataclass(frozen=True, slots=True)
class DecisionProof:
    """`data` is the proof as JSON; `digest` is over all of it but itself."""

    data: Mapping[str, Any]

    @property
    def decision(self) -> str:
        return str(self.data["decision"]["id"])

    @property
    def digest(self) -> str:
        return str(self.data["digest"])

    @property
    def version(self) -> Mapping[str, str]:
        """Hashes of the model by algorithm."""
        return dict(self.data["model"]["version"])

    @property
    def source(self) -> Source:
        """The enclosed model."""
        enclosed = self.data["model"]
        return Source(enclosed["xml"].encode(), tuple(text.encode() for text in enclosed["imports"]))

    def to_json(self) -> bytes:
        """Canonical JSON (RFC 8785)."""
        return rfc8785.dumps(dict(self.data))

    @classmethod
    def read(cls, data: bytes) -> "DecisionProof":
        """Raises `ProofUnreadable`."""
        if len(data) > MAX_BYTES:
            raise ProofUnreadable(f"more than {MAX_BYTES} bytes")
        try:
            read = json.loads(data)
            rfc8785.dumps(read)
        except (ValueError, RecursionError) as error:
            raise ProofUnreadable(str(error)) from None
        fault = _fault(read)
        if fault:
            raise ProofUnreadable(fault)
        return cls(read)


def _fault(data: object) -> str:
    """What keeps JSON from being a proof."""
    if not isinstance(data, dict) or data.get("format") != FORMAT:
        return "format"
    kinds = {"engine": str, "algorithm": str, "at": str, "digest": str, "decision": dict, "model": dict}
    kinds |= {"inputs": list, "missing": list, "trace": list}
    wrong = next((name for name, kind in kinds.items() if not isinstance(data.get(name), kind)), "")
    if wrong or "output" not in data:
        return wrong or "output"
    sound = {
        "model": _is_model(data["model"]),
        "decision": isinstance(data["decision"].get("id"), str),
        "at": _is_moment(data["at"]),
        "algorithm": data["algorithm"] in ALGORITHMS,
        "inputs": all(map(_is_input, data["inputs"])),
    }
    return next((name for name, well in sound.items() if not well), "")


def _is_model(given: Mapping[str, object]) -> bool:
    imports = given.get("imports")
    texts = isinstance(imports, list) and all(isinstance(text, str) for text in imports)
    return texts and isinstance(given.get("xml"), str) and isinstance(given.get("version"), dict)


def _is_moment(text: str) -> bool:
    try:
        return datetime.fromisoformat(text).tzinfo is not None
    except ValueError:
        return False


def _is_input(given: object) -> bool:
    if not isinstance(given, dict) or not isinstance(given.get("name"), str):
        return False
    hashed = isinstance(given.get("salt"), str) and isinstance(given.get("digest"), str)
    return hashed or "value" in given


def prove(
    source: Source,
    decision: str,
    facts: Mapping[str, object],
    *,
    public: Collection[str] = (),
    now: datetime | None = None,
    algorithm: str = "sm3",
) -> DecisionProof:
    """Decide and prove it. Facts named in `public` stand in the proof as they are, all others as salted hashes.

    `facts` as JSON or Python values by the names of the input data, `now` (aware) is what `now()` means. `algorithm` is
    "sm3" (GB/T 32905) or "sha256". Raises `DmnError` for a faulty model or unknown decision.
    """
    at = now or clock.now()
    told = _told(source.model, facts)
    outcome = source.model.decide(decision, told, now=at)
    inputs = [_input(name, _as_json(name, value), name in public, algorithm) for name, value in sorted(told.items())]
    data: dict[str, Any] = {
        "format": FORMAT,
        "engine": ENGINE,
        "algorithm": algorithm,
        "at": at.isoformat(),
        "decision": {"id": decision, "name": source.model.name_of(decision)},
        "model": {
            "namespace": source.model.namespace,
            "name": source.model.name,
            "version": source.version,
            "xml": source.xml.decode(),
            "imports": [text.decode() for text in source.imports],
        },
        "inputs": inputs,
        **_result(outcome),
    }
    data["digest"] = _digest(algorithm, data)
    return DecisionProof(data)


def _told(read: Model, facts: Mapping[str, object]) -> dict[str, object]:
    """The facts as values of FEEL, however they were told: the same facts have the same hash."""
    types = read.inputs
    return {name: of_fact(from_json(value, types.get(name)), name, keep_missing=True) for name, value in facts.items()}


def _as_json(name: str, value: object) -> Json:
    return to_json(of_fact(value, name, keep_missing=False), tagged=True)


def _result(outcome: Outcome) -> dict[str, Any]:
    return {
        "output": to_json(outcome.value, tagged=True),
        "missing": list(outcome.missing_facts),
        "trace": [
            {
                "decision": table.where,
                "policy": table.hit_policy.value,
                "matched": list(table.matched_rules),
                "rules": [
                    {"number": rule.number, "id": rule.id, "matched": rule.matched, "failed": rule.failed_input}
                    for rule in table.rules
                ],
            }
            for table in outcome.tables
        ],
    }


def _input(name: str, value: Json, public: bool, algorithm: str) -> dict[str, Any]:
    if public:
        return {"name": name, "value": value}
    salt = secrets.token_hex(16)
    return {"name": name, "salt": salt, "digest": _digest(algorithm, [salt, name, value])}


def _digest(algorithm: str, data: Json) -> str:
    return hashlib.new(algorithm, rfc8785.dumps(data)).hexdigest()


def recompute(proof: DecisionProof, facts: Mapping[str, object], source: Source | None = None) -> Comparison:
    """Decide again from `facts` by the enclosed model and compare everything that the proof says.

    `source` is the model as published elsewhere, to be compared with the enclosed one. Never raises for what the proof
    says.
    """
    differences = [*_altered(proof, source)]
    notes = () if proof.data["engine"] == ENGINE else (f"{proof.data['engine']} → {ENGINE}",)
    try:
        read = proof.source.model
        told = _told(read, facts)
        differences += _inputs(proof, told)
        told |= {n: from_json(v, read.inputs.get(n)) for n, v in _public(proof).items() if n not in told}
        at = datetime.fromisoformat(proof.data["at"])
        found = _result(read.decide(proof.decision, told, now=at))
    except (RulesError, TypeError, ValueError, LookupError, ArithmeticError) as error:
        return Comparison((*differences, Difference("proof.undecidable", found=str(error))), notes)
    differences += [
        Difference(f"proof.{name}", "", proof.data[name], found[name])
        for name in ("output", "missing", "trace")
        if rfc8785.dumps(proof.data[name]) != rfc8785.dumps(found[name])
    ]
    return Comparison(tuple(differences), notes)


def _altered(proof: DecisionProof, source: Source | None) -> Iterator[Difference]:
    """Whether proof and model are what they were."""
    body = {name: value for name, value in proof.data.items() if name != "digest"}
    found = _digest(proof.data["algorithm"], body)
    if found != proof.digest:
        yield Difference("proof.digest", "", proof.digest, found)
    try:
        enclosed = proof.source.version
    except RulesError as error:
        yield Difference("proof.undecidable", found=str(error))
        return
    if enclosed != proof.version:
        yield Difference("proof.model_text", "", dict(proof.version), enclosed)
    if source is not None and source.version != proof.version:
        yield Difference("proof.model", "", dict(proof.version), source.version)


def _public(proof: DecisionProof) -> dict[str, Json]:
    return {given["name"]: given["value"] for given in proof.data["inputs"] if "value" in given}


def _inputs(proof: DecisionProof, told: Mapping[str, object]) -> Iterator[Difference]:
    """Whether the facts are those that the proof is about; public ones need not be told again."""
    inputs: Sequence[Mapping[str, Any]] = proof.data["inputs"]
    for given in inputs:
        name = given["name"]
        if name not in told:
            if "value" not in given:
                yield Difference("proof.input_missing", name)
            continue
        value = _as_json(name, told[name])
        if "value" in given:
            same = rfc8785.dumps(given["value"]) == rfc8785.dumps(value)
        else:
            same = _digest(proof.data["algorithm"], [given["salt"], name, value]) == given["digest"]
        if not same:
            yield Difference("proof.input", name)
    known = {given["name"] for given in inputs}
    yield from (Difference("proof.input_extra", name) for name in told if name not in known)
