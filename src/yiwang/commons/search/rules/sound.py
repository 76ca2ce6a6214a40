"""How Chinese text sounds: pinyin without tones, made tolerant of what speakers of the south do not tell apart.

`pinyin.tsv` holds the usual reading of the 6,763 characters of GB 2312 and of words where a character is read otherwise
(from pinyin-data and phrase-pinyin-data, MIT; see NOTICE). A table of our own costs 2 ms and 1 MB, the library 57 MB.
"""

from functools import cache
from pathlib import Path
from typing import Final

from yiwang.commons.search.rules.text import compact

_FILE: Final = Path(__file__).with_name("pinyin.tsv")
_LONGEST_WORD: Final = 3
# Wu, Jianghuai and southern speakers write sh as s, ing as in; ü is typed v or u.
_ALIKE: Final = (("zh", "z"), ("ch", "c"), ("sh", "s"), ("ng", "n"), ("v", "u"))


def syllables(text: str) -> tuple[str, ...]:
    """One reading for each character of `compact(text)`; what is not an ideograph stands for itself."""
    readings, words = _table()
    whole = compact(text)
    found: list[str] = []
    at = 0
    while at < len(whole):
        for size in range(_LONGEST_WORD, 1, -1):
            word = words.get(whole[at : at + size])
            if word is not None and at + size <= len(whole):
                found.extend(word)
                at += size
                break
        else:
            found.append(readings.get(whole[at], whole[at]))
            at += 1
    return tuple(found)


def sound(text: str) -> str:
    """Equal for texts that sound alike: 「社宝卡」, 「社保卡」 and `shebaoka`."""
    return alike("".join(syllables(text)))


def alike(letters: str) -> str:
    """The tolerant form of pinyin as typed."""
    for one, other in _ALIKE:
        letters = letters.replace(one, other)
    return letters


def initials(text: str) -> str:
    """The first letter of each syllable: `yyzz` for 「营业执照」."""
    return "".join(each[0] for each in syllables(text))


@cache
def _table() -> tuple[dict[str, str], dict[str, tuple[str, ...]]]:
    characters, _, words = _FILE.read_text("utf-8").partition("\n\n")
    readings: dict[str, str] = {}
    for line in characters.splitlines():
        syllable, _, those = line.partition("\t")
        readings.update(dict.fromkeys(those, syllable))
    spelt = (line.split("\t") for line in words.splitlines())
    return readings, {word: tuple(reading.split()) for word, reading in spelt}
