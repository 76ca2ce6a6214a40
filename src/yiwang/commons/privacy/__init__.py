"""Consents, and who looked at whose data.

Owns the words consent, access entry. Doors: contracts, queries, commands, registry (kinds of data that entries name).
Neighbours: stands on identity; whoever uses personal data for a person asks here for consent or names a legal basis, and
leaves an access entry that the person sees.
"""
