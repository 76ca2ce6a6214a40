"""What a migration must not do to those who start Yiwang for the first time."""

from typing import Any

import pytest
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations import AddConstraint, AddField, AddIndex, CreateModel

_MIGRATIONS = [
    migration
    for (label, _name), migration in sorted(MigrationLoader(None, ignore_no_migrations=True).disk_migrations.items())
    if migration.__module__.startswith("yiwang.")
]


def _fields(added: Any) -> set[str]:
    """The names in an index's fields or in a constraint's fields and condition."""
    words = str(added.deconstruct())
    return {word for word in words.replace("__", "'").replace("'-", "'").split("'") if word.isidentifier()}


@pytest.mark.parametrize("migration", _MIGRATIONS, ids=lambda each: f"{each.app_label}-{each.name}")
def test_a_new_table_is_created_with_its_indexes_and_constraints(migration: Any) -> None:
    """Added one by one, each makes Django render some thirty related models anew: a first start took 14 s longer."""
    created = {each.name_lower for each in migration.operations if isinstance(each, CreateModel)}
    later = {(each.model_name_lower, each.name) for each in migration.operations if isinstance(each, AddField)}
    apart = [
        f"{each.model_name}: {added.name}"
        for each in migration.operations
        if isinstance(each, AddIndex | AddConstraint) and each.model_name_lower in created
        for added in [each.index if isinstance(each, AddIndex) else each.constraint]
        if not any((each.model_name_lower, field) in later for field in _fields(added))
    ]
    assert not apart, f"put them into the options of CreateModel: {apart}"
