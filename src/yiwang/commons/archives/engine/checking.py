"""Does the four-property check on a package: each item with what was found and the evidence of it."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any, Final

from yiwang.commons.ledger.engine import TrustedKeys
from yiwang.kernel.verdicts import Mark, Verdict

from .content import MISSING, Kind
from .formats import active, encrypted, media_type_of, openable, preservable
from .metadata import ENTITIES, Field, is_moment
from .opening import Package, as_json, open_package
from .packing import DIGESTS, LEDGER_KEYS, STATEMENTS
from .properties import BY_ID, CHECKS, Check, Outcome, Property, Stage
from .signing import TrustedArchives
from .verifying import Judge, verdict_of

ARCHIVE_NUMBER: Final = re.compile(r"[0-9A-Za-z]{1,40}-[A-Z]{1,4}·\d{4}-(Y|D30|D10)-\d{1,8}")
_SHOWN: Final = 5
_WAITED: Final = timedelta(minutes=1)
"""Two who act on one record wait for each other: the one who began first may be written second."""
Scan = Callable[[bytes], bool | None]
"""Whether bytes are clean; None: the scanner could not look."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a check is told from outside: whom to trust, what was registered of the package, who looks for malicious code."""

    trusted: TrustedArchives | None = None
    ledger_keys: TrustedKeys | None = None
    judge_sealed: Judge | None = None
    digest: str = ""
    scan: Scan | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """The outcome of one check; `evidence`: what was seen, numbers and file names only."""

    check: Check
    outcome: Outcome
    evidence: str = ""

    def as_json(self) -> dict[str, str]:
        return {"id": self.check.id, "outcome": self.outcome.value, "evidence": self.evidence}

    @classmethod
    def of(cls, told: Mapping[str, Any]) -> "Finding | None":
        """From `as_json`; None for a check that there is no more."""
        check = BY_ID.get(str(told.get("id")))
        return cls(check, Outcome(told["outcome"]), str(told.get("evidence", ""))) if check else None


@dataclass(frozen=True, slots=True)
class Report:
    """All findings of one check of a package."""

    stage: Stage
    findings: tuple[Finding, ...] = field(default=())
    accepted: frozenset[str] = frozenset()

    @classmethod
    def kept(cls, stage: str, told: Iterable[Mapping[str, Any]], accepted: frozenset[str] = frozenset()) -> "Report":
        """From what was kept of it (`Finding.as_json`)."""
        return cls(Stage(stage), tuple(filter(None, (Finding.of(each) for each in told))), accepted)

    @property
    def passed(self) -> bool:
        """Nothing failed that stops at this stage; what could not be judged is told but stops nothing."""
        return not self.stopping

    @property
    def stopping(self) -> tuple[Finding, ...]:
        """What failed, is not tolerated at this stage, and was not accepted as a defect."""
        return tuple(
            each
            for each in self.findings
            if each.outcome is Outcome.FAILED
            and self.stage not in each.check.tolerated
            and each.check.id not in self.accepted
        )

    def of(self, which: Property) -> tuple[Finding, ...]:
        return tuple(each for each in self.findings if each.check.aspect is which)

    def outcome(self, which: Property) -> Outcome:
        """FAILED where any of its checks failed, UNCHECKED where any was not judged, else PASSED."""
        found = {each.outcome for each in self.of(which)}
        return next((each for each in (Outcome.FAILED, Outcome.UNCHECKED) if each in found), Outcome.PASSED)


def check_package(data: bytes, stage: Stage, around: Surroundings | None = None) -> Report:
    """The four properties of a package, whatever bytes it has; never raises for their sake."""
    return _Inspection(data, stage, around or Surroundings()).report()


Found = tuple[Outcome, str]


def _found(bad: "list[str] | tuple[str, ...]", seen: str = "") -> Found:
    """Failed with the first of what is bad, or passed with what was seen."""
    if not bad:
        return Outcome.PASSED, seen
    more = f" … ({len(bad)})" if len(bad) > _SHOWN else ""
    return Outcome.FAILED, "；".join(bad[:_SHOWN]) + more


