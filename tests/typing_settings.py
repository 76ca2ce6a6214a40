"""Settings for the type checker's Django plugin: the product's own, with a database that is never reached."""

import os

os.environ.setdefault("DATABASE_URL", "postgresql://types@localhost/types")

from yiwang.site.settings import *  # noqa: F403
