"""Resources of SCIM tell when they began and were changed last (RFC 7643, 3.1)."""

from datetime import datetime, timedelta
from urllib.parse import quote
from uuid import UUID

import pytest

from yiwang.commons.identity import commands
from yiwang.commons.identity.tests import factories as make
from yiwang.commons.identity.tests.test_scim import call, house, new, patch
from yiwang.kernel import clock
from yiwang.kernel.actor import SubjectRef
from yiwang.kernel.command import audit_outside
from yiwang.kernel.guard import opened

__all__ = ["call", "house"]
pytestmark = pytest.mark.django_db


def _times(resource):
    return [datetime.fromisoformat(resource["meta"][name]) for name in ("created", "lastModified")]


def test_a_resource_tells_when_it_was_made_and_changed_last(house, call):
    made = new(call, "sample.times")
    created, changed = _times(made)
    assert created <= changed <= clock.now()
    here, group = f"/Users/{made['id']}", "/Groups/desk:clerk"
    known, posts = _times(call("GET", group).json())
    assert known <= posts
    steps = [
        (here, {"op": "replace", "path": "externalId", "value": "样例 9"}),
        (group, {"op": "add", "path": "members", "value": [{"value": made["id"]}]}),
        (here, {"op": "replace", "path": "active", "value": False}),
    ]
    for path, operation in steps:
        assert call("PATCH", path, patch(operation)).status_code == 200
        before, (same, changed) = changed, _times(call("GET", here).json())
        assert (same, changed > before) == (created, True)
        found = call("GET", "/Users?filter=" + quote(f'id eq "{made["id"]}"')).json()["Resources"][0]
        assert _times(found) == [same, changed]
    assert _times(call("GET", group).json())[1] >= posts
    listed = call("GET", "/Groups?excludedAttributes=members").json()["Resources"]
    assert all(_times(each) for each in listed)


def test_logging_in_changes_no_resource(house, call):
    made = new(call, "sample.times")
    with opened("tests"):
        audit_outside("identity.logged_in", by=make.SYSTEM, subject=SubjectRef("account", UUID(made["id"])))
    assert _times(call("GET", f"/Users/{made['id']}").json())[1] == _times(made)[1]


def test_a_post_that_runs_out_or_begins_by_its_date_changes_the_resource(house, call):
    made = new(call, "sample.times")
    ends, begins = clock.today() + timedelta(days=3), clock.today() + timedelta(days=9)
    given = {"account_id": UUID(made["id"]), "organisation_id": house["desk"], "by": make.SYSTEM, "at": clock.now()}
    commands.appoint(role="clerk", valid_to=ends, **given)
    commands.appoint(role="reviewer", valid_from=begins, **given)
    for later, day in ((4, ends + timedelta(days=1)), (9, begins)):
        with clock.frozen(clock.now() + timedelta(days=later)):
            for path in (f"/Users/{made['id']}", f"/Groups/desk:{'clerk' if later == 4 else 'reviewer'}"):
                changed = _times(call("GET", path).json())[1].astimezone(clock.CHINA)
                assert (changed.date(), changed.hour, changed.minute) == (day, 0, 0), path
