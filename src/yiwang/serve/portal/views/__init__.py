"""The portal's pages."""

from yiwang.serve.portal.views.applying import (
    apply,
    begin,
    check_answers,
    discard,
    ineligible,
    materials,
    receipt,
    step,
)  # fmt: skip
from yiwang.serve.portal.views.catalogue import bundle, bundles, matter, matters
from yiwang.serve.portal.views.guiding import guide, guide_again
from yiwang.serve.portal.views.home import home, search
from yiwang.serve.portal.views.speaking import site_words, unsent_lines

__all__ = [
    "apply", "begin", "bundle", "bundles", "check_answers", "discard", "guide", "guide_again", "home", "ineligible", "materials",
    "matter", "matters", "receipt", "search", "site_words", "step", "unsent_lines",
]  # fmt: skip
