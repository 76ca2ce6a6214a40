"""A city's own wording of documents comes with its pack, checked with line and mend."""

import pytest

from yiwang.kernel import clock
from yiwang.kernel.packs import PackReader
from yiwang.serve.cases.contracts import DocumentKind
from yiwang.serve.cases.pack import DocumentPart
from yiwang.serve.cases.queries import wording
from yiwang.serve.cases.tests.factories import SYSTEM

pytestmark = pytest.mark.django_db
GOOD = """version: city-1
documents:
  acceptance:
    title: 受理单
    word: 理
    paragraphs:
      - {text: "{applicant}：{matter}已经受理。"}
      - {text: "承诺{days}内办结。", when: permit}
"""


@pytest.fixture(autouse=True)
def fresh():
    wording.forget()
    yield
    wording.forget()


def reader(folder, text):
    (folder / "documents.yaml").write_text(text, "utf-8")
    return PackReader(folder)


def test_a_wording_is_loaded_once_and_takes_the_place_of_the_shipped_one(tmp_path):
    assert wording.template(kind=DocumentKind.ACCEPTANCE).title == "受理通知书"
    tally = DocumentPart().load(reader(tmp_path, GOOD), by=SYSTEM, at=clock.now())
    assert (tally.created, tally.unchanged) == (1, 0)
    assert wording.template(kind=DocumentKind.ACCEPTANCE).title == "受理单"
    assert wording.template(kind=DocumentKind.GRANT).version == wording.shipped()["version"]
    again = DocumentPart().load(reader(tmp_path, GOOD), by=SYSTEM, at=clock.now())
    assert (again.created, again.unchanged) == (0, 1)


@pytest.mark.parametrize(
    ("wrong", "line", "said"),
    [
        (GOOD.replace("{matter}", "{weather}"), 7, "weather"),
        (GOOD.replace("when: permit", 'when: "permit and ("'), 8, "FEEL"),
        (GOOD.replace("acceptance:", "acceptence:"), 2, "acceptence"),
        (GOOD.replace("    word: 理\n", ""), 3, "word"),
    ],
)
def test_a_faulty_wording_is_told_with_its_line(tmp_path, wrong, line, said):
    read = reader(tmp_path, wrong)
    DocumentPart().check(read)
    faults = read.report.faults
    assert faults
    assert any(said in f"{fault.message}{fault.mend}" for fault in faults)
    assert line in {fault.line for fault in faults}
