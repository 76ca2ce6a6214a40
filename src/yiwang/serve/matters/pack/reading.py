"""A pack's `matter.yaml` and `bundle.yaml` as specs. The files are checked against their schemas before."""

from collections.abc import Mapping
from typing import Any

from yiwang.serve.matters.contracts import (
    BundleSpec,
    Clause,
    Fee,
    Handling,
    Law,
    Limits,
    MatterKind,
    MatterSpec,
    MemberKind,
    MemberSpec,
    Necessity,
    Question,
    Requirement,
    ResultDef,
    ResultField,
    Satisfier,
    SatisfierKind,
    SituationQuestion,
    Window,
)
from yiwang.serve.matters.pack.vocabulary import Vocabulary
from yiwang.serve.matters.pack.words import Words

Data = Mapping[str, Any]
_NECESSITY = {
    "required": Necessity.REQUIRED,
    "optional": Necessity.OPTIONAL,
    "conditional": Necessity.DEFERRABLE,
}
_ALWAYS = {"", "true"}


def matter_spec(data: Data, vocabulary: Vocabulary, *, process: str) -> MatterSpec:
    """The spec of a `matter.yaml`."""
    words = Words()
    limits = data["limits"]
    fee = data.get("fee") or {}
    contact = data.get("contact") or {}
    return MatterSpec(
        code=data["code"],
        catalogue_code=str(data.get("catalogue_code") or data["code"]),
        name=words(data["name"]),
        short_name=words(data.get("short_name")),
        handling=tuple(_handling(each) for each in data["handling"]),
        limits=Limits(_days(limits["promised"]) or 0, _days(limits.get("legal"))),
        process=process,
        form=data["code"],
        type=str(data.get("type") or ""),
        kind=MatterKind(data["case_type"]),
        themes=tuple(data.get("themes") or ()),
        audience=tuple(data["audience"]),
        summary=words(data["summary"]),
        conditions=tuple(Clause(words(each["text"]), _when(each)) for each in data["conditions"]),
        channels=tuple(data["channels"]),
        visits=int(data["visits"]["count"]),
        visit_reason=words(data["visits"].get("reason")),
        fees=(Fee(words(data["name"]), words(fee.get("note"))),) if fee.get("charged") else (),
        laws=tuple(_law(each) for each in data["legal_basis"]),
        results=tuple(_result(each, words, vocabulary) for each in data["results"]),
        delivery=tuple(data.get("delivery") or ()),
        windows=tuple(_window(each, words) for each in data.get("windows") or ()),
        consult=str(contact.get("consult") or ""),
        complain=str(contact.get("complain") or ""),
        faq=tuple(Question(words(each["question"]), words(each["answer"])) for each in data.get("faq") or ()),
        requirements=tuple(_requirement(each, words) for each in data["materials"]),
        decisions=tuple(each["key"] for each in data.get("decisions") or ()),
        formulas=vocabulary.formulas(_conditions(data)),
        synonyms=tuple(data.get("synonyms") or ()),
        sample=bool(data.get("sample")),
        sample_note=words(data.get("sample_note")),
        translations=words.english,
    )


