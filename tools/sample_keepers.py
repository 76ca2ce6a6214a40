# ruff: noqa: INP001  a script, not a package
"""Officials with an office of their own: rules, keys, seals, licences, archives, connected systems, the city's hall.

They are composed one by one and not drawn, so that nobody else of the sample city changes when one is added.
"""

from dataclasses import dataclass
from datetime import date

from yiwang.kernel.codes import Sex


@dataclass(frozen=True)
class Keeper:
    """`desk` and `holds` are organisations of the city: where the office is, and over whose territory. `serial` and
    `mobile` are running numbers among the samples.
    """

    username: str
    role: str
    name: str
    sex: Sex
    born: date
    serial: int
    mobile: int
    desk: str
    holds: str = "government"


KEEPERS = (
    Keeper("rules-editor", "rule_editor", "罗安然", Sex.MALE, date(1988, 3, 12), 2, 176, "data"),
    Keeper("rules-editor-2", "rule_editor", "宋知云", Sex.FEMALE, date(1991, 6, 21), 2, 178, "data"),
    Keeper("rules-publisher", "rule_publisher", "唐清悦", Sex.FEMALE, date(1979, 9, 5), 3, 177, "data"),
    Keeper("crypto-keeper", "crypto_keeper", "贺清禾", Sex.FEMALE, date(1984, 10, 27), 0, 179, "data"),
    Keeper("seal-officer", "seal_officer", "顾安澜", Sex.FEMALE, date(1986, 3, 9), 2, 180, "health", "health"),
    Keeper("seal-registrar", "seal_registrar", "邵启明", Sex.MALE, date(1979, 7, 22), 2, 181, "police"),
    Keeper(
        "licence-manager", "licence_manager", "尹书白", Sex.FEMALE, date(1990, 5, 16), 2, 182, "government_services"
    ),
    Keeper("archivist", "archivist", "孟存理", Sex.MALE, date(1983, 11, 30), 2, 183, "government_services"),
    Keeper(
        "archive-approver", "archive_approver", "段鉴平", Sex.MALE, date(1974, 2, 11), 2, 184, "government_services"
    ),
    Keeper(
        "system-contact",
        "system_contact",
        "陆知行",
        Sex.FEMALE,
        date(1987, 5, 12),
        2,
        185,
        "human_resources-card",
        "human_resources",
    ),
    Keeper("city-hall-clerk", "clerk", "汤予宁", Sex.FEMALE, date(1989, 6, 14), 2, 186, "service_hall"),
)
