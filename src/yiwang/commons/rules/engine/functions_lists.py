"""List functions (DMN 1.5, 10.3.4.4). Positions count from 1, negative ones from the end."""

from collections.abc import Iterator
from decimal import Decimal

from .budget import Run
from .diagnostics import Fault
from .functions import builtin, call
from .operators import equal, order
from .unknown import OPEN, unknown
from .values import DECIMAL128, Function, Value, kind, number

Items = list[Value]


def same_item(run: Run, left: Value, right: Value) -> bool:
    run.weigh(left)
    return equal(left, right) is True


def spread(arguments: Items) -> Items:
    """The one list, or the arguments themselves: `min([1, 2])` is `min(1, 2)`."""
    return arguments[0] if len(arguments) == 1 and isinstance(arguments[0], list) else arguments


def numbers(arguments: Items, run: Run) -> list[Decimal]:
    items = spread(arguments)
    run.charge(len(items))
    for item in items:
        if not isinstance(item, Decimal):
            raise Fault("rules.argument_value", detail=kind(item))
    return items


@builtin("list contains", "list: list, element: Any", "boolean")
def _list_contains(run: Run, items: Items, element: Value) -> Value:
    run.charge(len(items))
    return any(same_item(run, item, element) for item in items)


@builtin("count", "list: list", "number")
def _count(run: Run, items: Items) -> Value:
    return Decimal(len(items))


def _extreme(run: Run, arguments: Items, sign: int) -> Value:
    items = spread(arguments)
    run.charge(len(items))
    if not items:
        return None
    best = items[0]
    for item in items:
        ordered = order(item, best)
        if ordered is None:
            raise Fault("rules.not_comparable", left=kind(item), right=kind(best))
        if ordered == sign:
            best = item
    return best


@builtin("min", "*list: Any")
def _min(run: Run, arguments: Items) -> Value:
    return _extreme(run, arguments, -1)


@builtin("max", "*list: Any")
def _max(run: Run, arguments: Items) -> Value:
    return _extreme(run, arguments, 1)


@builtin("sum", "*list: Any")
def _sum(run: Run, arguments: Items) -> Value:
    items = numbers(arguments, run)
    total = Decimal(0)
    for item in items:
        total = DECIMAL128.add(total, item)
    return total if items else None


@builtin("product", "*list: Any")
def _product(run: Run, arguments: Items) -> Value:
    items = numbers(arguments, run)
    total = Decimal(1)
    for item in items:
        total = DECIMAL128.multiply(total, item)
    return total if items else None


@builtin("mean", "*list: Any")
def _mean(run: Run, arguments: Items) -> Value:
    items = numbers(arguments, run)
    return DECIMAL128.divide(_sum(run, items), Decimal(len(items))) if items else None


@builtin("median", "*list: Any")
def _median(run: Run, arguments: Items) -> Value:
    items = sorted(numbers(arguments, run))
    if not items:
        return None
    middle = len(items) // 2
    if len(items) % 2:
        return items[middle]
    return DECIMAL128.divide(DECIMAL128.add(items[middle - 1], items[middle]), Decimal(2))


@builtin("stddev", "*list: Any")
def _stddev(run: Run, arguments: Items) -> Value:
    items = numbers(arguments, run)
    if len(items) < 2:
        return None
    mean = _mean(run, items)
    squares = Decimal(0)
    for item in items:
        distance = DECIMAL128.subtract(item, mean)
        squares = DECIMAL128.add(squares, DECIMAL128.multiply(distance, distance))
    return DECIMAL128.sqrt(DECIMAL128.divide(squares, Decimal(len(items) - 1)))


@builtin("mode", "*list: Any", "list")
def _mode(run: Run, arguments: Items) -> Value:
    counts: dict[Decimal, int] = {}
    for item in numbers(arguments, run):
        counts[item] = counts.get(item, 0) + 1
    most = max(counts.values(), default=0)
    return sorted(item for item, count in counts.items() if count == most)


def _settle(run: Run, arguments: Items, *, decisive: bool) -> Value:
    items = spread(arguments)
    run.charge(len(items))
    if any(item is decisive for item in items):
        return decisive
    for item in items:
        if not isinstance(item, bool):
            raise Fault("rules.argument_value", detail=kind(item))
    return not decisive


