"""Outside log-in providers, by configuration: the file that YIWANG_OUTSIDE_LOGINS names, as allauth's settings want it.

A JSON list; each entry: `kind` (openid_connect, weixin, dingtalk), `key` (a word in the address), `name` (on the button),
`client_id`, `secret`, and for openid_connect `server_url` and, where the subject is not `sub`, `uid_field`.
"""

import json
import re
from pathlib import Path
from typing import Any, Final

from yiwang.kernel.settings import SettingsFault

KINDS: Final = ("openid_connect", "weixin", "dingtalk")
_NEEDED: Final = ("kind", "key", "name", "client_id", "secret")


def providers(file: Path | None) -> dict[str, dict[str, Any]]:
    """SOCIALACCOUNT_PROVIDERS. Raises SettingsFault that names what is wrong, never a secret."""
    found: dict[str, dict[str, Any]] = {}
    for number, entry in enumerate(_entries(file), start=1):
        fault = _fault(entry)
        if fault:
            raise SettingsFault(f"YIWANG_OUTSIDE_LOGINS: 第 {number} 项 / entry {number}: {fault}")
        app = {"provider_id": entry["key"], **{name: entry[name] for name in ("name", "client_id", "secret")}}
        if entry["kind"] == "openid_connect":
            wanted = {
                "server_url": entry["server_url"],
                "uid_field": entry.get("uid_field", "sub"),
                "oauth_pkce_enabled": True,
            }
            app["settings"] = wanted
        found.setdefault(
            entry["kind"], {"APPS": [], "SCOPE": ["openid"]} if entry["kind"] == "openid_connect" else {"APPS": []}
        )
        found[entry["kind"]]["APPS"].append(app)
    return found


def _entries(file: Path | None) -> list[Any]:
    if file is None:
        return []
    try:
        entries = json.loads(file.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise SettingsFault(f"YIWANG_OUTSIDE_LOGINS: {file}: {type(error).__name__}") from None
    if not isinstance(entries, list):
        raise SettingsFault("YIWANG_OUTSIDE_LOGINS: 应为列表 / a list is expected")
    return entries


def _fault(entry: Any) -> str:
    if not isinstance(entry, dict):
        return "应为对象 / an object is expected"
    missing = [name for name in _NEEDED if not isinstance(entry.get(name), str) or not entry[name]]
    if missing:
        return f"缺少 / missing {', '.join(missing)}"
    if entry["kind"] not in KINDS:
        return f"kind: {', '.join(KINDS)}"
    if re.fullmatch(r"[a-z][a-z0-9-]{1,30}", entry["key"]) is None:
        return "key: [a-z][a-z0-9-]*"
    url = str(entry.get("server_url", ""))
    if entry["kind"] == "openid_connect" and not re.match(r"https://|http://(localhost|127\.0\.0\.1)[:/]", url):
        return "server_url: https://…"
    return ""
