"""免证办: what the applicant holds stands for materials, once they agree, and they see who used it and looked at it."""

import time

from yiwang.site.smoke.applicant import Filed
from yiwang.site.smoke.browsing import Page
from yiwang.site.smoke.examining import Play
from yiwang.site.smoke.ledger import hold

_PATIENCE = 90.0
_NOT_IN_FORCE = "is-quiet"


def in_the_wallet(played: Play) -> None:
    """Wait until what the applicant holds is sealed: before that nothing can be retrieved."""
    wanted = [each.number for each in played.story.licences]
    deadline = time.monotonic() + _PATIENCE
    while wanted:
        wallet = played.applicant.browser.get("/mine/licences/")
        cards = [(each.text, (each.get("class") or "").split()) for each in wallet.main.all("li", css="ll-card")]
        sealed = [text for text, classes in cards if _NOT_IN_FORCE not in classes]
        if all(sum(number in card for card in sealed) == wanted.count(number) for number in wanted):
            return  # two sorts of licences may bear the same number
        hold(time.monotonic() < deadline, f"in the wallet are {cards}, wanted {sorted(wanted)}")
        time.sleep(0.3)


def agreed_and_recorded(played: Play, filed: Filed) -> int:
    """Each licence held stood for a material of the case: by a consent, with a use and an entry that the holder sees."""
    held = played.story.licences
    if not held:
        return 0
    browser = played.applicant.browser
    hold(len(played.applicant.agreed) == len(held), f"{played.applicant.agreed} were offered for {held}")
    rows = played.ledger.rows(
        """SELECT material, reference FROM serve_cases_casematerial
           WHERE by = 'licence' AND reference <> '' AND origin_id IS NULL AND case_id IN (SELECT id FROM own)""",
        number=filed.number,
    )
    used = {row["reference"] for row in rows}
    hold(len(used) == len(held), f"{filed.number}: {rows} came from {len(held)} licences")
    consents = browser.get("/mine/privacy/consents/")
    entries = browser.get("/mine/privacy/")
    cases = {row["number"] for row in played.ledger.members(filed.number)} | {filed.number}
    for licence_id in used:
        page = browser.get(f"/mine/licences/{licence_id}/")
        _recorded(page, cases)
        for where, said in (("consents", consents), ("entries", entries)):
            said.must(page.heading in said.main.text, f"{page.heading} is not among the {where}")
        played.stranger.get(f"/mine/licences/{licence_id}/", status=404)
    entries.must(any(case in entries.main.text for case in cases), "no entry names the case")
    return len(used)


def _recorded(page: Page, cases: set[str]) -> None:
    uses = next(
        (each.text for each in page.main.all("section") if each.get("aria-labelledby") == "uses"), page.main.text
    )
    page.must(any(case in uses for case in cases), f"{page.heading} does not say who used it: {uses}")
