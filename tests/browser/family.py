"""Two sample families and how they apply for everything after a birth; names and numbers are composed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from tests.browser.visitor import Visitor
from yiwang.kernel import clock

YES, NO = "yes", "no"


@dataclass(frozen=True)
class Family:
    """Who applies, what the guide is told, what is typed where nothing is known."""

    username: str
    guide: Mapping[str, str]
    typed: Mapping[str, str]
    officials: tuple[str, ...] = field(default=())
    held: int = 0
    """For how many materials the pack gives them a licence."""


_GUIDE = {
    "born_in_hospital": YES, "birth_certificate_held": NO, "parents_married": YES, "settle_with": "mother",
    "settle_in_city": YES, "wants_medical_insurance": YES, "wants_social_security_card": YES,
    "fertility_registered": NO, "mother_maternity_insured": NO,
}  # fmt: skip


def _typed(**more: str) -> dict[str, str]:
    born = clock.today() - timedelta(days=6)
    return {
        "child_name": "样小禾", "child_sex": "2", "child_birth_date": born.isoformat(), "child_birth_time": "06:42",
        "child_order": "1", "applicant_relation": "mother", "father_nation": "01", "child_nation": "01",
        "households_differ": NO, "child_already_insured": NO, "card_bank": "jiangnan", "delivery_method": "post",
        "birth_place": "常州市", **more,
    }  # fmt: skip


TIANNING = Family(
    "family1-mother",
    _GUIDE,
    _typed(
        father_name="曹博",
        father_id_number="320402199405180055",
        father_mobile="19900000002",
        householder_name="蔡思蓉",
    ),
    held=2,
)
WUJIN = Family(
    "family5-mother",
    _GUIDE,
    _typed(
        father_name="郭涛",
        father_id_number="320412199506030059",
        father_mobile="19900000010",
        householder_name="宋文怡",
    ),
)


def answer_guide(visitor: Visitor, family: Family) -> None:
    """Question by question until the page says what is to be done."""
    page = visitor.page
    while page.locator("input[name=about]").count():
        fact = page.locator("input[name=about]").get_attribute("value") or ""
        answer = family.guide[fact]
        if page.locator("input[name=answer][type=radio]").count():
            page.locator(f"label:has(input[name=answer][value={answer}])").click()
        else:
            page.locator("[name=answer]").fill(answer)
        visitor.press("继续")


def fill_step(visitor: Visitor, family: Family) -> None:
    """Answer everything on the page that is still empty; an answer may bring new questions."""
    page = visitor.page
    told = {**family.guide, **family.typed}
    for _turn in range(40):
        names = page.evaluate(_EMPTY, list(told))
        if not names:
            return
        _answer(visitor, names[0], told.get(names[0], ""))
    raise AssertionError(f"{page.url}: still empty: {page.evaluate(_EMPTY, list(told))}")


_EMPTY = """(told) => [...document.querySelectorAll('#form-fields [name]')].filter((e) => e.checkVisibility() && !e.disabled
  && !['hidden', 'file'].includes(e.type) && (e.type !== 'checkbox' || told.includes(e.name))
  && (['radio', 'checkbox'].includes(e.type)
  ? !e.form.querySelector(`[name="${e.name}"]:checked`) : !e.value)).map((e) => e.name)"""


def _answer(visitor: Visitor, name: str, words: str) -> None:
    page = visitor.page
    control = page.locator(f"#form-fields [name='{name}']").first
    kind = control.evaluate("e => e.type")
    if kind in {"radio", "checkbox"}:
        page.locator(f"label:has(input[name='{name}'][value='{words}'])").click()
    elif kind == "select-one":
        control.select_option(words or control.evaluate("e => [...e.options].find(o => o.value).value"))
    else:
        assert words, f"{page.url}: nothing to type for {name}"
        control.fill(words)
        control.blur()
    page.wait_for_timeout(60)
    page.wait_for_function("() => !document.querySelector('.htmx-request')")
