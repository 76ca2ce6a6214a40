"""The portal's pages."""

from yiwang.serve.portal.views.catalogue import bundle, bundles, matter, matters
from yiwang.serve.portal.views.guiding import guide, guide_again
from yiwang.serve.portal.views.home import home, search

__all__ = ["bundle", "bundles", "guide", "guide_again", "home", "matter", "matters", "search"]
