"""The form of a round: every question about every unit, and nothing that anybody has said of them."""

from __future__ import annotations

from pathlib import Path

from msgspec.structs import replace

from sqaudit.forms.form import Form, FormRow
from sqaudit.forms.writing import file_name, write_form
from sqaudit.model.answer import AnswerKey, EvidenceRules
from sqaudit.model.calibration import RoundState
from sqaudit.model.language import Language
from sqaudit.store.calibration import closed_already
from sqaudit.workflow.calibration.rounds import OpenRound, find_round
from sqaudit.workflow.context import Context
from sqaudit.workflow.forms.exporting import refuse_existing, write_files


def export_round_form(context: Context, identity: str, folder: Path, language: Language) -> Path:
    """Write the workbook of a round; it is the same for every rater.

    Raises:
        InvalidInput: There is no such round, or it is closed.
        CannotAccess: The file is there already, or cannot be written.
    """
    with context.store() as store:
        found = find_round(context, store, identity)
    if found.round.state is RoundState.CLOSED:
        raise closed_already(identity)
    path = folder / file_name([found.round.programme, identity])
    refuse_existing(path)
    write_files({path: write_form(round_form(found), language, context.settings.now)})
    return path


def round_form(found: OpenRound) -> Form:
    """The questions of a round, unit by unit. A row's key names the round as its period, the unit as its subject."""
    one, standard = found.round, found.programme.standard
    rows = [
        FormRow(
            key=AnswerKey(
                programme=one.programme,
                period=one.id,
                site="",
                checklist=one.checklist,
                item=question.item.id,
                subject=unit.id,
            ),
            part=question.checklist.title,
            ask=replace(question.item.ask, evidence=EvidenceRules()),
            when=question.item.when,
            about=unit.title or unit.id,
        )
        for unit in one.units
        for question in found.questions
        if question.item.ask is not None
    ]
    return Form(
        programme=found.programme.title,
        period=one.id,
        site=found.questions[0].checklist.title,
        standard=f"{standard.id}@{standard.version}",
        rows=tuple(rows),
        command=f"sqaudit calibration rate {one.id} FILE --as NAME",
        takes_evidence=False,
    )
