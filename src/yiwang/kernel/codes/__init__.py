"""Codes that Chinese law and standards give to people, organisations and places: check, parse, mask. No Django.

GB 11643 (ID number), GB 32100 with GB 11714 (credit code), GB/T 2260 (divisions, ended ones too), GB/T 10114
(streets), mobile numbers. Parsers are strict and raise `InvalidCode`; `clean_code` first forgives how people type.
"""

from yiwang.kernel.codes.clean import clean_code
from yiwang.kernel.codes.credit_code import CreditCode, validate_credit_code, validate_organisation_code
from yiwang.kernel.codes.division import Division, division, division_path, divisions, is_division_code
from yiwang.kernel.codes.errors import InvalidCode
from yiwang.kernel.codes.id_number import IdNumber, Sex, upgrade_id_number, validate_id_number
from yiwang.kernel.codes.mask import mask_credit_code, mask_id_number, mask_mobile, mask_name
from yiwang.kernel.codes.mobile import validate_mobile
from yiwang.kernel.codes.street import validate_street_code

__all__ = [
    "CreditCode",
    "Division",
    "IdNumber",
    "InvalidCode",
    "Sex",
    "clean_code",
    "division",
    "division_path",
    "divisions",
    "is_division_code",
    "mask_credit_code",
    "mask_id_number",
    "mask_mobile",
    "mask_name",
    "upgrade_id_number",
    "validate_credit_code",
    "validate_id_number",
    "validate_mobile",
    "validate_organisation_code",
    "validate_street_code",
]
