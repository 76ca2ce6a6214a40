"""Why a pack leaves a version alone that somebody published by hand: a load never takes back what a person decided."""

from enum import StrEnum


class Kept(StrEnum):
    """What the pack's text is to the version that was kept."""

    OLDER = "older"
    DIFFERS = "differs"


def kept_words(name: str, version: int, kept: Kept) -> str:
    """The note for whoever loads. `name` names the file; `version` is the one that stays."""
    if kept is Kept.OLDER:
        return f"{name}：配置包里是更早的一版，第 {version} 版由人发布，保持第 {version} 版"
    return (
        f"注意：{name} 的改动没有发布。第 {version} 版由人发布，配置包不替换它；"
        f"请把第 {version} 版的文件导出到配置包，或在页面上起草并发布配置包的内容"
    )
