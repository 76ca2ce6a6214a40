"""Search in plain words over what other contexts publish: matters, bundles, cases, documents.

Owns the words document, synonym, hit, suggestion. Doors: contracts, commands (index_documents, remove_documents,
add_synonyms), queries (search, suggest), registry (words of the trade, who may see scoped kinds). Neighbours: stands on
identity's scope; publishers push documents, search asks nobody.
"""
