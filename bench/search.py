"""Plain words over a growing number of documents, beside ILIKE, trigram similarity and a bare look-up by index."""

from collections.abc import Callable
from math import inf
from random import Random
from time import perf_counter
from typing import Any

from django.db import connection

from bench.family import SYSTEM
from bench.measuring import Figures, growth, interleaved, ratio
from bench.postgres import Backends
from yiwang.commons.search import commands, queries
from yiwang.commons.search.contracts import Document
from yiwang.kernel import clock
from yiwang.kernel.actor import Actor

WORDS = "孩子出生了"
_OTHERS = ("shebaoka", "我想开家面馆要办什么许可", "营业执照", "没有这件事xyz", "道路运输证年检", "变更")
_BEGINNINGS = ("新办", "变更", "注销", "补领", "延续", "核准", "备案", "登记", "年检", "查询")
_THINGS = (
    "餐饮服务许可", "道路运输证", "不动产权证", "社会保险关系", "住房公积金", "机动车驾驶证", "居住证", "残疾人证",
    "食品经营许可", "医师执业证书", "排污许可", "取水许可", "占道施工", "户外广告", "养老机构", "民办学校", "律师执业",
    "特种设备使用", "建设工程规划", "烟草专卖零售", "出生医学证明", "婚姻登记档案", "流动人口婚育", "新生儿参保",
)  # fmt: skip
_PLACES = ("市区", "天宁区", "钟楼区", "新北区", "武进区", "金坛区", "溧阳市", "经开区")


def run(*, quick: bool) -> Figures:
    """Milliseconds of a search by number of documents; all three ways on the same table."""
    figures: Figures = {}
    ratios: Figures = {}
    by_size: dict[str, dict[int, float]] = {"ours": {}, "peer": {}, "trigram": {}}
    for size in (300, 1000) if quick else (1000, 3000, 10_000):
        fill(size)
        times = interleaved(
            _ways(),
            rounds=5 if quick else 25,
            repeat={"ours": 1, "peer": 1, "trigram": 1, "limit": 20},
            warmup=3,
            beside=Backends(),
        )
        figures[f"{size}-documents"] = {name: each.ms() for name, each in times.items()}
        figures[f"{size}-documents"]["other-words"] = _other_words(rounds=2 if quick else 6)
        ratios[f"{size}-documents"] = {
            "to_peer": ratio(times["ours"], times["peer"]),
            "to_trigram": ratio(times["ours"], times["trigram"]),
            "to_limit": ratio(times["ours"], times["limit"]),
        }
        for name, known in by_size.items():
            known[size] = figures[f"{size}-documents"][name]["median_ms"]
    ratios["growth"] = {name: growth(known) for name, known in by_size.items()}
    return {"figures": figures, "ratios": ratios}


def _ways() -> dict[str, Callable[[], Any]]:
    viewer = Actor.anonymous()
    found = queries.search(text=WORDS, viewer=viewer, kinds=("bundle", "matter"))
    if not found.items or found.items[0].key != "newborn":
        raise AssertionError(f"the bundle is not found first: {[hit.key for hit in found.items]}")
    return {
        "ours": lambda: queries.search(text=WORDS, viewer=viewer, kinds=("bundle", "matter")),
        "peer": lambda: _rows(
            "SELECT title FROM commons_search_searchdocument WHERE title ILIKE %s OR text ILIKE %s"
            " ORDER BY char_length(title), title LIMIT 20",
            ["%出生%", "%出生%"],
        ),
        "trigram": lambda: _rows(
            "SELECT title FROM commons_search_searchdocument WHERE kind IN ('bundle', 'matter')"
            " AND word_similarity(%s, names_folded) >= 0.3 ORDER BY word_similarity(%s, names_folded) DESC LIMIT 20",
            [WORDS, WORDS],
        ),
        "limit": lambda: _rows(
            "SELECT key FROM commons_search_searchdocument WHERE (kind, key) = ('bundle', %s)", ["newborn"]
        ),
    }


def _other_words(*, rounds: int) -> dict[str, float]:
    """Milliseconds of the slowest of other queries (pinyin, a sentence, common words, nonsense): its best round."""
    viewer = Actor.anonymous()
    best: dict[str, float] = {}
    for _ in range(rounds):
        for text in _OTHERS:
            began = perf_counter()
            queries.find(text=text, viewer=viewer, kinds=("bundle", "matter"))
            best[text] = min(best.get(text, inf), 1000 * (perf_counter() - began))
    return {"slowest_ms": round(max(best.values()), 3), "mean_ms": round(sum(best.values()) / len(best), 3)}


def _rows(text: str, parameters: list[str]) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(text, parameters)
        return cursor.fetchall()


def fill(size: int) -> None:
    """Synthetic matters beside those of the pack; what there is of an earlier size stays."""
    random = Random(3)
    documents = [_document(number, random) for number in range(size)]
    commands.index_documents(kind="matter", docs=documents, replace=False, by=SYSTEM, at=clock.now())
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE commons_search_searchdocument, commons_search_searchposting")


def _document(number: int, random: Random) -> Document:
    thing, place = random.choice(_THINGS), random.choice(_PLACES)
    title = f"{random.choice(_BEGINNINGS)}{thing}（{place}第{number}号）"
    text = f"在{place}办理{thing}的{random.choice(_BEGINNINGS)}，由{place}{random.choice(_THINGS)}窗口受理，样例。"
    return Document(key=f"bench-{number:06d}", title=title, text=text, keywords=(thing, f"{place}{thing}"))
