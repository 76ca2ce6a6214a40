"""Stored files for tests of contexts that attach them."""

import io
from pathlib import Path

import pytest

from yiwang.commons.files import commands, registry
from yiwang.commons.files.contracts import StoredFile
from yiwang.commons.files.contrib.folder import FolderBlobs
from yiwang.commons.files.tests import samples
from yiwang.commons.files.tests.samples import HTML, PDF, png
from yiwang.kernel import clock
from yiwang.kernel.actor import Actor

__all__ = ["HTML", "PDF", "blob_folder", "encrypted_pdf", "png", "store"]


@pytest.fixture
def blob_folder(tmp_path: Path):
    """A blob store of the test's own."""
    before = registry.blobs()
    registry.provide_blobs(FolderBlobs(tmp_path / "files"))
    yield tmp_path / "files"
    registry.provide_blobs(before)


def store(
    by: Actor, content: bytes = samples.PDF, *, name: str = "出生医学证明.pdf", purpose: str = "material"
) -> StoredFile:
    return commands.store(stream=io.BytesIO(content), name=name, purpose=purpose, by=by, at=clock.now())


def encrypted_pdf(*, opens_with: str) -> bytes:
    """An empty PDF (AES-256) that this password opens; with an empty one it opens for everybody and forbids changes."""
    from pyhanko.pdf_utils.writer import PageObject, PdfFileWriter, generic

    writer = PdfFileWriter()
    empty = writer.add_object(generic.StreamObject(stream_data=b""))
    writer.insert_page(
        PageObject(contents=empty, media_box=generic.ArrayObject(map(generic.NumberObject, (0, 0, 99, 99))))
    )
    writer.encrypt(owner_pass="sample-owner", user_pass=opens_with)
    made = io.BytesIO()
    writer.write(made)
    return made.getvalue()
