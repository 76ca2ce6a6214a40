"""Uses counted in a process, added to the pool's books in one statement."""

from typing import Any

from yiwang.commons.crypto import rules
from yiwang.kernel import clock

_ADD = """
INSERT INTO commons_crypto_keyusage AS usage (version_id, application, operation, day, count)
SELECT version.id, given.application, given.operation, %s, given.count
FROM unnest(%s::uuid[], %s::text[], %s::text[], %s::bigint[]) AS given(version_id, application, operation, count)
JOIN commons_crypto_keyversion AS version ON version.id = given.version_id
ON CONFLICT ON CONSTRAINT key_usage_once DO UPDATE SET count = usage.count + EXCLUDED.count
"""


def write_uses(cursor: Any, uses: tuple[rules.Used, ...]) -> None:
    """In the cursor's transaction, which opens the guard for itself: counts at this rate are no commands (architecture, 11).

    Sorted, so that two processes never wait for each other crosswise. A version that is unknown here is left out.
    """
    cursor.execute("SELECT set_config('yiwang.command', 'crypto:uses', true)")
    columns = (
        [use.version_id for use in uses],
        [use.application for use in uses],
        [use.operation.value for use in uses],
        [use.count for use in uses],
    )
    cursor.execute(_ADD, [clock.today(), *columns])
