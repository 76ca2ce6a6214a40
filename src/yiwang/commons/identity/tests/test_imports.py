"""Accounts and appointments taken in from a file: what is refused line by line, and that a second time changes nothing."""

from datetime import date, timedelta

import pytest

from yiwang.commons.identity.commands import imports, joiners
from yiwang.commons.identity.contracts import NotPermitted, OrganisationKind
from yiwang.commons.identity.contracts.people import ImportRefused, ImportState, ImportUnknown, LeaveGround
from yiwang.commons.identity.engine import people_csv
from yiwang.commons.identity.models import Account, AccountImport, AccountReject, Appointment, Person
from yiwang.commons.identity.queries import imports as reading
from yiwang.commons.identity.tests import factories as make
from yiwang.kernel import clock
from yiwang.kernel.codes.synthetic import synthetic_id_number
from yiwang.kernel.models import AuditEntry, EvidenceRow, OutboxEvent

pytestmark = pytest.mark.django_db
HEADER = "username,name,id_number,mobile,organisation,role,valid_from,valid_to\n"


def number(day):
    return synthetic_id_number(division_code="320402", birth_date=date(1990, 1, day), sex="2")


@pytest.fixture
def house():
    """A bureau with a desk, another bureau, and the administrator of the first."""
    bureau = make.make_organisation("bureau", name="样例局")
    make.make_organisation("desk", name="样例科", parent="bureau", kind=OrganisationKind.OFFICE)
    other = make.make_organisation("other", name="样例他局")
    for key in ("clerk", "reviewer", "ruler"):
        make.make_role(key, key)
    from yiwang.commons.identity import commands

    commands.grant(role="ruler", action="identity.*", organisation_id=None, by=make.SYSTEM, at=clock.now())
    rights = ["identity.manage_accounts", "identity.appoint"]
    admin = make.make_official(bureau, role="administrator", grants=rights)
    return {"bureau": bureau, "other": other, "admin": admin.actor}


def take_in(house, text, *, size=imports.BATCH, dry_run=False, by=None):
    run = imports.begin_import(
        organisation_id=house["bureau"], content=text.encode(), dry_run=dry_run, later=False, by=by or house["admin"],
        at=clock.now(),
    )  # fmt: skip
    while imports.import_batch(import_id=run, size=size, by=make.SYSTEM, at=clock.now()):
        pass
    return reading.import_row(import_id=run, viewer=make.SYSTEM)


def faults(row):
    found = reading.rejects(import_id=row.id, viewer=make.SYSTEM)
    return [(each.line, each.field) for each in found.items]


def test_accounts_and_offices_come_in_and_a_second_time_nothing_changes(house):
    text = HEADER + (
        f"first,样例一,{number(1)},13900000001,desk,clerk,2026-01-01,\n"
        f"first,样例一,{number(1)},,bureau,reviewer,,2030-01-01\n"
        "\nSecond,样例二,,,desk,clerk,,\n"
    )
    row = take_in(house, text, size=2)
    assert (row.state, row.created, row.changed, row.rejected) == (ImportState.DONE, 2, 1, 0)
    one = Account.objects.select_related("person").get(username="first")
    assert (one.person.id_number, one.person.sex, one.person.mobile) == (number(1), "2", "13900000001")
    assert not one.has_usable_password()
    assert Appointment.objects.filter(account=one).count() == 2
    assert Account.objects.filter(username="second").exists()
    again = take_in(house, text)
    assert (again.created, again.changed, again.unchanged, again.rejected) == (0, 0, 3, 0)
    assert AccountImport.objects.filter(content__isnull=False).count() == 0, "what was read is kept no longer"
    told = OutboxEvent.objects.filter(aggregate_id=one.pk).values_list("type", flat=True)
    assert sorted(each.rpartition(".")[2] for each in told) == ["AccountCreated", "Appointed", "Appointed"]
    assert EvidenceRow.objects.filter(kind="identity.taken_in").count() == 3


def test_each_wrong_line_is_rejected_with_its_column_and_the_others_come_in(house):
    make.make_person("样例真名", id_number=number(9))
    make.make_resident(username="resident")
    stranger = make.make_official(house["other"], username="stranger")
    gone = make.make_official(house["bureau"], username="gone")
    joiners.leave(account_id=gone.account_id, ground=LeaveGround.OTHER, by=make.SYSTEM, at=clock.now())
    rows = [
        "good,样例好,,,desk,clerk,,",
        "x,样例,,,desk,clerk,,",
        "noname,,,,desk,clerk,,",
        "bad.number,样例,320402199001010000,,desk,clerk,,",
        "bad.mobile,样例,,12345,desk,clerk,,",
        "bad.day,样例,,,desk,clerk,2026-13-01,",
        "bad.order,样例,,,desk,clerk,2026-02-01,2026-01-01",
        "no.place,样例,,,nowhere,clerk,,",
        "beyond,样例,,,other,clerk,,",
        "no.role,样例,,,desk,nothing,,",
        "ruler,样例,,,desk,ruler,,",
        f"false.name,样例假名,{number(9)},,desk,clerk,,",
        "resident,样例,,,desk,clerk,,",
        f"{stranger.username},样例经办,,,desk,clerk,,",
        "gone,样例经办,,,desk,clerk,,",
        "good,样例坏,,,desk,clerk,,",
        f"twin1,样例双,{number(5)},,desk,clerk,,",
        f"twin2,样例双,{number(5)},,desk,clerk,,",
        "too,few",
        "long," + "长" * 201 + ",,,desk,clerk,,",
    ]
    row = take_in(house, HEADER + "\n".join(rows))
    expected = [
        "username", "name", "id_number", "mobile", "valid_from", "valid_to", "organisation", "organisation", "role",
        "role", "id_number", "username", "username", "username", "name", "id_number", "", "",
    ]  # fmt: skip
    lines = [n for n in range(3, 22) if n != 18]
    assert faults(row) == list(zip(lines, expected, strict=True))
    assert (row.created, row.rejected) == (2, 18)
    lines = list(reading.rejects_csv(import_id=row.id, viewer=house["admin"]))
    assert len(lines) == 19
    assert "样例" not in "".join(lines), "a reject says nothing of who stands in the line"


