"""``sqaudit sample``: what is looked at, drawn so that anybody can draw it again."""

from __future__ import annotations

import secrets
from collections.abc import Sequence

import click

from sqaudit.cli.fields import EXCLUSIONS, LOTS, SAMPLES, SPREADS, UNITS
from sqaudit.cli.help import make_group, option
from sqaudit.cli.options import filters, period_option
from sqaudit.cli.output import render_table, say, write_rows, write_text
from sqaudit.cli.session import current_session
from sqaudit.errors import InvalidInput, msg
from sqaudit.model.sample import SampleRecord

command = make_group("sample", msg("Samples of subjects or sites, drawn and kept."), default="list")


@command.add("list", msg("List the samples in the store; every draw stays there."))
@filters("programme", "period", "checklist")
def list_(format_: str, **wanted: str | None) -> None:
    """Print the samples."""
    from sqaudit.workflow.sampling import list_samples

    write_rows(list_samples(current_session().open_context(), **wanted), SAMPLES, format_)


@command.add("draw", msg("Draw what PROGRAMME says under 'samples' of CHECKLIST, and keep it."))
@click.argument("programme")
@click.argument("checklist")
@period_option
@option("--seed", metavar="TEXT", about=msg("what decides which are drawn; default: made up now, and kept"))
@option("--frame", metavar="FILE", about=msg("draw from this list, instead of the records or the sites"))
@option("--exclude", "excluded", multiple=True, metavar="ID=REASON", about=msg("do not draw this one; may be repeated"))
@option("--by", "drawn_by", metavar="NAME", about=msg("who draws; default: the name you are logged in with"))
@filters()
def draw(  # noqa: PLR0913, PLR0917  one for each option
    programme: str,
    checklist: str,
    period: str | None,
    seed: str | None,
    frame: str | None,
    excluded: Sequence[str],
    drawn_by: str | None,
    format_: str,
) -> None:
    """Draw, keep, print."""
    from sqaudit.workflow.sampling import draw_sample

    session = current_session()
    record = draw_sample(
        session.open_context(),
        programme,
        checklist,
        period=period,
        seed=secrets.token_hex(8) if seed is None else seed,
        frame=frame,
        excluded=dict(map(_exclusion, excluded)),
        drawn_by=drawn_by or session.environ.get("LOGNAME") or session.environ.get("USERNAME"),
    )
    _show(record, format_)


@command.add("redraw", msg("Draw the sample ID again from its frame, and see that it is the same."))
@click.argument("identity", metavar="ID")
@filters()
def redraw(identity: str, format_: str) -> None:
    """Draw again, compare, print."""
    from sqaudit.workflow.sampling import redraw_sample

    record = redraw_sample(current_session().open_context(), identity)
    _show(record, format_)
    say(msg("drawn again: the same"))


@command.add("show", msg("Show what the sample ID came to, without drawing."))
@click.argument("identity", metavar="ID")
@filters()
def show(identity: str, format_: str) -> None:
    """Print what is kept."""
    from sqaudit.workflow.sampling import find_sample

    _show(find_sample(current_session().open_context(), identity), format_)


def _exclusion(text: str) -> tuple[str, str]:
    name, _, reason = text.partition("=")
    if not name.strip() or not reason.strip():
        raise InvalidInput(
            "SQA737",
            msg("'{text}' does not say what is left out and why", text=text),
            msg("write --exclude 'ID=REASON'"),
        )
    return name.strip(), reason.strip()


def _show(record: SampleRecord, format_: str) -> None:
    """The units; for people also how they were drawn, and what was left out."""
    from sqaudit.workflow.sample_rows import exclusion_rows, notes, stratum_row, unit_rows

    write_rows(unit_rows(record), UNITS, format_)
    if format_ != "table":
        return
    drawn, language = record.draw, current_session().language
    fields = LOTS if drawn.plan.acceptance is not None else SPREADS if drawn.plan.neyman is not None else None
    if fields is not None:
        write_text("\n" + render_table([stratum_row(one) for one in drawn.strata], fields.shown, language))
    if drawn.exclusions:
        write_text("\n" + render_table(exclusion_rows(record), EXCLUSIONS.shown, language))
    for note in notes(drawn):
        say(note)
    say(
        msg(
            "sample {id}: {drawn} of {units}, left out {excluded}, seed {seed}, frame {hash}",
            id=record.id,
            drawn=len(drawn.units),
            units=drawn.frame_size,
            excluded=len(drawn.exclusions),
            seed=drawn.seed,
            hash=drawn.frame_hash[:12],
        )
    )
