"""Decisions of a pack: `decisions/<key>/*.dmn` and the `*.dmn` beside a matter or bundle, with their examples."""

from yiwang.commons.rules.pack.decisions import DecisionsPart

__all__ = ["DecisionsPart"]
