"""Lines of CSV for spreadsheets: no cell is taken for a formula (a name that begins with = would be run by some)."""

import csv
import io
from collections.abc import Sequence

_FORMULA = tuple("=+-@\t\r\n＝＋－＠")
"""Also in their wide forms, which Chinese spreadsheets take for the same."""


def csv_line(cells: Sequence[str], /) -> str:
    """One line with its end."""
    out = io.StringIO()
    csv.writer(out).writerow([f"'{cell}" if cell.startswith(_FORMULA) else cell for cell in cells])
    return out.getvalue()
