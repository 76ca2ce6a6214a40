"""Archival packages of ended matters (电子档案): made, checked, preserved, consulted, destroyed by approval only.

Owns the words archive, retention, four-property check, access request. Doors: contracts, queries, commands, registry
(sources of what is archived), engine (packages and their checks, usable without the rest). Neighbours: files, ledger, seals.
"""
