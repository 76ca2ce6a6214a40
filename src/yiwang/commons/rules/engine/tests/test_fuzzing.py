import os

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from yiwang.commons.rules.engine.tests.fuzzing import Source, exercise, exercise_file, exercise_text

EXAMPLES = int(os.environ.get("YIWANG_FUZZ_EXAMPLES", "150"))
CAMPAIGN = settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))


@CAMPAIGN
@given(st.binary(max_size=400))
def test_whatever_is_written_is_answered_or_refused(data):
    exercise(data)


@settings(CAMPAIGN, max_examples=max(EXAMPLES // 3, 1))  # each is analysed and explained too
@given(st.binary(min_size=200, max_size=800))
def test_models_of_random_parts_are_answered_or_refused(data):
    exercise_file(Source(data))


@CAMPAIGN
@given(st.text(max_size=80))
def test_random_text_is_answered_or_refused(text):
    exercise_text(text)


FOUND = ("log(number: [null])", "[null][item > 1] + floor([null])", f"[{'1e6144, ' * 20}1e-6143]")
"""What campaigns found once."""


@pytest.mark.parametrize("text", FOUND)
def test_what_failed_once_is_answered(text):
    exercise_text(text)
