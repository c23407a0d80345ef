"""Checked trees worked out in Python: exact numbers, SQL's three-valued logic, no surprises from types.

A value is a ``Fraction``, a text, a truth value or ``None`` for unknown.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any, TypeAlias

from msgspec import Struct

from sqaudit.errors import Message, msg
from sqaudit.expressions.arithmetic import is_zero, kind_of_operation
from sqaudit.expressions.kinds import Kind, common_kind
from sqaudit.expressions.parsing import not_allowed
from sqaudit.expressions.problem import Node, did_you_mean, problem_at

Plain: TypeAlias = Fraction | str | bool | None
Values: TypeAlias = Mapping[str, Plain]
Work: TypeAlias = Callable[[Values], Plain]

_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "EQ": operator.eq,
    "NEQ": operator.ne,
    "GT": operator.gt,
    "GTE": operator.ge,
    "LT": operator.lt,
    "LTE": operator.le,
}
_SECONDS = {"SECOND": 1, "MINUTE": 60, "HOUR": 3_600, "DAY": 86_400, "WEEK": 604_800}
_MOST_EXPONENT = 99


class ConditionFailed(Exception):
    """A condition met values that it cannot be applied to, such as a text compared with a number."""

    def __init__(self, message: Message) -> None:
        super().__init__(message)
        self.message = message

    def __str__(self) -> str:
        return str(self.message)


class Part(Struct, frozen=True):
    """One part of a tree: the kind it yields, where that is known, and the work that yields it."""

    kind: Kind
    work: Work


class Tree(Struct, frozen=True):
    """A tree to be worked out; ``leaf`` turns a node into a part where names are resolved, else gives ``None``."""

    text: str
    leaf: Callable[[Node], Part | None]


def exact(value: object) -> Plain:
    """A plain value of Python as it is computed with: numbers exact, a float as it is shown."""
    if value is None or isinstance(value, bool | str):
        return value
    if isinstance(value, int | Fraction):
        return Fraction(value)
    if isinstance(value, float | Decimal):
        number = Decimal(repr(value)) if isinstance(value, float) else value
        if not number.is_finite():
            return None
        return Fraction(number)
    return str(value)


def build(node: Node, tree: Tree) -> Part:
    """The part that works ``node`` out.

    Raises:
        ExpressionProblem: If the node has no place in an expression that is worked out in Python.
    """
    found = tree.leaf(node)
    if found is not None:
        return found
    maker = _PARTS.get(type(node).__name__)
    if maker is None:
        what = msg("'{name}'", name=type(node).__name__.upper())
        raise problem_at(node, tree.text, "SQA302", not_allowed(what))
    return maker(node, tree)


def _literal(node: Node, tree: Tree) -> Part:
    if node.is_string:
        text = str(node.this)
        return Part(Kind.TEXT, lambda _: text)
    try:
        decimal = Decimal(str(node.this))
    except ArithmeticError:
        decimal = Decimal("NaN")
    if not decimal.is_finite() or abs(decimal.adjusted()) > _MOST_EXPONENT:
        message = msg("'{text}' is no number that can be computed with", text=node.this)
        raise problem_at(node, tree.text, "SQA311", message)
    number = Fraction(decimal)
    return Part(Kind.NUMBER, lambda _: number)


def _boolean(node: Node, _: Tree) -> Part:
    truth = bool(node.this)
    return Part(Kind.BOOLEAN, lambda _: truth)


def _null(_: Node, __: Tree) -> Part:
    return Part(Kind.UNKNOWN, lambda _: None)


def _paren(node: Node, tree: Tree) -> Part:
    return build(node.this, tree)


def _interval(node: Node, tree: Tree) -> Part:
    unit = node.args.get("unit")
    factor = _SECONDS.get(unit.name.upper().removesuffix("S")) if unit is not None else None
    try:
        seconds = Fraction(Decimal(str(node.this.this))) * (factor or 0)
    except ArithmeticError:
        factor = None
    if factor is None:
        message = msg("this is no duration in seconds, minutes, hours, days or weeks")
        raise problem_at(node, tree.text, "SQA311", message, msg("write a duration as INTERVAL 24 HOUR"))
    return Part(Kind.DURATION, lambda _: seconds)


def _and(node: Node, tree: Tree) -> Part:
    left, right = _condition(node.this, tree), _condition(node.expression, tree)

    def work(values: Values) -> Plain:
        first, second = _truth(left(values)), _truth(right(values))
        if first is False or second is False:
            return False
        return None if first is None or second is None else True

    return Part(Kind.BOOLEAN, work)


def _or(node: Node, tree: Tree) -> Part:
    left, right = _condition(node.this, tree), _condition(node.expression, tree)

    def work(values: Values) -> Plain:
        first, second = _truth(left(values)), _truth(right(values))
        if first is True or second is True:
            return True
        return None if first is None or second is None else False

    return Part(Kind.BOOLEAN, work)


def _not(node: Node, tree: Tree) -> Part:
    inner = _condition(node.this, tree)

    def work(values: Values) -> Plain:
        truth = _truth(inner(values))
        return None if truth is None else not truth

    return Part(Kind.BOOLEAN, work)


def _condition(node: Node, tree: Tree) -> Work:
    part = build(node, tree)
    if part.kind not in {Kind.BOOLEAN, Kind.UNKNOWN}:
        raise problem_at(node, tree.text, "SQA306", msg("a condition belongs here"))
    return part.work


def _truth(value: Plain) -> bool | None:
    if value is None or isinstance(value, bool):
        return value
    raise ConditionFailed(msg("'{value}' is not true or false", value=shown(value)))


def _number(value: Plain) -> Fraction | None:
    if value is None or isinstance(value, Fraction):
        return value
    raise ConditionFailed(msg("'{value}' is not a number", value=shown(value)))


def shown(value: Plain) -> str:
    """A value as a person would write it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Fraction):
        return str(value.numerator) if value.denominator == 1 else repr(float(value))
    return str(value)


