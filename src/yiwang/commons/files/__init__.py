"""Uploads: kept once by content, typed by content, readable only to whom they concern.

Owns the words file, blob, purpose. Doors: contracts, commands (store, attach, discard), queries (open_file, files_of,
described), registry (purposes, readers of a subject, blob store, scanner). Neighbours: stands on identity's Account;
a context that attaches files to its records registers who may read them, files itself knows no case.
"""
