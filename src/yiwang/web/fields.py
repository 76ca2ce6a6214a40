"""Form fields as frozen values: `{% yw_field field %}` renders label, hint, error and control, in this order.

`commons.forms` makes these values from a form's definition; pages with a small form of their own make them by hand.
"""

from dataclasses import dataclass
from enum import StrEnum

from yiwang.web.components import Attr, FileItem, Provenance, Text


class FieldKind(StrEnum):
    """Which control is drawn."""

    TEXT = "text"
    NUMBER = "number"
    DATE = "date"
    TEXTAREA = "textarea"
    RADIO = "radio"
    CHECKBOX = "checkbox"
    CONFIRM = "confirm"
    SELECT = "select"
    YES_NO = "yes_no"
    RATING = "rating"
    REGION = "region"
    ID_NUMBER = "id_number"
    PHONE = "phone"
    PASSWORD = "password"  # noqa: S105
    EMAIL = "email"
    SEARCH = "search"
    FILE = "file"
    HIDDEN = "hidden"


GROUPED = frozenset(
    {FieldKind.RADIO, FieldKind.CHECKBOX, FieldKind.YES_NO, FieldKind.RATING, FieldKind.REGION, FieldKind.CONFIRM}
)
"""Kinds with several controls: drawn as fieldset and legend."""

INPUT_TYPES = {
    FieldKind.DATE: "date",
    FieldKind.PASSWORD: "password",
    FieldKind.EMAIL: "email",
    FieldKind.SEARCH: "search",
    FieldKind.PHONE: "tel",
}
INPUT_MODES = {FieldKind.NUMBER: "decimal", FieldKind.PHONE: "tel"}
SHORT = frozenset({FieldKind.NUMBER, FieldKind.DATE, FieldKind.PHONE, FieldKind.ID_NUMBER})


@dataclass(frozen=True, slots=True)
class Choice:
    """One of several. `refused` says why it can't be chosen; the choice stays visible."""

    value: str
    label: Text
    detail: Text = ""
    refused: Text = ""


@dataclass(frozen=True, slots=True)
class RegionLevel:
    """One level of a region picker: its select posts `name`; `options` depend on the level above."""

    name: str
    label: Text
    options: tuple[Choice, ...]
    value: str = ""


@dataclass(frozen=True, slots=True)
class Field:
    """One question.

    `value` is what the control shows, a tuple for CHECKBOX; YES_NO takes "yes", "no" or "". `options` serve RADIO, CHECKBOX,
    SELECT and RATING, `levels` REGION, `files` FILE. `refused` disables the whole field and says why. `attrs` are extra
    attributes of the control (htmx). `as_heading` makes the label the page's h1, for one question a page. `file_url` uploads at once with progress; without it the file goes with the form.
    """

    name: str
    label: Text
    kind: FieldKind = FieldKind.TEXT
    value: str | tuple[str, ...] = ""
    hint: Text = ""
    error: Text = ""
    required: bool = True
    help_question: Text = ""
    help_answer: Text = ""
    provenance: Provenance | None = None
    options: tuple[Choice, ...] = ()
    levels: tuple[RegionLevel, ...] = ()
    lookup_url: str = ""
    files: tuple[FileItem, ...] = ()
    file_url: str = ""
    accept: str = ""
    accept_words: Text = ""
    max_bytes: int = 0
    multiple: bool = False
    placeholder: Text = ""
    autocomplete: str = ""
    inputmode: str = ""
    unit: Text = ""
    maxlength: int | None = None
    minimum: str = ""
    maximum: str = ""
    rows: int = 4
    short: bool | None = None
    readonly: bool = False
    refused: Text = ""
    attrs: tuple[Attr, ...] = ()
    as_heading: bool = False
    id_prefix: str = "f-"

    @property
    def id(self) -> str:
        """The id of the (first) control, which an error summary links to."""
        return self.id_prefix + "".join(c if c.isalnum() or c in "-_" else "-" for c in self.name)

    @property
    def grouped(self) -> bool:
        return self.kind in GROUPED

    @property
    def input_type(self) -> str:
        return INPUT_TYPES.get(self.kind, "text")

    @property
    def mode(self) -> str:
        return self.inputmode or INPUT_MODES.get(self.kind, "")

    @property
    def is_short(self) -> bool:
        return self.kind in SHORT if self.short is None else self.short

    @property
    def longest(self) -> int | None:
        return 18 if self.kind is FieldKind.ID_NUMBER and self.maxlength is None else self.maxlength

    @property
    def completes(self) -> str:
        if self.autocomplete:
            return self.autocomplete
        return {FieldKind.PHONE: "tel", FieldKind.EMAIL: "email", FieldKind.ID_NUMBER: "off"}.get(self.kind, "")

    @property
    def values(self) -> tuple[str, ...]:
        return self.value if isinstance(self.value, tuple) else (self.value,) if self.value else ()

    @property
    def described_by(self) -> str:
        """Ids of hint, error and reason, for aria-describedby."""
        parts = (("hint", self.hint), ("error", self.error), ("reason", self.refused))
        return " ".join(f"{self.id}-{name}" for name, words in parts if words)

    @property
    def box_class(self) -> str:
        return "y-field y-field--error" if self.error else "y-field"

    @property
    def control_template(self) -> str:
        """The template of the control alone."""
        name = {
            FieldKind.TEXTAREA: "textarea",
            FieldKind.RADIO: "choices",
            FieldKind.CHECKBOX: "choices",
            FieldKind.YES_NO: "yes_no",
            FieldKind.RATING: "rating",
            FieldKind.CONFIRM: "confirm",
            FieldKind.SELECT: "select",
            FieldKind.REGION: "region",
            FieldKind.FILE: "file",
        }.get(self.kind, "input")
        return f"web/fields/{name}.html"

    @property
    def numbered_options(self) -> tuple[tuple[str, Choice, bool], ...]:
        """(id, choice, checked); the first id is the field's own, so that an error links to it."""
        return tuple(
            (self.id if index == 0 else f"{self.id}-{index}", option, option.value in self.values)
            for index, option in enumerate(self.options)
        )

    @property
    def numbered_levels(self) -> tuple[tuple[str, RegionLevel], ...]:
        return tuple(
            (self.id if index == 0 else f"{self.id}-{index}", level) for index, level in enumerate(self.levels)
        )
