"""Decides which candidates are answers and in what order. Pure: candidates come with how strongly they hold each concept."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import sqrt
from typing import Final

from yiwang.commons.search.rules.plan import Concept, Plan

_UNKNOWN: Final = 0.5  # share of the mass of a word that no document knows: people chat
_UNKNOWN_FOREIGN: Final = 0.6
_ENOUGH: Final = 1.05  # mass that makes a hit however much was said around it
_FULL: Final = 0.4  # a summary that holds a word answers for it as well as a title
COVERED: Final = 0.5
NEAR: Final = 0.3  # not an answer, but perhaps what was meant
_TAIL: Final = 0.22  # of the best score: what follows is chance
_LEAST: Final = 0.6  # mass that is needed where something else remains unknown
_MEANT: Final = 0.9  # a name that holds an official phrase as a whole
_NAME: Final = 1.2
_CONTAINED: Final = 1.0
_EQUAL: Final = 3.0


@dataclass(frozen=True, slots=True)
class Candidate:
    """A document that holds some concept. `strengths` by concept, 0 to 1; `names`: its title and other names, compact."""

    id: str
    names: tuple[str, ...]
    boost: float
    strengths: Mapping[int, float]


@dataclass(frozen=True, slots=True)
class Ranked:
    """An answer. `covered`: which share of the query it answers."""

    id: str
    score: float
    covered: float


def rank(
    wanted: Plan, candidates: Sequence[Candidate], ideal: Mapping[int, float], *, least: float = COVERED
) -> tuple[Ranked, ...]:
    """Those that cover `least` of the query, best first. `ideal`: the highest strength that the words of a concept can
    reach, where any is known.
    """
    total = sum(_weight(concept, ideal.get(place, 0.0)) for place, concept in enumerate(wanted.concepts)) or 1.0
    ranked = [_judged(wanted, each, ideal, total) for each in candidates]
    accepted = [each for each in ranked if each.covered >= least]
    best = max((each.score for each in accepted), default=0.0)
    equal = {each.id: _equality(wanted, each) for each in candidates}
    answers = (replace(e, score=e.score + equal[e.id]) for e in accepted if e.score >= _TAIL * best)
    return tuple(sorted(answers, key=lambda each: (-each.score, each.id)))


def likeness(one: str, other: str) -> float:
    """Dice's coefficient of the pairs of neighbouring characters, 0 to 1."""
    ours, theirs = _pairs(one), _pairs(other)
    return 2 * len(ours & theirs) / (len(ours) + len(theirs)) if ours and theirs else float(one == other)


def _judged(wanted: Plan, each: Candidate, ideal: Mapping[int, float], total: float) -> Ranked:
    held = score = 0.0
    for place, found in each.strengths.items():
        strength = found
        concept = wanted.concepts[place]
        reach = ideal.get(place) or 1.0
        if any(len(word) > 2 and word in name for word in concept.meant for name in each.names):
            strength = max(strength, _MEANT * min(reach, 1.0))
        score += concept.mass * strength
        held += _weight(concept, reach) * min(1.0, strength / (reach * _FULL))
    said = [name for name in each.names if len(name) > 1 and name in wanted.whole]
    contained = max(map(len, said), default=0) / max(len(wanted.core), 1)
    alike = max((likeness(wanted.core, name) for name in each.names), default=0.0)
    score += _NAME * alike + _CONTAINED * min(contained, 1.0)
    share = held / total if len(ideal) == len(wanted.concepts) or held >= _LEAST else 0.0
    covered = max(share, min(contained, 1.0), alike, COVERED if held >= _ENOUGH else 0.0)
    return Ranked(each.id, score * each.boost, covered)


def _equality(wanted: Plan, each: Candidate) -> float:
    """Whoever types a name wants that one first, and still sees what is near."""
    return _EQUAL if wanted.whole in each.names[:1] else _EQUAL / 3 if wanted.whole in each.names else 0.0


def _weight(concept: Concept, ideal: float) -> float:
    if ideal:
        return concept.mass * min(1.0, sqrt(ideal))
    return concept.mass * (_UNKNOWN_FOREIGN if concept.foreign else _UNKNOWN)


def _pairs(text: str) -> set[str]:
    return {text[at : at + 2] for at in range(len(text) - 1)}
