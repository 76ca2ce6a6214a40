"""REST of search: what the beginning of a query may become. Public, read only."""

from typing import Annotated

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema

from yiwang.commons.identity.queries import actor_of
from yiwang.commons.search import queries
from yiwang.commons.search.contracts import Narrow

router = Router(tags=["search"], auth=None)


class SuggestionOut(Schema):
    """A document whose name begins with, holds, or sounds like what is being typed."""

    kind: str = Field(description="`bundle`, `matter` or another kind of document.")
    key: str
    title: str


class SuggestionList(Schema):
    items: list[SuggestionOut]


@router.get("/search/suggestions", response=SuggestionList, summary="边输入边提示")
def suggestions(
    request: HttpRequest,
    q: Annotated[str, Query(max_length=100)] = "",
    kind: Annotated[list[str] | None, Query()] = None,
    theme: str = "",
    audience: str = "",
    region: str = "",
) -> SuggestionList:
    """Names for the beginning of a query, also in pinyin (`shebao`) or initials (`sbk`)."""
    narrow = Narrow(theme, audience, region)
    found = queries.complete(text=q, viewer=actor_of(request), kinds=tuple(kind or ()), narrow=narrow)
    return SuggestionList(items=[SuggestionOut(kind=each.kind, key=each.key, title=each.title) for each in found])
