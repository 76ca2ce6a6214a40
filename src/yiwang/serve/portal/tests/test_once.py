"""One application is one case: with threads, and over real HTTP."""

from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest
from django.db import connection
from tests.pack import account_of, actor_named

from yiwang.commons.forms.contracts import DraftConflict, DraftNotFound
from yiwang.commons.identity.tests.factories import login
from yiwang.kernel import clock
from yiwang.kernel.errors import IdempotencyMismatch
from yiwang.serve.portal import commands
from yiwang.serve.portal.tests.conftest import Browser, drafts, filed


def in_threads(work, count):
    def run(number):
        try:
            return work(number)
        finally:
            connection.close()

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(run, range(count)))


def family():
    browser = Browser()
    login(browser.client, account_of("family1-mother"))
    return browser


@pytest.mark.django_db(transaction=True)
def test_a_double_click_a_second_tab_and_a_retry_make_one_case(committed_pack, live_server):
    _threads_begin_one_draft()
    _threads_send_one_case()
    _http_sends_one_case(live_server.url)


def _threads_begin_one_draft():
    mother, at = actor_named("family1-mother"), clock.now()
    options = {"bundle_key": "newborn", "situation": {"born_in_hospital": True}, "by": mother, "at": at}
    found = in_threads(lambda _n: commands.begin_application(**options, idempotency_key="guide:1"), 4)
    assert len(set(found)) == 1
    assert len(drafts()) == 1
    family().post(f"/apply/{found[0]}/discard/")


def _threads_send_one_case():
    browser = family()
    draft_id = browser.to_check().split("/")[2]
    revision, mother, at = int(browser.revision), actor_named("family1-mother"), clock.now()

    def send(number):
        try:
            return commands.send_application(
                draft_id=draft_id,
                expected_revision=revision if number % 4 else revision - 1,
                idempotency_key=f"application:{draft_id}",
                by=mother,
                at=at,
            )
        except (DraftConflict, DraftNotFound, IdempotencyMismatch) as refused:
            return type(refused).__name__

    found = in_threads(send, 8)
    cases = {each for each in found if not isinstance(each, str)}
    assert len(cases) == 1, found
    assert {each for each in found if isinstance(each, str)} <= {"DraftConflict", "IdempotencyMismatch"}
    assert len(filed()) == 1


def _http_sends_one_case(base):
    """Eight clicks at once, then a retry after the answer got lost: all end on the same receipt."""
    browser = family()
    browser.to_check()
    data = {"revision": browser.revision, "confirmed": "yes"}
    session = {"sessionid": browser.client.cookies["sessionid"].value}
    url = f"{base}{browser.url}"
    with httpx.Client(base_url=base, cookies=session, timeout=60) as http:
        token = http.get("/").cookies["csrftoken"]
        send = {**data, "csrfmiddlewaretoken": token}
        headers = {"Referer": url, "Origin": base}
        answers = in_threads(lambda _n: http.post(url, data=send, headers=headers), 4)
        answers.append(http.post(url, data=send, headers=headers))
        places = {answer.headers.get("location") for answer in answers}
        assert {answer.status_code for answer in answers} == {302}, [answer.text[:500] for answer in answers]
        assert len(places) == 1
        assert http.get(places.pop()).status_code == 200
        assert http.get(url).status_code == 404
    assert len(filed()) == 2
    assert not drafts()
