"""The national exchange format: each field has its place, and a matter that says all of it gives all of it out."""

import csv
from datetime import date
from pathlib import Path

import pytest

from yiwang.serve.matters.contracts import (
    MATTER_TYPES,
    Area,
    AuthorityTerms,
    Clause,
    Depth,
    ExerciseLevel,
    Fee,
    Intermediary,
    Law,
    OnlineTerms,
    Question,
    Requirement,
    ResultDef,
    Span,
    SpecialTerms,
    StepTemplate,
    Window,
)
from yiwang.serve.matters.rules import (
    TABLES,
    NationalEntry,
    differences,
    facts_of,
    field_words,
    listed_definition,
    matter_definition,
    national_rows,
    place_words,
    quality,
    quality_rules,
    read_list,
)
from yiwang.serve.matters.tests.factories import matter_spec

FIELDS = Path(__file__).parents[1] / "schemas" / "national_fields.csv"
KEPT = {"code": "X1", "state": "published", "version": "3", "department": "样例局", "credit_code": "11511301008778183N"}
LAW = Law("样例法", "第一条", "条文", "令1号")


def whole():
    """A matter that says everything that the format asks for."""
    return matter_spec(
        "whole",
        Requirement(
            "form", "申请表", copies=2, size="A4", source_note="窗口领取", blank_form="form.pdf", sample_file="sample.pdf",
            note="用黑色笔填写", standard="签名清楚", basis=LAW,
        ),
        implementation_code="11511301008778183N-X", local_code="L1", handle_item="01", type="01",
        authority=AuthorityTerms(levels=(ExerciseLevel.CITY,), entrusted_by="样例厅", joint=("样例二局",), in_hall=True),
        online=OnlineTerms(Depth.IV, "https://a.example", "https://b.example", pay=True, appointment=True, express=True, terminals=True),
        area=Area(ExerciseLevel.CITY, "全市通办", "320402001", "320402001001"),
        conditions=(Clause("年满十八周岁"),), laws=(LAW,), fees=(Fee("工本费", "10元", "样例文件", reduction="低保对象免收"),),
        results=(ResultDef("card", "样例证", sample_file="card.png"),), windows=(Window("样例窗口", "样例路1号", "工作日"),),
        consult="12345", complain="12345", faq=(Question("问", "答"),), themes=("birth",), audience=("person", "legal_entity"),
        channels=("online", "counter"), visits=1, visit_reason="核验原件", quantity_limit="每年一百个",
        intermediaries=(Intermediary("验资"),), steps=(StepTemplate("a", "受理", Span(1)),),
        special_procedures=(SpecialTerms("s", "专家评审", "第四十五条"),), valid_from=date(2026, 1, 1), valid_to=date(2027, 1, 1),
    )  # fmt: skip


def committed():
    with FIELDS.open(encoding="utf-8") as file:
        return [(row["table"], row["field"], row["required"] == "Y") for row in csv.DictReader(file)]


def rows(spec, table):
    return list(national_rows(table, NationalEntry(matter_definition(spec), KEPT)))


def test_every_field_has_its_place_and_a_full_matter_fills_it():
    said = {"basic": rows(whole(), "basic")[0], "material": rows(whole(), "material")[0]}
    said |= {"extend": said["basic"], "fee": rows(whole(), "fee")[0], "qa": rows(whole(), "qa")[0]}
    assert [(table, field) for table, field, _ in committed() if not said[table].get(field)] == []


def test_a_plain_matter_fills_what_the_format_requires():
    spec = matter_spec("plain", type="01", consult="12345", complain="12345", themes=("birth",))
    row = rows(spec, "basic")[0]
    unsaid = {"accept_condition", "handle_flow", "transact_addr", "transact_time", "use_level"}
    assert {f for t, f, must in committed() if must and t in {"basic", "extend"} and not row[f]} <= unsaid


def test_nothing_but_the_fields_of_the_format_is_given_out():
    known = {(table if table != "extend" else "basic", field) for table, field, _ in committed()}
    given = {(table, field) for table, fields in TABLES.items() for field in fields if field != "task_code"}
    assert given | {("basic", "task_code")} == known


