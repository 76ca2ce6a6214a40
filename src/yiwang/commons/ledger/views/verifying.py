"""The public page on which a browser checks a receipt by itself. The server sends keys and words, and receives nothing."""

from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from yiwang.commons.identity import queries as identity
from yiwang.commons.ledger import queries, registry
from yiwang.commons.ledger.contracts import LogMissing
from yiwang.commons.ledger.engine.wording import WORDS
from yiwang.commons.ledger.views import words
from yiwang.kernel.actor import Actor
from yiwang.web.components import Crumbs, Link
from yiwang.web.middleware import PERMISSIONS

_ORGANISATIONS = 500
_NOBODY = UUID(int=0)


@require_GET
def verify(request: HttpRequest) -> HttpResponse:
    """核验存证. Works without a log too: with keys that the visitor brings."""
    viewer = identity.actor_of(request)
    context = {
        "crumbs": Crumbs((Link(_("首页"), "/"), Link(_("常享链"), reverse("ledger:chain"))), _("核验存证")),
        "keys": _keys(viewer),
        "words": _words(viewer),
        "receipts": reverse("ledger:receipt", args=[_NOBODY]),
        "steps": _steps(),
    }
    response = render(request, "ledger/verify.html", context)
    # Scanning a code needs the camera, on this page alone.
    response["Permissions-Policy"] = PERMISSIONS.replace("camera=()", "camera=(self)")
    return response


def _keys(viewer: Actor) -> str:
    try:
        return queries.trusted_keys(viewer=viewer)
    except LogMissing:
        return ""


def _steps() -> tuple[tuple[str, str, str], ...]:
    """(key, title, what it is for)."""
    return (
        ("read", _("读懂回执"), _("回执的格式是否完整。")),
        ("hash", _("计算摘要"), _("由存证内容算出摘要。内容改动一个字，摘要就完全不同。")),
        ("place", _("证明记录在链上"), _("由这个摘要和相邻的摘要逐级算到链的根。")),
        ("log", _("核对链的签名"), _("链的根和条数由常享链的密钥签名。")),
        ("witnesses", _("核对见证单位的签名"), _("其他单位也看到了同一条链，并且共同签名。")),
    )


def _words(viewer: Actor) -> dict[str, Any]:
    """All that the script says, in the viewer's language."""
    language = 0 if words.chinese() else 1
    places = identity.organisations(viewer=viewer, size=_ORGANISATIONS).items
    return {
        "reasons": {code: said[language] for code, said in WORDS.items()},
        "kinds": {code: _(said) for code, said in registry.kinds().items()},
        "facts": {code: _(said) for code, said in registry.facts().items()},
        "values": {
            fact: {code: _(said) for code, said in values.items()} for fact, values in registry.values().items()
        },
        "organisations": {str(each.id): each.name if words.chinese() else each.name_en or each.name for each in places},
        "witnesses": {each.name: each.organisation for each in queries.witnesses(viewer=viewer)},
        "headlines": _headlines(),
        "says": _says(),
    }


def _headlines() -> dict[str, str]:
    """The headline by the beginning of the first reason's code."""
    return {
        "text.": _("这不是一份完整的存证回执"),
        "proof.": _("内容与链上的记录不符"),
        "log.unknown": _("不认识这条链，无法确认"),
        "log.": _("链的签名不对"),
        "keys.none": _("没有公钥，无法确认"),
        "key.": _("这不是一份完整的存证回执"),
        "witness.invalid": _("见证单位的签名不对"),
        "witness.quorum": _("见证单位的签名不够"),
    }


def _says() -> dict[str, str]:
    return {
        "valid": _("核验通过"),
        "invalid": _("核验不通过"),
        "ask_again": _("请从「我的存证」或者按存证编号重新取一份再核验。仍然不通过的，请保留文件，拨打 12345 反映。"),
        "which_keys": _("这份回执可能出自别的平台。请换用那个平台的公钥文件再核验。"),
        "stop": _("；"),
        "line": _("第 {line} 行：{said}"),
        "what": _("{organisation}于 {at} 留下记录：{kind}。{where}"),
        "what_only": _("{at} 留下记录：{kind}。{where}"),
        "where": _("已记入 {origin} 第 {index} 号，此后没有改动。"),
        "read": _("格式正确、内容完整。"),
        "header": _("格式"),
        "length": _("长度"),
        "size": _("{n} 字节"),
        "bytes": _("内容"),
        "kind": _("记录"),
        "organisation": _("机关"),
        "at": _("时间"),
        "hashed": _("已用 {hash} 算出摘要。"),
        "leaf": _("叶子摘要（{hash}）"),
        "placed": _("这条记录是链上第 {index} 号（共 {size} 条）：由 {n} 个相邻的摘要算到了签名的根。"),
        "siblings": _("相邻的摘要"),
        "computed": _("算出的根"),
        "signed_root": _("签名的根"),
        "logged": _("根和条数由 {origin} 的密钥签名，签名正确。"),
        "algorithm": _("算法"),
        "fingerprint": _("公钥指纹"),
        "witnessed": _("{many} 家见证单位共同签名，满足 {wanted} 的要求。"),
        "no_quorum": _("这份公钥没有要求见证单位签名。"),
        "cosigned_at": _("{time} 签名，正确"),
        "bad_cosignature": _("签名不对"),
        "no_cosignature": _("没有签名"),
        "log_key": _("常享链"),
        "witness_key": _("见证方"),
        "quorum": _("至少 {wanted} 家见证单位签名才算数。"),
        "our_keys": _("本平台公布的公钥"),
        "own_keys": _("您自己的公钥文件"),
        "bad_keys": _("公钥文件有误：{said}"),
        "yes": _("是"),
        "no": _("否"),
        "too_large": _("{name} 太大，不是存证回执。"),
        "fetching": _("正在取回执……"),
        "not_there": _("没有找到这个编号的回执：可能还在等待见证单位签名，请稍后再试，或者核对编号。"),
        "failed": _("没有取到回执。请检查网络；已经下载的回执文件不需要网络也能核验。"),
        "no_number": _("存证编号是 32 位数字和字母，中间有四条短横线。"),
        "reading": _("正在识别……"),
        "no_code": _("照片里没有找到二维码。请拍得近一些、正一些。"),
        "no_picture": _("这张图片打不开。"),
        "other_code": _("这个二维码不是存证回执的。"),
        "no_camera": _("不能使用摄像头。请允许使用，或者改用照片、文件。"),
    }
