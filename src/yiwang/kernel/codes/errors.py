"""Why a code was refused: a stable reason, the place in the code, a sentence for the person who typed it."""

from yiwang.kernel.text import gettext_noop

_MESSAGES = {
    "id_number.length": gettext_noop("身份证号码应为18位（旧号码为15位）"),
    "id_number.character": gettext_noop("身份证号码第{position}位不是数字（只有末位可以是大写X）"),
    "id_number.area": gettext_noop("身份证号码前6位不是我国用过的行政区划代码"),
    "id_number.date": gettext_noop("身份证号码中的出生日期不存在"),
    "id_number.future": gettext_noop("身份证号码中的出生日期还没有到"),
    "id_number.checksum": gettext_noop("身份证号码与校验位不符，请检查是否输错"),
    "credit_code.length": gettext_noop("统一社会信用代码应为18位"),
    "credit_code.character": gettext_noop(
        "统一社会信用代码第{position}位不是允许的字符（数字或大写字母，不用I、O、Z、S、V）"
    ),
    "credit_code.authority": gettext_noop("统一社会信用代码第1位不是已知的登记管理部门"),
    "credit_code.organisation_checksum": gettext_noop("统一社会信用代码中的组织机构代码（第9至17位）与校验位不符"),
    "credit_code.checksum": gettext_noop("统一社会信用代码与校验位不符，请检查是否输错"),
    "organisation_code.length": gettext_noop("组织机构代码应为9位"),
    "organisation_code.character": gettext_noop("组织机构代码第{position}位不是允许的字符"),
    "organisation_code.checksum": gettext_noop("组织机构代码与校验位不符"),
    "street_code.length": gettext_noop("街道代码应为9位数字"),
    "street_code.character": gettext_noop("街道代码第{position}位不是数字"),
    "street_code.area": gettext_noop("街道代码前6位不是县级行政区划代码"),
    "street_code.level": gettext_noop("街道代码后3位不在001至399之间"),
    "mobile.length": gettext_noop("手机号码应为11位"),
    "mobile.character": gettext_noop("手机号码第{position}位不是数字"),
    "mobile.prefix": gettext_noop("手机号码应以13至19开头"),
}


class InvalidCode(ValueError):
    """`reason` is stable ("id_number.checksum"); `position` counts from 1; `message` is a msgid with `{position}`."""

    def __init__(self, reason: str, *, position: int | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.position = position
        self.message: str = _MESSAGES[reason]

    @property
    def params(self) -> dict[str, int]:
        return {} if self.position is None else {"position": self.position}

    def __str__(self) -> str:
        return self.message.format(**self.params)


def first_outside(text: str, allowed: str) -> int | None:
    """Position (from 1) of the first character that is not allowed."""
    return next((place for place, character in enumerate(text, start=1) if character not in allowed), None)
