"""Decisions: conditions and decision tables that officials write, in FEEL and DMN, published as versions that never change.

Owns the words decision, version, draft, example, trial, outcome, missing fact. Doors: contracts, engine (pure: FEEL, tables,
DMN), commands (publish, drafts, trials), queries (decide, decision), registry (past facts). Neighbours: stands on identity's
accounts and grants; forms, flow, matters and later quality and scenarios build on it; it knows none of them.
"""
