"""The ledger's pages in a real browser: a receipt is judged by the browser alone, and as the command line judges it.

The pages are made once and served to the browser from memory, so that nothing but the browser does the judging.
"""

import json
import random
import re
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import segno
from django.contrib.staticfiles import finders
from django.db import connections, transaction
from django.test import Client
from django.urls import reverse

from tests.browser.visitor import DESKTOP, PHONE, Visitor
from yiwang.commons.identity.tests.factories import login, make_official, make_organisation, make_resident
from yiwang.commons.ledger import queries
from yiwang.commons.ledger.contracts import WATCH
from yiwang.commons.ledger.engine import TrustedKeys, judge_receipt
from yiwang.commons.ledger.engine.tests import samples
from yiwang.commons.ledger.engine.tests.samples import SampleLog
from yiwang.commons.ledger.registry import Held, Statements, holding, statements
from yiwang.commons.ledger.tests.factories import SYSTEM, evidence
from yiwang.commons.ledger.tests.factories.witnessed import WitnessedLog, line_of

playwright = pytest.importorskip("playwright.sync_api")
pytestmark = [pytest.mark.django_db, pytest.mark.browser, pytest.mark.timeout(300), pytest.mark.xdist_group("browser")]
BASE = "http://localhost"
KINDS = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}


JUDGE = """async (asked) => {
  const place = document.querySelector("script[src*='ledger/verify']").src.replace(/verify[^/]*$/, "");
  const { judge } = await import(`${place}judging.js`);
  const { keysFrom } = await import(`${place}formats.js`);
  return asked.map(([data, keys]) => {
    const found = judge(Uint8Array.from(atob(data), (c) => c.charCodeAt(0)), keysFrom(keys));
    const codes = [...found.reasons, ...found.remarks].map(({ code, line }) => [code, line]);
    return [found.valid, found.signature, found.references, found.seal, found.chain, codes];
  });
}"""


@dataclass
class Site:
    """Answers by path, and the receipt of one statement."""

    answers: dict[str, tuple[int, dict[str, str], bytes]] = field(default_factory=dict)
    number: str = ""
    receipt: str = ""
    entry: str = ""

    def keep(self, client: Client, path: str) -> None:
        answer = client.get(path, HTTP_HOST="localhost")
        assert answer.status_code == 200, (path, answer.status_code)
        self.answers[path] = (200, dict(answer.headers), answer.content)

    def serve(self, route) -> None:
        path = urlsplit(route.request.url).path
        if path.startswith("/static/"):
            file = Path(finders.find(path.removeprefix("/static/")))
            kind = KINDS.get(file.suffix, "application/octet-stream")
            route.fulfill(body=file.read_bytes(), content_type=kind)
        elif path in self.answers:
            status, headers, body = self.answers[path]
            route.fulfill(status=status, headers=headers, body=body)
        else:
            route.fulfill(status=404, body="")


def _fill(site: Site, log: WitnessedLog) -> None:
    subject = evidence(3)
    number = line_of(subject)
    log.witness_all()
    evidence(1, subject)
    site.number, site.entry = str(number), reverse("ledger:entry", args=[number])
    found = queries.receipt_for(evidence_id=number, viewer=SYSTEM)
    assert found is not None
    site.receipt = found.to_text()
    resident, office = make_resident(), make_organisation()
    holding._holdings[:] = [lambda _viewer: [Held(subject, "样例：新生儿出生一件事", "320402-20261123-000001", "/")]]
    anyone, mine, operator = Client(), Client(), Client()
    login(mine, resident.account_id)
    login(operator, make_official(office, grants=[WATCH]).account_id)
    for name in ("verify", "chain"):
        site.keep(anyone, reverse(f"ledger:{name}"))
    site.keep(anyone, reverse("ledger:receipt", args=[number]))
    site.keep(anyone, site.entry)
    site.keep(mine, reverse("ledger:mine"))
    for name in ("standing", "witnesses", "findings"):
        site.keep(operator, reverse(f"ledger:{name}"))


