"""Witnesses for the demonstration: what other organisations run elsewhere, each a process with its own folder and key.

They are labelled as samples. In earnest a city runs none itself: docs/guide/ledger-witnesses.md.
"""

import contextlib
import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

from yiwang.site.supervisor import Installation, Part, free_port

ORGANISATIONS = (("university", "样例大学（样例）"), ("notary", "样例公证处（样例）"))
_PATIENCE = 300.0  # seconds: the log is opened by the first job of the worker


def attend(installation: Installation) -> None:
    """Start the sample witnesses beside a demonstration that runs, and have the log ask them; both must co-sign.

    Runs in a thread of its own, which lasts as long as the installation: nobody waits for it. Where the log can't be reached in time there are no witnesses.
    """
    keys = _log_keys(f"{installation.url}/ledger/keys")
    log = next((line.split()[1] for line in keys.splitlines() if line.startswith("log ")), "")
    if not log:
        return
    known = []
    for name, organisation in ORGANISATIONS:
        folder = installation.data_dir / "sample-witnesses" / name
        url, part = _witness(folder, name, log, installation.data_dir / "logs" / f"witness-{name}.log")
        installation.keep(part)
        key = _awaited(folder / "witness.vkey")
        known.append(key in keys)
        if key and not known[-1]:
            _yiwang(installation, "ledger", "witnesses", "add", key, "--organisation", organisation, "--url", url)
    if not all(known):
        _yiwang(installation, "ledger", "quorum", str(len(ORGANISATIONS)), "--wait", "120")
    installation.rest()


def _witness(folder: Path, name: str, log: str, output: Path) -> tuple[str, Part]:
    """Its address, the same at every start, and its process, which knows nothing of the city but the log's public key."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    remembered = folder / "port"
    if not remembered.exists():
        remembered.write_text(str(free_port()))
    port = remembered.read_text().strip()
    command = [
        sys.executable, "-m", "yiwang.site", "ledger", "witness", "--data", str(folder),
        "--name", f"{name}.sample.localhost/w1", "--log-key", log, "--port", port,
        "--accept-clock",
    ]  # fmt: skip
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("YIWANG_", "DATABASE_"))}
    return f"http://127.0.0.1:{port}", Part(f"witness-{name}", command, kept, output)


def _log_keys(url: str) -> str:
    """The log's file of trusted keys, empty where it does not come."""
    until = time.monotonic() + _PATIENCE
    while time.monotonic() < until:
        with (
            contextlib.suppress(urllib.error.URLError, OSError),
            urllib.request.urlopen(url, timeout=5) as answer,  # noqa: S310  our own address
        ):
            return str(answer.read().decode())
        time.sleep(1.0)
    return ""


def _awaited(path: Path) -> str:
    until = time.monotonic() + _PATIENCE
    while not path.exists() and time.monotonic() < until:
        time.sleep(0.2)
    return path.read_text().strip() if path.exists() else ""


def _yiwang(installation: Installation, *arguments: str) -> None:
    command = [sys.executable, "-m", "yiwang.site", *arguments]
    with (installation.data_dir / "logs" / "witnesses.log").open("ab") as log:
        subprocess.run(command, env=installation.environment(), stdout=log, stderr=log, check=False)
