"""The demonstration's log is co-signed by processes that know nothing of the city but the log's public key."""

import threading
import time
import urllib.request

import pytest

from yiwang.commons.ledger.engine import Checkpoint, Note, TrustedKeys, verify_note
from yiwang.site.witnesses import ORGANISATIONS, attend

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300), pytest.mark.xdist_group("browser")]


def _read(url: str) -> bytes:
    with urllib.request.urlopen(url, timeout=20) as answer:
        return bytes(answer.read())


def test_the_sample_witnesses_cosign_what_the_log_says(town):
    if town.running is None:
        pytest.skip("somebody else started the installation, with witnesses or without")
    threading.Thread(target=attend, args=(town.running,), daemon=True).start()
    until = time.monotonic() + 240
    while True:
        note = Note.parse(_read(f"{town.url}/ledger/checkpoint"))
        if len(note.signatures) > len(ORGANISATIONS):
            break
        assert time.monotonic() < until, "nobody co-signs"
        time.sleep(0.5)
    keys = TrustedKeys.parse(_read(f"{town.url}/ledger/keys"))
    signed = {each.verifier.name for each in verify_note(note, [*keys.logs, *keys.witnesses.values()])}
    assert keys.reached(signed)
    assert Checkpoint.parse(note.text).size > 0
