"""Whom a verifier trusts: logs, witnesses, and how many of which must have cosigned (C2SP tlog-policy)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Self

from .notekeys import NoteVerifier
from .texts import decoded, number
from .wording import TextWrong

MAX_POLICY: Final = 1024 * 1024
_MAX_LINES: Final = {"log": 256, "witness": 256, "group": 256}
# how many words follow the first
_WORDS: Final = {"log": (1, 2), "witness": (2, 3), "group": (3, 258), "quorum": (1, 1)}
_NONE: Final = "none"
_QUORUM: Final = "quorum-of-witnesses"


@dataclass(frozen=True, slots=True)
class Group:
    """Has witnessed when at least `threshold` of its members (witnesses or groups, by name) have."""

    threshold: int
    members: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TrustedKeys:
    """Public keys of logs and witnesses, and the quorum: the name of a witness or group, or "none".

    `urls` holds the addresses that the file gives, by the name of the log's origin or of the witness.
    """

    logs: tuple[NoteVerifier, ...]
    witnesses: Mapping[str, NoteVerifier] = field(default_factory=dict)
    groups: Mapping[str, Group] = field(default_factory=dict)
    quorum: str = _NONE
    urls: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, logs: Iterable[NoteVerifier], witnesses: Mapping[str, NoteVerifier], threshold: int) -> Self:
        """The policy "`threshold` of these witnesses"; 0 asks for none. Names are words of a line, none of them "none"."""
        for name in witnesses:
            if not name or name in {_NONE, _QUORUM} or any(c.isspace() or c < " " for c in name):
                raise TextWrong("policy.name", name=name)
        if threshold == 0:
            return cls(tuple(logs), dict(witnesses))
        if not 0 < threshold <= len(witnesses):
            raise TextWrong("policy.threshold", count=len(witnesses))
        group = Group(threshold, tuple(witnesses))
        return cls(tuple(logs), dict(witnesses), {_QUORUM: group}, _QUORUM)

    @classmethod
    def parse(cls, data: bytes | str) -> Self:
        """Read a policy file; faults (`TextWrong`) name the line."""
        found = _Reader()
        found.read(data.encode() if isinstance(data, str) else data)
        return cls(tuple(found.logs), found.witnesses, found.groups, found.quorum, found.urls)

    def text(self) -> str:
        """The policy as a file that `parse` reads."""

        def url(name: str) -> str:
            return f" {self.urls[name]}" if self.urls.get(name) else ""

        lines = [f"log {log.vkey}{url(log.name)}" for log in self.logs]
        lines += [f"witness {name} {key.vkey}{url(name)}" for name, key in self.witnesses.items()]
        lines += [f"group {name} {group.threshold} {' '.join(group.members)}" for name, group in self.groups.items()]
        return "\n".join([*lines, f"quorum {self.quorum}", ""])

    def logs_named(self, origin: str) -> list[NoteVerifier]:
        """The keys of the log with this origin."""
        return [log for log in self.logs if log.name == origin]

    def reached(self, cosigned: Iterable[str]) -> bool:
        """Whether the quorum is reached when the witnesses of these names have cosigned."""
        done = {_NONE, *(name for name in cosigned if name in self.witnesses)}
        for name, group in self.groups.items():  # a group names only what stands before it
            if sum(member in done for member in group.members) >= group.threshold:
                done.add(name)
        return self.quorum in done

    def needed(self) -> str:
        """The quorum in short: "2/3", a witness's name, or "none"."""
        group = self.groups.get(self.quorum)
        return f"{group.threshold}/{len(group.members)}" if group else self.quorum


class _Reader:
    """Collects the lines of a policy, in their order."""

    def __init__(self) -> None:
        self.logs: list[NoteVerifier] = []
        self.witnesses: dict[str, NoteVerifier] = {}
        self.groups: dict[str, Group] = {}
        self.urls: dict[str, str] = {}
        self.quorum = ""
        self._members: set[str] = set()
        self._keys: set[tuple[str, bytes]] = set()

    def read(self, data: bytes) -> None:
        """Take in a whole file."""
        text = decoded(data.replace(b"\t", b" ") + (b"" if data.endswith(b"\n") else b"\n"), MAX_POLICY)
        counts = dict.fromkeys(_MAX_LINES, 0)
        for line, content in enumerate(text.split("\n"), 1):
            words = [word for word in content.split(" ") if word]
            if not words or words[0].startswith("#"):
                continue
            kind, *rest = words
            if kind not in _WORDS:
                raise TextWrong("policy.word", line=line, word=kind[:40])
            low, high = _WORDS[kind]
            if not low <= len(rest) <= high:
                raise TextWrong("text.line", line=line)
            if kind in counts:
                counts[kind] += 1
                if counts[kind] > _MAX_LINES[kind]:
                    raise TextWrong("policy.too_many", line=line, word=kind, limit=_MAX_LINES[kind])
            getattr(self, f"_{kind}")(rest, line)
        if not self.quorum:
            raise TextWrong("policy.quorum", line=text.count("\n"))

    def _key(self, role: str, vkey: str, line: int) -> NoteVerifier:
        key = NoteVerifier.parse(vkey, line)
        if key.kind.cosigns != (role == "witness"):
            raise TextWrong(f"key.not_{role}", line=line, name=key.name)
        if (role, key.point) in self._keys:
            raise TextWrong("key.duplicate", line=line, name=key.name)
        self._keys.add((role, key.point))
        return key

    def _log(self, words: Sequence[str], line: int) -> None:
        key = self._key("log", words[0], line)
        self.logs.append(key)
        if len(words) > 1:
            self.urls[key.name] = words[1]

    def _witness(self, words: Sequence[str], line: int) -> None:
        name = self._new(words[0], line)
        self.witnesses[name] = self._key("witness", words[1], line)
        if len(words) > 2:
            self.urls[name] = words[2]

    def _group(self, words: Sequence[str], line: int) -> None:
        name, threshold, *members = words
        self._new(name, line)
        for member in members:
            self._defined(member, line)
            if member == _NONE or member in self._members:
                raise TextWrong("policy.member", line=line, name=member)
            self._members.add(member)
        named = {"all": len(members), "any": 1}.get(threshold)
        count = number(threshold, line) if named is None else named
        if not 1 <= count <= len(members):
            raise TextWrong("policy.threshold", line=line, count=len(members))
        self.groups[name] = Group(count, tuple(members))

    def _quorum(self, words: Sequence[str], line: int) -> None:
        if self.quorum:
            raise TextWrong("policy.quorum", line=line)
        self._defined(words[0], line)
        self.quorum = words[0]

    def _new(self, name: str, line: int) -> str:
        if name == _NONE or name in self.witnesses or name in self.groups:
            raise TextWrong("policy.name", line=line, name=name)
        return name

    def _defined(self, name: str, line: int) -> None:
        if name != _NONE and name not in self.witnesses and name not in self.groups:
            raise TextWrong("policy.unknown", line=line, name=name)
