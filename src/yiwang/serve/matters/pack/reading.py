"""A pack's `matter.yaml` and `bundle.yaml` as specs. The files are checked against their schemas before."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from yiwang.serve.matters.contracts import (
    BundleSpec,
    Clause,
    DeliveryChoice,
    Fee,
    Handling,
    Law,
    Limits,
    LimitUnit,
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
from yiwang.serve.matters.pack import terms
from yiwang.serve.matters.pack.procedure import NO_PROCEDURE, Procedure
from yiwang.serve.matters.pack.vocabulary import Vocabulary
from yiwang.serve.matters.pack.words import Words

Data = Mapping[str, Any]
_NECESSITY = {
    "required": Necessity.REQUIRED,
    "optional": Necessity.OPTIONAL,
    "conditional": Necessity.DEFERRABLE,
}
_ALWAYS = {"", "true"}
OWN_PROCESS = "process.bpmn"


def matter_spec(data: Data, vocabulary: Vocabulary, *, process: str, procedure: Procedure = NO_PROCEDURE) -> MatterSpec:
    """The spec of a `matter.yaml`. `process`: the folder's name; `procedure`: what holds for the whole pack."""
    words = Words()
    limits = data["limits"]
    contact = data.get("contact") or {}
    requirements = _with_pledge(tuple(_requirement(each, words) for each in data["materials"]), data.get("pledge"))
    return MatterSpec(
        code=data["code"],
        catalogue_code=str(data.get("catalogue_code") or data["code"]),
        name=words(data["name"]),
        short_name=words(data.get("short_name")),
        handling=tuple(_handling(each) for each in data["handling"]),
        limits=_limits(limits),
        process=process_key(data, process),
        form=data["code"] if data.get("form") else "",
        catalogue_name=words(data.get("catalogue_name")),
        type=str(data.get("type") or ""),
        kind=MatterKind(data["case_type"]),
        themes=tuple(data.get("themes") or ()),
        audience=tuple(data["audience"]),
        summary=words(data["summary"]),
        conditions=tuple(Clause(words(each["text"]), _when(each)) for each in data["conditions"]),
        channels=tuple(data["channels"]),
        visits=int(data["visits"]["count"]),
        visit_reason=words(data["visits"].get("reason")),
        fees=_fees(data, words),
        laws=tuple(_law(each) for each in data["legal_basis"]),
        results=tuple(_result(each, words, vocabulary) for each in data["results"]),
        delivery=tuple(data.get("delivery") or ()),
        windows=tuple(_window(each, words) for each in data.get("windows") or ()),
        consult=str(contact.get("consult") or ""),
        complain=str(contact.get("complain") or ""),
        faq=tuple(Question(words(each["question"]), words(each["answer"])) for each in data.get("faq") or ()),
        requirements=requirements,
        decisions=tuple(each["key"] for each in data.get("decisions") or ()),
        formulas=vocabulary.formulas(_conditions(data)),
        synonyms=tuple(data.get("synonyms") or ()),
        valid_from=_day(data.get("valid_from")),
        valid_to=_day(data.get("valid_to")),
        sample=bool(data.get("sample")),
        sample_note=words(data.get("sample_note")),
        implementation_code=str(data.get("implementation_code") or ""),
        local_code=str(data.get("local_code") or ""),
        handle_item=str(data.get("handle_item") or ""),
        real_name=int(data.get("real_name") or 0),
        document_word=str((data.get("documents") or {}).get("word") or ""),
        quantity_limit=words(data.get("quantity_limit")),
        delivery_choice=_delivery_choice(data),
        **terms.of_matter(data, words, procedure),
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
        process=process_key(data, process),
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
        delivery_choice=_delivery_choice(data),
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


def process_key(data: Data, folder: str) -> str:
    """The key of the process: the folder's own, a shared one by its name, none."""
    named = str(data.get("process") or "")
    return folder if named == OWN_PROCESS else named


def _days(limit: Data | None) -> int | None:
    """As working days."""
    return LimitUnit(limit["unit"]).working_days(int(limit["count"])) if limit else None


def _day(text: Any) -> date | None:
    return date.fromisoformat(str(text)) if text else None


def _limits(data: Data) -> Limits:
    promised, legal = data["promised"], data.get("legal") or {}
    return Limits(
        promised=int(promised["count"]),
        statutory=int(legal["count"]) if legal else None,
        basis=str(legal.get("basis") or ""),
        unit=LimitUnit(promised["unit"]),
        statutory_unit=LimitUnit(legal.get("unit") or LimitUnit.WORKING_DAY),
    )


def _fees(data: Data, words: Words) -> tuple[Fee, ...]:
    fee = data.get("fee") or {}
    if "fees" not in data:
        return (Fee(words(data["name"]), words(fee.get("note"))),) if fee.get("charged") else ()
    return tuple(
        Fee(
            words(each["name"]),
            words(each["standard"]),
            str(each.get("basis") or ""),
            words(each.get("note")),
            words(each.get("reduction")),
        )
        for each in data["fees"]
    )


def _with_pledge(requirements: tuple[Requirement, ...], pledge: Data | None) -> tuple[Requirement, ...]:
    """Materials that the pledge stands for can be satisfied by it, last of all ways."""
    named = set((pledge or {}).get("materials") or ())
    return tuple(
        replace(each, satisfiers=(*each.satisfiers, Satisfier(SatisfierKind.PLEDGE)))
        if each.material in named and not each.can(SatisfierKind.PLEDGE)
        else each
        for each in requirements
    )


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
        copies=int(data.get("copies", 1)),
        note=words(data.get("note")),
        original=str(data.get("original") or "original"),
        paper=str(data.get("paper") or "electronic"),
        size=str(data.get("size") or ""),
        source=str(data.get("source") or "applicant"),
        source_note=words(data.get("source_note")),
        blank_form=str(data.get("blank_form") or ""),
        sample_file=str(data.get("sample_file") or ""),
    )


def _satisfier(data: Data) -> Satisfier:
    return Satisfier(
        kind=SatisfierKind(data["kind"]),
        source=str(data.get("source") or data.get("licence_type") or ""),
        facts=dict(data.get("facts") or {}),
        matter=str(data.get("matter") or ""),
        result=str(data.get("result") or ""),
        grade=str(data.get("grade") or "B"),
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
        validity=words(data.get("validity")),
        sample_file=str(data.get("sample_file") or ""),
        licence=str(data.get("licence") or ""),
        retention=str(data.get("retention") or ""),
    )


def _delivery_choice(data: Data) -> DeliveryChoice:
    choice = data.get("delivery_choice") or {}
    return DeliveryChoice(str(choice.get("fact") or ""), tuple(choice.get("address") or ()))


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
