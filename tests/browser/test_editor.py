"""The editor by itself: real Chromium, the real library, and a server of which each test says how it answers."""

import json
import re
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from yiwang.commons.flow.engine import blank_process, parse
from yiwang.commons.flow.engine.tests.feelish import Feelish

pytestmark = [pytest.mark.browser, pytest.mark.timeout(120), pytest.mark.xdist_group("browser")]
STATIC = Path(__file__).resolve().parents[2] / "src" / "yiwang" / "web" / "static"
HOME = "http://editor.test/"
LIBRARY = "/static/web/vendor/bpmn-js"
PAGE = f"""<!doctype html><meta charset="utf-8"><main><div data-yw-modeller="bpmn" data-model="/model" data-save="/save" data-revision="1" data-key="p"
data-words="words" data-library="{LIBRARY}/bpmn-modeler.min.js" data-styles="{LIBRARY}/diagram-js.css"><input type="hidden" name="csrfmiddlewaretoken" value="of-the-page">
<span data-state data-saving="saving" data-changed="changed" data-failed="failed" data-expired="expired" data-broken="broken"></span>
<button data-do="save">save</button><div data-conflict hidden><b data-conflict-words></b><i data-conflict-advice></i>
<button data-do="keep">keep</button><button data-do="reload">reload</button></div><div data-pane style="height: 400px"></div></div>
<section data-yw-element-panel hidden><b data-kind></b><code data-id></code>
<div data-of="Process UserTask" data-path="name" hidden><label>name <input></label></div><div data-of="EndEvent" data-path="message.name" hidden><label>message <input></label></div>
<div data-of="EndEvent" data-path="message.key" hidden><label>key <input></label></div>
<div data-of="EndEvent" data-path="signal.name" hidden><label>signal <input></label></div>
<div data-of="UserTask" data-path="loop.collection" hidden><label>collection <input></label></div>
<div data-of="UserTask" data-path="loop.element" hidden><label>element <input></label></div><script type="application/json">{{}}</script></section>
<dialog><form><input type="hidden" name="revision" value="1"></form></dialog></main><script type="application/json" id="words">{{}}</script>
<script type="module" src="/static/web/js/modeller.js"></script><script type="module" src="/static/web/js/model_panel.js"></script>"""


class Desk:
    """An open editor and its server: `answers` are given one after the other, then every save is kept."""

    def __init__(self, context, text=""):
        self.context, self.page = context, context.new_page()
        self.text, self.revision = text or blank_process("p", "n", start="s", task="t", end="e").decode(), 1
        self.answers, self.saves = [], []
        context.route(f"{HOME}**", self.serve)
        self.page.goto(HOME)
        self.page.wait_for_selector("[data-yw-modeller][data-open=yes]")

    def serve(self, route):
        path = urlsplit(route.request.url).path
        if path == "/model":
            route.fulfill(body=self.text, content_type="application/xml", headers={"X-Revision": str(self.revision)})
        elif path == "/save":
            self.save(route)
        elif path.startswith("/static/"):
            route.fulfill(path=STATIC / path.removeprefix("/static/"))
        else:
            route.fulfill(body=PAGE if path == "/" else "<p>log in</p>", content_type="text/html")

    def save(self, route):
        said = dict(re.findall(r'name="(\w+)"\r\n\r\n(.*?)\r\n--', route.request.post_data, re.DOTALL))
        self.saves.append({**said, "token": route.request.headers["x-csrftoken"]})
        answer = self.answers.pop(0) if self.answers else self.keep
        answer(route, said)

    def keep(self, route, said):
        if said["revision"] != str(self.revision):
            tell(409, words="somebody saved", advice="look", conflict=True)(route, said)
            return
        if said["xml"] != self.text:
            self.text, self.revision = said["xml"], self.revision + 1
        tell(200, revision=self.revision, words="kept")(route, said)

    def write(self, name):
        self.page.get_by_label("name").fill(name)
        self.page.get_by_label("name").blur()

    def press(self):
        self.page.locator("[data-do=save]").click()

    def wait(self, words):
        self.page.locator("[data-state]", has_text=re.compile(f"^{words}$")).wait_for()


def tell(status, **said):
    return lambda route, _said: route.fulfill(status=status, body=json.dumps(said), content_type="application/json")


def log_in_first(route, _said):
    """What is there once the redirection has been followed."""
    route.fulfill(body="<p>log in</p>", content_type="text/html")


@pytest.fixture
def desk(chromium):
    context = chromium.new_context()
    context.add_cookies([{"name": "csrftoken", "value": "first", "url": HOME}])
    yield Desk(context)
    context.close()


