"""Background work of rules: trying a change on many facts."""

import time
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any
from uuid import UUID

from yiwang.commons.rules import commands, engine, queries, registry, rules
from yiwang.commons.rules.contracts import DecisionText, TrialNotFound
from yiwang.kernel import clock
from yiwang.kernel.actor import Actor
from yiwang.kernel.jobs import job

TRIALS = Actor.system("rules trials")
_BATCH = 20_000
_MOST_PAST = 100_000


@job("rules.run_trial", attempts=2)
def run_trial(trial_id: str) -> None:
    """Decide each row by the text before and after, tell now and then how far it is, keep the counts.

    Rows are kept as samples of an uploaded table only: past facts are other people's.
    """
    identifier = UUID(trial_id)
    found = queries.waiting_trial(trial_id=identifier, viewer=TRIALS)
    if found is None:
        return
    text, before, source, content = found
    try:
        counted, seconds = _counted(identifier, text, before, source, content)
    except rules.FactsUnreadable as error:
        commands.end_trial(trial_id=identifier, error=str(error), by=TRIALS, at=clock.now())
        return
    except TrialNotFound:
        return
    result = {
        "outcomes": [list(each) for each in counted.outcomes],
        "changes": [
            {"before": c.before, "after": c.after, "count": c.count, "rows": list(c.rows) if content else []}
            for c in counted.changes
        ],
    }
    commands.end_trial(
        trial_id=identifier,
        done=counted.done,
        refused=counted.refused,
        changed=counted.changed,
        seconds=round(seconds, 2),
        result=result,
        by=TRIALS,
        at=clock.now(),
    )


def _counted(
    identifier: UUID, text: DecisionText, before: int, source: str, content: bytes | None
) -> tuple[rules.Tally, float]:
    layout = rules.layout_of(text.xml, text.key)
    reading = engine.read_dmn(text.xml.encode(), [each.encode() for each in text.imports])
    if layout is None or reading.model is None or not reading.model.has(text.key):
        raise rules.FactsUnreadable("model")
    old = None
    if before:
        earlier = queries.text_of(key=text.key, version=before, viewer=TRIALS)
        old = engine.load_dmn(earlier.xml.encode(), [each.encode() for each in earlier.imports])
    total, rows = _rows(text.key, layout, source, content)
    counted, began = rules.Tally(), time.perf_counter()
    while batch := list(islice(rows, _BATCH)):
        rules.tally(counted, text.key, old, reading.model, iter(batch))
        commands.report_trial(trial_id=identifier, done=counted.done, total=total, by=TRIALS, at=clock.now())
    return counted, time.perf_counter() - began


def _rows(
    key: str, layout: rules.Layout, source: str, content: bytes | None
) -> tuple[int, Iterator[Mapping[str, Any] | None]]:
    if content is not None:
        return rules.rows_in(content), rules.read_facts_table(content, layout)
    past = registry.past_source(source)
    if past is None:
        raise rules.FactsUnreadable("source")
    return past.inputs.count(key, viewer=TRIALS), past.inputs.facts(key, limit=_MOST_PAST, viewer=TRIALS)
