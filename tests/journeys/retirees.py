"""Stories of people who retire. Nobody in them exists."""

from dataclasses import replace
from datetime import date
from random import Random

from yiwang.kernel import clock
from yiwang.kernel.codes import Sex
from yiwang.kernel.codes.synthetic import SyntheticPerson, synthetic_id_number, synthetic_mobile, synthetic_name
from yiwang.site.smoke.family import City
from yiwang.site.smoke.story import Story

MEMBERS = (
    "household_verification",
    "retirement_pension",
    "retirement_medical",
    "fund_withdrawal",
    "only_child_reward",
)
HANDED = (
    ("retirement_pension", "household_verification"),
    ("retirement_medical", "retirement_pension"),
    ("fund_withdrawal", "retirement_pension"),
    ("only_child_reward", "household_verification"),
    ("only_child_reward", "retirement_pension"),
)
# kind, sex, ages at which the law's age is reached for certain in the years of the raise
_KINDS = (("man", Sex.MALE, (63, 64)), ("woman_55", Sex.FEMALE, (58, 59)), ("woman_50", Sex.FEMALE, (55, 56)))


def _retiree(random: Random, division: str) -> tuple[SyntheticPerson, str]:
    kind, sex, ages = random.choice(_KINDS)
    born = date(clock.today().year - random.randint(*ages) - 1, random.randint(1, 12), random.randint(1, 28))
    number = synthetic_id_number(division_code=division, birth_date=born, sex=sex, serial=random.randrange(4))
    mobile = synthetic_mobile(random.randrange(10_000))
    return SyntheticPerson(synthetic_name(random, sex=sex), sex, born, number, mobile), kind


def retirement(random: Random, staffed: City) -> Story:
    """An employee of retirement age, insured, with a provident fund account and an only child, in a street with officials."""
    region = random.choice(staffed.streets)
    person, kind = _retiree(random, region[:6])
    address = f"样例路{random.randint(1, 300)}号{random.randint(1, 30)}幢{random.randint(101, 999)}室"
    wishes = {
        "special_work": False, "household_in_city": True, "employee_medical_insured": True,
        "medical_years_met": random.random() < 0.5, "has_housing_fund": True, "only_child_certificate_held": True,
    }  # fmt: skip
    answers = {fact: "yes" if value else "no" for fact, value in wishes.items()} | {
        "retirement_kind": kind,
        "retirement_way": "normal",
        "retiree_birth_date": person.birth_date.isoformat(),
        "contribution_months": str(random.randint(240, 480)),
        "retiree_name": person.name,
        "retiree_id_number": person.id_number,
        "retiree_mobile": person.mobile,
        "retiree_employer": f"常州样例{random.randint(100, 999)}机械有限公司",
        "retiree_region": region,
        "retiree_region.district": region[:6],
        "retiree_address": address,
        "retiree_household_region": region,
        "retiree_household_region.district": region[:6],
        "retiree_household_address": address,
        "medical_topup": "once",
        "fund_account": "".join(random.choices("0123456789", k=12)),
        "only_child_name": synthetic_name(random, sex=Sex.FEMALE),
        "only_child_certificate_number": f"样例光{random.randint(100000, 999999)}",
        "retiree_account_bank": "样例银行常州分行",
        "retiree_account_number": "".join(random.choices("0123456789", k=16)),
    }
    return Story(
        said="我要退休了",
        bundle="retirement",
        applicant=person,
        region=region,
        address=address,
        answers=answers,
        shown=("retiree_name", "retiree_employer", "only_child_name"),
        entered={"monthly_pension": str(random.randint(2200, 6800))},
        handed=HANDED,
    )


def refused_and_returned(random: Random, staffed: City) -> Story:
    """The same, but the reward is returned for correction once, and the withdrawal from the fund is refused."""
    return replace(
        retirement(random, staffed),
        verdicts={"only_child_reward": ("correct",), "fund_withdrawal": ("accept", "refuse")},
    )
