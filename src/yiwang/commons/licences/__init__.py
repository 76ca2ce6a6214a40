"""Electronic licences (电子证照): types, issue, life, wallet, showing and use.

Owns the words licence type, licence, showing, licence use. Doors: contracts, queries, commands, registry, engine (layout of
licences as OFD and PDF). Neighbours: sealed by seals, consented to and recorded by privacy, kept by files.
"""
