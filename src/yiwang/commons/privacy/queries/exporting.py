"""Everything about a holder to take along (PIPL art. 45): the parts that contexts register, and privacy's own."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import asdict
from datetime import date, datetime
from enum import Enum
from typing import Any
from uuid import UUID

from django.utils.translation import gettext

from yiwang.commons.identity import queries as identity
from yiwang.commons.identity.contracts import PERSON
from yiwang.commons.privacy import policies, registry
from yiwang.commons.privacy.queries.accesses import accesses_of
from yiwang.commons.privacy.queries.consents import consents_of
from yiwang.commons.privacy.queries.objections import objections_of
from yiwang.commons.privacy.registry import Holding, register_holding
from yiwang.kernel import clock
from yiwang.kernel.actor import Actor, SubjectRef
from yiwang.kernel.paging import Page
from yiwang.kernel.text import gettext_noop as _

FORMAT = "yiwang.personal-data/1"
_SIZE = 500


def export(*, viewer: Actor) -> Iterator[str]:
    """One JSON document piece by piece: `{"format", "made_at", "parts": [{"key", "title", "rows": […]}]}`; bounded memory."""
    whose = policies.holder(viewer)
    yield f'{{"format": "{FORMAT}", "made_at": "{clock.now().isoformat()}", "parts": ['
    for place, holding in enumerate(registry.holdings() if whose else ()):
        head = json.dumps({"key": holding.key, "title": gettext(holding.title)}, ensure_ascii=False)
        yield f'{"," * bool(place)}\n{head[:-1]}, "rows": ['
        assert whose is not None
        for number, row in enumerate(holding.collect(whose, viewer)):
            yield f"{',' * bool(number)}\n{json.dumps(dict(row), ensure_ascii=False, default=_plain)}"
        yield "]}"
    yield "\n]}\n"


def _plain(value: Any) -> Any:
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, Enum):
        return value.value
    raise TypeError(f"{type(value).__name__} in an export")


def _all(read: Callable[..., Page[Any]]) -> Callable[[SubjectRef, Actor], Iterator[Mapping[str, Any]]]:
    """All pages of a list, one after the other."""

    def collect(_whose: SubjectRef, viewer: Actor) -> Iterator[Mapping[str, Any]]:
        cursor: str | None = None
        while True:
            page = read(viewer=viewer, cursor=cursor, size=_SIZE)
            for item in page.items:
                yield asdict(item)
            cursor = page.next_cursor
            if cursor is None:
                return

    return collect


def _profile(whose: SubjectRef, viewer: Actor) -> Iterable[Mapping[str, Any]]:
    if whose.kind == PERSON:
        return [asdict(identity.person(person_id=whose.id, viewer=viewer))]
    return [asdict(identity.entity(entity_id=whose.id, viewer=viewer))]


register_holding(Holding("profile", _("登记的基本信息"), _profile))
register_holding(Holding("consents", _("我的授权"), _all(consents_of)))
register_holding(Holding("accesses", _("谁看过我的信息"), _all(accesses_of)))
register_holding(Holding("objections", _("我的异议"), _all(objections_of)))
