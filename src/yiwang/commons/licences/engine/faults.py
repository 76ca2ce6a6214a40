"""What may go wrong in laying out a licence."""


class LayoutFault(ValueError):
    """A layout says something that cannot be drawn; `place` is where, as in `pages.0.elements.3`."""

    def __init__(self, place: str, reason: str) -> None:
        self.place, self.reason = place, reason
        super().__init__(f"{place}: {reason}")


class ValueTooLong(ValueError):
    """A value does not fit its place even in the smallest size. It is never cut off."""

    def __init__(self, field: str) -> None:
        self.field = field
        super().__init__(f"the value of {field!r} does not fit its place")
