"""The residents' door (一网通办 门户) and the counter's (窗口): search, catalogue, guide, applying from first question to receipt.

Words it owns: none of the law's but the counter's own: filing, scanned file, hand-over. A guide in progress lives in the
session, an application in progress is a draft of forms. Doors: pages only. Neighbours: reads matters, search and flow, prefills
and keeps drafts with forms, files by cases, tells applicants by notify.
"""
