"""The level of real name that a matter asks for, in its version."""

from dataclasses import replace

from yiwang.serve.matters.contracts import Limits, MatterSpec
from yiwang.serve.matters.rules import digest_of, matter_definition, matter_from

SPEC = MatterSpec(code="sample", catalogue_code="", name="样例", handling=(), limits=Limits(promised=1), process="")


def test_a_matter_that_asks_for_no_level_is_the_version_that_it_was():
    assert "real_name" not in matter_definition(SPEC)
    asking = replace(SPEC, real_name=3)
    assert matter_from(matter_definition(asking)) == asking
    assert matter_from(matter_definition(SPEC)) == SPEC
    assert digest_of(matter_definition(SPEC)) != digest_of(matter_definition(asking))
