"""Samples of every kind of field."""

from django.utils.translation import gettext as _

from yiwang.web.components import FileItem, Provenance, Source
from yiwang.web.fields import Choice, Field, FieldKind, RegionLevel


def every_kind() -> tuple[Field, ...]:
    """One field of each kind, with hints, errors, provenance, refusals."""
    return (*_choices(), *_typed(), *_special())


def _typed() -> tuple[Field, ...]:
    return (
        Field(
            "address",
            _("邮寄地址"),
            value=_("青龙街道紫薇路 18 号 3 幢 502 室"),
            provenance=Provenance(Source.SHARED, _("已从共享数据获取：上次办件的收件地址")),
            autocomplete="street-address",
        ),
        Field(
            "tel",
            _("收件人手机号码"),
            FieldKind.PHONE,
            "1381234567",
            error=_("手机号码少 1 位，应为 11 位数字"),
            provenance=Provenance(Source.TYPED),
        ),
        Field("id", _("公民身份号码"), FieldKind.ID_NUMBER, hint=_("18 位，最后一位可能是 X。")),
        Field("area", _("经营面积"), FieldKind.NUMBER, "86", unit=_("平方米")),
        Field("opens", _("开业日期"), FieldKind.DATE, "2026-12-01", required=False),
        Field("remark", _("说明"), FieldKind.TEXTAREA, required=False, hint=_("200 字以内。"), maxlength=200),
    )


def _choices() -> tuple[Field, ...]:
    nations = (Choice("01", _("汉族")), Choice("03", _("回族")))
    ways = (
        Choice("post", _("邮寄"), _("免费，约 3 天")),
        Choice("office", _("网点领取")),
        Choice("kiosk", _("自助机"), refused=_("不能选：本事项的证件不能在自助机打印")),
    )
    rating = (_("非常满意"), _("满意"), _("基本满意"), _("不满意"), _("非常不满意"))
    return (
        Field(
            "way",
            _("领取方式"),
            FieldKind.RADIO,
            "post",
            options=ways,
            help_question=_("为什么要选这一项"),
            help_answer=_("证件由发证机关寄出，或由您到网点领取。"),
        ),
        Field("nation", _("民族"), FieldKind.SELECT, error=_("请选择宝宝的民族"), options=nations, short=True),
        Field("alone", _("户口在一处吗？"), FieldKind.YES_NO, "no"),
        Field(
            "items",
            _("经营项目"),
            FieldKind.CHECKBOX,
            ("hot",),
            options=(Choice("hot", _("热食类食品制售")), Choice("cold", _("冷食类食品制售"))),
        ),
        Field("true", _("承诺"), FieldKind.CONFIRM, "yes", options=(Choice("yes", _("以上信息属实")),)),
        Field(
            "stars",
            _("您满意吗"),
            FieldKind.RATING,
            "4",
            options=tuple(Choice(str(5 - i), w) for i, w in enumerate(rating)),
        ),
    )


def _special() -> tuple[Field, ...]:
    levels = (
        RegionLevel("city", _("市"), (Choice("3200", _("样例市")),), "3200"),
        RegionLevel("district", _("区县"), (Choice("320002", _("样例区")), Choice("320011", _("样例新区"))), "320002"),
        RegionLevel("street", _("街道"), ()),
    )
    return (
        Field("region", _("所在地区"), FieldKind.REGION, levels=levels),
        Field(
            "photo",
            _("宝宝近照"),
            FieldKind.FILE,
            accept="image/jpeg,image/png",
            accept_words=_("JPG、PNG，不超过 5 MB"),
            max_bytes=5 * 1024 * 1024,
            files=(FileItem("IMG_2031.jpg", "3.4 MB", remove_name="remove", remove_value="1"),),
        ),
        Field(
            "owner",
            _("法定代表人"),
            value=_("周雨晴"),
            refused=_("不能改：以营业执照为准"),
            provenance=Provenance(Source.LICENCE),
        ),
        Field("secret", _("密码"), FieldKind.PASSWORD, autocomplete="current-password", short=True),
        Field("mail", _("电子邮箱"), FieldKind.EMAIL, required=False, short=True),
    )
