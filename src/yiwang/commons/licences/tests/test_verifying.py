"""`yiwang verify licence`: offline, with the file, trusted roots and perhaps a status list."""

import json
import random

import pytest
from click.testing import CliRunner

from yiwang.commons.crypto.tests.factories import learn
from yiwang.commons.files import queries as files
from yiwang.commons.files.tests.factories import blob_folder  # noqa: F401  a fixture
from yiwang.commons.licences import commands, queries
from yiwang.commons.licences.cli.verifying import licence as verb
from yiwang.commons.licences.contracts import Ground
from yiwang.commons.licences.rules.statuslist import StatusListWrong, read_list
from yiwang.commons.licences.rules.verdicts import verify_licence
from yiwang.commons.licences.tests.factories import SYSTEM, licensed, sealing_office  # noqa: F401
from yiwang.commons.seals import queries as seals
from yiwang.commons.seals.engine import open_package
from yiwang.kernel import clock
from yiwang.kernel.verdicts import Mark

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("blob_folder")]
SEED = 36905


def _ofd(licence_id) -> bytes:
    page = queries.licence(licence_id=licence_id, viewer=SYSTEM)
    with files.open_file(file_id=page.versions[0].ofd_file_id, viewer=SYSTEM).stream as stream:
        return stream.read()


def _list_key():
    commands.make_status_key(by=SYSTEM, at=clock.now())
    learn()
    queries.forget_list()
    return queries.status_verifier(viewer=SYSTEM)


def test_a_sealed_licence_holds_and_tells_its_metadata(sealing_office):  # noqa: F811
    data = _ofd(licensed(sealing_office))
    verdict = verify_licence(data, seals.trust(viewer=SYSTEM))
    assert verdict.references is Mark.VALID, [each.text() for each in verdict.reasons]
    assert verdict.signature is Mark.VALID
    said = json.loads(next(body for name, body in open_package(data).files.items() if name.endswith("0.json")))
    assert said["证照类型名称"] == "样例经营许可证"
    assert said["证照标识"] == verdict.more["identifier"]


def test_a_changed_byte_is_found_wherever_it_is(sealing_office):  # noqa: F811
    data = _ofd(licensed(sealing_office))
    trust = seals.trust(viewer=SYSTEM)
    chance = random.Random(SEED)
    for _each in range(25):
        place = chance.randrange(len(data))
        changed = data[:place] + bytes([data[place] ^ (1 << chance.randrange(8))]) + data[place + 1 :]
        assert not verify_licence(changed, trust).valid, f"byte {place}, seed {SEED}"


def test_another_organisation_s_seal_under_the_issuer_s_name_is_found(sealing_office):  # noqa: F811
    from yiwang.commons.licences.rules import verdicts

    data = _ofd(licensed(sealing_office))
    trust = seals.trust(viewer=SYSTEM)
    sealed = verdicts.verify_sealed(data, trust)
    assert verdicts._other_seal(sealed, "样例市卫生健康委员会") is None
    for issuer in ("样例市公安局", "样例市", "样例市卫生健康委员会钟楼分局"):
        assert verdicts._other_seal(sealed, issuer) is not None, issuer


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04", b"%PDF-1.7\n", b"\x00" * 1000])
def test_what_is_no_licence_is_told_and_not_raised(data):
    assert not verify_licence(data, seals.trust(viewer=SYSTEM)).valid


def test_a_revoked_licence_is_told_by_the_list_alone(sealing_office):  # noqa: F811
    made, other = licensed(sealing_office), licensed(sealing_office)
    key = _list_key()
    commands.revoke(licence_id=made, reason="样例", ground=Ground.RESCINDED, by=SYSTEM, at=clock.now())
    listed = read_list(queries.status_list(viewer=SYSTEM), [key])
    trust = seals.trust(viewer=SYSTEM)
    assert verify_licence(_ofd(made), trust, listed).chain is Mark.INVALID
    assert verify_licence(_ofd(made), trust).chain is not Mark.INVALID
    assert verify_licence(_ofd(other), trust, listed).chain is not Mark.INVALID


def test_a_list_that_was_tampered_with_is_refused(sealing_office):  # noqa: F811
    made = licensed(sealing_office)
    key = _list_key()
    commands.revoke(licence_id=made, reason="样例", ground=Ground.VOID, by=SYSTEM, at=clock.now())
    data = queries.status_list(viewer=SYSTEM)
    for changed in (data.replace(b"revoked", b"suspended"), data[:-70], b"", data.replace(b"/1\n", b"/2\n")):
        with pytest.raises(StatusListWrong):
            read_list(changed, [key])


def test_the_verb_ends_with_one_line_and_its_exit_code(sealing_office, tmp_path):  # noqa: F811
    data = _ofd(licensed(sealing_office))
    file = tmp_path / "a.ofd"
    file.write_bytes(data[:-100])
    trust = tmp_path / "trust"
    trust.mkdir()
    found = CliRunner().invoke(verb, [str(file), "--trust", str(trust), "--json"])
    assert found.exit_code == 1
    said = json.loads(found.output.splitlines()[-1])
    assert said["valid"] is False
    assert set(said) >= {"signature", "references", "seal", "chain", "reasons"}
