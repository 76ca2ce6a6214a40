"""The guide: which members and materials a situation needs, and which question still changes that.

Conditions are three-valued. A question is asked only if two of its answers lead to different outcomes; the authored
order breaks ties. Where the open answers can be enumerated this is exact, otherwise every fact counts that an
undecided condition of a member still in play waits for.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from itertools import product
from math import prod
from typing import Any

from yiwang.serve.matters.contracts import (
    Bundle,
    BundleSpec,
    Facts,
    Inclusion,
    Limits,
    Matter,
    Member,
    MemberSpec,
    Necessity,
    Requirement,
    SatisfierKind,
    SituationQuestion,
    TailoredGuide,
    TailoredMaterial,
    TailoredMember,
)
from yiwang.serve.matters.rules.conditions import Verdicts, hashable
from yiwang.serve.matters.rules.eligibility import Ruling, never_refuses
from yiwang.serve.matters.rules.graph import chain_days, visits_of
from yiwang.serve.matters.rules.halting import both, halted_members, without_halted

ENUMERABLE = 512
_WEIGHT = {Necessity.REQUIRED: 2, Necessity.DEFERRABLE: 1, Necessity.OPTIONAL: 0}
Outcome = tuple[tuple[tuple[str, Inclusion], ...], tuple[tuple[str, Inclusion, SatisfierKind], ...]]


def alone(matter: Matter, questions: tuple[SituationQuestion, ...] = ()) -> Bundle:
    """A single matter as a bundle of one, so that one guide serves both."""
    member = MemberSpec(key=matter.code, matter=matter.code)
    spec = BundleSpec(
        key=matter.code,
        name=matter.name,
        members=(member,),
        process=matter.spec.process,
        questions=questions,
        delivery_choice=matter.spec.delivery_choice,
    )
    return Bundle(
        id=matter.id,
        version=matter.version,
        state=matter.state,
        spec=spec,
        members=(Member(member.key, member, matter),),
        form_version=matter.form_version,
        process_version=matter.process_version,
        promised=matter.spec.limits.working_days,
    )


def tailor(
    bundle: Bundle, facts: Facts, verdicts: Verdicts, refused: Ruling = never_refuses, ruling_key: object = None
) -> TailoredGuide:
    """What somebody in the situation `facts` (absent: not answered yet) needs of `bundle`.

    `refused` is its decision on who may use it, known by `ruling_key`: questions that may still refuse come first, and
    where it has refused none is left.
    """
    members = _members(bundle, facts, verdicts)
    materials, saved = _materials(bundle, facts, verdicts, members)
    left = _questions_left(bundle, facts, verdicts, refused, ruling_key)
    taking_part = {key for key, inclusion in members.items() if inclusion is not Inclusion.NO}
    chosen = [member for member in bundle.members if member.key in taking_part]
    return TailoredGuide(
        members=tuple(_member(member, members[member.key], taking_part) for member in chosen),
        materials=materials,
        questions_left=left,
        next_question=left[0] if left else None,
        limits=_limits(bundle, taking_part),
        departments=tuple(dict.fromkeys(m.matter.organisation_name for m in chosen if m.matter.organisation_name)),
        visits=visits_of(bundle.spec, [member.matter.spec for member in chosen]),
        saved=saved,
        halted=halted_members(bundle, _asked_for(bundle, facts, verdicts)),
    )


def still_put(bundle: Bundle, answers: Facts, verdicts: Verdicts) -> dict[str, Any]:
    """`answers` without those whose question is not put any more, and without what depended on these in turn."""
    gates = {question.fact: question.condition for question in bundle.spec.questions}
    kept = {fact: value for fact, value in answers.items() if fact in gates}
    stands = {Inclusion.YES: (Inclusion.YES, Inclusion.OPEN), Inclusion.OPEN: (Inclusion.OPEN,), Inclusion.NO: ()}
    while True:
        fewer = {
            fact: value
            for fact, value in kept.items()
            if verdicts.inclusion(gates[fact], answers) in stands[verdicts.inclusion(gates[fact], kept)]
        }
        if len(fewer) == len(kept):
            return kept
        kept = fewer


def _asked_for(bundle: Bundle, facts: Facts, verdicts: Verdicts) -> dict[str, Inclusion]:
    return {
        member.key: verdicts.inclusion(member.spec.condition, facts, bundle.spec.formulas) for member in bundle.members
    }


def _members(bundle: Bundle, facts: Facts, verdicts: Verdicts) -> dict[str, Inclusion]:
    """Which members take part: those that the situation asks for, without what can't be handled now."""
    asked_for = _asked_for(bundle, facts, verdicts)
    return without_halted(bundle, asked_for) if any(member.halt for member in bundle.members) else asked_for


