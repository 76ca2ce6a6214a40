import json

import pytest
from click.testing import CliRunner

from yiwang.commons.crypto import commands, queries
from yiwang.commons.crypto.cli import cli
from yiwang.commons.crypto.contracts import CertificateRefused, CertificateRole, FingerprintDiffers
from yiwang.commons.crypto.engine import suite
from yiwang.commons.crypto.engine.pki import AuthorityFolder, RevocationReason, parse_name
from yiwang.kernel import clock
from yiwang.kernel.actor import Actor

pytestmark = pytest.mark.django_db
VIEWER = Actor.system("tests")


class Files:
    """A root, an issuing authority's certificate, a double certificate, each in a file."""

    def __init__(self, folder):
        self.folder, self.at = folder, clock.now().replace(microsecond=0)
        national = suite("national")
        name = parse_name("CN=示例根,O=示例机构,C=CN")
        self.ca = AuthorityFolder.create(folder / "ca", national.new_signing_key(), name, at=self.at, days=100)
        self.root = self.ca.authority.certificate
        self.made = {}
        for profile in ("signing", "encryption"):
            public = national.public_key(national.new_signing_key())
            holder = parse_name("CN=示例局,C=CN")
            self.made[profile] = self.ca.issue(public, holder, profile=profile, at=self.at, days=30)

    def run(self, certificates, *arguments, code=0):
        path = self.folder / "some.pem"
        path.write_text("".join(certificate.pem() for certificate in certificates))
        found = CliRunner().invoke(cli, ["ca", "import", str(path), *arguments])
        assert found.exit_code == code, found.output
        return found.output

    def kept(self):
        return {(row.subject, row.role) for row in queries.certificates(viewer=VIEWER).items}


@pytest.fixture
def files(tmp_path):
    return Files(tmp_path)


def test_a_root_is_taken_only_by_its_fingerprint(files):
    said = files.run([files.root], code=1)
    assert files.root.fingerprint in said
    assert "--trust" in said
    assert files.kept() == set()
    spelled = ":".join(files.root.fingerprint[at : at + 2] for at in range(0, 64, 2)).upper()
    files.run([files.root], "--trust", spelled)
    assert files.kept() == {(files.root.subject, CertificateRole.ANCHOR)}


def test_what_chains_to_a_trusted_root_comes_in_and_only_once(files):
    files.run([files.root], "--trust", files.root.fingerprint)
    for _ in range(2):
        said = files.run(files.made.values())
        assert "已导入 2 张证书" in said
        assert "测试演示证书" in said
    assert files.kept() == {
        (files.root.subject, CertificateRole.ANCHOR),
        ("CN=示例局,C=CN", CertificateRole.SIGNING),
        ("CN=示例局,C=CN", CertificateRole.ENCRYPTION),
    }


def test_one_that_does_not_hold_keeps_the_rest_out(files):
    revoked = files.made["signing"]
    files.ca.revoke(revoked.serial, RevocationReason.KEY_COMPROMISE, files.at)
    path = files.folder / "list.pem"
    path.write_text(files.ca.list(files.at, 3).pem())
    everything = [files.root, *files.made.values()]
    said = files.run(everything, "--trust", files.root.fingerprint, "--crl", str(path), "--json", code=1)
    lines = [json.loads(line) for line in said.splitlines()]
    assert [line["valid"] for line in lines] == [True, False, True]
    assert lines[1]["reasons"][0]["code"] == "pki.revoked"
    assert files.kept() == set()


def test_a_dry_run_keeps_nothing(files):
    assert "没有导入" in files.run([files.root], "--trust", files.root.fingerprint, "--dry-run")
    assert files.kept() == set()


def test_nothing_comes_in_by_a_root_that_the_pool_revoked(files):
    files.run([files.root], "--trust", files.root.fingerprint)
    (row,) = queries.certificates(viewer=VIEWER).items
    commands.revoke_certificate(certificate_id=row.id, reason="样例", by=VIEWER, at=clock.now())
    files.run([files.root, files.made["signing"]], "--trust", files.root.fingerprint, code=1)
    assert len(files.kept()) == 1


def test_the_command_itself_takes_no_leaf_without_a_chain_and_no_root_without_its_fingerprint(files):
    def take(certificate, role, **more):
        commands.import_certificate(der=certificate.der, role=role, by=VIEWER, at=clock.now(), **more)

    with pytest.raises(CertificateRefused):
        take(files.made["signing"], CertificateRole.SIGNING)
    with pytest.raises(FingerprintDiffers):
        take(files.root, CertificateRole.ANCHOR)
    take(files.root, CertificateRole.ANCHOR, fingerprint=files.root.fingerprint)
    take(files.made["signing"], CertificateRole.SIGNING)
    assert len(files.kept()) == 2


def test_what_the_pool_revoked_stays_so_when_it_comes_again(files):
    files.run([files.root], "--trust", files.root.fingerprint)
    files.run([files.made["signing"]])
    (row,) = (row for row in queries.certificates(viewer=VIEWER).items if row.role is CertificateRole.SIGNING)
    commands.revoke_certificate(certificate_id=row.id, reason="样例", by=VIEWER, at=clock.now())
    assert "仍不受信任" in files.run([files.made["signing"]])
