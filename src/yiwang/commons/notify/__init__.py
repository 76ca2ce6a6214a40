"""Messages (消息) of the administration to one account, person or legal entity, of all nets.

Words it owns: message, message kind, channel. Doors: contracts, commands (send, read), queries (messages, unread), registry
(kinds with their words in both languages; channels that carry a message further). Neighbours: addresses of processes from
flow; contexts above send, and never word a message outside its kind.
"""
