"""Puts a seal on a PDF as an incremental update: what earlier signatures cover stays as it is, byte for byte."""

import datetime as dt
import io
import zlib
from collections.abc import Sequence
from typing import Any, Final

from yiwang.commons.crypto.engine import Signer, SuiteName, suite
from yiwang.commons.seals.engine import ses
from yiwang.commons.seals.engine.ofd.signing import Stamp
from yiwang.commons.seals.engine.pdf.cms import signed_attributes, signed_data
from yiwang.commons.seals.engine.pdf.pictures import read_png
from yiwang.commons.seals.engine.pdf.signatures import SEAL_KEY, SES_FILTER, find_signatures
from yiwang.commons.seals.engine.wording import SealFault

_POINT: Final = 72 / 25.4
_PAGE_BOX: Final = "/MediaBox"
PROPERTY: Final = "application/pdf"


def seal_pdf(
    pdf: bytes, *, seal: bytes, signer: Signer, certificate: bytes, stamps: Sequence[Stamp], at: dt.datetime
) -> bytes:
    """The PDF with one more seal on it. `seal`: SESeal; `certificate`: the signer's, DER; `at`: aware, whole seconds kept.

    The first stamp is the signature's own appearance, further ones are marks beside it: a PDF that has a signature already
    takes one stamp. Raises SealFault: not a PDF or a damaged one, a page that is not there, a picture that is no PNG.
    """
    info = ses.parse_seal(seal).info
    if at.tzinfo is None:
        raise ValueError("a time of signing has a zone")
    at = at.replace(microsecond=0)
    earlier = find_signatures(pdf)
    if earlier and len(stamps) > 1:
        raise SealFault("pdf.stamps")
    national = signer.suite.name == SuiteName.NATIONAL
    reserved = 2 * (len(seal) + len(certificate) + 2048 if national else len(certificate) + 2048)
    from pyhanko.pdf_utils.misc import PdfError

    try:
        made, gap = _prepared(
            pdf, seal, info, stamps, at, number=len(earlier) + 1, reserved=reserved, national=national
        )
    except (PdfError, ValueError, KeyError, IndexError, TypeError, AttributeError, RecursionError) as fault:
        if isinstance(fault, SealFault):
            raise
        raise SealFault("pdf.damaged") from None
    covered = (made[: gap[0]], made[gap[1] :])
    if national:
        value = ses.sign_value(
            seal=seal,
            data_hash=suite("national").digest(b"".join(covered)),
            property_info=PROPERTY,
            signer=signer,
            certificate=certificate,
            at=at,
        )
    else:
        attributes = signed_attributes(b"".join(covered), certificate)
        value = signed_data(attributes, signer.sign(attributes), certificate)
    told = value.hex().upper().encode().ljust(gap[1] - gap[0] - 2, b"0")
    return b"".join((covered[0], b"<", told, b">", covered[1]))


def _prepared(
    pdf: bytes,
    seal: bytes,
    info: ses.SealInfo,
    stamps: Sequence[Stamp],
    at: dt.datetime,
    *,
    number: int,
    reserved: int,
    national: bool,
) -> tuple[bytes, tuple[int, int]]:
    """The whole file but for the value, and where the value goes."""
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
    from pyhanko.sign.fields import SigFieldSpec, SigSeedSubFilter
    from pyhanko.sign.signers.cms_embedder import PdfCMSEmbedder, SigIOSetup, SigObjSetup
    from pyhanko.sign.signers.pdf_byterange import PdfSignedData

    generic = _objects()
    pdf_name = generic.pdf_name
    writer = IncrementalPdfFileWriter(io.BytesIO(pdf), strict=True)
    if writer.prev.encrypted:
        raise SealFault("pdf.encrypted")
    boxes = [_box(writer, stamp) for stamp in stamps]
    spec: Any = SigFieldSpec  # its box may have fractions, though its hint says not
    field = spec(f"Seal{number}", on_page=stamps[0].page if stamps else 0, box=boxes[0] if boxes else None)
    steps = PdfCMSEmbedder(new_field_spec=field).write_cms(field.sig_field_name, writer)
    widget = next(steps).get_object()
    held = PdfSignedData(pdf_name("/Sig"), subfilter=SigSeedSubFilter.PADES, timestamp=at, bytes_reserved=reserved)
    held[pdf_name("/Name")] = generic.pdf_string(info.name)
    if national:
        held[pdf_name("/SubFilter")] = pdf_name("/" + SES_FILTER)
    else:
        held[pdf_name("/" + SEAL_KEY)] = generic.ByteStringObject(seal)
    for index, (stamp, box) in enumerate(zip(stamps, boxes, strict=True)):
        appearance = _appearance(writer, info.picture, box)
        if index == 0:
            widget[pdf_name("/AP")] = generic.DictionaryObject({pdf_name("/N"): appearance})
        else:
            _mark(writer, stamp.page, box, appearance)
    steps.send(SigObjSetup(sig_placeholder=held))
    prepared, output = steps.send(SigIOSetup(md_algorithm="sha256"))
    return output.getvalue(), (prepared.reserved_region_start, prepared.reserved_region_end)


