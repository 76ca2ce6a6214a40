"""Each test keeps its packages in a folder of its own."""

import pytest

from yiwang.commons.archives import registry
from yiwang.commons.archives.tests import factories as made


@pytest.fixture(autouse=True)
def own_packages(tmp_path):
    from yiwang.commons.files.contrib.folder import FolderBlobs

    before = registry.packages()
    registry.provide_packages(FolderBlobs(tmp_path / "packages"))
    _as_usual()
    yield
    _as_usual()
    registry.provide_packages(before)


def _as_usual():
    made.CHANGES.clear()
    made.MORE.clear()


@pytest.fixture
def archivist():
    return made.keeper()
