"""What search is told of matters and bundles: when one is published, and of all of them when the index is rebuilt."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from yiwang.commons.search.contracts import Document
from yiwang.serve.matters import models, rules
from yiwang.serve.matters.contracts import BundleSpec, ListedSpec, MatterSpec, MatterState
from yiwang.serve.matters.queries.versions import assembled, matter_spec

_LISTED, _BUNDLE = 0.7, 1.3
_CHUNK = 200


def matter_documents(spec: MatterSpec, /) -> list[Document]:
    """A matter, in each language that it speaks."""
    document = Document(
        key=spec.code,
        title=spec.name,
        keywords=spec.synonyms,
        text=" ".join((spec.summary, *(each.name for each in spec.results))),
        payload=_payload(spec, spec.limits.working_days, spec.visits),
        details=_details(spec),
        themes=spec.themes,
        audiences=spec.audience,
    )
    return _in_languages(document, spec.translations)


def bundle_documents(spec: BundleSpec, matters: Mapping[str, MatterSpec], promised: int, /) -> list[Document]:
    """A bundle, in each language that it speaks."""
    members = [matters[member.matter] for member in spec.members]
    document = Document(
        key=spec.key,
        title=spec.name,
        keywords=spec.synonyms,
        text=" ".join((spec.summary, *(m.name for m in members), *(r.name for m in members for r in m.results))),
        payload={
            **_payload(spec, promised, rules.visits_of(spec, members)),
            "members": len(members),
            "departments": rules.departments(members),
        },
        boost=_BUNDLE,
        details=(*(each.question for each in spec.faq), *(name for m in members for name in _materials(m))),
        themes=spec.themes,
        audiences=spec.audience,
    )
    return _in_languages(document, spec.translations)


def listed_document(spec: ListedSpec, /) -> Document:
    """An entry of a foreign list, behind what is handled here."""
    return Document(
        spec.code,
        spec.name,
        text=spec.department,
        payload={"summary": spec.department, "themes": [], "visits": 0, "listed": True, "sample": False},
        boost=_LISTED,
        regions=(spec.region_code,) if spec.region_code else (),
    )


def all_matters() -> Iterator[Document]:
    """The documents of every matter in force or listed; read in chunks."""
    rows = models.Matter.objects.filter(state__in=rules.OFFERED).only("definition").order_by("code")
    for row in rows.iterator(chunk_size=_CHUNK):
        if "listed" in row.definition:
            yield listed_document(rules.listed_from(row.definition))
        else:
            yield from matter_documents(rules.matter_from(row.definition))


def all_bundles() -> Iterator[Document]:
    """The documents of every bundle in force."""
    for row in models.Bundle.objects.filter(state=MatterState.PUBLISHED.value).order_by("key"):
        members = row.members.select_related("matter", "matter__organisation").order_by("position")
        bundle = assembled(row, members)
        matters = {member.spec.matter: matter_spec(member.matter.id) for member in bundle.members}
        yield from bundle_documents(bundle.spec, matters, bundle.promised)


def _details(spec: MatterSpec) -> tuple[str, ...]:
    return (
        *(each.text for each in spec.conditions),
        *_materials(spec),
        *(each.question for each in spec.faq),
    )


def _materials(spec: MatterSpec) -> tuple[str, ...]:
    return tuple(each.name for each in spec.inputs)


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
    told = translations.get(summary, summary)
    twin = replace(
        document,
        title=title,
        keywords=tuple(translations[word] for word in document.keywords if word in translations),
        text=told,
        payload={**document.payload, "summary": told},
        language="en",
        details=tuple(translations[words] for words in document.details if words in translations),
    )
    return [document, twin]