def _same_kind(left: Plain, right: Plain) -> None:
    if type(left) is not type(right):
        message = msg("'{left}' cannot be compared with '{right}'", left=shown(left), right=shown(right))
        raise ConditionFailed(message)


def _compared(left: Plain, right: Plain, compare: Callable[[Any, Any], bool]) -> bool | None:
    if left is None or right is None:
        return None
    _same_kind(left, right)
    return compare(left, right)


def _comparable(nodes: list[Node], tree: Tree) -> list[Work]:
    parts = [build(node, tree) for node in nodes]
    if common_kind([part.kind for part in parts]) is None:
        raise problem_at(nodes[-1], tree.text, "SQA306", msg("values of different kinds are compared"))
    return [part.work for part in parts]


def _compare(node: Node, tree: Tree) -> Part:
    left, right = _comparable([node.this, node.expression], tree)
    compare = _COMPARE[type(node).__name__]
    return Part(Kind.BOOLEAN, lambda values: _compared(left(values), right(values), compare))


def _between(node: Node, tree: Tree) -> Part:
    value, low, high = _comparable([node.this, node.args["low"], node.args["high"]], tree)

    def work(values: Values) -> Plain:
        middle = value(values)
        above = _compared(middle, low(values), operator.ge)
        below = _compared(middle, high(values), operator.le)
        if above is False or below is False:
            return False
        return None if above is None or below is None else True

    return Part(Kind.BOOLEAN, work)


def _in(node: Node, tree: Tree) -> Part:
    if not node.expressions:
        raise problem_at(node, tree.text, "SQA301", msg("IN needs a list in brackets"), msg("write x IN ('a', 'b')"))
    value, *choices = _comparable([node.this, *node.expressions], tree)

    def work(values: Values) -> Plain:
        wanted = value(values)
        answers = [_compared(wanted, choice(values), operator.eq) for choice in choices]
        if True in answers:
            return True
        return None if None in answers else False

    return Part(Kind.BOOLEAN, work)


def _is(node: Node, tree: Tree) -> Part:
    what = type(node.expression).__name__
    if what == "Null":
        inner = build(node.this, tree).work
        return Part(Kind.BOOLEAN, lambda values: inner(values) is None)
    if what == "Boolean":
        asked, wanted = _condition(node.this, tree), bool(node.expression.this)
        return Part(Kind.BOOLEAN, lambda values: _truth(asked(values)) is wanted)
    raise problem_at(node, tree.text, "SQA301", msg("IS is followed by NULL, TRUE or FALSE"))


def _case(node: Node, tree: Tree) -> Part:
    subject, default = node.args.get("this"), node.args.get("default")
    questions = [branch.this for branch in node.args["ifs"]]
    if subject is None:
        asked = [_condition(question, tree) for question in questions]
    else:
        value, *choices = _comparable([subject, *questions], tree)
        asked = [_equals(value, choice) for choice in choices]
    answers = [build(branch.args["true"], tree) for branch in node.args["ifs"]]
    ending = build(default, tree) if default is not None else Part(Kind.UNKNOWN, lambda _: None)
    kind = common_kind([part.kind for part in [*answers, ending]])
    if kind is None:
        raise problem_at(node, tree.text, "SQA306", msg("the branches of CASE give values of different kinds"))

    def work(values: Values) -> Plain:
        for question, answer in zip(asked, answers, strict=True):
            if _truth(question(values)) is True:
                return answer.work(values)
        return ending.work(values)

    return Part(kind, work)


def _equals(value: Work, choice: Work) -> Work:
    return lambda values: _compared(value(values), choice(values), operator.eq)


def _amount(node: Node, tree: Tree) -> Part:
    part = build(node, tree)
    if part.kind not in {Kind.NUMBER, Kind.DURATION, Kind.UNKNOWN}:
        raise problem_at(node, tree.text, "SQA306", msg("a number belongs here"))
    return part


