"""What import graphs can't see: labels, foreign keys, names, signals, templates, words that must not appear."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.db import connection, models

from yiwang.kernel.fields import Sensitivity, sensitivity_of
from yiwang.kernel.guard import GuardedManager
from yiwang.kernel.models import AppendOnlyModel, GuardedRow
from yiwang.site.contexts import CONTEXTS

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "yiwang"
OURS = [model for model in apps.get_models() if model.__module__.startswith("yiwang.")]
FIELDS = [(model, field) for model in OURS for field in model._meta.get_fields() if isinstance(field, models.Field)]
SHARED_TARGETS = {"Account", "Person", "LegalEntity", "Organisation", "Region"}


def _python() -> Iterator[tuple[Path, ast.Module]]:
    for path in sorted(SOURCE.rglob("*.py")):
        if "migrations" not in path.parts and "tests" not in path.parts:
            yield path, ast.parse(path.read_text("utf-8"))


@pytest.mark.parametrize(("model", "field"), FIELDS, ids=lambda x: getattr(x, "__name__", None) or x.name)
def test_each_model_field_is_labelled_with_its_sensitivity(model, field):
    assert isinstance(sensitivity_of(field), Sensitivity), f"label {model.__name__}.{field.name} in its models file"


@pytest.mark.parametrize("model", OURS, ids=lambda m: m.__name__)
def test_each_model_is_guarded(model):
    assert issubclass(model, GuardedRow)
    assert isinstance(model._base_manager, GuardedManager)
    assert isinstance(model._default_manager, GuardedManager)


@pytest.mark.django_db
def test_each_table_has_its_triggers():
    with connection.cursor() as cursor:
        cursor.execute("SELECT tgrelid::regclass::text, tgname FROM pg_trigger WHERE NOT tgisinternal")
        found = {(table.strip('"'), name) for table, name in cursor.fetchall()}
    for model in OURS:
        if not model._meta.managed:  # a view
            continue
        assert (model._meta.db_table, "yiwang_guard") in found, model
        if issubclass(model, AppendOnlyModel):
            assert (model._meta.db_table, "yiwang_append_only") in found, model


@pytest.mark.parametrize(("model", "field"), FIELDS, ids=lambda x: getattr(x, "__name__", None) or x.name)
def test_foreign_keys_leave_a_context_only_to_people_and_places(model, field):
    if (
        field.is_relation
        and field.related_model is not None
        and field.related_model._meta.app_label != model._meta.app_label
    ):
        assert field.related_model.__name__ in SHARED_TARGETS


def test_app_labels_follow_floor_and_context():
    for config in apps.get_app_configs():
        if config.name.startswith("yiwang."):
            parts = config.name.split(".")[1:]
            assert config.label == "_".join(parts), config.name


def test_every_model_is_in_the_glossary():
    glossary = (ROOT / "docs" / "glossary.md").read_text("utf-8")
    words = set(re.findall(r"`([A-Za-z]+)`", glossary))
    missing = sorted(model.__name__ for model in OURS if model.__name__ not in words)
    assert not missing, f"add to docs/glossary.md: {missing}"


def test_no_signals_of_our_own_and_no_save_override_and_no_get_model():
    allowed_signals = {
        "kernel/apps.py",
        "commons/identity/apps.py",
        "commons/identity/adapters/__init__.py",
        "commons/identity/handlers.py",
    }
    for path, tree in _python():
        name = path.relative_to(SOURCE).as_posix()
        for node in ast.walk(tree):
            if isinstance(node, ast.ClassDef):
                methods = {item.name for item in node.body if isinstance(item, ast.FunctionDef)}
                bases = {ast.unparse(base) for base in node.bases}
                if any(
                    "Model" in base or base in {"GuardedRow", "AbstractBaseUser"} for base in bases
                ) and "Form" not in "".join(bases):
                    assert "save" not in methods, f"{name}: {node.name}.save"
            if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("get_model"):
                raise AssertionError(f"{name}:{node.lineno} get_model")
            if isinstance(node, ast.ImportFrom):
                assert not any(alias.name == "*" for alias in node.names), f"{name}:{node.lineno} star import"
                if node.module and "signals" in node.module:
                    assert name in allowed_signals, f"{name}:{node.lineno} signals"


def test_templates_include_only_their_own_context_and_web():
    pattern = re.compile(r"""{%\s*(?:include|extends)\s+["']([^"']+)["']""")
    for path in sorted(SOURCE.rglob("templates/**/*.html")):
        owner = path.relative_to(SOURCE).parts
        context = owner[1] if owner[0] != "web" else "web"
        for target in pattern.findall(path.read_text("utf-8")):
            top = target.split("/")[0]
            assert top in {"web", context, "account"}, f"{path}: {target}"


def test_templates_hold_no_inline_script_style_or_handler():
    forbidden = re.compile(
        r"<script(?![^>]*\b(?:src=|type=\"application/json\"))|\sstyle=|<style|\son[a-z]+=", re.IGNORECASE
    )
    for path in sorted(SOURCE.rglob("templates/**/*.html")):
        found = forbidden.search(path.read_text("utf-8"))
        assert not found, f"{path}: {found and found.group()}"


def test_there_is_no_drawer():
    banned = {"utils", "helpers", "common", "misc", "extras"}
    for path in SOURCE.rglob("*.py"):
        assert path.stem not in banned, path


def test_each_context_has_its_charter():
    for context in CONTEXTS:
        path = ROOT / "src" / context.replace(".", "/") / "__init__.py"
        tree = ast.parse(path.read_text("utf-8"))
        assert ast.get_docstring(tree), f"{path}: purpose, words, doors, neighbours"
        assert len(tree.body) == 1, f"{path}: a charter holds no code"


def test_commands_are_keyword_only_verbs_that_end_in_by_and_at():
    for context in CONTEXTS:
        base = ROOT / "src" / context.replace(".", "/")
        for path in [base / "commands.py", *sorted((base / "commands").glob("*.py"))]:
            if not path.exists():
                continue
            for node in ast.parse(path.read_text("utf-8")).body:
                if isinstance(node, ast.FunctionDef) and any("command(" in ast.unparse(d) for d in node.decorator_list):
                    names = [argument.arg for argument in node.args.kwonlyargs]
                    assert not node.args.args, f"{path}: {node.name} takes keywords only"
                    assert names[-2:] == ["by", "at"], f"{path}: {node.name} ends in by, at"


def test_queries_ask_who_looks():
    exempt = re.compile(r"^_")
    for context in CONTEXTS:
        base = ROOT / "src" / context.replace(".", "/")
        for path in [base / "queries.py", *sorted((base / "queries").glob("*.py"))]:
            if not path.exists():
                continue
            for node in ast.parse(path.read_text("utf-8")).body:
                if isinstance(node, ast.FunctionDef) and not exempt.match(node.name):
                    assert not node.args.args, f"{path}: {node.name} takes keywords only"


def test_nothing_speaks_of_how_it_was_made():
    # Spelled in pieces, so that this file passes its own test.
    words = ["/wo" + "rk/", "/fa" + "rm/", "Cla" + "ude", "L" + "LM", "sub" + "agent", "blue" + "print"]
    kinds = {".py", ".md", ".html", ".css", ".js", ".yaml", ".csv", ".bpmn", ".dmn", ".toml", ".sh", ".json"}
    for top in ("src", "packs", "docs", "tests", "bench", "README.md", "README.zh.md", "dev"):
        base = ROOT / top
        for path in [base] if base.is_file() else sorted(base.rglob("*")):
            if path.is_file() and (path.suffix in kinds or path.name == "dev") and "vendor" not in path.parts:
                text = path.read_text("utf-8", "replace")
                for word in words:
                    if word == "/wo" + "rk/":  # the inbox lives there
                        assert not re.search(r"/wo" r"rk/(main|shared|steering|\.)", text), path
                    else:
                        assert word not in text, f"{path}: {word}"
