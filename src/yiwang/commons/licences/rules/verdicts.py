"""The verdict about a licence's file: its seal, that page and metadata say the same, its identifier, and how it stands."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import ParseError, fromstring

from yiwang.commons.licences.rules.identifiers import InvalidIdentifier, parse_identifier
from yiwang.commons.licences.rules.papers import METADATA_FILE
from yiwang.commons.licences.rules.statuslist import StatusList
from yiwang.commons.seals.engine import SealFault, Trust, open_package, verify_sealed
from yiwang.kernel.clock import CHINA
from yiwang.kernel.verdicts import Mark, Verdict, worst

MAX_FILE: Final = 32 * 1024 * 1024
_MAX_PART: Final = 4 * 1024 * 1024
_ON_PAGE: Final = ("证照编号", "证照颁发机构")
"""What must stand on the page as it stands in the metadata: every layout shows them."""
_SEAL_KINDS: Final = re.compile(
    r"((电子)?(证照|行政审批|政务服务|业务|合同|财务|档案)?(专用)?(公)?章)?([（(][0-9]{1,3}[)）])?([（(]样例[)）])?"
)
"""What may follow the organisation's name in the name of its seal."""
WORDS: Final[dict[str, tuple[str, str]]] = {
    "large": ("文件太大，不是电子证照", "The file is too large for a licence"),
    "no_metadata": ("文件里没有证照元数据（GB/T 36905）", "The file holds no metadata of a licence (GB/T 36905)"),
    "bad_metadata": ("证照元数据读不懂", "The metadata of the licence can't be read"),
    "identifier": ("证照标识无效：{why}", "The identifier is wrong: {why}"),
    "page": ("版面上的“{name}”和元数据不一致", "The page does not say the same as the metadata: {name}"),
    "pdf": (
        "PDF 里没有证照元数据，请用 OFD 核对证照标识",
        "A PDF holds no metadata; check the identifier with the OFD",
    ),
    "no_status": (
        "没有核对证照现在的状态：用 --status 给出颁发平台公布的状态清单",
        "Whether the licence still stands was not checked: give the published status list with --status",
    ),
    "stands": (
        "截至 {at}，状态清单（{by}）里没有这个证照失效的记录；清单只列本平台签发后失效的证照",
        "Nothing against this licence was listed by {by} at {at}; the list names only that platform’s own licences that ended",
    ),
    "suspended": ("证照从 {since} 起暂停使用", "The licence is suspended since {since}"),
    "revoked": ("证照从 {since} 起已经失效", "The licence was revoked on {since}"),
    "replaced": ("证照从 {since} 起已经换发", "The licence was replaced on {since}"),
    "superseded": ("这是旧版本，{since} 起以新版本为准", "This version was superseded on {since}"),
    "other_seal": (
        "盖章的是“{seal}”，证照上写的颁发机构是“{issuer}”，两者不一致",
        "Sealed by “{seal}”, but the licence names “{issuer}” as its issuer",
    ),
    "over": ("证照的有效期到 {last} 为止", "The licence is valid until {last}"),
}


@dataclass(frozen=True, slots=True)
class Remark:
    """Why something is so, by its code."""

    code: str
    params: Mapping[str, str] = field(default_factory=dict, hash=False)

    def text(self, language: str = "zh", /) -> str:
        """One sentence."""
        return WORDS[self.code][1 if language == "en" else 0].format_map(self.params)


