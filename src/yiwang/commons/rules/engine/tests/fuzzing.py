"""What a fuzzer feeds the engine with, and what must hold whatever it is fed.

`exercise(data)` turns any bytes into FEEL text or a DMN file, by the grammar, by tokens or raw, and runs it. The tests call
it with bytes of Hypothesis. A long campaign guided by coverage needs `atheris` (`.venv/bin/pip install atheris`):

    .venv/bin/python -m yiwang.commons.rules.engine.tests.fuzzing -max_total_time=600 CORPUS
"""

import json
from collections.abc import Callable

from yiwang.commons.rules.engine import (
    Absent,
    Budget,
    Model,
    Reading,
    RulesError,
    as_text,
    compile_expression,
    compile_unary_tests,
    from_json,
    load_dmn,
    missing_facts,
    parse,
    read_dmn,
    to_json,
    unparse,
)
from yiwang.commons.rules.engine.analysis import check
from yiwang.commons.rules.engine.explaining import explain
from yiwang.commons.rules.engine.functions import BUILTINS

BUDGET = Budget(steps=3_000, items=500, text=5_000, all_text=50_000, seconds=1.0, pattern_seconds=0.05)
NAMES = ("a", "年龄", "家庭 收入", "pre-tax", "row", "item", "partial", "?")
FACTS: tuple[dict[str, object], ...] = (
    {},
    {
        "a": 1,
        "年龄": "x",
        "家庭 收入": None,
        "pre-tax": {"year": 1, "a": [1, 2]},
        "row": [{"a": 1, "b": "x"}, {"a": None}],
    },
    {"a": [1, [2, "b"], None], "年龄": True, "家庭 收入": 1e300, "pre-tax": -0.5, "row": {}},
)
LITERALS = (
    *(
        "null",
        "true",
        "false",
        "0",
        "1",
        "-1",
        "0.5",
        ".5",
        "1e3",
        "9999999999999999999999999999999999",
        "1e6144",
        "1e-6143",
    ),
    *('""', '"a"', '"年"', r'"\n\u0041\U01F40E"', r'"\uD83D"', '"(a|b)*"', '"[a-z-[aeiou]]"', '"$1"', '"1,0"', '"P1D"'),
    *('@"2024-02-29"', '@"-999999999-01-01"', '@"10:00:00"', '@"10:00:00.5Z"', '@"10:00:00@Europe/Paris"'),
    *('@"2024-02-29T23:59:59"', '@"2024-03-31T02:30:00@Europe/Paris"', '@"0001-01-01T00:00:00+14:00"', '@"x"'),
    *(
        '@"P1D"',
        '@"-PT1S"',
        '@"P1Y"',
        '@"-P13M"',
        '@"P2147483647Y"',
        "[]",
        "{}",
        "[1, 2, 3]",
        "[null]",
        "{a: 1}",
        "[1..3]",
    ),
)
TYPES = ("number", "string", "Any", "date and time", "list<number>", "range<date>", "context<a: number>", "list", "t",
         "function<number> -> string", "days and time duration", "Null")  # fmt: skip
BINARY = ("+", "-", "*", "/", "**", "=", "!=", "<", "<=", ">", ">=", "and", "or")
TOKENS = (
    *LITERALS, *BINARY, *NAMES, *TYPES, *sorted(BUILTINS), "(", ")", "[", "]", "{", "}", ":", ",", "..", ".", "if", "then",
    "else", "for", "in", "return", "some", "every", "satisfies", "between", "instance of", "function(", "external", "not(",
    "@", '"', "`a`", "`x-y z`", "`if`", "`", "\\", "/*", "*/", "//", "\n", "\u3000", "。", "'", "|", "\x00", "\ud800",
)  # fmt: skip
MEMBERS = ("a", "b", "year", "time offset", "start included", "end", "days", "x y")
MAX_DEPTH = 6


