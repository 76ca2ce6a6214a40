"""A post that gives no rights is told before it is given: whoever holds it could do nothing."""

from typing import Final
from uuid import UUID

from django.utils.translation import gettext as _

from yiwang.commons.identity.queries.post_effects import post_effect
from yiwang.commons.identity.views.people import words
from yiwang.kernel.actor import Actor
from yiwang.web.fields import Choice, Field, FieldKind

KNOWING: Final = "knowing"
_YES: Final = "yes"


def idle_post(viewer: Actor, given: dict[str, str]) -> dict[str, str]:
    """What is wrong with a post of which nothing follows, by field; nothing once the administrator has said that they know."""
    if given[KNOWING] == _YES:
        return {}
    try:
        place = UUID(given["organisation"])
    except ValueError:
        return {}
    found = post_effect(organisation_id=place, role=given["role"], viewer=viewer)
    if found.gives:
        return {}
    said = _("这个岗位在所选单位没有配置权限，任职后还不能办事。")
    if found.elsewhere:
        between = ", " if words.english() else "、"
        said += _("有权限的单位：%(places)s。") % {"places": between.join(map(words.place, found.elsewhere))}
    return {"role": said + _("先任职、以后再配置权限的，请勾选下面的确认。"), KNOWING: ""}


def knowing_field(given: dict[str, str], faults: dict[str, str]) -> tuple[Field, ...]:
    """Asked only where it matters."""
    if KNOWING not in faults and not given[KNOWING]:
        return ()
    options = (Choice(_YES, _("先任职，以后再配置权限")),)
    return (
        Field(
            KNOWING, _("没有配置权限"), FieldKind.CONFIRM, value=given[KNOWING], options=options, required=False,
        ),
    )  # fmt: skip
