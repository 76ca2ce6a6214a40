"""What the database itself refuses: writes around the commands, and rows that can't be."""

from datetime import date

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from yiwang.commons.identity.contracts import Sex
from yiwang.commons.identity.models import Account, Grant, Organisation, Person, Region, Representation
from yiwang.commons.identity.tests import factories as make
from yiwang.kernel import clock
from yiwang.kernel.codes.synthetic import synthetic_id_number
from yiwang.kernel.command import machinery
from yiwang.kernel.guard import UnguardedWrite

pytestmark = pytest.mark.django_db
NUMBER = synthetic_id_number(division_code="320402", birth_date=date(1991, 2, 3), sex=Sex.FEMALE)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE commons_identity_account SET is_active = false",
        "DELETE FROM commons_identity_grant",
        "INSERT INTO commons_identity_role (id, key, title, title_en) VALUES (gen_random_uuid(), 'x', 'x', '')",
        "TRUNCATE commons_identity_regionancestry",
    ],
)
def test_the_database_refuses_writes_around_the_commands(statement):
    _close_the_guard()
    with pytest.raises(DatabaseError) as refused, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert refused.value.__cause__.sqlstate == "YW001"


def _close_the_guard():
    """A test is one transaction, in which the last command's marker may still stand."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('yiwang.command', '', true)")


def test_the_orm_refuses_writes_around_the_commands():
    account = Account.objects.get(pk=make.make_resident().account_id)
    _close_the_guard()
    for write in (account.save, account.delete, Account.objects.all().delete, Person(name="样例").save):
        with pytest.raises((UnguardedWrite, DatabaseError)), transaction.atomic():
            write()


def test_impossible_rows_are_refused_by_the_database():
    person, other = make.make_person(), make.make_person()
    make.make_regions()
    region = Region.objects.first()
    today = clock.today()
    impossible = (
        Person(name=""),
        Person(name="样例", id_number=NUMBER),
        Account(username="x y", kind="official", created_at=clock.now()),
        Account(username="resident", kind="person", created_at=clock.now()),
        Organisation(code="o", name="o", kind="office", region=region),
        Region(code="32", code_system="gb2260", level="city", name="x"),
        Representation(representative_id=person, person_id=person, kind="agent", valid_from=today),
        Representation(representative_id=person, person_id=other, kind="staff", valid_from=today),
        Representation(representative_id=person, kind="agent", valid_from=today),
        Representation(
            representative_id=person, person_id=other, kind="agent", valid_from=today, valid_to=date(2020, 1, 1)
        ),
        Grant(tree="line", scope="*", action="x", highest_grade=9, valid_from=today),
    )
    for row in impossible:
        with pytest.raises(IntegrityError), machinery("tests"):
            row.save(force_insert=True)
