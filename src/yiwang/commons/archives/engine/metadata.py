"""The metadata file: XML of the four entities, its items as a table that writer, reader and checks share.

The names of the items are Chinese as in the standards (DA/T 46, DA/T 48, GB/T 42727): an archivist reads the file as it is.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from xml.sax.saxutils import escape

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import ParseError, fromstring

from yiwang.kernel.clock import CHINA

from .content import Content, Item
from .wording import ArchiveFault

NAMESPACE: Final = "urn:yiwang:archive:1"
MAX_METADATA: Final = 8 * 1024 * 1024
_DEEPEST: Final = 6
RETENTIONS: Final = ("永久", "30年", "10年")
_MOMENT: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+08:00")


@dataclass(frozen=True, slots=True)
class Field:
    """An item of an entity: whether it must be filled, how long it may be, its type (text, moment, number, digest, code)."""

    name: str
    required: bool = True
    longest: int = 200
    kind: str = "text"
    domain: tuple[str, ...] = ()


ENTITIES: Final[Mapping[str, tuple[Field, ...]]] = {
    "文件实体": (
        Field("档号", longest=80, kind="archive_number"),
        Field("题名", longest=300),
        Field("文件编号", longest=80),
        Field("类别", longest=40),
        Field("保管期限", domain=RETENTIONS),
        Field("保管期限依据", longest=300),
        Field("密级", required=False, longest=40),
        Field("语种", longest=10),
        Field("申请时间", kind="moment"),
        Field("办结时间", kind="moment"),
        Field("组卷时间", kind="moment"),
        Field("文件数", kind="number"),
        Field("字节数", kind="number"),
        Field("样例", required=False, domain=("是", "")),
    ),
    "数字对象": (
        Field("序号", kind="number"),
        Field("种类", longest=40),
        Field("题名", longest=300),
        Field("文件名", longest=200),
        Field("格式", longest=120),
        Field("大小", kind="number"),
        Field("SM3", kind="digest"),
        Field("形成时间", kind="moment"),
        Field("来源", required=False, longest=200),
        Field("盖章", domain=("是", "否")),
    ),
    "缺省材料": (Field("题名", longest=300), Field("说明", longest=300)),
    "机构人员实体": (
        Field("角色", longest=40),
        Field("类型", domain=("organisation", "person", "entity")),
        Field("名称", longest=200),
        Field("代码", required=False, longest=60),
    ),
    "业务实体": (
        Field("事项编码", required=False, longest=80),
        Field("事项名称", longest=300),
        Field("事项版本", required=False, longest=80),
        Field("行政区划", required=False, longest=20),
        Field("办理结果", longest=40),
    ),
    "业务行为": (
        Field("序号", kind="number"),
        Field("行为", longest=60),
        Field("时间", kind="moment"),
        Field("行为人", required=False, longest=200),
        Field("状态", required=False, longest=40),
    ),
    "实体关系": (
        Field("关系", longest=40),
        Field("编号", longest=80),
        Field("题名", required=False, longest=300),
    ),
}
_MANY: Final = {"数字对象", "缺省材料", "机构人员实体", "业务行为", "实体关系"}
Row = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Metadata:
    """What the file says: rows of each entity, in their order."""

    rows: Mapping[str, tuple[Row, ...]]

    def one(self, entity: str, name: str) -> str:
        """An item of an entity that stands once."""
        found = self.rows.get(entity, ())
        return found[0].get(name, "") if found else ""

    def all(self, entity: str) -> tuple[Row, ...]:
        return self.rows.get(entity, ())


def moment(at: datetime) -> str:
    """A time as the file writes it: China's, to the second."""
    return at.astimezone(CHINA).isoformat(timespec="seconds")


def is_moment(text: str) -> bool:
    """Whether it is such a time, of a day that exists."""
    if not _MOMENT.fullmatch(text):
        return False
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return True


def write_metadata(content: Content, placed: Sequence[tuple[str, Item, str]]) -> bytes:
    """The file for `content`; `placed`: path, item and SM3 (hex) of each file of the payload but this one."""
    lines = ['<?xml version="1.0" encoding="UTF-8"?>', f'<电子档案 xmlns="{NAMESPACE}">']
    for entity, row in _rows(content, placed):
        inner = "".join(f"<{name}>{escape(_plain(value))}</{name}>" for name, value in row.items() if value)
        lines.append(f"<{entity}>{inner}</{entity}>")
    return "\n".join([*lines, "</电子档案>", ""]).encode()


