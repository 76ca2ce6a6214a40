"""What the applicant holds at the end, checked as anyone can: files and public keys, and the verbs of `yiwang verify`.

Results are sealed licences, documents bear their seal, steps have receipts, and each closed case is an archive that holds.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from yiwang.site.smoke.applicant import Filed
from yiwang.site.smoke.browsing import Page
from yiwang.site.smoke.examining import Play
from yiwang.site.smoke.ledger import Ledger, hold
from yiwang.site.smoke.reading import Element

T = TypeVar("T")
_PATIENCE = 90.0
_ARCHIVED = ("archived", "transferred", "preserved")
_WAITS = "正在加盖电子印章"


def results_of(page: Page) -> list[dict[str, str]]:
    """The results on a progress page, each once: title, number, address, and the links that its card offers."""
    shown = [_card(each) for each in page.main.all(css="y-licence")]
    return list({each["at"]: each for each in shown}.values())  # one may stand twice: at the top, and in its lane


def _card(element: Element) -> dict[str, str]:
    links = [(each.text, each.get("href")) for each in element.all("a")]
    found = {word: address for words, address in links for word in ("验证", "OFD", "PDF") if word in words}
    at = next((address for words, address in links if "查看" in words), "")
    title, number = element.first("b").text, element.first(css="y-licence__no").text
    return {"title": title, "number": number, "at": at, "said": element.text, **found}


def sealed_results(played: Play, filed: Filed) -> list[dict[str, str]]:
    """The results when all of them are sealed: until then the page says that the seal is being put on."""

    def look() -> list[dict[str, str]] | None:
        page = played.applicant.browser.get(f"/cases/{filed.number}/")
        results = results_of(page)
        for each in results:
            waits = _WAITS in each["said"]
            page.must(waits != ("验证" in each), f"{each['title']}: neither sealed nor being sealed: {each['said']}")
        return results if all("验证" in each for each in results) else None

    return _until(look, f"not all results of {filed.number} are sealed")


def prove(played: Play, filed: Filed, data_dir: Any) -> dict[str, int]:
    """Verify every result, some documents and receipts, and the archives of all the cases. Counts of what holds."""
    with _folder() as folder:
        judge = _Judge(Path(data_dir), folder)
        licences = _licences(played, filed, judge)
        spared = _not_asked(played, filed)
        papers = _papers(played, filed, judge)
        receipts = _receipts(played, filed, judge)
        archives = _archives(played, filed, judge)
    return {"licences": licences, "spared": spared, "sealed": papers, "receipts": receipts, "archives": archives}


class _Judge:
    """Runs the verbs on files, as somebody does who trusts nothing but the public keys of the installation."""

    def __init__(self, data_dir: Path, folder: Path) -> None:
        self.folder = folder
        self._changed: set[tuple[str, str]] = set()
        self._environment = {**os.environ, "YIWANG_DATA_DIR": str(data_dir)}

    def judge(self, verb: str, name: str, content: bytes, *options: str) -> None:
        """Raises SmokeFailed unless the verb calls it valid and, the first of a kind with a byte changed, not valid."""
        said, code = self._said(verb, name, content, options)
        hold(code == 0 and said["valid"] is True, f"verify {verb} {name}: {said}")
        kind = name.rpartition(".")[2]
        if (verb, kind) in self._changed:
            return
        self._changed.add((verb, kind))
        middle = len(content) // 2
        changed = content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :]
        said, code = self._said(verb, name, changed, options)
        hold(code == 1 and said["valid"] is False, f"verify {verb} {name} with a changed byte: {said}")

    def _said(self, verb: str, name: str, content: bytes, options: Sequence[str]) -> tuple[dict[str, Any], int]:
        file = self.folder / name
        file.write_bytes(content)
        done = subprocess.run(
            [sys.executable, "-m", "yiwang.site", "verify", verb, str(file), "--json", *options],
            env=self._environment, capture_output=True, text=True, timeout=60, check=False,
        )  # fmt: skip
        lines = done.stdout.splitlines()
        hold(lines, f"verify {verb} {name} says nothing: {done.stderr[-500:]}")
        said: dict[str, Any] = json.loads(lines[-1])
        return said, done.returncode


def _licences(played: Play, filed: Filed, judge: _Judge) -> int:
    """Each result as OFD, the first also as PDF; nobody else can fetch them."""
    results = sealed_results(played, filed)
    for number, each in enumerate(results):
        hold("OFD" in each and "PDF" in each, f"{each['title']} can't be downloaded: {each}")
        played.stranger.get(each["OFD"], status=404)
        judge.judge("licence", f"licence-{number}.ofd", played.applicant.browser.download(each["OFD"]))
        if not number:
            judge.judge("licence", "licence.pdf", played.applicant.browser.download(each["PDF"]))
    return len(results)


def _not_asked(played: Play, filed: Filed) -> int:
    """What another member's licence is was not asked of the applicant: it came as that licence, without a file."""
    handed = played.ledger.handed_over(filed.number)
    hold(all(each["as_licence"] for each in handed), f"{filed.number}: not handed over as licences: {handed}")
    hold(len(handed) >= len(played.story.handed), f"{filed.number}: {handed}, wanted {played.story.handed}")
    return len(handed)


