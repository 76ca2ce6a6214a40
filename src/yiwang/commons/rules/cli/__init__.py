"""`yiwang rules`: try an expression, run the conformance kit."""

import json
import sys

import click

from yiwang.commons.rules.engine import FeelSyntaxError, as_text, compile_expression, to_json


@click.group(name="rules")
def cli() -> None:
    """FEEL and decisions."""


@cli.command("eval")
@click.argument("expression")
@click.option("--facts", default="{}", help="facts as a JSON object")
@click.option("--json", "as_json", is_flag=True, help="one JSON line")
def evaluate(expression: str, facts: str, as_json: bool) -> None:
    """Evaluate a FEEL expression. Exit code 1 where it is no FEEL or depends on facts that are missing."""
    try:
        told = json.loads(facts)
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="--facts") from error
    if not isinstance(told, dict):
        raise click.BadParameter("应为 JSON 对象", param_hint="--facts")
    try:
        result = compile_expression(expression).evaluate(told)
    except FeelSyntaxError as error:
        click.echo(f"{error.line}:{error.column}: {error.diagnostic.text}", err=True)
        sys.exit(1)
    remarks = [f"{d.at.line}:{d.at.column}: {d.text}" for d in result.diagnostics]
    if as_json:
        line = {"value": to_json(result.value), "missing_facts": list(result.missing_facts), "remarks": remarks}
        click.echo(json.dumps(line, ensure_ascii=False))
    else:
        click.echo(as_text(result.value) if result.known else f"缺少事实：{'、'.join(result.missing_facts)}")
        for remark in remarks:
            click.echo(remark, err=True)
    sys.exit(0 if result.known else 1)


from . import checking, proving, tck  # noqa: E402, F401 - each registers its verbs
