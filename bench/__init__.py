"""Benchmarks: each measures the program beside a peer and beside the physical limit, in the same run, and judges nothing.

`python -m bench [NAME] [--quick] [--json]`. Every benchmark runs in a process of its own (`bench.inside`), on its own
copy of a freshly prepared database, so that none sees what another left behind.
"""
