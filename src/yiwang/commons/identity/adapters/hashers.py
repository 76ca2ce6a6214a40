"""How passwords are hashed: argon2id at the first cost that OWASP recommends (Password Storage Cheat Sheet: m=46 MiB, t=1, p=1).

Django's own cost (100 MiB, 8 lanes) takes four times the processor, which two cores can't give to a city that logs in at nine
o'clock. A hash carries its cost, so older ones stay good.
"""

from django.contrib.auth.hashers import Argon2PasswordHasher


class PasswordHasher(Argon2PasswordHasher):
    """argon2id, 46 MiB, one pass, one lane."""

    time_cost = 1
    memory_cost = 47_104
    parallelism = 1
