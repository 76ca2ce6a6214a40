"""Whose a draft is, in one table; the rule and the row filter agree."""

import pytest

from yiwang.commons.forms import policies
from yiwang.commons.forms.models import Draft
from yiwang.commons.identity.tests.factories import make_resident
from yiwang.kernel import clock
from yiwang.kernel.actor import Actor, ActorKind, SubjectRef
from yiwang.kernel.command import machinery
from yiwang.kernel.ids import new_id

pytestmark = pytest.mark.django_db
FIRM, OTHER_FIRM = SubjectRef("legal_entity", new_id()), SubjectRef("legal_entity", new_id())


@pytest.mark.parametrize(
    ("who", "behalf", "draft_behalf", "allowed"),
    [
        ("owner", None, None, True),
        ("owner", FIRM, FIRM, True),
        ("owner", None, FIRM, False),
        ("owner", FIRM, None, False),
        ("owner", FIRM, OTHER_FIRM, False),
        ("other", None, None, False),
        ("other", FIRM, FIRM, False),
        ("nobody", None, None, False),
        ("system", None, FIRM, True),
    ],
)
def test_whose_a_draft_is(who, behalf, draft_behalf, allowed):
    owner = make_resident("甲").account_id
    account = {"owner": owner, "other": new_id()}.get(who)
    actor = Actor.system("test") if who == "system" else Actor(ActorKind.PERSON, account_id=account, on_behalf=behalf)
    draft = Draft(
        key="x",
        version=1,
        owner_id=owner,
        on_behalf_kind=draft_behalf.kind if draft_behalf else "",
        on_behalf_id=draft_behalf.id if draft_behalf else None,
        created_at=clock.now(),
        updated_at=clock.now(),
    )
    with machinery("test"):
        draft.save()
    assert policies.can_use(actor, draft) is allowed
    assert Draft.objects.filter(policies.own(actor)).exists() is allowed
