"""How statements are worded for people: kinds, names of facts, values. The entry itself holds codes only.

Words are message ids, translated where they are shown.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from yiwang.kernel.text import gettext_noop as _


@dataclass(frozen=True, slots=True)
class Statements:
    """The words of one context: a short sentence for each kind, a label for each fact, words for values of a fact.

    `steps` are the kinds that are legal steps to whom they concern: 「我的存证」 shows these.
    """

    kinds: Mapping[str, str]
    facts: Mapping[str, str] = field(default_factory=dict)
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    steps: frozenset[str] = frozenset()


_steps: set[str] = set()
_kinds: dict[str, str] = {}
_facts: dict[str, str] = {}
_values: dict[str, dict[str, str]] = {}


def register_statements(words: Statements) -> None:
    """Say how a context's statements read. What was said of a kind or fact before stays."""
    for mine, theirs in ((_kinds, words.kinds), (_facts, words.facts)):
        for code, said in theirs.items():
            mine.setdefault(code, said)
    _steps.update(words.steps)
    for fact, said_of in words.values.items():
        _values[fact] = {**said_of, **_values.get(fact, {})}


def steps() -> frozenset[str]:
    """The kinds that are legal steps to whom they concern."""
    return frozenset(_steps)


def kinds() -> Mapping[str, str]:
    """All kinds that have words."""
    return dict(_kinds)


def facts() -> Mapping[str, str]:
    """All facts that have labels."""
    return dict(_facts)


def values() -> Mapping[str, Mapping[str, str]]:
    """The words of values by fact."""
    return {fact: dict(said) for fact, said in _values.items()}


def kind_words(kind: str) -> str:
    """The words of a kind; the code itself where nobody has said any."""
    return _kinds.get(kind, kind)


def fact_words(fact: str) -> str:
    """The label of a fact; its code where nobody has said any."""
    return _facts.get(fact, fact)


def value_words(fact: str, value: object) -> str:
    """The words of a fact's value."""
    if isinstance(value, bool):
        return _("是") if value else _("否")
    if isinstance(value, list):
        return "、".join(value_words(fact, each) for each in value)
    text = "" if value is None else str(value)
    return _values.get(fact, {}).get(text, text)


# What the ledger itself states, and lower contexts, which do not know it.
register_statements(
    Statements(
        kinds={
            "identity.granted": _("授予权限"),
            "identity.revoked": _("收回权限"),
            "identity.representation_began": _("登记代理关系"),
            "identity.representation_ended": _("结束代理关系"),
            "identity.agent_presented": _("代办人在窗口出示委托"),
            "key.created": _("生成密钥"),
            "key.rotated": _("轮换密钥"),
            "key.suspended": _("停用密钥"),
            "key.resumed": _("恢复使用密钥"),
            "key.retired": _("密钥退役"),
            "key.destroyed": _("销毁密钥"),
            "master_key.rotated": _("轮换主密钥"),
            "master_key.backed_up": _("备份主密钥"),
            "log.opened": _("建立常享链"),
            "log.witness_added": _("登记见证单位"),
            "log.witness_retired": _("见证单位退出"),
            "log.quorum_set": _("设定见证要求"),
            "log.finding_settled": _("处置监测发现"),
        },
        facts={
            "number": _("编号"),
            "key": _("对象名称"),
            "version": _("版本"),
            "sha256": _("文件摘要（SHA-256）"),
            "digest": _("内容摘要（SM3）"),
            "kind": _("种类"),
            "finding": _("监测发现"),
            "until": _("有效期至"),
            "scope": _("范围"),
            "parties": _("当事人（加盐摘要）"),
            "basis": _("依据"),
            "witness": _("见证单位公钥"),
            "organisation": _("机关"),
            "needed": _("至少几家"),
            "origin": _("链的名称"),
            "public_key": _("公钥"),
            "public_key_sm3": _("公钥摘要（SM3）"),
            "name": _("对象名称"),
            "application": _("使用的应用"),
            "algorithm": _("算法"),
            "suite": _("密码算法"),
            "action": _("动作"),
            "tree": _("组织树"),
            "grade": _("最高数据级别"),
            "account": _("账号"),
            "role": _("岗位"),
            "holder": _("任职"),
            "purpose": _("用途"),
            "state": _("状态"),
        },
        values={
            "suite": {"national": "SM2 / SM3", "international": "Ed25519 / SHA-256"},
        },
    )
)
