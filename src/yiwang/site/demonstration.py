"""What `./dev demo` says after the start: who can log in."""

from pathlib import Path
from typing import Any

from ruamel.yaml import YAML


def accounts_text(pack: Path) -> str:
    """The demonstration accounts of the pack, marked as samples. Empty when the pack has none."""
    file = pack / "people.yaml"
    if not file.exists():
        return ""
    people: dict[str, Any] = YAML(typ="safe", pure=True).load(file.read_text("utf-8"))
    residents = [person["username"] for person in people.get("residents", [])][:2]
    officials = [person["username"] for person in people.get("officials", [])]
    lines = [
        f"演示账号（均为样例，密码 {people.get('password', '')}）/ sample accounts:",
        f"  家长 / parents    {'、'.join(residents)}",
    ]
    lines += [
        f"  工作人员 / officials {'、'.join(officials[start : start + 3])}" for start in range(0, len(officials), 3)
    ]
    return "\n".join(lines)
