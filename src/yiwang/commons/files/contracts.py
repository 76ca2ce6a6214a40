"""What crosses the border of files: the stored file as a value, its purpose, and the refusals of an upload."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from yiwang.kernel.actor import SubjectRef
from yiwang.kernel.errors import Conflict, DomainError, ErrorKind, NotFound
from yiwang.kernel.text import gettext_noop as _


class MediaType(StrEnum):
    """Types that can be recognised by content; the value is the one that is served."""

    PDF = "application/pdf"
    JPEG = "image/jpeg"
    PNG = "image/png"
    OFD = "application/ofd"
    DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
    XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

    @property
    def extension(self) -> str:
        """The ending that a downloaded file gets, whatever it was called."""
        return self.name.lower() if self is not MediaType.JPEG else "jpg"

    @property
    def is_image(self) -> bool:
        """Whether a browser shows it as a picture."""
        return self in {MediaType.JPEG, MediaType.PNG}

    @property
    def can_preview(self) -> bool:
        """Whether a browser shows it without another program."""
        return self.is_image or self is MediaType.PDF


class ScanState(StrEnum):
    """What the scanner of malicious content said."""

    UNSCANNED = "unscanned"
    CLEAN = "clean"
    INFECTED = "infected"


@dataclass(frozen=True, slots=True)
class Purpose:
    """What an upload is for: which types and what size (bytes) it may have."""

    key: str
    types: frozenset[MediaType]
    max_bytes: int


@dataclass(frozen=True, slots=True)
class StoredFile:
    """One upload. `digest`: SM3 of the content in hex; `name`: as uploaded, cleaned, with the ending of its true type."""

    id: UUID
    name: str
    media_type: MediaType
    size: int
    digest: str
    purpose: str
    owner_id: UUID | None
    subject: SubjectRef | None
    uploaded_at: datetime
    scan: ScanState


class FileNotFound(NotFound):
    """No such file, or it is none of the viewer's business."""

    code = "files.not_found"
    message = _("没有找到这个文件。")
    next_step = _("文件可能已经删除，请重新上传。")


class FileTooLarge(DomainError):
    """More bytes than the purpose allows."""

    code = "files.too_large"
    kind = ErrorKind.TOO_LARGE
    message = _("文件太大，最大 {limit} MB。")
    next_step = _("请压缩后再上传，照片可以降低分辨率。")


class FileEmpty(DomainError):
    """No bytes at all."""

    code = "files.empty"
    message = _("文件是空的。")
    next_step = _("请检查文件能否正常打开，再重新选择。")


class FileTypeRefused(DomainError):
    """The content is of no allowed type, whatever the name says."""

    code = "files.type_refused"
    kind = ErrorKind.UNSUPPORTED
    message = _("不能上传这种文件，可以上传 {allowed}。")
    next_step = _("请转换成可以上传的格式；只改文件名的后缀没有用。")


class FileDamaged(DomainError):
    """It begins as an allowed type but is cut short or malformed."""

    code = "files.damaged"
    kind = ErrorKind.UNSUPPORTED
    message = _("文件不完整或已损坏，打不开。")
    next_step = _("请在电脑或手机上打开确认后，重新上传。")


class FileLocked(DomainError):
    """It opens with a password only: no official could read it, and no archive keep it."""

    code = "files.locked"
    kind = ErrorKind.UNSUPPORTED
    message = _("文件设有打开密码，工作人员无法查看。")
    next_step = _("请取消密码，或另存、打印成没有密码的 PDF，也可以拍照后上传。")


class FileDangerous(DomainError):
    """It would harm whoever opens it: an archive bomb, macros, an image of absurd size."""

    code = "files.dangerous"
    kind = ErrorKind.UNSUPPORTED
    message = _("文件含有不安全的内容，不能上传。")
    next_step = _("请另存为不带宏、不加密的普通文件，或打印成 PDF 再上传。")


class FileAttached(Conflict):
    """The file belongs to a record already."""

    code = "files.attached"
    message = _("这个文件已经用于办件，不能再改动。")
    next_step = _("如需更换，请重新上传一个文件。")


class TooManyFiles(DomainError):
    """More waiting uploads than one account may have."""

    code = "files.too_many"
    kind = ErrorKind.TOO_MANY
    message = _("您有 {count} 个上传的文件还没有提交，暂时不能再上传。")
    next_step = _("请先提交办件，或删除不需要的文件。")
