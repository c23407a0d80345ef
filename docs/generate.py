"""Writes the generated parts of the reference pages from the program itself.

    python docs/generate.py           writes them
    python docs/generate.py --check   ends with 1 and names every page that is not current

A generated part stands between ``<!-- generated: NAME -->`` and ``<!-- end -->``; the text around it is hand-written.
"""

from __future__ import annotations

import inspect
import re
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import click

from sqaudit.cli import fields
from sqaudit.cli.main import COMMANDS, make_cli
from sqaudit.codes import all_codes, explain_code
from sqaudit.documents.validation import schema_of
from sqaudit.expressions.functions import (
    AGGREGATES,
    QUERY_AGGREGATES,
    ROW_FUNCTIONS,
    WINDOW_FUNCTIONS,
    Function,
)
from sqaudit.model import examples, ports, spread
from sqaudit.model.follow_up import DUE, Allowance
from sqaudit.model.language import Language
from sqaudit.model.measuring import Statistic, StatisticKind
from sqaudit.model.ports import Argument, ArgumentKind, Measure, MeasureFamily, UnfitArgument
from sqaudit.model.score import Value
from sqaudit.model.standard import Column, ColumnType
from sqaudit.plugin import hookspecs
from sqaudit.plugin.host import open_host
from sqaudit.plugin.loading import HOOKS
from sqaudit.plugin.templates import FolderTemplate

DOCS = Path(__file__).resolve().parent
_BLOCK = re.compile(r"(<!-- generated: (?P<name>[^>]+?) -->\n)(?P<body>.*?)(<!-- end -->)", re.DOTALL)


# Commands


def commands() -> str:
    """Every command with its arguments and options, as ``--help`` tells them."""
    root = make_cli()
    context = click.Context(root, info_name="sqaudit")
    lines = list(_command(context, heading="##"))
    for name in COMMANDS:
        lines += _tree(root.get_command(context, name), context, name)
    return _joined(lines)


def _tree(command: click.Command | None, parent: click.Context, name: str) -> Iterator[str]:
    assert command is not None  # noqa: S101 the name comes from the list of commands
    context = click.Context(command, info_name=name, parent=parent)
    yield from _command(context, heading="##" if parent.parent is None else "###")
    if isinstance(command, click.Group):
        for inner in command.list_commands(context):
            yield from _tree(command.get_command(context, inner), context, inner)


def _command(context: click.Context, heading: str) -> Iterator[str]:
    command = context.command
    yield f"{heading} `{context.command_path}`"
    yield (command.help or "").rstrip(".") + "."
    default = getattr(command, "default", None)
    if default is not None:
        yield f"Without a command: `{default}`."
    yield f"```text\n{context.command_path} {' '.join(command.collect_usage_pieces(context))}\n```"
    told = set() if context.parent is None else {"lang", "help"}
    records = [each.get_help_record(context) for each in command.get_params(context) if each.name not in told]
    yield "\n".join(f"- `{option}`: {' '.join(about.split())}" for option, about in filter(None, records) if about)


def command_fields() -> str:
    """The fields of every listing, as JSON and CSV have them."""
    listings = {
        "results list": fields.RESULTS,
        "results list --level": fields.POOLED_RESULTS,
        "scores list": fields.SCORES,
        "findings list": fields.FINDINGS,
        "actions list": fields.ACTIONS,
        "actions show": fields.ONE_ACTION,
        "actions notify": fields.NOTICES,
        "concessions list": fields.CONCESSIONS,
        "cycle list": fields.CYCLES,
        "cycle show": fields.REVISIONS,
        "schedule list": fields.SCHEDULES,
        "schedule preview": fields.OCCURRENCES,
        "explain --plan": fields.PASSES,
        "plugins list": fields.PLUGINS,
        "calibration list": fields.ROUNDS,
        "calibration report": fields.ROUND_REPORT,
        "trend": fields.TRENDS,
        "rank": fields.RANKS,
        "check": fields.PROBLEMS,
    }
    return _joined(f"- `{name}`: {' '.join(f'`{each}`' for each in listing.all)}" for name, listing in listings.items())


