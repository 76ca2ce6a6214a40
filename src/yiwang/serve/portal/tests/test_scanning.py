"""The scanner's folder: each file is taken once, whoever looks, whenever the program died; faults are told."""

import os
import time

import pytest

from yiwang.commons.files import queries as files
from yiwang.commons.files.tests.factories import PDF, blob_folder, png
from yiwang.kernel import clock
from yiwang.serve.portal import commands, queries
from yiwang.serve.portal.contracts import ScanGone, ScanState, ScanTaken, TrayClosed
from yiwang.serve.portal.contrib import tray
from yiwang.serve.portal.models import ScannedFile
from yiwang.serve.portal.tests.test_counter import ask, serve
from yiwang.serve.portal.tests.test_handing import clerk_named

__all__ = ["blob_folder"]
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("pack", "blob_folder")]


@pytest.fixture
def folder(tmp_path):
    made = tmp_path / "scans"
    made.mkdir()
    return made


@pytest.fixture
def one(db):
    return clerk_named("tianning-hall-clerk")


def scanned(folder, name="样例.png", content=None, age=10.0):
    path = folder / name
    path.write_bytes(png() if content is None else content)
    os.utime(path, (time.time() - age,) * 2)
    return path


def collect(clerk, folder):
    return commands.collect(workplace="1", folder=folder, by=clerk, at=clock.now())


def shown(clerk):
    return queries.scans(viewer=clerk, workplace="1")


def test_what_has_rested_is_taken_once_and_the_folder_is_empty_afterwards(one, folder):
    scanned(folder, "甲.png")
    scanned(folder, "乙.pdf", PDF)
    assert collect(one, folder) == 2
    assert collect(one, folder) == 0
    assert {each.name for each in shown(one)} == {"甲.png", "乙.pdf"}
    assert [path for path in folder.rglob("*") if path.is_file()] == []


def test_what_is_still_written_hidden_unfinished_or_a_link_is_left(one, folder):
    scanned(folder, "new.png", age=0)
    scanned(folder, ".hidden.png")
    scanned(folder, "half.PART")
    (folder / "link.png").symlink_to("/etc/passwd")
    (folder / "sub").mkdir()
    assert collect(one, folder) == 0
    assert not shown(one)


def test_a_file_that_cannot_be_taken_is_told_and_put_aside(one, folder):
    scanned(folder, "坏.png", b"MZ" + b"\\0" * 300)
    scanned(folder, "空.png", b"")
    scanned(folder, "好.png")
    assert collect(one, folder) == 3
    states = {each.name: each.state for each in shown(one)}
    assert states == {"坏.png": ScanState.REFUSED, "空.png": ScanState.REFUSED, "好.png": ScanState.WAITING}
    assert all(each.message for each in shown(one) if each.state is ScanState.REFUSED)
    assert len(list((folder / "refused").iterdir())) == 2


def test_what_a_killed_program_had_taken_is_found_again_and_not_twice(one, folder, monkeypatch):
    scanned(folder, "甲.png")
    taken = next(iter(tray.take(folder)))
    assert collect(one, folder) == 0
    monkeypatch.setattr(tray, "STRANDED", -1.0)
    assert collect(one, folder) == 1
    assert len(shown(one)) == 1
    again = taken.path
    again.write_bytes(png())
    assert collect(one, folder) == 1
    assert ScannedFile.objects.count() == 1
    assert not again.exists()


def test_two_who_look_at_once_take_each_file_once(one, folder):
    for number in range(6):
        scanned(folder, f"{number}.png")
    first, second = tray.take(folder), tray.take(folder)
    seen = [next(first).name, next(second).name, *(each.name for each in first), *(each.name for each in second)]
    assert sorted(seen) == [f"{number}.png" for number in range(6)]


def test_a_folder_that_is_not_there_is_told(one, folder):
    with pytest.raises(TrayClosed):
        collect(one, folder / "absent")


def test_clerks_of_one_counter_share_the_tray_and_others_see_nothing(one, folder):
    scanned(folder)
    collect(one, folder)
    (scan,) = shown(one)
    colleague, stranger = clerk_named("tianning-hall-clerk2"), clerk_named("wujin-hall-clerk")
    from dataclasses import replace

    from yiwang.commons.identity import queries as identity

    elsewhere = identity.organisation_by_code(code="320412-service_hall", viewer=one).id
    stranger = replace(stranger, organisation_id=elsewhere)
    assert files.described(file_ids=[scan.file_id], viewer=colleague)
    assert not files.described(file_ids=[scan.file_id], viewer=stranger)
    assert not queries.scans(viewer=stranger, workplace="1")
    with pytest.raises(ScanGone):
        commands.discard_scan(scan_id=scan.id, by=stranger, at=clock.now())


def test_a_discarded_scan_is_gone_with_its_bytes_and_only_once(one, folder):
    scanned(folder)
    collect(one, folder)
    (scan,) = shown(one)
    commands.discard_scan(scan_id=scan.id, by=one, at=clock.now())
    assert not shown(one)
    assert not files.described(file_ids=[scan.file_id], viewer=one)
    with pytest.raises(ScanTaken):
        commands.discard_scan(scan_id=scan.id, by=one, at=clock.now())


def test_a_scan_is_chosen_into_a_material_and_used_up(clerk, folder, monkeypatch):
    monkeypatch.setattr(queries.counter, "settings", lambda: _Settings(folder))
    serve(clerk)
    ask(clerk)
    clerk.post("/work/counter/offers/newborn/begin/")
    draft = clerk.draft
    draft_id = draft.split("/")[2]
    clerk.fill(applicant_relation="mother")
    scanned(folder, "户口簿.png")
    html = clerk.get(f"/work/counter/drafts/{draft_id}/tray/")
    assert "户口簿.png" in html
    assert 'hx-trigger="every 4s"' in html
    (scan,) = clerk.page.context["scans"]
    material = clerk.page.context["materials"][0][0]
    url = f"/work/counter/drafts/{draft_id}/scans/{scan['id']}/"
    clerk.post(url, {"material": ""})
    assert "请先选择材料" in clerk.text
    assert b"".join(clerk.client.get(scan["preview"]).streaming_content) == png()
    clerk.post(url, {"material": material})
    assert "户口簿.png" in clerk.text
    clerk.post(url, {"material": material}, status=409)
    assert "已经用过或删除" in clerk.text
    assert "户口簿.png" not in clerk.get(f"/work/counter/drafts/{draft_id}/tray/")


class _Settings:
    """The setting of one workplace."""

    def __init__(self, folder):
        self.scanners = {"320402-service_hall/1": folder, "320412-service_hall/1": folder}
