"""The row scope against a slow oracle, its deny-by-default, and its one query."""

from dataclasses import replace
from datetime import timedelta
from random import Random

import pytest
from django.db import connection
from django.db.models import F, Value
from django.test.utils import CaptureQueriesContext

from yiwang.commons.identity import commands, queries, rules
from yiwang.commons.identity.contracts import AccountKind, Grade, OrganisationRow, Tree
from yiwang.commons.identity.contracts import OrganisationKind as Kind
from yiwang.commons.identity.models import Appointment, Grant, Organisation, Role
from yiwang.commons.identity.tests import factories as make
from yiwang.kernel import clock
from yiwang.kernel.actor import Actor, ActorKind
from yiwang.kernel.command import machinery

pytestmark = pytest.mark.django_db
KEYS = ("matter:birth", "matter:card", "bundle:newborn")
SCOPES = ("*", "matter:*", "matter:birth", "bundle:*", "bundle:newborn")
ACTIONS = ("*", "case.*", "case.read", "case.decide", "form.read")


def rows(viewer, action, key="matter:birth", grade=1):
    marked = Organisation.objects.annotate(organisation_id=F("id"), scope_key=Value(key), grade=Value(grade))
    return marked.filter(queries.scope(viewer=viewer, action=action))


def _tree(random, size):
    parents = {}
    for index in range(size):
        parents[f"o{index}"] = (
            random.choice([None, *parents]) if parents else None,
            random.choice([None, *parents]) if parents else None,
        )
    make.make_regions()
    definitions = [
        OrganisationRow(code=code, name=code, kind=Kind.BUREAU, region="320400", territorial_parent=t, line_parent=li)
        for code, (t, li) in parents.items()
    ]
    random.shuffle(definitions)
    commands.define_organisations(rows=definitions, by=make.SYSTEM, at=clock.now())
    return parents


def _subtree(parents, root, place):
    found = {root}
    while True:
        more = {code for code, above in parents.items() if above[place] in found} | found
        if more == found:
            return found
        found = more


def _period(random, today):
    first = today + timedelta(days=random.randint(-3, 1))
    last = random.choice([None, max(first, today + timedelta(days=random.randint(-2, 2)))])
    return first, last


def _world(random, parents, account_id, ids):
    """Random appointments of one account and random grants, straight into the tables."""
    today = clock.today()
    roles = [Role(key=f"r{number}", title="岗") for number in range(3)]
    appointments = {}
    grants = []
    for _ in range(random.randint(1, 4)):
        role, office = random.choice(roles), random.choice(list(ids))
        first, last = _period(random, today)
        row = Appointment(
            account_id=account_id, organisation_id=ids[office], role=role, valid_from=first, valid_to=last
        )
        appointments[role.key, office] = row
    for _ in range(random.randint(0, 12)):
        first, last = _period(random, today)
        row = Grant(
            tree=random.choice(["territory", "line"]),
            scope=random.choice(SCOPES),
            action=random.choice(ACTIONS),
            highest_grade=random.randint(1, 4),
            valid_from=first,
            valid_to=last,
        )
        root, holder = random.choice(list(ids)), random.choice(list(ids))
        if random.random() < 0.4:
            row.account_id, row.organisation_id = account_id, ids[root]
        else:
            row.role = random.choice(roles)
            row.organisation_id = random.choice([None, ids[root]])
            row.holder_id = random.choice([None, ids[holder]])
        grants.append(row)
    with machinery("tests"):
        Role.objects.bulk_create(roles)
        Appointment.objects.bulk_create(appointments.values())
        Grant.objects.bulk_create(grants)
    return list(appointments.values()), grants


def _oracle(parents, ids, appointments, grants, viewer, action, key, grade):
    today = clock.today()
    codes = {pk: code for code, pk in ids.items()}
    reached = set()
    for row in grants:
        if not rules.in_force(row.valid_from, row.valid_to, today) or row.highest_grade < grade:
            continue
        if row.action not in {"*", action, action.split(".")[0] + ".*"} or not rules.scope_covers(row.scope, key):
            continue
        place = 0 if row.tree == "territory" else 1
        if row.account_id:
            reached |= _subtree(parents, codes[row.organisation_id], place)
            continue
        for held in appointments:
            if held.role_id != row.role_id or held.organisation_id != viewer.organisation_id:
                continue
            if not rules.in_force(held.valid_from, held.valid_to, today):
                continue
            if row.holder_id in {None, held.organisation_id}:
                reached |= _subtree(parents, codes[row.organisation_id or held.organisation_id], place)
    return reached


