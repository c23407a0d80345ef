"""Items derived from other items: exact arithmetic over their values, with an interval where it carries over."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from graphlib import TopologicalSorter

from msgspec import Struct

from sqaudit.errors import msg
from sqaudit.expressions.evaluation import Part, Tree, Values, Work, build, exact
from sqaudit.expressions.kinds import Kind
from sqaudit.expressions.names import id_finder, names_read
from sqaudit.expressions.parsing import not_allowed, parse_expression
from sqaudit.expressions.problem import ExpressionProblem, Node, did_you_mean, problem_at
from sqaudit.measures.carrying import Carry, carry_difference, carry_item, carry_nothing, carry_rate, carry_ratio
from sqaudit.measures.finishing import ZERO_DENOMINATOR, no_value, value_of
from sqaudit.model.ids import fold_id
from sqaudit.model.score import Value

FORMULA = "derived/1"
COUNT = "count"
_CALLS = ("difference", "rate", "ratio")
_ARITHMETIC = frozenset({"Add", "Sub", "Mul", "Div", "Neg", "Paren", "Literal", "Interval"})
_AMOUNTS = frozenset({Kind.NUMBER, Kind.DURATION, Kind.UNKNOWN})
_THOUSAND = 1000


class Derived(Struct, frozen=True, kw_only=True):
    """An expression over the values of other items. ``needs`` holds their ids, in the order written."""

    text: str
    needs: tuple[str, ...]
    unit: str
    formula: str = FORMULA
    work: Work
    carry: Carry

    def finish(self, values: Mapping[str, Value]) -> Value:
        """The value that these values give, by item id; each with the interval that it has at last.

        Where one of them is missing there is no value, and the reason names the item.
        """
        for item in self.needs:
            if item not in values or values[item].value is None:
                return no_value(f"'{item}' has no value", self.unit, self.formula)
        known = {item: exact(values[item].value) for item in self.needs}
        answer = self.work(known)
        if not isinstance(answer, Fraction):
            return no_value(ZERO_DENOMINATOR, self.unit, self.formula)
        value = value_of(answer, self.unit, self.formula)
        return value if value.value is None else self.carry(value, known, values)


def read_derived(text: str, units: Mapping[str, str]) -> Derived:
    """The derived item that ``text`` stands for.

    Args:
        text: Such as ``rate(complaints, orders) * 1000``; ids are written with ``_`` for ``-``.
        units: The items that may be read, by id, each with the unit of its value (``""`` where it is not known).

    Raises:
        ExpressionProblem: With offsets in ``text``.
    """
    reading = _Reading(text, units)
    tree = parse_expression(text)
    try:
        part = reading.amount(tree)
        needs = tuple(dict.fromkeys(reading.item(name) for name in names_read(text)))
    except RecursionError:
        raise ExpressionProblem("SQA301", msg("the expression is nested too deeply"), end=len(text)) from None
    if not needs:
        message = msg("'{text}' uses the value of no item", text=text)
        hint = msg("use other items by their ids, with '-' written '_'")
        raise ExpressionProblem("SQA318", message, hint=hint, end=len(text))
    factor, core = reading.peel(tree)
    return Derived(
        text=text,
        needs=needs,
        unit=reading.unit(tree) or "",
        work=part.work,
        carry=reading.carry(factor, core),
    )


def order_derived(texts: Mapping[str, str]) -> tuple[str, ...]:
    """The order in which derived items, text by id, can be computed: each after those that it reads.

    Raises:
        graphlib.CycleError: They go in a circle, which no checked document does.
    """
    find = id_finder(sorted(texts))
    needed = {
        item: sorted({found for name in names_read(texts[item]) if (found := find(name)) is not None})
        for item in sorted(texts)
    }
    return tuple(TopologicalSorter(needed).static_order())


class _Reading:
    """One text while it is read, with the items it may use."""

    def __init__(self, text: str, units: Mapping[str, str]) -> None:
        self._text = text
        self._units = units
        self._find = id_finder(sorted(units))
        self._tree = Tree(text, self._leaf)

    def item(self, written: str) -> str:
        """The id that a name stands for; the name has been looked up before."""
        return self._find(written) or written

    def amount(self, node: Node) -> Part:
        """The part that works a number out."""
        part = build(node, self._tree)
        if part.kind not in _AMOUNTS:
            raise problem_at(node, self._text, "SQA306", msg("a number belongs here"))
        return part

    def _leaf(self, node: Node) -> Part | None:
        name = type(node).__name__
        if name == "Column":
            item = self._find(node.name)
            if item is None:
                hint = did_you_mean(node.name, [fold_id(known) for known in self._units])
                message = msg("nothing is called '{name}' here", name=node.name)
                raise problem_at(node, self._text, "SQA303", message, hint)
            return Part(Kind.UNKNOWN, lambda values: values[item])
        if name == "Anonymous":
            return self._call(node)
        if name not in _ARITHMETIC:
            what = not_allowed(msg("'{name}'", name=name.upper()))
            hint = msg("a derived item computes with + - * / and brackets, rate, ratio and difference")
            raise problem_at(node, self._text, "SQA302", what, hint)
        return None

    def _call(self, node: Node) -> Part:
        name = _name_of(node)
        if name not in _CALLS:
            message = msg("no function is called '{name}'", name=name)
            raise problem_at(node, self._text, "SQA304", message, did_you_mean(name, _CALLS))
        wanted, count = 2, len(node.expressions)
        if count != wanted:
            message = msg("'{name}' takes {wanted}, not {count} arguments", name=name, wanted=wanted, count=count)
            raise problem_at(node, self._text, "SQA305", message)
        left, right = (self.amount(argument).work for argument in node.expressions)

        def work(values: Values) -> Fraction | None:
            first, second = left(values), right(values)
            if not isinstance(first, Fraction) or not isinstance(second, Fraction):
                return None
            if name == "difference":
                return first - second
            return first / second if second else None

        return Part(Kind.UNKNOWN, work)

    def peel(self, node: Node) -> tuple[Fraction, Node]:
        """The node that this one is a constant multiple of, as far as that goes."""
        name = type(node).__name__
        if name == "Paren":
            return self.peel(node.this)
        if name == "Neg":
            factor, core = self.peel(node.this)
            return -factor, core
        if name in {"Mul", "Div"}:
            right = self._constant(node.expression)
            left = self._constant(node.this) if name == "Mul" else None
            constant, rest = (right, node.this) if right is not None else (left, node.expression)
            if constant:
                factor, core = self.peel(rest)
                return factor * constant if name == "Mul" else factor / constant, core
        return Fraction(1), node

    def _constant(self, node: Node) -> Fraction | None:
        if any(type(part).__name__ in {"Column", "Anonymous"} for part in node.walk()):
            return None
        found = self.amount(node).work({})
        return found if isinstance(found, Fraction) else None

    def unit(self, node: Node) -> str | None:
        """The unit of a node's value: kept by sums and differences of one unit; ``None`` for a written number."""
        name = type(node).__name__
        if name == "Column":
            return self._units[self.item(node.name)]
        if name in {"Paren", "Neg"}:
            return self.unit(node.this)
        if name in {"Add", "Sub"} or _name_of(node) == "difference":
            pair = (node.this, node.expression) if name != "Anonymous" else node.expressions
            units = {unit for one in pair if (unit := self.unit(one)) is not None}
            return units.pop() if len(units) == 1 else "" if units else None
        if name in {"Literal", "Interval"}:
            return None
        factor, core = self.peel(node)
        return "per_thousand" if _name_of(core) == "rate" and factor == _THOUSAND else ""

    def carry(self, factor: Fraction, core: Node) -> Carry:
        """What ``factor`` times the node can carry over: nothing, unless it is an item or one of the three calls."""
        if type(core).__name__ == "Column":
            return carry_item(factor, self.item(core.name))
        name = _name_of(core)
        if name == "difference":
            sides = [self.peel(argument) for argument in core.expressions]
            if all(type(side).__name__ == "Column" for _, side in sides):
                (left_factor, left), (right_factor, right) = sides
                return carry_difference(
                    factor, (left_factor, self.item(left.name)), (right_factor, self.item(right.name))
                )
        elif name in _CALLS:
            left, right = (self.amount(argument).work for argument in core.expressions)
            if name == "rate":
                return carry_rate(factor, left, right)
            if all(self._is_count(argument) for argument in core.expressions):
                return carry_ratio(factor, left, right)
        return carry_nothing

    def _is_count(self, node: Node) -> bool:
        """Whether the value is a count, or a sum of counts."""
        name = type(node).__name__
        if name == "Add":
            return self._is_count(node.this) and self._is_count(node.expression)
        if name == "Paren":
            return self._is_count(node.this)
        return name == "Column" and self._units[self.item(node.name)] == COUNT


def _name_of(node: Node) -> str:
    return str(node.this).casefold() if type(node).__name__ == "Anonymous" else ""
