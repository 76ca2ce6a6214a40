"""Whether two writings are one name, and two writings one ID number, as people type them and registers keep them.

Sure differences of writing (width, spaces, the dot of minority names, characters moved from the private area) don't count.
Writings that may stand for one character (traditional, popular, unencoded) are no proof in either direction: a human looks.
"""

import unicodedata
from enum import StrEnum
from typing import Final

from yiwang.kernel.codes import InvalidCode, clean_code, upgrade_id_number

LONGEST: Final = 80
DOT: Final = "·"
_DOTS: Final = frozenset("·•‧∙⋅●・･.．。・ꞏ᛫•˙﹒﹡*") - {"*", "﹡"}
_STARS: Final = frozenset("*＊﹡?？□■〓�")
_X: Final = {"×": "X", "Х": "X", "х": "X", "Χ": "X", "χ": "X", "Ⅹ": "X", "ⅹ": "X", "✕": "X", "✖": "X"}
# GB 18030-2000 kept these characters in the private area; GB 18030-2005 and -2022 gave them their own places.
_MOVED: Final = {
    0xE78D: 0xFE10, 0xE78E: 0xFE12, 0xE78F: 0xFE11, 0xE790: 0xFE13, 0xE791: 0xFE14, 0xE792: 0xFE15, 0xE793: 0xFE16,
    0xE794: 0xFE17, 0xE795: 0xFE18, 0xE796: 0xFE19, 0xE816: 0x20087, 0xE817: 0x20089, 0xE818: 0x200CC, 0xE81E: 0x9FB4,
    0xE826: 0x9FB5, 0xE82B: 0x9FB6, 0xE82C: 0x9FB7, 0xE831: 0x215D7, 0xE832: 0x9FB8, 0xE83B: 0x2298F, 0xE843: 0x9FB9,
    0xE854: 0x9FBA, 0xE855: 0x241FE, 0xE864: 0x9FBB,
}  # fmt: skip
_BEFORE: Final = _MOVED | {ord(dot): DOT for dot in _DOTS}  # NFKC would make a blank and an accent of one of them
# Writings of one character that names meet: traditional, popular, and the surnames shortened in 1977 and restored since.
_WRITINGS: Final = (
    "刘劉 陈陳 张張 杨楊 赵趙 黄黃 吴吳呉 孙孫 马馬 许許 郑鄭 谢謝 韩韓 冯馮 邓鄧 萧蕭肖 叶葉 苏蘇 吕呂 卢盧 蒋蔣 贾賈 "
    "闫阎閻閆 傅付 戴代 范範 谭譚 邹鄒 陆陸 龙龍 万萬 钱錢 汤湯 罗羅 宁寧甯 顾顧 龚龔 严嚴 华華 国國 云雲 "
    "晓曉 丽麗 荣榮 学學 庆慶 义義 凤鳳 伟偉 军軍 东東 兰蘭 静靜 红紅 剑劍 杰傑 强強 峰峯 群羣 昆崑 升昇陞 "
    "喆哲 堃坤 淼渺 赟贇 䶮龑 翀沖冲 珺君 玥月 祎禕 昇升 犇奔 彦彥 真眞 户戶 清淸 麽么 温溫 青靑 吉𠮷 高髙 崎﨑"
)  # fmt: skip


def _table() -> dict[str, str]:
    """Each writing to the first of its group; a character of two groups joins them."""
    found: dict[str, str] = {}
    for group in _WRITINGS.split():
        first = next((found[character] for character in group if character in found), group[0])
        for character in group:
            found.setdefault(character, first)
    return found


_FIRST: Final = _table()


class Match(StrEnum):
    """SAME: one name. VARIANT: a human must look. DIFFERENT: two names."""

    SAME = "same"
    VARIANT = "variant"
    DIFFERENT = "different"


def plain_name(text: str) -> str:
    """The one writing of a name: NFKC, characters in their own places, one dot `·`, no blanks, Latin letters large.

    At most `LONGEST` characters are looked at, before and after. Applied again it changes nothing.
    """
    plain = _plainer(text[:LONGEST])
    for _again in range(4):  # what was parted by a blank may combine, what was made large may be two letters
        further = _plainer(plain)
        if further == plain:
            break
        plain = further
    return plain


def _plainer(text: str) -> str:
    folded = unicodedata.normalize("NFKC", text.translate(_BEFORE))[:LONGEST]
    kept: list[str] = []
    for character in folded:
        if character in _DOTS:
            if kept and kept[-1] != DOT:
                kept.append(DOT)
        elif not _silent(character):
            kept.append(character)
    return unicodedata.normalize("NFKC", "".join(kept).strip(DOT).upper())[:LONGEST]


def _silent(character: str) -> bool:
    """Blanks, what shows nothing, and selectors of one drawing of a character."""
    if character.isspace() or unicodedata.category(character) in {"Cc", "Cf"}:
        return True
    return "\ufe00" <= character <= "\ufe0f" or "\U000e0100" <= character <= "\U000e01ef"


def is_name(text: str) -> bool:
    """Whether this can be a person's name: two to `LONGEST` characters, letters, marks and dots only, one letter at least."""
    plain = plain_name(text)
    if len(text) > LONGEST or len(plain) < 2:
        return False
    return all(_of_names(character) for character in plain) and any(character.isalpha() for character in plain)


def _of_names(character: str) -> bool:
    return character in "·-'’" or unicodedata.category(character)[0] in {"L", "M"} or _private(character)


def _private(character: str) -> bool:
    return unicodedata.category(character) in {"Co", "Cn"}


def match_names(claimed: str, registered: str) -> Match:
    """Compare what somebody typed with what a register keeps. Symmetric; nothing matches an empty name."""
    one, other = plain_name(claimed), plain_name(registered)
    if not one or not other:
        return Match.DIFFERENT
    if one == other:
        # A character of the private area or a placeholder says nothing of what it stands for.
        return Match.VARIANT if any(_unread(character) for character in one) else Match.SAME
    bare, bare_other = one.replace(DOT, ""), other.replace(DOT, "")
    if bare == bare_other:
        return Match.VARIANT
    if len(bare) == len(bare_other) and all(map(_may_be_one, bare, bare_other)):
        known = sum(a == b for a, b in zip(bare, bare_other, strict=True))
        return Match.VARIANT if known or len(bare) == sum(a in _FIRST for a in bare) else Match.DIFFERENT
    return Match.DIFFERENT


def _unread(character: str) -> bool:
    return character in _STARS or _private(character)


def _may_be_one(one: str, other: str) -> bool:
    return one == other or _FIRST.get(one, one) == _FIRST.get(other, other) or _unread(one) or _unread(other)


def typed_id_number(text: str) -> str:
    """The 18 characters that somebody meant: full width, blanks, small x, × and foreign letters like X, 15 digits upgraded.

    Raises InvalidCode (GB 11643).
    """
    if len(text) > LONGEST:
        raise InvalidCode("id_number.length")
    for place, character in enumerate(text, 1):
        if unicodedata.category(character) == "No":  # a footnote's ² is no digit of a number
            raise InvalidCode("id_number.character", position=place)
    return upgrade_id_number(clean_code("".join(_X.get(character, character) for character in text)))
