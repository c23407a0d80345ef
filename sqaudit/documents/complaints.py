"""One complaint of JSON Schema, told for people: where, what, what to do."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from sqaudit.documents.formats import FORMS
from sqaudit.documents.marks import RawDocument
from sqaudit.documents.suggesting import did_you_mean
from sqaudit.errors import Message, Problem, msg
from sqaudit.model.suggesting import closest

if TYPE_CHECKING:
    from jsonschema.exceptions import ValidationError

Path = tuple[str | int, ...]

_TYPES: Mapping[str, Message] = {
    "string": msg("text"),
    "number": msg("a number"),
    "integer": msg("a whole number"),
    "boolean": msg("true or false"),
    "array": msg("a list"),
    "object": msg("a mapping of keys"),
    "null": msg("nothing"),
}
_QUOTE = msg("put it in quotes")


def complain(document: RawDocument, error: ValidationError, path: Path, owner: Mapping[str, Any]) -> Iterator[Problem]:
    """The problems that one schema error at ``path`` stands for.

    ``owner`` is the schema of the mapping there if it refuses some of the keys.
    """
    if "propertyNames" in error.schema_path:
        yield _bad_name(document, error, (*path, str(error.instance)), of_key=True)
        return
    if error.validator == "required":
        yield from _missing_keys(document, error, path, owner)
        return
    if error.validator == "anyOf":
        yield from _no_alternative(document, error, path, owner)
        return
    yield from _BY_KEYWORD.get(str(error.validator), _other)(document, error, path)


def _name(path: Path) -> str:
    """What a value is called in messages: its key, or its list's key and its position from 1."""
    if not path:
        return "document"
    if isinstance(path[-1], int):
        return f"{_name(path[:-1])} {path[-1] + 1}"
    return path[-1]


