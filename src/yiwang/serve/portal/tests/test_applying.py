"""From the guide to the receipt on the pack's newborn bundle."""

import pytest

pytestmark = pytest.mark.django_db


def test_a_family_fills_uploads_checks_sends_and_gets_a_number(mother):
    mother.to_check()
    html = mother.send()
    assert mother.url.startswith("/receipts/")
    assert "申请已提交" in html