def _member(member: Member, inclusion: Inclusion, taking_part: set[str]) -> TailoredMember:
    spec = member.matter.spec
    return TailoredMember(
        key=member.key,
        matter_id=member.matter.id,
        matter_code=spec.code,
        name=spec.name,
        organisation_name=member.matter.organisation_name,
        kind=member.spec.kind,
        inclusion=inclusion,
        depends_on=tuple(key for key in member.depends_on if key in taking_part),
        limits=spec.limits,
        results=tuple(result.name for result in spec.results),
    )


def _limits(bundle: Bundle, taking_part: set[str]) -> Limits:
    edges = {member.key: member.depends_on for member in bundle.members}
    chain = chain_days(edges, {m.key: m.matter.spec.limits.working_days for m in bundle.members}, taking_part)
    legal = {m.key: m.matter.spec.limits.statutory_working_days for m in bundle.members if m.key in taking_part}
    known = {key: days for key, days in legal.items() if days is not None}
    statutory = chain_days(edges, known, taking_part) if known and len(known) == len(legal) else None
    if bundle.spec.promised is None:
        return Limits(promised=chain, statutory=statutory)
    return Limits(promised=bundle.spec.promised, statutory=max(statutory, bundle.spec.promised) if statutory else None)


def _either(first: Inclusion, second: Inclusion) -> Inclusion:
    if Inclusion.YES in {first, second}:
        return Inclusion.YES
    return Inclusion.OPEN if Inclusion.OPEN in {first, second} else Inclusion.NO


def _needed(
    bundle: Bundle, facts: Facts, verdicts: Verdicts, members: Mapping[str, Inclusion]
) -> Iterator[tuple[Member, Requirement, Inclusion]]:
    for member in bundle.members:
        if members[member.key] is Inclusion.NO:
            continue
        for requirement in member.matter.spec.inputs:
            inclusion = both(
                members[member.key], verdicts.inclusion(requirement.condition, facts, member.matter.spec.formulas)
            )
            if inclusion is not Inclusion.NO:
                yield member, requirement, inclusion


def _materials(
    bundle: Bundle, facts: Facts, verdicts: Verdicts, members: Mapping[str, Inclusion]
) -> tuple[tuple[TailoredMaterial, ...], int]:
    merged: dict[str, TailoredMaterial] = {}
    count = 0
    for member, requirement, inclusion in _needed(bundle, facts, verdicts, members):
        count += 1
        by, origin = _provided_by(bundle, member, requirement, members)
        fresh = _material(member, requirement, inclusion, by, origin)
        known = merged.get(requirement.material)
        merged[requirement.material] = _merge(known, fresh) if known else fresh
    materials = tuple(merged.values())
    return materials, count - sum(not each.exempt for each in materials)


def _material(
    member: Member, requirement: Requirement, inclusion: Inclusion, by: SatisfierKind, origin: str
) -> TailoredMaterial:
    return TailoredMaterial(
        code=requirement.material,
        name=requirement.name,
        necessity=requirement.necessity,
        inclusion=inclusion,
        needed_by=(member.key,),
        satisfiers=requirement.satisfiers,
        by=by,
        origin=origin,
        kind=requirement.kind,
        standard=requirement.standard,
        note=requirement.note,
        supply_within=requirement.supply_within,
        types=requirement.types,
        max_bytes=requirement.max_bytes,
    )


