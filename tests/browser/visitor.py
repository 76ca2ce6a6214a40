"""A person at a browser: looks at each page with a designer's and an assistive technology's eyes while going on.

`look` takes a picture into tests/output/ and asserts what every page owes everybody: nothing serious by axe, no word on the
console, nothing beyond the right edge, targets a thumb can hit.
"""

from collections import deque
from http import HTTPStatus
from pathlib import Path
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, ConsoleMessage, Page, Response

OUTPUT = Path(__file__).resolve().parents[1] / "output"
PHONE, DESKTOP = (360, 740), (1440, 900)
PASSWORD = "Yiwang-demo-2026"
_AXE = Axe()
_LOOKED_AT: set[str] = set()  # kinds of pages that somebody has looked at on a phone and on a desk
# Controls whose hit area is lower or narrower than 24 CSS pixels (WCAG 2.5.8); words inside a sentence are excepted.
_SMALL = """() => {
  const inSentence = (e) => e.tagName === 'A' && getComputedStyle(e).display === 'inline'
    && [...e.parentElement.childNodes].some((n) => n !== e && n.textContent.trim());
  const hit = (e, box) => [[0, -11], [0, 11], [-11, 0], [11, 0]].every(([x, y]) => {
    const top = document.elementFromPoint(box.x + box.width / 2 + x, box.y + box.height / 2 + y);
    return top && (e.contains(top) || top.contains(e) || top.closest('label')?.control === e);
  });
  const wrong = [];
  const modal = document.querySelector('dialog:modal');  // what lies behind it can't be hit, nor need it be
  for (const e of (modal || document).querySelectorAll('a[href], button, input:not([type=hidden]), select, textarea, summary')) {
    if (!e.checkVisibility({visibilityProperty: true, opacityProperty: false}) || e.disabled) continue;
    if (e.closest('.y-vh, .y-skip, [aria-hidden=true]') || inSentence(e)) continue;
    e.scrollIntoView({block: 'center', behavior: 'instant'});
    const box = e.getBoundingClientRect();
    if ((box.width < 24 || box.height < 24) && !hit(e, box)) wrong.push(`${e.tagName} ${e.innerText || e.name} ${Math.round(box.width)}x${Math.round(box.height)}`);
  }
  scrollTo({top: 0, behavior: 'instant'});
  return wrong;
}"""
_BEYOND = """(width) => [...document.querySelectorAll('body *')].filter((e) => {
  const box = e.getBoundingClientRect();
  return box.width && box.right > width + 1 && !e.closest('.y-scroll, .y-vh, svg, .y-skip');
}).slice(0, 5).map((e) => `${e.tagName}.${e.className} ${Math.round(e.getBoundingClientRect().right)}`)"""


