"""`yiwang rules explain`, `missing`, `prove` and `recompute`: why a decision came out so, and proof of it."""

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from yiwang.commons.rules.engine import DmnError, RulesError, as_text, from_json, to_json

from . import cli
from .reading import beside, facts_in

if TYPE_CHECKING:
    from yiwang.commons.rules.engine.explaining import Source

_FILE = click.Path(path_type=Path, exists=True, dir_okay=False)
_FACTS = click.option("--facts", "facts_file", type=_FILE, help="facts as a JSON object by the names of input data")


def _source(file: Path) -> "Source":
    from yiwang.commons.rules.engine.explaining import Source  # loaded by these verbs alone

    source = Source(file.read_bytes(), beside(file))
    try:
        faults = source.model.faults
    except RulesError as error:
        raise click.ClickException(str(error)) from error
    if faults:
        raise click.ClickException(f"{file}:{faults[0].at.line}: {faults[0].text}")
    return source


def _facts(source: "Source", file: Path | None) -> dict[str, object]:
    types = source.model.inputs
    told = {} if file is None else facts_in(file)
    unknown = [name for name in told if name not in types]
    if unknown:
        raise click.BadParameter(f"模型没有输入数据“{'、'.join(unknown)}”", param_hint="--facts")
    try:
        return {name: from_json(value, types[name]) for name, value in told.items()}
    except (TypeError, ValueError, LookupError, ArithmeticError) as error:
        raise click.BadParameter(str(error), param_hint="--facts") from error


@cli.command("explain")
@click.argument("file", type=_FILE)
@click.argument("decision")
@_FACTS
@click.option("--lang", type=click.Choice(["zh", "en"]), default="zh", show_default=True)
@click.option("--json", "as_json", is_flag=True, help="one JSON line")
def explain_decision(file: Path, decision: str, facts_file: Path | None, lang: str, as_json: bool) -> None:
    """Decide by a DMN file and say why in words. Exit code 1 where facts are missing."""
    from yiwang.commons.rules.engine.explaining import explain

    source = _source(file)
    try:
        explanation = explain(source, decision, _facts(source, facts_file))
    except DmnError as error:
        raise click.ClickException(str(error)) from error
    outcome = explanation.outcome
    if as_json:
        sentences = [
            {"text": s.text, "sign": s.sign, "depth": s.depth, "clause": s.clause} for s in explanation.sentences(lang)
        ]
        line = {"value": to_json(outcome.value), "missing_facts": list(outcome.missing_facts), "sentences": sentences}
        click.echo(json.dumps(line, ensure_ascii=False))
    else:
        click.echo(explanation.text(lang))
    sys.exit(0 if outcome.known else 1)


@cli.command("missing")
@click.argument("file", type=_FILE)
@click.argument("decision")
@_FACTS
@click.option("--json", "as_json", is_flag=True, help="one JSON line")
def missing(file: Path, decision: str, facts_file: Path | None, as_json: bool) -> None:
    """Name the facts that can still change a decision. Exit code 1 where there are any."""
    from yiwang.commons.rules.engine.explaining import missing_facts

    source = _source(file)
    try:
        found = missing_facts(source.model, decision, _facts(source, facts_file))
    except DmnError as error:
        raise click.ClickException(str(error)) from error
    if as_json:
        line = {"facts": list(found.facts), "exact": found.exact, "outcomes": [to_json(v) for v in found.outcomes]}
        click.echo(json.dumps(line, ensure_ascii=False))
    elif found.settled:
        click.echo(f"不再缺少事实，结果：{as_text(found.value)}")
    else:
        click.echo(f"还要问：{'、'.join(found.facts)}")
    sys.exit(0 if found.settled else 1)


@cli.command("prove")
@click.argument("file", type=_FILE)
@click.argument("decision")
@_FACTS
@click.option("--public", multiple=True, help="a fact that may stand in the proof as it is; all others are hashed")
@click.option("--output", type=click.Path(path_type=Path, dir_okay=False), help="where to write it, else shown")
def prove_decision(
    file: Path, decision: str, facts_file: Path | None, public: tuple[str, ...], output: Path | None
) -> None:
    """Decide by a DMN file and write the proof of it (canonical JSON)."""
    from yiwang.commons.rules.engine.explaining import prove

    source = _source(file)
    try:
        proof = prove(source, decision, _facts(source, facts_file), public=public)
    except DmnError as error:
        raise click.ClickException(str(error)) from error
    if output is None:
        click.echo(proof.to_json().decode())
    else:
        output.write_bytes(proof.to_json() + b"\n")


@cli.command("recompute")
@click.argument("proof_file", metavar="PROOF", type=_FILE)
@_FACTS
@click.option("--model", "model_file", type=_FILE, help="the model as published, to compare with the enclosed one")
@click.option("--json", "as_json", is_flag=True, help="one JSON line")
def recompute_proof(proof_file: Path, facts_file: Path | None, model_file: Path | None, as_json: bool) -> None:
    """Decide again, offline, what a proof says, and compare. Exit code 0: same, 1: different, 2: no proof."""
    from yiwang.commons.rules.engine.explaining import DecisionProof, ProofUnreadable, Source, recompute

    try:
        proof = DecisionProof.read(proof_file.read_bytes())
    except ProofUnreadable as error:
        click.echo(f"{proof_file} 不是决策证明：{error}", err=True)
        sys.exit(2)
    source = None if model_file is None else Source(model_file.read_bytes(), beside(model_file))
    told = {} if facts_file is None else facts_in(facts_file)
    try:
        found = recompute(proof, told, source)
    except RulesError as error:
        raise click.ClickException(str(error)) from error
    if as_json:
        differences = [
            {"code": d.code, "name": d.name, "expected": d.expected, "found": d.found, "text": d.text}
            for d in found.differences
        ]
        line = {"same": found.same, "decision": proof.decision, "differences": differences, "notes": list(found.notes)}
        click.echo(json.dumps(line, ensure_ascii=False))
    else:
        click.echo("相同：重算的结果与证明一致" if found.same else "不同：")
        for difference in found.differences:
            click.echo(f"  {difference.text}")
    sys.exit(0 if found.same else 1)
