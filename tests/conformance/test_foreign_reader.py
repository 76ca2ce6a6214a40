"""Another's reader of OFD (ofd.js, with its own SES and SM2) shows our licences and finds their seals true.

It is a program for browsers, fetched for tests only; `YIWANG_TEST_NODE` names the folder where its package lies.
"""

import base64
import io
import os
import shutil
import zipfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.x509 import Name
from ruamel.yaml import YAML

from yiwang.commons.crypto.engine import LocalSigner, new_root, suite
from yiwang.commons.licences.engine import read_layout, render_ofd, stamps
from yiwang.commons.seals.engine import SealInfo, draw_seal, make_seal, sign_ofd

playwright = pytest.importorskip("playwright.sync_api")
ROOT = Path(__file__).parents[2]
NODE = Path(os.environ.get("YIWANG_TEST_NODE", ROOT / ".yiwang" / "node"))
READER = NODE / "node_modules" / "ofd.js" / "lib" / "ofd.umd.min.js"
pytestmark = [
    pytest.mark.xdist_group("browser"),
    pytest.mark.skipif(not READER.is_file(), reason=f"no reader of others in {NODE} (./dev test fetches it)"),
]
NOW = datetime(2026, 5, 20, 2, 0, tzinfo=UTC)
READ = """
async (data) => {
  const bytes = Uint8Array.from(atob(data), (each) => each.charCodeAt(0));
  const shown = document.getElementById("shown");
  return await new Promise((done) => window.ofd.parseOfdDocument({
    ofd: new File([bytes], "licence.ofd"),
    success(found) {
      shown.replaceChildren(...window.ofd.renderOfd(900, found[0]));
      const seals = [...shown.querySelectorAll("[name=seal_img_div]")];
      done({
        text: shown.innerText.replace(/\\s/g, ""),
        seals: seals.map((each) => JSON.parse(each.dataset.signedInfo).VerifyRet),
        drawn: seals.map((each) => each.getBoundingClientRect().width > 0),
      });
    },
    fail(fault) { done({ fault: String(fault) }); },
  }));
}
"""


@pytest.fixture(scope="module")
def read() -> Iterator[Callable[[bytes], dict[str, Any]]]:
    path = shutil.which("chromium") or shutil.which("chromium-browser")
    if path is None:
        pytest.skip("no chromium")
    with playwright.sync_playwright() as engine:
        browser = engine.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page(viewport={"width": 1000, "height": 1300})
        page.set_content('<main id="shown"></main>')
        page.add_script_tag(content=READER.read_text("utf-8"))
        yield lambda data: page.evaluate(READ, base64.b64encode(data).decode())
        browser.close()


@pytest.fixture(scope="module")
def seal() -> dict[str, Any]:
    """A seal with its key and certificate, as `sign_ofd` takes them."""
    since = NOW - timedelta(days=300)
    root = new_root(suite("national").new_signing_key(), Name.from_rfc4514_string("CN=样例根"), since=since, days=3000)
    maker, signer = (LocalSigner(suite("national").new_signing_key()) for _ in range(2))
    made, used = (
        root.issue(one.public, Name.from_rfc4514_string("CN=样例"), profile="signing", since=since, days=900).der
        for one in (maker, signer)
    )
    drawn = draw_seal("样例市示例局", kind="licence", lower="电子证照专用章", code="3204040000001")
    info = SealInfo(
        es_id="32040000000001",
        name="样例市示例局",
        created=since,
        valid_from=since,
        valid_until=since + timedelta(days=900),
        picture=drawn.png,
        picture_type="png",
        width_mm=42,
        height_mm=42,
        signers=(used,),
    )
    sealed = make_seal(info, maker=maker, maker_certificate=made)
    return {"seal": sealed, "signer": signer, "certificate": used, "at": NOW}


def sealed(name: str, seal: dict[str, Any]) -> tuple[bytes, dict[str, str]]:
    told = (ROOT / "packs" / "changzhou" / "licences" / name / "layout.yaml").read_text("utf-8")
    layout = read_layout(YAML(typ="safe").load(told))
    values = {field: f"样例{place}" for place, field in enumerate(sorted(layout.fields))}
    paper = render_ofd(layout, values, created=NOW.date(), author="样例市示例局", qr_text="样例")
    return sign_ofd(paper, **seal, stamps=stamps(layout, 42, 42)), values


def with_part(data: bytes, ending: str, change: Callable[[bytes], bytes]) -> bytes:
    """The package with the part of this ending changed, and everything else as it was."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(made, "w") as new:
        for each in old.infolist():
            body = old.read(each)
            new.writestr(each.filename, change(body) if each.filename.endswith(ending) else body)
    return made.getvalue()


@pytest.mark.parametrize("name", ["birth_certificate", "business_licence", "_plain"])
def test_the_reader_of_others_shows_every_word_and_finds_the_seal_true(read, seal, name):
    data, values = sealed(name, seal)
    found = read(data)
    assert "fault" not in found
    assert found["seals"] == [True]
    assert found["drawn"] == [True]
    assert [value for value in values.values() if value not in found["text"]] == []


def test_the_reader_of_others_refuses_a_signature_with_a_changed_byte(read, seal):
    data, _values = sealed("birth_certificate", seal)
    found = read(with_part(data, "SignedValue.dat", lambda body: body[:-1] + bytes([body[-1] ^ 1])))
    assert found["seals"] == [False]
