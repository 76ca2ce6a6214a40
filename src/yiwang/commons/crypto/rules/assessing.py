"""The assessment as a document that people read: Markdown in Chinese, from the facts that `queries.assessment` gathers."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

_PURPOSES = {"fields": "字段加密", "lookup": "字段查找", "data": "应用数据加密", "signing": "数字签名"}
_STATES = {"pre_active": "未启用", "active": "启用", "suspended": "停用", "retired": "退役", "destroyed": "已销毁"}
_WAYS = {"seal": "加密", "open": "解密", "hash": "杂凑", "sign": "签名"}
_NAMES = {
    "sm4-gcm": "SM4-GCM（GB/T 32907、GB/T 36624）",
    "sm2-sm3": "SM2 签名，SM3 杂凑（GB/T 32918、GB/T 32905）",
    "hmac-sm3": "HMAC-SM3（GB/T 15852.2、GB/T 32905）",
    "aes-256-gcm": "AES-256-GCM（ISO/IEC 18033-3、19772）",
    "ed25519": "Ed25519（RFC 8032）",
    "hmac-sha256": "HMAC-SHA-256（RFC 2104）",
}
_REQUIREMENTS: tuple[tuple[str, str, str], ...] = (
    ("应用和数据安全：重要数据存储的机密性", "敏感字段逐值加密，密文写明格式、算法和密钥版本，并绑定所在的表和列。见第 2 节。", "为其他系统导出的数据另行加密。"),
    ("应用和数据安全：重要数据存储的完整性", "GCM 鉴别码发现任何改动；办件经过逐条以 SM3 串接；法定环节写入存证，由其他机构共同签署。", "按期核对存证（yiwang ledger check）。"),
    ("应用和数据安全：不可否认性", "法定环节留下带时间的存证；签名密钥只供所属应用使用，每次使用都计数。", "对外签章使用依法设立的电子认证服务机构签发的证书。"),
    ("应用和数据安全：身份鉴别", "口令以 Argon2id 存储，失败次数受限。", "第三级宜用密码技术的双因素鉴别；接入统一身份认证。"),
    ("网络和通信安全：传输的机密性和完整性", "设置 YIWANG_HTTPS 后只走 https，并启用 HSTS。", "在反向代理上配置国密 SSL 网关（GB/T 38636）和合规证书。"),
    ("设备和计算安全", "本程序不管理设备登录。", "主机、堡垒机、数据库的远程管理通道由运维单位落实。"),
    ("物理和环境安全", "本程序不涉及。", "机房电子门禁和视频记录的完整性由机房落实。"),
    ("密钥管理", "工作密钥由主密钥包裹，主密钥不在数据库中；状态、轮换、销毁都有经过、审计和存证；退役与销毁在页面上由两人办理。", "第三级应使用经检测认证的密码产品：主密钥可以移入 PKCS#11 密码机；资源池的签名密钥目前还不能放在密码机里。"),
)  # fmt: skip
"""Requirement, what the platform does, what is left to the operator (GB/T 39786-2021, the parts that software can meet)."""


def document(facts: Mapping[str, Any]) -> str:
    """The whole document."""
    parts = [
        "# 密码应用情况说明",
        f"依据 {facts['standard']}《信息安全技术 信息系统密码应用基本要求》整理，由系统按实际数据生成。生成时间 {facts['made_at']}。",
        _overview(facts),
        _stored(facts["stored"]),
        _keys(facts["keys"]),
        _uses(facts),
        _certificates(facts["certificates"]),
        _elsewhere(facts["elsewhere"]),
        _requirements(),
    ]
    return "\n\n".join(parts) + "\n"


def _overview(facts: Mapping[str, Any]) -> str:
    test = facts["self_test"]
    masters = "；".join(
        f"{each['fingerprint']}（{'在用' if each['state'] == 'active' else '已停用'}，包裹 {each['keys']} 个密钥版本）"
        for each in facts["masters"]
    )
    lines = [
        "## 1. 概况",
        f"- 新密钥的密码套件：{'国密（SM2、SM3、SM4）' if facts['suite'] == 'national' else '国际（Ed25519、SHA-256、AES）'}",
        f"- 算法自检（已知答案）：{'通过' if test['passed'] else '没有通过：' + '、'.join(test['failed'])}",
        f"- 主密钥存放：{'文件，与数据库分开' if facts['module']['kind'] == 'file' else facts['module']['kind']}；{masters or '还没有'}",
        "- 软件密码实现没有经过商用密码产品检测认证；第三级以上系统应接入经认证的密码产品。",
        f"- 对外服务的 https：{'已启用' if facts['https'] else '没有启用（YIWANG_HTTPS）'}",
    ]
    run = facts["reencryption"]
    if run:
        state = "完成" if run["state"] == "done" else "进行中"
        lines.append(f"- 最近一次重加密：{state}，改写 {run['changed']} 行，读不出的值 {run['damaged']} 个")
    return "\n".join(lines)


def _stored(tables: Sequence[Mapping[str, Any]]) -> str:
    rows = [
        (
            table["table"],
            column["column"],
            f"{under['key']} 第 {under['version']} 版",
            _NAMES[under["algorithm"]],
            under["values"],
        )
        for table in tables
        for column in table["columns"]
        for under in column["protected_by"]
    ]
    hashed = [
        (table["table"], each["column"], f"{each['of']} 的查找值", each["purpose"])
        for table in tables
        for each in table["hashes"]
    ]
    first = _table(("表", "列", "密钥", "算法", "值数"), rows) if rows else "还没有加密的值。"
    return "\n\n".join(
        [
            "## 2. 存储保护",
            first,
            "按密钥计算的查找值（相同的值可以查找，看不出内容）：",
            _table(("表", "列", "内容", "用途"), hashed),
        ]
    )


def _keys(keys: Sequence[Mapping[str, Any]]) -> str:
    rows = [
        (
            key["name"], _PURPOSES[key["purpose"]], key["application"], _NAMES[key["algorithm"]], _STATES[key["state"]],
            len(key["versions"]), f"{key['rotate_days']} 天" if key["rotate_days"] else "人工",
            (key["next_rotation_at"] or "—")[:10], sum(each["uses"] for each in key["versions"]),
        )
        for key in keys
    ]  # fmt: skip
    heads = ("密钥", "用途", "应用", "算法", "状态", "版本数", "轮换周期", "下次轮换", "累计使用")
    return "\n\n".join(["## 3. 密钥", _table(heads, rows)])


def _uses(facts: Mapping[str, Any]) -> str:
    uses = [(each["application"], _WAYS[each["operation"]], each["count"]) for each in facts["uses"]]
    quotas = [
        (each["code"], each["daily_quota"] if each["daily_quota"] is not None else "不限", each["key_quota"])
        for each in facts["applications"]
    ]
    return "\n\n".join(
        [
            "## 4. 应用、配额与用量",
            _table(("应用", "每日配额", "密钥数上限"), quotas),
            _table(("应用", "操作", "次数"), uses),
        ]
    )


def _certificates(rows: Sequence[Mapping[str, Any]]) -> str:
    if not rows:
        return "## 5. 数字证书\n\n密钥池里没有证书。"
    told = [
        (
            row["subject"],
            row["issuer"],
            row["serial"],
            row["algorithm"],
            row["not_after"][:10],
            "演示用" if row["demonstration"] else "",
        )
        for row in rows
    ]
    return "\n\n".join(["## 5. 数字证书", _table(("主体", "签发者", "序列号", "算法", "到期", "说明"), told)])


def _elsewhere(rows: Sequence[Mapping[str, str]]) -> str:
    told = [(row["use"], row["where"], row["algorithm"], row["standard"]) for row in rows]
    return "\n\n".join(["## 6. 密钥池以外的密码使用", _table(("用处", "位置", "算法", "标准"), told)])


def _requirements() -> str:
    return "\n\n".join(["## 7. 对照要求", _table(("要求", "平台已经做到", "由使用单位落实"), _REQUIREMENTS)])


def _table(heads: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    lines = ["| " + " | ".join(heads) + " |", "|" + "---|" * len(heads)]
    lines += [
        "| " + " | ".join(str(cell).replace("|", "\\|").replace("\n", " ") for cell in row) + " |" for row in rows
    ]
    return "\n".join(lines)
