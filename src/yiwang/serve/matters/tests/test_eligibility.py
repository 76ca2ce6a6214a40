"""Which facts may still change what of a bundle can be had: exactly those, however many there are."""

from yiwang.serve.matters.rules import decision

FACTS = ("age", "months", "area", "points")


def ruling(*rows, facts=FACTS):
    """A table over numbers: each row its conditions, and the scope."""
    inputs = "".join(f"<input><inputExpression><text>{name}</text></inputExpression></input>" for name in facts)
    rules = "".join(
        "<rule>"
        + "".join(f"<inputEntry><text>{cell.replace('<', '&lt;')}</text></inputEntry>" for cell in cells)
        + f'<outputEntry><text>"{scope}"</text></outputEntry><outputEntry><text>""</text></outputEntry></rule>'
        for *cells, scope in rows
    )
    data = "".join(
        f'<inputData id="i_{name}" name="{name}"><variable name="{name}" typeRef="number"/></inputData>'
        for name in facts
    )
    needs = "".join(
        f'<informationRequirement><requiredInput href="#i_{name}"/></informationRequirement>' for name in facts
    )
    return decision(
        (
            '<definitions xmlns="https://www.omg.org/spec/DMN/20230324/MODEL/" namespace="urn:s" name="s">'
            f'{data}<decision id="scope" name="scope"><variable name="scope"/>{needs}<decisionTable hitPolicy="FIRST">'
            f'{inputs}<output name="scope"/><output name="advice"/>{rules}</decisionTable></decision></definitions>'
        ).encode(),
        "scope",
    )


def test_only_facts_that_may_still_change_the_outcome_are_asked():
    ask = ruling(("< 18", "-", "-", "-", "none"), ("-", ">= 6", "-", "-", "all"), ("-", "-", "-", "-", "partial"))
    assert ask({}).missing == {"age", "months"}
    assert ask({"age": 17}).value is True
    assert ask({"age": 18}).missing == {"months"}, "what remains tells all from a part"
    assert ask({"age": 18, "months": 1}).value is False


def test_two_rules_that_say_the_same_ask_nothing_between_them():
    ask = ruling(("-", "< 6", "-", "-", "none"), ("-", ">= 6", "> 90", "-", "all"), ("-", ">= 6", "<= 90", "-", "all"))
    assert ask({"months": 7}).value is False
    assert ask({}).missing == {"months"}


def test_many_facts_of_many_values_are_told_apart_within_the_bound():
    rows = [tuple(f"[{i * k}..{i * k + 9}]" for k in range(1, 5)) for i in range(1, 9)]
    ask = ruling(*((*cells, "none" if i == 3 else "all") for i, cells in enumerate(rows)), ("-",) * 4 + ("all",))
    assert ask({}).missing == set(FACTS)
    assert ask({"age": 100}).value is False
