"""The archivists' pages in a real browser: on a phone and on a desk, whole, legible, without faults of access."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit
from uuid import UUID

import pytest
from django.contrib.staticfiles import finders
from django.db import connections, transaction
from django.test import Client
from django.urls import reverse

from tests.browser.visitor import PHONE, Visitor
from yiwang.commons.archives import commands, registry, tasks
from yiwang.commons.archives.engine import Item, Kind
from yiwang.commons.archives.models import Archive
from yiwang.commons.archives.tests import factories as made
from yiwang.commons.files.contrib.folder import FolderBlobs
from yiwang.commons.files.tests.factories import encrypted_pdf
from yiwang.commons.identity.tests.factories import MadeAccount, login
from yiwang.kernel import clock

pytest.importorskip("playwright.sync_api")
pytestmark = [pytest.mark.django_db, pytest.mark.browser, pytest.mark.timeout(300), pytest.mark.xdist_group("browser")]
BASE = "http://localhost"
KINDS = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}


@dataclass
class Site:
    """Answers by path; nothing but the browser works when they are looked at."""

    answers: dict[str, tuple[int, dict[str, str], bytes]] = field(default_factory=dict)
    places: dict[str, str] = field(default_factory=dict)

    def keep(self, client: Client, name: str, path: str) -> None:
        answer = client.get(path, HTTP_HOST="localhost")
        assert answer.status_code == 200, (path, answer.status_code)
        self.places[name] = path
        self.answers[path] = (200, dict(answer.headers), answer.content)

    def serve(self, route) -> None:
        path = urlsplit(route.request.url).path
        if path.startswith("/static/"):
            file = Path(finders.find(path.removeprefix("/static/")))
            route.fulfill(body=file.read_bytes(), content_type=KINDS.get(file.suffix, "application/octet-stream"))
        elif path in self.answers:
            status, headers, body = self.answers[path]
            route.fulfill(status=status, headers=headers, body=body)
        else:
            route.fulfill(status=404, body="")


def _fill(site: Site) -> None:
    archivist, reader = made.keeper(), made.keeper("archives.view")
    approver = made.keeper("archives.view", "archives.approve")
    office = archivist.actor.organisation_id
    kept = made.archived(office, title="样例：新生儿出生一件事")
    made.CHANGES.update(agents=(), matter="")
    failing = made.archived(office, title="样例：食品经营许可")
    made.CHANGES.clear()
    locked, accepted = _with_locked_files(office, archivist)
    unscheduled = made.opened(office, title="样例：未列入期限表的事项", facts={})
    old = made.archived(office, facts={"result": "withdrawn"}, closed_at=clock.now() - timedelta(days=4500))
    listed = commands.propose_destruction(
        archive_ids=[old.pk], reason="保管期限已满", by=archivist.actor, at=clock.now()
    )
    commands.propose_transfer(archive_ids=[kept.pk], target="样例市档案馆", by=archivist.actor, at=clock.now())
    held = made.archived(office, title="样例：正在诉讼的办件")
    commands.hold(archive_id=held.pk, ground="样例行政诉讼，法院调取案卷", by=archivist.actor, at=clock.now())
    commands.request_access(archive_id=kept.pk, purpose="行政复议取证", by=reader.actor, at=clock.now())
    tasks.check_all()
    client, second = Client(), Client()
    login(client, archivist.account_id)
    login(second, approver.account_id)
    for name in ("archives", "accesses", "transfers", "destruction", "fixity"):
        site.keep(client, name, reverse(f"archives:{name}"))
    for name, row in (
        ("kept", kept), ("failing", failing), ("unscheduled", unscheduled), ("held", held),
        ("locked", locked), ("accepted", accepted),
    ):  # fmt: skip
        site.keep(client, name, reverse("archives:archive", args=[row.pk]))
    site.keep(second, "list", reverse("archives:list", args=[listed]))


def _with_locked_files(office: UUID, archivist: MadeAccount) -> tuple[Archive, Archive]:
    """One that waits for the archivist's word, one that has it."""
    locked = encrypted_pdf(opens_with="sample")
    made.MORE.append(Item(Kind.MATERIAL, "001.pdf", "样例：房屋租赁合同", locked, "application/pdf", clock.now()))
    rows = [made.archived(office, title="样例：带密码材料的办件") for _ in range(2)]
    made.MORE.clear()
    said = "申请人提交的合同有打开密码，多次联系未能重新取得"
    commands.accept_defects(archive_id=rows[1].pk, ground=said, by=archivist.actor, at=clock.now())
    return rows[0], rows[1]


@pytest.fixture(scope="module", autouse=True)
def _beside_playwright(chromium) -> Iterator[None]:
    """Playwright keeps an event loop in this thread: Django gives it a connection of its own, which ends with it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        yield
        connections.close_all()


@pytest.fixture(scope="module")
def site(django_db_setup, django_db_blocker, _beside_playwright, tmp_path_factory) -> Site:
    found, before = Site(), registry.packages()
    registry.provide_packages(FolderBlobs(tmp_path_factory.mktemp("packages")))
    with django_db_blocker.unblock(), transaction.atomic():
        _fill(found)
        transaction.set_rollback(True)
    registry.provide_packages(before)
    return found


@pytest.mark.parametrize(
    "name",
    [
        "archives",
        "kept",
        "failing",
        "unscheduled",
        "held",
        "locked",
        "accepted",
        "accesses",
        "transfers",
        "destruction",
        "list",
        "fixity",
    ],
)
def test_a_page_is_right_on_a_phone_and_on_a_desk(site, chromium, name):
    visitor = Visitor(chromium, BASE, f"archives-{name}", PHONE)
    visitor.context.route("**/*", site.serve)
    try:
        visitor.go(site.places[name])
        visitor.look_around(f"archives-{name}")
    finally:
        visitor.close()