@pytest.fixture(scope="module", autouse=True)
def _beside_playwright(chromium) -> Iterator[None]:
    """Playwright keeps an event loop in this thread: Django gives it a connection of its own, which ends with it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        yield
        connections.close_all()


@pytest.fixture(scope="module")
def site(django_db_setup, django_db_blocker, _beside_playwright) -> Site:
    made = Site()
    kept = (dict(statements._kinds), set(statements._steps), list(holding._holdings))
    statements.register_statements(Statements({"test.step": "样例步骤"}, steps=frozenset({"test.step"})))
    with django_db_blocker.unblock(), transaction.atomic():
        _fill(made, WitnessedLog.of())
        transaction.set_rollback(True)
    statements._kinds.clear()
    statements._kinds.update(kept[0])
    statements._steps.clear()
    statements._steps.update(kept[1])
    holding._holdings[:] = kept[2]
    return made


@pytest.fixture
def visit(site, chromium) -> Iterator:
    made = []

    def come(path: str, size: tuple[int, int] = DESKTOP, name: str = "ledger") -> Visitor:
        visitor = Visitor(chromium, BASE, name, size)
        visitor.context.route("**/*", site.serve)
        made.append(visitor)
        visitor.go(path)
        return visitor

    yield come
    for each in made:
        each.close()


@pytest.fixture
def verify(visit):
    def come(size: tuple[int, int] = DESKTOP, at: str = "") -> Visitor:
        visitor = visit(f"{reverse('ledger:verify')}{at}", size)
        visitor.page.locator("[data-lv][data-ready=yes]").wait_for()
        return visitor

    return come


def _give(visitor: Visitor, text: str, answer: str, where: str = "file") -> None:
    """Drop the text as a file; the headline becomes `answer`."""
    file = {"name": "receipt.tlog-proof", "mimeType": "text/plain", "buffer": text.encode()}
    visitor.page.locator(f"[data-lv-{where}]").set_input_files(file)
    playwright.expect(visitor.page.locator("[data-lv-headline]")).to_have_text(answer)


def _states(visitor: Visitor) -> list[str]:
    return visitor.page.locator("[data-step]").evaluate_all("all => all.map((one) => one.dataset.state)")


def test_a_valid_receipt_is_found_valid_without_asking_the_server(verify, site):
    visitor = verify(PHONE)
    asked = []
    visitor.page.on("request", lambda request: asked.append(request.url))
    _give(visitor, site.receipt, "核验通过")
    assert _states(visitor) == ["valid"] * 5
    assert "2 家见证单位共同签名" in visitor.page.locator("[data-step=witnesses] [data-said]").inner_text()
    assert [url for url in asked if not url.endswith("/icons.svg")] == []
    visitor.look("verify-valid")


def test_one_changed_byte_is_found_and_said(verify, site):
    lines = site.receipt.split("\n")
    lines[1] = lines[1][:40] + ("A" if lines[1][40] != "A" else "B") + lines[1][41:]
    visitor = verify()
    _give(visitor, "\n".join(lines), "内容与链上的记录不符")
    assert _states(visitor) == ["valid", "valid", "invalid", "valid", "valid"]
    visitor.look("verify-changed")


def test_a_missing_quorum_and_a_torn_file_are_said(verify, site):
    visitor = verify()
    missing = site.receipt[: site.receipt.rstrip("\n").rfind("\n") + 1]
    _give(visitor, missing, "见证单位的签名不够")
    assert _states(visitor)[-1] == "invalid"
    _give(visitor, site.receipt[:200], "这不是一份完整的存证回执")
    assert not visitor.page.locator("[data-lv-steps]").is_visible()


def test_own_keys_decide_about_a_ledger_that_is_unknown_here(verify):
    other = SampleLog.of("international", 5)
    visitor = verify()
    _give(visitor, other.receipt(3).to_text(), "不认识这条链，无法确认")
    _give(visitor, other.trusted().text(), "核验通过", "keyfile")
    assert "您自己的公钥文件" in visitor.page.locator("[data-lv-origin]").inner_text()


def test_a_picture_of_the_code_and_the_printed_address_lead_to_the_receipt(verify, site):
    picture = BytesIO()
    segno.make(f"{BASE}/verify/#{site.number}", error="m").save(picture, kind="png", scale=5)
    visitor = verify(at=f"#{site.number}")
    headline = playwright.expect(visitor.page.locator("[data-lv-headline]"))
    headline.to_have_text("核验通过")
    _give(visitor, "torn", "这不是一份完整的存证回执")
    file = {"name": "code.png", "mimeType": "image/png", "buffer": picture.getvalue()}
    visitor.page.locator("[data-lv-picture]").set_input_files(file)
    headline.to_have_text("核验通过")


def _base64(text: str) -> str:
    return b64encode(text.encode()).decode()


def _changed(data: bytes, chance: random.Random) -> bytes:
    changed, at = bytearray(data), chance.randrange(len(data))
    how = chance.random()
    if how < 0.6:
        changed[at] ^= 1 << chance.randrange(8)
    elif how < 0.8:
        del changed[at]
    else:
        changed[at] = chance.choice(b"\n +AB=0")
    return bytes(changed)


def test_the_browser_judges_exactly_as_the_command_line(verify):
    chance, asked = random.Random(5), []
    for name in ("national", "international"):
        log = SampleLog.of(name, 7)
        keys = [log.trusted(threshold).text() for threshold in (0, 2, 3)]
        asked += [
            (log.receipt(at, cosigned_by=by).to_text().encode(), key)
            for at in (0, 6)
            for by in (None, 1)
            for key in keys
        ]
        data = log.receipt(5).to_text().encode()
        asked += [(_changed(data, chance), keys[1]) for _ in range(40)]
    wanted = []
    for data, keys in asked:
        verdict = judge_receipt(data, TrustedKeys.parse(keys))
        codes = [[reason.code, reason.line] for reason in (*verdict.reasons, *verdict.remarks)]
        wanted.append([verdict.valid, verdict.signature, verdict.references, verdict.seal, verdict.chain, codes])
    found = verify().page.evaluate(JUDGE, [[b64encode(data).decode(), keys] for data, keys in asked])
    assert found == json.loads(json.dumps(wanted))


def test_the_browser_judges_the_published_examples_of_receipts(verify):
    examples = json.loads((Path(samples.__file__).parent / "vectors" / "receipts.json").read_text("utf-8"))
    found = verify().page.evaluate(JUDGE, [[_base64(each["receipt"]), each["keys"]] for each in examples])
    wanted = [[each[part] for part in ("valid", "signature", "references", "seal", "chain")] for each in examples]
    assert [each[:5] for each in found] == wanted


@pytest.mark.parametrize("name", ["chain", "mine", "standing", "witnesses", "findings"])
def test_a_page_is_right_on_a_phone_and_on_a_desk(visit, name):
    visitor = visit(reverse(f"ledger:{name}"), PHONE, f"ledger-{name}")
    visitor.look_around(f"ledger-{name}")


def test_a_receipt_is_a_sheet_that_can_be_printed(visit, site):
    visitor = visit(site.entry, PHONE, "ledger-entry")
    visitor.look_around("ledger-entry")
    visitor.page.emulate_media(media="print")
    assert not visitor.page.get_by_role("button", name="打印").is_visible()
    assert visitor.page.locator("svg.y-qr").is_visible()
    assert re.search(r"[0-9a-f]{8}-", visitor.page.locator(".lv-paper__foot").inner_text())
