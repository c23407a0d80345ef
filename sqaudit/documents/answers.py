"""Questions to people: from a document's data to the model."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from sqaudit.documents.project import build_text
from sqaudit.documents.resolving import points_of, read_choice
from sqaudit.model.answer import AnswerForm, AnswerKind, Ask, EvidenceRules, Need, Option
from sqaudit.model.masking import Masking

MASKS = {True: Masking.TEXTS, "name": Masking.NAME}


def build_ask(content: Mapping[str, Any]) -> Ask:
    """What a resolved item asks of a person."""
    return Ask(
        question=build_text(content["ask"]),
        form=build_form(content["answer"]),
        guidance=build_text(content["guidance"]) if "guidance" in content else None,
        evidence=EvidenceRules(**{what: Need(need) for what, need in content.get("evidence", {}).items()}),
        mask=MASKS.get(content.get("mask")),
    )


def build_form(written: str | Mapping[str, Any]) -> AnswerForm:
    """What may be answered, from what stands under ``answer``."""
    name, parameters = read_choice(written)
    kind = AnswerKind(name)
    if kind in {AnswerKind.CHOICE, AnswerKind.MULTI}:
        return AnswerForm(kind=kind, options=tuple(_option(*option) for option in parameters.items()))
    return AnswerForm(kind=kind, minimum=_bound(parameters, "min"), maximum=_bound(parameters, "max"))


def _option(name: str, written: float | Mapping[str, Any]) -> Option:
    title = written.get("title", name) if isinstance(written, Mapping) else name
    return Option(id=name, title=build_text(title), points=Decimal(str(points_of(written))))


def _bound(parameters: Mapping[str, Any], name: str) -> Decimal | None:
    return Decimal(str(parameters[name])) if name in parameters else None
