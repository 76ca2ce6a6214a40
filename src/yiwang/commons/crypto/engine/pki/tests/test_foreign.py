"""Certificates of authorities in use, as they stand in signed documents of the test data folder."""

import contextlib
import os
import zipfile
from pathlib import Path

import pytest

from yiwang.commons.crypto.engine.pki import PkiError, check_certificate, read_certificate

SHARED = Path(os.environ.get("YIWANG_TEST_DATA", "../shared/data")) / "ofd"


def _blobs():
    for path in sorted(SHARED.rglob("*")):
        if path.suffix == ".ofd":
            with zipfile.ZipFile(path) as archive:
                yield from (archive.read(n) for n in archive.namelist() if n.lower().endswith((".dat", ".esl")))
        elif path.is_file():
            yield path.read_bytes()


def _certificates(blob):
    at = blob.find(b"\x30\x82")
    while at >= 0:
        with contextlib.suppress(PkiError):
            yield read_certificate(blob[at : at + 4 + int.from_bytes(blob[at + 2 : at + 4], "big")])
        at = blob.find(b"\x30\x82", at + 1)


@pytest.mark.data
@pytest.mark.skipif(not SHARED.exists(), reason="needs the test data folder (YIWANG_TEST_DATA)")
def test_reads_the_sm2_certificates_of_sealed_documents():
    found = {certificate for blob in _blobs() for certificate in _certificates(blob)}
    assert len(found) >= 8
    for certificate in found:
        assert (certificate.suite, certificate.algorithm) == ("national", "sm2-sm3")
        assert certificate.subject
        assert not certificate.demonstration
        assert not certificate.unknown_critical
        verdict = check_certificate(certificate, anchors=(), at=certificate.not_before, revocation="off")
        assert [reason.code for reason in verdict.reasons] == ["no_issuer"]
