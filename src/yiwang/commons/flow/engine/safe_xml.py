"""XML of strangers: no DTD, no entity, limits on size, depth and number of elements; each element knows its line."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser, ParseError

MAX_BYTES = 2 * 1024 * 1024
MAX_DEPTH = 60
MAX_ELEMENTS = 50_000


class XmlRefused(Exception):
    """`message` and `mend` are msgids; `line` is 0 where the file was not even read."""

    def __init__(self, message: str, mend: str, line: int = 0) -> None:
        super().__init__(message)
        self.message, self.mend, self.line = message, mend, line


@dataclass
class Element:
    """One element: namespace, local name, attributes without namespace, text, children, line."""

    namespace: str
    name: str
    attributes: dict[str, str]
    line: int
    text: str = ""
    children: list[Element] = field(default_factory=list)

    def get(self, name: str, default: str = "") -> str:
        return self.attributes.get(name, default).strip()

    def all(self, namespace: str, name: str) -> Iterator[Element]:
        return (child for child in self.children if child.name == name and child.namespace == namespace)

    def first(self, namespace: str, name: str) -> Element | None:
        return next(self.all(namespace, name), None)


class _Builder:
    """A parser target that counts while it builds."""

    def __init__(self) -> None:
        self.root: Element | None = None
        self.parser: Any = None
        self._stack: list[Element] = []
        self._count = 0

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        self._count += 1
        line: int = self.parser.parser.CurrentLineNumber
        if len(self._stack) >= MAX_DEPTH:
            raise XmlRefused(f"元素嵌套超过{MAX_DEPTH}层。", "请检查文件是否由BPMN编辑器导出。", line)
        if self._count > MAX_ELEMENTS:
            raise XmlRefused(f"元素超过{MAX_ELEMENTS}个。", "请把流程拆成几个被调用的流程。", line)
        namespace, name = _split(tag)
        element = Element(namespace, name, {_split(key)[1]: value for key, value in attributes.items()}, line)
        if self._stack:
            self._stack[-1].children.append(element)
        else:
            self.root = element
        self._stack.append(element)

    def end(self, tag: str) -> None:
        del tag
        self._stack.pop()

    def data(self, text: str) -> None:
        if self._stack:
            self._stack[-1].text += text

    def close(self) -> Element | None:
        return self.root


def _split(tag: str) -> tuple[str, str]:
    if tag.startswith("{"):
        namespace, _, name = tag[1:].partition("}")
        return namespace, name
    return "", tag


def read(data: bytes) -> Element:
    """The root element. Raises `XmlRefused` for anything that is too large, not well-formed or carries a DTD or an entity."""
    if len(data) > MAX_BYTES:
        raise XmlRefused("文件超过2 MB。", "请删去内嵌的图片或附件后重新导出。")
    builder = _Builder()
    parser = DefusedXMLParser(target=builder, forbid_dtd=True, forbid_entities=True, forbid_external=True)
    builder.parser = parser
    try:
        parser.feed(data)
        root = parser.close()
    except DefusedXmlException as error:
        raise XmlRefused("文件含有DTD或实体声明。", "请删去 <!DOCTYPE …> 后重新导出。") from error
    except ParseError as error:
        raise XmlRefused("文件不是合格的XML。", f"解析器报告：{error}", error.position[0]) from error
    except (ValueError, LookupError) as error:
        raise XmlRefused("文件的编码不能识别。", "请以UTF-8编码重新保存。") from error
    if not isinstance(root, Element):
        raise XmlRefused("文件没有内容。", "请以BPMN编辑器导出流程图。")
    return root