def test_after_logging_in_again_what_was_written_is_saved(desk):
    desk.answers = [log_in_first]
    desk.write("one")
    desk.wait("expired")
    assert desk.page.get_by_role("button", name="keep").is_visible()
    assert not desk.page.get_by_role("button", name="reload").is_visible()
    desk.context.add_cookies([{"name": "csrftoken", "value": "second", "url": HOME}])
    desk.press()
    desk.wait("kept")
    assert [each["token"] for each in desk.saves] == ["first", "second"]
    assert not desk.page.get_by_role("button", name="keep").is_visible()
    assert 'name="one"' in desk.text


def test_a_page_instead_of_an_answer_is_no_fault_of_the_network(desk):
    desk.answers = [lambda route, _said: route.fulfill(status=403, body="<p>no</p>", content_type="text/html")]
    desk.write("one")
    desk.wait("expired")


def test_a_refusal_does_not_stop_saving_but_a_conflict_does(desk):
    desk.answers = [tell(422, words="too large"), desk.keep, tell(409, words="theirs", conflict=True)]
    desk.write("one")
    desk.wait("too large")
    desk.write("two")
    desk.wait("kept")
    desk.write("three")
    desk.wait("theirs")
    desk.write("four")
    desk.page.wait_for_timeout(2_000)
    assert len(desk.saves) == 3


def test_a_draft_is_discarded_as_it_was_last_saved_from_the_page(desk):
    desk.write("one")
    desk.wait("kept")
    assert desk.page.locator("dialog input[name=revision]").input_value() == "2"


def leaving_is_warned(desk):
    return desk.page.evaluate("() => !dispatchEvent(new Event('beforeunload', { cancelable: true }))")


def test_leaving_is_warned_of_until_the_answer_is_there(desk):
    held = []
    desk.answers = [lambda route, said: held.append((route, said))]
    assert not leaving_is_warned(desk)
    desk.write("one")
    desk.wait("saving")
    desk.page.wait_for_timeout(200)
    assert leaving_is_warned(desk)
    desk.keep(*held[0])
    desk.wait("kept")
    assert not leaving_is_warned(desk)


def test_what_is_typed_is_kept_without_leaving_the_field(desk):
    field = desk.page.get_by_label("name")
    field.fill("typed")
    assert leaving_is_warned(desk)
    desk.wait("kept")
    assert field.evaluate("(each) => each === document.activeElement")
    assert 'name="typed"' in desk.text


def test_what_was_typed_belongs_to_the_element_that_was_shown(desk):
    desk.page.get_by_label("name").fill("whole")
    desk.page.locator('[data-element-id="first"] .djs-hit').first.click(force=True)
    desk.page.locator("[data-id]", has_text="first").wait_for()
    assert desk.page.get_by_label("name").input_value() == "t"
    desk.wait("kept")
    assert 'name="whole"' in desk.text


def test_a_lost_answer_is_no_conflict_with_oneself(desk):
    def lose(route, said):
        desk.text, desk.revision = said["xml"], desk.revision + 1
        route.abort()

    desk.answers = [lose]
    desk.write("one")
    desk.wait("failed")
    desk.write("two")
    desk.wait("kept")
    assert 'name="two"' in desk.text
    assert [each["revision"] for each in desk.saves] == ["1", "1", "2"]


def test_what_somebody_else_saved_after_a_lost_answer_is_a_conflict(desk):
    def lose(route, _said):
        desk.text, desk.revision = desk.text.replace('name="t"', 'name="theirs"'), 3
        route.abort()

    desk.answers = [lose]
    desk.write("one")
    desk.wait("failed")
    desk.write("two")
    desk.wait("somebody saved")
    assert 'name="theirs"' in desk.text


def test_what_an_event_and_a_loop_say_is_written_into_the_model(chromium):
    text = blank_process("p", "n", start="s", task="t", end="e").decode()
    event = '<bpmn:incoming>first_to_end</bpmn:incoming><bpmn:messageEventDefinition id="def" />'
    text = text.replace("<bpmn:incoming>first_to_end</bpmn:incoming>", event)
    text = text.replace("</bpmn:userTask>", "<bpmn:multiInstanceLoopCharacteristics /></bpmn:userTask>")
    context = chromium.new_context()
    desk = Desk(context, text)
    page = desk.page
    for element, said in (
        ("end", {"message": "sent", "key": "=case_id"}),
        ("first", {"collection": "=items", "element": "item"}),
    ):
        page.locator(f'[data-element-id="{element}"] .djs-hit').first.click(force=True)
        page.locator("[data-id]", has_text=re.compile(f"^{element}$")).wait_for()
        assert not page.get_by_label("signal").is_visible()
        for label, words in said.items():
            page.get_by_label(label).fill(words)
            page.get_by_label(label).blur()
    desk.wait("kept")
    parsed = parse({"x": desk.text.encode()}, evaluator=Feelish())
    nodes = {node.id: node for node in parsed.only().process.body.nodes}
    assert (nodes["end"].event.name, nodes["end"].event.key) == ("sent", "=case_id")
    assert (nodes["first"].loop.collection, nodes["first"].loop.element) == ("=items", "item")
    context.close()
