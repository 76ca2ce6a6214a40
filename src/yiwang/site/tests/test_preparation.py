"""What tells a start that nothing was touched since the last one."""

import os
import shutil

import pytest

from yiwang.kernel.settings import settings
from yiwang.site import booting, preparation
from yiwang.site.supervisor import Installation


@pytest.fixture
def pack(tmp_path):
    folder = tmp_path / "pack"
    (folder / "forms").mkdir(parents=True)
    (folder / "pack.yaml").write_text("name: sample\n")
    (folder / "forms" / "one.yaml").write_text("key: one\n")
    return folder


def test_the_same_files_have_the_same_outline(pack):
    assert preparation.outline(pack) == preparation.outline(pack)


@pytest.mark.parametrize("change", ["written", "added", "removed", "renamed", "touched"])
def test_any_change_of_a_file_changes_the_outline(pack, change):
    before = preparation.outline(pack)
    file = pack / "forms" / "one.yaml"
    if change == "written":
        file.write_text("key: two, longer\n")
    elif change == "added":
        (pack / "forms" / "two.yaml").write_text("")
    elif change == "removed":
        file.unlink()
    elif change == "renamed":
        file.rename(file.with_name("three.yaml"))
    else:
        os.utime(file, ns=(1, 1))
    assert preparation.outline(pack) != before


def test_notes_are_kept_beside_each_other(tmp_path):
    preparation.remember(tmp_path, outline="a")
    preparation.remember(tmp_path, database="b")
    assert preparation.remembered(tmp_path) == {"outline": "a", "database": "b"}


@pytest.mark.parametrize("content", [None, "", "{", "[]", '"text"'])
def test_a_missing_or_broken_note_means_that_everything_is_prepared_anew(tmp_path, content):
    if content is not None:
        (tmp_path / "prepared.json").write_text(content)
    assert preparation.remembered(tmp_path) == {}


def test_a_folder_prepared_for_another_database_or_other_files_is_not_taken_as_prepared(tmp_path):
    installation = Installation(tmp_path, host="127.0.0.1", port=1, workers=1)
    preparation.remember(tmp_path, outline="of other files", database="1yiwang")
    assert not installation.is_prepared()
    preparation.remember(tmp_path, outline=preparation.outline(settings().pack))
    assert installation.is_prepared()
    elsewhere = Installation(tmp_path, host="127.0.0.1", port=1, workers=1, external="postgresql://elsewhere/city")
    assert not elsewhere.is_prepared()


def test_a_pack_is_the_same_pack_in_another_folder(pack, tmp_path):
    moved = tmp_path / "elsewhere"
    shutil.copytree(pack, moved)
    files = [[path for path in root.rglob("*") if path.is_file()] for root in (pack, moved)]
    assert booting._fingerprint(pack, files[0]) == booting._fingerprint(moved, files[1])
    (moved / "forms" / "one.yaml").write_text("key: two\n")
    assert booting._fingerprint(pack, files[0]) != booting._fingerprint(moved, files[1])