class Source:
    """Decisions read from bytes; behind their end every decision is the first choice, so growing ends."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.place = 0

    def byte(self) -> int:
        self.place += 1
        return self.data[self.place - 1] if self.place <= len(self.data) else 0

    def pick(self, options: tuple[str, ...]) -> str:
        return options[
            (self.byte() * 256 + self.byte()) % len(options) if len(options) > 256 else self.byte() % len(options)
        ]

    @property
    def rest(self) -> bytes:
        return self.data[self.place :]


def grow(source: Source, depth: int = 0) -> str:
    """An expression by the grammar."""
    if depth >= MAX_DEPTH or source.place >= len(source.data):
        return source.pick(LITERALS)
    kinds: tuple[Callable[[Source, int], str], ...] = (_leaf, _binary, _call, _box, _bracket, _control, _postfix, _test)
    return kinds[source.byte() % len(kinds)](source, depth + 1)


def _leaf(source: Source, depth: int) -> str:
    return source.pick(NAMES if source.byte() % 2 else LITERALS)


def _binary(source: Source, depth: int) -> str:
    return f"{grow(source, depth)} {source.pick(BINARY)} {grow(source, depth)}"


def _some(source: Source, depth: int, most: int = 4) -> list[str]:
    return [grow(source, depth) for _ in range(source.byte() % most)]


def _call(source: Source, depth: int) -> str:
    name = source.pick(tuple(sorted(BUILTINS)))
    if source.byte() % 4 == 3:
        parameters = [p.name for overload in BUILTINS[name].overloads for p in overload.parameters] or ["x"]
        return f"{name}({', '.join(f'{p}: {grow(source, depth)}' for p in parameters[: 1 + source.byte() % 3])})"
    return f"{name}({', '.join(_some(source, depth))})"


def _box(source: Source, depth: int) -> str:
    match source.byte() % 3:
        case 0:
            return f"[{', '.join(_some(source, depth))}]"
        case 1:
            return f"{{{', '.join(f'{source.pick(MEMBERS)}: {value}' for value in _some(source, depth))}}}"
    return f"function({source.pick(('', 'a', 'a, b: number', 'a: list<t>'))}) {grow(source, depth)}"


def _bracket(source: Source, depth: int) -> str:
    match source.byte() % 3:
        case 0:
            return f"({grow(source, depth)})"
        case 1:
            return f"-{grow(source, depth)}"
    return f"{source.pick(('[', '(', ']'))}{grow(source, depth)}..{grow(source, depth)}{source.pick((']', ')', '['))}"


def _control(source: Source, depth: int) -> str:
    match source.byte() % 3:
        case 0:
            return f"if {grow(source, depth)} then {grow(source, depth)} else {grow(source, depth)}"
        case 1:
            loops = ", ".join(
                f"{source.pick(MEMBERS)} in {_domain(source, depth)}" for _ in range(1 + source.byte() % 2)
            )
            return f"for {loops} return {grow(source, depth)}"
    return f"{source.pick(('some', 'every'))} a in {_domain(source, depth)} satisfies {grow(source, depth)}"


def _domain(source: Source, depth: int) -> str:
    return f"{grow(source, depth)}..{grow(source, depth)}" if source.byte() % 3 == 0 else grow(source, depth)


def _postfix(source: Source, depth: int) -> str:
    base = grow(source, depth)
    match source.byte() % 3:
        case 0:
            return f"{base}.{source.pick(MEMBERS)}"
        case 1:
            return f"{base}[{grow(source, depth)}]"
    return f"({base})({', '.join(_some(source, depth))})"


def _test(source: Source, depth: int) -> str:
    value = grow(source, depth)
    match source.byte() % 4:
        case 0:
            return f"{value} between {grow(source, depth)} and {grow(source, depth)}"
        case 1:
            return f"{value} in ({', '.join([_unary(source, depth) for _ in range(1 + source.byte() % 3)])})"
        case 2:
            return f"{value} instance of {source.pick(TYPES)}"
    return f"{value} in {_unary(source, depth)}"


def _unary(source: Source, depth: int) -> str:
    return f"{source.pick(('', '<', '>=', '=', '!=', '? > '))}{grow(source, depth)}"


def text_of(source: Source) -> str:
    match source.byte() % 8:
        case 0:
            return source.rest.decode("utf-8", "surrogateescape")
        case 1 | 2:
            return " ".join(source.pick(TOKENS) for _ in range(len(source.rest) // 2))
        case 3:
            return "".join(source.pick(TOKENS) for _ in range(len(source.rest) // 2))
    return grow(source)


def exercise(data: bytes) -> None:
    """Raises where the engine does anything but answer or refuse."""
    source = Source(data)
    if source.byte() % 4 == 0:
        exercise_file(source)
    else:
        exercise_text(text_of(source))


def exercise_text(text: str) -> None:
    for names in (None, NAMES):
        for compile_ in (compile_expression, compile_unary_tests):
            try:
                expression = compile_(text, names)
            except RulesError as error:
                refused(error)
                continue
            for facts in FACTS:
                for absent in Absent:
                    answered(expression.evaluate(facts, absent=absent, budget=BUDGET))
    try:
        node = parse(text, NAMES)
    except RulesError:
        return
    try:
        again = parse(unparse(node), NAMES)
    except RulesError as error:  # brackets that were saved before may stand in the way now
        limited(error)
        return
    if again != node:
        raise AssertionError(unparse(node))


def refused(error: RulesError) -> None:
    """A refusal that says why, and where."""
    assert error.line >= 1
    assert error.column >= 1
    assert error.diagnostic.text


def unfit(reading: Reading) -> None:
    assert reading.faults
    assert reading.model is None


def limited(error: RulesError) -> None:
    assert error.code in {"rules.too_deep", "rules.too_long"}


def answered(result: object) -> None:
    """An answer that can be written, with remarks that can be read."""
    for remark in result.diagnostics:
        assert remark.text
    if not result.known:
        assert result.value is None
        return
    as_text(result.value)
    json.dumps(to_json(result.value))
    tagged = to_json(result.value, tagged=True)
    assert to_json(from_json(json.loads(json.dumps(tagged))), tagged=True) == tagged


NAMESPACE = "https://www.omg.org/spec/DMN/20230324/MODEL/"
BOXES = ("literalExpression", "context", "list", "relation", "invocation", "functionDefinition", "conditional", "filter",
         "for", "some", "every", "decisionTable")  # fmt: skip
POLICIES = ("UNIQUE", "FIRST", "ANY", "PRIORITY", "COLLECT", "RULE ORDER", "OUTPUT ORDER", "X")
AGGREGATIONS = ("", "SUM", "COUNT", "MIN", "MAX", "X")


def _escaped(text: str) -> str:
    for mark, entity in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ("\x00", " "), ("\ud800", " ")):
        text = text.replace(mark, entity)
    return text


def _content(source: Source) -> str:
    return f"<text>{_escaped(grow(source, 3))}</text>"


def _type(source: Source) -> str:
    return f' typeRef="{_escaped(source.pick(("", "number", "string", "t", "u", "Any", "x.t")))}"'


def _boxed(source: Source, depth: int) -> str:
    kind = source.pick(BOXES) if depth < 4 and source.place < len(source.data) else "literalExpression"
    inner = [_boxed(source, depth + 1) for _ in range(0 if kind in {"literalExpression", "decisionTable"} else 3)]
    match kind:
        case "literalExpression":
            body = _content(source)
        case "decisionTable":
            return _table(source)
        case "context":
            names = [f'<variable name="{source.pick(MEMBERS)}"{_type(source)}/>' for _ in inner[:2]] + [""]
            body = "".join(f"<contextEntry>{n}{i}</contextEntry>" for n, i in zip(names, inner, strict=True))
        case "relation":
            body = f'<column name="a"/><column name="b"/><row>{inner[0]}{inner[1]}</row><row>{inner[2]}</row>'
        case "invocation":
            body = f'{inner[0]}<binding><parameter name="a"/>{inner[1]}</binding><binding><parameter name="b"/>{inner[2]}</binding>'
        case "functionDefinition":
            body = f'<formalParameter name="a"{_type(source)}/>{inner[0]}'
        case "conditional":
            body = f"<if>{inner[0]}</if><then>{inner[1]}</then><else>{inner[2]}</else>"
        case "filter":
            body = f"<in>{inner[0]}</in><match>{inner[1]}</match>"
        case "for" | "some" | "every":
            tag = "return" if kind == "for" else "satisfies"
            return f'<{kind} iteratorVariable="a"><in>{inner[0]}</in><{tag}>{inner[1]}</{tag}></{kind}>'
        case _:
            body = "".join(inner)
    return f"<{kind}{_type(source)}>{body}</{kind}>"


def _table(source: Source) -> str:
    inputs, outputs, rules = 1 + source.byte() % 2, 1 + source.byte() % 2, source.byte() % 4
    values = (f"<inputValues>{_content(source)}</inputValues>", f"<outputValues>{_content(source)}</outputValues>", "")
    parts = [f"<input><inputExpression{_type(source)}>{_content(source)}</inputExpression>{source.pick((values[0], ''))}</input>"
             for _ in range(inputs)]  # fmt: skip
    parts += [f'<output name="o{i}"{_type(source)}>{source.pick((values[1], ""))}</output>' for i in range(outputs)]
    for _ in range(rules):
        cells = "".join(f"<inputEntry>{_content(source)}</inputEntry>" for _ in range(inputs))
        results = "".join(f"<outputEntry>{_content(source)}</outputEntry>" for _ in range(outputs))
        parts.append(f"<rule>{cells}{results}</rule>")
    policy, aggregation = source.pick(POLICIES), source.pick(AGGREGATIONS)
    return f'<decisionTable hitPolicy="{policy}" aggregation="{aggregation}">{"".join(parts)}</decisionTable>'


def file_of(source: Source) -> bytes:
    """A model of types, inputs, functions, decisions and a service that require one another at random."""
    types = f'<itemDefinition name="t" isCollection="{source.pick(("true", "false"))}"><typeRef>{_escaped(source.pick(TYPES))}</typeRef>'
    types += f"<allowedValues>{_content(source)}</allowedValues></itemDefinition>"
    types += '<itemDefinition name="u"><itemComponent name="a"><typeRef>t</typeRef></itemComponent></itemDefinition>'
    parts = [types, f'<inputData id="i" name="a"><variable name="a"{_type(source)}/></inputData>']
    ids = ("i", "d0", "d1", "d2", "k", "s", "none")
    needs = '<informationRequirement><requiredInput href="#{}"/></informationRequirement>'
    knows = '<knowledgeRequirement><requiredKnowledge href="#{}"/></knowledgeRequirement>'
    function = f'<encapsulatedLogic><formalParameter name="a"{_type(source)}/>{_boxed(source, 1)}</encapsulatedLogic>'
    parts.append(
        f'<businessKnowledgeModel id="k" name="k">{function}{knows.format(source.pick(ids))}</businessKnowledgeModel>'
    )
    for i in range(3):
        required = needs.format(source.pick(ids)) + knows.format(source.pick(ids))
        parts.append(
            f'<decision id="d{i}" name="d{i}"><variable name="d{i}"{_type(source)}/>{required}{_boxed(source, 0)}</decision>'
        )
    parts.append(
        f'<decisionService id="s" name="s"><outputDecision href="#{source.pick(ids)}"/><outputDecision href="#d1"/>'
        f'<inputDecision href="#{source.pick(ids)}"/><inputData href="#i"/></decisionService>'
    )
    return f'<definitions xmlns="{NAMESPACE}" namespace="n" name="m" id="m">{"".join(parts)}</definitions>'.encode()


def exercise_file(source: Source) -> None:
    data = source.rest if source.byte() % 8 == 0 else file_of(source)
    if source.byte() % 4 == 3 and data:  # break a tag somewhere
        place = source.byte() * 256 + source.byte()
        data = data[: place % len(data)] + source.rest[:3] + data[place % len(data) + 1 :]
    for finding in check(data, seconds=0.1).findings:
        assert finding.text
        assert finding.line >= 1
    try:
        model = load_dmn(data, [data])
    except RulesError as error:
        refused(error)
        unfit(read_dmn(data, [data]))
        return
    for fault in model.faults + model.remarks:
        assert fault.text
    for name in (*model.decisions, *model.services, "k"):
        if model.has(name):
            model.facts_for(name)
            for facts in FACTS:
                for absent in Absent:
                    outcome = model.decide(name, facts, absent=absent, budget=BUDGET)
                    answered(outcome)
                    assert len(outcome.tables) == len(outcome.records)
    for name in model.decisions[:1]:
        explained(model, name)


def explained(model: Model, name: str) -> None:
    """What is still missing, and why it came out so, can be said of every decision."""
    missing = missing_facts(model, name, {}, limit=20, seconds=0.1)
    assert missing.settled == (not missing.facts)
    for language in ("zh", "en"):
        for sentence in explain(model, name, FACTS[1]).sentences(language):
            assert sentence.text
