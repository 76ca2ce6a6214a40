"""The verdict on a package, offline: by the file, the trusted keys of archives, and what judges receipts and seals.

`signature`: the archive's signature over the manifests holds. `references`: container, manifests, metadata and files are what
was signed, nothing missing, nothing extra. `seal`: the seals on the files inside and the ledger's receipts inside hold.
`chain`: the key that signed is trusted as an archive's.
"""

from collections.abc import Callable, Iterator

from yiwang.commons.ledger.engine import LedgerFault, TrustedKeys, judge_receipt
from yiwang.kernel.verdicts import Mark, Told, Verdict, worst

from .deciding import judge_proofs
from .opening import Package, open_package
from .packing import LEDGER_KEYS
from .signing import TrustedArchives
from .wording import Reason

Judge = Callable[[bytes], Verdict]


def verify_package(
    data: bytes,
    trusted: TrustedArchives | None,
    *,
    ledger_keys: TrustedKeys | None = None,
    judge_sealed: Judge | None = None,
) -> Verdict:
    """Judge a package, whatever bytes it has; never raises for their sake, time linear in the size.

    `ledger_keys` judge the receipts inside; without them the enclosed keys do, which the archive has signed.
    """
    return verdict_of(open_package(data), trusted, ledger_keys=ledger_keys, judge_sealed=judge_sealed)


def verdict_of(
    package: Package,
    trusted: TrustedArchives | None,
    *,
    ledger_keys: TrustedKeys | None = None,
    judge_sealed: Judge | None = None,
) -> Verdict:
    """The same for an opened package."""
    if package.container:
        return Verdict(references=Mark.INVALID, reasons=package.container)
    reasons: list[Told] = [*package.signature, *package.bag, *package.described]
    remarks: list[Told] = []
    signature = Mark.INVALID if package.signature or package.signed is None else Mark.VALID
    references = Mark.INVALID if package.bag or package.described else Mark.VALID
    chain = _chain(package, trusted, reasons)
    if signature is chain is references is Mark.VALID:
        references = worst(Mark.VALID, *_decided(package, reasons, remarks))
    seal = worst(
        Mark.VALID, *_receipts(package, ledger_keys, reasons, remarks), *_sealed(package, judge_sealed, reasons)
    )
    if package.metadata and package.metadata.one("文件实体", "样例"):
        remarks.append(Reason("sample"))
    return Verdict(signature, references, seal, chain, tuple(reasons), tuple(remarks), _facts(package))


def _decided(package: Package, reasons: list[Told], remarks: list[Told]) -> Iterator[Mark]:
    for mark, told in judge_proofs(package):
        (remarks if mark is Mark.VALID else reasons).append(told)
        yield mark


def _facts(package: Package) -> dict[str, object]:
    if package.metadata is None:
        return {}
    return {
        "archive": package.number,
        "title": package.metadata.one("文件实体", "题名"),
        "files": len(package.payload),
        "bytes": sum(map(len, package.payload.values())),
    }


def _chain(package: Package, trusted: TrustedArchives | None, reasons: list[Told]) -> Mark:
    if package.signed is None:
        return Mark.UNKNOWN
    if trusted is None:
        reasons.append(Reason("keys.none"))
        return Mark.UNKNOWN
    if package.signed.public_key not in trusted.keys:
        reasons.append(Reason("keys.unknown", {"name": package.signed.organisation}))
        return Mark.INVALID
    return Mark.VALID


def _receipts(package: Package, keys: TrustedKeys | None, reasons: list[Told], remarks: list[Told]) -> Iterator[Mark]:
    found = {path: body for path, body in package.payload.items() if path.endswith(".tlog-proof")}
    if not found:
        return
    if keys is None:
        try:
            keys = TrustedKeys.parse(package.files[LEDGER_KEYS])
        except (LedgerFault, KeyError):
            reasons.append(Reason("receipt.no_keys"))
            yield Mark.UNKNOWN
            return
        remarks.append(Reason("receipt.enclosed"))
    for path, body in found.items():
        verdict = judge_receipt(body, keys)
        if not verdict.valid:
            reasons.append(Reason("receipt.wrong", {"name": path, "reason": _first(verdict)}))
        yield Mark.VALID if verdict.valid else worst(verdict.signature, verdict.references, verdict.seal, verdict.chain)


def _sealed(package: Package, judge: Judge | None, reasons: list[Told]) -> Iterator[Mark]:
    for row in package.objects:
        path = row.get("文件名", "")
        if row.get("盖章") != "是" or path not in package.files:
            continue
        if judge is None:
            reasons.append(Reason("sealed.unjudged", {"name": path}))
            yield Mark.UNKNOWN
            continue
        verdict = judge(package.files[path])
        if not verdict.valid:
            reasons.append(Reason("sealed.wrong", {"name": path, "reason": _first(verdict)}))
        yield Mark.VALID if verdict.valid else worst(verdict.signature, verdict.references, verdict.seal, verdict.chain)


def _first(verdict: Verdict) -> str:
    return verdict.reasons[0].text("zh") if verdict.reasons else ""
