"""Stories of people who open a restaurant. Nobody in them exists."""

from dataclasses import replace
from random import Random

from yiwang.kernel import clock
from yiwang.kernel.codes.synthetic import synthetic_credit_code, synthetic_family
from yiwang.site.smoke.family import City
from yiwang.site.smoke.story import Story

MEMBERS = (
    "business_licence",
    "food_business_permit",
    "fire_safety_check",
    "signboard",
    "seal_engraving",
    "tax_registration",
)


def restaurant(random: Random, staffed: City) -> Story:
    """A company opens a large restaurant with a signboard and seals, in a street that has officials."""
    region = random.choice(staffed.streets)
    family = synthetic_family(random, today=clock.today(), mother_division=region[:6], father_division=region[:6])
    founder = random.choice((family.mother, family.father))
    address = f"样例路{random.randint(1, 300)}号{random.randint(1, 9)}幢{random.randint(101, 120)}室"
    name = f"常州样例{random.randint(1000, 9999)}餐饮有限公司"
    wishes = {
        "makes_fumes": True, "venue_forbidden": False, "business_licence_held": False, "tax_registered": False,
        "shop_large": True, "fire_by_pledge": False, "wants_signboard": True, "wants_seal": True, "food_online": True,
        "wants_invoices": True,
    }  # fmt: skip
    answers = {fact: "yes" if value else "no" for fact, value in wishes.items()} | {
        "shop_kind": "company",
        "shop_name": name,
        "shop_region": region,
        "shop_region.district": region[:6],
        "shop_address": address,
        "shop_area": str(random.randint(300, 900)),
        "venue_right": "leased",
        "registered_capital": "50",
        "shop_employees": "12",
        "operator_name": founder.name,
        "operator_id_number": founder.id_number,
        "operator_mobile": founder.mobile,
        "food_forms": "hot",
        "kitchen_area": "60",
        "safety_manager_name": founder.name,
        "signboard_place": "lintel",
        "signboard_text": "样例饭店",
        "signboard_width": "4",
        "signboard_height": "1.2",
        "fire_floor": "1",
        "fire_exits": "2",
        "fire_manager_name": founder.name,
        "seal_kinds": "official",
        "taxpayer_kind": "small",
        "delivery_method": "counter",
    }
    return Story(
        said="我想开个小饭馆",
        bundle="open_restaurant",
        applicant=founder,
        region=region,
        address=address,
        answers=answers,
        shown=("shop_name", "operator_name", "shop_address"),
        entered={"shop_credit_code": synthetic_credit_code(division_code=region[:6], serial=random.randint(1, 999))},
        instant=frozenset({"tax_registration"}),
        handed=tuple((taker, "business_licence") for taker in ("food_business_permit", "signboard", "seal_engraving")),
    )


def refused_and_returned(random: Random, staffed: City) -> Story:
    """The same, but the permit is returned for correction once, and the signboard is refused."""
    return replace(
        restaurant(random, staffed), verdicts={"food_business_permit": ("correct",), "signboard": ("accept", "refuse")}
    )
