"""Layouts of the sample city, and values that fill them."""

from functools import cache
from pathlib import Path

from ruamel.yaml import YAML

from yiwang.commons.licences.engine import Layout, read_layout

FOLDER = Path(__file__).resolve().parents[6] / "packs" / "changzhou" / "licences"
LAYOUTS = sorted(path.parent.name for path in FOLDER.glob("*/layout.yaml"))
VALUES = {
    "shop_credit_code": "92320404MA00SAMPLE",
    "shop_name": "样本市钟楼区样本小馆（个体工商户）",
    "shop_kind": "个体工商户",
    "operator_name": "样本甲",
    "shop_address": "江苏省样本市钟楼区样本街道样本路128号1层101室",
    "food_forms": "热食类食品制售；冷食类食品制售（含生食果蔬拼盘）；自制饮品制售（不含使用压力容器制作饮品）",
    "child_name": "样𫖯",
    "child_sex": "女",
    "child_nation": "汉族",
    "child_birth_date": "2026年11月8日",
    "child_birth_time": "09时26分",
    "child_id_number": "320404202611080021",
    "mother_name": "样本乙",
    "father_name": "样本甲",
    "settle_address": "江苏省样本市钟楼区样本街道样本新村12幢乙单元302室",
    "residence_address": "江苏省样本市钟楼区样本街道样本新村12幢乙单元302室",
    "settle_region": "钟楼区",
    "card_number": "JS00001234",
    "card_bank": "样本农村商业银行",
    "insurance_number": "YB3204042026000123",
    "benefit_from": "2026年11月8日",
    "retiree_name": "样本丙",
    "retiree_birth_date": "1966年11月2日",
    "retiree_id_number": "320402196611021234",
    "retirement_month": "2026年11月",
    "retirement_number": "TX3204042026000031",
    "monthly_pension": "4,286.50",
    "name": "样本甲",
    "id_number": "320404199001011234",
    "spouse_name": "样本乙",
    "spouse_id_number": "320404199202022345",
    "registered_on": "2018年5月20日",
    "relation": "户主",
    "head_name": "样本甲",
    "address": "江苏省样本市钟楼区样本街道样本新村12幢乙单元302室",
    "licence_name": "公众聚集场所投入使用、营业前消防安全检查意见书",
    "licence_number": "320404000202611230001",
    "holder_name": "样本甲",
    "issuer_name": "样本市钟楼区市场监督管理局",
    "issued_on": "2026年11月23日",
    "valid_until": "2031年11月22日",
    "valid_period": "2026年11月23日至2031年11月22日",
    "verify_words": "扫码核验真伪",
    "rows": "名称：样本小馆\n经营场所：江苏省样本市钟楼区样本街道样本路128号1层101室\n所在楼层：1",
    "sample_mark": "样本",
}
QR = "https://example.invalid/v/ABCDEFGHJK"


@cache
def layout(name: str) -> Layout:
    """One of the sample city's."""
    return read_layout(YAML(typ="safe").load((FOLDER / name / "layout.yaml").read_text(encoding="utf-8")))


def small(*elements, **more) -> Layout:
    """A page of 100 by 100 mm with these elements."""
    return read_layout({"title": "示例", "pages": [{"width": 100, "height": 100, "elements": list(elements)}], **more})
