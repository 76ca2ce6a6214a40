"""The residents' door (一网通办 门户): home, search, catalogue, guide, applying from the first question to the receipt.

Words it owns: none of the law's; a guide in progress lives in the session, an application in progress is a draft of forms.
Doors: pages only. Neighbours: reads matters, search and flow, prefills and keeps drafts with forms, files by cases.
"""
