# ruff: noqa: INP001  a script, not a package
"""Writes organisations.yaml and people.yaml of the demonstration pack from its regions: deterministic, all of it sample.

Run it again after a change of regions: `PYTHONPATH=src python tools/sample_city.py packs/changzhou`. What it writes is
data under version control and may be edited by hand; nothing in the program calls this script.
"""

import sys
from pathlib import Path

from sample_bodies import organisations_yaml, read_regions
from sample_people import people_yaml


def main() -> None:
    pack = Path(sys.argv[1])
    (pack / "organisations.yaml").write_text(organisations_yaml(read_regions(pack)), "utf-8")
    (pack / "people.yaml").write_text(people_yaml(), "utf-8")


if __name__ == "__main__":
    main()