def _negative(node: Node, tree: Tree) -> Part:
    inner = _amount(node.this, tree)

    def work(values: Values) -> Plain:
        number = _number(inner.work(values))
        return None if number is None else -number

    return Part(inner.kind, work)


def _arithmetic(node: Node, tree: Tree) -> Part:
    left, right = _amount(node.this, tree), _amount(node.expression, tree)
    name = type(node).__name__
    kind = kind_of_operation(name, left.kind, right.kind)
    if kind is None:
        raise problem_at(node, tree.text, "SQA306", msg("a duration and a number do not go together here"))
    if name == "Div" and type(node.expression).__name__ == "Literal" and is_zero(str(node.expression.this)):
        raise problem_at(node.expression, tree.text, "SQA307", msg("'{text}' divides by zero", text=tree.text))
    operation = _OPERATIONS[name]

    def work(values: Values) -> Plain:
        first, second = _number(left.work(values)), _number(right.work(values))
        return None if first is None or second is None else operation(first, second)

    return Part(Kind.NUMBER if kind is Kind.UNKNOWN else kind, work)


def _ratio(left: Fraction, right: Fraction) -> Fraction | None:
    return left / right if right else None


_OPERATIONS: dict[str, Callable[[Fraction, Fraction], Fraction | None]] = {
    "Add": operator.add,
    "Sub": operator.sub,
    "Mul": operator.mul,
    "Div": _ratio,
}


def _call(node: Node, tree: Tree) -> Part:
    name = str(node.this).casefold()
    maker = _FUNCTIONS.get(name)
    if maker is None:
        hint = did_you_mean(name, _FUNCTIONS)
        raise problem_at(node, tree.text, "SQA304", msg("no function is called '{name}'", name=name), hint)
    least, most, combine = maker
    parts = [build(argument, tree) for argument in node.expressions]
    if not least <= len(parts) <= most:
        raise problem_at(node, tree.text, "SQA305", msg("'{name}' takes another number of arguments", name=name))
    kind = Kind.TEXT if name in {"lower", "upper"} else common_kind([part.kind for part in parts])
    if name == "round":
        kind = parts[0].kind
    if kind is None:
        raise problem_at(node, tree.text, "SQA306", msg("the arguments of '{name}' are of different kinds", name=name))
    return Part(kind, lambda values: combine([part.work(values) for part in parts]))


def _first_known(arguments: list[Plain]) -> Plain:
    return next((value for value in arguments if value is not None), None)


def _extreme(choose: Callable[[Any], Any]) -> Callable[[list[Plain]], Plain]:
    def work(arguments: list[Plain]) -> Plain:
        known = [value for value in arguments if value is not None]
        for value in known[1:]:
            _same_kind(known[0], value)
        return choose(known) if known else None

    return work


def _absolute(arguments: list[Plain]) -> Plain:
    number = _number(arguments[0])
    return None if number is None else abs(number)


def _null_if(arguments: list[Plain]) -> Plain:
    value, unwanted = arguments
    return None if _compared(value, unwanted, operator.eq) else value


def _rounded(arguments: list[Plain]) -> Plain:
    number, digits = _number(arguments[0]), _number(arguments[1] if len(arguments) > 1 else Fraction(0))
    if number is None or digits is None:
        return None
    if digits.denominator != 1 or abs(digits) > _MOST_EXPONENT:
        raise ConditionFailed(msg("'{value}' is no number of decimals", value=shown(digits)))
    unit = Fraction(10) ** -digits.numerator
    halves = abs(number) / unit + Fraction(1, 2)
    size = (halves.numerator // halves.denominator) * unit
    return size if number >= 0 else -size


def _cased(change: Callable[[str], str]) -> Callable[[list[Plain]], Plain]:
    def work(arguments: list[Plain]) -> Plain:
        value = arguments[0]
        if value is None or isinstance(value, str):
            return None if value is None else change(value)
        raise ConditionFailed(msg("'{value}' is not a text", value=shown(value)))

    return work


_MANY = 100
_FUNCTIONS: dict[str, tuple[int, int, Callable[[list[Plain]], Plain]]] = {
    "abs": (1, 1, _absolute),
    "coalesce": (1, _MANY, _first_known),
    "greatest": (1, _MANY, _extreme(max)),
    "least": (1, _MANY, _extreme(min)),
    "lower": (1, 1, _cased(str.lower)),
    "nullif": (2, 2, _null_if),
    "round": (1, 2, _rounded),
    "upper": (1, 1, _cased(str.upper)),
}
_PARTS: dict[str, Callable[[Node, Tree], Part]] = {
    **dict.fromkeys(_COMPARE, _compare),
    **dict.fromkeys(_OPERATIONS, _arithmetic),
    "And": _and,
    "Anonymous": _call,
    "Between": _between,
    "Boolean": _boolean,
    "Case": _case,
    "In": _in,
    "Interval": _interval,
    "Is": _is,
    "Literal": _literal,
    "Neg": _negative,
    "Not": _not,
    "Null": _null,
    "Or": _or,
    "Paren": _paren,
}
