"""Forms to fill: one workbook for each audit."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from pathlib import Path

from sqaudit.errors import CannotAccess, InvalidInput, cannot_write, msg
from sqaudit.forms.writing import file_name, write_form
from sqaudit.model.language import Language
from sqaudit.model.programme import Period, Programme
from sqaudit.workflow.context import Context
from sqaudit.workflow.drawn import newest_samples
from sqaudit.workflow.follow_up.repeating import items_to_repeat
from sqaudit.workflow.forms.asking import find_asking
from sqaudit.workflow.people import person_named


def export_forms(  # noqa: PLR0913, PLR0917 - what a command line knows
    context: Context,
    programme: str,
    period: str | None,
    sites: Sequence[str],
    folder: Path,
    language: Language,
    who: str | None = None,
) -> tuple[Path, ...]:
    """Write one workbook for each of the sites (default: all), with the answers that there are; returns the files.

    Where several auditors answer, nobody sees what the others said: there are the answers of ``who``, or none.

    Raises:
        InvalidInput: Unknown programme, site or person, unusable period, documents with errors, nothing that is asked,
            or ``who`` where all answer together.
        CannotAccess: A file is there already, or cannot be written; then none is.
    """
    asking = find_asking(context, programme)
    if who is not None and not asking.has_several:
        raise InvalidInput(
            "SQA844",
            msg("programme '{programme}' keeps one answer to each question, whoever gives it", programme=programme),
            msg("leave out '--as', or write 'several: lead' under 'team:'"),
        )
    auditor = "" if who is None else person_named(context, who)
    chosen = asking.period(context, period)
    wanted = [asking.site(one) for one in dict.fromkeys(sites)] or asking.sites.values()
    with context.store() as store:
        answers = asking.answers_of(auditor, store.read_latest_answers(programme, chosen.label))
        samples = newest_samples(store, asking.programme, chosen.label)
        repeated = items_to_repeat(store, asking.measurable, chosen, asking.sites)
    wanted = [one for one in wanted if not repeated or one.id in repeated]
    _check_drawn(asking.programme, chosen, samples)
    written: dict[Path, bytes] = {}
    for site in wanted:
        path = folder / file_name([programme, chosen.label, site.id, *([auditor] if auditor else [])])
        refuse_existing(path, written)
        form = asking.form(chosen, site, answers, samples, auditor, repeated)
        written[path] = write_form(form, language, context.settings.now)
    write_files(written)
    return tuple(written)


def _check_drawn(programme: Programme, period: Period, samples: Collection[str]) -> None:
    """Refuse forms for questions about subjects of which none were drawn yet."""
    for checklist in programme.checklists:
        if checklist.asks_of_subjects and checklist.id not in samples:
            raise InvalidInput(
                "SQA814",
                msg("nothing was drawn yet for '{name}' in {period}", name=checklist.id, period=period.label),
                msg(
                    "draw first: `sqaudit sample draw {programme} {name} --period {period}`",
                    programme=programme.id,
                    name=checklist.id,
                    period=period.label,
                ),
            )


def refuse_existing(path: Path, written: Collection[Path] = ()) -> None:
    """Raise ``CannotAccess`` if a form is there already, which may hold answers."""
    if path.exists() or path in written:
        raise CannotAccess(
            "SQA614",
            msg("'{path}' exists and is not overwritten", path=path),
            msg("it may hold answers: import it, or move it away"),
        )


def write_files(files: Mapping[Path, bytes]) -> None:
    """Write all of these files or none; raises ``CannotAccess`` if one cannot be written."""
    done = []
    try:
        for path, content in files.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("xb") as file:
                done.append(path)
                file.write(content)
    except OSError as error:
        for path in done:
            path.unlink(missing_ok=True)
        raise cannot_write(error.filename, error.strerror or error) from error
