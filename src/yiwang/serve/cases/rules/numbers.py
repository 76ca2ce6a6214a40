"""Case numbers: region, day, running number; members carry the parent's number and their place."""

import re
from datetime import date

NUMBER = re.compile(r"^(?P<region>\d{6,12})-(?P<day>\d{8})-(?P<serial>\d{6,9})(?:-(?P<member>\d{2,3}))?$")


def case_number(region: str, day: date, serial: int) -> str:
    """`320402-20261116-000482`."""
    return f"{region}-{day:%Y%m%d}-{serial:06d}"


def member_number(parent: str, place: int) -> str:
    """`320402-20261116-000482-02`; `place` counts from 1."""
    return f"{parent}-{place:02d}"
