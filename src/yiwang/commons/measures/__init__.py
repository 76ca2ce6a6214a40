"""Named measures: a number with a unit that any context offers, and the rows behind it (指标).

Owns the words measure, source, dimension, period, figure. Doors: contracts, registry (register_source, register_measure),
contrib (working days in SQL), queries (values, figure, breakdown, trend, rows). Neighbours: stands on identity's scope; the
contexts above register their measures, formulas over measures read `values`. It has no tables: each number is computed
from the rows that the viewer's grants reach, and equals the list behind it.
"""
