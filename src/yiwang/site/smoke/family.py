"""A random family with a newborn, and what its parents would answer to each question. Nobody in it exists."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from random import Random
from typing import Any

from ruamel.yaml import YAML

from yiwang.kernel import clock
from yiwang.kernel.codes import Sex
from yiwang.kernel.codes.synthetic import SyntheticFamily, SyntheticPerson, synthetic_family, synthetic_id_number
from yiwang.site.smoke.story import HeldBefore, Story

_HAN = "01"
_STREET_OFFICES = ("police", "health", "government")


@dataclass(frozen=True, slots=True)
class Official:
    """A demonstration account of the pack that works somewhere."""

    username: str
    organisation: str
    roles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class City:
    """What the pack says of its demonstration accounts: who works where, which streets are staffed."""

    password: str
    officials: tuple[Official, ...]

    @property
    def streets(self) -> tuple[str, ...]:
        """Codes of the streets whose police, health centre and office all have an account."""
        held = {each.organisation for each in self.officials}
        found = {match[1] for each in held if (match := re.fullmatch(r"(\d{9})-police", each))}
        return tuple(sorted(code for code in found if all(f"{code}-{line}" in held for line in _STREET_OFFICES)))


def city(pack: Path) -> City:
    """Read the demonstration accounts from people.yaml of the pack."""
    people: dict[str, Any] = YAML(typ="safe", pure=True).load((pack / "people.yaml").read_text("utf-8"))
    officials = tuple(
        Official(each["username"], each["organisation"], tuple(post["role"] for post in each["posts"]))
        for each in people["officials"]
    )
    return City(people["password"], officials)


@dataclass(frozen=True, slots=True)
class Household:
    """A family with its home and its wishes. `relation`: which parent applies; `answers`: by the name of the fact."""

    family: SyntheticFamily
    region: str
    relation: str
    answers: Mapping[str, str]

    @property
    def applicant(self) -> SyntheticPerson:
        return self.family.mother if self.relation == "mother" else self.family.father

    @property
    def instant(self) -> frozenset[str]:
        """Codes of the matters that the published rules decide for this family without an official."""
        married = self.answers["parents_married"] == "yes"
        return frozenset({"medical_insurance", "fertility_registration"} if married else {"medical_insurance"})

    @property
    def partner(self) -> SyntheticPerson:
        """The parent who does not apply."""
        return self.family.father if self.relation == "mother" else self.family.mother

    def story(self) -> Story:
        """The family's application for everything that a newborn needs."""
        return Story(
            said="孩子出生了",
            bundle="newborn",
            applicant=self.applicant,
            region=self.region,
            address=self.answers["settle_address"],
            answers=self.answers,
            shown=("child_name", "mother_name", "settle_address"),
            entered={"child_id_number": self.child_id_number()},
            instant=self.instant,
            others=(self.partner,),
            handed=(("household_registration", "birth_certificate"),),
            licences=tuple(self._held()),
        )

    def _held(self) -> Iterator[HeldBefore]:
        """What the parent who applies holds: the household register where the child joins their household; being married."""
        who, other, number = self.applicant, self.partner, self.applicant.id_number
        if self.answers["settle_with"] == self.relation:
            values = {"name": who.name, "head_name": who.name, "address": self.answers["settle_address"]}
            yield HeldBefore("household_register", f"SL-{number}", f"{self.region}-police", values)
        if self.answers["parents_married"] == "yes":
            values = {
                "name": who.name,
                "id_number": number,
                "spouse_name": other.name,
                "spouse_id_number": other.id_number,
            }
            yield HeldBefore("marriage_certificate", f"SL-{number}", f"{self.region[:6]}-civil_affairs", values)

    def child_id_number(self) -> str:
        """The number that the police would assign."""
        child = self.family
        return synthetic_id_number(
            division_code=self.region[:6], birth_date=child.child_birth_date, sex=child.child_sex, serial=3
        )


def household(random: Random, *, today: date, streets: tuple[str, ...]) -> Household:
    """A family somewhere in the city, with a birth certificate still to be issued and a household in the city."""
    region = random.choice(streets)
    family = synthetic_family(random, today=today, mother_division=region[:6], father_division=region[:6])
    relation = random.choice(("mother", "father"))
    address = f"样例路{random.randint(1, 300)}号{random.randint(1, 30)}幢{random.randint(101, 999)}室"
    married = random.random() < 0.8
    settles = random.choice(("mother", "father")) if married else "mother"
    wishes = {
        "born_in_hospital": True,
        "birth_certificate_held": False,
        "parents_married": married,
        "settle_in_city": True,
        "wants_medical_insurance": True,
        "wants_social_security_card": random.random() < 0.8,
        "fertility_registered": random.random() < 0.4,
        "mother_maternity_insured": random.random() < 0.4,
        "households_differ": False,
        "child_already_insured": False,
    }
    answers = {name: "yes" if value else "no" for name, value in wishes.items()} | {
        "settle_with": settles,
        "applicant_relation": relation,
        "child_name": family.child_name,
        "child_sex": "1" if family.child_sex is Sex.MALE else "2",
        "child_birth_date": family.child_birth_date.isoformat(),
        "child_birth_time": f"{random.randrange(24):02d}:{random.randrange(60):02d}",
        "child_order": str(random.randint(1, 3)),
        "child_nation": _HAN,
        "birth_place": f"常州市{address}",
        "settle_region": region,
        "settle_region.district": region[:6],
        "settle_address": address,
        "householder_name": (family.mother if settles == "mother" else family.father).name,
        "residence_region": region,
        "residence_region.district": region[:6],
        "residence_address": address,
        "delivery_method": random.choice(("post", "counter")),
        "delivery_address": address,
        "mother_employer": "常州样例餐饮管理有限公司",
        "benefit_account_bank": "样例银行常州分行",
        "benefit_account_number": "".join(random.choices("0123456789", k=16)),
    }
    for who, person in (("mother", family.mother), ("father", family.father)):
        answers |= {
            f"{who}_name": person.name,
            f"{who}_id_number": person.id_number,
            f"{who}_mobile": person.mobile,
            f"{who}_nation": _HAN,
        }
    return Household(family, region, relation, answers)


def newborn(random: Random, staffed: City) -> Story:
    """A child is born to a random family of the city."""
    return household(random, today=clock.today(), streets=staffed.streets).story()
