"""A sample package: a made-up case of a made-up applicant, with receipts of a sample log."""

import json
from datetime import UTC, datetime, timedelta

from yiwang.commons.archives.engine import Agent, Content, Item, Kind, Relation, Step, TrustedArchives, build_package
from yiwang.commons.crypto.engine import LocalSigner, suite
from yiwang.commons.ledger.engine import Checkpoint, MemoryTree, NoteSigner, Receipt, TrustedKeys

AT = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer<<>>\n%%EOF\n"
NATIONAL = suite("national")
ENTRIES = [f'{{"facts":{{}},"kind":"sample.step","number":{at}}}'.encode() for at in range(4)]
TREE = MemoryTree(NATIONAL.digest, ENTRIES)
LOG = NoteSigner("ledger.sample.example/log", LocalSigner(NATIONAL.new_signing_key()))
WITNESS = NoteSigner("witness.sample.example", LocalSigner(NATIONAL.new_signing_key()), cosigning=True)
NOTE = Checkpoint(LOG.name, 4, TREE.root(4)).note(LOG).signed(WITNESS, time=1_800_000_000)
RECEIPT = Receipt(ENTRIES[1], 1, tuple(TREE.inclusion(1, 4)), NOTE, NATIONAL.hash_name).to_text().encode()
LEDGER = TrustedKeys.of([LOG.verifier], {"w1": WITNESS.verifier}, 1).text().encode()
STATEMENTS = {"number": "SAMPLE-CASE-1", "statements": [{"kind": "sample.step", "receipt": "001.tlog-proof"}]}
KEYS = {name: LocalSigner(suite(name).new_signing_key()) for name in ("national", "international")}
NUMBER = "SAMPLE001-ZW·2026-D30-00001"


def trusted(name="national"):
    return TrustedArchives({KEYS[name].public: "sample"})


def item(kind, name, data, media_type, **options):
    return Item(kind, name, f"样例{kind.label}", data, media_type, AT, **options)


def content(**changes):
    told = {"number": "SAMPLE-CASE-1", "steps": [{"action": "submit"}, {"action": "close"}]}
    items = (
        item(
            Kind.FORM, "form.json", json.dumps({"number": "SAMPLE-CASE-1", "answers": []}).encode(), "application/json"
        ),
        item(Kind.FORM, "form.pdf", PDF, "application/pdf"),
        item(Kind.MATERIAL, "001.pdf", PDF, "application/pdf", origin="上传"),
        item(Kind.HISTORY, "history.json", json.dumps(told).encode(), "application/json"),
        item(Kind.EVIDENCE, "statements.json", json.dumps(STATEMENTS).encode(), "application/json"),
        item(Kind.EVIDENCE, "001.tlog-proof", RECEIPT, "application/vnd.yiwang.tlog-proof"),
        item(Kind.EVIDENCE, "trusted-keys.txt", LEDGER, "text/plain"),
    )
    given = {
        "archive_number": NUMBER,
        "number": "SAMPLE-CASE-1",
        "title": "样例办件",
        "category": "政务服务事项",
        "organisation": "样例局",
        "organisation_code": "SAMPLE001",
        "retention": "30年",
        "retention_ground": "样例依据",
        "matter_code": "SAMPLE-MATTER",
        "matter": "样例事项",
        "result": "准予",
        "submitted_at": AT - timedelta(days=3),
        "closed_at": AT - timedelta(days=1),
        "packed_at": AT,
        "sample": True,
        "agents": (Agent("立档单位", "organisation", "样例局", "SAMPLE001"), Agent("申请人", "person", "样例申请人")),
        "steps": (
            Step("申请", AT - timedelta(days=3), "样例申请人"),
            Step("办结", AT - timedelta(days=1), "样例局"),
        ),
        "relations": (Relation("属于", "SAMPLE-CASE-0", "样例一件事"),),
        "items": items,
    }
    return Content(**(given | changes))


def package(name="national", **changes):
    return build_package(content(**changes), signer=KEYS[name], at=AT)
