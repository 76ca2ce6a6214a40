"""The portal's pages."""

from yiwang.serve.portal.views import counter
from yiwang.serve.portal.views.applying import (
    apply,
    begin,
    check_answers,
    discard,
    ineligible,
    materials,
    matter_begin,
    receipt,
    renewal,
    step,
)  # fmt: skip
from yiwang.serve.portal.views.catalogue import bundle, bundles, matter, matters
from yiwang.serve.portal.views.drafts import drafts
from yiwang.serve.portal.views.guiding import guide, guide_again, matter_guide, matter_guide_again
from yiwang.serve.portal.views.home import home
from yiwang.serve.portal.views.searching import complete, search, search_link
from yiwang.serve.portal.views.speaking import site_words, unsent_lines

__all__ = [
    "apply", "begin", "bundle", "bundles", "check_answers", "complete", "counter", "discard", "drafts", "guide", "guide_again", "home", "ineligible",
    "materials", "matter", "matter_begin", "matter_guide", "matter_guide_again", "matters", "receipt", "renewal", "search",
    "search_link", "site_words", "step", "unsent_lines",
]  # fmt: skip
