"""What a programme asks of people, and at which of its sites."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType

from msgspec import Struct
from msgspec.structs import replace

from sqaudit.documents.periods import read_follow_up, read_period
from sqaudit.documents.suggesting import did_you_mean
from sqaudit.errors import Incomplete, InvalidInput, msg
from sqaudit.forms.form import Form, FormRow
from sqaudit.model.answer import AnswerKey, GivenAnswer
from sqaudit.model.checklist import Checklist
from sqaudit.model.programme import Period, Programme, Site, is_follow_up
from sqaudit.model.sample import SampleRecord
from sqaudit.model.score import Status
from sqaudit.reports.labels import show_label
from sqaudit.scoring.items import Question
from sqaudit.workflow.answers import standing_answers
from sqaudit.workflow.check import sound_programme
from sqaudit.workflow.context import Context
from sqaudit.workflow.drawn import units_by_site
from sqaudit.workflow.follow_up.repeating import Repeated
from sqaudit.workflow.judging.items import why_not
from sqaudit.workflow.measurable import Measurable, make_measurable
from sqaudit.workflow.overlays import at_site
from sqaudit.workflow.sites import known_sites


class Asking(Struct, frozen=True, kw_only=True):
    """A programme that asks people something, with its sites by id."""

    measurable: Measurable
    sites: Mapping[str, Site]

    @property
    def programme(self) -> Programme:
        """The programme."""
        return self.measurable.programme

    def period(self, context: Context, text: str | None) -> Period:
        """The period that is meant, of a follow-up audit one to come too; raises ``InvalidInput`` if there is none."""
        if text is not None and is_follow_up(text):
            return read_follow_up(text, self.programme.timezone)
        return read_period(text, self.programme.period, self.programme.timezone, context.settings.now)

    def site(self, site_id: str) -> Site:
        """The site of an id; raises ``InvalidInput`` if there is none."""
        if site_id not in self.sites:
            raise InvalidInput(
                "SQA704",
                msg("no site is called '{site}'", site=site_id),
                msg("the programme's sites are {sites}", sites=", ".join(sorted(self.sites)[:20])),
            )
        return self.sites[site_id]

    def question(self, item: str) -> Question:
        """The question of an id; raises ``InvalidInput`` if nothing of that name is asked of people."""
        known = {one.item.id: one for one in self.measurable.questions}
        asked = [one.item.id for one in self.measurable.asked_of_people]
        if item in asked:
            return known[item]
        message = msg(
            "programme '{programme}' asks no question called '{item}'", programme=self.programme.id, item=item
        )
        if item in known:
            message = msg("'{item}' is measured, and nobody answers it", item=item)
        raise InvalidInput("SQA861", message, did_you_mean(item, asked))

    @property
    def has_several(self) -> bool:
        """Whether the answers of every auditor are a series of their own."""
        return self.programme.team.several is not None

    def answers_of(self, auditor: str, answers: Iterable[GivenAnswer]) -> dict[AnswerKey, GivenAnswer]:
        """The answers that ``auditor`` may see and correct: where several answer, nobody else's."""
        standing = standing_answers(answers, several=self.has_several)
        own = (one for found in standing.values() for one in found if not self.has_several or one.auditor == auditor)
        return {replace(one.key, auditor=self._series(auditor)): one for one in own}

    def _series(self, auditor: str) -> str:
        return auditor if self.has_several else ""

    def form(  # noqa: PLR0913, PLR0917 - who is asked what, and what was said
        self,
        period: Period,
        site: Site,
        answers: Mapping[AnswerKey, GivenAnswer],
        samples: Mapping[str, SampleRecord],
        auditor: str = "",
        repeated: Repeated = MappingProxyType({}),
    ) -> Form:
        """The questions of one audit: all but those that the site's own attributes rule out.

        Questions about subjects are there once for each that was drawn. Where several answer, it is ``auditor``'s. A
        follow-up audit asks only what is ``repeated`` at the site.
        """
        programme, standard = self.programme, self.programme.standard
        asked = at_site(self.measurable, site)
        rows = []
        for checklist, subject in self._parts(site, samples):
            for item in checklist.items:
                if repeated and item.id not in repeated.get(site.id, ()):
                    continue
                skipped = why_not(asked.applies.get(item.id), site)
                if item.ask is None or (skipped is not None and skipped[0] is Status.NOT_APPLICABLE):
                    continue
                key = AnswerKey(
                    programme=programme.id,
                    period=period.label,
                    site=site.id,
                    checklist=checklist.id,
                    item=item.id,
                    subject=subject,
                    auditor=self._series(auditor),
                )
                rows.append(
                    FormRow(
                        key=key,
                        part=checklist.title,
                        ask=item.ask,
                        when=item.when,
                        answer=answers.get(key),
                        about=show_label(subject) if subject else "",
                    )
                )
        return Form(
            programme=programme.title,
            period=period.label,
            site=site.title,
            standard=f"{standard.id}@{standard.version}",
            rows=tuple(rows),
            zone=site.timezone or programme.timezone,
        )

    def _parts(self, site: Site, samples: Mapping[str, SampleRecord]) -> Iterator[tuple[Checklist, str]]:
        """The checklists, each as often as it has subjects to be asked about; once for the site if it has none."""
        for checklist in [one for one in self.programme.checklists if one.answers is None]:
            subjects = [unit.id for unit in units_by_site(samples.get(checklist.id)).get(site.id, ())]
            yield from ((checklist, subject) for subject in (subjects if checklist.subject else [""]))


def find_asking(context: Context, programme_id: str) -> Asking:
    """What a programme asks of people.

    Raises:
        InvalidInput: There is no such programme, its documents have errors, or it asks people nothing.
        Incomplete: A required plugin is missing, or a dataset tells its sites and has not been read yet.
    """
    resolved, programme = sound_programme(context, programme_id)
    sites = known_sites(programme, context.folder) or _collected_sites(context, programme_id)
    measurable = make_measurable(resolved, context.host, sites)
    if not measurable.asked_of_people:
        raise InvalidInput(
            "SQA811",
            msg("programme '{programme}' asks people nothing", programme=programme_id),
            msg("give items of its checklists 'ask:' and 'answer:'"),
        )
    return Asking(measurable=measurable, sites={site.id: site for site in sites})


def _collected_sites(context: Context, programme: str) -> Sequence[Site]:
    """The sites of the newest cycle (of a trial, if that is all there is) where a dataset tells them."""
    with context.store() as store:
        cycles = [cycle for cycle in store.list_cycles(programme=programme) if cycle.revisions]
        if cycles:
            newest = max(cycles, key=lambda cycle: (cycle.is_regular, cycle.start, cycle.end))
            return store.read_sites(programme, newest.period, newest.revisions[-1].number)
    raise Incomplete(
        "SQA705",
        msg("the sites of '{programme}' are told by a dataset that has not been read yet", programme=programme),
        msg("run `sqaudit run {programme}` first", programme=programme),
    )
