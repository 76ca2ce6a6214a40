"""Errors as pages: what happened, what to do next, a stable code and the request's id. Mapped here once for HTML.

The root URL configuration names these as handler400, handler403, handler404 and handler500, the settings name `csrf_failure`.
"""

import logging
import sys
from dataclasses import dataclass
from http import HTTPStatus

from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from yiwang.kernel.errors import DomainError, ErrorKind, Invalid
from yiwang.web.registry import Area, shell
from yiwang.web.responses import is_htmx, to_login

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Problem:
    """What an error page says."""

    status: int
    code: str
    title: str
    sentence: str
    advice: str
    request_id: str
    fields: tuple[str, ...] = ()


def refusal(request: HttpRequest, error: DomainError) -> HttpResponse:
    """The answer to a DomainError; an anonymous visitor who must log in is led to the log-in page."""
    if error.kind is ErrorKind.UNAUTHENTICATED and request.method in {"GET", "HEAD"}:
        return to_login(request, settings.LOGIN_URL)
    fields = tuple(_(words) for words in error.fields.values()) if isinstance(error, Invalid) else ()
    problem = Problem(
        status=int(error.kind),
        code=error.code,
        title=title_of(int(error.kind)),
        sentence=error.sentence(_),
        advice=error.advice(_),
        request_id=request_id(request),
        fields=fields,
    )
    return show(request, problem)


def show(request: HttpRequest, problem: Problem) -> HttpResponse:
    """The whole page, or for htmx a toast in the page that is open."""
    if is_htmx(request):
        body = render_to_string("web/error_fragment.html", {"problem": problem})
        response = HttpResponse(body, status=problem.status)
        response["HX-Retarget"] = "#yw-toasts"
        response["HX-Reswap"] = "beforeend"
        return response
    area = Area.WORK if request.path.startswith(shell.home_url[Area.WORK]) else Area.PORTAL
    body = render_to_string("web/error.html", {"problem": problem, "area": area.value}, request)
    return HttpResponse(body, status=problem.status)


def title_of(status: int) -> str:
    """The heading for a status."""
    titles = {
        400: _("请求有误"),
        401: _("请先登录"),
        403: _("没有权限"),
        404: _("没有找到这一页"),
        409: _("内容已经变化"),
        410: _("内容已经撤下"),
        413: _("内容太大"),
        415: _("不支持这种文件"),
        422: _("填写的内容有误"),
        429: _("操作太频繁"),
        500: _("系统出错了"),
        503: _("服务暂时不可用"),
    }
    return titles.get(status, _("操作没有完成"))


def request_id(request: HttpRequest) -> str:
    return str(getattr(request, "request_id", ""))


def _page(request: HttpRequest, status: HTTPStatus, code: str, sentence: str, advice: str) -> HttpResponse:
    problem = Problem(int(status), code, title_of(int(status)), sentence, advice, request_id(request))
    return show(request, problem)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """handler400"""
    sentence = _("浏览器发来的内容无法处理。")
    return _page(request, HTTPStatus.BAD_REQUEST, "web.bad_request", sentence, _("请返回上一页重新操作。"))


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    """handler403"""
    sentence = _("您的账户不能查看或办理这一内容。")
    advice = _("如果这是您的事或您的工作，请换用相应的账户登录，或联系本单位管理员。")
    return _page(request, HTTPStatus.FORBIDDEN, "web.forbidden", sentence, advice)


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """handler404"""
    sentence = _("网址可能写错了，或者内容已经搬走。")
    return _page(request, HTTPStatus.NOT_FOUND, "web.not_found", sentence, _("请核对网址，或从首页查找。"))


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """CSRF_FAILURE_VIEW"""
    log.warning("CSRF check failed: %s", reason)
    sentence = _("页面打开得太久，或浏览器没有保存 Cookie，所以没有提交。")
    advice = _("请刷新页面后再提交一次；请不要在多个窗口里登录不同的账户。")
    return _page(request, HTTPStatus.FORBIDDEN, "web.csrf", sentence, advice)


def server_error(request: HttpRequest) -> HttpResponse:
    """handler500; must work when the database does not, so it falls back to a page without providers.

    While the database is away (it starts again by itself) the answer is 503 and says that nothing is lost by a repeat.
    """
    if isinstance(sys.exc_info()[1], OperationalError | InterfaceError):
        return _unavailable(request)
    sentence = _("这是我们的问题，不是您的问题。已经记录下来。")
    advice = _("请稍后再试；仍有问题请拨打 12345，并告诉工作人员下面的请求编号。")
    problem = Problem(500, "web.server_error", title_of(500), sentence, advice, request_id(request))
    try:
        return show(request, problem)
    except Exception:
        log.exception("the error page itself failed")
        return _plain(problem)


def _unavailable(request: HttpRequest) -> HttpResponse:
    """Without the shell, which would wait for the database again."""
    sentence = _("系统正在恢复，几秒钟后就能继续。")
    advice = _("请稍等片刻再试一次；已经提交成功的不会重复办理。")
    problem = Problem(503, "web.unavailable", title_of(503), sentence, advice, request_id(request))
    response = show(request, problem) if is_htmx(request) else _plain(problem)
    response["Retry-After"] = "3"
    return response


def _plain(problem: Problem) -> HttpResponse:
    return HttpResponse(render_to_string("web/error_plain.html", {"problem": problem}), status=problem.status)
