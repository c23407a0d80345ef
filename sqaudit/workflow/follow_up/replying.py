"""Replies to opportunities for improvement: nothing is broken, so nothing has to be done, but somebody answers."""

from __future__ import annotations

from sqaudit.errors import InvalidInput, msg
from sqaudit.model.event import Deed, EventKind
from sqaudit.model.finding import FindingStatus, Reply
from sqaudit.model.people import Role
from sqaudit.model.standard import Severity
from sqaudit.workflow.context import Context
from sqaudit.workflow.follow_up.people import person_in_role

_MAY_REPLY = (Role.OWNER, Role.MANAGER)


def reply_to_opportunity(context: Context, identity: str, answer: FindingStatus, *, reason: str, who: str) -> None:
    """Accept or decline an opportunity for improvement; a later reply takes the place of an earlier one.

    Raises:
        InvalidInput: There is no such finding, it is no opportunity, no reason is given, or the person may not answer.
    """
    person = person_in_role(context, who, _MAY_REPLY, msg("'{name}' cannot answer for the site", name=who))
    if not reason.strip():
        raise InvalidInput("SQA873", msg("a reply says why"), msg("write it: --reason TEXT"))
    with context.store() as store:
        finding = store.find_finding(identity)
        if finding is None:
            raise InvalidInput(
                "SQA707", msg("no finding is called '{id}'", id=identity), msg("`sqaudit findings` lists them")
            )
        if finding.severity is not Severity.OPPORTUNITY:
            raise InvalidInput(
                "SQA885",
                msg("finding {id} is no opportunity for improvement", id=identity),
                msg("what breaks a requirement is treated by its action: `sqaudit actions list`"),
            )
        now = context.settings.now
        store.reply_to_finding(
            identity,
            Reply(answer=answer, reason=reason.strip(), replied_by=person.id, replied_at=now),
            Deed(
                kind=EventKind.FINDING_REPLIED,
                when=now,
                programme=finding.programme,
                period=finding.period,
                thing=identity,
                who=person.id,
                before={"reply": None if finding.reply is None else finding.reply.answer.value},
                after={"reply": answer.value},
                why=reason.strip(),
            ),
        )