@pytest.mark.parametrize("seed", range(25))
def test_scope_agrees_with_a_slow_oracle(seed):
    random = Random(seed)
    parents = _tree(random, random.randint(2, 14))
    ids = dict(Organisation.objects.values_list("code", "pk"))
    account = commands.create_account(
        username=f"oracle{seed}", password=None, kind=AccountKind.OFFICIAL, by=make.SYSTEM, at=clock.now()
    )
    appointments, grants = _world(random, parents, account, ids)
    for held in appointments:
        viewer = Actor(kind=ActorKind.OFFICIAL, account_id=account, organisation_id=held.organisation_id, role="r0")
        for action in ("case.read", "case.decide", "form.read"):
            key, grade = random.choice(KEYS), random.randint(1, 5)
            expected = _oracle(parents, ids, appointments, grants, viewer, action, key, grade)
            found = set(rows(viewer, action, key, grade).values_list("code", flat=True))
            assert found == expected, (seed, action, key, grade)
            for code, pk in list(ids.items())[:4]:
                one = queries.holds(viewer, action, organisation_id=pk, scope_key=key, grade=grade)
                assert one is (code in expected)


def _office():
    make.make_organisation("root")
    bureau = make.make_organisation("bureau", parent="root")
    make.make_organisation("desk", parent="bureau", kind=Kind.OFFICE)
    make.make_organisation("other", parent="root")
    return bureau


def test_nothing_is_granted_by_default():
    official = make.make_official(_office())
    assert not rows(official.actor, "case.read").exists()


def test_a_grant_reaches_its_subtree_and_no_more():
    official = make.make_official(_office(), grants=["case.read"])
    assert set(rows(official.actor, "case.read").values_list("code", flat=True)) == {"bureau", "desk"}
    assert not rows(official.actor, "case.decide").exists()


def test_a_grant_reaches_its_grade_and_no_more():
    official = make.make_official(_office(), grants=[make.Grants("case.read", grade=Grade.GENERAL_2)])
    assert rows(official.actor, "case.read", grade=2).exists()
    assert not rows(official.actor, "case.read", grade=3).exists()


def test_rows_without_a_scope_key_need_a_grant_of_everything():
    bureau = _office()
    narrow = make.make_official(bureau, grants=[make.Grants("case.read", scope="matter:*")])
    wide = make.make_official(bureau, grants=["case.read"])
    bare = Organisation.objects.annotate(organisation_id=F("id"))

    def seen(viewer):
        return bare.filter(queries.scope(viewer=viewer, action="case.read", scope_key=None, grade=None)).count()

    assert (seen(narrow.actor), seen(wide.actor)) == (0, 2)


def test_the_program_sees_all_rows_and_residents_and_strangers_none():
    _office()
    assert rows(make.SYSTEM, "case.read").count() == 4
    assert not rows(make.make_resident().actor, "case.read").exists()
    assert not rows(Actor.anonymous(), "case.read").exists()


def test_an_official_of_one_office_has_no_rights_there_from_another_office():
    bureau = _office()
    other = queries.organisation_by_code(code="other", viewer=make.SYSTEM).id
    official = make.make_official(bureau, role="approver")
    commands.appoint(
        account_id=official.account_id, organisation_id=other, role="approver", by=make.SYSTEM, at=clock.now()
    )
    commands.grant(
        role="approver", holder_id=bureau, organisation_id=None, action="case.read", by=make.SYSTEM, at=clock.now()
    )
    assert rows(official.actor, "case.read").exists()
    assert not rows(replace(official.actor, organisation_id=other), "case.read").exists()


def test_a_role_without_holder_reaches_wherever_it_is_held():
    bureau = _office()
    official = make.make_official(bureau, role="approver")
    commands.grant(role="approver", organisation_id=None, action="case.read", by=make.SYSTEM, at=clock.now())
    assert set(rows(official.actor, "case.read").values_list("code", flat=True)) == {"bureau", "desk"}


def test_the_line_tree_is_another_tree():
    make.make_organisation("city-health")
    make.make_organisation("district")
    make.make_organisation("district-health", parent="district", line_parent="city-health")
    city = queries.organisation_by_code(code="city-health", viewer=make.SYSTEM).id
    official = make.make_official(city, grants=[make.Grants("case.read", tree=Tree.LINE)])
    assert set(rows(official.actor, "case.read").values_list("code", flat=True)) == {"city-health", "district-health"}


def test_a_list_costs_one_query_whatever_the_number_of_grants():
    bureau = _office()
    grants = [make.Grants("case.read", scope=f"matter:m{number}") for number in range(20)]
    official = make.make_official(bureau, grants=grants)
    with CaptureQueriesContext(connection) as captured:
        assert len(rows(official.actor, "case.read", "matter:m7")) == 2
    assert len(captured) == 1


def test_an_organisation_that_moves_takes_its_rights_along():
    _office()
    root = queries.organisation_by_code(code="root", viewer=make.SYSTEM).id
    official = make.make_official(root, grants=["case.read"])
    make.make_organisation("bureau", parent=None)
    assert set(rows(official.actor, "case.read").values_list("code", flat=True)) == {"root", "other"}
