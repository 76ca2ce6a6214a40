"""Heads on a chain: a real Ethereum virtual machine behind a small JSON-RPC server, no consensus."""

import hashlib
import json
import subprocess
import sys
from contextlib import ExitStack
from importlib.util import find_spec

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from yiwang.commons.ledger.cli.anchoring import anchor
from yiwang.commons.ledger.contrib.evm import Account, Chain, ChainFault, EvmAnchor, make_contract
from yiwang.commons.ledger.contrib.evm.contract import anchor_call
from yiwang.commons.ledger.contrib.evm.keccak import keccak256, sponge
from yiwang.commons.ledger.contrib.evm.transactions import P, recovered, rlp, signed_transaction
from yiwang.commons.ledger.engine import Checkpoint
from yiwang.commons.ledger.engine.witnessing.serving import Answer, serving
from yiwang.commons.ledger.engine.witnessing.tests.logs import Log, signer
from yiwang.commons.ledger.registry.anchors import AnchorFault

SECRET = bytes(31) + b"\x01"  # the first account of the simulator, known to everybody


@given(st.binary(max_size=600))
@settings(max_examples=30)
def test_the_sponge_is_that_of_sha3(data):
    assert sponge(data, 0x06) == hashlib.sha3_256(data).digest()


def test_keccak_has_the_old_padding():
    assert keccak256(b"").hex() == "c5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470"
    assert keccak256(b"abc").hex() == "4e03657aea45a94fc7d47ba826c8d667c0d1e6e33a64a036ec44f58fa12d6c45"


def test_signs_the_example_of_eip_155():
    account = Account.of(b"\x46" * 32)
    assert account.address == "0x9d8a62f656a8d1615c1294fd71e9cfb3e4855a4f"
    raw = signed_transaction(
        account, chain=1, nonce=9, gas_price=20 * 10**9, gas=21000, to=b"\x35" * 20, data=b"", value=10**18
    )
    assert raw.hex() == (
        "f86c098504a817c800825208943535353535353535353535353535353535353535880de0b6b3a76400008025"
        "a028ef61340bd939bc2195fe537567866003e1a15d3c71ff63e1590620aa636276"
        "a067cbe9d8997f761aecb703304b3800ccf555c9f3dc64214b297fb1966a3b6d83"
    )


@given(st.binary(min_size=32, max_size=32))
@settings(max_examples=3)
def test_the_recovery_bit_leads_back_to_the_signer(digest):
    account = Account.of(b"\x17" * 32)
    odd, r, s = account.sign(digest)
    assert recovered(digest, odd, r, s) == account._public
    assert recovered(digest, 1 - odd, r, s) != account._public
    assert r < P


def test_length_prefixes_by_the_examples_of_the_yellow_paper():
    assert rlp(b"dog").hex() == "83646f67"
    assert rlp([b"cat", b"dog"]).hex() == "c88363617483646f67"
    assert (rlp(b""), rlp([]), rlp(b"\x0f"), rlp(b"\x04\x00")) == (b"\x80", b"\xc0", b"\x0f", b"\x82\x04\x00")
    assert rlp([[], [[]], [[], [[]]]]).hex() == "c7c0c1c0c3c0c1c0"
    assert rlp(b"x" * 56)[:2].hex() == "b838"


@pytest.mark.parametrize("private", [b"", bytes(32), b"\xff" * 32, b"\x01" * 31])
def test_refuses_what_is_no_key(private):
    with pytest.raises(ValueError, match="key"):
        Account.of(private)


