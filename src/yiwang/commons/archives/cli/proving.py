"""`yiwang verify proof`: a decision proof is recomputed, an inclusion proof of the ledger is judged, both offline.

Of a decision proof the four parts mean: `signature`: its digest is over all of it; `references`: the enclosed model is of the
version it names and the facts are those it hashed; `seal`: deciding again yields the same outcome and the same rules;
`chain`: the model is the published one (given by `--model`), or else at least the one that the proof encloses, which is remarked.
"""

import json
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from yiwang.commons.ledger.engine import MAX_POLICY, MAX_RECEIPT, LedgerFault, TrustedKeys, judge_receipt
from yiwang.kernel.clock import now
from yiwang.kernel.settings import settings
from yiwang.kernel.verdicts import Mark, Told, Verdict

from .verifying import say

if TYPE_CHECKING:
    from yiwang.commons.rules.engine import Comparison, DecisionProof, Source

_FILE = click.Path(path_type=Path, dir_okay=False, exists=True)
_MOST = 20 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Said:
    """A reason in both languages."""

    zh: str
    en: str

    def text(self, language: str = "zh") -> str:
        return self.en if language == "en" else self.zh


_PART = {
    "proof.digest": "signature",
    "proof.model_text": "references",
    "proof.model": "chain",
    "proof.input": "references",
    "proof.input_missing": "seal",
    "proof.input_extra": "references",
}
_ENCLOSED = Said(
    "按证明所附的模型重算；可用 --model 与公布的模型核对",
    "recomputed by the enclosed model; compare it with the published one by --model",
)
_NO_FACTS = Said(
    "没有给出全部事实，未能重算结果（用 --facts 给出）", "not recomputed: not all facts were given (--facts)"
)
_OTHER_FORM = Said(
    "证明的字节被改动过：不是规范形式（RFC 8785）",
    "the bytes of the proof were changed: not its canonical form (RFC 8785)",
)
_WRONG_FACTS = Said("--facts 给出的文件不是 JSON 对象", "the file of --facts holds no JSON object")


@click.command("proof")
@click.argument("file", type=_FILE)
@click.option("--facts", type=_FILE, help="the facts of a decision as a JSON object: decide again and compare")
@click.option("--model", type=_FILE, help="the decision model as published (DMN), to compare with the enclosed one")
@click.option("--keys", type=_FILE, help="trusted keys of the ledger, for an inclusion proof; else this installation's")
@click.option("--entry", type=_FILE, help="what was logged, where an inclusion proof does not bring it along")
@click.option("--lang", type=click.Choice(["zh", "en"]), default="zh", show_default=True)
@click.option("--json", "as_json", is_flag=True, help="end with one JSON line")
def proof(
    file: Path, facts: Path | None, model: Path | None, keys: Path | None, entry: Path | None, lang: str, as_json: bool
) -> None:
    """Check a decision proof or an inclusion proof of the ledger offline. Exit code 0: valid, 1: not."""
    data = _read(file, _MOST)
    if data.lstrip()[:1] == b"{":
        given = _facts(facts)
        wrong = Verdict(reasons=(_WRONG_FACTS,))
        verdict = wrong if given is None else verify_decision_proof(data, given, _source(model))
        say(verdict, "proof", lang, as_json=as_json)
    say(_inclusion(data[: MAX_RECEIPT + 1], keys, entry), "receipt", lang, as_json=as_json)


def _read(path: Path, limit: int) -> bytes:
    with path.open("rb") as file:
        return file.read(limit + 1)


def _inclusion(data: bytes, keys: Path | None, entry: Path | None) -> Verdict:
    path = keys or settings().data_dir / "ledger" / "trusted-keys.txt"
    try:
        trusted = TrustedKeys.parse(_read(path, MAX_POLICY)) if path.exists() else None
    except LedgerFault as fault:
        return Verdict(reasons=(fault.reason,))
    logged = _read(entry, MAX_RECEIPT) if entry else None
    return judge_receipt(data, trusted, entry=logged, now=int(now().timestamp()))


def _facts(path: Path | None) -> dict[str, Any] | None:
    """The facts that are given, none where there is no file; None where it holds no JSON object."""
    if path is None:
        return {}
    with suppress(ValueError, RecursionError):
        told = json.loads(_read(path, _MOST))
        if isinstance(told, dict):
            return told
    return None


def _source(path: Path | None) -> "Source | None":
    if path is None:
        return None
    from yiwang.commons.rules.engine import Source

    return Source(_read(path, _MOST))


def verify_decision_proof(data: bytes, facts: dict[str, Any], source: "Source | None" = None) -> Verdict:
    """The verdict on the bytes of a decision proof. Never raises for their sake."""
    from yiwang.commons.rules.engine import DecisionProof, ProofUnreadable, RulesError, recompute

    try:
        found = DecisionProof.read(data)
        compared = recompute(found, facts, source)
    except (ProofUnreadable, RulesError, ValueError, TypeError, LookupError, RecursionError) as error:
        return Verdict(reasons=(Said(f"不是决策证明：{error}", f"no decision proof: {error}"),))
    verdict = _judged(found, compared, published=source is not None)
    if data.removesuffix(b"\n") != found.to_json():  # other bytes of the same meaning, or members twice
        return replace(verdict, signature=Mark.INVALID, reasons=(_OTHER_FORM, *verdict.reasons))
    return verdict


def _judged(found: "DecisionProof", compared: "Comparison", *, published: bool) -> Verdict:
    missing = any(each.code == "proof.input_missing" for each in compared.differences)
    marks = dict.fromkeys(("signature", "references", "seal", "chain"), Mark.VALID)
    reasons: list[Told] = [_NO_FACTS] if missing else []
    for each in compared.differences:
        part = _PART.get(each.code, "seal")
        if missing and part == "seal":  # without the facts the outcome can't but differ
            marks["seal"] = Mark.UNKNOWN
            continue
        marks[part] = Mark.INVALID
        reasons.append(Said(each.text, f"{each.code} {each.name}".strip()))
    if marks["references"] is Mark.INVALID and any(each.code == "proof.model_text" for each in compared.differences):
        marks["chain"] = Mark.INVALID
    remarks: list[Told] = [] if published else [_ENCLOSED]
    remarks += [Said(note, note) for note in compared.notes]
    more = {"decision": found.decision, "digest": found.digest, "version": dict(found.version)}
    return Verdict(**marks, reasons=tuple(reasons), remarks=tuple(remarks), more=more)