class Visitor:
    """One browser context: its own cookies, one width, one print size, one language."""

    def __init__(
        self,
        browser: Browser,
        base: str,
        name: str,
        size: tuple[int, int],
        *,
        large: bool = False,
        english: bool = False,
    ) -> None:
        self.base, self.name, self.width = base, name, size[0]
        self.context = browser.new_context(
            viewport={"width": size[0], "height": size[1]},
            has_touch=size == PHONE,
            is_mobile=size == PHONE,
            locale="en-GB" if english else "zh-CN",
            timezone_id="Asia/Shanghai",
        )
        cookies = [("yw_print", "large")] * large + [("yiwang_language", "en")] * english
        if cookies:
            self.context.add_cookies([{"name": key, "value": value, "url": base} for key, value in cookies])
        self.page: Page = self.context.new_page()
        self.page.set_default_timeout(20_000)
        self.said: list[str] = []
        self.refused: set[str] = set()
        self.visited: deque[str] = deque(maxlen=8)
        self.page.on("console", lambda said: self.said.append(_heard(said)) if said.type == "error" else None)
        self.page.on("pageerror", lambda error: self.said.append(str(error)))
        self.page.on("response", self._note)
        self._seen = 0

    def _note(self, response: Response) -> None:
        if response.status >= HTTPStatus.BAD_REQUEST or response.request.is_navigation_request():
            self.visited.append(f"{response.request.method} {response.url} {response.status}")
        if response.status in {409, 422} and response.request.resource_type in {"document", "xhr"}:
            self.refused.add(response.url)

    def go(self, path: str) -> None:
        self.page.goto(path if path.startswith("http") else self.base + path)

    def look(self, name: str, *, axe: bool = True) -> None:
        """Picture and checks of the page as it stands."""
        page = self.page
        self._seen += 1
        OUTPUT.mkdir(exist_ok=True)
        page.screenshot(path=OUTPUT / f"{self.name}-{self._seen:02d}-{name}.png", full_page=True)
        here = f"{self.name}: {name} ({page.url})"
        assert page.evaluate("document.documentElement.scrollWidth") <= self.width, (
            here,
            page.evaluate(_BEYOND, self.width),
        )
        small = page.evaluate(_SMALL)
        assert small == [], f"{here}: too small to hit: {small}"
        assert page.title().strip(" ·"), here
        assert page.locator("h1").count() == 1, here
        found = serious(page) if axe else []
        assert found == [], f"{here}: {found}"
        self.check_said(here)

    def look_around(self, name: str) -> None:
        """`look` on a phone and on a desk, then go on at the own width; at that alone where the name was looked at before."""
        own = self.page.viewport_size
        assert own is not None
        here = (own["width"], own["height"])
        for width, height in (here,) if name in _LOOKED_AT else (PHONE, DESKTOP):
            self.page.set_viewport_size({"width": width, "height": height})
            self.width = width
            self.look(f"{name}-{width}")
        _LOOKED_AT.add(name)
        self.page.set_viewport_size(own)
        self.width = here[0]

    def check_said(self, here: str) -> None:
        """Nothing on the console, but for the browser's note of a form that was sent back with its mistakes."""
        heard = [
            words
            for words in self.said
            if not ("status of 4" in words and (self.refused or "/nowhere/" in self.page.url))
        ]
        assert heard == [], f"{here}: {heard}"
        self.said.clear()

    def log_in(self, username: str) -> None:
        """By name and password, as one does who has an account."""
        if "/account/login" not in self.page.url:
            self.go("/account/login/")
        self.page.locator("input#f-login").fill(username)
        self.page.locator("input#f-password").fill(PASSWORD)
        self.page.locator("form:has(#f-password) button.y-btn").click()
        self.page.wait_for_url(lambda url: "/account/login" not in url)

    def press(self, words: str) -> None:
        """Press the button of these words and wait for what it brings."""
        with self.page.expect_navigation():
            self.page.get_by_role("button", name=words, exact=True).click()

    def close(self) -> None:
        self.context.close()

    def tell(self) -> str:
        """Where the visitor has been and what stands on the page now: what one would ask somebody who calls for help."""
        words = self.page.evaluate("document.body ? document.body.innerText : ''")
        return "\n".join([f"{self.name} at {self.page.url}", *self.visited, " ".join(words.split())[:1500]])


def _heard(said: ConsoleMessage) -> str:
    """What the console says and of which address: "404" alone tells nobody where."""
    return f"{said.text} ({said.location.get('url', '')})"


def serious(page: Page) -> list[str]:
    """What axe calls serious or critical, with the first place of each."""
    found: list[dict[str, Any]] = _AXE.run(page).response["violations"]
    # axe leaves empty style attributes behind, which htmx would copy and the content security policy refuse
    page.evaluate("""() => document.querySelectorAll('[style=""]').forEach((e) => e.removeAttribute('style'))""")
    return [
        f"{fault['id']}: {fault['nodes'][0]['target']} {fault['nodes'][0]['failureSummary']}"
        for fault in found
        if fault["impact"] in {"serious", "critical"}
    ]
