"""Publishing: the same content makes no new version, versions are never edited, search learns of it."""

from dataclasses import replace

import pytest
from django.db import DatabaseError, connection, transaction

from yiwang.commons.identity.tests.factories import make_official, make_organisation, make_resident
from yiwang.commons.search import commands as search_commands
from yiwang.commons.search import queries as search
from yiwang.kernel import clock
from yiwang.kernel.actor import Actor
from yiwang.kernel.command import machinery
from yiwang.kernel.errors import Forbidden
from yiwang.serve.matters import commands, models, queries
from yiwang.serve.matters.contracts import BundleNotFound, MatterFaulty, MatterNotFound, ThemeView
from yiwang.serve.matters.tests.factories import SYSTEM, bundle_spec, certificate, publish_sample, registration, renamed

pytestmark = pytest.mark.django_db
NOBODY = Actor.anonymous()


def publish(spec, **options):
    return commands.publish_matter(spec=spec, by=SYSTEM, at=clock.now(), **options)


def test_the_same_content_makes_no_new_version():
    publish_sample()
    again = publish(certificate())
    assert (again.version, again.changed) == (1, False)
    bundle = commands.publish_bundle(spec=bundle_spec(), by=SYSTEM, at=clock.now())
    assert (bundle.version, bundle.changed) == (1, False)


def test_another_content_is_a_new_version_and_the_former_stays_readable():
    publish_sample()
    before = queries.matter(code="certificate", viewer=NOBODY)
    after = publish(renamed(certificate(), "改名"))
    assert (after.version, after.changed) == (2, True)
    assert queries.matter(code="certificate", viewer=NOBODY).name == "改名"
    assert queries.matter_version(matter_id=before.id, viewer=NOBODY).name == before.name


def test_a_new_version_of_the_form_is_a_new_version_of_the_matter():
    publish_sample()
    assert publish(certificate(), form_version=2).version == 2


def test_a_bundle_keeps_the_matter_versions_that_it_was_published_with():
    bundle_id, _offices = publish_sample()
    publish(renamed(certificate(), "改名"))
    kept = queries.bundle_version(bundle_id=bundle_id, viewer=NOBODY)
    assert kept.member("certificate").matter.version == 1
    again = commands.publish_bundle(spec=bundle_spec(), by=SYSTEM, at=clock.now())
    assert again.version == 2
    assert queries.bundle(key="newborn", viewer=NOBODY).member("certificate").matter.version == 2


def test_a_definition_can_not_be_edited_even_by_a_command():
    publish_sample()
    with machinery("test"), pytest.raises(DatabaseError, match="never edited"), transaction.atomic():
        models.Matter.objects.filter(code="certificate").update(definition={})


def test_the_database_refuses_a_promise_longer_than_the_law():
    publish_sample()
    with machinery("test"), pytest.raises(DatabaseError, match="matter_promise_within_law"), transaction.atomic():
        models.Matter.objects.filter(code="certificate").update(promised_days=30)


def test_a_faulty_matter_is_refused_with_its_place():
    spec = registration()
    with pytest.raises(MatterFaulty) as refused:
        publish(replace(spec, limits=replace(spec.limits, promised=99)))
    assert "limits.promised" in refused.value.fields
    assert not models.Matter.objects.exists()


def test_an_unknown_organisation_is_refused():
    with pytest.raises(MatterFaulty, match="office-certificate"):
        publish(certificate())


def test_only_those_with_the_grant_publish():
    office = make_organisation("office-certificate")
    with pytest.raises(Forbidden):
        commands.publish_matter(spec=certificate(), by=make_resident().actor, at=clock.now())
    with pytest.raises(Forbidden):
        commands.publish_matter(spec=certificate(), by=make_official(office).actor, at=clock.now())
    by = make_official(office, grants=["matters.publish"]).actor
    assert commands.publish_matter(spec=certificate(), by=by, at=clock.now()).changed


def test_what_is_withdrawn_is_offered_no_more():
    publish_sample()
    commands.withdraw_bundle(key="newborn", by=SYSTEM, at=clock.now())
    commands.withdraw_matter(code="card", by=SYSTEM, at=clock.now())
    with pytest.raises(BundleNotFound):
        queries.bundle(key="newborn", viewer=NOBODY)
    with pytest.raises(MatterNotFound):
        queries.matter(code="card", viewer=NOBODY)
    assert [entry.key for entry in queries.catalogue(viewer=NOBODY)] == ["certificate", "registration"]


def test_a_published_bundle_is_found_in_the_words_of_residents():
    publish_sample(bundle_spec(name="新生儿出生一件事", synonyms=("孩子出生了",)))
    hits = search.search(text="孩子出生了", viewer=NOBODY).items
    assert [(hit.kind, hit.key) for hit in hits][:1] == [("bundle", "newborn")]


def test_the_catalogue_costs_two_queries_whatever_its_length(django_assert_num_queries):
    publish_sample()
    queries.catalogue(viewer=NOBODY)
    with django_assert_num_queries(2):
        entries = queries.catalogue(viewer=NOBODY)
    assert [entry.kind for entry in entries] == ["bundle", "matter", "matter", "matter"]
    assert (entries[0].members, entries[0].departments, entries[0].promised) == (3, 3, 9)


def test_a_bundle_costs_two_queries(django_assert_num_queries):
    publish_sample()
    queries.bundle(key="newborn", viewer=NOBODY)
    with django_assert_num_queries(2):
        queries.bundle(key="newborn", viewer=NOBODY)


def test_themes_are_kept_in_their_order():
    themes = (ThemeView("birth", "生育收养", "Birth"), ThemeView("medical", "医疗卫生"))
    assert commands.set_themes(themes=themes, by=SYSTEM, at=clock.now())
    assert not commands.set_themes(themes=themes, by=SYSTEM, at=clock.now())
    assert queries.themes(viewer=NOBODY) == themes
    assert connection.vendor == "postgresql"


def test_the_index_is_rebuilt_from_what_is_in_force():
    publish_sample(bundle_spec(name="新生儿出生一件事", synonyms=("孩子出生了",)))
    before = [(hit.kind, hit.key) for hit in search.search(text="孩子出生了", viewer=NOBODY).items]
    search_commands.rebuild(by=SYSTEM, at=clock.now())
    assert [(hit.kind, hit.key) for hit in search.search(text="孩子出生了", viewer=NOBODY).items] == before
    assert {doc.key for doc in queries.all_matters()} == {"certificate", "registration", "card"}
    assert [doc.key for doc in queries.all_bundles()] == ["newborn"]
