"""How things stand: suite, self-test, master keys, re-encryption; the assessment as a document and as JSON."""

import json
import time

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from yiwang.commons.crypto import engine, queries, rules
from yiwang.commons.crypto.contracts import MasterRow, MasterState, RunRow, RunState
from yiwang.commons.crypto.views import words
from yiwang.kernel.settings import settings
from yiwang.web.components import Column, Empty, Fact, Facts, Progress, Row, Table, Tag, Tone


@login_required
@require_GET
def standing(request: HttpRequest) -> HttpResponse:
    """The pool at a glance."""
    viewer = words.viewer_of(request)
    masters = queries.masters(viewer=viewer)
    run = queries.newest_run(viewer=viewer)
    began = time.monotonic()
    failed = engine.self_test()
    took = (time.monotonic() - began) * 1000
    facts = Facts(
        (
            Fact(_("新密钥的密码套件"), words.SUITES[settings().crypto_suite]),
            Fact(
                _("算法自检"),
                _("没有通过：%(failed)s") % {"failed": "、".join(failed)}
                if failed
                else _("已知答案全部正确（%(ms)d 毫秒）") % {"ms": took},
                mark=Tag(_("停止使用"), Tone.BAD) if failed else None,
            ),
            Fact(_("到期待轮换的密钥"), _("%(n)d 个") % {"n": len(queries.due_keys(viewer=viewer))}),
            Fact(_("密码模块"), _("软件实现，没有经过商用密码产品检测认证；第三级以上系统应接入密码机")),
        ),
        tight=True,
    )
    context = {
        "tabs": words.tabs("standing"),
        "facts": facts,
        "masters": _masters(masters),
        "run": run,
        "run_words": _run_words(run) if run else "",
        "progress": Progress(run.percent // 10, 10, _("已完成 %(n)d%%") % {"n": run.percent})
        if run and run.state is RunState.RUNNING
        else None,
        "parts": _parts(run) if run else None,
        "waits": queries.pass_is_due(viewer=viewer),
    }
    return render(request, "crypto/standing.html", context)


def _masters(rows: tuple[MasterRow, ...]) -> Table:
    columns = (
        Column(_("主密钥")),
        Column(_("状态")),
        Column(_("启用")),
        Column(_("包裹的密钥版本"), number=True),
        Column(_("本机")),
    )
    made = tuple(
        Row(
            (
                row.fingerprint,
                Tag(_("在用"), Tone.OK) if row.state is MasterState.ACTIVE else Tag(_("已停用"), Tone.PLAIN),
                words.day(row.created_at),
                row.keys,
                Tag(_("在"), Tone.OK) if row.present else Tag(_("不在"), Tone.BAD if row.keys else Tone.PLAIN),
            ),
            label=row.fingerprint,
        )
        for row in rows
    )
    return Table.of(_("主密钥"), columns, made, empty=Empty(_("还没有主密钥"), _("建立第一个密钥时会生成。")))


def _run_words(run: RunRow) -> str:
    if run.state is RunState.RUNNING:
        return _("从 %(begun)s 起正在重加密，已看 %(scanned)s 行，改写 %(changed)s 行。") % {
            "begun": words.moment(run.begun_at), "scanned": words.number(run.scanned), "changed": words.number(run.changed),
        }  # fmt: skip
    return _("最近一次重加密完成于 %(ended)s，看了 %(scanned)s 行，改写 %(changed)s 行。") % {
        "ended": words.moment(run.ended_at or run.begun_at), "scanned": words.number(run.scanned), "changed": words.number(run.changed),
    }  # fmt: skip


def _parts(run: RunRow) -> Table:
    columns = (Column(_("表")), Column(_("行数"), number=True), Column(_("已看"), number=True), Column(_("改写"), number=True),
               Column(_("读不出的值"), number=True), Column(_("状态")))  # fmt: skip
    rows = tuple(
        Row((part.table, words.number(part.total), words.number(part.scanned), words.number(part.changed), words.number(part.damaged),
             Tag(_("有损坏"), Tone.BAD) if part.damaged else Tag(_("完成"), Tone.OK) if part.ended else Tag(_("进行中"), Tone.BLUE)),
            label=part.table)
        for part in run.parts
        if part.total
    )  # fmt: skip
    return Table.of(_("逐表的进度"), columns, rows)


@login_required
@require_GET
def assessment(request: HttpRequest, kind: str) -> HttpResponse:
    """What an assessment of cryptography asks for, as a file."""
    facts = queries.assessment(viewer=words.viewer_of(request))
    if kind == "json":
        body, content = json.dumps(facts, ensure_ascii=False, indent=1, default=str), "application/json"
    else:
        body, content = rules.document(facts), "text/markdown; charset=utf-8"
    answer = HttpResponse(body, content_type=content)
    answer["Content-Disposition"] = f'attachment; filename="crypto-assessment.{kind}"'
    return answer
