"""What must be uploaded, and what need not be and why."""

from collections.abc import Mapping
from typing import BinaryIO, cast
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from yiwang.commons.files import queries as files
from yiwang.commons.files.contracts import MediaType, StoredFile
from yiwang.commons.forms import commands as forms
from yiwang.commons.forms import queries as form_queries
from yiwang.commons.forms.contracts import DraftNotFound
from yiwang.kernel import clock
from yiwang.kernel.errors import DomainError
from yiwang.serve.cases.contracts import MaterialBy, MaterialInput
from yiwang.serve.matters.contracts import Inclusion, Necessity, TailoredMaterial
from yiwang.serve.portal.views.applying import licences
from yiwang.serve.portal.views.applying.work import MATERIALS, Work, frame, language, open_work, signed_in
from yiwang.web.components import ErrorSummary
from yiwang.web.components.lists import Task, TaskList
from yiwang.web.components.marks import Provenance, Source, Tag
from yiwang.web.fields import Choice, Field, FieldKind


@signed_in
def materials(request: HttpRequest, draft_id: UUID) -> HttpResponse:
    """Upload, take away, go on when nothing that is required is missing."""
    work = open_work(request, draft_id)
    if work.replaced:
        return redirect("portal:apply", draft_id=draft_id)
    if request.method == "POST" and form_queries.REMOVE in request.POST:
        _remove(work, request.POST[form_queries.REMOVE])
        return redirect("portal:step", draft_id=draft_id, step=MATERIALS)
    errors: Mapping[str, str] = {}
    if request.method == "POST":
        _keep_pledges(request, work)
        errors = _take_files(request, work) | licences.keep(request, work)
        work = open_work(request, draft_id)
        errors = errors or missing(work)
        if not errors:
            return redirect("portal:check", draft_id=draft_id)
    fields = _fields(work, errors)
    context = {
        **frame(work, MATERIALS),
        "fields": fields,
        "errors": ErrorSummary.of(fields),
        "exempt": exempt(work),
    }
    return render(request, "portal/materials.html", context, status=422 if errors else 200)


def missing(work: Work) -> dict[str, str]:
    """What is required and not uploaded: a sentence by material."""
    return {
        each.code: _("请上传%(name)s") % {"name": work.say(each.name)}
        for each in work.to_upload
        if each.necessity is Necessity.REQUIRED
        and not work.draft.files.get(each.code)
        and not work.is_pledged(each.code)
        and work.retrieved(each.code) is None
    }


def uploads(work: Work) -> TaskList | None:
    """The uploads by material, for reading."""
    held = files.described(file_ids=_file_ids(work), viewer=work.viewer)
    tasks = tuple(
        Task(
            work.say(each.name),
            detail=_("已签署告知承诺，免交")
            if work.is_pledged(each.code)
            else "、".join(held[i].name for i in work.draft.files.get(each.code, ()) if i in held) or _("没有上传"),
        )
        for each in work.to_upload
        if work.retrieved(each.code) is None
    )
    return TaskList(tasks) if tasks else None


def exempt(work: Work) -> TaskList | None:
    """What the applicant need not hand in, each with the reason."""
    names = {member.key: work.say(member.matter.name) for member in work.bundle.members}
    given = ((each, work.needs.get(each.code)) for each in work.guide.materials if each.inclusion is not Inclusion.NO)
    tasks = tuple(_spared(work, each, how, names) for each, how in given if how is not None)
    retrieved = ((each.name, work.retrieved(each.code)) for each in work.to_upload)
    tasks += tuple(licences.spared(work, name, offer) for name, offer in retrieved if offer is not None)
    return TaskList(tasks) if tasks else None


def _spared(work: Work, each: TailoredMaterial, how: MaterialInput, names: Mapping[str, str]) -> Task:
    if how.by is MaterialBy.MEMBER_OUTPUT:
        words = _("「%(name)s」的结果，自动带入") % {"name": names.get(each.origin, "")}
        mark = Provenance(Source.COMPUTED, words)
    elif how.by is MaterialBy.FORM:
        mark = Provenance(Source.TYPED, _("您在线填写的表单就是"))
    else:
        mark = Provenance(Source.SHARED, _("系统核验，免交"))
    return Task(work.say(each.name), tag=Tag(_("免交")), provenance=mark)


def _file_ids(work: Work) -> list[UUID]:
    return [file_id for ids in work.draft.files.values() for file_id in ids]


