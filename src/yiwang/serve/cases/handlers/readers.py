"""Who may read a file that belongs to a case: whoever may see the case or one of its members."""

from yiwang.commons.files.registry import register_reader
from yiwang.kernel.actor import Actor, SubjectRef
from yiwang.serve.cases import queries


def _may_read(viewer: Actor, subject: SubjectRef) -> bool:
    return queries.may_read_files(case_id=subject.id, viewer=viewer)


register_reader("case", _may_read)
