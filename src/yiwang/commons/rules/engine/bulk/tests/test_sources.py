"""What can be decided in bulk, over which tables, and what is said of what can't be compiled."""

import logging
import shutil
import subprocess
import sys
from datetime import date
from decimal import Decimal

import duckdb
import ibis
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from yiwang.commons.rules.engine import (
    Absent,
    DecisionTable,
    HitPolicy,
    Input,
    Output,
    Rule,
    compile_expression,
    compile_table,
    load_dmn,
)
from yiwang.commons.rules.engine.bulk import decide_many, plan_for
from yiwang.commons.rules.engine.bulk.batches import ROWS

from .test_decide_many import same

FACTS = pa.table({"年龄": [10, 20, None, 70], "户籍": ["常州", None, "无锡", "常州"]})
TABLE = DecisionTable(
    (Input("年龄"), Input("户籍")),
    (Output(),),
    (Rule(("< 18", "-"), ('"少年"',)), Rule((">= 60", '"常州"'), ('"老年"',)), Rule(("-", "-"), ('"其他"',))),
    HitPolicy.FIRST,
)
EXPECTED = ["少年", "其他", None, "老年"]

MODEL = """<definitions xmlns="https://www.omg.org/spec/DMN/20230324/MODEL/" name="m" namespace="urn:m">
<itemDefinition name="tStaff"><typeRef>number</typeRef><allowedValues><text>[0..100000]</text></allowedValues></itemDefinition>
<inputData id="i1" name="staff"><variable name="staff" typeRef="tStaff"/></inputData>
<inputData id="i2" name="revenue"><variable name="revenue" typeRef="number"/></inputData>
<businessKnowledgeModel id="k" name="per head"><variable name="per head" typeRef="number"/><encapsulatedLogic>
<formalParameter name="total" typeRef="number"/><formalParameter name="factor"/>
<literalExpression><text>total * factor + 1</text></literalExpression></encapsulatedLogic></businessKnowledgeModel>
<decision id="d1" name="size"><variable name="size" typeRef="string"/>
<informationRequirement><requiredInput href="#i1"/></informationRequirement>
<decisionTable hitPolicy="UNIQUE"><input><inputExpression><text>staff</text></inputExpression></input><output/>
<rule><inputEntry><text>&lt; 20</text></inputEntry><outputEntry><text>"small"</text></outputEntry></rule>
<rule><inputEntry><text>&gt;= 20</text></inputEntry><outputEntry><text>"large"</text></outputEntry></rule></decisionTable></decision>
<decision id="d2" name="subsidy"><variable name="subsidy"/>
<informationRequirement><requiredDecision href="#d1"/></informationRequirement>
<informationRequirement><requiredInput href="#i2"/></informationRequirement>
<knowledgeRequirement><requiredKnowledge href="#k"/></knowledgeRequirement>
<context><contextEntry><variable name="base"/><literalExpression><text>per head(revenue, 3)</text></literalExpression></contextEntry>
<contextEntry><literalExpression><text>if size = "small" then base else 0</text></literalExpression></contextEntry></context></decision>
<decision id="d3" name="tiers"><variable name="tiers"/>
<informationRequirement><requiredDecision href="#d2"/></informationRequirement>
<informationRequirement><requiredDecision href="#d1"/></informationRequirement>
<decisionTable hitPolicy="FIRST"><input><inputExpression><text>subsidy</text></inputExpression></input>
<input><inputExpression><text>size</text></inputExpression></input><output name="amount"/><output name="why"/>
<rule><inputEntry><text>&gt; 100</text></inputEntry><inputEntry><text>-</text></inputEntry>
<outputEntry><text>2.5</text></outputEntry><outputEntry><text>"a"</text></outputEntry></rule>
<rule><inputEntry><text>-</text></inputEntry><inputEntry><text>"large"</text></inputEntry>
<outputEntry><text>1</text></outputEntry><outputEntry><text>"b"</text></outputEntry></rule></decisionTable></decision>
</definitions>"""
COMPANIES = pa.table(
    {
        "staff": pa.array([5, 20, -1, None, 100001, 7], pa.int32()),
        "revenue": pa.array(["10.50", "99.99", "1.00", "33.00", None, None], pa.string()).cast(pa.decimal128(12, 2)),
    }
)


