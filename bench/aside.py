"""Peers that the program itself does not need: installed into a folder of their own, outside of the environment."""

import importlib
import subprocess
import sys
from pathlib import Path
from typing import Any

ASIDE = Path(__file__).parents[1] / ".yiwang" / "bench-peers"


def peer(module: str, *requirements: str) -> Any:
    """A peer's module; where the environment lacks it, `requirements` are installed aside, exactly these."""
    try:
        return importlib.import_module(module)
    except ImportError:
        if str(ASIDE) not in sys.path:
            sys.path.append(str(ASIDE))
    try:
        return importlib.import_module(module)
    except ImportError:
        command = [sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--target", str(ASIDE), *requirements]
        subprocess.run(command, check=True)
        importlib.invalidate_caches()
        return importlib.import_module(module)