def _papers(played: Play, filed: Filed, judge: _Judge) -> int:
    """All documents are sealed in time; the seal of the first holds."""
    left = """SELECT count(*) FROM serve_cases_casedocument document WHERE to_seal AND case_id IN (SELECT id FROM own)
              AND NOT EXISTS (SELECT 1 FROM serve_cases_sealedpaper paper WHERE paper.document_id = document.id)"""
    ledger = played.ledger
    _until(lambda: ledger.count(left, number=filed.number) == 0 or None, f"documents of {filed.number} are not sealed")
    rows = ledger.rows(
        "SELECT document_id::text AS id FROM serve_cases_sealedpaper WHERE case_id IN (SELECT id FROM own) ORDER BY id",
        number=filed.number,
    )
    hold(rows, f"{filed.number}: no document bears a seal")
    content = played.applicant.browser.download(f"/cases/documents/{rows[0]['id']}/file.pdf")
    judge.judge("seal", "document.pdf", content)
    return len(rows)


def _receipts(played: Play, filed: Filed, judge: _Judge) -> int:
    """「我的存证」 lists the steps; the receipt of the filing holds."""
    page = played.applicant.browser.get(f"/mine/evidence/?of={filed.number}")
    entries = [address for _words, address in page.links if address.startswith("/ledger/entries/")]
    page.must(entries, "「我的存证」 is empty")
    evidence = entries[-1].rstrip("/").rpartition("/")[2]
    keys = judge.folder / "keys.txt"
    keys.write_bytes(played.applicant.browser.download("/ledger/keys"))
    receipt = played.applicant.browser.download(f"/ledger/receipts/{evidence}")
    judge.judge("receipt", "receipt.tlog-proof", receipt, "--keys", str(keys))
    return len(entries)


def _archives(played: Play, filed: Filed, judge: _Judge) -> int:
    """The bundle and its members are archived with a four-property check that they passed; the bundle's package holds."""
    cases = ["bundle", *filed.members]
    _until(lambda: len(archived(played.ledger, filed.number)) == len(cases) or None, _unarchived(played, filed.number))
    packages = played.inside.ask("archives", case=filed.case_id)
    hold(packages, f"{filed.number}: no package")
    for number, path in enumerate(packages):
        judge.judge("archive", f"archive-{number}.zip", Path(path).read_bytes())
    return len(cases)


def archived(ledger: Ledger, number: str) -> Sequence[dict[str, Any]]:
    """The archives of a bundle and its members that are archived."""
    return ledger.rows(
        """SELECT * FROM commons_archives_archive WHERE subject_kind = 'case' AND subject_id IN (SELECT id FROM own)
           AND passed AND state = ANY(%(states)s)""",
        number=number,
        states=list(_ARCHIVED),
    )


def _unarchived(played: Play, number: str) -> str:
    rows = played.ledger.rows(
        """SELECT own.id::text, archive.state, archive.waiting, archive.passed FROM own
           LEFT JOIN commons_archives_archive archive ON archive.subject_kind = 'case' AND archive.subject_id = own.id""",
        number=number,
    )
    return f"{number} is not archived: {[tuple(each.values()) for each in rows]}"


def _until(look: Callable[[], T | None], otherwise: str) -> T:
    """What `look` finds in the end. Raises SmokeFailed when patience does."""
    deadline = time.monotonic() + _PATIENCE
    while (found := look()) is None:
        hold(time.monotonic() < deadline, otherwise)
        time.sleep(0.5)
    return found


@contextmanager
def _folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="yiwang-smoke-proofs-") as folder:
        yield Path(folder)
