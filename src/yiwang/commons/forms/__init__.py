"""Forms: one vocabulary of facts, forms that ask for facts, drafts that keep answers with where each came from.

Owns the words fact, vocabulary, form, definition, question, answer, draft. Doors: contracts, engine (pure: merge, visibility,
validation, coercion), commands (publish, draft), queries (definition, draft, render, summary), registry (options of pickers).
Neighbours: FEEL from rules, uploads from files, pickers over identity's regions and organisations; knows no matter and no case.
"""
