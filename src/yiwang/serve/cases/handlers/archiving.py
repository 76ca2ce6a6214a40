"""Registers with archives who collects what is kept of a case."""

from yiwang.commons.archives.registry import register_source
from yiwang.serve.cases.queries.archiving import collect

register_source("case", collect)
