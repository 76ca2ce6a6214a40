"""Plain queries find the right thing among the first three, and nonsense finds nothing."""

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from yiwang.commons.search import queries
from yiwang.kernel.actor import Actor
from yiwang.serve.matters import queries as matters

pytestmark = pytest.mark.django_db
FOLDER = Path(__file__).with_name("queries")
KINDS = ("bundle", "matter")
NOBODY = Actor.anonymous()
ENOUGH = 0.85
FIRST = 3


class Query(NamedTuple):
    text: str
    expected: tuple[str, ...]


def rows(name: str) -> list[dict[str, str]]:
    with (FOLDER / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def collected(name: str) -> Iterator[Query]:
    other = {row["key"]: tuple(row["in_pack"].split()) for row in rows("keys.csv")}
    for row in rows(name):
        keys = [new for key in row["expected"].split() for new in other.get(key, (key,))]
        yield Query(row["query"], tuple(keys))


def shown(text: str) -> list[str]:
    found = queries.find(text=text, viewer=NOBODY, kinds=KINDS, size=FIRST)
    return [f"{hit.kind}:{hit.key}" for hit in found.page.items]


@pytest.fixture
def catalogue(pack) -> dict[str, str]:
    del pack
    return {f"{entry.kind}:{entry.key}": entry.name for entry in matters.catalogue(viewer=NOBODY)}


@pytest.mark.parametrize("name", sorted(path.name for path in FOLDER.glob("plain_*.csv")))
def test_the_right_item_is_among_the_first_three(name, catalogue, capsys):
    asked = list(collected(name))
    answerable = [query for query in asked if any(key in catalogue for key in query.expected)]
    missed = [(query, found) for query in answerable if not set(query.expected) & set(found := shown(query.text))]
    share = 1 - len(missed) / max(len(answerable), 1)
    with capsys.disabled():
        print(f"\n{name}: {share:.1%} of {len(answerable)} (of {len(asked)}) queries among the first {FIRST}")
        for query, found in missed:
            print(f"  missed {query.text}: {' '.join(query.expected)} but {' '.join(found) or 'nothing'}")
    assert share >= ENOUGH


def test_no_query_repeats_a_name(catalogue):
    names = {name for key in catalogue if len(name := catalogue[key]) > 3}
    for path in FOLDER.glob("plain_*.csv"):
        for query in collected(path.name):
            assert not [name for name in names if name in query.text], query.text


def test_each_expected_item_is_in_the_pack(catalogue):
    expected = {key for path in FOLDER.glob("plain_*.csv") for query in collected(path.name) for key in query.expected}
    assert expected - catalogue.keys() == set()


@pytest.mark.parametrize("text", [row["query"] for row in rows("nonsense.csv")])
def test_nonsense_finds_nothing(text, pack):
    assert shown(text) == []
