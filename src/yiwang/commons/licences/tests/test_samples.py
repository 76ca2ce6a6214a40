"""Sample licences of a demonstration: given once, refused elsewhere, faults of the file named."""

import shutil
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from yiwang.commons.identity.tests.factories import make_organisation
from yiwang.commons.licences import commands
from yiwang.commons.licences.contracts import SampleRefused
from yiwang.commons.licences.models import Licence
from yiwang.commons.licences.tests.factories import SYSTEM, VALUES, make_type, person_holder
from yiwang.kernel import clock
from yiwang.kernel.packs.loading import check_pack
from yiwang.kernel.settings import PROJECT_ROOT, settings

PACK = PROJECT_ROOT / "packs" / "changzhou"


@pytest.fixture
def demonstration(monkeypatch: pytest.MonkeyPatch) -> None:
    shown = settings().model_copy(update={"demo": True})
    monkeypatch.setattr("yiwang.commons.licences.commands.samples.settings", lambda: shown)


def sample(**more: Any) -> dict[str, Any]:
    return {
        "type_key": make_type(), "holder": person_holder(), "number": "SL-1", "values": VALUES,
        "organisation_id": make_organisation(), "valid_from": date(2019, 5, 20), "by": SYSTEM, "at": clock.now(), **more,
    }  # fmt: skip


@pytest.mark.django_db
@pytest.mark.usefixtures("demonstration")
def test_a_sample_is_given_once_however_often_it_is_loaded() -> None:
    given = sample()
    made = commands.give_sample(**given)
    licence = Licence.objects.get(pk=made)
    assert (licence.number, licence.sample, licence.valid_from) == ("SL-1", True, date(2019, 5, 20))
    assert commands.give_sample(**given) is None
    assert Licence.objects.count() == 1


@pytest.mark.django_db
def test_no_sample_is_given_outside_a_demonstration() -> None:
    with pytest.raises(SampleRefused):
        commands.give_sample(**sample())


@pytest.mark.django_db
@pytest.mark.usefixtures("demonstration")
def test_a_type_that_is_no_sample_has_no_sample_licences() -> None:
    with pytest.raises(SampleRefused):
        commands.give_sample(**sample(type_key=make_type("real_permit", sample=False)))


@pytest.mark.parametrize(
    ("right", "wrong", "said"),
    [
        ("type: marriage_certificate", "type: no_such_type", "没有样例证照类型"),
        ("holder: family1-mother", "holder: nobody", "没有用户 nobody"),
        ('organisation: "320402-police"', 'organisation: "320402-nowhere"', "没有机构 320402-nowhere"),
        ("SL320402-00002", "SL320402-00001", "编号 SL320402-00001 重复"),
        ("spouse_name:", "spouses_name:", "spouses_name 不是这种证照的内容"),
    ],
)
def test_faults_of_the_file_are_named_with_their_line(tmp_path: Path, right: str, wrong: str, said: str) -> None:
    pack = tmp_path / "pack"
    pack.mkdir()
    for name in ("pack.yaml", "people.yaml", "organisations.yaml"):
        shutil.copy(PACK / name, pack / name)
    for name in ("regions", "licences"):
        shutil.copytree(PACK / name, pack / name)
    file = pack / "licences" / "samples.yaml"
    file.write_text(file.read_text("utf-8").replace(right, wrong, 1), "utf-8")
    faults = [each for each in check_pack(pack).faults if each.file == "licences/samples.yaml"]
    assert any(said in each.message for each in faults), faults
    assert all(each.line for each in faults)
