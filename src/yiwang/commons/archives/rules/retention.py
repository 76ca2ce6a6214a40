"""How long an archive is kept, from the kind of its result: a table as data, its ground, and the day on which the time ends.

Permanent and 30 and 10 years are the periods of 国家档案局令第8号《机关文件材料归档范围和文书档案保管期限规定》; which result has which is a
city's own table, made on its grounds and approved by the archives administration. The rows here are a sample of such a table.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from yiwang.commons.archives.contracts.kinds import Retention

GROUND: Final = "国家档案局令第8号《机关文件材料归档范围和文书档案保管期限规定》"
CODES: Final[Mapping[Retention, str]] = {Retention.PERMANENT: "Y", Retention.YEARS_30: "D30", Retention.YEARS_10: "D10"}
_YEARS: Final = {Retention.YEARS_30: 30, Retention.YEARS_10: 10}


@dataclass(frozen=True, slots=True)
class RetentionRule:
    """A row of the table: the first whose facts all fit decides. `when`: values by fact; `sample`: not yet approved."""

    when: Mapping[str, frozenset[str]]
    retention: Retention
    words: str
    sample: bool = True

    def fits(self, facts: Mapping[str, str]) -> bool:
        return all(facts.get(name) in values for name, values in self.when.items())


def _one_of(*values: str) -> frozenset[str]:
    return frozenset(values)


RULES: Final[tuple[RetentionRule, ...]] = (
    RetentionRule({"retention": _one_of("permanent")}, Retention.PERMANENT, "事项清单确定：永久"),
    RetentionRule({"retention": _one_of("years30")}, Retention.YEARS_30, "事项清单确定：30年"),
    RetentionRule({"retention": _one_of("years10")}, Retention.YEARS_10, "事项清单确定：10年"),
    RetentionRule({"result": _one_of("granted", "partly_granted", "revoked")}, Retention.YEARS_30, "准予许可、确认、给付的办件：30年"),
    RetentionRule({"result": _one_of("refused")}, Retention.YEARS_30, "不予许可的办件：30年"),
    RetentionRule(
        {"result": _one_of("not_accepted", "withdrawn", "discontinued")}, Retention.YEARS_10, "没有作出实体决定的办件：10年"
    ),
)  # fmt: skip


def decided(facts: Mapping[str, str]) -> tuple[Retention, str] | None:
    """The period and its ground in words; None where no row fits: then an archivist decides, and nothing else waits."""
    for rule in RULES:
        if rule.fits(facts):
            return rule.retention, f"{GROUND}；{rule.words}"
    return None


def ends(retention: Retention, closed: date) -> date | None:
    """The last day of the period, which begins on 1 January of the year after the file was closed; None: never."""
    years = _YEARS.get(retention)
    return date(closed.year + years, 12, 31) if years else None


def code_of(retention: Retention) -> str:
    """The code in an archive's number (DA/T 13): Y, D30, D10."""
    return CODES[retention]