def _remove(work: Work, posted: str) -> None:
    """`material:file id`, as the button of the list posts it. Raises DraftNotFound for what is not in this draft."""
    material, _separator, text = posted.partition(":")
    try:
        file_id = UUID(text)
    except ValueError:
        raise DraftNotFound from None
    forms.remove_file(draft_id=work.draft.id, material=material, file_id=file_id, by=work.viewer, at=clock.now())


def _keep_pledges(request: HttpRequest, work: Work) -> None:
    """Which materials the applicant signs a pledge for instead of handing them in."""
    signed = [code for code in work.pledges if code not in work.barred and request.POST.get(f"pledge.{code}")]
    if signed or work.draft.pledged:
        forms.pledge_materials(draft_id=work.draft.id, materials=signed, by=work.viewer, at=clock.now())


def _pledge_field(work: Work, material: TailoredMaterial) -> Field:
    """What is told before signing, and the tick that signs (国办发〔2020〕42号)."""
    terms = work.pledges[material.code]
    told = [work.say(terms.text), _("承诺不实的后果：%(words)s") % {"words": work.say(terms.consequences)}]
    told.append(
        work.say(terms.excluded)
        if terms.excluded
        else _("有较严重的不良信用记录，或者曾经作出虚假承诺的，在信用修复之前不适用告知承诺（国办发〔2020〕42号）。")
    )
    return Field(
        name=f"pledge.{material.code}",
        label=_("用书面承诺代替"),
        kind=FieldKind.CONFIRM,
        value="yes" if work.is_pledged(material.code) else "",
        hint=" ".join(told),
        required=False,
        refused=_barred(work, material.code),
        options=(
            Choice(
                "yes",
                _("我已阅读并签署告知承诺书，声明不属于不适用的情形，代替“%(name)s”")
                % {"name": work.say(material.name)},
            ),
        ),
    )


def _barred(work: Work, material: str) -> str:
    """Why the applicant may not pledge; empty where they may."""
    bar = work.barred.get(material)
    if bar is None:
        return ""
    return _("您在办件 %(number)s 中的承诺经核查不实，信用修复之前不适用告知承诺，请上传材料。") % {
        "number": bar.case_number
    }


def _take_files(request: HttpRequest, work: Work) -> dict[str, str]:
    """Store files that came with the form (browsers without script); refusals by material."""
    errors: dict[str, str] = {}
    for material in work.to_upload:
        for file in request.FILES.getlist(f"material.{material.code}"):
            refused = _take(work, material, file)
            if refused:
                errors[material.code] = refused
    return errors


def _take(work: Work, material: TailoredMaterial, file: "UploadedFile[bytes]") -> str:
    try:
        forms.add_file(
            draft_id=work.draft.id,
            material=material.code,
            stream=cast("BinaryIO", file),
            name=file.name or "",
            types=types_of(material),
            max_bytes=material.max_bytes,
            by=work.viewer,
            at=clock.now(),
        )
    except DomainError as refusal:
        return refusal.sentence(_)
    return ""


def types_of(material: TailoredMaterial) -> tuple[MediaType, ...]:
    """What may be uploaded for a material; empty: whatever files take."""
    return tuple(each for each in MediaType if each.extension in material.types or each.value in material.types)


def _fields(work: Work, errors: Mapping[str, str]) -> list[Field]:
    held = files.described(file_ids=_file_ids(work), viewer=work.viewer)
    fields: list[Field] = []
    for each in work.to_upload:
        error, offer = errors.get(each.code, ""), work.offers.get(each.code)
        if offer is not None:
            fields.append(licences.field(work, offer, error))
        fields.append(_upload(work, each, held, "" if offer is not None else error))
        if each.code in work.pledges:
            fields.append(_pledge_field(work, each))
    return fields


def _upload(work: Work, each: TailoredMaterial, held: Mapping[UUID, StoredFile], error: str) -> Field:
    return form_queries.material_field(
        spec=form_queries.MaterialSpec(
            key=each.code,
            label={"zh": each.name, "en": work.say(each.name)},
            types=types_of(each),
            max_bytes=each.max_bytes,
            required=each.necessity is Necessity.REQUIRED
            and (each.code not in work.pledges or each.code in work.barred)
            and each.code not in work.offers,
            help={"zh": each.note or each.standard, "en": work.say(each.note or each.standard)},
        ),
        draft=work.draft,
        files=held,
        error=error,
        language=language(),
    )