def _provided_by(
    bundle: Bundle, member: Member, requirement: Requirement, members: Mapping[str, Inclusion]
) -> tuple[SatisfierKind, str]:
    for other in bundle.members:
        if members[other.key] is Inclusion.YES and other.key != member.key and other.matter.spec.provides(requirement):
            return SatisfierKind.OUTPUT, other.key
    others = [each.kind for each in requirement.satisfiers if each.kind is not SatisfierKind.OUTPUT]
    return (others[0] if others else SatisfierKind.UPLOAD), ""


def _merge(known: TailoredMaterial, fresh: TailoredMaterial) -> TailoredMaterial:
    """One material for several members: the strictest necessity, the ways that all of them take, one way to provide."""
    shared = tuple(each for each in known.satisfiers if each.kind in {other.kind for other in fresh.satisfiers})
    best = min((known, fresh), key=lambda each: (not each.exempt, list(SatisfierKind).index(each.by)))
    return replace(
        known,
        necessity=max(known.necessity, fresh.necessity, key=_WEIGHT.__getitem__),
        inclusion=_either(known.inclusion, fresh.inclusion),
        needed_by=(*known.needed_by, *fresh.needed_by),
        satisfiers=shared or known.satisfiers,
        by=best.by,
        origin=known.origin or fresh.origin,
        note=known.note or fresh.note,
    )


def _questions_left(
    bundle: Bundle, facts: Facts, verdicts: Verdicts, refused: Ruling, ruling_key: object
) -> tuple[SituationQuestion, ...]:
    """Remembered by the facts that matter: the same situation is asked for again and again."""
    mentioned = verdicts.once(("names", bundle.id, bundle.version), lambda: _mentioned(bundle, verdicts))
    if ruling_key is None:
        known = tuple((name, hashable(facts[name])) for name in mentioned if name in facts)
    else:
        known = tuple(sorted((name, hashable(value)) for name, value in facts.items()))
    halted = tuple(member.key for member in bundle.members if member.halt)
    key = ("left", bundle.id, bundle.version, halted, ruling_key, known)
    return verdicts.once(key, lambda: _asked_in_order(bundle, facts, verdicts, refused))


def _asked_in_order(bundle: Bundle, facts: Facts, verdicts: Verdicts, refused: Ruling) -> tuple[SituationQuestion, ...]:
    ruling = refused(facts)
    if ruling.value is True:
        return ()
    first = _may_refuse(bundle, facts, verdicts, refused, ruling.missing) if ruling.open else ()
    asked_first = {question.fact for question in first}
    return (*first, *(q for q in _still_asked(bundle, facts, verdicts) if q.fact not in asked_first))


def _may_refuse(
    bundle: Bundle, facts: Facts, verdicts: Verdicts, refused: Ruling, missing: frozenset[str]
) -> tuple[SituationQuestion, ...]:
    """The open questions of which two answers, all else equal, differ in whether the bundle is refused."""
    asked = {question.fact: question for question in bundle.spec.questions if question.fact not in facts}
    candidates = _with_gates(asked, set(missing), facts, verdicts)

    def ruled(told: Facts) -> object:
        return refused(told).value

    return _put_now(_of_consequence(candidates, bundle, facts, verdicts, ruled), facts, verdicts)


def _mentioned(bundle: Bundle, verdicts: Verdicts) -> tuple[str, ...]:
    """Every fact that a condition, a question or a formula of the bundle names."""
    texts = [member.spec.condition for member in bundle.members]
    texts += [question.condition for question in bundle.spec.questions]
    texts += bundle.spec.formulas.values()
    for member in bundle.members:
        texts += [each.condition for each in member.matter.spec.inputs]
        texts += member.matter.spec.formulas.values()
    names = {question.fact for question in bundle.spec.questions}
    return tuple(sorted(names.union(*(verdicts.names(text) for text in texts))))


