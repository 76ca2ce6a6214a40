"""Members of a bundle that can't be handled now: left out where one may do without, else they stop the bundle."""

from collections.abc import Mapping

from yiwang.serve.matters.contracts import Bundle, HaltedMember, Inclusion, Member, MemberKind


def both(first: Inclusion, second: Inclusion) -> Inclusion:
    """Whether both hold."""
    if Inclusion.NO in {first, second}:
        return Inclusion.NO
    return Inclusion.OPEN if Inclusion.OPEN in {first, second} else Inclusion.YES


def without_halted(bundle: Bundle, asked_for: Mapping[str, Inclusion]) -> dict[str, Inclusion]:
    """Which members take part when those that are halted, and those that can't begin without them, are left out.

    A mandatory member stays: it stops the bundle.
    """
    members = dict(asked_for)
    for key, (_cause, inclusion) in _caught(bundle, asked_for).items():
        if bundle.member(key).spec.kind is MemberKind.MANDATORY:
            continue
        surely = inclusion is Inclusion.YES or bundle.member(key).halt is not None
        members[key] = Inclusion.NO if surely else both(members[key], Inclusion.OPEN)
    return members


def halted_members(bundle: Bundle, asked_for: Mapping[str, Inclusion]) -> tuple[HaltedMember, ...]:
    """The members of this situation that can't be handled now, in authored order."""
    caught = _caught(bundle, asked_for)
    mandatory = {key for key in caught if bundle.member(key).spec.kind is MemberKind.MANDATORY}
    stopping = {caught[key][0] for key in mandatory} | mandatory
    return tuple(
        _halted(bundle, member, *caught[member.key], necessary=member.key in stopping)
        for member in bundle.members
        if member.key in caught
    )


def _caught(bundle: Bundle, asked_for: Mapping[str, Inclusion]) -> dict[str, tuple[str, Inclusion]]:
    """By key: which halted member holds this one up (itself, or one it waits for), and whether that is sure."""
    caught = {
        member.key: (member.key, asked_for[member.key])
        for member in bundle.members
        if member.halt is not None and asked_for[member.key] is not Inclusion.NO
    }
    more = True
    while more:
        found = {
            member.key: (cause[0], both(cause[1], asked_for[member.key]))
            for member in bundle.members
            if member.key not in caught and asked_for[member.key] is not Inclusion.NO
            if (cause := _cause(member, caught)) is not None
        }
        caught |= found
        more = bool(found)
    return caught


def _cause(member: Member, caught: Mapping[str, tuple[str, Inclusion]]) -> tuple[str, Inclusion] | None:
    """What holds up one that `member` waits for, a sure cause before a possible one."""
    causes = [caught[before] for before in member.depends_on if before in caught]
    return min(causes, key=lambda each: each[1] is not Inclusion.YES, default=None)


def _halted(bundle: Bundle, member: Member, cause: str, inclusion: Inclusion, *, necessary: bool) -> HaltedMember:
    halt = bundle.member(cause).halt
    assert halt is not None
    return HaltedMember(
        key=member.key,
        matter_code=member.matter.code,
        name=member.matter.name,
        halt=halt,
        necessary=necessary,
        inclusion=inclusion,
        waits_for="" if cause == member.key else bundle.member(cause).matter.name,
    )
