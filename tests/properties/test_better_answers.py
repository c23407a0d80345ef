"""A better answer never lowers anything: of every kind of answer, through every policy, up to the programme."""

from datetime import UTC, datetime
from decimal import Decimal
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import Struct
from msgspec.structs import replace

from sqaudit.builtin.scorers.bands import BandsScorer
from sqaudit.builtin.scorers.linear import LinearScorer
from sqaudit.builtin.scorers.points import BonusScorer, DeductScorer
from sqaudit.builtin.scorers.target import TargetScorer
from sqaudit.builtin.scorers.value import ValueScorer
from sqaudit.documents.answers import build_ask
from sqaudit.expressions.conditions import read_condition
from sqaudit.model.answer import SEPARATOR, AnswerKey, AnswerKind, GivenAnswer
from sqaudit.model.checklist import BONUS, DEDUCT, Checklist, Item, ScoreRule, Summary, SummaryKind
from sqaudit.model.evidence import Observation
from sqaudit.model.programme import Site
from sqaudit.model.score import Level, Status
from sqaudit.model.standard import (
    Combine,
    Criterion,
    CriticalPolicy,
    Dimension,
    NotApplicable,
    Rating,
    Rollup,
    Scoring,
    Severity,
    Standard,
    Unanswered,
)
from sqaudit.model.target import Direction, read_target
from sqaudit.model.texts import plain
from sqaudit.scoring.aggregation import score_audit
from sqaudit.scoring.answers import score_answer
from sqaudit.scoring.items import Question
from sqaudit.scoring.lifting import Lift, score_programme
from sqaudit.scoring.rating import RatingScale, rate_audit
from sqaudit.workflow.judging.summaries import Subject, summarise
from sqaudit.workflow.measurable import Measurable

SCORERS = {
    "bands": BandsScorer(),
    "bonus": BonusScorer(),
    "deduct": DeductScorer(),
    "linear": LinearScorer(),
    "target": TargetScorer(),
    "value": ValueScorer(),
}
WEIGHTS = st.sampled_from([Decimal(0), *map(Decimal, ("0.5", "1", "2", "9"))])
NOW = datetime(2026, 11, 2, 9, tzinfo=UTC)
TITLE = plain("t")


class Asked(Struct, frozen=True, kw_only=True):
    """A question, and all that may be answered to it, from the worst to the best."""

    answer: object
    ladder: tuple[str, ...]
    target: str
    scorer: str = "target"
    parameters: object = None


# ---- one of each kind. What is scored by its own points or steps needs no scorer.


def yes_no(draw):
    del draw
    return Asked(answer="yes_no", ladder=("no", "yes"), target=">= 1")


def points_of(draw):
    points = draw(st.lists(st.integers(0, 100), min_size=2, max_size=4))
    return {f"o{number}": each for number, each in enumerate(points)}


def choice(draw):
    points = points_of(draw)
    ladder = tuple(sorted(points, key=points.__getitem__))
    return Asked(answer={"choice": points}, ladder=ladder, target=f">= {draw(st.integers(0, 100))}")


def multi(draw):
    points = points_of(draw)
    chosen = [some for size in range(1, len(points) + 1) for some in combinations(points, size)]
    chosen.sort(key=lambda some: Decimal(sum(points[name] for name in some)) / len(some))
    ladder = tuple(SEPARATOR.join(some) for some in chosen)
    return Asked(answer={"multi": points}, ladder=ladder, target=f">= {draw(st.integers(0, 100))}")


def scale(draw):
    low = draw(st.integers(-3, 3))
    high = draw(st.integers(low + 1, low + 6))
    ladder = tuple(str(step) for step in range(low, high + 1))
    return Asked(
        answer={"scale": {"min": low, "max": high}}, ladder=ladder, target=f">= {draw(st.integers(low, high))}"
    )


