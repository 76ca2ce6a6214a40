"""The folder of blobs: complete or absent whenever the process dies."""

import os
import signal
import subprocess
import sys
import textwrap

import pytest

from yiwang.commons.files.contrib.folder import FolderBlobs

DIGEST = "ab" * 32


def waiting(store, body=b"content"):
    path = store.spool() / "upload-1"
    path.write_bytes(body)
    return path


def test_put_is_idempotent_and_leaves_no_source(tmp_path):
    store = FolderBlobs(tmp_path / "blobs")
    for _ in range(2):
        source = waiting(store)
        store.put(DIGEST, source)
        assert not source.exists()
    with store.open(DIGEST) as stream:
        assert stream.read() == b"content"
    store.delete(DIGEST)
    store.delete(DIGEST)
    with pytest.raises(FileNotFoundError):
        store.open(DIGEST)


@pytest.mark.parametrize("digest", ["../../etc/passwd", "", "AB" * 32, "ab" * 31])
def test_a_digest_is_never_a_path(tmp_path, digest):
    with pytest.raises(ValueError, match="not a digest"):
        FolderBlobs(tmp_path).open(digest)


@pytest.mark.parametrize("step", ["fsync", "replace"])
def test_a_kill_before_the_rename_leaves_only_the_spool(tmp_path, step):
    program = textwrap.dedent(f"""
        import os, signal
        from pathlib import Path
        from yiwang.commons.files.contrib.folder import FolderBlobs
        store = FolderBlobs(Path({str(tmp_path)!r}) / "blobs")
        source = store.spool() / "upload-1"
        source.write_bytes(b"content")
        die = lambda *a, **k: os.kill(os.getpid(), signal.SIGKILL)
        if {step!r} == "fsync":
            os.fsync = die
        else:
            Path.replace = die
        store.put({DIGEST!r}, source)
    """)
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run([sys.executable, "-c", program], check=False, env=environment)
    assert done.returncode == -signal.SIGKILL
    found = [path for path in (tmp_path / "blobs").rglob("*") if path.is_file()]
    assert [path.parent.name for path in found] == ["incoming"]
    store = FolderBlobs(tmp_path / "blobs")
    store.put(DIGEST, found[0])
    with store.open(DIGEST) as stream:
        assert stream.read() == b"content"