@pytest.mark.parametrize("absent", list(Absent))
@pytest.mark.parametrize("name", ["size", "subsidy", "tiers"])
def test_a_models_graph_becomes_one_expression(name, absent):
    model = load_dmn(MODEL.encode())
    result = same((model, name), lambda facts, **more: model.decide(name, facts, **more), COMPANIES, absent)
    assert not result.plan.reasons


def sources(folder):
    pq.write_table(FACTS, folder / "facts.parquet")
    connection = duckdb.connect()
    connection.register("people", FACTS)
    yield FACTS
    yield pa.RecordBatchReader.from_batches(FACTS.schema, FACTS.to_batches(max_chunksize=2))
    yield folder / "facts.parquet"
    yield str(folder / "*.parquet")
    yield ibis.memtable(FACTS)
    yield connection.table("people")


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_every_sort_of_table_is_decided(tmp_path):
    decision = compile_table(TABLE)
    for source in sources(tmp_path):
        result = decide_many(decision, source, matched_rules=True, missing_facts=True).to_arrow()
        assert result["value"].to_pylist() == EXPECTED
        assert result["missing_facts"].to_pylist() == [[], [], ["年龄"], []]
        assert result["matched_rules"].to_pylist() == [[1], [3], [3], [2]]


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_every_sort_of_table_goes_by_closures_too(tmp_path):
    decision = compile_expression("string(年龄) + 户籍", ["年龄", "户籍"])
    for source in sources(tmp_path):
        result = decide_many(decision, source)
        assert result.plan.expression is None
        assert result.to_arrow()["value"].to_pylist() == ["10常州", None, None, "70常州"]


def test_facts_may_stand_in_columns_of_other_names():
    facts = FACTS.rename_columns(["age", "home"])
    result = decide_many(compile_table(TABLE), facts, columns={"年龄": "age", "户籍": "home"})
    assert result.to_arrow()["value"].to_pylist() == EXPECTED


def test_what_cannot_be_compiled_is_named_with_its_reason():
    decisions = {"a": compile_table(TABLE), "b": compile_expression("string(年龄)", ["年龄"])}
    plan = plan_for(decisions, FACTS)
    assert [(r.decision, r.reason) for r in plan.reasons] == [("b", "the function “string”")]
    assert "b: by closures, the function “string”" in plan.explain()
    result = decide_many(decisions, FACTS, missing_facts=True).to_arrow()
    assert result.column_names == ["a", "a.missing_facts", "b", "b.missing_facts"]
    assert result["b"].to_pylist() == ["10", "20", None, "70"]
    assert result["a"].to_pylist() == EXPECTED


def test_only_the_rows_that_sql_cannot_prove_are_done_by_closures():
    table = DecisionTable(
        (Input("x"),), (Output(),), (Rule(("> 1",), ('"b"',)), Rule(("-",), ('"s"',))), HitPolicy.FIRST
    )
    facts = pa.table({"x": [0.5, 2.5, float("inf"), None]})
    result = same(compile_table(table), compile_table(table).evaluate, facts, Absent.NULL)
    assert result.plan.asides
    assert result.plan.expression is not None


def test_a_missing_column_is_an_absent_fact():
    result = decide_many(compile_table(TABLE), FACTS.select(["年龄"]), missing_facts=True).to_arrow()
    assert result["value"].to_pylist() == ["少年", "其他", None, None]
    assert result["missing_facts"].to_pylist() == [[], [], ["年龄", "户籍"], ["户籍"]]


def test_no_rows_give_no_answers_but_all_columns():
    for decision in (compile_table(TABLE), compile_expression("string(年龄)", ["年龄"])):
        result = decide_many(decision, FACTS.slice(0, 0), matched_rules=True).to_arrow()
        assert (result.num_rows, result.column_names) == (0, ["value", "matched_rules"])