def more_is_better(draw):
    """A number scored by any scorer that rises."""
    scorer, parameters = draw(
        st.sampled_from(
            [
                ("target", None),
                ("value", {}),
                ("linear", {"zero": 10, "full": 60}),
                ("linear", {"zero": -5, "full": "target"}),
                ("bands", [{"from": 0, "score": 0}, {"from": 20, "score": 40}, {"from": 50, "score": 100}]),
            ]
        )
    )
    return Asked(
        answer="number",
        ladder=tuple(str(number) for number in sorted(draw(NUMBERS))),
        target=f">= {draw(st.integers(0, 80))}",
        scorer=scorer,
        parameters=parameters,
    )


def less_is_better(draw):
    """A number or a count, scored by any scorer that falls."""
    scorer, parameters = draw(
        st.sampled_from(
            [
                ("target", None),
                ("linear", {"zero": 60, "full": 10}),
                ("linear", {"zero": 120, "full": "target"}),
                ("bands", [{"from": 0, "score": 100}, {"from": 20, "score": 40}, {"from": 50, "score": 0}]),
            ]
        )
    )
    numbers, answer = draw(st.sampled_from([(NUMBERS, "number"), (COUNTS, "deduction")]))
    return Asked(
        answer=answer,
        ladder=tuple(str(number) for number in sorted(draw(numbers), reverse=True)),
        target=f"<= {draw(st.integers(0, 80))}",
        scorer=scorer,
        parameters=parameters,
    )


NUMBERS = st.lists(st.decimals(min_value=-20, max_value=130, places=2), min_size=2, max_size=5)
COUNTS = st.lists(st.integers(0, 40), min_size=2, max_size=5)
POINTS = st.integers(1, 100)


def deducted(draw):
    points = draw(POINTS)
    cap = draw(st.none() | st.integers(points, 100))
    return Asked(
        answer="deduction",
        ladder=tuple(str(number) for number in sorted(draw(COUNTS), reverse=True)),
        target=f"<= {draw(st.integers(0, 3))}",
        scorer=DEDUCT,
        parameters={"deduct": points} if cap is None else {"deduct": points, "cap": cap},
    )


def added(draw):
    points = draw(POINTS)
    return Asked(
        answer="deduction",
        ladder=tuple(str(number) for number in sorted(draw(COUNTS))),
        target=f">= {draw(st.integers(0, 3))}",
        scorer=BONUS,
        parameters={"bonus": points, "cap": draw(st.integers(points, 100))},
    )


KINDS = (yes_no, choice, multi, scale, more_is_better, less_is_better)
COUNTED = (deducted, added)


# ---- a standard of any policy, questions on it, and what was answered


class Case(Struct, frozen=True, kw_only=True):
    """Questions with the answers they got, as places on their ladders; ``None`` is no answer, ``-1`` not applicable."""

    standard: Standard
    scale: RatingScale
    questions: tuple[Question, ...]
    asked: tuple[Asked, ...]
    places: tuple[int | None, ...]
    summary: SummaryKind


@st.composite
def cases(draw, rollup):
    """The first question has an answer that is not the best one."""
    scoring = Scoring(
        rollup=rollup,
        base=draw(st.decimals(min_value=50, max_value=100, places=1)),
        floor=draw(st.decimals(min_value=0, max_value=40, places=1)),
        not_applicable=draw(st.sampled_from(NotApplicable)),
        unanswered=draw(st.sampled_from(Unanswered)),
        critical=draw(st.sampled_from(CriticalPolicy)),
        cap=Decimal(50),
        min_coverage=draw(st.sampled_from([Decimal(0), Decimal("0.8")])),
    )
    dimensions = {
        f"d{n}": Dimension(id=f"d{n}", title=TITLE, weight=draw(WEIGHTS)) for n in range(draw(st.integers(1, 2)))
    }
    criteria = {
        f"c{n}": Criterion(
            id=f"c{n}",
            dimension=draw(st.sampled_from(sorted(dimensions))),
            title=TITLE,
            weight=draw(WEIGHTS),
            combine=draw(st.sampled_from(Combine)),
            severity=draw(st.sampled_from(Severity)),
        )
        for n in range(draw(st.integers(1, 3)))
    }
    kinds = COUNTED if rollup is Rollup.DEDUCTION else KINDS
    asked = tuple(draw(st.sampled_from(kinds))(draw) for _ in range(draw(st.integers(1, 5))))
    questions = tuple(
        question_of(f"i{n}", one, criteria[draw(st.sampled_from(sorted(criteria)))], scoring, draw(WEIGHTS))
        for n, one in enumerate(asked)
    )
    return Case(
        standard=Standard(
            id="s",
            version="1",
            title=TITLE,
            scoring=scoring,
            ratings=(),
            dimensions=dimensions,
            datasets={},
            criteria=criteria,
        ),
        scale=draw(st.sampled_from([by_score, by_condition, by_failures]))(scoring),
        questions=questions,
        asked=asked,
        places=(
            draw(st.integers(0, len(asked[0].ladder) - 2)),
            *(draw(st.integers(-1, len(one.ladder) - 1) | st.none()) for one in asked[1:]),
        ),
        summary=draw(st.sampled_from([kind for kind in SummaryKind if kind is not SummaryKind.LATEST])),
    )


