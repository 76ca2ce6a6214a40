"""What the government offers: the catalogue, matter versions with their materials and limits, bundles as material graphs.

Owns the words catalogue item, matter, material, bundle, theme, situation. Publishes versions and never edits them;
tells which members and materials a situation needs and which question is worth asking next. Knows no case.
Doors: contracts, queries, commands. Neighbours: identity (who handles), search (index), rules (FEEL conditions).
"""
