"""What can be seen of a plugin before anything of it is used: hooks, names, schemas, and its sentences."""

from __future__ import annotations

import ast
import gettext
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from sqaudit.conformance.report import Check, Fault, checked, skipped
from sqaudit.conformance.subject import Subject
from sqaudit.errors import msg
from sqaudit.locale import DOMAIN, FOLDER
from sqaudit.plugin.loading import HOOKS, PluginState
from sqaudit.plugin.offers import COLLECTORS, ENGINES, KINDS, PACKS, SCORERS

_NO_SUCH_KEY = "no such key"


def check_hooks(subject: Subject) -> Iterator[Check]:
    """It is imported, its hooks are known, marked and return what they should, and it states its API."""
    plugin, faults = subject.plugin, []
    if plugin.note is not None:
        hint = msg("repair it; `sqaudit plugins list` shows what a user sees")
        if plugin.state is PluginState.LOADED:
            hint = msg('state the range: sqaudit_api = ">=1,<2"')
        faults.append(Fault(subject.name, plugin.note, hint))
    hint = msg("a hook returns a list of objects that have what docs/reference/plugins.md names")
    faults += [Fault(subject.name, fault, hint) for fault in plugin.faults]
    if plugin.state is PluginState.LOADED and not any(plugin.implements(hook) for hook in HOOKS):
        faults.append(Fault(subject.name, msg("it has no hook"), msg("mark one of its functions with @hookimpl")))
    if subject.fault is not None:
        faults.append(subject.fault)
    yield checked("hooks", faults)


def check_names(subject: Subject) -> Iterator[Check]:
    """What it offers has names that no other plugin here uses."""
    hint = msg("choose another name, for example with the plugin's own in front")
    faults = []
    for record in subject.host.plugins():
        if record.name == subject.name:
            continue
        for kind in KINDS:
            for name in sorted({one.name for one in subject.offers[kind.key]} & {*record.offers.get(kind.key, ())}):
                message = msg(
                    "the {kind} '{name}' is offered by '{plugin}' as well",
                    kind=kind.noun,
                    name=name,
                    plugin=record.name,
                )
                faults.append(Fault(name, message, hint))
    ours = {name for pack in subject.offered(PACKS) for name in pack.templates or {}}
    own = {pack.name for pack in subject.offered(PACKS)}
    faults += [
        Fault(name, msg("the pack '{pack}' has a template '{name}' as well", pack=pack.name, name=name), hint)
        for pack in subject.host.packs().values()
        if pack.name not in own
        for name in sorted(ours & {*(pack.templates or {})})
    ]
    yield checked("names", faults)


def check_parameters(subject: Subject) -> Iterator[Check]:
    """Schemas of parameters are JSON Schema and refuse keys that mean nothing."""
    objects = [(kind, one) for kind in (COLLECTORS, SCORERS, ENGINES) for one in subject.offers[kind.key]]
    if not objects:
        yield from skipped(["parameters"], msg("nothing it brings has parameters"))
        return
    yield checked(
        "parameters", [fault for _, one in objects for fault in _schema_faults(one.name, one.parameters_schema)]
    )


def _schema_faults(name: str, schema: object) -> Iterator[Fault]:
    from jsonschema import Draft202012Validator
    from jsonschema.exceptions import SchemaError

    where = f"{name}.parameters_schema"
    if not isinstance(schema, Mapping):
        yield Fault(where, msg("it is no JSON Schema"), msg("write a mapping such as {{'type': 'object', …}}"))
        return
    try:
        Draft202012Validator.check_schema(schema)
    except SchemaError as error:
        message = msg("it is no JSON Schema: {error}", error=error.message)
        yield Fault(where, message, msg("see https://json-schema.org/draft/2020-12"))
        return
    validator = Draft202012Validator(schema)
    without = [*validator.iter_errors({})]
    is_no_mapping = any(error.validator == "type" and not error.absolute_path for error in without)
    if not is_no_mapping and len([*validator.iter_errors({_NO_SUCH_KEY: 1})]) <= len(without):
        yield Fault(where, msg("a key that means nothing is taken"), msg("add 'additionalProperties': False"))
    for place, part in _mappings(schema):
        if (
            place
            and "properties" in part
            and "additionalProperties" not in part
            and "unevaluatedProperties" not in part
        ):
            message = msg("a key that means nothing is taken below {place}", place=place)
            yield Fault(where, message, msg("add 'additionalProperties': False"))


def _mappings(schema: object, place: str = "") -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The schemas that lie in a schema, each with its way there."""
    if isinstance(schema, Mapping):
        if schema.get("type") == "object":
            yield place, schema
        for key, part in schema.items():
            yield from _mappings(part, f"{place}/{key}")
    elif isinstance(schema, Sequence) and not isinstance(schema, str):
        for number, part in enumerate(schema):
            yield from _mappings(part, f"{place}/{number}")


def check_messages(subject: Subject) -> Iterator[Check]:
    """Every sentence in its code is there in every language that it speaks."""
    if not subject.sources:
        yield from skipped(["messages"], msg("it has no file"))
        return
    wanted = [code for code in subject.examples.languages if code != "en"]
    catalogues = {code: gettext.translation(DOMAIN, FOLDER, [code], fallback=True) for code in wanted}
    faults = []
    for path in subject.sources:
        for line, template, own in _sentences(path):
            for code, catalogue in catalogues.items():
                if code in own or (not own and catalogue.gettext(template) != template):
                    continue
                message = msg("there is no '{language}' of the sentence '{text}'", language=code, text=template)
                hint = msg('make it with told({{"en": "…", "{language}": "…"}}) of sqaudit.errors', language=code)
                faults.append(Fault(f"{path.name}:{line}", message, hint))
    yield checked("messages", faults)


def _sentences(path: Path) -> Iterator[tuple[int, str, frozenset[str]]]:
    """The sentences that a file makes: line, English text, and the languages that it gives itself."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        match node:
            case ast.Call(
                func=ast.Name(id="msg") | ast.Attribute(attr="msg"), args=[ast.Constant(value=str(text)), *_]
            ):
                yield node.lineno, text, frozenset()
            case ast.Dict(keys=keys, values=values):
                texts = {
                    key.value: value.value
                    for key, value in zip(keys, values, strict=True)
                    if isinstance(key, ast.Constant) and isinstance(value, ast.Constant)
                }
                # A mapping of language codes to texts, as ``told`` takes it.
                if len(texts) == len(keys) and isinstance(texts.get("en"), str):
                    yield node.lineno, str(texts["en"]), frozenset(map(str, texts))