def question_of(name, asked, criterion, scoring, weight):
    rule = ScoreRule() if asked.parameters is None else ScoreRule(scorer=asked.scorer, parameters=asked.parameters)
    return Question(
        checklist=Checklist(id="checklist", standard="s@1", title=TITLE, items=()),
        item=Item(
            id=name,
            title=TITLE,
            dataset="",
            measure="",
            ask=build_ask({"ask": "?", "answer": asked.answer}),
            criterion=criterion.id,
            score=rule,
            target=read_target(asked.target),
            weight=weight,
        ),
        criterion=criterion,
        scorer=SCORERS[asked.scorer],
        scoring=scoring,
    )


WORDS = ("C", "B", "A")


def by_score(scoring):
    ratings = tuple(
        Rating(rating=word, title=TITLE, start=Decimal(at)) for word, at in zip("ABC", (90, 60, 0), strict=True)
    )
    return RatingScale(ratings, (None,) * 3, scoring)


def by_condition(scoring):
    """Conditions that ask for more points and fewer failures give the better rating."""
    return conditional(scoring, "score >= 90 and critical = 0", "score >= 60 and critical + major <= 1")


def by_failures(scoring):
    return conditional(scoring, "critical = 0 and major <= 1", "critical <= 1")


def conditional(scoring, *texts):
    ready = tuple(read_condition(text, ("score", "critical", "major")) for text in texts)
    return RatingScale(tuple(Rating(rating=word, title=TITLE) for word in "ABC"), (*ready, None), scoring)


def results_of(case, places):
    return [
        score_answer(question, question.item.ask, observed(question, asked, place))
        for question, asked, place in zip(case.questions, case.asked, places, strict=True)
    ]


def observed(question, asked, place):
    told = None
    if place is not None:
        key = AnswerKey(programme="p", period="2026-10", site="a", checklist="checklist", item=question.item.id)
        value, why = (None, "not here") if place < 0 else (asked.ladder[place], None)
        told = GivenAnswer(key=key, value=value, not_applicable=why, given_by="anna", given_at=NOW)
    return Observation(site="a", checklist="checklist", item=question.item.id, answer=told)


def scored(case, places):
    """All scores of the site, its place on the rating scale, and the programme's score beside another site's."""
    results = results_of(case, places)
    bonuses = {question.item.id for question in case.questions if question.item.score.scorer == BONUS}
    made = score_audit(case.standard, "a", results, bonuses)
    rated = rate_audit(case.scale, made.audit, results)
    other = score_audit(case.standard, "b", results_of(case, [0] * len(places)), bonuses).audit
    sites = [Site(id=name, title=TITLE, weight=Decimal(weight)) for name, weight in (("a", 2), ("b", 1))]
    audits = {"a": made.audit, "b": other}
    holds = {name: one.score >= 60 for name, one in audits.items() if one.score is not None}
    lift = Lift(kind=case.summary, volumes={"a": 3, "b": 1}, holds=holds)
    programme = score_programme("p", sites, audits, lift)
    rating = None if rated.rating is None else WORDS.index(rated.rating)
    return [*made.criteria, *made.dimensions, rated, programme], results, rating


