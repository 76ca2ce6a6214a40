"""Applying for matters that ask for a level of real name."""

from dataclasses import dataclass, replace

import pytest

from yiwang.commons.identity.contracts.real_names import RealNameNeeded
from yiwang.kernel.actor import Actor, ActorKind
from yiwang.kernel.ids import new_id
from yiwang.serve.cases import policies
from yiwang.serve.matters.contracts import Limits, MatterSpec

SPEC = MatterSpec(code="sample", catalogue_code="", name="样例", handling=(), limits=Limits(promised=1), process="")


@dataclass(frozen=True)
class _Matter:
    spec: MatterSpec


@dataclass(frozen=True)
class _Member:
    matter: _Matter


@dataclass(frozen=True)
class _Bundle:
    members: tuple[_Member, ...]


def bundle(**levels):
    made = (replace(SPEC, code=code, real_name=level) for code, level in levels.items())
    return _Bundle(tuple(_Member(_Matter(spec)) for spec in made))


@pytest.mark.parametrize(
    ("level", "codes", "refused"), [(1, {"a"}, False), (1, {"a", "b"}, True), (2, {"a", "b"}, False)]
)
def test_a_resident_needs_the_highest_level_that_the_handled_matters_ask_for(level, codes, refused):
    by = Actor(kind=ActorKind.PERSON, account_id=new_id(), assurance=level)
    if refused:
        with pytest.raises(RealNameNeeded):
            policies.check_real_name(by, bundle(a=0, b=2), codes)
    else:
        policies.check_real_name(by, bundle(a=0, b=2), codes)


def test_at_a_counter_the_clerk_has_looked_at_the_card():
    clerk = Actor(kind=ActorKind.OFFICIAL, account_id=new_id(), assurance=1)
    policies.check_real_name(clerk, bundle(b=4), {"b"})
