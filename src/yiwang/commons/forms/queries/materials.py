"""Upload fields of materials. What may be uploaded is known above (to matters), so its limits travel signed in the address."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.core import signing
from django.template.defaultfilters import filesizeformat
from django.urls import reverse

from yiwang.commons.files.contracts import MediaType, StoredFile
from yiwang.commons.forms.contracts import DraftView, Words, say
from yiwang.web.components import FileItem
from yiwang.web.fields import Field, FieldKind

REMOVE = "remove_file"
"""The name of the button that takes a file away; its value is `material:file id`."""
_SALT = "forms.material"


@dataclass(frozen=True, slots=True)
class MaterialSpec:
    """A material to be uploaded. `types`: allowed media types (empty: all that files knows); `max_bytes` 0: the usual."""

    key: str
    label: Words
    types: tuple[MediaType, ...] = ()
    max_bytes: int = 0
    required: bool = True
    help: Words | None = None
    multiple: bool = True


def material_field(
    *, spec: MaterialSpec, draft: DraftView, files: Mapping[UUID, StoredFile], error: str = "", language: str = "zh"
) -> Field:
    """The field; `files` are `files.queries.described` of the draft's file ids."""
    held = [files[each] for each in draft.files.get(spec.key, ()) if each in files]
    types = spec.types or tuple(MediaType)
    limits = signing.dumps([spec.key, [each.value for each in spec.types], spec.max_bytes], salt=_SALT, compress=True)
    url = reverse("forms:upload", args=[draft.id, spec.key])
    return Field(
        name=f"material.{spec.key}",
        label=say(spec.label, language),
        kind=FieldKind.FILE,
        hint=say(spec.help, language),
        error=error,
        required=spec.required,
        files=tuple(file_item(material=spec.key, file=each) for each in held),
        file_url=f"{url}?limits={limits}",
        accept=",".join(f".{each.extension}" for each in types),
        accept_words="、".join(each.extension.upper() for each in types),
        max_bytes=spec.max_bytes,
        multiple=spec.multiple,
    )


def file_item(*, material: str, file: StoredFile) -> FileItem:
    """One uploaded file with its link and its remove button."""
    return FileItem(
        name=file.name,
        size=filesizeformat(file.size),
        href=reverse("files:download", args=[file.id]),
        remove_name=REMOVE,
        remove_value=f"{material}:{file.id}",
    )


def read_limits(*, signed: str, material: str) -> tuple[Sequence[MediaType], int] | None:
    """(types, max_bytes) of a signed address; None where it was not ours, or is another material's."""
    try:
        key, types, size = signing.loads(signed, salt=_SALT)
    except signing.BadSignature:
        return None
    return ([MediaType(each) for each in types], size) if key == material else None
