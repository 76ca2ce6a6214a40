"""What a pack says for all its matters: themes, courts, numbering words."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from yiwang.kernel.actor import Actor, SubjectRef
from yiwang.kernel.command import command, note
from yiwang.serve.matters import models, policies
from yiwang.serve.matters.contracts import ProcedureKind, ThemeView

_CATALOGUE = SubjectRef("catalogue", UUID(int=0))
Entries = Mapping[tuple[ProcedureKind, str], tuple[str, str]]


@command("matters.set_themes")
def set_themes(*, themes: Sequence[ThemeView], by: Actor, at: datetime) -> bool:
    """Name the themes, in this order; one that is gone is forgotten. Returns whether anything changed."""
    del at
    policies.check_publish(by)
    wanted = {theme.key: (theme.name, theme.english, place) for place, theme in enumerate(themes)}
    present = {row.key: (row.name, row.english, row.position) for row in models.Theme.objects.all()}
    changed = wanted != present
    if changed:
        models.Theme.objects.exclude(key__in=list(wanted)).delete()
        models.Theme.objects.bulk_create(
            [
                models.Theme(key=key, name=name, english=english, position=place)
                for key, (name, english, place) in wanted.items()
            ],
            update_conflicts=True,
            unique_fields=["key"],
            update_fields=["name", "english", "position"],
        )
    note(_CATALOGUE, themes=len(wanted), changed=changed)
    return changed


@command("matters.set_procedure")
def set_procedure(*, entries: Entries, by: Actor, at: datetime) -> bool:
    """Keep exactly these courts by region and words by organisation (value, English). Returns whether anything changed."""
    del at
    policies.check_publish(by)
    wanted = {(kind.value, key): said for (kind, key), said in entries.items()}
    present = {(row.kind, row.key): row for row in models.ProcedureEntry.objects.all()}
    gone = [row.pk for place, row in present.items() if place not in wanted]
    fresh = [
        models.ProcedureEntry(kind=place[0], key=place[1], value=said[0], english=said[1])
        for place, said in wanted.items()
        if place not in present or (present[place].value, present[place].english) != said
    ]
    if gone:
        models.ProcedureEntry.objects.filter(pk__in=gone).delete()
    if fresh:
        models.ProcedureEntry.objects.bulk_create(
            fresh, update_conflicts=True, unique_fields=["kind", "key"], update_fields=["value", "english"]
        )
    changed = bool(gone or fresh)
    note(_CATALOGUE, entries=len(wanted), changed=changed)
    return changed
