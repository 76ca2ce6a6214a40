"""One reason not to publish, with its place in the definition."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Defect:
    """One reason not to publish; `place` is the path in the definition (`("members", 0, "matter")`)."""

    place: tuple[str | int, ...]
    message: str
    mend: str

    def __str__(self) -> str:
        return f"{'.'.join(map(str, self.place))}: {self.message}（{self.mend}）"
