"""The database that needs no installation: PostgreSQL from a wheel, started by Yiwang, stopped with its last owner.

Knows no framework: psycopg and the standard library. `DATABASE_URL` replaces it by a server of the operator's.
"""

from yiwang.kernel.db.errors import DatabaseUnavailable
from yiwang.kernel.db.server import Server, Status, database_url

__all__ = ["DatabaseUnavailable", "Server", "Status", "database_url"]
