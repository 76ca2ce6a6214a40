"""The wallet's page with 200 licences: the whole answer of the view, beside the bare query of the same rows."""

from typing import Any, Final
from unittest.mock import patch

from django.test import RequestFactory

from bench.licences.importing import BY, SPEC
from bench.measuring import Figures, interleaved, ratio
from yiwang.commons.identity import commands as people
from yiwang.commons.identity import queries as identity
from yiwang.commons.identity.contracts import Sex
from yiwang.commons.identity.queries import Standing
from yiwang.commons.licences import commands, queries
from yiwang.commons.licences.contracts import Holder, HolderKind
from yiwang.commons.licences.views import wallet
from yiwang.kernel import clock
from yiwang.kernel.actor import Actor, ActorKind
from yiwang.kernel.ids import new_id

MANY: Final = 200
MILLISECONDS: Final = 100.0
"""For the page with 200 licences, as required."""


class _Known:
    is_authenticated = True
    is_active = True


def run(*, quick: bool) -> Figures:
    """Milliseconds of the page, and how many times the bare rows' time it takes."""
    actor = _holder_of(MANY)
    request = RequestFactory().get("/mine/licences/")
    request.user = _Known()  # type: ignore[assignment]

    def page() -> Any:
        return wallet(request)

    def rows() -> Any:
        return queries.wallet(viewer=actor)

    with patch.object(identity, "standing_of", return_value=Standing(actor, "样例")):
        body = page().content.decode()
        if body.count("ll-card__title") != MANY:
            raise RuntimeError("not all licences are on the page")
        times = interleaved({"page": page, "rows": rows}, rounds=5 if quick else 25)
    figures = {f"wallet-{name}": each.ms() for name, each in times.items()}
    over = ["wallet-page"] if figures["wallet-page"]["median_ms"] > MILLISECONDS else []
    return {
        "figures": figures,
        "ratios": {"wallet-to-rows": ratio(times["page"], times["rows"])},
        "over_requirement": over,
    }


def _holder_of(many: int) -> Actor:
    commands.define_type(key="bench_permit", spec=SPEC, layout="", by=BY, at=clock.now())
    where = identity.organisations(viewer=BY, size=1).items[0].id
    person = people.register_person(name="样例甲", id_number=None, sex=Sex.FEMALE, sample=True, by=BY, at=clock.now())
    for number in range(many):
        commands.issue(
            type_key="bench_permit", holder=Holder(HolderKind.PERSON, person), values={"shop_name": f"样例店{number}"},
            organisation_id=where, by=BY, at=clock.now(),
        )  # fmt: skip
    return Actor(kind=ActorKind.PERSON, account_id=new_id(), person_id=person)
