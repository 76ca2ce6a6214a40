"""Writes without a command can't happen: the managers here refuse them early, PostgreSQL refuses them always.

`objects.create`, `save` and `delete` pass the base manager; raw SQL and Django's delete collector do not, so each
guarded table also has a trigger that asks for the transaction's marker (`yiwang.command`).

A row that is only added to may change in one way: a sealed column gets the same content under another key. The
transaction says so (`yiwang.resealing`), and the database sees to it that no other column changes.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from types import MappingProxyType
from typing import Any, TypeVar

from django.db import connection, models, transaction

M = TypeVar("M", bound=models.Model)

_marker: ContextVar[str] = ContextVar("yiwang_marker", default="")

FUNCTIONS = """
CREATE OR REPLACE FUNCTION yiwang_guard() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF coalesce(current_setting('yiwang.command', true), '') = '' THEN
    RAISE EXCEPTION 'write to % outside a command', TG_TABLE_NAME
      USING ERRCODE = 'YW001', HINT = 'call a function of commands.py';
  END IF;
  RETURN NULL;
END $$;
CREATE OR REPLACE FUNCTION yiwang_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'UPDATE' AND coalesce(current_setting('yiwang.resealing', true), '') <> '' AND EXISTS (
    SELECT 1 FROM pg_trigger WHERE tgrelid = TG_RELID AND tgname = 'yiwang_resealing' AND tgenabled <> 'D'
  ) THEN
    RETURN NULL;
  END IF;
  RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'YW002';
END $$;
CREATE OR REPLACE FUNCTION yiwang_resealing() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF to_jsonb(NEW) - TG_ARGV IS DISTINCT FROM to_jsonb(OLD) - TG_ARGV THEN
    RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'YW002';
  END IF;
  RETURN NEW;
END $$;
"""
_RESEALING = """
DROP TRIGGER IF EXISTS yiwang_resealing ON "{table}";
CREATE TRIGGER yiwang_resealing BEFORE UPDATE ON "{table}" FOR EACH ROW EXECUTE FUNCTION yiwang_resealing({columns});
"""
_TRIGGER = """
DO $do$ BEGIN
  IF NOT EXISTS (SELECT 1 FROM pg_trigger WHERE tgname = '{name}' AND tgrelid = '"{table}"'::regclass) THEN
    CREATE TRIGGER {name} BEFORE {verbs} ON "{table}" FOR EACH STATEMENT EXECUTE FUNCTION {name}();
  END IF;
END $do$;
"""


class UnguardedWrite(RuntimeError):
    """A write was tried where no command is running. A programming error, not a refusal."""


def marker() -> str:
    """The marker of the running command, empty outside one."""
    return _marker.get()


@contextmanager
def opened(mark: str) -> Iterator[None]:
    """Open the guard for one transaction. For `kernel.command` and the kernel's own machinery only."""
    inside_another = connection.in_atomic_block
    with transaction.atomic():
        token = _marker.set(mark)
        try:
            _mark_database(mark)
            yield
        finally:
            _marker.reset(token)
        if inside_another:  # a commit forgets the setting by itself
            _mark_database(_marker.get())


def _mark_database(mark: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('yiwang.command', %s, true)", [mark])


def _demand(model: type[models.Model], verb: str) -> None:
    if not _marker.get():
        raise UnguardedWrite(f"{verb} of {model.__name__} outside a command: call a function of commands.py")


class GuardedQuerySet(models.QuerySet[M]):
    """A queryset whose writing methods demand a running command."""

    def _insert(self, *args: Any, **kwargs: Any) -> Any:
        _demand(self.model, "insert")
        return super()._insert(*args, **kwargs)  # type: ignore[misc]

    def _update(self, *args: Any, **kwargs: Any) -> Any:
        _demand(self.model, "update")
        return super()._update(*args, **kwargs)  # type: ignore[misc]

    def update(self, **kwargs: Any) -> int:
        _demand(self.model, "update")
        return super().update(**kwargs)

    def _raw_delete(self, using: Any) -> Any:
        _demand(self.model, "delete")
        return super()._raw_delete(using)

    def delete(self) -> tuple[int, dict[str, int]]:
        _demand(self.model, "delete")
        return super().delete()


class GuardedManager(models.Manager.from_queryset(GuardedQuerySet)):  # type: ignore[misc]
    """The base manager of every guarded model."""

    use_in_migrations = False


@contextmanager
def resealing() -> Iterator[None]:
    """Let sealed columns of append-only rows change in the running command's transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('yiwang.resealing', 'on', true)")
        yield
        cursor.execute("SELECT set_config('yiwang.resealing', '', true)")


def install(
    tables: list[str], append_only: list[str], sealed: Mapping[str, Sequence[str]] = MappingProxyType({})
) -> None:
    """Create the trigger functions and each table's triggers; a second call changes nothing.

    `sealed`: of append-only tables the columns whose values are encrypted.
    """
    statements = [FUNCTIONS]
    statements += [
        _TRIGGER.format(name="yiwang_guard", table=table, verbs="INSERT OR UPDATE OR DELETE OR TRUNCATE")
        for table in tables
    ]
    statements += [
        _TRIGGER.format(name="yiwang_append_only", table=table, verbs="UPDATE OR DELETE OR TRUNCATE")
        for table in append_only
    ]
    statements += [
        _RESEALING.format(table=table, columns=", ".join(f"'{column}'" for column in columns))
        for table, columns in sealed.items()
    ]
    with connection.cursor() as cursor:
        cursor.execute("".join(statements))