@pytest.mark.parametrize("rollup", Rollup)
@given(st.data())
def test_a_better_answer_never_lowers_a_score_a_verdict_or_a_rating(rollup, data):
    case = data.draw(cases(rollup))
    better = data.draw(st.integers(case.places[0] + 1, len(case.asked[0].ladder) - 1))
    before, results, rating = scored(case, case.places)
    after, improved, rating_after = scored(case, (better, *case.places[1:]))
    assert improved[0].score >= results[0].score
    assert (results[0].status, improved[0].status) != (Status.PASS, Status.FAIL)
    assert all(new.score >= old.score for old, new in zip(before, after, strict=True) if old.score is not None)
    assert rating is None or rating_after >= rating


SUMMARIES = {
    "mean": Summary(),
    "worst": Summary(kind=SummaryKind.WORST),
    "latest": Summary(kind=SummaryKind.LATEST),
    "share": Summary(kind=SummaryKind.SHARE, condition="score >= 60"),
}


@pytest.mark.parametrize("summary", SUMMARIES)
@given(st.sampled_from(Rollup), st.data())
def test_a_better_answer_about_one_subject_never_lowers_its_site(summary, rollup, data):
    if summary == "share" and rollup is Rollup.DEDUCTION:
        return  # a share of subjects is no number of points, and refused
    case = data.draw(cases(rollup))
    if summary == "share" and any(wants_few(question.target) for question in case.questions):
        return  # such a target is held against the share, and asks for few subjects that do well
    others = data.draw(st.lists(st.tuples(*(st.integers(-1, len(one.ladder) - 1) for one in case.asked)), max_size=3))
    better = data.draw(st.integers(case.places[0] + 1, len(case.asked[0].ladder) - 1))
    places = data.draw(st.permutations([case.places, *others]))
    improved = [(better, *one[1:]) if one is case.places else one for one in places]
    for before, after in zip(site_of(case, places, summary), site_of(case, improved, summary), strict=True):
        assert before.score is None or after.score >= before.score
        assert (before.status, after.status) != (Status.PASS, Status.FAIL)


def wants_few(target):
    """Whether a target that can judge a share wants it to be small."""
    return target is not None and target.direction is Direction.LOWER and 0 <= target.bound <= 1


def site_of(case, places, summary):
    """The site's results of all questions, made of subjects that were answered for as in ``places``."""
    chosen = SUMMARIES[summary]
    measurable = Measurable(
        programme=None,
        questions=case.questions,
        measures={},
        requests={},
        recorded={},
        asked={},
        derived={},
        answers={one.item.id: one.item.ask.form for one in case.questions},
        applies={},
        conditions={"checklist": read_condition(chosen.condition, ("score",))} if chosen.condition else {},
        about_persons=frozenset(),
        by_persons=frozenset(),
        grouped_by_persons=frozenset(),
        scale=case.scale,
        bonuses=frozenset(),
    )
    subjects = []
    for number, one in enumerate(places):
        results = {result.item: result for result in results_of(case, one)}
        audit = next(score for score in scored(case, one)[0] if score.level is Level.AUDIT)
        subjects.append(Subject(label=f"s{number}", results=results, score=audit, latest=number, is_drawn=True))
    site = Site(id="a", title=TITLE)
    return [
        summarise(measurable, replace(question.checklist, summary=chosen), question, site, subjects)
        for question in case.questions
    ]


@given(st.sampled_from(Rollup).flatmap(cases))
def test_what_nobody_has_answered_is_not_rated(case):
    """A condition such as ``critical = 0`` holds where nothing was looked at, and says nothing."""
    *_, audit, programme = scored(case, [None] * len(case.places))[0]
    if case.standard.scoring.unanswered is Unanswered.INCOMPLETE:
        assert (audit.score, audit.rating) == (None, None)
        assert programme.rating is None


def test_every_kind_of_answer_with_points_is_among_them():
    """Texts and dates have none."""
    seen = set()

    @given(st.data())
    def look(data):
        for kind in (*KINDS, *COUNTED):
            seen.add(build_ask({"ask": "?", "answer": kind(data.draw).answer}).form.kind)

    look()
    assert seen == set(AnswerKind) - {AnswerKind.TEXT, AnswerKind.DATE}
