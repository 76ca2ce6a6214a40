"""Telling search of what was published, listed or withdrawn."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from yiwang.commons.search import commands as search
from yiwang.kernel.actor import Actor
from yiwang.serve.matters import queries
from yiwang.serve.matters.contracts import BundleSpec, ListedSpec, MatterSpec


def forget(*, kind: str, keys: Sequence[str], by: Actor, at: datetime) -> None:
    """Let search find these no more."""
    search.remove_documents(kind=kind, keys=list(keys), by=by, at=at)


def index_matter(spec: MatterSpec, *, by: Actor, at: datetime) -> None:
    """Let search find the matter."""
    search.index_documents(kind="matter", docs=queries.matter_documents(spec), replace=False, by=by, at=at)


def index_bundle(
    spec: BundleSpec, matters: Mapping[str, MatterSpec], promised: int, *, by: Actor, at: datetime
) -> None:
    """Let search find the bundle."""
    docs = queries.bundle_documents(spec, matters, promised)
    search.index_documents(kind="bundle", docs=docs, replace=False, by=by, at=at)


def index_listed(specs: Sequence[ListedSpec], *, by: Actor, at: datetime) -> None:
    """Let search find entries of a foreign list."""
    docs = [queries.listed_document(spec) for spec in specs]
    if docs:
        search.index_documents(kind="matter", docs=docs, replace=False, by=by, at=at)
