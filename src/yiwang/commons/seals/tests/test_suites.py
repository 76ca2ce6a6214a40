"""Seals on PDF: by the national suite with a seal value, by the international one as PAdES."""

import pytest

from yiwang.commons.seals import commands, queries
from yiwang.commons.seals.contracts import OFD, PDF, DocumentRefused
from yiwang.commons.seals.engine import verify_sealed
from yiwang.commons.seals.models import Seal
from yiwang.commons.seals.tests.factories import SYSTEM, make_seal
from yiwang.commons.seals.tests.papers import STAMP, a_pdf, an_ofd
from yiwang.kernel import clock
from yiwang.kernel.actor import SubjectRef
from yiwang.kernel.ids import new_id
from yiwang.kernel.settings import settings


@pytest.fixture(params=["national", "international"])
def suite(request, monkeypatch):
    chosen = settings().model_copy(update={"crypto_suite": request.param, "demo": True})
    for place in ("crypto.commands.making", "seals.commands.keys", "seals.queries.trusting"):
        monkeypatch.setattr(f"yiwang.commons.{place}.settings", lambda: chosen)
    return request.param


def seal(seal_id, document, media_type):
    return commands.seal_document(
        seal_id=seal_id, document=document, media_type=media_type, stamps=[STAMP], subject=SubjectRef("licence", new_id()),
        reason="样例", by=SYSTEM, at=clock.now(),
    )  # fmt: skip


def test_a_pdf_is_sealed_by_the_suite_of_the_installation_and_verifies(suite, city):
    seal_id = make_seal(city, automatic=["licence"])
    assert Seal.objects.get().suite == suite
    sealed = seal(seal_id, a_pdf(), PDF)
    verdict = verify_sealed(sealed, queries.trust(viewer=SYSTEM))
    assert verdict.valid, verdict.as_json()
    middle = len(sealed) // 3
    changed = sealed[:middle] + bytes([sealed[middle] ^ 1]) + sealed[middle + 1 :]
    assert not verify_sealed(changed, queries.trust(viewer=SYSTEM)).valid


def test_ofd_is_sealed_by_the_national_suite_alone(suite, city):
    seal_id = make_seal(city, automatic=["licence"])
    if suite == "national":
        assert verify_sealed(seal(seal_id, an_ofd(), OFD), queries.trust(viewer=SYSTEM)).valid
    else:
        with pytest.raises(DocumentRefused):
            seal(seal_id, an_ofd(), OFD)