def bundle_spec(data: Data, vocabulary: Vocabulary, *, process: str) -> BundleSpec:
    """The spec of a `bundle.yaml`."""
    words = Words()
    contact = data.get("contact") or {}
    promised = (data.get("limits") or {}).get("promised")
    conditions = [_when(each) for each in (*data["members"], *data["situation"])]
    return BundleSpec(
        key=data["key"],
        name=words(data["name"]),
        short_name=words(data.get("short_name")),
        members=tuple(
            MemberSpec(
                key=each["matter"],
                matter=each["matter"],
                condition=_when(each),
                kind=MemberKind(each["necessity"]),
                depends_on=tuple(each.get("after") or ()),
                why=words(each.get("why")),
            )
            for each in data["members"]
        ),
        process=process,
        form=data["key"],
        lead=_handling(data["lead"]) if data.get("lead") else None,
        themes=tuple(data.get("themes") or ()),
        audience=tuple(data["audience"]),
        summary=words(data["summary"]),
        description=words(data.get("description")),
        channels=tuple(data["channels"]),
        visits=int(data["visits"]["count"]),
        questions=tuple(_situation(each, words, vocabulary) for each in data["situation"]),
        eligibility=str((data.get("eligibility") or {}).get("decision") or ""),
        synonyms=tuple(data.get("synonyms") or ()),
        promised=_days(promised),
        region_fact=str(data.get("region_fact") or ""),
        beneficiary_fact=str(data.get("beneficiary_fact") or ""),
        formulas=vocabulary.formulas(conditions),
        faq=tuple(Question(words(each["question"]), words(each["answer"])) for each in data.get("faq") or ()),
        consult=str(contact.get("consult") or ""),
        complain=str(contact.get("complain") or ""),
        national=str((data.get("national") or {}).get("source") or ""),
        sample=bool(data.get("sample")),
        sample_note=words(data.get("sample_note")),
        translations=words.english,
    )


def _when(data: Data) -> str:
    text = str(data.get("when") or "").strip()
    return "" if text in _ALWAYS else text


def _days(limit: Data | None) -> int | None:
    return int(limit["count"]) if limit else None


def _handling(data: Data) -> Handling:
    return Handling(
        organisation=str(data.get("organisation") or ""),
        organisation_fact=str(data.get("organisation_fact") or ""),
        line=str(data.get("line") or ""),
        level=str(data.get("level") or ""),
        region_fact=str(data.get("region_fact") or ""),
        condition=_when(data),
    )


def _law(data: Data) -> Law:
    return Law(
        name=str(data["law"]),
        clause=str(data.get("article") or ""),
        text=str(data.get("text") or ""),
        number=str(data.get("number") or ""),
        source=str(data.get("source") or ""),
    )


def _window(data: Data, words: Words) -> Window:
    return Window(
        words(data["name"]), words(data.get("address")), words(data.get("hours")), str(data.get("phone") or "")
    )


def _requirement(data: Data, words: Words) -> Requirement:
    upload = data.get("upload") or {}
    return Requirement(
        material=data["key"],
        name=words(data["name"]),
        kind=data["kind"],
        necessity=_NECESSITY[data["necessity"]],
        condition=_when(data),
        satisfiers=tuple(_satisfier(each) for each in data["satisfiers"]),
        standard=words(data.get("accept_standard")),
        basis=_law(data["basis"]) if data.get("basis") else None,
        supply_within=_days(data.get("supply_within")),
        types=tuple(upload.get("types") or ()),
        max_bytes=int(upload.get("max_bytes") or 0),
    )


def _satisfier(data: Data) -> Satisfier:
    return Satisfier(
        kind=SatisfierKind(data["kind"]),
        source=str(data.get("source") or data.get("type") or ""),
        facts=dict(data.get("facts") or {}),
        matter=str(data.get("matter") or ""),
        result=str(data.get("result") or ""),
    )


def _result(data: Data, words: Words, vocabulary: Vocabulary) -> ResultDef:
    return ResultDef(
        key=data["key"],
        name=words(data["name"]),
        kind=data["kind"],
        fields=tuple(
            ResultField(
                fact=each["fact"],
                filled_by=each["filled_by"],
                pattern=str(each.get("pattern") or ""),
                value=str(each.get("value") or ""),
                label=vocabulary.label(each["fact"], words),
            )
            for each in data["fields"]
        ),
        shows=tuple(data.get("shows") or ()),
    )


def _situation(data: Data, words: Words, vocabulary: Vocabulary) -> SituationQuestion:
    kind = vocabulary.kind(data["fact"])
    return SituationQuestion(
        fact=data["fact"],
        text=words(data["question"]),
        type=kind,
        options=vocabulary.options(data["fact"], words),
        help=words(data.get("help")),
        condition=_when(data),
    )


def _conditions(data: Data) -> list[str]:
    parts = [*data["materials"], *data["handling"], *data["conditions"]]
    return [_when(each) for each in parts]
