"""Who may read a file that belongs to a case: whoever may see the case or one of its members. What files it has sealed."""

from yiwang.commons.files.registry import register_purpose, register_reader
from yiwang.kernel.actor import Actor, SubjectRef
from yiwang.serve.cases import queries
from yiwang.serve.cases.contracts import PAPERS


def _may_read(viewer: Actor, subject: SubjectRef) -> bool:
    return queries.may_read_files(case_id=subject.id, viewer=viewer)


register_reader("case", _may_read)
register_purpose(PAPERS)
