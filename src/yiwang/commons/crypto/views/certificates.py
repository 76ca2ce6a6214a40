"""Certificates that the pool keeps: the list, one of them, taking one in, revoking one."""

import base64
import textwrap
from datetime import timedelta
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from yiwang.commons.crypto import commands, queries
from yiwang.commons.crypto.contracts import (
    MANAGE,
    CertificateId,
    CertificateRefused,
    CertificateRole,
    CertificateRow,
    CertificateState,
    FingerprintDiffers,
    NotAnAuthority,
    ReasonMissing,
)
from yiwang.commons.crypto.views import words
from yiwang.kernel import clock
from yiwang.web.components import (
    SAMPLE,
    Cell,
    Column,
    Crumbs,
    Empty,
    ErrorSummary,
    Fact,
    Facts,
    Link,
    LinkButton,
    Pagination,
    Row,
    Table,
    Tag,
    Tone,
)
from yiwang.web.fields import Choice, Field, FieldKind
from yiwang.web.responses import go

_LARGEST = 64 * 1024
_SOON = timedelta(days=30)


@login_required
@require_GET
def certificates(request: HttpRequest) -> HttpResponse:
    """Those that end first come first."""
    viewer = words.viewer_of(request)
    asked = {name: request.GET.get(name, "").strip()[:80] for name in ("q", "role")}
    page = queries.certificates(viewer=viewer, text=asked["q"], role=asked["role"], cursor=request.GET.get("cursor"))
    columns = (
        Column(_("主体")), Column(_("签发者")), Column(_("类别")), Column(_("算法")), Column(_("到期日")), Column(_("状态")),
    )  # fmt: skip
    pages = Pagination.of(page, path=request.path, params=asked)
    table = Table.of(
        _("数字证书"), columns, tuple(_row(row) for row in page.items), keys=True, boxed=True,
        empty=Empty(_("没有证书"), _("导入依法设立的电子认证服务机构签发的证书；演示证书由 yiwang crypto ca 签发。")),
        pages=pages if pages.needed else None,
    )  # fmt: skip
    context = {
        "tabs": words.tabs("certificates"),
        "asked": asked,
        "table": table,
        "roles": tuple((role.value, said) for role, said in words.ROLES.items()),
        "take": LinkButton(_("导入证书"), reverse("crypto:take_certificate"), "second", "upload")
        if MANAGE in queries.rights(viewer=viewer)
        else None,
    }
    return render(request, "crypto/certificates.html", context)


def _row(row: CertificateRow) -> Row:
    cells = (
        Cell(row.subject, row.serial, reverse("crypto:certificate", args=[row.id])),
        row.issuer if row.issuer != row.subject else _("自签发"),
        words.ROLES[row.role],
        words.algorithm(row.algorithm),
        words.day(row.not_after),
        standing(row),
    )
    return Row(cells, id=str(row.id), label=row.subject)


def standing(row: CertificateRow) -> Tag:
    """What holds of it today, its chain apart."""
    now = clock.now()
    if row.state is CertificateState.REVOKED:
        return Tag(_("已吊销"), Tone.BAD)
    if row.not_after < now:
        return Tag(_("已过期"), Tone.BAD)
    if row.not_before > now:
        return Tag(_("未生效"), Tone.BLUE)
    return Tag(_("将到期"), Tone.WARN) if row.not_after - now < _SOON else Tag(_("有效期内"), Tone.OK)


@login_required
@require_http_methods(["GET", "POST"])
def certificate(request: HttpRequest, certificate_id: UUID) -> HttpResponse:
    """What it says; POST revokes it."""
    viewer = words.viewer_of(request)
    row = queries.certificate(certificate_id=certificate_id, viewer=viewer)
    fault = ""
    if request.method == "POST":
        try:
            commands.revoke_certificate(
                certificate_id=CertificateId(certificate_id), reason=request.POST.get("reason", "")[:200], by=viewer, at=clock.now()
            )  # fmt: skip
        except ReasonMissing as refused:
            fault = refused.sentence(_)
        else:
            messages.success(request, _("已吊销这张证书。"))
            return go(request, reverse("crypto:certificate", args=[certificate_id]))
    fields = (Field("reason", _("操作理由"), error=fault, hint=_("会留在证书和存证里。"), maxlength=200),)
    may = MANAGE in queries.rights(viewer=viewer) and row.state is CertificateState.GOOD
    context = {
        "row": row,
        "facts": _facts(row),
        "state": standing(row),
        "sample": SAMPLE if row.demonstration else "",
        "fields": fields if may else (),
        "errors": ErrorSummary.of(fields) if fault else "",
        "crumbs": Crumbs((Link(_("密码资源"), reverse("crypto:keys")), Link(_("数字证书"), reverse("crypto:certificates"))), _("证书")),
    }  # fmt: skip
    return render(request, "crypto/certificate.html", context, status=422 if fault else 200)


