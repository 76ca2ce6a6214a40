"""Witnesses and monitors: what other organisations run so that a log can't show two faces, and how a log asks them.

Framework-free. A witness keeps the last head it saw of each log and co-signs only what continues it (C2SP tlog-witness);
a monitor reads everything, recomputes all roots and keeps proof of what does not fit.
"""
