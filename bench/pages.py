"""Server time of each page: the real application beside a bare Django view of the same bytes and the page's pure SQL."""

from collections.abc import Callable
from datetime import timedelta
from random import Random
from typing import Any
from uuid import UUID

from django.contrib.auth import get_user_model
from django.test import Client

from bench.family import BUNDLE, SYSTEM, Desk, Family, settle
from bench.measuring import Figures, Times, interleaved, ratio
from bench.postgres import Backends
from bench.visiting import Application, Statements, Visitor, bare_application, recording, remember
from yiwang.commons.flow import commands as flow
from yiwang.commons.forms import queries as forms
from yiwang.commons.identity import queries as identity
from yiwang.kernel import clock, outbox
from yiwang.kernel.actor import SubjectRef
from yiwang.kernel.ids import new_id
from yiwang.serve.cases import queries as cases

LIMIT_MS = 50
_SHORT, _LONG = "tianning-street-acceptor", "wujin-street-acceptor"
_ONE_TASK = """
<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:zeebe="http://camunda.org/schema/zeebe/1.0"
 targetNamespace="urn:bench"><process id="bench_task" name="样例" isExecutable="true"><startEvent id="s"/>
<userTask id="look" name="受理"><extensionElements><zeebe:assignmentDefinition candidateGroups="acceptor"/>
<zeebe:taskSchedule dueDate="=due"/></extensionElements></userTask><endEvent id="e"/>
<sequenceFlow id="f1" sourceRef="s" targetRef="look"/><sequenceFlow id="f2" sourceRef="look" targetRef="e"/>
</process></definitions>""".encode()

Pages = dict[str, tuple[Visitor, str]]


def run(*, quick: bool) -> dict[str, Any]:
    """Figures by page. `over_50_ms`: pages whose median server time is above the requirement; `over_50_ms_of_processor`:
    those whose work alone is, program and database together, whatever else the machine does meanwhile.
    """
    from yiwang.site.wsgi import application

    pages = _pages(application, many=200 if quick else 2000)
    bare = Visitor(bare_application())
    cases_: dict[str, Callable[[], Any]] = {}
    said: dict[str, Statements] = {}
    sizes: dict[str, int] = {}
    for name, (visitor, address) in pages.items():
        visitor.get(address)
        with recording() as said[name]:
            page = visitor.get(address)
        remember(name, page)
        sizes[name] = len(page)
        cases_[name] = lambda visitor=visitor, address=address: visitor.get(address)
        cases_[f"{name} bare"] = lambda name=name: bare.get(f"/{name}")
        cases_[f"{name} sql"] = said[name].replay
    times = interleaved(cases_, rounds=3 if quick else 25, warmup=1 if quick else 5, beside=Backends())
    measured = {name: times[name].ms() for name in pages}
    over = [name for name, ms in measured.items() if ms["median_ms"] > LIMIT_MS]
    busy = [name for name, ms in measured.items() if ms["cpu_ms"] + ms["db_cpu_ms"] > LIMIT_MS]
    return {
        "figures": {name: _figures(name, times, said[name], sizes[name]) for name in pages},
        "ratios": {
            name: {"bare": ratio(times[name], times[f"{name} bare"]), "sql": ratio(times[name], times[f"{name} sql"])}
            for name in pages
        },
        "over_50_ms": over,
        "over_50_ms_of_processor": busy,
    }


def _figures(name: str, times: dict[str, Times], said: Statements, size: int) -> Figures:
    ours = times[name].ms()
    return {
        **ours,
        "bare_ms": times[f"{name} bare"].ms()["median_ms"],
        "sql_ms": times[f"{name} sql"].ms()["median_ms"],
        "statements": len(said.said),
        "most_repeated": said.repeated,
        "kilobytes": round(size / 1024, 1),
    }


def pages_of_the_portal(application: Application) -> Pages:
    """What residents look at: as a guest, and as a parent with a draft and a case under way."""
    pages = _pages(application, many=20)
    return {name: each for name, each in pages.items() if not name.startswith(("inbox", "desk"))}


