"""A result as a table that people read."""

from typing import Any

from bench.catalogue import Bench


def tell(bench: Bench, result: dict[str, Any]) -> None:
    """Print the figures, one line each, then the ratios; say so when the machine was busy."""
    machine = result["machine"]
    print(f"\n{bench.name} — {bench.about} ({result['seconds']} s{', quick' if result['quick'] else ''})")
    if not machine["quiet"]:
        print(f"  the machine was busy: {machine['busy_cores']} of {machine['cores']} cores, load {machine['load'][0]}")
    for title in ("figures", "ratios"):
        for name, value in _flat(result[title]):
            print(f"  {title[:-1]:7}{name:44}{value}")
    for name, value in result.items():
        if name.startswith("over_"):
            print(f"  {name}: {', '.join(value) or 'none'}")


def _flat(figures: dict[str, Any], above: str = "") -> list[tuple[str, str]]:
    lines: list[tuple[str, str]] = []
    for name, value in figures.items():
        path = f"{above}{name}"
        if not isinstance(value, dict):
            lines.append((path, str(value)))
        elif any(isinstance(each, dict) for each in value.values()):
            lines += _flat(value, f"{path} ")
        else:
            lines.append((path, "  ".join(f"{key} {each}" for key, each in value.items())))
    return lines
