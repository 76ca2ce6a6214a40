"""The installation that a visitor sees: its address, its records, who works there, and how it comes to live some days later."""

import threading
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from random import Random
from urllib.parse import urlsplit

import pytest

from yiwang.kernel import clock
from yiwang.kernel.db import Server
from yiwang.kernel.settings import PROJECT_ROOT
from yiwang.site.smoke import Inside
from yiwang.site.smoke.applicant import Applicant, Filed
from yiwang.site.smoke.browsing import Browser
from yiwang.site.smoke.family import City, city
from yiwang.site.smoke.ledger import Ledger
from yiwang.site.smoke.story import Story
from yiwang.site.supervisor import Installation

PATIENCE = 400.0  # seconds: a busy machine is no fault of the pages


@dataclass
class Town:
    """One installation on one data folder. `seen`: kinds of pages that were looked at, so that none is looked at too often."""

    url: str
    data_dir: Path
    environment: dict[str, str] = field(default_factory=dict)
    running: Installation | None = None
    seen: set[str] = field(default_factory=set)

    @property
    def ledger(self) -> Ledger:
        return Ledger(Server(self.data_dir).url())

    @property
    def staffed(self) -> City:
        return city(PROJECT_ROOT / "packs" / "changzhou")

    def open(self) -> None:
        """Start all parts with `environment` and without what the tests themselves are set up by."""
        with pytest.MonkeyPatch.context() as patch:
            for name in ("DJANGO_SETTINGS_MODULE", "DATABASE_URL", "YIWANG_DATABASE_URL", "YIWANG_TEST_SUFFIX"):
                patch.delenv(name, raising=False)
            for name, value in self.environment.items():
                patch.setenv(name, value)
            where = urlsplit(self.url)
            self.running = Installation(self.data_dir, host=where.hostname, port=where.port, workers=1)
            self.running.start(PATIENCE)
        threading.Thread(target=self.running.watch, daemon=True).start()

    def close(self) -> None:
        if self.running is not None:
            self.running.stop()
            self.running = None

    def live_ahead(self, days: int) -> None:
        """Go on so many days later, at the same address. Time only goes on: whoever comes next finds it later too."""
        if self.running is None:
            pytest.skip("an installation that somebody else started can't be moved in time")
        self.close()
        self.environment["YIWANG_DEMO_DAYS_AHEAD"] = str(days)
        clock.run_ahead(timedelta(days=days))
        self.open()

    def file(self, stories: dict[str, Story]) -> dict[str, Filed]:
        """Register the applicants under these usernames and let each send what they tell, over HTTP."""
        with Inside(self.ledger.url, self.data_dir) as inside:
            inside.ask("register", people=[_account(name, story, self.staffed) for name, story in stories.items()])
        filed = {}
        for username, story in stories.items():
            applicant = Applicant(Browser(self.url), story, Random(username))
            first = applicant.begin(applicant.be_guided(applicant.find()), username, self.staffed.password)
            filed[username] = applicant.send(applicant.bring(applicant.fill(first)))
        return filed


def _account(username: str, story: Story, staffed: City) -> dict[str, str]:
    person = story.applicant
    return {
        "username": username, "password": staffed.password, "nation": "01", "region": story.region,
        "address": story.address, "name": person.name, "id_number": person.id_number, "mobile": person.mobile,
    }  # fmt: skip
