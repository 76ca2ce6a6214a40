"""What an assessment of cryptography (商用密码应用安全性评估, GB/T 39786-2021) asks for: what is used where, by which keys, how often."""

from collections.abc import Mapping
from typing import Any

from django.db.models import Count, Sum
from django.db.models.functions import Coalesce

from yiwang.commons.crypto import engine, policies, registry
from yiwang.commons.crypto.models import Certificate, CryptoKey, KeyApplication, KeyUsage, KeyVersion, MasterKey
from yiwang.commons.crypto.queries.keeping import newest_run
from yiwang.commons.crypto.queries.stored import count_rows, labels_in_use, stored_tables
from yiwang.kernel import clock
from yiwang.kernel.actor import Actor
from yiwang.kernel.settings import settings

_LOCAL = "local"


def assessment(*, viewer: Actor) -> dict[str, Any]:
    """As JSON; no key material. Reads each table with sealed columns once. Raises MayNotView."""
    policies.check_view(viewer)
    here = settings()
    versions = {bytes(row.label): row for row in KeyVersion.objects.select_related("key", "master")}
    run = newest_run(viewer=viewer)
    return {
        "standard": "GB/T 39786-2021",
        "made_at": clock.now().isoformat(),
        "suite": here.crypto_suite,
        "https": here.https,
        "self_test": {"passed": not engine.self_test(), "failed": engine.self_test()},
        "module": {"kind": registry.master_keys().kind, "certified": False},
        "stored": [_stored(table, versions) for table in stored_tables()],
        "keys": [_key(row) for row in CryptoKey.objects.select_related("application").order_by("name")],
        "masters": [
            {"fingerprint": row.fingerprint, "kind": row.kind, "state": row.state, "keys": row.n}
            for row in MasterKey.objects.annotate(n=Count("versions")).order_by("created_at")
        ],
        "applications": [
            {"code": row.code, "title": row.title, "daily_quota": row.daily_quota, "key_quota": row.key_quota}
            for row in KeyApplication.objects.order_by("code")
        ],
        "uses": [
            {"application": application, "operation": operation, "count": int(count)}
            for application, operation, count in KeyUsage.objects.values_list("application", "operation")
            .annotate(n=Sum("count"))
            .order_by("application", "operation")
        ],
        "certificates": [
            {"subject": row.subject, "issuer": row.issuer, "serial": row.serial, "algorithm": row.algorithm,
             "role": row.role, "state": row.state, "not_after": row.not_after.isoformat(),
             "demonstration": row.demonstration}
            for row in Certificate.objects.order_by("subject", "serial")
        ],
        "reencryption": None if run is None else {
            "state": run.state.value, "begun_at": run.begun_at.isoformat(), "changed": run.changed, "damaged": run.damaged,
        },
        "elsewhere": _ELSEWHERE,
    }  # fmt: skip


def _stored(table: Any, versions: Mapping[bytes, KeyVersion]) -> dict[str, Any]:
    used = labels_in_use(table)
    return {
        "table": table.table,
        "rows": count_rows(table),
        "append_only": table.append_only,
        "columns": [
            {
                "column": column.column,
                "protected_by": [
                    _under(label, count, versions) for label, count in sorted(used[column.column].items())
                ],
            }
            for column in table.sealed
        ],
        "hashes": [{"column": each.column, "of": each.of, "purpose": each.purpose} for each in table.hashes],
    }


def _under(label: bytes, count: int, versions: Mapping[bytes, KeyVersion]) -> dict[str, Any]:
    row = versions.get(label)
    if row is None:
        return {"key": _LOCAL if not label else "unknown", "version": 0, "algorithm": "sm4-gcm", "values": count}
    return {"key": row.key.name, "version": row.number, "algorithm": row.algorithm, "values": count}


def _key(row: CryptoKey) -> dict[str, Any]:
    versions = KeyVersion.objects.filter(key=row).annotate(n=Coalesce(Sum("usage__count"), 0)).order_by("number")
    return {
        "name": row.name,
        "owner": row.owner,
        "purpose": row.purpose,
        "application": row.application.code,
        "algorithm": row.algorithm,
        "state": row.state,
        "rotate_days": row.rotate_days,
        "next_rotation_at": row.next_rotation_at.isoformat() if row.next_rotation_at else None,
        "versions": [
            {
                "number": each.number,
                "algorithm": each.algorithm,
                "created_at": each.created_at.isoformat(),
                "destroyed_at": each.destroyed_at.isoformat() if each.destroyed_at else None,
                "uses": int(each.n),
            }
            for each in versions
        ],
    }


_ELSEWHERE: tuple[dict[str, str], ...] = (
    {"use": "存证和审计的摘要", "where": "kernel_evidencerow.digest、serve_cases_caseevent.hash", "algorithm": "SM3", "standard": "GB/T 32905"},
    {"use": "口令存储", "where": "commons_identity_account.password", "algorithm": "Argon2id", "standard": "RFC 9106"},
    {"use": "会话和表单的防篡改", "where": "cookie", "algorithm": "HMAC-SHA-256", "standard": "RFC 2104"},
    {"use": "主密钥包裹工作密钥", "where": "commons_crypto_keyversion.wrapped", "algorithm": "SM4-GCM / AES-256-GCM", "standard": "GB/T 32907、GB/T 36624"},
    {"use": "主密钥备份", "where": "备份文件", "algorithm": "scrypt + SM4-GCM / AES-256-GCM", "standard": "RFC 7914"},
)  # fmt: skip
"""What is protected without the pool; said here because an assessment asks for all of it."""
