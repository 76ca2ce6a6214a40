"""Ports of search: words that segmentation must keep whole, who publishes a kind, which right opens a scoped one."""

from collections.abc import Callable, Iterable
from functools import cache
from typing import Final

from yiwang.commons.search.contracts import Document
from yiwang.commons.search.rules import Segmenter

OWN_WORDS: Final = (
    "一件事", "一网通办", "新生儿", "出生医学证明", "户口登记", "社会保障卡", "社保卡", "医疗保险", "医保", "参保登记",
    "生育登记", "预防接种证", "公积金", "营业执照", "居住证", "身份证", "不动产", "好差评", "落户", "上户口",
)  # fmt: skip

_publishers: dict[str, Callable[[], Iterable[Document]]] = {}
_words: list[Callable[[], Iterable[str]]] = [lambda: OWN_WORDS]
_actions: dict[str, str] = {}


def register_words(words: Callable[[], Iterable[str]]) -> None:
    """Add words of a context's trade (at start-up; read once, at the first search of a process)."""
    _words.append(words)


def register_publisher(kind: str, documents: Callable[[], Iterable[Document]]) -> None:
    """Say who can give all documents of `kind` as they are now: the index is rebuilt from it."""
    _publishers[kind] = documents


def publishers() -> dict[str, Callable[[], Iterable[Document]]]:
    """Kind to its publisher, in the order of registration."""
    return dict(_publishers)


def register_scoped_kind(kind: str, action: str) -> None:
    """Say which granted action lets officials find scoped documents of `kind` (`cases.read`)."""
    _actions[kind] = action


def scoped_kinds() -> dict[str, str]:
    """Kind to action, of all kinds that have scoped documents."""
    return dict(_actions)


@cache
def segmenter() -> Segmenter:
    """The one of this process."""
    return Segmenter(word for words in _words for word in words())
