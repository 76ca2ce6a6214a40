"""The register of persons as a source: an identity card need not be uploaded when name and number agree with it."""

from collections.abc import Mapping
from typing import Any

from yiwang.commons.identity import queries as identity
from yiwang.kernel.actor import Actor
from yiwang.kernel.text import gettext_noop as _
from yiwang.serve.cases.registry import Proof, register_source


def _prove(columns: Mapping[str, Any], by: Actor) -> Proof | None:
    del by
    name, number = str(columns.get("name") or ""), str(columns.get("id_number") or "")
    if not (name and number):
        return None
    found = identity.find_person(id_number=number, viewer=Actor.system("cases.prove_person"))
    if found is None or found.name != name:
        return None
    return Proof(reference=str(found.id), words=_("人口登记信息，姓名和号码一致"))


register_source("person", _prove)
