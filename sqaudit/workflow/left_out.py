"""Records that were to answer questions and did not: how many, and of what kind."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from msgspec import Struct, field

from sqaudit.errors import Message, msg

_MOST_NAMED = 5


class LeftOut(Struct, kw_only=True):
    """Rows of a checklist's ``register`` and its answers' ``dataset`` that answer nothing, and answers of no use.

    ``subjects`` counts rows about subjects that the register does not have, ``codes`` those by names in ``column`` that
    no item has, ``nameless`` those that name none (where they are no register), ``unregistered`` rows of the register
    without a subject, or of which it is not known whether they are looked at.
    """

    dataset: str
    column: str
    register: str
    subjects: int = 0
    codes: dict[str, int] = field(default_factory=dict)
    nameless: int = 0
    unregistered: int = 0
    answers: int = 0


def left_out_warnings(inputs: Mapping[str, object]) -> Iterator[Message]:
    """What a reader must know of the records that were to answer, from the inputs of a revision."""
    noted = inputs.get("left_out") or {}
    assert isinstance(noted, Mapping)  # noqa: S101 - written by us
    for checklist, parts in sorted(noted.items()):
        out = LeftOut(**parts)
        names = sorted(out.codes, key=lambda code: (-out.codes[code], code))
        if out.subjects:
            yield msg(
                "{dataset}: rows about what is not in '{register}', left out: {count}",
                dataset=out.dataset,
                register=out.register,
                count=out.subjects,
            )
        if names:
            yield msg(
                "{dataset}: rows whose '{column}' no item of '{checklist}' is called, left out: {count} ({names})",
                dataset=out.dataset,
                checklist=checklist,
                column=out.column,
                count=sum(out.codes.values()),
                names=", ".join(names[:_MOST_NAMED]) + (", …" if len(names) > _MOST_NAMED else ""),
            )
        if out.nameless:
            yield msg(
                "{dataset}: rows whose '{column}' is missing or unusable, left out: {count}",
                dataset=out.dataset,
                column=out.column,
                count=out.nameless,
            )
        if out.unregistered:
            yield msg(
                "{dataset}: rows of which it is not known what '{checklist}' would look at, left out: {count}",
                dataset=out.register,
                checklist=checklist,
                count=out.unregistered,
            )
        if out.answers:
            yield msg(
                "{dataset}: answers to '{checklist}' that cannot be used: {count}",
                dataset=out.dataset,
                checklist=checklist,
                count=out.answers,
            )