def _objects() -> Any:
    """The kinds of PDF objects: loaded only where a PDF is sealed."""
    from pyhanko.pdf_utils import generic

    return generic


def _box(writer: Any, stamp: Stamp) -> tuple[float, float, float, float]:
    """The stamp in points, from the lower left."""
    try:
        page = writer.find_page_for_modification(stamp.page)[0].get_object()
    except (ValueError, IndexError, KeyError):
        raise SealFault("pdf.page", page=stamp.page + 1) from None
    holder = page
    while _PAGE_BOX not in holder:
        holder = holder["/Parent"]
    left, bottom, right, top = (float(value) for value in holder[_PAGE_BOX])
    x, y = min(left, right) + stamp.x * _POINT, max(bottom, top) - stamp.y * _POINT
    told = (x, y - stamp.height * _POINT, x + stamp.width * _POINT, y)
    return tuple(round(value, 3) for value in told)  # type: ignore[return-value]


def _appearance(writer: Any, picture: bytes, box: tuple[float, float, float, float]) -> Any:
    """A form that shows the picture over the whole box; transparent where the seal is."""
    generic = _objects()
    pdf_name = generic.pdf_name

    dots = read_png(picture)
    about: dict[str, Any] = {
        "/Type": "/XObject",
        "/Subtype": "/Image",
        "/ColorSpace": "/DeviceRGB",
        "/BitsPerComponent": 8,
    }
    size = (1, 1) if len(dots.colours) == 3 else (dots.width, dots.height)
    image = _stream(about | {"/Width": size[0], "/Height": size[1]}, dots.colours)
    if dots.alpha:
        grey = about | {"/ColorSpace": "/DeviceGray", "/Width": dots.width, "/Height": dots.height}
        image[pdf_name("/SMask")] = writer.add_object(_stream(grey, dots.alpha))
    width, height = box[2] - box[0], box[3] - box[1]
    form = _stream(
        {"/Type": "/XObject", "/Subtype": "/Form"},
        f"q {width:.3f} 0 0 {height:.3f} 0 0 cm /Over gs /Seal Do Q".encode(),
    )
    form[pdf_name("/BBox")] = generic.ArrayObject(
        generic.FloatObject(f"{value:.3f}") for value in (0.0, 0.0, width, height)
    )
    images = generic.DictionaryObject({pdf_name("/Seal"): writer.add_object(image)})
    # Ink lies on ink: what is printed below the seal stays readable.
    over = generic.DictionaryObject({pdf_name("/Type"): pdf_name("/ExtGState"), pdf_name("/BM"): pdf_name("/Multiply")})
    form[pdf_name("/Resources")] = generic.DictionaryObject(
        {
            pdf_name("/XObject"): images,
            pdf_name("/ExtGState"): generic.DictionaryObject({pdf_name("/Over"): over}),
        }
    )
    return writer.add_object(form)


def _stream(about: dict[str, Any], data: bytes) -> Any:
    generic = _objects()
    pdf_name = generic.pdf_name

    entries = {
        pdf_name(key): pdf_name(value) if isinstance(value, str) else generic.NumberObject(value)
        for key, value in about.items()
    }
    entries[pdf_name("/Filter")] = pdf_name("/FlateDecode")
    return generic.StreamObject(entries, encoded_data=zlib.compress(data, 9))


def _mark(writer: Any, page_number: int, box: tuple[float, float, float, float], appearance: Any) -> None:
    """The same seal on another place: a locked mark, part of what is signed."""
    generic = _objects()
    pdf_name = generic.pdf_name

    reference = writer.find_page_for_modification(page_number)[0]
    page = reference.get_object()
    mark = generic.DictionaryObject(
        {
            pdf_name("/Type"): pdf_name("/Annot"),
            pdf_name("/Subtype"): pdf_name("/Stamp"),
            pdf_name("/Rect"): generic.ArrayObject(generic.FloatObject(f"{value:.3f}") for value in box),
            pdf_name("/F"): generic.NumberObject(132),
            pdf_name("/AP"): generic.DictionaryObject({pdf_name("/N"): appearance}),
        }
    )
    marks = page.get("/Annots")
    if marks is None:
        marks = page[pdf_name("/Annots")] = generic.ArrayObject()
        writer.mark_update(reference)
    else:
        writer.update_container(marks)
    marks.append(writer.add_object(mark))
