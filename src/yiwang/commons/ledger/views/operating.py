"""The operator's pages: the log with its backlog and growth, the witnesses, what monitors found."""

from datetime import timedelta
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from yiwang.commons.identity import queries as identity
from yiwang.commons.ledger import policies, queries
from yiwang.commons.ledger.contracts import FindingView, LogStanding, LogView, WitnessView
from yiwang.commons.ledger.engine import NoteVerifier
from yiwang.commons.ledger.views import words
from yiwang.kernel import clock
from yiwang.kernel.actor import Actor
from yiwang.web.components import (
    Cell,
    Chart,
    Column,
    Due,
    DueState,
    Empty,
    Fact,
    Facts,
    Note,
    Pagination,
    Row,
    Tab,
    Table,
    Tabs,
    Tag,
    Text,
    Tone,
)

_LATE = timedelta(minutes=2)
_FAULTS = 3


def _viewer(request: HttpRequest) -> Actor:
    viewer = identity.actor_of(request)
    policies.check_watch(viewer)
    return viewer


def _tabs(here: str) -> Tabs:
    pages = (("standing", _("运行")), ("witnesses", _("见证单位")), ("findings", _("监测发现")))
    return Tabs(_("常享链"), tuple(Tab(said, reverse(f"ledger:{name}"), current=name == here) for name, said in pages))


@login_required
@require_GET
def standing(request: HttpRequest) -> HttpResponse:
    """How the log runs: size, backlog, newest head, quorum, growth."""
    viewer = _viewer(request)
    log = queries.log(viewer=viewer)
    context: dict[str, Any] = {"tabs": _tabs("standing"), "log": log}
    if log is not None:
        found = queries.standing(viewer=viewer)
        context |= {
            "figures": _figures(found, log),
            "notes": _notes(found, log),
            "head": _head(log),
            "growth": _growth(found),
        }
    return render(request, "ledger/standing.html", context)


def _figures(found: LogStanding, log: LogView) -> tuple[tuple[str, str, str], ...]:
    waiting = words.moment(found.oldest_waiting_at)
    pending = max(0, log.size - log.final_size)
    return (
        (
            _("存证条数"),
            words.number(found.size),
            _("最近写入 %(at)s") % {"at": words.moment(found.last_appended_at) or "—"},
        ),
        (
            _("待写入"),
            words.number(found.backlog),
            _("最早的自 %(at)s等待") % {"at": waiting} if waiting else _("没有积压"),
        ),
        (
            _("等待见证"),
            words.number(pending),
            _("已生效 %(n)s 条") % {"n": words.number(log.final_size)},
        ),
        (
            _("见证签名"),
            f"{log.cosigned} / {log.witnesses}",
            _("至少要 %(n)s 家") % {"n": log.quorum} if log.quorum else _("没有要求见证单位签名"),
        ),
    )


def _notes(found: LogStanding, log: LogView) -> tuple[Note, ...]:
    """What an operator should do something about."""
    notes = []
    if found.oldest_waiting_at and clock.now() - found.oldest_waiting_at > _LATE:
        notes.append(
            Note(_("后台任务可能没有运行。请检查 yiwang worker 和“失败的后台任务”。"), _("存证没有及时写入"), Tone.WARN)
        )
    if found.unsigned_since and clock.now() - found.unsigned_since > _LATE:
        notes.append(
            Note(
                _("请运行 yiwang ledger checkpoint 看原因：签名密钥不可用，或数据与已签发的检查点不一致。"),
                _("新存证没有签发"),
                Tone.BAD,
            )
        )
    if not log.quorum:
        notes.append(
            Note(
                _("没有见证单位，改写就没有旁人发现。请登记其他单位运行的见证程序，并设定至少几家签名。"),
                _("还没有见证要求"),
                Tone.WARN,
            )
        )
    elif not log.final and log.checkpoint_at and clock.now() - log.checkpoint_at > _LATE:
        notes.append(
            Note(_("请在“见证单位”中看哪一家没有签名，联系其运维人员。"), _("最新一次签发的见证签名不够"), Tone.WARN)
        )
    return tuple(notes)


def _head(log: LogView) -> Facts:
    return Facts(
        (
            Fact(_("链的名称"), log.origin),
            Fact(_("密码算法"), "SM2 / SM3" if log.suite == "national" else "Ed25519 / SHA-256"),
            Fact(_("建立"), words.moment(log.opened_at), number=True),
            Fact(_("最近一次签发"), words.moment(log.checkpoint_at) or "—", number=True),
            Fact(_("签发时的条数"), words.number(log.size), number=True),
            Fact(_("签发的根"), words.Code(log.root.hex()) if log.root else "—"),
        ),
        tight=True,
    )