class _Inspection:
    def __init__(self, data: bytes, stage: Stage, around: Surroundings) -> None:
        self.data, self.stage, self.around = data, stage, around
        self.package: Package = open_package(data)
        self.verdict: Verdict = verdict_of(
            self.package, around.trusted, ledger_keys=around.ledger_keys, judge_sealed=around.judge_sealed
        )
        self.digest = DIGESTS["sm3"](data)

    def report(self) -> Report:
        asked = [check for check in CHECKS if self.stage in check.stages]
        return Report(self.stage, tuple(Finding(check, *self._one(check)) for check in asked))

    def _one(self, check: Check) -> Found:
        if self.package.container and check.id not in {"authentic.package", "safe.process", "safe.virus"}:
            return Outcome.FAILED, self.package.container[0].text()
        if self.package.metadata is None and check.id.split(".")[1] in _OF_METADATA:
            return Outcome.FAILED, "metadata.xml"
        ask: Callable[[], Found] = getattr(self, f"_{check.id.replace('.', '_')}")
        return ask()

    # authentic

    def _authentic_signature(self) -> Found:
        signed = self.package.signed
        if self.package.signature or signed is None:
            return Outcome.FAILED, "；".join(each.text() for each in self.package.signature)
        if self.verdict.chain is not Mark.VALID:
            outcome = Outcome.FAILED if self.verdict.chain is Mark.INVALID else Outcome.UNCHECKED
            return outcome, f"{signed.organisation} {signed.suite}"
        return Outcome.PASSED, f"{signed.organisation} {signed.at}"

    def _authentic_seals(self) -> Found:
        many = sum(row.get("盖章") == "是" for row in self.package.objects)
        receipts = sum(path.endswith(".tlog-proof") for path in self.package.payload)
        if not many and not receipts:
            return Outcome.NOT_APPLICABLE, ""
        if self.verdict.seal is Mark.VALID:
            return Outcome.PASSED, f"{many} + {receipts}"
        said = [
            each.text() for each in self.verdict.reasons if getattr(each, "code", "").startswith(("seal", "receipt"))
        ]
        return (Outcome.FAILED if self.verdict.seal is Mark.INVALID else Outcome.UNCHECKED), "；".join(said[:_SHOWN])

    def _authentic_length(self) -> Found:
        return _found([f"{e}/{f.name} {len(v)}" for e, f, v in self._values() if len(v) > f.longest])

    def _authentic_form(self) -> Found:
        return _found([f"{e}/{f.name}" for e, f, v in self._values() if v and not _well_formed(f, v)])

    def _authentic_domain(self) -> Found:
        return _found([f"{e}/{f.name}={v}" for e, f, v in self._values() if f.domain and v and v not in f.domain])

    def _authentic_reason(self) -> Found:
        names = ("申请时间", "办结时间", "组卷时间")
        times = [self._record(name) for name in names]
        if not all(map(is_moment, times)):
            return Outcome.FAILED, "；".join(times)
        moments = [datetime.fromisoformat(each) for each in times]
        return _found([] if moments == sorted(moments) else [" → ".join(times)], " → ".join(times))

    def _authentic_characters(self) -> Found:
        return _found([f"{e}/{f.name}" for e, f, v in self._values() if any(not c.isprintable() for c in v)])

    def _authentic_number(self) -> Found:
        number = self.package.number
        return _found([] if ARCHIVE_NUMBER.fullmatch(number) else [number or "—"], number)

    def _authentic_content(self) -> Found:
        bad = []
        for row in self.package.objects:
            body = self.package.files.get(row.get("文件名", ""), b"")
            if media_type_of(row.get("文件名", ""), body) != row.get("格式") or str(len(body)) != row.get("大小"):
                bad.append(row.get("文件名", ""))
        return _found(bad, str(len(self.package.objects)))

    def _authentic_link(self) -> Found:
        return _found([each.text() for each in self.package.described], str(len(self.package.objects)))

    def _authentic_package(self) -> Found:
        return self._as_registered()

    def _as_registered(self) -> Found:
        if not self.around.digest:
            return Outcome.NOT_APPLICABLE, self.digest
        return _found(
            [] if self.digest == self.around.digest else [f"{self.digest} ≠ {self.around.digest}"], self.digest
        )

    # complete

    def _complete_count(self) -> Found:
        found = len(self.package.payload) - 1
        return _found(
            [] if self._record("文件数") == str(found) else [f"{self._record('文件数')} ≠ {found}"], str(found)
        )

    def _complete_bytes(self) -> Found:
        found = sum(len(self.package.files.get(row.get("文件名", ""), b"")) for row in self.package.objects)
        return _found(
            [] if self._record("字节数") == str(found) else [f"{self._record('字节数')} ≠ {found}"], str(found)
        )

    def _complete_entities(self) -> Found:
        wanted = ("文件实体", "数字对象", "机构人员实体", "业务实体", "业务行为")
        return _found([entity for entity in wanted if not self._rows(entity)], "、".join(wanted))

    def _complete_required(self) -> Found:
        return _found([f"{e}/{f.name}" for e, f, v in self._values() if f.required and not v.strip()])

    def _complete_process(self) -> Found:
        steps = self._rows("业务行为")
        if len(steps) < 2:
            return Outcome.FAILED, str(len(steps))
        times = [row.get("时间", "") for row in steps]
        if not all(map(is_moment, times)):
            return Outcome.FAILED, "业务行为/时间"
        moments = [datetime.fromisoformat(each) for each in times]
        back = any(later < before - _WAITED for before, later in pairwise(moments))
        return _found(["业务行为/时间"] if back else [], f"{steps[0].get('行为')} → {steps[-1].get('行为')}")

    def _complete_sequence(self) -> Found:
        bad = []
        for entity in ("数字对象", "业务行为"):
            numbers = [row.get("序号") for row in self._rows(entity)]
            if numbers != [str(n) for n in range(1, len(numbers) + 1)]:
                bad.append(entity)
        return _found(bad)

    def _complete_content(self) -> Found:
        kinds = {row.get("种类") for row in self.package.objects}
        bad = [k.label for k in (Kind.FORM, Kind.HISTORY) if k.label not in kinds]
        bad += [row.get("题名", "") for row in self._rows("缺省材料") if row.get("说明", "").startswith(MISSING)]
        return _found(bad, "、".join(sorted(filter(None, kinds))))

    def _complete_evidence(self) -> Found:
        receipts = [path for path in self.package.payload if path.endswith(".tlog-proof")]
        if not receipts or LEDGER_KEYS not in self.package.files:
            return Outcome.FAILED, str(len(receipts))
        told = as_json(self.package.files.get(STATEMENTS, b"")).get("statements")
        if not isinstance(told, list) or not told or not all(isinstance(each, dict) for each in told):
            return Outcome.FAILED, STATEMENTS
        named = {f"data/evidence/{each.get('receipt')}" for each in told}
        bad = [str(each.get("kind")) for each in told if f"data/evidence/{each.get('receipt')}" not in receipts]
        return _found([*bad, *sorted(set(receipts) - named)], str(len(receipts)))

    def _complete_package(self) -> Found:
        return _found([each.text() for each in self.package.bag], str(len(self.package.files)))

    # usable

    def _usable_metadata(self) -> Found:
        return (Outcome.PASSED, "XML") if self.package.metadata else (Outcome.FAILED, self.package.described[0].text())

    def _usable_format(self) -> Found:
        return _found([row.get("文件名", "") for row in self.package.objects if not preservable(row.get("格式", ""))])

    def _usable_content(self) -> Found:
        return _found([path for path, body in self.package.payload.items() if not openable(path, body)])

    def _usable_environment(self) -> Found:
        kinds = sorted({row.get("格式", "") for row in self.package.objects})
        return _found([] if all(kinds) else ["数字对象/格式"], "、".join(kinds))

    def _usable_package(self) -> Found:
        return _found([path for path, body in self.package.payload.items() if encrypted(path, body)])

    # safe

    def _safe_virus(self) -> Found:
        if self.around.scan is None:
            return Outcome.UNCHECKED, ""
        bodies = {self.digest: self.data} if self.package.container else self.package.payload
        said = {path: self.around.scan(body) for path, body in bodies.items()}
        bad = [path for path, clean in said.items() if clean is False]
        if not bad and None in said.values():
            return Outcome.UNCHECKED, str(sum(clean is None for clean in said.values()))
        return _found(bad, str(len(said)))

    def _safe_active(self) -> Found:
        return _found([path for path, body in self.package.payload.items() if active(path, body)])

    def _safe_carrier(self) -> Found:
        return _found(
            [
                e.text()
                for e in (*self.package.bag, *self.package.described)
                if e.code in {"bag.extra", "metadata.unknown"}
            ]
        )

    def _safe_process(self) -> Found:
        return self._as_registered()

    # what they read

    def _rows(self, entity: str) -> tuple[Mapping[str, str], ...]:
        return self.package.metadata.all(entity) if self.package.metadata else ()

    def _record(self, name: str) -> str:
        return self.package.metadata.one("文件实体", name) if self.package.metadata else ""

    def _values(self) -> Iterator[tuple[str, Field, str]]:
        for entity, fields in ENTITIES.items():
            for row in self._rows(entity):
                for each in fields:
                    yield entity, each, row.get(each.name, "")


_OF_METADATA: Final = frozenset(
    {"length", "form", "domain", "reason", "characters", "number", "content", "link", "count", "bytes", "entities"}
    | {"required", "process", "sequence", "format", "environment", "metadata"}
)


def _well_formed(field_: Field, value: str) -> bool:
    if field_.kind == "moment":
        return is_moment(value)
    if field_.kind == "number":
        return value.isascii() and value.isdigit()
    if field_.kind == "digest":
        return re.fullmatch(r"[0-9a-f]{64}", value) is not None
    return True
