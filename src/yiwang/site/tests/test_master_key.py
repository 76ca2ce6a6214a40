"""A start that prepares nothing looks for the master key all the same."""

import pytest

from yiwang.commons.crypto import registry
from yiwang.commons.crypto.contracts import MasterKeyMissing
from yiwang.commons.crypto.contrib.master_files import MasterFiles
from yiwang.commons.crypto.tests.factories import pool
from yiwang.site import booting


@pytest.mark.django_db
def test_a_worker_refuses_to_start_without_the_master_key(tmp_path):
    before = registry.master_keys()
    with pool():
        booting.refuse_missing_master_key()
        registry.provide_master_keys(MasterFiles(lambda: tmp_path))
        try:
            with pytest.raises(MasterKeyMissing):
                booting.refuse_missing_master_key()
        finally:
            registry.provide_master_keys(before)
