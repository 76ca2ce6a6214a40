"""Keyset paging: a page costs the same whether it is the first or the ten-thousandth."""

import base64
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Generic, TypeVar
from uuid import UUID

from django.db.models import F, Model, Q, QuerySet

from yiwang.kernel.errors import Invalid
from yiwang.kernel.text import gettext_noop as _

T = TypeVar("T")
M = TypeVar("M", bound=Model)


class BadCursor(Invalid):
    """A page address that we did not make."""

    code = "kernel.bad_cursor"
    message = _("分页地址无效。")
    next_step = _("请回到第一页。")


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """One page of a list. Cursors are opaque; `total` is None where counting would cost too much."""

    items: tuple[T, ...]
    next_cursor: str | None = None
    previous_cursor: str | None = None
    total: int | None = None

    def map(self, convert: Callable[[T], Any]) -> "Page[Any]":
        """The same page with each item converted."""
        return Page(tuple(convert(item) for item in self.items), self.next_cursor, self.previous_cursor, self.total)


def paginate(
    rows: QuerySet[M],
    *,
    order: Sequence[str],
    cursor: str | None = None,
    size: int = 20,
    total: int | None = None,
) -> Page[M]:
    """Cut one page out of `rows` in SQL.

    `order`: field names as in order_by (`-due_at`), together unique and never null; the last is usually `id`.
    Raises BadCursor. One query.
    """
    backwards, position = _decode(cursor, len(order)) if cursor else (False, None)
    effective = [_flip(name) for name in order] if backwards else list(order)
    if position is not None:
        rows = rows.filter(_after(effective, position))
    found = list(rows.order_by(*(_ordering(name) for name in effective))[: size + 1])
    more = len(found) > size
    found = found[:size]
    if backwards:
        found.reverse()
    has_next = bool(found) and (backwards or more)
    has_previous = bool(found) and (more if backwards else position is not None)
    return Page(
        items=tuple(found),
        next_cursor=_encode("n", found[-1], order) if has_next else None,
        previous_cursor=_encode("p", found[0], order) if has_previous else None,
        total=total,
    )


def _ordering(name: str) -> Any:
    return F(name[1:]).desc() if name.startswith("-") else F(name).asc()


def _flip(name: str) -> str:
    return name[1:] if name.startswith("-") else "-" + name


def _after(order: Sequence[str], position: Sequence[Any]) -> Q:
    condition = Q()
    equal = Q()
    for name, value in zip(order, position, strict=True):
        field = name.lstrip("-")
        condition |= equal & Q(**{f"{field}__{'lt' if name.startswith('-') else 'gt'}": value})
        equal &= Q(**{field: value})
    return condition


def _encode(direction: str, row: Model, order: Sequence[str]) -> str:
    values: list[Any] = []
    for name in order:
        value: Any = row
        for part in name.lstrip("-").split("__"):
            value = getattr(value, part)
        values.append(
            value.isoformat()
            if isinstance(value, date | datetime)
            else str(value)
            if isinstance(value, UUID)
            else value
        )
    raw = json.dumps([direction, values], separators=(",", ":"), ensure_ascii=False).encode()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _decode(cursor: str, width: int) -> tuple[bool, list[Any]]:
    try:
        padded = cursor.encode() + b"=" * (-len(cursor) % 4)
        direction, values = json.loads(base64.urlsafe_b64decode(padded))
        well_formed = direction in {"n", "p"} and isinstance(values, list) and len(values) == width
        if well_formed and all(isinstance(value, str | int | float | bool) for value in values):
            return direction == "p", values
    except (ValueError, TypeError):
        pass
    raise BadCursor