def _growth(found: LogStanding) -> Chart | None:
    if not found.per_day:
        return None
    rows = tuple((f"{day:%m-%d}", many) for day, many in found.per_day)
    option = {
        "dataset": {"source": [list(row) for row in rows]},
        "xAxis": {"type": "category"},
        "yAxis": {"type": "value", "minInterval": 1},
        "series": [{"type": "bar", "name": _("新增存证")}],
    }
    return Chart("growth", _("每日新增存证"), option, header=(_("日期"), _("新增存证")), rows=rows)


@login_required
@require_GET
def witnesses(request: HttpRequest) -> HttpResponse:
    """Who witnesses, with which key, how far behind, what fails."""
    viewer = _viewer(request)
    log = queries.log(viewer=viewer)
    rows = queries.witnesses(viewer=viewer)
    context = {
        "tabs": _tabs("witnesses"),
        "log": log,
        "table": _witness_table(rows),
        "quorum": _("至少 %(n)s 家签名，回执才算生效。") % {"n": log.quorum} if log and log.quorum else "",
    }
    return render(request, "ledger/witnesses.html", context)


def _witness_table(rows: tuple[WitnessView, ...]) -> Table:
    columns = (
        Column(_("见证单位")),
        Column(_("公钥指纹")),
        Column(_("最近签名")),
        Column(_("落后"), number=True),
        Column(_("状态")),
    )
    lines = tuple(
        Row((
            Cell(each.organisation or each.name, each.url),
            Cell(words.Code(words.fingerprint(key := NoteVerifier.parse(each.vkey))), words.algorithm(key)),
            Cell(words.moment(each.last_cosigned_at) or _("还没有签过"), _("自 %(day)s登记") % {"day": words.moment(each.since)}),
            words.number(each.behind),
            _condition(each),
        ))
        for each in rows
    )  # fmt: skip
    empty = Empty(
        _("还没有见证单位"), _("由其他单位运行 yiwang ledger witness，把公钥交给您，再用 yiwang ledger 登记。")
    )
    return Table.of(_("见证单位"), columns, lines, boxed=True, empty=empty)


def _condition(row: WitnessView) -> Due | Cell:
    if row.faults == 0 and row.last_cosigned_at:
        return Due(DueState.FINE, _("正常"))
    if row.faults == 0:
        return Due(DueState.PAUSED, _("还没有问过"))
    state = DueState.OVER if row.faults >= _FAULTS else DueState.SOON
    code, _space, detail = row.fault.partition(" ")
    return Cell(
        Due(state, fault_words(code)), "　".join(filter(None, (_("连续 %(n)s 次") % {"n": row.faults}, detail)))
    )


def fault_words(code: str) -> Text:
    """What a witness last failed of; the code itself where it is none of ours."""
    said = {
        "disagrees": _("看到的链与本链不一致"),
        "ahead": _("说见过更长的链"),
        "refused": _("拒绝签名"),
        "lied": _("签名不实"),
        "clock": _("时钟不准"),
        "slow": _("没有及时答复"),
        "down": _("连不上"),
        "garbled": _("答复看不懂"),
        "signature": _("签名无效"),
    }
    return said.get(code, code)


@login_required
@require_GET
def findings(request: HttpRequest) -> HttpResponse:
    """What checks of our own, witnesses and monitors found, each with its proof."""
    viewer = _viewer(request)
    page = queries.findings(viewer=viewer, cursor=request.GET.get("cursor"))
    pages = Pagination.of(page, path=request.path)
    context = {
        "tabs": _tabs("findings"),
        "findings": [_finding(each) for each in page.items],
        "pages": pages if pages.needed else None,
    }
    return render(request, "ledger/findings.html", context)


def _finding(row: FindingView) -> dict[str, Any]:
    return {
        "title": words.finding(row.kind),
        "tag": Tag(_("已处置"), Tone.OK) if row.settled_at else Tag(_("须处置"), Tone.BAD),
        "settled": row.settled,
        "settled_at": words.moment(row.settled_at),
        "at": words.moment(row.at),
        "witness": row.witness,
        "words": row.words,
        "proof": row.proof,
    }
