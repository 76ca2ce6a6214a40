"""Decisions: conditions and decision tables that officials write, in FEEL and DMN, published as versions that never change.

Owns the words decision, outcome, missing fact. Doors: contracts, engine (pure: FEEL, tables, DMN), commands (publish),
queries (decide, decision). Neighbours: forms, flow, matters and later quality and scenarios build on it; it knows none of them.
"""