def test_batches_hold_the_same_rows_in_the_same_order():
    facts = pa.table({"n": list(range(1000))})
    result = decide_many(compile_expression("n * 2", ["n"]), facts)
    parts = list(result.batches(rows=300))
    assert [n for part in parts for n in part["value"].to_pylist()] == [n * 2 for n in range(1000)]


def test_many_rows_are_shared_among_processes_in_order():
    count = 2 * ROWS + 10
    facts = pa.table({"n": list(range(count))})
    result = decide_many(compile_expression("string(n)", ["n"]), facts, processes=2)
    assert result.to_arrow()["value"].to_pylist() == [str(n) for n in range(count)]


def test_numbers_keep_their_decimals():
    facts = pa.table(
        {"m": pa.array([Decimal("0.10"), Decimal("12345678901.99")], pa.decimal128(13, 2)), "d": [date(2024, 1, 1)] * 2}
    )
    result = decide_many(compile_expression("m * 3.1415 - 1", ["m"]), facts).to_arrow()
    assert result["value"].to_pylist() == [Decimal("-0.685850"), Decimal("38783950269.601585")]


def test_the_plan_is_made_once_for_tables_of_one_kind():
    decision = compile_table(TABLE)
    first, second = plan_for({"": decision}, FACTS), plan_for({"": decision}, FACTS.slice(0, 4))
    assert second.expression is first.expression


def test_what_is_no_table_or_no_decision_is_refused():
    with pytest.raises(TypeError, match="not a table"):
        decide_many(compile_table(TABLE), 5)
    with pytest.raises(TypeError, match="not a decision"):
        decide_many("a > 1", FACTS)


def test_the_engine_alone_brings_no_analytical_engine():
    code = (
        "import sys, yiwang.commons.rules.engine as e; "
        "sys.exit(any(m.partition('.')[0] in {'ibis', 'duckdb', 'pyarrow', 'pandas', 'numpy'} for m in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_extensions_are_never_fetched():
    plan = plan_for({"": compile_table(TABLE)}, FACTS)
    for name in ("autoinstall_known_extensions", "autoload_known_extensions"):
        assert plan.facts.cursor.sql(f"SELECT current_setting('{name}')").fetchall() == [(False,)]


SMALL_JVM = "--driver-java-options '-XX:TieredStopAtLevel=1 -XX:+UseSerialGC -Xss2m' --driver-memory 512m pyspark-shell"
FEW = {
    "spark.ui.enabled": "false",
    "spark.sql.shuffle.partitions": "1",
    "spark.sql.codegen.wholeStage": "false",
    "spark.sql.adaptive.enabled": "false",
    "spark.driver.host": "127.0.0.1",
    "spark.driver.bindAddress": "127.0.0.1",
}


@pytest.mark.skipif(shutil.which("java") is None, reason="needs Java")
@pytest.mark.timeout(300)  # some twenty seconds of its own, however many share the machine
@pytest.mark.filterwarnings("ignore")
def test_spark_decides_by_the_same_code(tmp_path, monkeypatch):
    pytest.importorskip("pyspark")
    from pyspark.sql import SparkSession

    logging.getLogger("py4j").setLevel(logging.CRITICAL)  # it says goodbye after everything is closed
    monkeypatch.setenv("PYSPARK_SUBMIT_ARGS", SMALL_JVM)
    builder = SparkSession.builder.master("local[1]").config(map=FEW)
    session = builder.config("spark.sql.warehouse.dir", str(tmp_path)).getOrCreate()
    try:
        connection = ibis.pyspark.connect(session)
        connection.create_table("people", ibis.memtable(FACTS).to_pyarrow(), overwrite=True)
        result = decide_many(compile_table(TABLE), connection.table("people"), matched_rules=True, missing_facts=True)
        assert result.plan.expression is not None
        rows = [(str(r["value"]), r["matched_rules"], r["missing_facts"]) for r in result.to_arrow().to_pylist()]
        here = decide_many(compile_table(TABLE), FACTS, matched_rules=True, missing_facts=True).to_arrow().to_pylist()
        assert sorted(rows) == sorted((str(r["value"]), r["matched_rules"], r["missing_facts"]) for r in here)
    finally:
        session.stop()
