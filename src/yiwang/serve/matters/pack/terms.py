"""Procedure, remedies, steps, channels and powers of a `matter.yaml`, completed by what holds for the whole pack."""

from collections.abc import Mapping
from typing import Any

from yiwang.serve.matters.contracts import (
    Area,
    AuthorityNature,
    AuthorityTerms,
    Depth,
    ExerciseLevel,
    Intermediary,
    LimitUnit,
    OnlineTerms,
    PledgeTerms,
    PowerSource,
    Span,
    SpecialTerms,
    StepTemplate,
)
from yiwang.serve.matters.pack.procedure import Procedure, remedies, special
from yiwang.serve.matters.pack.words import Words

Data = Mapping[str, Any]


def of_matter(data: Data, words: Words, procedure: Procedure) -> dict[str, Any]:
    """These fields of a MatterSpec."""
    return {
        "authority": _authority(data.get("authority") or {}, words),
        "online": _online(data.get("online") or {}),
        "area": _area(data.get("area") or {}, words),
        "steps": tuple(_step(each, words) for each in data.get("steps") or ()),
        "pledge": _pledge(data["pledge"], words) if data.get("pledge") else None,
        "special_procedures": tuple(_special(each, words, procedure) for each in data.get("special_procedures") or ()),
        "remedies": remedies(data.get("remedies") or {}, words, procedure.remedies(words)),
        "intermediaries": tuple(
            Intermediary(words(each["name"]), str(each.get("basis") or ""), str(each.get("fee") or ""))
            for each in data.get("intermediaries") or ()
        ),
    }


def span(data: Data | None) -> Span | None:
    """A length of time; None where none is stated."""
    return Span(int(data["count"]), LimitUnit(data["unit"])) if data else None


def _authority(data: Data, words: Words) -> AuthorityTerms:
    return AuthorityTerms(
        nature=AuthorityNature(data.get("nature") or AuthorityNature.STATUTORY),
        power_source=PowerSource(data.get("power_source") or PowerSource.STATUTORY),
        levels=tuple(ExerciseLevel(each) for each in data.get("levels") or ()),
        entrusted_by=words(data.get("entrusted_by")),
        joint=tuple(words(each) for each in data.get("joint") or ()),
        in_hall=bool(data.get("in_hall")),
    )


def _online(data: Data) -> OnlineTerms:
    return OnlineTerms(
        depth=Depth(data["depth"]) if data.get("depth") else None,
        url=str(data.get("url") or ""),
        mobile_url=str(data.get("mobile_url") or ""),
        single_sign_on=bool(data.get("single_sign_on", True)),
        mobile_single_sign_on=bool(data.get("mobile_single_sign_on", True)),
        pay=bool(data.get("pay")),
        appointment=bool(data.get("appointment")),
        express=bool(data.get("express")),
        terminals=bool(data.get("terminals")),
    )


def _area(data: Data, words: Words) -> Area:
    return Area(
        level=ExerciseLevel(data["level"]) if data.get("level") else None,
        note=words(data.get("note")),
        street_code=str(data.get("street_code") or ""),
        community_code=str(data.get("community_code") or ""),
    )


def _step(data: Data, words: Words) -> StepTemplate:
    return StepTemplate(
        key=data["key"],
        name=words(data["name"]),
        limit=span(data.get("limit")),
        role=words(data.get("role")),
        standard=words(data.get("standard")),
        result=words(data.get("result")),
    )


def _pledge(data: Data, words: Words) -> PledgeTerms:
    return PledgeTerms(
        materials=tuple(data["materials"]),
        text=words(data["text"]),
        consequences=words(data["consequences"]),
        check_within=span(data.get("check_within")),
        check_method=words(data.get("check_method")),
        excluded=words(data.get("excluded")),
        basis=str(data.get("basis") or ""),
    )


def _special(data: Data | str, words: Words, procedure: Procedure) -> SpecialTerms:
    """Written out, or a key of the pack's list; an unknown key is reported when the pack is checked."""
    if isinstance(data, str):
        return special(procedure.special.get(data, {"key": data, "name": data, "basis": ""}), words, key=data)
    return special(data, words, key=data["key"])