# Codes


def errors(language: str) -> str:
    """Every code with its title, cause and fix."""
    parts = {"en": ("Why", "What to do"), "zh": ("原因", "处理")}[language]
    lines = []
    for code in all_codes():
        told = explain_code(code)
        assert told is not None  # noqa: S101 it is one of all codes
        cause, fix = (text.in_language(language) for text in (told.cause, told.fix))
        lines.append(f"### {code} {told.title.in_language(language)}")
        lines.append(f"- {parts[0]}: {cause}\n- {parts[1]}: {fix}")
    return _joined(lines)


# Documents

_TEXT = "text, or `{en: …, zh: …}`"
_FORMATS = {
    "target": "target, such as `>= 0.95` or `<= PT24H`",
    "duration": "duration, such as `P2D`",
    "allowance": "duration, or working days: `PT24H`, `P14D`, `5wd`",
    "reference": "`ID@VERSION`",
    "version": "version in quotes",
    "date": "date",
    "moment": "moment",
    "timezone": "IANA time zone",
    "clock": "time of day",
    "requirement": "`NAME >=VERSION`",
}
_NAMED = {"text": _TEXT, "id": "id", "expression": "expression", "tags": "mapping of words"}
_TYPES = {
    "string": "text",
    "number": "number",
    "integer": "whole number",
    "boolean": "`true` or `false`",
    "object": "mapping",
    "null": "nothing",
}
_DEFAULT = re.compile(r"(?:^|[;,]\s*)[Dd]efault:?\s+(?P<default>.+)$")
_MARKED = re.compile(r": (?P<default>\w+)[^,:]* \(default\)")


def document(kind: str) -> str:
    """The keys of a kind of document and of every mapping inside it."""
    schema = schema_of(kind)
    return _joined(_sections(schema, schema["$defs"], {"source"}))


def source() -> str:
    """The keys of a source, which project and programme share."""
    definitions = schema_of("programme")["$defs"]
    return _joined(_sections(definitions["source"], definitions, {"source"}))


def _sections(schema: Mapping[str, Any], definitions: Mapping[str, Any], told: set[str]) -> Iterator[str]:
    """A table of the mapping's keys, then those of the mappings under its keys; ``told`` are not told again."""
    told.add(schema["title"])
    rows = [_row(key, entry, schema, definitions) for key, entry in schema["properties"].items()]
    yield f"### `{schema['title']}`"
    yield "\n".join(["| key | holds | default | meaning |", "|---|---|---|---|", *rows])
    later = schema.get("x-not-built", ())
    if later:
        yield f"Not built yet, refused by name: {', '.join(f'`{key}`' for key in later)}."
    for entry in schema["properties"].values():
        for inner in _mappings(entry, definitions):
            if inner["title"] not in told:
                yield from _sections(inner, definitions, told)


def _row(key: str, entry: Mapping[str, Any], schema: Mapping[str, Any], definitions: Mapping[str, Any]) -> str:
    about = entry.get("description") or _resolved(entry, definitions).get("description", "")
    stated = _DEFAULT.search(about)
    marked = stated or _MARKED.search(about)
    default = "required" if key in schema.get("required", ()) else marked["default"] if marked else "-"
    if schema["title"] == "override":
        default = "unchanged"
    meaning = about[: stated.start()] if stated else about
    later = entry.get("x-not-built", ()) if "properties" not in entry else ()
    if later:
        meaning += f" (not built yet: {', '.join(f'`{word}`' for word in later)})"
    return f"| `{key}` | {_cell(_holds(entry, definitions))} | {_cell(default)} | {_cell(meaning)} |"


