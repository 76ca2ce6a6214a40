"""`/verify/seal/`: anybody gives a sealed or signed file and gets the verdict in plain words. Nothing of it is kept."""

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from yiwang.commons.seals import queries
from yiwang.commons.seals.contracts import MOST_BYTES, FileTooLarge
from yiwang.commons.seals.views import words
from yiwang.kernel.verdicts import Mark, Verdict
from yiwang.web.components import Crumbs, ErrorSummary, Fact, Facts, Link, Tag, Text, Tone
from yiwang.web.fields import Field, FieldKind

_PARTS: tuple[tuple[str, Text, Text], ...] = (
    ("references", gettext_lazy("文件内容"), gettext_lazy("盖章、签名以后，内容有没有改动。")),
    ("signature", gettext_lazy("签名值"), gettext_lazy("签名是不是用声称的那把密钥作出的。")),
    ("seal", gettext_lazy("印章或签名人"), gettext_lazy("印章是不是真的、在有效期内、与签名人相符；该签的人是否都签了。")),
    ("chain", gettext_lazy("数字证书"), gettext_lazy("证书是否由受信任的机构签发、在有效期内、没有吊销。")),
)  # fmt: skip
_MARKS: dict[Mark, Tag] = {
    Mark.VALID: Tag(gettext_lazy("通过"), Tone.OK),
    Mark.INVALID: Tag(gettext_lazy("不通过"), Tone.BAD),
    Mark.UNKNOWN: Tag(gettext_lazy("不能确认"), Tone.WARN),
}


@never_cache
@require_http_methods(["GET", "POST"])
def verify(request: HttpRequest) -> HttpResponse:
    """验章. Judged on the server within limits of size and time; the file is not kept."""
    fault, verdict, name = "", None, ""
    if request.method == "POST":
        file = request.FILES.get("file")
        if file is None or not file.size:
            fault = _("请选择要验证的文件。")
        elif file.size > MOST_BYTES:
            fault = FileTooLarge(limit=MOST_BYTES // (1024 * 1024)).sentence(_)
        else:
            name = (file.name or "")[:120]
            verdict = _judged(file.read(MOST_BYTES + 1), request)
    fields = (
        Field("file", _("要验证的文件"), FieldKind.FILE, error=fault, accept=".ofd,.pdf,.json,.esl,.dat",
              accept_words=_("OFD、PDF、印章文件或签署文件，不超过 20 MB"), max_bytes=MOST_BYTES),
    )  # fmt: skip
    context = {
        "crumbs": Crumbs((Link(_("首页"), "/"),), _("验章")),
        "fields": fields,
        "errors": ErrorSummary.of(fields) if fault else "",
        "told": _told(verdict, name) if verdict is not None else None,
        "receipts": reverse("ledger:verify"),
    }
    return render(request, "seals/verify.html", context, status=422 if fault else 200)


def _judged(data: bytes, request: HttpRequest) -> Verdict:
    from yiwang.commons.seals.engine import verify_sealed

    return verify_sealed(data, queries.trust(viewer=words.viewer_of(request)))


def _told(verdict: Verdict, name: str) -> dict[str, Any]:
    language = "en" if (get_language() or "").startswith("en") else "zh"
    return {
        "name": name,
        "valid": verdict.valid,
        "headline": _headline(verdict),
        "parts": tuple((said, why, _MARKS[getattr(verdict, key)]) for key, said, why in _PARTS),
        "reasons": tuple(each.text(language) for each in verdict.reasons),
        "remarks": tuple(each.text(language) for each in verdict.remarks),
        "signatures": tuple(_signature(each) for each in verdict.more.get("signatures", ())[:50]),
    }


def _headline(verdict: Verdict) -> str:
    if verdict.valid:
        return _("验证通过")
    parts = (verdict.signature, verdict.references, verdict.seal, verdict.chain)
    return _("验证不通过") if Mark.INVALID in parts else _("不能完全确认")


def _signature(each: dict[str, Any]) -> Facts:
    """What a signature says of itself, as far as it can be told."""
    claim = each.get("claim") or {}
    signer = claim.get("signer") or {}
    said = (
        (_("印章"), each.get("seal_name")),
        (_("印章编码"), each.get("seal_id")),
        (_("签名人"), signer.get("name") or each.get("signer")),
        (_("身份"), signer.get("capacity")),
        (_("时间"), _moment(claim.get("at") or each.get("at"))),
    )
    marks = "、".join(f"{label} {_MARKS[Mark(each[key])].words}" for key, label, _why in _PARTS if key in each)
    facts = [Fact(label, str(value)[:200]) for label, value in said if value]
    return Facts((*facts, Fact(_("结论"), marks)), tight=True)


def _moment(text: Any) -> str:
    """A time that a signature tells, as people here read it; as it is where it is none."""
    try:
        return words.moment(datetime.fromisoformat(str(text or "")))
    except ValueError:
        return str(text or "")