def _shown(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    text = str(value)
    return text if len(text) <= 60 else text[:57] + "…"  # noqa: PLR2004 - one line of a terminal


def _type_of(value: object) -> Message:
    names = {str: "string", bool: "boolean", int: "number", float: "number", list: "array", dict: "object"}
    return _TYPES[names.get(type(value), "null")]


def _unknown_keys(document: RawDocument, error: ValidationError, path: Path) -> Iterator[Problem]:
    schema, instance = _schema(error), _instance(error)
    known = schema.get("properties", {})
    for key in instance:
        if key in known:
            continue
        place = document.key_place((*path, key))
        if key in schema.get("x-not-built", ()):
            yield not_built(document, (*path, key), key)
            continue
        absent = [name for name in known if name not in instance]
        hint = did_you_mean(key, absent or known)
        if key == "<<":
            hint = msg("merge keys are not part of YAML 1.2; write the keys out")
        owner = schema.get("title")
        message = msg("unknown key '{key}'", key=key)
        if owner is not None:
            message = msg("unknown key '{key}' of {owner}", key=key, owner=owner)
        yield Problem(place, "SQA101", message, hint)


def not_built(document: RawDocument, path: Path, name: str) -> Problem:
    """The problem of a key or word that a later version will know."""
    return Problem(
        document.key_place(path), "SQA109", msg("'{key}' is not built yet", key=name), msg("leave it out for now")
    )


def _missing_keys(
    document: RawDocument, error: ValidationError, path: Path, owner: Mapping[str, Any]
) -> Iterator[Problem]:
    instance = _instance(error)
    for key in _as_list(error.validator_value):
        if key not in instance and not _is_told(key, instance, owner):
            yield Problem(
                document.key_place(path),
                "SQA102",
                msg("'{key}' is missing in {owner}", key=key, owner=_name(path)),
                msg("add '{key}:'", key=key),
            )


def _is_told(key: str, instance: Mapping[str, Any], owner: Mapping[str, Any]) -> bool:
    """Whether a key is only misspelt, or another stands for it that is not built yet: told once, as unknown."""
    unknown = [other for other in instance if other not in owner.get("properties", {})] if owner else []
    return closest(key, unknown) is not None or any(other in owner.get("x-not-built", ()) for other in unknown)


def _no_alternative(
    document: RawDocument, error: ValidationError, path: Path, owner: Mapping[str, Any]
) -> Iterator[Problem]:
    alternatives = [inner.validator_value for inner in error.context or () if inner.validator == "required"]
    if alternatives and len(alternatives) == len(error.context or ()):
        keys = [key for required in alternatives for key in _as_list(required)]
        if not any(_is_told(key, _instance(error), owner) for key in keys):
            missing = msg("'{one}' or '{other}' is missing", one=keys[0], other=keys[-1])
            wanted = "answer" if "answer" in keys and "ask" in _instance(error) else keys[0]
            yield Problem(document.key_place(path), "SQA102", missing, msg("add '{key}:'", key=wanted))
        return
    words = [word for inner in error.context or () for word in _words_of(inner)]
    if words and isinstance(error.instance, str):
        message = msg("'{value}' is no value of '{key}'", value=_shown(error.instance), key=_name(path))
        yield Problem(document.place(path), "SQA104", message, did_you_mean(error.instance, words))
        return
    wanted = {
        name for inner in error.context or () if inner.validator == "type" for name in _as_list(inner.validator_value)
    }
    if error.instance is None or not wanted:
        yield from _other(document, error, path)
        return
    yield _wrong_type(document, error, path, sorted(wanted))


def _words_of(error: ValidationError) -> list[str]:
    """What could be written: the words of a list, or examples of what has no end."""
    allowed = error.validator_value if error.validator == "enum" else _schema(error).get("examples", [])
    return [_shown(word) for word in _as_list(allowed)]


def _type(document: RawDocument, error: ValidationError, path: Path) -> Iterator[Problem]:
    is_number = isinstance(error.instance, int | float) and not isinstance(error.instance, bool)
    form = _schema(error).get("format")
    place = document.place(path)
    if is_number and form == "version":
        hint = msg('put it in quotes: version: "1.10" (as a number, 1.10 and 1.1 are the same)')
        yield Problem(place, "SQA108", msg("the version is a number, it must be text"), hint)
    elif is_number and form == "target":
        hint = FORMS["target"].hint("")
        yield Problem(place, "SQA125", msg("'{value}' is no target", value=_shown(error.instance)), hint)
    else:
        yield _wrong_type(document, error, path, _as_list(error.validator_value))


def _wrong_type(document: RawDocument, error: ValidationError, path: Path, wanted: list[str]) -> Problem:
    expected = _TYPES[wanted[0]]
    for name in wanted[1:]:
        expected = msg("{one} or {other}", one=expected, other=_TYPES[name])
    name, value = _name(path), error.instance
    if value is None:
        message = msg("'{key}' has no value", key=name)
    elif isinstance(value, dict | list):
        message = msg("'{key}' must be {expected}, not {found}", key=name, expected=expected, found=_type_of(value))
    else:
        message = msg(
            "'{key}' must be {expected}, not {found} '{value}'",
            key=name,
            expected=expected,
            found=_type_of(value),
            value=_shown(value),
        )
    is_quotable = "string" in wanted and not isinstance(value, dict | list) and value is not None
    return Problem(
        document.place(path), "SQA103", message, _QUOTE if is_quotable else msg("write {expected}", expected=expected)
    )


def _not_in_list(document: RawDocument, error: ValidationError, path: Path) -> Iterator[Problem]:
    allowed = _as_list(error.validator_value)
    value = _shown(error.instance)
    if error.instance in _schema(error).get("x-not-built", ()):
        yield Problem(
            document.place(path), "SQA109", msg("'{key}' is not built yet", key=value), msg("leave it out for now")
        )
        return
    message = msg("'{value}' is no value of '{key}'", value=value, key=_name(path))
    if isinstance(error.instance, dict | list) or error.instance is None:
        message = msg("'{key}' must be one word", key=_name(path))
    hint = did_you_mean(value, [_shown(word) for word in allowed])
    if value in _words_with_more(error):
        hint = msg("write {{{word}: …}}", word=value)
    yield Problem(document.place(path), "SQA104", message, hint)


def _words_with_more(error: ValidationError) -> list[str]:
    """The words that are keys of another way to write this value, such as ``cap`` of ``{cap: 59.99}``."""
    whole = error.parent
    if whole is None or whole.validator != "anyOf":
        return []
    return [key for other in _as_list(whole.validator_value) for key in other.get("required", ())]


def _pattern(document: RawDocument, error: ValidationError, path: Path) -> Iterator[Problem]:
    yield _bad_name(document, error, path, of_key=False)


def _bad_name(document: RawDocument, error: ValidationError, path: Path, *, of_key: bool) -> Problem:
    place = document.key_place(path) if of_key else document.place(path)
    pattern = str(error.validator_value)
    if pattern.startswith("^[a-z]{2,3}"):
        message = msg("'{value}' is no language code", value=_shown(error.instance))
        return Problem(place, "SQA105", message, msg("write en, zh or pt-BR; text that starts with {{ needs quotes"))
    if pattern.startswith("^[A-Za-z"):
        message = msg("'{value}' cannot be a name", value=_shown(error.instance))
        return Problem(place, "SQA105", message, msg("use letters, digits and '-', a letter first"))
    if pattern.startswith("^[^;"):
        message = msg("'{value}' cannot be the name of an answer", value=_shown(error.instance))
        return Problem(place, "SQA105", message, msg("write it in one line without ';', which parts several answers"))
    if pattern.startswith("^P[1-9]"):
        message = msg("'{value}' is no number of days", value=_shown(error.instance))
        return Problem(place, "SQA105", message, msg("write it as P1095D; months and years have no fixed length"))
    if _has_password(str(error.instance)) or pattern.startswith("^(env:"):
        return _hidden(document, error, path)
    message = msg("'{value}' is not written as '{key}' must be", value=_shown(error.instance), key=_name(path))
    examples = ", ".join(_schema(error).get("examples", ()))
    hint = (
        msg("write it like {examples}", examples=examples)
        if examples
        else msg("it must match {pattern}", pattern=pattern)
    )
    return Problem(place, "SQA105", message, hint)


def _hidden(document: RawDocument, error: ValidationError, path: Path) -> Problem:
    """What holds a secret, or may: the value is not shown, for what is told may be kept in logs."""
    plain = next((one for one in _schema(error).get("examples", ()) if "://" in one), None)
    if _has_password(str(error.instance)):
        message = msg("'{key}' holds a password", key=_name(path))
        hint = msg("a password never stands in a document: write env:NAME or file:PATH, which hold the whole URL")
    elif plain is None:
        message = msg("'{key}' is a secret, and stands in the document", key=_name(path))
        hint = msg("write env:NAME or file:PATH, which hold it")
    else:
        message = msg("'{key}' is not written as it must be", key=_name(path))
        hint = msg("write env:NAME or file:PATH, which hold it, or a URL without secrets such as {url}", url=plain)
    return Problem(document.place(path), "SQA105", message, hint)


def _has_password(value: str) -> bool:
    from sqaudit.engines.postgresql.connecting import has_password

    return "://" in value and has_password(value)


def _format(document: RawDocument, error: ValidationError, path: Path) -> Iterator[Problem]:
    form = FORMS[str(error.validator_value)]
    text = str(error.instance)
    yield Problem(document.place(path), form.code, msg(form.message.template, value=_shown(text)), form.hint(text))


def _range(document: RawDocument, error: ValidationError, path: Path) -> Iterator[Problem]:
    words = {
        "minimum": msg("'{key}' must be at least {limit}, not {value}"),
        "maximum": msg("'{key}' must be at most {limit}, not {value}"),
        "exclusiveMinimum": msg("'{key}' must be above {limit}, not {value}"),
        "exclusiveMaximum": msg("'{key}' must be below {limit}, not {value}"),
        "multipleOf": msg("'{key}' must be a multiple of {limit}, not {value}"),
    }
    message = msg(
        words[str(error.validator)].template, key=_name(path), limit=error.validator_value, value=_shown(error.instance)
    )
    yield Problem(document.place(path), "SQA106", message, msg("correct the number"))


def _empty(document: RawDocument, error: ValidationError, path: Path) -> Iterator[Problem]:
    if error.validator_value == 1:
        yield Problem(
            document.place(path), "SQA107", msg("'{key}' is empty", key=_name(path)), msg("fill it or remove it")
        )
    else:
        message = msg("'{key}' needs at least {count} entries", key=_name(path), count=error.validator_value)
        yield Problem(document.place(path), "SQA107", message, msg("add what is missing"))


def _too_many(document: RawDocument, error: ValidationError, path: Path) -> Iterator[Problem]:
    message = msg(
        "'{key}' holds {found}, more than {count}",
        key=_name(path),
        found=_amount(error.instance),
        count=error.validator_value,
    )
    yield Problem(document.place(path), "SQA128", message, msg("keep only what is meant"))


def _amount(value: object) -> Message:
    if isinstance(value, dict | list):
        return msg("{entries} together", entries=", ".join(_shown(entry) for entry in value))
    return msg("{count} characters", count=len(str(value)))


def _twice(document: RawDocument, error: ValidationError, path: Path) -> Iterator[Problem]:
    entries: list[Any] = list(error.instance) if isinstance(error.instance, list) else []
    for position, entry in enumerate(entries):
        if entry in entries[:position]:
            message = msg("'{value}' is listed twice in '{key}'", value=_shown(entry), key=_name(path))
            yield Problem(document.place((*path, position)), "SQA129", message, msg("keep one of them"))


def _other(document: RawDocument, error: ValidationError, path: Path) -> Iterator[Problem]:
    message = msg("'{value}' is no value of '{key}'", value=_shown(error.instance), key=_name(path))
    if error.instance is None or isinstance(error.instance, dict | list):
        message = msg("'{key}' is not written as it must be", key=_name(path))
    yield Problem(document.place(path), "SQA104", message, msg("see `sqaudit schema` for what can be written here"))


def _schema(error: ValidationError) -> dict[str, Any]:
    return error.schema if isinstance(error.schema, dict) else {}


def _instance(error: ValidationError) -> dict[str, Any]:
    return error.instance if isinstance(error.instance, dict) else {}


def _as_list(keyword: object) -> list[Any]:
    return keyword if isinstance(keyword, list) else [keyword]


_BY_KEYWORD: Mapping[str, Callable[[RawDocument, ValidationError, Path], Iterator[Problem]]] = {
    "additionalProperties": _unknown_keys,
    "type": _type,
    "enum": _not_in_list,
    "const": _not_in_list,
    "pattern": _pattern,
    "format": _format,
    "minimum": _range,
    "maximum": _range,
    "exclusiveMinimum": _range,
    "exclusiveMaximum": _range,
    "multipleOf": _range,
    "minItems": _empty,
    "minProperties": _empty,
    "minLength": _empty,
    "maxItems": _too_many,
    "maxProperties": _too_many,
    "maxLength": _too_many,
    "uniqueItems": _twice,
}
