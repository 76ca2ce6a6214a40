"""Who is who and who may: regions, organisations in two trees, people, legal entities, accounts, grants, acting for others.

Words it owns: Region, Organisation, Person, LegalEntity, Account, Role, Appointment, Grant, Representation.
Doors: contracts, queries (`scope` is the row filter of every list; `actor_of` tells who asks), commands.
Neighbours: stands on kernel and web only; every other context may point at its five public records by foreign key.
"""
