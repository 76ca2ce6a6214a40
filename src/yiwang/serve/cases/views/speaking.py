"""A case in the language of the page: titles and names of matters, results, materials and facts, where the pack has English."""

from collections.abc import Mapping
from dataclasses import replace

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from yiwang.commons.forms import queries as forms
from yiwang.kernel.actor import Actor
from yiwang.serve.cases.contracts import Answer, CaseView, MemberView, ResultView
from yiwang.serve.matters import queries as matters


def spoken(view: CaseView, viewer: Actor) -> CaseView:
    """The case as it is in Chinese; in another language with what is translated in English."""
    if (get_language() or "zh").startswith("zh"):
        return view
    words = matters.english(matter_ids=view.matter_ids, bundle_id=view.bundle_id, viewer=viewer)
    return replace(
        view,
        title=words.get(view.title, view.title),
        parent_title=words.get(view.parent_title, view.parent_title),
        results=_results(view.results, words),
        materials=tuple(
            replace(
                each, name=words.get(each.name, each.name), origin_name=words.get(each.origin_name, each.origin_name)
            )
            for each in view.materials
        ),
        members=tuple(_member(each, words) for each in view.members),
        answers=_answers(view.answers, words, viewer),
    )


def _answers(answers: tuple[Answer, ...], words: Mapping[str, str], viewer: Actor) -> tuple[Answer, ...]:
    """Facts by the labels of the vocabulary, choices by those of their lists; what was typed stays as it is."""
    known = forms.fact_words(names=[each.fact for each in answers], viewer=viewer)
    told = []
    for each in answers:
        fact = known.get(each.fact)
        label = words.get(each.label) or (fact.label.get("en") if fact else "") or each.label
        shown = _(each.shown) if isinstance(each.value, bool) else each.shown
        chosen = each.value if isinstance(each.value, list) else [each.value]
        if fact and all(isinstance(one, str) and one in fact.values for one in chosen):
            shown = ", ".join(fact.values[one].get("en", one) for one in chosen)
        told.append(replace(each, label=label, shown=shown))
    return tuple(told)


def _member(member: MemberView, words: Mapping[str, str]) -> MemberView:
    title = words.get(member.case.title, member.case.title)
    return replace(member, case=replace(member.case, title=title), results=_results(member.results, words))


def _results(results: tuple[ResultView, ...], words: Mapping[str, str]) -> tuple[ResultView, ...]:
    return tuple(replace(each, title=words.get(each.title, each.title)) for each in results)
