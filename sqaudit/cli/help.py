"""Commands whose help is a message: it is put into words when it is shown, in the language of the call."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping, Sequence
from gettext import gettext
from importlib import import_module
from typing import Any

import click
from msgspec import Struct

from sqaudit.cli.session import Session
from sqaudit.errors import Message, msg
from sqaudit.locale import open_language
from sqaudit.model.language import Language
from sqaudit.model.suggesting import closest

_LANGUAGE_HELP = msg("speak this language: en or zh")


def language_of(context: click.Context) -> Language:
    """The language of the call that ``context`` belongs to."""
    session = context.find_object(Session)
    return session.language if session is not None else open_language("en")


class Option(click.Option):
    """An option whose help is a message."""

    def __init__(self, declarations: Sequence[str], *, about: Message, **attributes: Any) -> None:  # noqa: ANN401 click's own
        super().__init__(declarations, help=about.template, **attributes)
        self.about = about

    def get_help_record(self, ctx: click.Context) -> tuple[str, str] | None:
        """The option and its help in the language of ``ctx``."""
        spoken = copy.copy(self)
        spoken.help = language_of(ctx).text(self.about)
        return super(Option, spoken).get_help_record(ctx)


class Command(click.Command):
    """A command whose help is a message; every one takes ``--lang``, which is read before anything else."""

    def __init__(self, name: str | None, *, about: Message, **attributes: Any) -> None:  # noqa: ANN401 click's own
        # click takes the function's docstring for the help, which is for those who read the code.
        super().__init__(name, **(attributes | {"help": about.template}))
        self.about = about
        self.params.append(Option(["--lang"], about=_LANGUAGE_HELP, metavar="LANG", expose_value=False))

    def format_help_text(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write what the command does in the language of ``ctx``."""
        formatter.write_paragraph()
        with formatter.indentation():
            formatter.write_text(language_of(ctx).text(self.about))

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        """The ``--help`` option; click keeps it, so its own help is renewed for each language."""
        option = super().get_help_option(ctx)
        if option is not None:
            option.help = language_of(ctx).text(msg("show this message and exit"))
        return option


class Entry(Struct, frozen=True):
    """A command by the module that holds it as ``command``, and its line in the listing."""

    module: str
    about: Message


class Group(Command, click.Group):
    """Commands under one name. Without one of their names, ``default`` is meant, if there is one."""

    default: str | None = None

    def add(self, name: str, about: Message) -> Callable[[Callable[..., Any]], Command]:
        """Make a function a command of this group."""

        def decorate(function: Callable[..., Any]) -> Command:
            made = make_command(name, about)(function)
            self.add_command(made)
            return made

        return decorate

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        """The names, in the order they were added."""
        return list(self.commands)

    def describe_command(self, ctx: click.Context, name: str) -> str:
        """One line about a command."""
        command = self.get_command(ctx, name)
        if isinstance(command, Command):
            return language_of(ctx).text(command.about)
        return command.get_short_help_str() if command is not None else ""

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the listing in the language of ``ctx``."""
        rows = [(name, self.describe_command(ctx, name)) for name in self.list_commands(ctx)]
        if rows:
            with formatter.section(gettext("Commands")):
                formatter.write_dl(rows)

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put the default command before options that are not the group's own."""
        own = {name for parameter in self.get_params(ctx) for name in parameter.opts}
        if self.default is not None and (not args or (args[0].startswith("-") and args[0].split("=")[0] not in own)):
            args = [self.default, *args]
        return super().parse_args(ctx, args)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command that is meant, or say which one may have been."""
        name = args[0]
        if not name.startswith("-") and self.get_command(ctx, name) is None and not ctx.resilient_parsing:
            wrong = msg("there is no command '{name}'", name=name)
            close = closest(name, self.list_commands(ctx))
            if close is not None:
                wrong = msg("there is no command '{name}'; did you mean '{close}'?", name=name, close=close)
            ctx.fail(language_of(ctx).text(wrong))
        return super().resolve_command(ctx, args)


class LazyGroup(Group):
    """Commands that are imported when they are used; listing them imports nothing."""

    entries: Mapping[str, Entry] = {}

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        """Every name, without importing what it stands for."""
        return list(self.entries)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Import the command of this name."""
        entry = self.entries.get(cmd_name)
        if entry is None:
            return None
        command = import_module(entry.module).command
        assert isinstance(command, click.Command)  # noqa: S101
        return command

    def describe_command(self, ctx: click.Context, name: str) -> str:
        """One line about a command, from the table."""
        return language_of(ctx).text(self.entries[name].about)


def make_command(name: str, about: Message) -> Callable[[Callable[..., Any]], Command]:
    """Make a function a command."""
    return click.command(name, cls=Command, about=about)


def make_group(name: str, about: Message, *, default: str | None = None) -> Group:
    """An empty group of commands; ``default`` is meant where none is named."""
    made = Group(name, about=about, no_args_is_help=default is None, subcommand_metavar="COMMAND ...")
    made.default = default
    return made


def option(*declarations: str, about: Message, **attributes: Any) -> Callable[[Any], Any]:  # noqa: ANN401 click's own
    """Give a command an option."""
    return click.option(*declarations, cls=Option, about=about, **attributes)