def _facts(row: CertificateRow) -> Facts:
    facts = [
        Fact(_("主体"), row.subject),
        Fact(_("签发者"), row.issuer),
        Fact(_("序列号"), row.serial, number=True),
        Fact(_("类别"), words.ROLES[row.role]),
        Fact(_("算法"), words.algorithm(row.algorithm)),
        Fact(
            _("有效期"),
            _("%(since)s至%(until)s") % {"since": words.day(row.not_before), "until": words.day(row.not_after)},
        ),
        Fact(_("指纹"), row.fingerprint, number=True),
        Fact(_("导入"), words.moment(row.created_at)),
    ]
    if row.key_id:
        facts.append(Fact(_("密钥"), row.key_name, change=Link(_("查看"), reverse("crypto:key", args=[row.key_id]), about=row.key_name)))  # fmt: skip
    if row.revoked_at:
        facts.append(Fact(_("吊销"), f"{words.moment(row.revoked_at)} {row.reason}"))
    return Facts(tuple(facts), tight=True)


@login_required
@require_GET
def pem(request: HttpRequest, certificate_id: UUID) -> HttpResponse:
    """The certificate itself."""
    row = queries.certificate(certificate_id=certificate_id, viewer=words.viewer_of(request))
    body = "\n".join(textwrap.wrap(base64.b64encode(row.der).decode(), 64))
    text = f"-----BEGIN CERTIFICATE-----\n{body}\n-----END CERTIFICATE-----\n"
    answer = HttpResponse(text, content_type="application/x-pem-file")
    answer["Content-Disposition"] = f'attachment; filename="{row.serial[:32]}.pem"'
    return answer


@login_required
@require_http_methods(["GET", "POST"])
def take(request: HttpRequest) -> HttpResponse:
    """Take a certificate in from a file."""
    viewer = words.viewer_of(request)
    queries.check_manage(viewer=viewer)
    role, mark, faults = request.POST.get("role", ""), request.POST.get("fingerprint", "").strip()[:120], {}
    if request.method == "POST":
        file = request.FILES.get("file")
        if role not in set(CertificateRole):
            faults["role"] = _("请选择类别。")
        if file is None or not file.size or file.size > _LARGEST:
            faults["file"] = _("请选择一个 .pem、.cer 或 .crt 文件，不超过 64 KB。")
        if not faults and file is not None:
            try:
                made = commands.import_certificate(
                    der=file.read(_LARGEST), role=CertificateRole(role), fingerprint=mark, by=viewer, at=clock.now()
                )
            except FingerprintDiffers as refused:
                faults["fingerprint"] = refused.sentence(_)
            except (CertificateRefused, NotAnAuthority) as refused:
                faults["file"] = refused.sentence(_)
            else:
                messages.success(request, _("已导入证书。"))
                return go(request, reverse("crypto:certificate", args=[made]))
    options = tuple(Choice(each.value, said) for each, said in words.ROLES.items())
    fields = (
        Field("file", _("证书文件"), FieldKind.FILE, error=faults.get("file", ""), accept=".pem,.cer,.crt,.der", accept_words=_("PEM 或 DER，不超过 64 KB"), max_bytes=_LARGEST),
        Field("role", _("类别"), FieldKind.RADIO, value=role, error=faults.get("role", ""), options=options),
        Field("fingerprint", _("根证书指纹"), value=mark, error=faults.get("fingerprint", ""), required=False, hint=_("导入信任锚时填写：从签发机构另行取得的指纹（64 位十六进制）。其他证书须能追溯到已信任的根。"), maxlength=120),
    )  # fmt: skip
    context = {
        "fields": fields,
        "errors": ErrorSummary.of(fields) if faults else "",
        "crumbs": Crumbs((Link(_("密码资源"), reverse("crypto:keys")), Link(_("数字证书"), reverse("crypto:certificates"))), _("导入证书")),
    }  # fmt: skip
    return render(request, "crypto/take.html", context, status=422 if faults else 200)
