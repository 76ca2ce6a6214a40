"""What `yiwang doctor` asks of the kernel: migrations, guards, jobs, outbox, disk, keys, settings that endanger."""

import shutil
from datetime import timedelta

from django.apps import apps
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from procrastinate.contrib.django.models import ProcrastinateJob, ProcrastinateWorker

from yiwang.kernel import clock
from yiwang.kernel.doctor import Finding, check
from yiwang.kernel.models import AuditEntry, GuardedRow, OutboxDelivery
from yiwang.kernel.packs.loading import current_manifest
from yiwang.kernel.settings import settings

_LEAST_FREE_GB = 2
_LATE = timedelta(minutes=2)


@check("settings", tables=False)
def _settings() -> Finding:
    here = settings()
    public = here.host not in {"127.0.0.1", "localhost", "::1"}
    if public and here.debug:
        return Finding(ok=False, message="对外服务时打开了调试模式，会泄露内部信息", mend="去掉 YIWANG_DEBUG")
    if public and here.demo:
        return Finding(ok=False, message="对外服务时打开了演示模式，任何人都能用样例账号登录", mend="去掉 YIWANG_DEMO")
    if public and not here.https:
        return Finding(ok=False, message="对外服务没有使用 https", mend="在反向代理上启用 https 并设 YIWANG_HTTPS=1")
    return Finding(ok=True, message=f"数据目录 {here.data_dir}，监听 {here.host}:{here.port}")


@check("migrations", tables=False)
def _migrations() -> Finding:
    executor = MigrationExecutor(connection)
    waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if waiting:
        return Finding(ok=False, message=f"有 {len(waiting)} 个数据库变更没有执行", mend="运行 yiwang migrate")
    return Finding(ok=True, message="数据库结构是最新的")


@check("write guards")
def _guards() -> Finding:
    tables = {
        model._meta.db_table for model in apps.get_models() if issubclass(model, GuardedRow) and model._meta.managed
    }
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid "
            "WHERE t.tgname = 'yiwang_guard' AND t.tgenabled <> 'D'"
        )
        guarded = {name for (name,) in cursor.fetchall()}
    bare = sorted(tables - guarded)
    if bare:
        return Finding(ok=False, message=f"这些表没有写入保护：{'、'.join(bare)}", mend="运行 yiwang migrate")
    return Finding(ok=True, message=f"{len(tables)} 张表只能通过命令写入")


@check("jobs")
def _jobs() -> Finding:
    now = clock.now() - clock.lead()
    failed = ProcrastinateJob.objects.filter(status="failed").count()
    late = ProcrastinateJob.objects.filter(status="todo", scheduled_at__isnull=True).count()
    alive = ProcrastinateWorker.objects.filter(last_heartbeat__gte=now - _LATE).count()
    if failed:
        return Finding(ok=False, message=f"{failed} 个后台任务失败", mend="原因见日志 worker.log；管理员在“异常”页重试")
    if not alive:
        told = f"没有后台任务进程在运行，{late} 个任务在等待"
        return Finding(ok=late == 0, message=told, mend="运行 yiwang serve 或 yiwang worker", grave=late > 0)
    return Finding(ok=True, message=f"{alive} 个后台任务进程，{late} 个任务在等待")


@check("clock")
def _clock() -> Finding:
    last = AuditEntry.objects.order_by("-pk").values_list("at", flat=True).first()
    if last is not None and last > clock.now() + _LATE:
        ahead = (last - clock.now()).days + 1
        return Finding(
            ok=False,
            message=f"最近的记录写于 {last.astimezone(clock.CHINA):%Y-%m-%d %H:%M}，晚于现在，系统时间可能被拨回",
            mend=f"校准系统时间；演示曾经提前的，用 --days-ahead {ahead} 启动",
        )
    return Finding(ok=True, message="系统时间晚于所有记录")


@check("outbox")
def _outbox() -> Finding:
    parked = OutboxDelivery.objects.filter(state=OutboxDelivery.State.PARKED).count()
    if parked:
        return Finding(ok=False, message=f"{parked} 个事件多次处理失败，已搁置", mend="管理员在“异常”页查看原因并重试")
    return Finding(ok=True, message="事件都已送达或正在送达")


@check("disk", tables=False)
def _disk() -> Finding:
    free = shutil.disk_usage(settings().data_dir).free / 1024**3
    if free < _LEAST_FREE_GB:
        return Finding(ok=False, message=f"数据目录只剩 {free:.1f} GB", mend="清理或扩大磁盘；满了以后不能再收件")
    return Finding(ok=True, message=f"数据目录还有 {free:.0f} GB")


@check("keys", tables=False)
def _keys() -> Finding:
    folder = settings().data_dir / "keys"
    open_ones = [path.name for path in folder.glob("*.key") if path.stat().st_mode & 0o077]
    if open_ones:
        return Finding(
            ok=False, message=f"密钥文件可被他人读取：{'、'.join(open_ones)}", mend=f"chmod 600 {folder}/*.key"
        )
    if not (folder / "master.key").exists():
        return Finding(ok=True, message="还没有加密过字段")
    return Finding(ok=True, message="密钥文件只有本程序能读；请与数据库备份分开保存一份", grave=False)


@check("pack")
def _pack() -> Finding:
    manifest = current_manifest()
    if not manifest:
        return Finding(ok=False, message="没有载入配置包", mend="运行 yiwang pack load")
    return Finding(ok=True, message=f"{manifest.get('name')} {manifest.get('version')}")
