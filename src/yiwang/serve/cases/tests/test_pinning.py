"""What a case began with stays: versions, answers, history. Nothing rewrites it, not even a bare statement."""

from dataclasses import replace

import pytest
from django.db import DatabaseError, connection, transaction

from yiwang.kernel import clock
from yiwang.kernel.command import machinery
from yiwang.serve.cases import commands, queries
from yiwang.serve.cases.contracts import TaskChoice
from yiwang.serve.cases.models import Case, CaseDocument, CaseEvent, CaseResult
from yiwang.serve.cases.tests.factories import ANSWERS, SYSTEM, file_permit
from yiwang.serve.matters import commands as matter_commands
from yiwang.serve.matters import queries as matters
from yiwang.serve.matters.contracts import Law, Limits

pytestmark = pytest.mark.django_db


def test_a_case_goes_on_by_the_versions_it_began_with():
    permit = file_permit()
    row = Case.objects.get(pk=permit.case_id)
    began = (row.matter_id, row.process_version, row.form_version, row.promised_days)
    former = matters.matter(code="permit", viewer=SYSTEM).spec
    spec = replace(former, name="新名称", limits=Limits(2, 20), laws=(Law("新法", "第一条"),), pledge=None)
    assert matter_commands.publish_matter(spec=spec, by=SYSTEM, at=clock.now()).version == 2
    permit.work(TaskChoice.ACCEPT)
    row.refresh_from_db()
    assert (row.matter_id, row.process_version, row.form_version, row.promised_days) == began
    view = permit.view()
    assert (view.title, [law.name for law in view.laws]) == ("样例permit", ["样例许可法", "样例条例"])
    permit.work(TaskChoice.GRANT)
    assert "《样例许可法》第二条" in permit.view().ground


def test_the_answers_are_a_snapshot_with_where_each_came_from():
    permit = file_permit()
    assert [(each.fact, each.value, each.source) for each in permit.view().answers] == [
        (each.fact, each.value, each.source) for each in ANSWERS
    ]


@pytest.mark.parametrize("model", [CaseEvent, CaseDocument, CaseResult])
@pytest.mark.parametrize("statement", ["UPDATE {} SET id = id", "DELETE FROM {}"])
def test_history_documents_and_results_can_only_be_appended(model, statement):
    permit = file_permit()
    permit.work(TaskChoice.ACCEPT)
    permit.work(TaskChoice.GRANT)
    table = connection.ops.quote_name(model._meta.db_table)
    with machinery("test"), pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement.format(table))
    assert queries.verify(number=permit.view().number, viewer=SYSTEM).sound


def test_the_due_dates_that_are_stored_are_those_that_the_events_give():
    permit = file_permit()
    permit.work(TaskChoice.ACCEPT)
    commands.stop_clock(case_id=permit.case_id, procedure_key="testing", by=permit.head, at=clock.now())
    commands.resume_clock(case_id=permit.case_id, by=permit.head, at=clock.now())
    commands.extend(
        case_id=permit.case_id, days=3, reason="案情复杂", approver="样例局长", by=permit.head, at=clock.now()
    )
    view = permit.view()
    assert view.clock.due == view.promised_due
    assert view.clock.steps[-1].date == view.promised_due
    assert not commands.move_due(case_id=permit.case_id, by=SYSTEM, at=clock.now())