def verify_licence(data: bytes, trust: Trust, status: StatusList | None = None) -> Verdict:
    """Judge a licence's OFD or PDF offline; never raises for the file's sake.

    The four marks are those of its seals; `references` also says whether the page and the metadata agree and the
    identifier's check character holds, `chain` whether a status list that was given speaks against it.
    """
    if len(data) > MAX_FILE:
        return Verdict(reasons=(Remark("large"),))
    sealed = verify_sealed(data, trust)
    if not data.startswith(b"PK\x03\x04"):
        more = (Remark("pdf"),) if data.startswith(b"%PDF-") else ()
        return replace(sealed, remarks=(*sealed.remarks, *more))
    said, faults = _metadata(data)
    marks: dict[str, Any] = {"references": worst(sealed.references, Mark.INVALID if faults else Mark.VALID)}
    reasons, remarks = [*sealed.reasons, *faults], list(sealed.remarks)
    foreign = _other_seal(sealed, said.get("证照颁发机构", ""))
    if foreign is not None:
        marks["seal"] = Mark.INVALID
        reasons.append(foreign)
    number = said.get("证照标识", "")
    found = status.of(number) if status else None
    if status is None:
        remarks.append(Remark("no_status"))
    elif found is None:
        remarks.append(Remark("stands", {"at": f"{status.made_at.astimezone(CHINA):%Y-%m-%d %H:%M}", "by": status.by}))
    else:
        marks["chain"] = Mark.INVALID
        reasons.append(Remark(found[0], {"since": found[1]}))
    if re.fullmatch(r"\d{4}-\d\d-\d\d", said.get("证照有效期截止日期", "")):
        remarks.append(Remark("over", {"last": said["证照有效期截止日期"]}))
    about = {
        "identifier": number,
        "licence": {"name": said.get("证照类型名称", ""), "issuer": said.get("证照颁发机构", "")},
    }
    return replace(sealed, **marks, reasons=tuple(reasons), remarks=tuple(remarks), more={**sealed.more, **about})


def _other_seal(sealed: Verdict, issuer: str) -> Remark | None:
    """Every seal must be the issuer's: its name is the issuer's, or that with the kind of seal behind it."""
    if not issuer:
        return None
    for one in sealed.more.get("signatures") or [sealed.more]:
        name = _bare(str(one.get("seal_name", "")))
        rest = name.removeprefix(_bare(issuer))
        if rest == name or _SEAL_KINDS.fullmatch(rest) is None:
            return Remark("other_seal", {"seal": name, "issuer": issuer})
    return None


def _metadata(data: bytes) -> tuple[dict[str, str], list[Remark]]:
    """The metadata in the file and what speaks against it."""
    try:
        files = open_package(data).files
    except SealFault:
        return {}, []  # the seals' verdict says what is wrong with the package
    kept = next((files[name] for name in _attached(files)), None)
    if kept is None:
        return {}, [Remark("no_metadata")]
    said = _object(kept)
    if said is None:
        return {}, [Remark("bad_metadata")]
    return said, [*_identifier_faults(said), *_page_faults(files, said)]


def _attached(files: Mapping[str, bytes]) -> Iterator[str]:
    """Where the metadata lies: the attachment of that name."""
    for name, data in files.items():
        if name.rpartition("/")[2] != "Attachments.xml" or len(data) > _MAX_PART:
            continue
        for one in _elements(data):
            if one.get("Name") == METADATA_FILE:
                place = next((child.text or "" for child in one if child.tag.endswith("FileLoc")), "").strip()
                yield from (kept for kept in files if place and kept == place.lstrip("/"))


def _object(kept: bytes) -> dict[str, str] | None:
    if len(kept) > _MAX_PART:
        return None
    try:
        said = json.loads(kept)
    except (ValueError, RecursionError):
        return None
    if not isinstance(said, dict) or not all(isinstance(value, str) for value in said.values()):
        return None
    return said


def _identifier_faults(said: Mapping[str, str]) -> list[Remark]:
    try:
        parts = parse_identifier(said.get("证照标识", ""))
    except InvalidIdentifier as fault:
        return [Remark("identifier", {"why": str(fault)})]
    if parts.type_code != said.get("证照类型代码", "") or parts.issuer != said.get("证照颁发机构代码", ""):
        return [Remark("identifier", {"why": "和类型代码或颁发机构代码不一致"})]
    return []


def _page_faults(files: Mapping[str, bytes], said: Mapping[str, str]) -> list[Remark]:
    shown = _bare("".join(_texts(files)))
    return [Remark("page", {"name": name}) for name in _ON_PAGE if _bare(said.get(name, "")) not in shown]


def _texts(files: Mapping[str, bytes]) -> Iterator[str]:
    for name, data in files.items():
        if "/Pages/" in name and name.endswith(".xml") and len(data) <= _MAX_PART:
            yield from (one.text or "" for one in _elements(data) if one.tag.endswith("TextCode"))


def _elements(data: bytes) -> Iterator[Any]:
    """The elements of a stranger's XML, none where it can't be read."""
    try:
        root = fromstring(data, forbid_dtd=True)
    except (DefusedXmlException, ParseError, ValueError, RecursionError):
        return
    yield from root.iter()


def _bare(text: str) -> str:
    return "".join(text.split())