def test_a_role_whose_rights_reach_beyond_the_subtree_is_not_given(house):
    from yiwang.commons.identity import commands

    commands.grant(
        role="reviewer", holder_id=house["bureau"], action="cases.view", organisation_id=house["other"], by=make.SYSTEM,
        at=clock.now(),
    )  # fmt: skip
    row = take_in(house, HEADER + "one,样例,,,bureau,reviewer,,\ntwo,样例,,,desk,reviewer,,\n")
    assert faults(row) == [(2, "role")]
    assert row.created == 1


def test_a_dry_run_judges_all_and_writes_nothing(house):
    before = (Account.objects.count(), Person.objects.count())
    row = take_in(house, HEADER + "one,样例,,,desk,clerk,,\ntwo,样例,,,nowhere,clerk,,\n", dry_run=True)
    assert (row.created, row.rejected, row.dry_run) == (1, 1, True)
    assert (Account.objects.count(), Person.objects.count()) == before
    row = take_in(house, HEADER + "one,样例,,,desk,clerk,,\ntwo,样例,,,nowhere,clerk,,\n")
    assert row.created == 1


@pytest.mark.parametrize(
    "content",
    [b"", b"a,b\n1,2", b"\xff\xfe\x00", HEADER.encode(), b'username,name,organisation,role\n"open', b"username,name,organisation,role,role\n1"],
)  # fmt: skip
def test_a_file_that_can_not_be_read_is_refused_whole(house, content):
    with pytest.raises(ImportRefused):
        imports.begin_import(organisation_id=house["bureau"], content=content, by=house["admin"], at=clock.now())
    assert not AccountImport.objects.exists()


def test_a_file_of_too_many_bytes_or_too_long_fields_is_refused(house):
    for content in (b"x" * (imports.LARGEST + 1), HEADER.encode() + b"a" * 10_000):
        with pytest.raises(ImportRefused):
            imports.begin_import(organisation_id=house["bureau"], content=content, by=house["admin"], at=clock.now())


def test_only_who_reaches_the_whole_subtree_imports_and_only_the_program_runs_batches(house):
    text = HEADER + "one,样例,,,desk,clerk,,\n"
    with pytest.raises(NotPermitted):
        imports.begin_import(organisation_id=house["other"], content=text.encode(), by=house["admin"], at=clock.now())
    clerk = make.make_official(house["bureau"])
    with pytest.raises(NotPermitted):
        take_in(house, text, by=clerk.actor)
    run = imports.begin_import(
        organisation_id=house["bureau"], content=text.encode(), by=house["admin"], at=clock.now()
    )
    with pytest.raises(ImportUnknown):
        imports.import_batch(import_id=run, by=house["admin"], at=clock.now())
    again = imports.begin_import(
        organisation_id=house["bureau"], content=text.encode(), by=house["admin"], at=clock.now()
    )
    assert again == run
    other = make.make_official(house["other"], role="administrator", grants=["identity.manage_accounts"])
    with pytest.raises(ImportUnknown):
        reading.import_row(import_id=run, viewer=other.actor)
    assert reading.imports(viewer=other.actor).items == ()


def test_audit_and_evidence_of_an_import_name_nobody(house):
    take_in(house, HEADER + f"secretive,样例保密,{number(7)},13900000009,desk,clerk,,\n")
    told = str(list(AuditEntry.objects.values_list("details", flat=True)))
    told += str(list(EvidenceRow.objects.values_list("statement", flat=True)))
    for each in ("secretive", "样例保密", number(7), "13900000009"):
        assert each not in told


def test_lines_are_counted_as_the_file_counts_them():
    text = HEADER + '"a1","样例\n换行",,,desk,clerk,,\nb,样例,,,desk,clerk,,\n'
    found = list(people_csv.lines(text, people_csv.header(text)))
    assert [each.number for each in found] == [3, 4]
    assert people_csv.count(text) == 2


def test_an_import_is_no_way_to_ask_who_bears_a_number(house, monkeypatch):
    monkeypatch.setattr(imports, "MOST_REFUSED", 2)
    make.make_person("样例居民", id_number=number(11))
    served = make.make_official(house["other"], name="样例外人")
    asked = [
        ("样例假名", number(11)),
        ("样例外人", make.person_row(served.person_id).id_number),
        ("样例无人", number(12)),
    ]
    text = HEADER + "".join(f"ask{n},{name},{found},,desk,clerk,,\n" for n, (name, found) in enumerate(asked))
    tried = take_in(house, text, dry_run=True)
    assert (tried.created, tried.rejected) == (3, 0), "what leaves no trace tells nothing"
    row = take_in(house, text)
    assert faults(row) == [(2, "id_number"), (3, "id_number"), (4, "id_number")]
    said = {each.reason for each in AccountReject.objects.filter(run_id=row.id)}
    assert len(said) == 2, "both that are known are one answer, and after two nothing more is told today"
    with clock.frozen(clock.now() + timedelta(days=1, minutes=1)):
        assert take_in(house, HEADER + f"ask9,样例无人,{number(12)},,desk,clerk,,\n").created == 1
