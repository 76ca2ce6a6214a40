"""The audit trail's pages: searched, exported, each in one's reach."""

from datetime import timedelta

import pytest
from django.urls import reverse

from yiwang.commons.flow import queries, registry
from yiwang.commons.flow.contracts import TooMuchToExport
from yiwang.commons.flow.queries import administration
from yiwang.commons.flow.tests.administering import district_official, happen, text
from yiwang.commons.identity.tests.factories import make_resident
from yiwang.kernel import clock
from yiwang.kernel.actor import Actor
from yiwang.kernel.audit import AuditSearch
from yiwang.kernel.ids import new_id
from yiwang.kernel.models import AuditEntry

pytestmark = pytest.mark.django_db
SYSTEM = Actor.system("tests")


class TestAudit:
    @pytest.fixture
    def acts(self, keeper, top):
        official, _below = district_official(top)
        resident = make_resident()
        subject = new_id()
        for number, (by, days) in enumerate(((keeper.actor, 0), (official.actor, 3), (resident.actor, 40))):
            happen(
                subject_id=subject if number else new_id(),
                number="样例-1",
                by=by,
                at=clock.now() - timedelta(days=days),
            )
        return keeper.actor, official.actor, resident.actor, subject

    def found(self, viewer, **asked):
        return [row.account_id for row in queries.audit_trail(wanted=AuditSearch(**asked), viewer=viewer).items]

    def test_finds_by_subject_account_command_and_time(self, acts):
        keeper, official, resident, subject = acts
        of_test = {"command": "test."}
        assert self.found(keeper, **of_test) == [keeper.account_id, official.account_id, resident.account_id]
        assert self.found(keeper, subjects=(subject,)) == [official.account_id, resident.account_id]
        assert self.found(keeper, account_id=resident.account_id, **of_test) == [resident.account_id]
        assert self.found(keeper, since=clock.now() - timedelta(days=10), **of_test)[1:] == [official.account_id]
        assert self.found(keeper, until=clock.now() - timedelta(days=10), **of_test) == [resident.account_id]
        assert self.found(keeper, refused_only=True, **of_test) == []

    def test_a_district_reads_the_acts_of_its_own_offices_only(self, acts):
        _keeper, official, _resident, _subject = acts
        assert self.found(official, command="test.") == [official.account_id]

    def test_the_page_finds_by_the_number_of_a_case(self, client, acts):
        *_others, subject = acts
        registry.register_opener(
            "case",
            task_url=lambda subject, task_id: "/",
            numbered=lambda number, viewer: (subject,) if number == "样例-1" else (),
        )
        page = text(client.get(reverse("flow:audit"), {"subject": "样例-1"}))
        assert page.count("test.happen") == 2
        assert "没有找到编号为“样例-2”的对象" in text(client.get(reverse("flow:audit"), {"subject": "样例-2"}))
        assert "没有找到账号" in text(client.get(reverse("flow:audit"), {"account": "nobody"}))
        assert "日期应写成" in text(client.get(reverse("flow:audit"), {"since": "yesterday"}))

    def test_pages_by_keyset_at_the_same_cost(self, client, acts, django_assert_max_num_queries):
        for _ in range(60):
            happen(subject_id=new_id(), by=SYSTEM, at=clock.now())
        first = client.get(reverse("flow:audit"), {"command": "test."})
        assert "cursor=" in text(first)
        with django_assert_max_num_queries(14):
            client.get(reverse("flow:audit"), {"command": "test."})
        page = queries.audit_trail(wanted=AuditSearch(command="test."), viewer=SYSTEM)
        rest = queries.audit_trail(wanted=AuditSearch(command="test."), viewer=SYSTEM, cursor=page.next_cursor)
        assert (len(page.items), len(rest.items)) == (50, 13)
        assert not {row.id for row in page.items} & {row.id for row in rest.items}

    def test_the_export_holds_everything_found_and_is_audited(self, client, acts):
        response = client.post(reverse("flow:audit_export"), {"command": "test."})
        lines = b"".join(response.streaming_content).decode("utf-8-sig").splitlines()
        assert response.headers["Content-Disposition"].startswith("attachment")
        assert len(lines) == 4
        assert lines[0].startswith("time,command")
        entry = AuditEntry.objects.get(command="flow.export_audit")
        assert (entry.account_id, entry.details) == (acts[0].account_id, {"conditions": {"command": "test."}})

    def test_a_cell_is_never_a_formula(self, client, acts):
        at = clock.now()
        happen(subject_id=new_id(), by=Actor.system("=HYPERLINK(1)"), at=at)
        response = client.post(reverse("flow:audit_export"), {"command": "test."})
        assert ",'=HYPERLINK(1)," in b"".join(response.streaming_content).decode()

    def test_too_much_is_refused_instead_of_cut(self, acts, monkeypatch):
        monkeypatch.setattr(administration, "EXPORTED_AT_MOST", 2)
        with pytest.raises(TooMuchToExport):
            queries.audit_export(wanted=AuditSearch(), viewer=SYSTEM)