def _pages(application: Application, *, many: int) -> Pages:
    """What is looked at, by whom: a guest, a parent with a draft and a case under way, officials."""
    random = Random(20261123)
    desk, parent = Desk(), settle(random)
    under_way, done = _filed(parent, desk, tasks=3), _filed(settle(random), desk, tasks=99)
    draft_id = parent.ready()
    _fill_inbox(_SHORT, 20)
    _fill_inbox(_LONG, many)
    while outbox.relay():
        continue
    guest, told = Visitor(application), Visitor(application)
    _answer_guide(told, parent)
    resident = _known(application, parent.account_id)
    other = _known(application, done[1].account_id)
    task_id = desk.waiting(under_way[0])[0]
    official = desk.official_for(task_id)
    assert official.account_id is not None
    handler = _known(application, official.account_id)
    number, finished = _number(under_way[0]), _number(done[0])
    member = cases.case(number=number, viewer=SYSTEM).members[0].case.number
    return {
        "home-guest": (guest, "/"),
        "home-resident": (resident, "/"),
        "search": (guest, "/search/?q=孩子出生了"),
        "search-nothing": (guest, "/search/?q=完全没有的词语"),
        "bundles": (guest, "/bundles/"),
        "matters": (guest, "/matters/"),
        "bundle": (guest, f"/bundles/{BUNDLE}/"),
        "guide": (guest, f"/bundles/{BUNDLE}/guide/"),
        "guide-end": (told, f"/bundles/{BUNDLE}/guide/"),
        **_form_pages(resident, parent, draft_id),
        "check": (resident, f"/apply/{draft_id}/check/"),
        "receipt": (resident, f"/receipts/{under_way[0]}/"),
        "progress": (resident, f"/cases/{number}/"),
        "progress-member": (resident, f"/cases/{member}/"),
        "progress-done": (other, f"/cases/{finished}/"),
        "mine": (resident, "/mine/"),
        "inbox-20": (_known(application, _account(_SHORT)), "/work/"),
        f"inbox-{many}": (_known(application, _account(_LONG)), "/work/"),
        "desk": (handler, f"/work/cases/tasks/{task_id}/"),
        "desk-cases": (handler, "/work/cases/"),
    }


def _form_pages(resident: Visitor, parent: Family, draft_id: UUID) -> Pages:
    draft = forms.draft(draft_id=draft_id, viewer=parent.actor)
    form = forms.definition(key=draft.key, version=draft.version, viewer=parent.actor)
    keys = [*(step.key for step in form.steps), "materials"]
    return {f"form-{key}": (resident, f"/apply/{draft_id}/{key}/") for key in keys}


def _filed(family: Family, desk: Desk, *, tasks: int) -> tuple[UUID, Family]:
    """A filed bundle of which that many tasks are done."""
    case_id = family.send(family.ready())
    while tasks and (waiting := desk.waiting(case_id)):
        desk.handle(waiting[0], family.home)
        tasks -= 1
    return case_id, family


def _fill_inbox(username: str, tasks: int) -> None:
    """Start as many one-task processes in the office of an official."""
    flow.publish_definition(bpmn=_ONE_TASK, by=SYSTEM, at=clock.now())
    organisation = Desk().actors[username].organisation_id
    for place in range(tasks):
        flow.start(
            key="bench_task", subject=SubjectRef("bench", new_id()), title=f"样例办件 {place:04d}", net="serve",
            variables={"due": (clock.now() + timedelta(hours=place - tasks // 4)).isoformat()},
            organisation_id=organisation, scope_key="matter:household_registration", by=SYSTEM, at=clock.now(),
        )  # fmt: skip


def _answer_guide(visitor: Visitor, family: Family) -> None:
    """Answer every question of the guide in this browser."""
    address = f"/bundles/{BUNDLE}/guide/"
    while b'name="about"' in (page := visitor.get(address)):
        fact = page.split(b'name="about" value="', 1)[1].split(b'"', 1)[0].decode()
        visitor.post(address, {"about": fact, "answer": family.home.answers[fact]})


def _known(application: Application, account_id: UUID) -> Visitor:
    """A visitor who has logged in."""
    client = Client()
    client.force_login(get_user_model().objects.get(pk=account_id))
    return Visitor(application, client.cookies["sessionid"].value)


def _account(username: str) -> UUID:
    account = identity.account_by_username(username=username, viewer=SYSTEM)
    assert account is not None
    return account.id


def _number(case_id: UUID) -> str:
    return cases.brief(case_id=case_id, viewer=SYSTEM).number
