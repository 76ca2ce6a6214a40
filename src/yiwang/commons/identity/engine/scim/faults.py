"""What goes wrong in SCIM, with its status and `scimType` (RFC 7644, 3.12)."""


class ScimFault(Exception):
    """A refusal; `kind` is the scimType (`invalidFilter`), empty where the RFC has none for the status."""

    def __init__(self, status: int, kind: str, detail: str) -> None:
        super().__init__(detail)
        self.status, self.kind, self.detail = status, kind, detail
