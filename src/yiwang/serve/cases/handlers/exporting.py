"""What a person takes along of their cases (个人信息保护法 45)."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from typing import Any

from yiwang.commons.privacy.registry import Holding, register_holding
from yiwang.kernel.actor import Actor, SubjectRef
from yiwang.kernel.text import gettext_noop as _
from yiwang.serve.cases.queries.earlier import earlier

_MOST = 2000


def _cases(whose: SubjectRef, viewer: Actor) -> Iterator[Mapping[str, Any]]:
    """The applicant's cases with what they answered."""
    ids = {"person_id" if whose.kind == "person" else "entity_id": whose.id}
    for case in earlier(viewer=viewer, most=_MOST, **ids):
        yield asdict(case)


register_holding(Holding("cases", _("我的办件"), _cases))
