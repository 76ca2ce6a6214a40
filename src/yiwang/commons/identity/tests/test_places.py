"""Regions and organisations as the pack defines them: in two trees, again without change, refused as a whole."""

from datetime import date

import pytest

from yiwang.commons.identity import commands, queries
from yiwang.commons.identity.contracts import (
    CodeSystem,
    InvalidIdentity,
    NotPermitted,
    OrganisationKind,
    OrganisationRow,
    RegionLevel,
    RegionRow,
    TreeHasCycle,
    UnknownRecord,
)
from yiwang.commons.identity.models import Organisation, OrganisationAncestry
from yiwang.commons.identity.tests import factories as make
from yiwang.kernel import clock
from yiwang.kernel.actor import Actor

pytestmark = pytest.mark.django_db


def organisation(code, **values):
    given = {"name": code, "kind": OrganisationKind.BUREAU, "region": "320400", **values}
    return OrganisationRow(code=code, **given)


def define(*rows):
    return commands.define_organisations(rows=rows, by=make.SYSTEM, at=clock.now())


def test_defining_again_changes_nothing_and_a_move_rebuilds_the_ancestry():
    make.make_regions()
    rows = (organisation("c", territorial_parent="b"), organisation("b", territorial_parent="a"), organisation("a"))
    assert define(*rows).created == 3
    again = define(*rows)
    assert (again.created, again.changed, again.unchanged) == (0, 0, 3)
    assert define(organisation("c", territorial_parent="a")).changed == 1
    above = OrganisationAncestry.objects.filter(descendant__code="c", tree="territory", distance__gt=0)
    assert list(above.values_list("ancestor__code", flat=True)) == ["a"]


def test_covering_another_region_is_a_change():
    make.make_regions()
    assert define(organisation("a", covers=("320400",))).created == 1
    assert define(organisation("a", covers=("320400", "320402"))).changed == 1
    assert define(organisation("a", covers=("320402",))).changed == 1
    assert define(organisation("a", covers=("320402",))).unchanged == 1


def test_faulty_organisations_are_refused_as_a_whole():
    make.make_regions()
    define(organisation("a"))
    for rows in (
        (organisation("x"), organisation("a", territorial_parent="b"), organisation("b", territorial_parent="a")),
        (organisation("x"), organisation("y", region="999999")),
        (organisation("x"), organisation("y", line_parent="nobody")),
        (organisation("x"), organisation("y", credit_code="91")),
        (organisation("x"), organisation("y", covers=("999999",))),
    ):
        with pytest.raises((TreeHasCycle, UnknownRecord, InvalidIdentity)):
            define(*rows)
    assert list(Organisation.objects.values_list("code", flat=True)) == ["a"]


def test_a_code_given_out_again_leads_to_the_region_in_force():
    rows = [
        RegionRow("320400", CodeSystem.GB2260, RegionLevel.CITY, "样例市", None),
        RegionRow(
            "320411",
            CodeSystem.GB2260,
            RegionLevel.DISTRICT,
            "旧区",
            (CodeSystem.GB2260, "320400"),
            valid_from=date(1983, 1, 1),
            valid_to=date(2001, 12, 31),
        ),
        RegionRow(
            "320411",
            CodeSystem.GB2260,
            RegionLevel.DISTRICT,
            "新区",
            (CodeSystem.GB2260, "320400"),
            valid_from=date(2002, 1, 1),
        ),
        RegionRow("320411001", CodeSystem.GBT10114, RegionLevel.STREET, "街道", (CodeSystem.GB2260, "320411")),
    ]
    for wanted in ((4, 0, 0), (0, 0, 4)):
        done = commands.define_regions(rows=rows, by=make.SYSTEM, at=clock.now())
        assert (done.created, done.changed, done.unchanged) == wanted
    assert [region.name for region in queries.region_path(code="320411001", viewer=make.SYSTEM)] == [
        "样例市",
        "新区",
        "街道",
    ]


def test_only_the_program_defines_places():
    bureau = make.make_organisation()
    official = make.make_official(bureau, grants=["*"])
    for by in (official.actor, make.make_resident().actor, Actor.anonymous()):
        with pytest.raises(NotPermitted):
            commands.define_organisations(rows=[organisation("x")], by=by, at=clock.now())
        with pytest.raises(NotPermitted):
            commands.define_role(key="x", title="x", by=by, at=clock.now())
        with pytest.raises(NotPermitted):
            commands.define_regions(rows=[], by=by, at=clock.now())
