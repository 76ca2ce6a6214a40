"""The style page in a real browser: no refusals by the policy, nothing serious by axe, keys and dialogs work, 360 px fits."""

import shutil
import threading
from collections.abc import Iterator
from socketserver import ThreadingMixIn
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import pytest
from django.contrib.staticfiles.handlers import StaticFilesHandler
from django.core.wsgi import get_wsgi_application

playwright = pytest.importorskip("playwright.sync_api")
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
QUIET = ["disable-gpu", "disable-quic", "no-first-run", "disable-background-networking", "disable-component-update"]
pytestmark = [pytest.mark.browser, pytest.mark.skipif(CHROMIUM is None, reason="no chromium")]


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class _Silent(WSGIRequestHandler):
    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture
def base() -> Iterator[str]:
    handler = StaticFilesHandler(get_wsgi_application())
    server = make_server("127.0.0.1", 0, handler, server_class=_Server, handler_class=_Silent)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture
def browser():
    with playwright.sync_playwright() as engine:
        chromium = engine.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-sync", *(f"--{flag}" for flag in QUIET)]
        )
        yield chromium
        chromium.close()


def _open(browser, base, *, width=1440, large=False, language="zh-hans"):
    context = browser.new_context(viewport={"width": width, "height": 900})
    context.add_cookies(
        [
            {"name": "yw_print", "value": "large" if large else "normal", "url": base},
            {"name": "django_language", "value": language, "url": base},
        ]
    )
    page = context.new_page()
    page.said = []
    page.on("console", lambda message: page.said.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: page.said.append(str(error)))
    page.goto(f"{base}/style/")
    return page


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("large", [False, True])
@pytest.mark.parametrize("width", [360, 1440])
def test_fits_its_width_and_satisfies_axe(browser, base, width, large, language):
    from axe_playwright_python.sync_playwright import Axe

    page = _open(browser, base, width=width, large=large, language=language)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    found = Axe().run(page).response["violations"]
    assert [
        f"{fault['id']}: {fault['nodes'][0]['target']}" for fault in found if fault["impact"] in {"serious", "critical"}
    ] == []
    assert page.said == []


def test_a_chart_is_drawn_without_inline_style(browser, base):
    page = _open(browser, base)
    page.wait_for_selector(".y-chart canvas")
    page.locator(".y-chart__canvas").hover()
    assert page.said == []


def test_dialog_opens_and_closes_and_gives_the_focus_back(browser, base):
    page = _open(browser, base)
    opener = page.locator("[data-yw-opens=sample-dialog]")
    opener.click()
    assert page.locator("#sample-dialog").is_visible()
    page.keyboard.press("Escape")
    assert not page.locator("#sample-dialog").is_visible()
    assert opener.evaluate("(button) => button === document.activeElement")


def test_the_error_summary_has_the_focus_and_leads_to_the_field(browser, base):
    page = _open(browser, base)
    assert page.evaluate("document.activeElement.matches('[data-yw-summary]')")
    page.locator("[data-yw-summary] a").last.click()
    assert page.evaluate("document.activeElement.id") == "f-tel"


def test_keys_move_and_pick_in_a_list(browser, base):
    page = _open(browser, base)
    page.evaluate("document.activeElement.blur()")
    for key in "jjx":
        page.keyboard.press(key)
    assert page.evaluate(
        "[...document.querySelectorAll('[data-yw-row]')].map((row) => row.querySelector('input').checked)"
    ) == [
        False,
        True,
        False,
    ]


def test_keys_are_left_alone_while_somebody_types(browser, base):
    page = _open(browser, base)
    page.locator("#f-address").fill("")
    page.locator("#f-address").type("jx/")
    assert page.locator("#f-address").input_value() == "jx/"


def test_menu_is_disclosed_and_closed_by_escape(browser, base):
    page = _open(browser, base)
    button = page.locator("[aria-controls=sample-menu]")
    button.click()
    assert page.locator("#sample-menu").is_visible()
    page.keyboard.press("Escape")
    assert not page.locator("#sample-menu").is_visible()


def test_large_print_is_switched_in_place_and_remembered(browser, base):
    page = _open(browser, base)
    page.locator("[data-yw-print] button").click()
    assert page.evaluate("getComputedStyle(document.documentElement).fontSize") == "20px"
    page.reload()
    assert page.evaluate("document.documentElement.dataset.print") == "large"


def test_a_toast_is_shown_on_request_and_closed_by_its_button(browser, base):
    page = _open(browser, base)
    page.evaluate("document.dispatchEvent(new CustomEvent('yw:toast', {detail: {words: '<b>已认领</b>', tone: ''}}))")
    toast = page.locator("#yw-toasts .y-toast")
    assert "<b>已认领</b>" in toast.inner_text()
    toast.locator("[data-yw-dismiss]").click()
    assert toast.count() == 0


def test_a_form_is_sent_only_once(browser, base):
    page = _open(browser, base)
    sent = page.evaluate(
        """() => {
          const form = document.createElement('form');
          form.method = 'post';
          form.action = '/nowhere/';
          form.target = 'elsewhere';
          form.innerHTML = '<button class="y-btn">提交</button>';
          document.body.append(form);
          let count = 0;
          form.addEventListener('submit', () => { count += 1; });
          const button = form.querySelector('button');
          form.requestSubmit(button);
          form.requestSubmit(button);
          return [count, button.getAttribute('aria-busy')];
        }"""
    )
    assert sent == [1, "true"]


def test_a_file_that_is_too_large_is_refused_before_it_travels(browser, base):
    page = _open(browser, base)
    page.locator("#f-photo").set_input_files(
        {"name": "big.jpg", "mimeType": "image/jpeg", "buffer": b"0" * (5 * 1024 * 1024 + 1)}
    )
    assert "big.jpg" in page.locator(".y-upload__state").inner_text()
    assert page.locator("#f-photo").input_value() == ""