def test_an_entry_of_a_list_gives_out_what_it_knows():
    code = "511Z07001006-511602000000-000-11511301008778183N-1-00"
    data = f"事项名称,实施编码,事项类型,实施主体\n备案,{code},10,样例局\n".encode()
    [row] = read_list(data).rows
    [out] = national_rows("basic", NationalEntry(listed_definition(row.spec), {**KEPT, "code": code}))
    assert (out["task_name"], out["task_code"], out["catalog_code"], out["promise_day"]) == (
        "备案",
        code,
        "511Z07001006",
        "",
    )
    assert tuple(out) == TABLES["basic"]


@pytest.mark.data
def test_the_committed_list_of_fields_is_the_national_one(test_data):
    tables = {"basic", "extend", "material", "fee", "qa"}
    with (test_data / "matters" / "matter_schema_fields.csv").open(encoding="utf-8-sig") as file:
        found = [
            (next(t for t in tables if t in row["table"]), row["field"], row["required"] == "Y")
            for row in csv.DictReader(file)
        ]
    assert found == committed()
    assert len(found) > 75


@pytest.mark.data
def test_the_types_are_the_national_ones(test_data):
    with (test_data / "matters" / "matter_type_codes.csv").open(encoding="utf-8-sig") as file:
        assert {row["code"]: row["name"] for row in csv.DictReader(file)} == MATTER_TYPES


def test_every_quality_rule_can_strike_and_can_stay_silent():
    bare = facts_of(matter_definition(matter_spec("bare")))
    listed = facts_of(listed_definition(_listed()))
    worst = {
        **bare, "laws_without_clause": 1, "statutory": 20, "promised": 20, "statutory_basis": "", "kind": "same_day",
        "depth": "IV", "visits": 2, "channels": ["online", "counter"], "required_materials": 9, "materials_without_basis": 1,
        "uploads_without_standard": 1, "fees_without_basis": 1, "name_length": 61,
    }  # fmt: skip
    no_depth, promised = {**worst, "depth": ""}, {**worst, "kind": "promised"}
    struck = {f.rule for facts in (worst, no_depth, promised, listed) for f in quality(facts)}
    assert struck == {rule["rule"] for rule in quality_rules()}
    assert [f.rule for f in quality(facts_of(matter_definition(whole())))] == [
        "limit_without_basis",
        "online_but_visits",
        "few_synonyms",
        "no_english",
    ]


def _listed():
    code = "511Z07001006-511602000000-000-008778183-1-00"
    return read_list(f"事项名称,实施编码,事项类型,实施主体\n{'长' * 61},{code},10,样例局\n".encode()).rows[0].spec


def test_every_field_of_a_definition_has_a_name_for_the_steward():
    def keys(value):
        if isinstance(value, dict):
            for key, inner in value.items():
                yield key
                yield from keys(inner)
        elif isinstance(value, list):
            for each in value:
                yield from keys(each)

    plain = {**matter_definition(whole()), **listed_definition(_listed())["listed"]}
    unnamed = set(keys({**plain, "translations": {}, "formulas": {}})) - set(field_words()) - {"translations"}
    assert unnamed == set()


def test_a_place_in_a_definition_is_told_in_words():
    assert place_words("limits.promised") == "时限 · 承诺"
    assert place_words("requirements[form].necessity") == "材料[form] · 必要性"
    assert place_words("laws[某法.修正].clause") == "设定依据[某法.修正] · 条款"
    assert place_words("unheard_of") == "unheard_of"


def test_two_versions_are_compared_field_by_field():
    first, second = matter_definition(matter_spec("a")), matter_definition(whole())
    found = {each.place: (each.before, each.after) for each in differences(first, second) if each.changed}
    assert found["visits"] == ("0", "1")
    assert found["requirements[form].copies"] == ("", "2")
    assert all(not each.changed for each in differences(second, second))
