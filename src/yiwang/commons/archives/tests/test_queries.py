"""Lists of archives: found by what people know of them, within the viewer's scope, at a constant number of queries."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from yiwang.commons.archives import queries
from yiwang.commons.archives.contracts import ArchiveNotFound, MayNotView
from yiwang.commons.archives.tests import factories as made
from yiwang.kernel.actor import Actor

pytestmark = pytest.mark.django_db


def test_an_archive_is_found_by_title_number_applicant_year_and_state():
    archivist = made.keeper()
    row = made.opened(archivist.actor.organisation_id, title="样例开店", applicant="样例王某")
    made.opened(archivist.actor.organisation_id)

    def found(**asked):
        return [each.id for each in queries.archives(viewer=archivist.actor, **asked).items]

    assert found(text="开店") == found(text=row.number) == found(applicant="样例王某") == [row.pk]
    assert found(applicant="样例王") == found(year=1999) == found(state="archived") == found(text="%") == []
    assert len(found(year=row.year, state="opened")) == 2


def test_officials_see_what_their_grants_reach_and_residents_nothing():
    archivist, other = made.keeper(), made.keeper("archives.view")
    row = made.opened(archivist.actor.organisation_id)
    assert queries.archives(viewer=other.actor).items
    for viewer in (made.make_resident().actor, Actor.anonymous()):
        with pytest.raises(MayNotView):
            queries.archives(viewer=viewer)
        with pytest.raises(MayNotView):
            queries.archive(archive_id=row.pk, viewer=viewer)
    with pytest.raises(ArchiveNotFound):
        queries.archive(archive_id=archivist.account_id, viewer=archivist.actor)


def test_a_page_takes_as_many_queries_for_many_as_for_few():
    archivist = made.keeper()

    def counted():
        with CaptureQueriesContext(
            connection,
        ) as seen:
            queries.archives(viewer=archivist.actor, size=50)
            queries.standing(viewer=archivist.actor)
        return len(seen)

    made.opened(archivist.actor.organisation_id)
    few = counted()
    for _ in range(12):
        made.opened(archivist.actor.organisation_id)
    assert counted() == few <= 6