def _plain(value: str) -> str:
    """One line of what XML can hold."""
    return " ".join("".join(c if c.isprintable() else " " for c in value).split())


def _rows(content: Content, placed: Sequence[tuple[str, Item, str]]) -> Iterator[tuple[str, dict[str, str]]]:
    yield (
        "文件实体",
        {
            "档号": content.archive_number,
            "题名": content.title,
            "文件编号": content.number,
            "类别": content.category,
            "保管期限": content.retention,
            "保管期限依据": content.retention_ground,
            "密级": content.grade,
            "语种": content.language,
            "申请时间": moment(content.submitted_at),
            "办结时间": moment(content.closed_at),
            "组卷时间": moment(content.packed_at),
            "文件数": str(len(placed)),
            "字节数": str(sum(len(item.data) for _path, item, _digest in placed)),
            "样例": "是" if content.sample else "",
        },
    )
    for number, (path, item, digest) in enumerate(placed, 1):
        yield (
            "数字对象",
            {
                "序号": str(number),
                "种类": item.kind.label,
                "题名": item.title,
                "文件名": path,
                "格式": item.media_type,
                "大小": str(len(item.data)),
                "SM3": digest,
                "形成时间": moment(item.made_at),
                "来源": item.origin,
                "盖章": "是" if item.sealed else "否",
            },
        )
    for title, why in content.absent:
        yield "缺省材料", {"题名": title, "说明": why}
    for agent in content.agents:
        yield "机构人员实体", {"角色": agent.role, "类型": agent.kind, "名称": agent.name, "代码": agent.code}
    yield (
        "业务实体",
        {
            "事项编码": content.matter_code,
            "事项名称": content.matter,
            "事项版本": content.matter_version,
            "行政区划": content.region,
            "办理结果": content.result,
        },
    )
    for number, step in enumerate(content.steps, 1):
        yield (
            "业务行为",
            {"序号": str(number), "行为": step.name, "时间": moment(step.at), "行为人": step.by, "状态": step.status},
        )
    for relation in content.relations:
        yield "实体关系", {"关系": relation.kind, "编号": relation.number, "题名": relation.title}


def read_metadata(data: bytes) -> Metadata:
    """Read the file. Raises ArchiveFault (metadata.xml, metadata.unsafe); entities and references are never resolved."""
    if len(data) > MAX_METADATA:
        raise ArchiveFault("metadata.xml", detail=f"> {MAX_METADATA}")
    if b"<!" in data:
        raise ArchiveFault("metadata.unsafe")
    try:
        root = fromstring(data, forbid_dtd=True)
    except DefusedXmlException:
        raise ArchiveFault("metadata.unsafe") from None
    except (ParseError, ValueError, RecursionError, LookupError) as error:
        raise ArchiveFault("metadata.xml", detail=str(error)) from None
    if root.tag != _tag("电子档案"):
        raise ArchiveFault("metadata.xml", detail=str(root.tag))
    rows: dict[str, list[Row]] = {}
    for element in root:
        entity = _local(element.tag)
        if entity not in ENTITIES or (entity not in _MANY and entity in rows):
            raise ArchiveFault("metadata.xml", detail=entity)
        rows.setdefault(entity, []).append(_row(entity, element))
    files = [row.get("文件名", "") for row in rows.get("数字对象", ())]
    if len(set(files)) < len(files):  # each file is described once, and so read once
        raise ArchiveFault("metadata.xml", detail="数字对象/文件名")
    return Metadata({entity: tuple(found) for entity, found in rows.items()})


def _row(entity: str, element: Any) -> Row:
    row: dict[str, str] = {}
    for each in element:
        name = _local(each.tag)
        if name in row or len(each) or each.attrib:
            raise ArchiveFault("metadata.xml", detail=f"{entity}/{name}")
        row[name] = each.text or ""
    return row


def _tag(name: str) -> str:
    return f"{{{NAMESPACE}}}{name}"


def _local(tag: object) -> str:
    text = str(tag)
    prefix = _tag("")
    if not text.startswith(prefix):
        raise ArchiveFault("metadata.xml", detail=text)
    return text.removeprefix(prefix)
