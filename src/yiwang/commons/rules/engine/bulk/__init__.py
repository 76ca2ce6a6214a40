"""A decision for every row of a table: compiled to one expression of Ibis, so that DuckDB or Spark decides a million rows.

Door: `decide_many`. The answers are those of the single path, row by row: what SQL would answer otherwise (see `terms`)
is refused with its reason (`Plan.explain`) and done by the compiled closures, on all cores where rows are many. Not loaded
by the engine itself: importing it brings Ibis, DuckDB and pyarrow.
"""

from .deciding import BulkResult, Plan, Reason, decide_many, plan_for
from .terms import Uncompilable

__all__ = ["BulkResult", "Plan", "Reason", "Uncompilable", "decide_many", "plan_for"]
