"""What click says by itself, looked up in our catalogues; what a later click words otherwise, it says in English."""

from __future__ import annotations

from sqaudit.errors import Message, msg


def plural(one: str, many: str) -> tuple[str, str]:
    """Mark a sentence with two numbers for the catalogues."""
    return one, many


SENTENCES: tuple[Message, ...] = (
    msg("Usage:"),
    msg("Options"),
    msg("Commands"),
    msg("Positional arguments"),
    msg("Error: {message}"),
    msg("Aborted!"),
    msg("Try '{command} {option}' for help."),
    msg("Invalid value: {message}"),
    msg("Invalid value for {param_hint}: {message}"),
    msg("Missing command."),
    msg("Missing argument"),
    msg("Missing option"),
    msg("Missing parameter"),
    msg("Choose from:\n\t{choices}"),
    msg("No such option {name!r}."),
    msg("No such option: {name}"),
    msg("Option {name!r} does not take a value."),
    msg("{value!r} is not a valid {number_type}."),
    msg("{name} {filename!r} does not exist."),
    msg("{name} {filename!r} is a file."),
    msg("{name} {filename!r} is a directory."),
    msg("{name} {filename!r} is not readable."),
    msg("{name} {filename!r} is not writable."),
    msg("file"),
    msg("directory"),
    msg("path"),
    msg("File"),
    msg("Directory"),
    msg("Path"),
    msg("(dynamic)"),
    msg("default: {default}"),
    msg("required"),
)
NUMBERED = (
    plural("Got unexpected extra argument ({args})", "Got unexpected extra arguments ({args})"),
    plural("Did you mean {possibility}?", "(Did you mean one of: {possibilities}?)"),
    plural("{value!r} is not {choice}.", "{value!r} is not one of {choices}."),
    plural("Option {name!r} requires an argument.", "Option {name!r} requires {nargs} arguments."),
)