def _mappings(entry: Mapping[str, Any], definitions: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """The mappings with keys of their own that an entry holds, or holds a list or mapping of."""
    schema = _resolved(entry, definitions)
    if "properties" in schema:
        yield schema
    for each in (schema.get("items"), schema.get("additionalProperties"), *schema.get("anyOf", ())):
        if isinstance(each, dict):
            yield from _mappings(each, definitions)


def _resolved(entry: Mapping[str, Any], definitions: Mapping[str, Any]) -> Mapping[str, Any]:
    reference = entry.get("$ref")
    found: Mapping[str, Any] = definitions[reference.removeprefix("#/$defs/")] if reference else entry
    return found


def _holds(entry: Mapping[str, Any], definitions: Mapping[str, Any]) -> str:
    """What may be written for an entry of a schema."""
    name = entry.get("$ref", "").removeprefix("#/$defs/")
    if name:
        return _NAMED.get(name) or _holds(definitions[name], definitions)
    if "properties" in entry:
        return f"[{entry['title']}](#{entry['title']})"
    if "const" in entry or "enum" in entry:
        return ", ".join(f"`{word}`" for word in entry.get("enum", [entry.get("const")]))
    if "format" in entry:
        return _FORMATS[entry["format"]]
    if "anyOf" in entry:
        return ", or ".join(dict.fromkeys(_holds(each, definitions) for each in entry["anyOf"]))
    return _holds_type(entry, definitions)


def _holds_type(entry: Mapping[str, Any], definitions: Mapping[str, Any]) -> str:
    kinds = entry.get("type", "object")
    if isinstance(kinds, list):
        return ", ".join(_TYPES[each] for each in kinds)
    if kinds == "array":
        return f"list of {_holds(entry.get('items', {}), definitions)}"
    if kinds == "object" and isinstance(entry.get("additionalProperties"), dict):
        return f"mapping of {_holds(entry['additionalProperties'], definitions)}"
    return f"{_TYPES[kinds]}{_bounds(entry)}"


def _bounds(entry: Mapping[str, Any]) -> str:
    signs = {"minimum": "from", "exclusiveMinimum": "above", "maximum": "to", "exclusiveMaximum": "below"}
    return "".join(f" {word} {entry[key]}" for key, word in signs.items() if key in entry)


def _cell(text: str) -> str:
    return text.replace("|", "\\|").strip() or "-"


# Measures, scorers, functions

_KINDS = {
    ArgumentKind.CONDITION: "condition",
    ArgumentKind.NUMBER: "number",
    ArgumentKind.MOMENT: "moment",
    ArgumentKind.CONSTANT: "constant",
    ArgumentKind.WORD: "'word'",
    ArgumentKind.ANYTHING: "anything",
    ArgumentKind.STAR: "*",
}
_LETTERS = {
    "n": "number",
    "d": "duration",
    "m": "number or duration",
    "t": "text",
    "b": "condition",
    "w": "moment",
    "i": "time",
    "x": "anything",
    "u": "'unit'",
    "l": "'text'",
}


_SPREADS = {
    spread.Proportion: "`wilson`",
    spread.Average: "`t`",
    spread.EventRate: "`garwood`",
    spread.Promotion: "`adjusted_wald`",
}
_ON_ASKING = "`order_statistics` with `interval: true`"
_SCALED = Column(name="x", type=ColumnType.INTEGER, minimum=Decimal(1), maximum=Decimal(5))
# What a number may have to be: on a declared scale, on none, a duration.
_NUMBERS = (
    Argument(sql="x", column=_SCALED),
    Argument(sql="x"),
    Argument(sql="x", is_duration=True),
)


def measures() -> str:
    """Every named measure: how it is called, its unit and formula, what it counts, its interval, and what it is."""
    lines = []
    for name, measure in open_host(disabled=True).measures().items():
        calls = [f"`{name}({', '.join(_KINDS[kind] for kind in signature)})`" for signature in measure.signatures]
        arguments, statistics = _asked(measure)
        lines.append(f"### `{name}`")
        lines.append(f"{' or '.join(calls)} · unit {_unit(measure, arguments)} · {_formula(measure)}")
        counted = ", ".join(f"`{each}`" for each in statistics)
        lines.append(f"Statistics {counted} · interval {_interval(_member(measure, arguments), statistics)}")
        lines.append(_prose(measure))
    return _joined(lines)


def _asked(measure: Measure) -> tuple[Sequence[Argument], Mapping[str, Statistic]]:
    """Arguments that fit the first signature, and the statistics that the measure needs for them."""
    for number in _NUMBERS:
        arguments = [_argument(kind, number) for kind in measure.signatures[0]]
        try:
            return arguments, _member(measure, arguments).statistics(arguments)
        except UnfitArgument:
            continue
    raise LookupError(f"no arguments fit the measure '{measure.name}'")


def _argument(kind: ArgumentKind, number: Argument) -> Argument:
    if kind is ArgumentKind.NUMBER:
        return number
    if kind is ArgumentKind.CONSTANT:
        return Argument(sql="1", constant=Decimal(1))
    return Argument(sql="*" if kind is ArgumentKind.STAR else "x")


def _member(measure: Measure, arguments: Sequence[Argument]) -> Measure:
    return measure.member(arguments) if isinstance(measure, MeasureFamily) else measure


def _unit(measure: Measure, arguments: Sequence[Argument]) -> str:
    unit = _member(measure, arguments).unit(arguments)
    return "of its argument" if unit is None else f"`{unit}`" if unit else "none"


def _formula(measure: Measure) -> str:
    return f"formula `{measure.formula}`{', or by its arguments' if isinstance(measure, MeasureFamily) else ''}"


def _interval(measure: Measure, statistics: Mapping[str, Statistic]) -> str:
    found = measure.finish(dict.fromkeys(statistics, 1), "").spread
    if found is not None:
        return _SPREADS[type(found)]
    kinds = {statistic.kind for statistic in statistics.values()}
    return _ON_ASKING if StatisticKind.QUANTILE in kinds else "none"


def scorers() -> str:
    """Every scorer with its example."""
    lines = []
    for name, scorer in open_host(disabled=True).scorers().items():
        lines += [f"### `{name}`", _prose(type(scorer))]
    return _joined(lines)


def collectors() -> str:
    """Every collector with its parameters."""
    lines: list[str] = []
    for name, collector in open_host(disabled=True).collectors().items():
        lines += [f"### `collector: {name}`", _prose(type(collector))]
        parameters: Mapping[str, Any] = collector.parameters_schema
        if "properties" in parameters:
            lines += list(_sections(parameters, {}, set()))[1:]
    return _joined(lines)


def functions() -> str:
    """Every function that a row expression may call."""
    rows = (f"- `{name}({_takes(function)})`" for name, function in sorted(ROW_FUNCTIONS.items()))
    aggregates = ", ".join(f"`{name}`" for name in sorted(AGGREGATES))
    in_queries = ", ".join(f"`{name}`" for name in sorted(QUERY_AGGREGATES - AGGREGATES))
    windows = ", ".join(f"`{name}`" for name in sorted(WINDOW_FUNCTIONS))
    told = [
        f"Aggregates of plain SQL: {aggregates}; in queries also {in_queries}.",
        f"With OVER, in queries only: {windows}.",
        "Functions of one row:",
    ]
    return _joined([*told, "\n".join(rows)])


def _takes(function: Function) -> str:
    words = [_LETTERS[letter] for letter in function.letters]
    needed, optional = words[: function.least], words[function.least :]
    if function.repeats:
        return ", ".join([*needed, "…"])
    return ", ".join(needed) + "".join(f"[, {word}]" for word in optional)


# Following up


def due() -> str:
    """How long each step may take if a programme does not say it."""
    steps = list(dict.fromkeys(step for allowed in DUE.values() for step in allowed))
    heads = ("severity", *(f"`{step.value}`" for step in steps))
    rows = ((severity.value, *(_allowance(allowed[step]) for step in steps)) for severity, allowed in DUE.items())
    return "\n".join(f"| {' | '.join(cells)} |" for cells in (heads, ["---"] * len(heads), *rows))


def _allowance(allowed: Allowance) -> str:
    if allowed.seconds is not None:
        return f"`PT{allowed.seconds // 3600}H`"
    return f"`P{allowed.days}D`" if allowed.days is not None else f"`{allowed.working_days}wd`"


# Plugins


def hooks() -> str:
    """Every hook with its signature and when it is called."""
    lines = []
    for name in HOOKS:
        hook = getattr(hookspecs, name)
        lines += [f"### `{name}`", f"```python\n{_signature(name, hook)}\n```", _prose(hook)]
    return _joined(lines)


def objects() -> str:
    """What the objects that hooks return must have."""
    offered = (
        ports.Collector,
        ports.Measure,
        ports.MeasureFamily,
        ports.Scorer,
        ports.RecordEngine,
        ports.Reporter,
        ports.Pack,
        ports.ProjectTemplate,
        ports.ToldTemplate,
    )
    sessions = (ports.EngineSession, ports.RowKeeper)
    told = (FolderTemplate, ports.Story, ports.ToldMove)
    tried = (examples.Examples, examples.ScorerExample, examples.SourceExample)
    made = (Statistic, Value, *_SPREADS, ports.Collected, *sessions, ports.UnfitArgument, ports.EngineFailure, *told)
    given = (ports.CollectRequest, ports.EngineRequest, ports.Argument, Language)
    return _joined(line for each in (*offered, *made, *given, *tried) for line in _object(each))


def _object(kind: type) -> Iterator[str]:
    yield f"### `{kind.__name__}`"
    yield _prose(kind)
    lines = [f"- `{name}: {stated}`" for name, stated in inspect.get_annotations(kind).items()]
    for name, method in vars(kind).items():
        if inspect.isfunction(method) and not name.startswith("_"):
            lines.append(f"- `{_signature(name, method)}`: {' '.join(_prose(method).split())}")
    yield "\n".join(lines)


def _signature(name: str, function: Callable[..., object]) -> str:
    return f"{name}{inspect.signature(function)}".replace("'", "")


def _prose(documented: object) -> str:
    """A docstring as Markdown."""
    text = inspect.getdoc(documented) or ""
    text = re.sub(r"^Example:\n\s+", "Example: ", text, flags=re.MULTILINE)
    return text.replace("``", "`")


# Pages

GENERATORS: Mapping[str, Callable[[], str]] = {
    "commands": commands,
    "fields": command_fields,
    "errors en": lambda: errors("en"),
    "errors zh": lambda: errors("zh"),
    "project": lambda: document("project"),
    "standard": lambda: document("standard"),
    "checklist": lambda: document("checklist"),
    "programme": lambda: document("programme"),
    "source": source,
    "collectors": collectors,
    "measures": measures,
    "scorers": scorers,
    "functions": functions,
    "due": due,
    "hooks": hooks,
    "objects": objects,
}


def _joined(lines: Iterator[str] | Sequence[str]) -> str:
    """Paragraphs with a blank line between them; the entries of one list stay together."""
    text = ""
    for line in filter(None, lines):
        gap = "\n" if line.startswith("- ") and text.rsplit("\n", 1)[-1].startswith("- ") else "\n\n"
        text += (gap if text else "") + line
    return text


def render_page(text: str) -> str:
    """A page with its generated parts made anew; raises ``KeyError`` for a part that nothing makes."""
    return _BLOCK.sub(lambda block: f"{block[1]}\n{GENERATORS[block['name']]()}\n\n{block[4]}", text)


def main(arguments: Sequence[str]) -> int:
    """Write the pages, or look whether they are current."""
    if list(arguments) not in ([], ["--check"]):
        sys.stderr.write("usage: python docs/generate.py [--check]\n")
        return 2
    stale = []
    for page in sorted(DOCS.rglob("*.md")):
        text = page.read_text(encoding="utf-8")
        made = render_page(text)
        if made != text:
            stale.append(page)
            if not arguments:
                page.write_text(made, encoding="utf-8", newline="\n")
    verb = "is not current: run python docs/generate.py" if arguments else "written"
    sys.stdout.writelines(f"{page.relative_to(DOCS.parent).as_posix()}: {verb}\n" for page in stale)
    return 1 if arguments and stale else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
