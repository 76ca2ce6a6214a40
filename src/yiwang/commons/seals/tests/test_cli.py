"""The operator's verbs: a seal with a certificate of an outside authority, from the request to the made seal."""

from datetime import timedelta

import pytest
from click.testing import CliRunner
from cryptography import x509

from yiwang.commons.crypto import commands as crypto
from yiwang.commons.crypto import queries as pool
from yiwang.commons.crypto.contracts import CertificateRole
from yiwang.commons.crypto.engine import new_root, parse_name, suite
from yiwang.commons.crypto.tests.factories import learn
from yiwang.commons.seals import commands, queries
from yiwang.commons.seals.cli import cli
from yiwang.commons.seals.contracts import OFD, SealKind, UseRule
from yiwang.commons.seals.engine import Trust, verify_sealed
from yiwang.commons.seals.models import Seal
from yiwang.commons.seals.tests.factories import SYSTEM
from yiwang.commons.seals.tests.papers import STAMP, an_ofd
from yiwang.kernel import clock
from yiwang.kernel.actor import SubjectRef
from yiwang.kernel.errors import DomainError
from yiwang.kernel.ids import new_id
from yiwang.kernel.settings import settings


def run(*arguments):
    done = CliRunner().invoke(cli, [str(each) for each in arguments], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return done.output


@pytest.fixture
def authority():
    """An authority outside, whose root this installation trusts."""
    now = clock.now()
    root = new_root(
        suite("national").new_signing_key(), parse_name("CN=样例认证机构"), since=now - timedelta(days=1), days=900
    )
    crypto.import_certificate(
        der=root.certificate.der,
        role=CertificateRole.ANCHOR,
        fingerprint=root.certificate.fingerprint,
        by=SYSTEM,
        at=now,
    )

    def certify(request, key_name, profile="signing"):
        assert x509.load_pem_x509_csr(request.encode()).subject.rfc4514_string().count("C=CN") == 1
        public = pool.public_key(key_id=pool.key_id_of(name=key_name))
        since = clock.now() - timedelta(hours=1)
        return root.issue(public, parse_name("CN=样例,C=CN"), profile=profile, since=since, days=800)

    return certify


def test_a_seal_is_made_with_certificates_of_an_outside_authority(city, authority, tmp_path):
    seal_id = commands.apply_for_seal(
        organisation_id=city.organisation_id, kind=SealKind.OFFICIAL, rule=UseRule.ONE, reason="新设", by=city.officer,
        at=clock.now(),
    )  # fmt: skip
    commands.approve_seal(seal_id=seal_id, by=city.registrar, at=clock.now())
    learn()
    code = Seal.objects.get().code
    for name, profile in (("maker", "seal_maker"), (code, "signing")):
        request = run("request", name)
        learn()
        file = tmp_path / f"{name}.pem"
        file.write_text(authority(request, f"seals.{name}", profile).pem())
        run("import-certificate", name, file)
    with pytest.raises(DomainError):
        run("import-certificate", code, tmp_path / "maker.pem")
    run("make", code)
    commands.hand_over_seal(seal_id=seal_id, keepers=[city.keeper.account_id], by=city.officer, at=clock.now())
    sealed = commands.seal_document(
        seal_id=seal_id, document=an_ofd(), media_type=OFD, stamps=[STAMP], subject=SubjectRef("x", new_id()),
        reason="样例", by=city.keeper, at=clock.now(),
    )  # fmt: skip
    verdict = verify_sealed(sealed, queries.trust(viewer=SYSTEM))
    assert (verdict.signature, verdict.references, verdict.seal) == ("valid",) * 3, verdict.as_json()
    assert verdict.chain == "unknown", "no revocation list of that authority is here"
    assert "样例" not in Seal.objects.get().name.removeprefix("样例市卫生健康委员会")
    assert code in run("list")
    assert "保管" in run("show", code)
    assert "seal_page" not in run("show", code, "--json")
    assert code in run("uses", "--seal", code)
    assert "停用" in run("suspend", code, "--reason", "核查")


def test_the_trust_folder_is_enough_to_verify_offline(city, tmp_path, monkeypatch):
    here = settings().model_copy(update={"data_dir": tmp_path, "demo": True})
    monkeypatch.setattr("yiwang.commons.seals.queries.trusting.settings", lambda: here)
    made = commands.seal_at_hand(organisation_id=city.organisation_id, by=SYSTEM, at=clock.now())
    sealed = commands.seal_document(
        seal_id=made, document=an_ofd(), media_type=OFD, stamps=[STAMP], subject=SubjectRef("licence", new_id()),
        reason="样例", by=SYSTEM, at=clock.now(),
    )  # fmt: skip
    assert queries.trust_outdated(viewer=SYSTEM)
    assert "更新" in run("trust")
    assert not queries.trust_outdated(viewer=SYSTEM)
    assert verify_sealed(sealed, Trust.from_folder(tmp_path / "trust")).valid
    assert not verify_sealed(sealed, Trust.from_folder(tmp_path / "nowhere")).valid
