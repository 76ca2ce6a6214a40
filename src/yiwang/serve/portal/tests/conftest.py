"""A family of the pack on its way through the portal. Everything typed here is a sample."""

import re
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from tests.pack import account_of

from yiwang.commons.forms import queries as forms
from yiwang.commons.forms.contracts import DraftView
from yiwang.commons.identity.tests.factories import login
from yiwang.kernel import clock
from yiwang.kernel.actor import Actor
from yiwang.serve.cases import queries as cases
from yiwang.serve.cases.contracts import CaseKind, CaseView
from yiwang.serve.cases.tests.factories import PDF

GUIDE = {
    "born_in_hospital": "yes",
    "birth_certificate_held": "no",
    "parents_married": "yes",
    "settle_with": "mother",
    "settle_in_city": "yes",
    "wants_medical_insurance": "yes",
    "wants_social_security_card": "yes",
    "fertility_registered": "yes",
    "mother_maternity_insured": "no",
}


SYSTEM = Actor.system("tests")


def drafts() -> tuple[DraftView, ...]:
    """Everybody's."""
    return forms.drafts(viewer=SYSTEM)


def filed() -> list[CaseView]:
    """Everybody's cases, without the members of bundles."""
    numbers = [row.number for row in cases.cases(viewer=SYSTEM, size=100).items if row.kind is not CaseKind.MEMBER]
    return [cases.case(number=number, viewer=SYSTEM) for number in numbers]


def born(days: int = 5) -> str:
    return (clock.today() - timedelta(days=days)).isoformat()


def typed() -> dict[str, str]:
    """What the family types where a page asks; all else the pages bring along."""
    return {
        "settle_with": "mother",
        "birth_institution": "320400-hospital-maternal",
        "child_name": "样例宝宝",
        "child_sex": "2",
        "child_birth_date": born(),
        "child_birth_time": "06:42",
        "child_order": "1",
        "applicant_relation": "mother",
        "father_name": "样例父亲",
        "father_id_number": "320402199405180055",
        "father_nation": "01",
        "father_mobile": "19900000002",
        "households_differ": "no",
        "settle_region": "320402010",
        "settle_address": "青龙街道样例路18号3幢502室",
        "householder_name": "样例户主",
        "child_nation": "01",
        "residence_region": "320402010",
        "residence_address": "青龙街道样例路18号3幢502室",
        "child_already_insured": "no",
        "card_bank": "icbc",
        "delivery_method": "counter",
    }


@dataclass
class Browser:
    """A person with a browser without script. `page` is the last answer, `url` where it is."""

    client: Client = field(default_factory=lambda: Client(raise_request_exception=True))
    page: Any = None
    url: str = ""

    @property
    def text(self) -> str:
        return self.page.content.decode()

    def get(self, url: str, status: int = 200) -> str:
        return self._land(self.client.get(url, follow=True), url, status)

    def post(self, url: str, data: dict[str, Any] | None = None, status: int = 200) -> str:
        return self._land(self.client.post(url, data or {}, follow=True), url, status)

    def _land(self, response: Any, url: str, status: int) -> str:
        self.page, self.url = response, (response.redirect_chain or [(url, 0)])[-1][0]
        assert response.status_code == status, (self.url, response.status_code, self.text[:3000])
        return self.text

    def answer_guide(self, **changed: str) -> str:
        """Answer what is asked until the list of matters is there; its page."""
        answers = GUIDE | changed
        self.get("/bundles/newborn/guide/")
        while 'name="about"' in self.text:
            about = re.search(r'name="about" value="(\w+)"', self.text)
            assert about
            self.post("/bundles/newborn/guide/", {"about": about[1], "answer": answers[about[1]]})
        return self.text

    def begin(self, **changed: str) -> str:
        """Through the guide into a draft; the draft's address."""
        self.answer_guide(**changed)
        self.post("/bundles/newborn/begin/")
        assert self.url.startswith("/apply/"), self.url
        return self.draft

    @property
    def draft(self) -> str:
        return re.match(r"/apply/[0-9a-f-]{36}/", self.url)[0]  # type: ignore[index]

    @property
    def revision(self) -> str:
        return re.search(r'name="revision" value="(\d+)"', self.text)[1]  # type: ignore[index]

    def shown(self) -> dict[str, Any]:
        """What the page's form would post, with what the family types where something is asked."""
        answers, data = typed(), {"revision": self.revision}
        view = self.page.context["view"]
        for group in view.groups:
            for each in group.fields:
                data[each.name] = answers.get(each.name, each.value)
                for level in each.levels:
                    data[level.name] = answers.get(level.name, level.value)
        data.update({f"{name}.district": "320402" for name in ("settle_region", "residence_region") if name in data})
        return data

    def fill(self, until: str = "/materials/", **changed: str) -> str:
        """Fill page after page until one whose address ends in `until`."""
        for _turn in range(12):
            if self.url.endswith(until):
                return self.text
            if "portal/step.html" not in [template.name for template in self.page.templates]:
                return self.text
            response = self.client.post(self.url, self.shown() | changed, follow=True)
            self.page, self.url = response, (response.redirect_chain or [(self.url, 0)])[-1][0]
            assert response.status_code == 200, (self.url, [f.error for f in response.context["view"].fields])
        raise AssertionError(f"never came to {until}: {self.url}")

    def upload_all(self) -> str:
        """Upload a sample for whatever is required, and go on to the check page."""
        if not self.url.endswith("/materials/"):
            self.get(f"{self.draft}materials/")
        fields = self.page.context["fields"]
        data = {each.name: SimpleUploadedFile("样例.pdf", PDF) for each in fields if each.required and not each.files}
        self.post(self.url, data)
        assert self.url.endswith("/check/"), (self.url, self.text)
        return self.text

    def to_check(self, **changed: str) -> str:
        """From nothing to the check page; the draft's address."""
        draft = self.begin()
        self.fill(**changed)
        self.upload_all()
        return draft

    def send(self) -> str:
        return self.post(self.url, {"revision": self.revision, "confirmed": "yes"})


@pytest.fixture
def anonymous(pack) -> Browser:
    return Browser()


def _known(username: str) -> Browser:
    browser = Browser()
    login(browser.client, account_of(username))
    return browser


@pytest.fixture
def mother(pack, db) -> Browser:
    return _known("family1-mother")


@pytest.fixture
def neighbour(pack, db) -> Browser:
    return _known("family2-mother")


@pytest.fixture
def official(pack, db) -> Browser:
    return _known("tianning-police-acceptor")


@pytest.fixture
def clerk(pack, db) -> Browser:
    """At the counter of Tianning's service centre."""
    return _known("tianning-hall-clerk")


@pytest.fixture
def colleague(pack, db) -> Browser:
    return _known("tianning-hall-clerk2")
