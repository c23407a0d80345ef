"""The moves of corrective actions as commands, one each with the options that say what it has to say."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click

from sqaudit.cli.help import Group, option
from sqaudit.cli.moments import read_day
from sqaudit.cli.options import as_option
from sqaudit.cli.output import say, write_lines
from sqaudit.cli.session import current_session
from sqaudit.errors import Message, msg
from sqaudit.locale.words import WORDS
from sqaudit.model.action import CauseCode, CauseMethod, Move

if TYPE_CHECKING:
    from sqaudit.workflow.follow_up.effect import Judged

_DAYS = frozenset({"on", "check", "until"})


def _text(name: str, about: Message, *, metavar: str = "TEXT") -> Callable[[Any], Any]:
    return option(f"--{name}", metavar=metavar, about=about)


def _many(name: str, about: Message, *parts: str) -> Callable[[Any], Any]:
    metavar = " ".join(parts)
    return option(f"--{name}", multiple=True, nargs=len(parts), metavar=metavar, about=about)


_on_option = _text("on", msg("the day on which it was done; default: today"), metavar="DATE")
_reason_option = _text("reason", msg("why"))

MOVES: tuple[tuple[Move, Message, tuple[Callable[[Any], Any], ...]], ...] = (
    (
        Move.ASSIGN,
        msg("Give the action ID to an owner."),
        (_text("owner", msg("who owns it from now on"), metavar="NAME"), _reason_option),
    ),
    (
        Move.CONTAIN,
        msg("Say what was done at once: the correction of ID."),
        (
            _text("correction", msg("what put it right")),
            _text("containment", msg("what keeps it from spreading")),
            _text("consequences", msg("whom it hit, and what was done for them")),
            _text("not-needed", msg("instead of these: why nothing had to be done")),
            _on_option,
        ),
    ),
    (
        Move.ANALYSE,
        msg("Say why it happened: the root cause behind ID."),
        (
            option(
                "--method",
                type=click.Choice([method.value for method in CauseMethod]),
                about=msg("how the cause was looked for"),
            ),
            _text("cause", msg("the root cause: something that can be changed, not somebody to blame")),
            option("--code", type=click.Choice([code.value for code in CauseCode]), about=msg("where the cause lies")),
            _many(
                "why", msg("one answer to why, and what shows it; repeated from the failure down"), "CAUSE", "EVIDENCE"
            ),
            _text("extent", msg("where else the same may happen")),
            _text("escape", msg("why nobody noticed it earlier")),
            _text(
                "risk",
                msg(
                    "severity and occurrence from 1 to 5, or severity, occurrence and detection from 1 to 10; more is "
                    "worse"
                ),
                metavar="S,O[,D]",
            ),
        ),
    ),
    (
        Move.PLAN,
        msg("Say what will be done about the cause of ID, and how data will show that it worked."),
        (
            _many("step", msg("one step, who does it, and by when; repeated"), "TEXT", "NAME", "DATE"),
            _text("resources", msg("what it takes")),
            _text("indicator", msg("the item whose value has to change"), metavar="ITEM"),
            _text("baseline", msg("the period before: the last of its window"), metavar="PERIOD"),
            _text("target", msg("what the value has to meet afterwards, such as '>= 0.95'"), metavar="TARGET"),
            option(
                "--improve",
                type=float,
                metavar="SIZE",
                about=msg(
                    "the least difference that is worth it, in the value's own unit: 0.05 is five points of a share"
                ),
            ),
            _text("check", msg("the day from which it can be judged"), metavar="DATE"),
            option(
                "--guard",
                multiple=True,
                metavar="ITEM",
                about=msg("an item that must not become worse; may be repeated"),
            ),
            option(
                "--control",
                multiple=True,
                metavar="SITE",
                about=msg("a site at which nothing is done, to compare with; may be repeated"),
            ),
        ),
    ),
    (Move.APPROVE, msg("Approve the plan of ID; never by its owner."), (_text("comment", msg("what goes with it")),)),
    (Move.REJECT, msg("Send the plan of ID back; never by its owner."), (_text("comment", msg("what is missing")),)),
    (
        Move.IMPLEMENT,
        msg("Say that a step of ID was carried out, and what proves it."),
        (
            option("--step", type=int, metavar="N", about=msg("which step: 1 is the first")),
            _text("evidence", msg("what proves it: a document, a photo, a list")),
            _text("changed", msg("which standards, trainings or documents were changed")),
            _on_option,
        ),
    ),
    (
        Move.VERIFY,
        msg("Look at the evidence of ID; then let the data say whether it worked. Never by its owner."),
        (
            _text("evidence", msg("at first: what was looked at, and that it is there")),
            _text("check", msg("if the data do not show it yet: the day on which to look again"), metavar="DATE"),
        ),
    ),
    (
        Move.CLOSE,
        msg("Close ID once data proved it; never by its owner."),
        (
            _text("lessons", msg("what was learnt, and who was told")),
            _text("updates", msg("which standards and risks were updated; or that none had to be")),
        ),
    ),
    (Move.REOPEN, msg("Take ID up again: it did not hold."), (_reason_option,)),
    (Move.CANCEL, msg("End ID for a reason: a duplicate, a finding that was withdrawn."), (_reason_option,)),
    (Move.COMMENT, msg("Say something about ID; the log keeps it."), (_text("text", msg("what there is to say")),)),
    (
        Move.EXTEND,
        msg("Put off what is due next of ID; before it is due, and never by its owner."),
        (_text("until", msg("the new day"), metavar="DATE"), _reason_option),
    ),
)


def write_judged(judged: Judged) -> None:
    """Write a verdict and what it rests on."""
    from sqaudit.workflow.follow_up.telling import tell_judged

    write_lines([msg("verdict: {verdict}", verdict=WORDS[judged.judgement.verdict])])
    for line in tell_judged(judged, current_session().language):
        write_lines([line])


def add_moves(group: Group) -> None:
    """Make a command of every move."""
    for move, about, options in MOVES:
        _add_move(group, move, about, options)


def _add_move(group: Group, move: Move, about: Message, options: tuple[Callable[[Any], Any], ...]) -> None:
    def make(identity: str, who: str, **given: object) -> None:
        """Make the move and say where the action stands now."""
        from sqaudit.workflow.follow_up.actions import outcome_lines
        from sqaudit.workflow.follow_up.moving import move_action

        said = {name: _read(name, value) for name, value in given.items()}
        context = current_session().open_context()
        outcome = move_action(context, identity, move, who=who, given=said)
        if outcome.judged is not None:
            write_judged(outcome.judged)
        for line in outcome_lines(context, outcome.action):
            say(line)

    decorated: Any = make
    for one in (
        *reversed(options),
        as_option(msg("who does this; the log keeps the name you are logged in with as well")),
    ):
        decorated = one(decorated)
    group.add(move.value, about)(click.argument("identity", metavar="ID")(decorated))


def _read(name: str, value: object) -> object:
    """Days as days, also those of a plan's steps."""
    if name == "step" and isinstance(value, tuple):
        return tuple((text, owner, read_day(day)) for text, owner, day in value)
    return read_day(value) if name in _DAYS and isinstance(value, str) else value
