"""How far the fixity run is."""

from yiwang.commons.archives import policies
from yiwang.commons.archives.contracts import FixityView
from yiwang.commons.archives.models import FixityRun
from yiwang.kernel.actor import Actor


def fixity(*, viewer: Actor) -> FixityView | None:
    """The newest run. One query. Raises MayNotView."""
    policies.check_view(viewer)
    row = FixityRun.objects.order_by("-started_at").first()
    return FixityView(row.started_at, row.ended_at, row.total, row.done, row.failed) if row else None
