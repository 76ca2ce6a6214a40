"""Contracts of our own for import-linter: front doors, frameworks kept out, faces without models."""

from collections.abc import Iterator
from typing import Any

from importlinter import Contract, ContractCheck, fields, output

_DOORS = frozenset({"contracts", "queries", "commands", "engine", "registry", "contrib"})
_FOR_SITE = frozenset({"urls", "rest", "cli", "apps", "middleware", "adapters"})
_FRAMEWORKS = ("django", "ninja", "allauth", "procrastinate", "whitenoise", "granian", "psycopg")


def _contexts(graph: Any, floors: list[str]) -> Iterator[str]:
    for floor in floors:
        if floor in graph.modules:
            yield from graph.find_children(floor)


def _inside(module: str, package: str) -> bool:
    return module == package or module.startswith(package + ".")


class _Floors(Contract):  # type: ignore[misc]
    floors = fields.ListField(subfield=fields.StringField())

    def render_broken_contract(self, check: Any) -> None:
        for line in check.metadata["bad"]:
            output.print_error(line)

    def _verdict(self, bad: list[str]) -> Any:
        return ContractCheck(kept=not bad, metadata={"bad": sorted(set(bad))})


class FrontDoors(_Floors):
    """Code outside a context imports only its doors; an engine only as a whole; site also its wiring."""

    type_name = "front_doors"

    def check(self, graph: Any, verbose: bool) -> Any:
        bad = []
        for context in _contexts(graph, list(self.floors)):
            for module in graph.find_descendants(context):
                rest = module.removeprefix(context + ".").split(".")
                for importer in graph.find_modules_that_directly_import(module):
                    if _inside(importer, context) or self._allowed(importer, rest, graph, module):
                        continue
                    bad.append(f"{importer} -> {module}")
        return self._verdict(bad)

    def _allowed(self, importer: str, rest: list[str], graph: Any, module: str) -> bool:
        if rest[0] in _DOORS:
            return not (rest[0] == "engine" and len(rest) > 1)
        if rest[:2] == ["tests", "factories"]:
            return ".tests" in importer
        return rest[0] in _FOR_SITE and _inside(importer, "yiwang.site")


class NoFramework(_Floors):
    """The pure layers of each context import no framework, directly or through kernel modules that do."""

    type_name = "frameworks"
    pure = fields.ListField(subfield=fields.StringField())

    def check(self, graph: Any, verbose: bool) -> Any:
        present = [name for name in _FRAMEWORKS if name in graph.modules]
        bad = []
        for context in _contexts(graph, list(self.floors)):
            for layer in self.pure:
                top = f"{context}.{layer}"
                if top not in graph.modules:
                    continue
                for module in {top, *graph.find_descendants(top)}:
                    if ".tests" in module:
                        continue
                    for framework in present:
                        chain = graph.find_shortest_chain(importer=module, imported=framework)
                        if chain:
                            bad.append(" -> ".join(chain))
        return self._verdict(bad)


class FacesWithoutModels(_Floors):
    """What faces people holds no query of its own."""

    type_name = "faces"
    faces = fields.ListField(subfield=fields.StringField())

    def check(self, graph: Any, verbose: bool) -> Any:
        bad = []
        for context in _contexts(graph, list(self.floors)):
            models = f"{context}.models"
            if models not in graph.modules:
                continue
            for module in {models, *graph.find_descendants(models)}:
                bad.extend(
                    f"{importer} -> {module}"
                    for importer in graph.find_modules_that_directly_import(module)
                    if any(_inside(importer, f"{context}.{face}") for face in self.faces)
                )
        return self._verdict(bad)
