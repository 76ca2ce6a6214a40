"""What search knows of matters and bundles."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from yiwang.commons.search import commands as search
from yiwang.commons.search.contracts import Document
from yiwang.kernel.actor import Actor
from yiwang.serve.matters import rules
from yiwang.serve.matters.contracts import BundleSpec, ListedSpec, MatterSpec

_LISTED = 0.7


def forget(*, kind: str, keys: Sequence[str], by: Actor, at: datetime) -> None:
    """Let search find these no more."""
    search.remove_documents(kind=kind, keys=list(keys), by=by, at=at)


def index_matter(spec: MatterSpec, *, by: Actor, at: datetime) -> None:
    """Let search find the matter, in each language that it speaks."""
    text = " ".join(
        [
            spec.summary,
            *(each.text for each in spec.conditions),
            *(r.name for r in spec.results),
            *(q.question for q in spec.faq),
        ]
    )
    payload = _payload(spec, spec.limits.working_days, spec.visits)
    document = Document(spec.code, spec.name, spec.synonyms, text, payload)
    search.index_documents(kind="matter", docs=_in_languages(document, spec.translations), replace=False, by=by, at=at)


def index_bundle(
    spec: BundleSpec, matters: Mapping[str, MatterSpec], promised: int, *, by: Actor, at: datetime
) -> None:
    """Let search find the bundle, in each language that it speaks."""
    members = [matters[member.matter] for member in spec.members]
    text = " ".join([spec.summary, *(member.name for member in members), *(r.name for m in members for r in m.results)])
    payload = {
        **_payload(spec, promised, rules.visits_of(spec, members)),
        "members": len(members),
        "departments": rules.departments(members),
    }
    document = Document(spec.key, spec.name, spec.synonyms, text, payload, boost=1.3)
    search.index_documents(kind="bundle", docs=_in_languages(document, spec.translations), replace=False, by=by, at=at)


def _payload(spec: MatterSpec | BundleSpec, promised: int, visits: int) -> dict[str, object]:
    return {
        "summary": spec.summary,
        "themes": list(spec.themes),
        "promised": promised,
        "visits": visits,
        "sample": spec.sample,
    }


def _in_languages(document: Document, translations: Mapping[str, str]) -> list[Document]:
    """The document, and its English twin where the title is translated."""
    title = translations.get(document.title)
    if not title:
        return [document]
    summary = str(document.payload.get("summary", ""))
    payload = {**document.payload, "summary": translations.get(summary, summary)}
    words = tuple(translations[word] for word in document.keywords if word in translations)
    return [
        document,
        Document(document.key, title, words, str(payload["summary"]), payload, language="en", boost=document.boost),
    ]


def index_listed(specs: Sequence[ListedSpec], *, by: Actor, at: datetime) -> None:
    """Let search find entries of a foreign list, behind what is handled here."""
    docs = [
        Document(
            spec.code,
            spec.name,
            text=spec.department,
            payload={"summary": spec.department, "themes": [], "visits": 0, "listed": True, "sample": False},
            boost=_LISTED,
            regions=(spec.region_code.rstrip("0"),) if spec.region_code else (),
        )
        for spec in specs
    ]
    if docs:
        search.index_documents(kind="matter", docs=docs, replace=False, by=by, at=at)