def _still_asked(bundle: Bundle, facts: Facts, verdicts: Verdicts) -> tuple[SituationQuestion, ...]:
    asked = {question.fact: question for question in bundle.spec.questions if question.fact not in facts}
    candidates = _with_gates(asked, _waited_for(bundle, facts, verdicts), facts, verdicts)

    def outcome(told: Facts) -> object:
        return _outcome(bundle, told, verdicts)

    return _put_now(_of_consequence(candidates, bundle, facts, verdicts, outcome), facts, verdicts)


def _put_now(candidates: list[SituationQuestion], facts: Facts, verdicts: Verdicts) -> tuple[SituationQuestion, ...]:
    """Those whose gate is open already; all where none is."""
    return tuple(q for q in candidates if verdicts.inclusion(q.condition, facts) is Inclusion.YES) or tuple(candidates)


def _of_consequence(
    candidates: list[SituationQuestion],
    bundle: Bundle,
    facts: Facts,
    verdicts: Verdicts,
    outcome: Callable[[Facts], object],
) -> list[SituationQuestion]:
    """Exact where all answers can be enumerated, otherwise all candidates."""
    known = {question.fact: question.domain for question in candidates if question.domain is not None}
    if len(known) < len(candidates) or prod(len(domain) for domain in known.values()) > ENUMERABLE:
        return candidates
    telling = _telling(bundle, facts, verdicts, known, outcome)
    return [question for question in candidates if question.fact in telling]


def _with_gates(
    asked: Mapping[str, SituationQuestion], waited_for: set[str], facts: Facts, verdicts: Verdicts
) -> list[SituationQuestion]:
    """The open questions that conditions wait for, and those on which it depends whether these are asked at all."""
    wanted = set(waited_for)
    pending = list(wanted)
    while pending:
        question = asked.get(pending.pop())
        if question is not None:
            gates = verdicts.missing(question.condition, facts) - wanted
            wanted |= gates
            pending.extend(gates)
    return [
        q for q in asked.values() if q.fact in wanted and verdicts.inclusion(q.condition, facts) is not Inclusion.NO
    ]


def _waited_for(bundle: Bundle, facts: Facts, verdicts: Verdicts) -> set[str]:
    members = _members(bundle, facts, verdicts)
    names: set[str] = set()
    for member in bundle.members:
        names |= verdicts.missing(member.spec.condition, facts, bundle.spec.formulas)
    for member, requirement, _inclusion in _needed(bundle, facts, verdicts, members):
        names |= verdicts.missing(requirement.condition, facts, member.matter.spec.formulas)
    return names


def _outcome(bundle: Bundle, facts: Facts, verdicts: Verdicts) -> Outcome:
    members = _members(bundle, facts, verdicts)
    materials, _saved = _materials(bundle, facts, verdicts, members)
    listed = tuple((each.code, each.inclusion, each.by) for each in materials)
    return tuple(members.items()), tuple(sorted(listed))


def _telling(
    bundle: Bundle,
    facts: Facts,
    verdicts: Verdicts,
    domains: Mapping[str, tuple[Any, ...]],
    outcome_of: Callable[[Facts], object],
) -> frozenset[str]:
    """The facts of which two answers, all else equal, lead to different outcomes."""
    names = list(domains)
    seen: dict[str, dict[tuple[Any, ...], object]] = {name: {} for name in names}
    telling: set[str] = set()
    gates = {question.fact: question.condition for question in bundle.spec.questions}
    for answers in product(*domains.values()):
        told = _asked_only({**facts, **dict(zip(names, answers, strict=True))}, domains, gates, verdicts)
        outcome = outcome_of(told)
        for index, name in enumerate(names):
            if name not in telling:
                rest = (*answers[:index], *answers[index + 1 :])
                if seen[name].setdefault(rest, outcome) != outcome:
                    telling.add(name)
    return frozenset(telling)


def _asked_only(
    told: dict[str, Any], domains: Mapping[str, Any], gates: Mapping[str, str], verdicts: Verdicts
) -> dict[str, Any]:
    """Answers to questions that would not be put are taken out again."""
    for name in domains:
        if gates.get(name) and verdicts.inclusion(gates[name], told) is Inclusion.NO:
            told = {key: value for key, value in told.items() if key != name}
    return told
