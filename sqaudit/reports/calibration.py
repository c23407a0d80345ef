"""A calibration round as tables for people: how far questions agree, and how well auditors do."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TypeAlias

from msgspec import Struct

from sqaudit.errors import Message, msg
from sqaudit.model.language import Language
from sqaudit.reports.numbers import ABSENT, round_half_up, show_number, show_share
from sqaudit.reports.tables import aligned_table, markdown_table, markdown_text

Row: TypeAlias = Mapping[str, object]

_ITEM = ("item", "kind", "raters", "units", "agreement", "coefficient", "value", "interval", "prevalence", "reason")
_AUDITOR = (
    *("auditor", "against", "units", "decisions", "agreement", "exact_limits", "miss_rate", "false_alarm_rate"),
    *("repeat_agreement", "verdict", "reason"),
)
_BY_ITEM = (
    *("auditor", "item", "agreement", "miss_rate", "false_alarm_rate", "repeat_agreement"),
    *("coefficient", "value", "interval", "reason"),
)
_PROGRESS = ("auditor", "rated", "complete")
_SHARES = frozenset({"agreement", "miss_rate", "false_alarm_rate", "repeat_agreement", "complete"})
_NUMBERS = _SHARES | {"raters", "units", "decisions", "value", "rated"}
_CODES = frozenset({"coefficient", "against", "verdict", "reason"})


class Table(Struct, frozen=True, kw_only=True):
    """One table with its title; ``right`` says which columns hold numbers."""

    title: str
    headings: Sequence[str]
    rows: Sequence[Sequence[str]]
    right: Sequence[bool]


def calibration_tables(rows: Sequence[Row], language: Language) -> Iterator[Table]:
    """The tables of a round's rows: what is known of questions and auditors, or only how far everybody is."""
    items = [row for row in rows if row["level"] == "item"]
    auditors = [row for row in rows if row["level"] == "auditor"]
    if all(row["state"] == "open" for row in rows):
        yield from _table(msg("How far everybody is"), auditors, _PROGRESS, language)
        return
    yield from _table(msg("Questions"), items, _ITEM, language)
    whole = [row for row in auditors if row.get("item") is None]
    yield from _table(msg("Auditors"), whole, _AUDITOR, language)
    by_item = [row for row in auditors if row.get("item") is not None]
    yield from _table(msg("Auditors, question by question"), by_item, _BY_ITEM, language)


def as_text(tables: Iterator[Table]) -> str:
    """The tables for a terminal."""
    shown = (f"{one.title}\n\n{aligned_table(one.headings, one.rows, right=one.right)}\n" for one in tables)
    return "\n".join(shown)


def as_markdown(title: str, tables: Iterator[Table]) -> str:
    """The tables in GitHub-flavoured Markdown."""
    parts = [f"# {markdown_text(title)}"]
    for one in tables:
        parts += [f"## {markdown_text(one.title)}", markdown_table(one.headings, one.rows, right=one.right)]
    return "\n\n".join(parts) + "\n"


def _table(title: Message, rows: Sequence[Row], columns: Sequence[str], language: Language) -> Iterator[Table]:
    if not rows:
        return
    cells = [[_cell(row, column, language) for column in columns] for row in rows]
    # Columns without a word in them go.
    told = [place for place in range(len(columns)) if any(row[place] != ABSENT for row in cells)]
    yield Table(
        title=language.text(title),
        headings=[language.word(columns[place]) for place in told],
        rows=[[row[place] for place in told] for row in cells],
        right=[columns[place] in _NUMBERS for place in told],
    )


def _cell(row: Row, column: str, language: Language) -> str:
    special = _SPECIAL.get(column)
    if special is not None:
        return special(row, language)
    cell = row.get(column)
    if cell is None:
        return ABSENT
    if isinstance(cell, float) and column in _SHARES:
        return show_share(cell)
    if isinstance(cell, float):
        return str(round_half_up(cell, 2))
    if isinstance(cell, int):
        return show_number(cell)
    return language.word(str(cell)) if column in _CODES else str(cell)


def _kind(row: Row, language: Language) -> str:
    return language.word(f"answer_{row['kind']}")


def _interval(row: Row, _language: Language) -> str:
    low, high = row.get("low"), row.get("high")
    if not isinstance(low, float) or not isinstance(high, float):
        return ABSENT
    return f"{round_half_up(low, 2)} … {round_half_up(high, 2)}"


def _exact_limits(row: Row, _language: Language) -> str:
    low, high = row.get("agreement_low"), row.get("agreement_high")
    if not isinstance(low, float) or not isinstance(high, float):
        return ABSENT
    return f"{show_share(low)} … {show_share(high)}"


def _rated(row: Row, _language: Language) -> str:
    return f"{row['rated']} / {row['asked']}"


def _prevalence(row: Row, language: Language) -> str:
    parts = row.get("prevalence")
    if not isinstance(parts, Mapping):
        return ABSENT
    words = {"not_applicable": language.word("not_applicable")}
    if row["kind"] == "yes_no":
        words |= {"yes": language.word("true"), "no": language.word("false")}
    return ", ".join(f"{words.get(name, name)} {show_share(part)}" for name, part in parts.items())


_SPECIAL: Mapping[str, Callable[[Row, Language], str]] = {
    "kind": _kind,
    "interval": _interval,
    "exact_limits": _exact_limits,
    "rated": _rated,
    "prevalence": _prevalence,
}
