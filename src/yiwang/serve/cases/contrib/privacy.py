"""What cases tell privacy: for what personal data is looked at, in which words one agrees, what a withdrawal does."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext

from yiwang.commons.privacy.contracts import ConsentView
from yiwang.commons.privacy.registry import (
    ConsentText,
    register_effect,
    register_purpose,
    register_subject,
    register_text,
)
from yiwang.kernel.actor import Actor, SubjectRef
from yiwang.kernel.text import gettext_noop as _
from yiwang.serve.cases.contracts import RevealPurpose
from yiwang.serve.cases.contracts.licences import AGREE, HANDLE


def _progress(_case: SubjectRef, words: str) -> str:
    """A case's page for its applicant; a member is shown on the page of its bundle."""
    return reverse("cases:progress", args=[words]) if words else ""


def _effect(consents: Sequence[ConsentView], _viewer: Actor) -> Mapping[Any, str]:
    told = gettext(
        "撤回后不能再调取这个证照，没有提交的申请要改为上传；已经提交的不受影响，正在办的可能需要您补交材料。"
    )
    return {each.id: told for each in consents}


register_purpose(HANDLE, _("办理您申请的事项"))
for _each in RevealPurpose:
    register_purpose(f"cases.{_each.value}", _each.label)
register_text(
    ConsentText(
        AGREE,
        1,
        _("我同意{organisation}调取我的电子证照“{data}”，只用于{purpose}，最晚用到{until}。"),
        _("不同意也可以自己上传这份材料，不影响申请。"),
        _("随时可以在“我的授权”里撤回；撤回前已经使用的不受影响，正在办的可能需要补交材料。"),
        sensitive=_(
            "“{data}”含有敏感个人信息，在线核对这份材料必须用到它；泄露可能影响您的人身和财产安全，只有承办人员能看，每次查看都留记录。"
        ),
    )
)
register_subject("case", _progress)
register_effect("draft", _effect)
