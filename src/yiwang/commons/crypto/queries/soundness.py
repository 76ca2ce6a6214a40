"""Whether this program may be trusted with keys: known answers of its algorithms, and the master key at hand."""

import time

from yiwang.commons.crypto import engine, registry
from yiwang.commons.crypto.contracts import MasterKeyMissing, MasterState, SelfTestFailed
from yiwang.commons.crypto.models import CryptoKey, KeyVersion, MasterKey
from yiwang.commons.crypto.queries.keyring import RING
from yiwang.commons.crypto.rules import PLATFORM
from yiwang.kernel import clock
from yiwang.kernel.doctor import Finding, check


def check_algorithms() -> None:
    """Compute the known answers of every algorithm; no database is asked. Raises SelfTestFailed."""
    failed = engine.self_test()
    if failed:
        raise SelfTestFailed(failed="、".join(failed))


def check_master_key() -> None:
    """The master key that wraps the pool's keys is here and opens them. Raises MasterKeyMissing, KeyDamaged."""
    keeper = registry.master_keys()
    active = MasterKey.objects.filter(state=MasterState.ACTIVE.value).values_list("fingerprint", flat=True).first()
    if active is not None and not keeper.has(active):
        raise MasterKeyMissing(fingerprint=active, place=keeper.place)
    for held in tuple(RING.view().held.values()):
        if held.purpose in PLATFORM:
            held.material()


def look_again() -> None:
    """Let this process know at once what the pool holds now, and write down what it counted."""
    RING.renew()


@check("crypto", tables=False)
def _algorithms() -> Finding:
    began = time.monotonic()
    try:
        check_algorithms()
    except SelfTestFailed as error:
        return Finding(ok=False, message=str(error), mend=error.advice())
    return Finding(ok=True, message=f"密码算法自检通过（{(time.monotonic() - began) * 1000:.0f} 毫秒）")


@check("key pool")
def _pool() -> Finding:
    try:
        check_master_key()
    except MasterKeyMissing as error:
        return Finding(ok=False, message=str(error), mend=error.advice())
    if not CryptoKey.objects.filter(purpose__in=[each.value for each in PLATFORM]).exists():
        return Finding(
            ok=False, message="密钥池还没有建立，字段用本机密钥加密", mend="运行 yiwang migrate", grave=False
        )
    left = MasterKey.objects.exclude(state=MasterState.ACTIVE.value).filter(versions__isnull=False)
    if left.exists():
        return Finding(
            ok=False,
            message="有密钥版本还由已停用的主密钥包裹",
            mend="yiwang crypto master-key rotate 在用的主密钥指纹（master-key list 可查）",
        )
    late = list(CryptoKey.objects.filter(next_rotation_at__lt=clock.now()).values_list("name", flat=True)[:5])
    if late:
        return Finding(
            ok=False, message=f"该轮换的密钥：{'、'.join(late)}", mend="yiwang crypto keys rotate 名称", grave=False
        )
    count = KeyVersion.objects.filter(destroyed_at__isnull=True).count()
    return Finding(ok=True, message=f"{count} 个密钥版本由主密钥保护；主密钥请与数据库备份分开保存")
