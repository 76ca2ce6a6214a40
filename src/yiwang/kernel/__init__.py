"""The floor everybody stands on: ids, clock, errors, commands, audit, outbox, evidence, jobs, fields, settings, packs, db.

Knows nothing of any domain. Whatever two contexts need and that is not about services, city or office belongs here.
Neighbours: imports no other part of yiwang.
"""