@builtin("all", "*list: Any", "boolean")
def _all(run: Run, arguments: Items) -> Value:
    return _settle(run, arguments, decisive=False)


@builtin("any", "*list: Any", "boolean")
def _any(run: Run, arguments: Items) -> Value:
    return _settle(run, arguments, decisive=True)


def place(position: Decimal, size: int) -> int:
    """The index from 0 of an existing position, whose fraction doesn't count."""
    index = int(position)
    if index == 0 or abs(index) > size:
        raise Fault("rules.argument_value", detail="position")
    return index - 1 if index > 0 else size + index


@builtin("sublist", "list: list, start position: number, length?: number", "list")
def _sublist(run: Run, items: Items, start: Decimal, length: Decimal | None = None) -> Value:
    run.charge(len(items))
    first = place(start, len(items))
    if length is None:
        return items[first:]
    if int(length) < 1 or first + int(length) > len(items):
        raise Fault("rules.argument_value", detail="length")
    return items[first : first + int(length)]


@builtin("append", "list: list, *item: Any", "list")
def _append(run: Run, items: Items, extra: Items) -> Value:
    return joined(run, [items, extra])


def joined(run: Run, lists: list[Items]) -> Items:
    size = sum(map(len, lists))
    run.charge(1 + size)
    run.check_items(size)
    return [item for items in lists for item in items]


@builtin("concatenate", "*list: list", "list")
def _concatenate(run: Run, lists: list[Items]) -> Value:
    return joined(run, lists)


@builtin("union", "*list: list", "list")
def _union(run: Run, lists: list[Items]) -> Value:
    return distinct(run, joined(run, lists))


@builtin("distinct values", "list: list", "list")
def _distinct_values(run: Run, items: Items) -> Value:
    return distinct(run, items)


def distinct(run: Run, items: Items) -> Items:
    found: Items = []
    for item in items:
        run.charge(1 + len(found))
        if not any(same_item(run, item, known) for known in found):
            found.append(item)
    return found


@builtin("insert before", "list: list, position: number, newItem: Any", "list")
def _insert_before(run: Run, items: Items, position: Decimal, item: Value) -> Value:
    index = place(position, len(items))
    return joined(run, [items[:index], [item], items[index:]])


@builtin("remove", "list: list, position: number", "list")
def _remove(run: Run, items: Items, position: Decimal) -> Value:
    index = place(position, len(items))
    return joined(run, [items[:index], items[index + 1 :]])


@builtin("list replace", "list: list, position: number, newItem: Any", "list")
def _list_replace_at(run: Run, items: Items, position: Decimal, item: Value) -> Value:
    index = place(position, len(items))
    return joined(run, [items[:index], [item], items[index + 1 :]])


@builtin("list replace", "list: list, match: function, newItem: Any", "list")
def _list_replace(run: Run, items: Items, match: Function, item: Value) -> Value:
    run.charge(len(items))
    replaced: Items = []
    for known in items:
        verdict = call(run, match, (known, item))
        if type(verdict) in OPEN:
            return unknown(verdict)
        if not isinstance(verdict, bool):
            raise Fault("rules.argument_value", name="list replace", detail="match")
        replaced.append(item if verdict else known)
    return replaced


@builtin("reverse", "list: list", "list")
def _reverse(run: Run, items: Items) -> Value:
    return joined(run, [items[::-1]])


@builtin("index of", "list: list, match: Any", "list")
def _index_of(run: Run, items: Items, match: Value) -> Value:
    run.charge(len(items))
    return [number(index) for index, item in enumerate(items, 1) if same_item(run, item, match)]


@builtin("flatten", "list: list", "list")
def _flatten(run: Run, items: Items) -> Value:
    flat: Items = []
    for item in _leaves(items):
        run.charge()
        flat.append(item)
        run.check_items(len(flat))
    return flat


def _leaves(items: Items) -> Iterator[Value]:
    for item in items:
        if isinstance(item, list):
            yield from _leaves(item)
        else:
            yield item
