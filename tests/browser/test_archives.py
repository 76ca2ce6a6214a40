"""The archivists' pages in a real browser: on a phone and on a desk, whole, legible, without faults of access."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.contrib.staticfiles import finders
from django.db import connections, transaction
from django.test import Client
from django.urls import reverse

from tests.browser.visitor import PHONE, Visitor
from yiwang.commons.archives import commands, registry, tasks
from yiwang.commons.archives.tests import factories as made
from yiwang.commons.files.contrib.folder import FolderBlobs
from yiwang.commons.identity.tests.factories import login
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
    for name, row in (("kept", kept), ("failing", failing), ("unscheduled", unscheduled), ("held", held)):
        site.keep(client, name, reverse("archives:archive", args=[row.pk]))
    site.keep(second, "list", reverse("archives:list", args=[listed]))


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
    ["archives", "kept", "failing", "unscheduled", "held", "accesses", "transfers", "destruction", "list", "fixity"],
)
def test_a_page_is_right_on_a_phone_and_on_a_desk(site, chromium, name):
    visitor = Visitor(chromium, BASE, f"archives-{name}", PHONE)
    visitor.context.route("**/*", site.serve)
    try:
        visitor.go(site.places[name])
        visitor.look_around(f"archives-{name}")
    finally:
        visitor.close()
