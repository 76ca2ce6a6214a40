"""Making a sealed licence of values that differ each time, beside making its small font as fontTools does it.

Sealed OFD with embedded fonts is what is required; the sealed PDF is told beside it.
"""

import datetime as dt
import io
import itertools
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Final

from cryptography.x509 import Name
from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTFont
from ruamel.yaml import YAML

from bench.measuring import Figures, interleaved, ratio
from yiwang.commons.crypto.engine import LocalSigner, new_root, suite
from yiwang.commons.licences.engine import Layout, read_layout, render_ofd, render_pdf, stamps
from yiwang.commons.seals.engine import SealInfo, draw_seal, font_folder, make_seal, seal_pdf, sign_ofd, typeface

FLOOR: Final = 10
"""Sealed OFD licences a second of one core, as required."""
MOST: Final = 150_000
"""Bytes of one, as required."""
_NOW: Final = dt.datetime(2026, 5, 20, 2, 0, tzinfo=dt.UTC)
_LAYOUTS: Final = ("business_licence", "food_business_permit", "birth_certificate")
_OFFICE: Final = "样本市钟楼区市场监督管理局"
_COMMON: Final = bytes(code for row in range(0xB0, 0xD7) for cell in range(0xA1, 0xFA) for code in (row, cell)).decode(
    "gb2312"
)
"""The 3,471 first characters of GB 2312, level 1: what names and addresses are written with."""


def run(*, quick: bool) -> Figures:
    """Licences a second of a core, the bytes of the largest, times as fast as the font of the usual way."""
    layouts = [_layout(name) for name in _LAYOUTS]
    seal = _seal()
    turn, values = itertools.cycle(layouts), _values()
    sizes: list[int] = []

    def ofd() -> bytes:
        layout, told = next(turn), next(values)
        paper = render_ofd(layout, told, created=_NOW.date(), author=_OFFICE, qr_text=told["licence_number"])
        sealed = sign_ofd(paper, **seal, stamps=stamps(layout, 42, 42))
        sizes.append(len(sealed))
        return sealed

    def pdf() -> bytes:
        layout, told = next(turn), next(values)
        paper = render_pdf(layout, told, created=_NOW.date(), author=_OFFICE, qr_text=told["licence_number"])
        return seal_pdf(paper, **seal, stamps=stamps(layout, 42, 42))

    ways: dict[str, Callable[[], object]] = {
        "ofd": ofd,
        "pdf": pdf,
        "font": lambda: typeface("song").subset("".join(next(values).values())),
        "fonttools": lambda: _usual_font("".join(next(values).values())),
    }
    repeats = {"ofd": 5 if quick else 30, "pdf": 2 if quick else 10, "font": 5 if quick else 30, "fonttools": 1}
    times = interleaved(ways, rounds=3 if quick else 10, repeat=repeats, warmup=1)
    figures = {f"licence-{name}": each.rate() for name, each in times.items()}
    figures["licence-ofd"]["bytes"] = max(sizes)
    slow = ["licence-ofd"] if figures["licence-ofd"]["cpu_per_s"] < FLOOR else []
    return {
        "figures": figures,
        "ratios": {"licence-font": {"to_fonttools": ratio(times["font"], times["fonttools"])}},
        "over_requirement": [*slow, *(["licence-size"] if max(sizes) > MOST else [])],
    }


def _layout(name: str) -> Layout:
    told = Path("packs/changzhou/licences", name, "layout.yaml").read_text(encoding="utf-8")
    return read_layout(YAML(typ="safe").load(told))


def _values() -> Iterator[Mapping[str, str]]:
    """Names and addresses out of the common characters, which come around after a hundred licences."""
    characters = itertools.cycle(_COMMON)

    def some(count: int) -> str:
        return "".join(itertools.islice(characters, count))

    for number in itertools.count(1):
        name, parents, address = some(3), (some(3), some(3)), some(24)
        yield {
            "shop_credit_code": f"92320402MA{number:08d}",
            "shop_name": f"样本市钟楼区{some(4)}小吃店",
            "shop_kind": "个体工商户",
            "operator_name": name,
            "shop_address": f"样本市钟楼区{address}路1号101室",
            "food_forms": "热食类食品制售；冷食类食品制售；自制饮品制售",
            "child_name": name,
            "child_sex": "女",
            "child_birth_date": "2026年5月8日",
            "child_birth_time": "9时26分",
            "mother_name": parents[0],
            "father_name": parents[1],
            "licence_number": f"32040420260520{number:06d}",
            "issued_on": "2026年5月20日",
            "valid_until": "2031年5月19日",
            "valid_period": "长期",
            "issuer_name": _OFFICE,
            "verify_words": "扫码核验真伪",
            "sample_mark": "样本",
        }


def _usual_font(text: str) -> bytes:
    """The font of one document from the whole one, as most programs make it."""
    font = TTFont(font_folder() / "NotoSerifSC-Regular.otf", lazy=True)
    options = Options()
    options.layout_features = []
    options.notdef_outline = True
    cut = Subsetter(options)
    cut.populate(text=text)
    cut.subset(font)
    kept = io.BytesIO()
    font.save(kept)
    return kept.getvalue()


def _seal() -> Figures:
    """What sealing takes: a seal with its picture, a signer and the certificate that the seal lists."""
    since = _NOW - dt.timedelta(days=300)
    private = suite("national").new_signing_key()
    root = new_root(private, Name.from_rfc4514_string("CN=Sample Root,O=Benchmark"), since=since, days=3000)
    maker, signer = (LocalSigner(suite("national").new_signing_key()) for _ in range(2))
    certificates = [
        root.issue(
            one.public, Name.from_rfc4514_string("CN=Sample,O=Benchmark"), profile="signing", since=since, days=900
        )
        for one in (maker, signer)
    ]
    drawn = draw_seal(_OFFICE, kind="licence", lower="电子证照专用章", code="3204040000001")
    info = SealInfo(
        es_id="32040000000001",
        name=_OFFICE,
        created=since,
        valid_from=since,
        valid_until=_NOW + dt.timedelta(days=900),
        picture=drawn.png,
        width_mm=42,
        height_mm=42,
        signers=(certificates[1].der,),
    )
    seal = make_seal(info, maker=maker, maker_certificate=certificates[0].der)
    return {"seal": seal, "signer": signer, "certificate": certificates[1].der, "at": _NOW}
