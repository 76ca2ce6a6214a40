"""Frozen values with slots whose classes cost next to nothing to make.

The trees of FEEL and DMN have some sixty classes; as data classes they would be a third of the time that the engine needs
to start. They are written and read alike: by annotations, positional or by name, compared by value, matched by `case`.
"""

from typing import Any, dataclass_transform

_set = object.__setattr__


class _RecordType(type):
    """Makes the slots of a class from its annotations; `kw_only` as in data classes.

    `rests[n]` are the fields that are still to be given after n values.
    """

    fields: tuple[str, ...]
    compared: tuple[str, ...]
    defaults: dict[str, Any]
    rests: tuple[tuple[str, ...], ...]

    def __new__(
        cls, name: str, bases: tuple[type, ...], space: dict[str, Any], *, kw_only: bool = False, apart: str = ""
    ) -> "_RecordType":
        own = tuple(space.get("__annotations__", ()))
        defaults = {field: space.pop(field) for field in own if field in space}
        base: Any = bases[0] if bases else object
        positional = (*getattr(base, "__match_args__", ()), *(() if kw_only else own))
        made = super().__new__(cls, name, bases, {**space, "__slots__": own, "__match_args__": positional})
        made.fields = (*getattr(base, "fields", ()), *own)
        made.compared = (*getattr(base, "compared", ()), *(field for field in own if field != apart))
        made.defaults = {**getattr(base, "defaults", {}), **defaults}
        made.rests = tuple(
            tuple(field for field in made.fields if field not in positional[:given])
            for given in range(len(positional) + 1)
        )
        return made


@dataclass_transform(frozen_default=True)
class Record(metaclass=_RecordType):
    """A base of records. `apart` names a field that doesn't count when two are compared."""

    def __init__(self, *values: Any, **named: Any) -> None:
        cls = type(self)
        if len(values) >= len(cls.rests):
            raise TypeError(f"{cls.__name__} takes {len(cls.rests) - 1} values, not {len(values)}")
        for field, value in zip(cls.__match_args__, values, strict=False):  # type: ignore[attr-defined]  # by the metaclass
            _set(self, field, value)
        for field in cls.rests[len(values)]:
            if field in named:
                _set(self, field, named.pop(field))
            elif field in cls.defaults:
                _set(self, field, cls.defaults[field])
            else:
                raise TypeError(f"{cls.__name__} needs {field}")
        if named:
            raise TypeError(f"{cls.__name__} has no {next(iter(named))}")

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"{type(self).__name__} is frozen")

    def __delattr__(self, name: str) -> None:
        raise AttributeError(f"{type(self).__name__} is frozen")

    def __eq__(self, other: object) -> bool:
        if type(self) is not type(other):
            return NotImplemented
        return all(getattr(self, field) == getattr(other, field) for field in type(self).compared)

    def __hash__(self) -> int:
        return hash((type(self), *(getattr(self, field) for field in type(self).compared)))

    def __repr__(self) -> str:
        cls = type(self)
        return f"{cls.__name__}({', '.join(f'{field}={getattr(self, field)!r}' for field in cls.compared)})"

    def __reduce__(self) -> tuple[Any, ...]:
        cls = type(self)
        return _again, (cls, {field: getattr(self, field) for field in cls.fields})


def _again(cls: type[Record], named: dict[str, Any]) -> Record:
    return cls(**named)
