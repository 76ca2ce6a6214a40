"""Loading a pack leaves what a steward suspended or cancelled as it is, and says so."""

import shutil
from datetime import timedelta

import pytest

from yiwang.kernel import clock
from yiwang.kernel.packs import PackReader
from yiwang.serve.matters import commands, models, queries
from yiwang.serve.matters.contracts import MatterNotFound, MatterState
from yiwang.serve.matters.pack import BundlesPart, MattersPart
from yiwang.serve.matters.tests.factories import SYSTEM

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("pack")]
CODE, NAME = "social_security_card", "社会保障卡申领"


@pytest.fixture
def changed(tmp_path, pack):
    """The pack with other words for the card."""
    target = tmp_path / "pack"
    shutil.copytree(pack, target, ignore=shutil.ignore_patterns("*.geojson"))
    file = target / "matters" / CODE / "matter.yaml"
    text = file.read_text("utf-8")
    assert "Application for a" in text
    file.write_text(text.replace("Application for a", "Apply for a", 1), "utf-8")
    return target


def load(root):
    reader = PackReader(root)
    at = clock.now()
    return [part().load(reader, by=SYSTEM, at=at) for part in (MattersPart, BundlesPart)]


def versions():
    return list(models.Matter.objects.filter(code=CODE).order_by("version").values_list("version", "state"))


def cancel(days=0):
    day = clock.today() + timedelta(days=days)
    commands.cancel_matter(code=CODE, on=day, reason="法律修改", by=SYSTEM, at=clock.now())


def test_a_cancelled_matter_is_not_published_again_and_the_load_says_so(changed, pack):
    cancel()
    for root in (pack, changed):
        matters, bundles = load(root)
        assert (matters.created, matters.changed, bundles.created) == (0, 0, 0)
        assert [text for text in matters.notes if "已由管理人员取消（法律修改），没有重新发布" in text]
    assert versions() == [(1, "withdrawn")]
    with pytest.raises(MatterNotFound):
        queries.matter(code=CODE, viewer=SYSTEM)


def test_bundles_keep_a_cancelled_member_with_its_halt(changed):
    cancel()
    load(changed)
    member = queries.bundle(key="newborn", viewer=SYSTEM).member(CODE)
    assert member.halt is not None
    assert member.halt.state is MatterState.WITHDRAWN


def test_a_suspended_matter_takes_the_new_text_and_stays_suspended(changed):
    until = clock.today() + timedelta(days=5)
    commands.suspend_matter(code=CODE, since=clock.today(), until=until, reason="系统升级", by=SYSTEM, at=clock.now())
    matters, _bundles = load(changed)
    assert matters.changed == 1
    assert [text for text in matters.notes if f"暂停办理到 {until.isoformat()}（系统升级），保持暂停" in text]
    assert queries.halt(code=CODE, viewer=SYSTEM).until == until


def test_a_cancellation_that_waits_for_its_day_holds_for_the_new_text_too(changed):
    cancel(days=5)
    matters, _bundles = load(changed)
    last = clock.today() + timedelta(days=4)
    assert [text for text in matters.notes if f"定于 {last.isoformat()} 之后取消（法律修改），保持不变" in text]
    assert versions() == [(1, "withdrawn"), (2, "published")]
    assert models.Matter.objects.get(code=CODE, version=2).effective_to == last
    assert [text for text in load(changed)[0].notes if "保持不变" in text]


def test_a_withdrawn_bundle_stays_withdrawn(changed):
    commands.withdraw_bundle(key="newborn", by=SYSTEM, at=clock.now())
    _matters, bundles = load(changed)
    assert [text for text in bundles.notes if "没有重新发布" in text]
    assert not models.Bundle.objects.filter(key="newborn", state="published").exists()


def test_a_steward_puts_a_cancelled_matter_in_force_again(changed):
    cancel()
    commands.republish_matter(code=CODE, version=1, since=clock.today(), by=SYSTEM, at=clock.now())
    assert queries.matter(code=CODE, viewer=SYSTEM).version == 2
    matters, _bundles = load(changed)
    assert not matters.notes
    assert matters.changed == 1
