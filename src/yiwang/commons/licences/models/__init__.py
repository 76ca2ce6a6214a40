"""Tables of licences: types, licences with versions and files, uses and showings, imports."""

from yiwang.commons.licences.models.licences import (
    HOLDER_CODE,
    Licence,
    LicenceFile,
    LicenceStep,
    LicenceVersion,
)
from yiwang.commons.licences.models.sharing import (
    LicenceCaller,
    LicenceCallerDay,
    LicenceCheckTry,
    LicenceImport,
    LicenceReject,
    LicenceShowing,
    LicenceUse,
)
from yiwang.commons.licences.models.types import LicenceSerial, LicenceType, LicenceTypeVersion

__all__ = [
    "HOLDER_CODE",
    "Licence",
    "LicenceCaller",
    "LicenceCallerDay",
    "LicenceCheckTry",
    "LicenceFile",
    "LicenceImport",
    "LicenceReject",
    "LicenceSerial",
    "LicenceShowing",
    "LicenceStep",
    "LicenceType",
    "LicenceTypeVersion",
    "LicenceUse",
    "LicenceVersion",
]
