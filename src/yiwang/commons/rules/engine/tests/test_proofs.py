import copy
import json
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yiwang.commons.rules.engine.explaining import DecisionProof, ProofUnreadable, Source, prove, recompute

from .models import fact, literal, model, needs, table

NOW = datetime(2026, 11, 23, 8, 30, tzinfo=UTC)
XML = model(
    fact("months", "number"),
    fact("born", "date"),
    fact("city", "string"),
    table("grant", {"months": "number", "city": "string"}, [("< 12", "-", "0"), (">= 12", '"常州"', "0.6")]),
    literal("old", 'today() - born > duration("P21915D")', needs("born")),
)
SOURCE = Source(XML)
FACTS = {"months": 14, "city": "常州"}


def proof(**more):
    return prove(SOURCE, "grant", FACTS, public=("city",), now=NOW, **more)


def codes(comparison):
    return [difference.code.removeprefix("proof.") for difference in comparison.differences]


def altered(found, **changes):
    data = copy.deepcopy(dict(found.data))
    data.update(changes)
    return DecisionProof.read(json.dumps(data).encode())


def test_a_proof_is_recomputed_from_the_facts():
    for algorithm in ("sm3", "sha256"):
        found = recompute(DecisionProof.read(proof(algorithm=algorithm).to_json()), FACTS, SOURCE)
        assert found.same, found.differences


def test_facts_that_are_not_public_do_not_stand_in_it():
    text = prove(SOURCE, "grant", {"months": 98_765, "city": "常州"}, now=NOW).to_json().decode()
    assert "98765" not in text
    inputs = json.loads(text)["inputs"]
    assert [sorted(given) for given in inputs] == [["digest", "name", "salt"]] * 2


def test_equal_facts_have_unequal_hashes():
    first, second = (proof().data["inputs"][1]["digest"] for _ in range(2))
    assert first != second


def test_public_facts_need_not_be_told_again():
    assert recompute(proof(), {"months": 14}).same


def test_another_fact_is_found():
    assert codes(recompute(proof(), {**FACTS, "months": 13})) == ["input"]
    assert codes(recompute(proof(), {**FACTS, "months": 9})) == ["input", "output", "trace"]
    assert codes(recompute(proof(), {"city": "常州"})) == ["input_missing", "output", "missing", "trace"]
    assert codes(recompute(proof(), {**FACTS, "born": "1960-01-01"})) == ["input_extra"]


def test_a_fact_told_in_another_form_is_the_same():
    found = prove(SOURCE, "old", {"born": "1960-01-01"}, now=NOW)
    assert found.data["output"] is True
    assert recompute(found, {"born": "1960-01-01"}).same


def test_the_moment_is_part_of_the_proof():
    found = prove(SOURCE, "old", {"born": "1970-01-01"}, now=NOW)
    assert found.data["output"] is False
    assert "output" in codes(recompute(altered(found, at="2046-11-23T00:00:00+00:00"), {"born": "1970-01-01"}))


def test_a_changed_output_is_found():
    assert codes(recompute(altered(proof(), output=1), FACTS)) == ["digest", "output"]


def test_a_changed_model_is_found():
    data = dict(proof().data)
    data["model"] = {**data["model"], "xml": XML.decode().replace("0.6", "0.9")}
    found = recompute(DecisionProof.read(json.dumps(data).encode()), FACTS)
    assert codes(found) == ["digest", "model_text", "output"]


def test_the_model_as_published_is_compared_by_content_and_not_by_layout():
    spaced = XML.replace(b"<text>0.6</text>", b"<text>\n   0.6  </text>").replace(b"><", b">\n   <")
    assert recompute(proof(), FACTS, Source(spaced)).same
    other = Source(XML.replace(b"0.6", b"0.7"))
    assert codes(recompute(proof(), FACTS, other)) == ["model"]


def test_drawings_and_prefixes_do_not_change_the_version():
    drawn = XML.replace(
        b"</definitions>",
        b'<x:DMNDI xmlns:x="https://www.omg.org/spec/DMN/20191111/DMNDI/"><x:DMNDiagram/></x:DMNDI></definitions>',
    )
    assert Source(drawn).version == SOURCE.version
    assert Source(XML.replace(b"&gt;= 12", b"&gt;= 13")).version != SOURCE.version


def test_a_file_that_is_no_proof_is_refused():
    for text in (b"", b"[]", b"{}", b'{"format": "yiwang.decision-proof/1"}', b"NaN", b"[" * 100_000):
        with pytest.raises(ProofUnreadable):
            DecisionProof.read(text)


PLACES = ("engine", "algorithm", "at", "digest", "decision", "model", "inputs", "missing", "trace", "output")
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["@", "@number", "@range", "id"]), inner)
    ),
    max_leaves=5,
)


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(PLACES), JSON)
def test_whatever_is_altered_is_refused_or_found(place, value):
    whole = proof()
    if whole.data[place] == value:
        return
    try:
        found = recompute(altered(whole, **{place: value}), FACTS)
    except ProofUnreadable:
        return
    assert not found.same
