"""Nothing of a model or of a variable is ever evaluated as Python."""

import ast
import builtins
import subprocess
import sys
from pathlib import Path

import pytest
from SpiffWorkflow.bpmn.script_engine import python_environment

from yiwang.commons.flow import engine
from yiwang.commons.flow.engine import interpreter
from yiwang.commons.flow.engine.tests.feelish import Feelish
from yiwang.commons.flow.engine.tests.models import (
    boundary,
    bpmn,
    chain,
    end,
    flow,
    gateway,
    loop,
    mapping,
    start,
    timer,
    user,
)
from yiwang.commons.flow.engine.tests.play import AT, EVALUATOR, Play

HOSTILE = "__import__('os').system('touch /tmp/owned')"


class Echo(Feelish):
    """An evaluator that lets everything pass its check and answers with hostile text."""

    def check(self, text):
        pass

    def evaluate(self, text, variables):
        return HOSTILE


@pytest.fixture(autouse=True)
def no_python(monkeypatch):
    def forbidden(*args, **kwargs):
        raise AssertionError("eval or exec was reached")

    monkeypatch.setattr(builtins, "eval", forbidden)
    monkeypatch.setattr(builtins, "exec", forbidden)
    for name in ("evaluate", "execute", "call_service"):
        monkeypatch.setattr(python_environment.TaskDataEnvironment, name, forbidden)


def play(xml, evaluator):
    model = engine.parse({"p": xml}, evaluator=evaluator).only()
    return engine.start(model, {}, evaluator=evaluator, at=AT)


PLACES = {
    "a condition": bpmn(
        start(),
        gateway("exclusive", "g", "d"),
        end("a"),
        end("b"),
        flow("start", "g"),
        flow("g", "a", f"={HOSTILE}"),
        flow("g", "b", name="d"),
    ),
    "a timer": bpmn(
        start(),
        user("a"),
        boundary("t", "a", timer("timeDuration", f"={HOSTILE}")),
        end(),
        end("e2"),
        chain("start", "a", "end"),
        chain("t", "e2"),
    ),
    "a cycle": bpmn(
        start(),
        user("a"),
        boundary("t", "a", timer("timeCycle", f"={HOSTILE}"), interrupting=False),
        end(),
        end("e2"),
        chain("start", "a", "end"),
        chain("t", "e2"),
    ),
    "a collection": bpmn(start(), user("a", inner=loop(f"={HOSTILE}", "m")), end(), chain("start", "a", "end")),
    "a cardinality": bpmn(
        start(),
        user(
            "a",
            inner=f"<bpmn:multiInstanceLoopCharacteristics><bpmn:loopCardinality>{HOSTILE}</bpmn:loopCardinality></bpmn:multiInstanceLoopCharacteristics>",
        ),
        end(),
        chain("start", "a", "end"),
    ),
}


@pytest.mark.parametrize("xml", PLACES.values(), ids=PLACES.keys())
def test_hostile_text_is_refused_by_the_check_and_halts_where_it_comes_from_a_value(xml):
    assert engine.parse({"p": xml}, evaluator=EVALUATOR).errors
    with pytest.raises(engine.EvaluationHalt):
        play(xml, Echo())


VALUES = {
    "an input": user("a", mapping(inputs={"x": f"={HOSTILE}"})),
    "an assignee": user("a", f'<zeebe:assignmentDefinition assignee="={HOSTILE}" candidateGroups="={HOSTILE}"/>'),
    "a correlation key": '<bpmn:receiveTask id="a" messageRef="m"/>',
    "a property": user(
        "a", f'<zeebe:properties><zeebe:property name="subject" value="={HOSTILE}"/></zeebe:properties>'
    ),
}
MESSAGE = f'<bpmn:message id="m" name="reply"><bpmn:extensionElements><zeebe:subscription correlationKey="={HOSTILE}"/></bpmn:extensionElements></bpmn:message>'


@pytest.mark.parametrize("node", VALUES.values(), ids=VALUES.keys())
def test_hostile_text_in_a_value_stays_text(node):
    xml = bpmn(start(), node, end(), chain("start", "a", "end"), root=MESSAGE)
    assert engine.parse({"p": xml}, evaluator=EVALUATOR).errors
    step = play(xml, Echo())
    (wanted,) = (*step.new_items, *step.new_subscriptions)
    assert HOSTILE in repr(wanted)


def test_a_variable_that_looks_like_code_is_only_a_text():
    xml = bpmn(start(), user("a", mapping(inputs={"copy": "=name"})), end(), chain("start", "a", "end"))
    assert Play(xml, {"name": HOSTILE}).item("a").inputs == {"copy": HOSTILE}


@pytest.mark.parametrize("entry", ["execute", "call_service"])
def test_the_other_doors_of_the_script_engine_are_shut(entry):
    filled = interpreter.Interpreter(EVALUATOR, {}, AT)
    task = type("T", (), {"task_spec": type("S", (), {"name": "x"})})
    with pytest.raises(engine.EvaluationHalt):
        getattr(filled, entry)(task, script=HOSTILE) if entry == "execute" else filled.call_service(
            task, operation=HOSTILE
        )
    with pytest.raises(engine.EvaluationHalt):
        filled.environment.evaluate(HOSTILE, {})


def test_the_librarys_serializer_and_its_migrations_are_never_loaded():
    """They evaluate Python; `specs.Transform` is loaded by the library's own package but no line of ours names it."""
    code = (
        "import sys; import yiwang.commons.flow.engine; "
        "print([m for m in sys.modules if m.startswith(('SpiffWorkflow.bpmn.serializer', 'SpiffWorkflow.bpmn.parser', 'django'))])"
    )
    src = Path(engine.__file__).parents[4]
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env={"PYTHONPATH": str(src)}
    )
    assert done.stdout.strip() == "[]"


def test_no_module_of_the_engine_imports_what_evaluates():
    banned = (
        "SpiffWorkflow.bpmn.serializer",
        "SpiffWorkflow.serializer",
        "SpiffWorkflow.specs.Transform",
        "SpiffWorkflow.specs.Execute",
        "django",
        "yiwang.commons.rules",
    )
    for path in Path(engine.__file__).parent.glob("*.py"):
        tree = ast.parse(path.read_text())
        for node in ast.walk(tree):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) and not node.level else []
            assert not [name for name in names if name.startswith(banned)], path
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                assert node.func.id not in ("eval", "exec", "compile", "__import__"), path