@pytest.fixture(scope="module")
def node():
    if find_spec("eth_tester") is None:
        pytest.skip("the simulator of a chain (eth-tester with py-evm) is not installed")
    command = [sys.executable, "-m", "yiwang.commons.ledger.tests.chain_simulator"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        url = process.stdout.readline().strip()
        chain = Chain(url)
        yield url, chain, make_contract(chain, Account.of(SECRET))
        process.stdin.close()


def _head(log):
    return Checkpoint.parse(log.checkpoint().text)


def test_a_head_is_written_once_and_read_by_everybody(node):
    _, chain, contract = node
    log = Log("national").grow(3)
    writer = EvmAnchor(chain, contract, account=Account.of(SECRET))
    reader = EvmAnchor(chain, contract, author=writer.author)
    assert reader.find(log.key.name, 3) is None
    assert writer.anchor(_head(log)).startswith("0x")
    found = reader.find(log.key.name, 3)
    assert found.root == log.checkpoint_root()
    assert found.at > 1_000_000_000
    assert writer.anchor(_head(log)) == ""
    log.rewrite(1)
    with pytest.raises(AnchorFault, match="another root"):
        writer.anchor(_head(log))
    data = anchor_call(hashlib.sha256(log.key.name.encode()).digest(), 3, log.checkpoint_root())
    with pytest.raises(ChainFault, match="eth_estimateGas"):  # nor by going around the adapter
        chain.send(Account.of(SECRET), to=contract, data=data)
    assert reader.find(log.key.name, 3) == found
    with pytest.raises(AnchorFault, match="no account"):
        reader.anchor(_head(log))


def test_nobody_writes_under_anothers_name(node):
    _, chain, contract = node
    log = Log().grow(5)
    stranger = EvmAnchor(chain, contract, account=Account.of(bytes(31) + b"\x02"))
    stranger.anchor(Checkpoint(log.key.name, 5, bytes(31) + b"\x09"))
    writer = EvmAnchor(chain, contract, account=Account.of(SECRET))
    assert writer.find(log.key.name, 5) is None
    assert writer.anchor(_head(log))


def test_the_operator_anchors_and_anybody_checks(node, tmp_path):
    url, _, contract = node
    log = Log().grow(7)
    (tmp_path / "key").write_text(SECRET.hex())
    (tmp_path / "head").write_bytes(log.checkpoint().bytes())

    def run(*more):
        given = ["--rpc", url, "--contract", contract, "--keys", log.key.verifier.vkey, "--json", *map(str, more)]
        result = CliRunner().invoke(anchor, given)
        return result.exit_code, json.loads(result.stdout) if result.stdout else result.stderr

    account, head = ("--account-key", tmp_path / "key"), ("--checkpoint", tmp_path / "head")
    author = ("--author", Account.of(SECRET).address)
    assert run(*head, *author, "--check") == (3, {"origin": log.key.name, "size": 7, "root": log.checkpoint_root().hex(),
                                                   "anchored": False, "same": False})  # fmt: skip
    assert run(*head, *account)[0] == 0
    assert run(*head, *author, "--check")[1]["same"] is True
    log.rewrite(2)
    with ExitStack() as stack:
        at_log = ("--url", stack.enter_context(serving(log)))
        assert run(*at_log, *author, "--check")[0] == 1
        assert "another root" in run(*at_log, *account)[1]
    assert "address" in run(*head, *author, "--contract", "0x12")[1]
    (tmp_path / "policy").write_text(
        f"log {log.key.verifier.vkey}\nwitness w {signer('w', cosigning=True).verifier.vkey}\nquorum w\n"
    )
    assert "见证签名不足" in run(*head, *account, "--keys", tmp_path / "policy")[1]


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"", "no JSON"),
        (b"[" * 90_000, "no JSON"),
        (b"[]", "no answer"),
        (b'{"id": 7, "result": 1}', "no answer"),
        (b'{"id": 1, "error": {"message": "no gas"}}', "no gas"),
        (b'{"id": 1, "error": "odd"}', "odd"),
        (b'{"id": 1, "result": null}', "no bytes"),
        (b'{"id": 1, "result": "0xzz"}', "no bytes"),
        (b'{"id": 1, "result": "0x00"}', "not the contract"),
    ],
)
def test_says_what_is_wrong_with_a_node(body, said):
    with serving(lambda _: Answer(200, body)) as url, pytest.raises(AnchorFault, match=said):
        EvmAnchor(Chain(url), "0x" + "11" * 20, author="0x" + "22" * 20).find("log", 1)


def test_a_node_that_is_down_is_said():
    with pytest.raises(AnchorFault):
        EvmAnchor(Chain("http://127.0.0.1:1"), "0x" + "11" * 20, author="0x" + "22" * 20).find("log", 1)
