"""One handling of a matter or a bundle: numbered, clocked, decided, with its history and its results.

Owns the words case, member, acceptance, decision, result. A case pins the definitions it began with and a snapshot of
the answers; its status is a projection of append-only, chained events. The process decides what happens next: its
named operations (`cases.receive`, `cases.accept`, `cases.decide`, `cases.issue_result`, `cases.close` …, see handlers)
write here inside the step's transaction. Doors: contracts, queries, commands. Neighbours: matters, flow, identity, files.
"""
