"""The steward's pages: the catalogue, a matter with its versions, imports."""

from yiwang.serve.matters.views.catalogue import catalogue, export
from yiwang.serve.matters.views.imports import imports, run
from yiwang.serve.matters.views.matter import matter

__all__ = ["catalogue", "export", "imports", "matter", "run"]
