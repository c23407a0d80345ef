"""What is stored comes back as it was, to the last digit."""

import itertools
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from sqaudit.model.action import (
    ActionState,
    Analysis,
    CauseCode,
    CauseMethod,
    Containment,
    CorrectiveAction,
    Deadline,
    EffectCriterion,
    Move,
    Path,
    Plan,
    PlanStep,
    Rung,
    Verdict,
    Verification,
    Why,
)
from sqaudit.model.concession import Concession
from sqaudit.model.event import Deed, EventKind
from sqaudit.model.evidence import CellCounts, Observation, SourceFile, SourceRecord
from sqaudit.model.finding import Finding, Sighting
from sqaudit.model.programme import Period, Revision, Site
from sqaudit.model.risk import Risk
from sqaudit.model.sample import (
    Acceptance,
    Draw,
    DrawMethod,
    Exclusion,
    Inspection,
    Precision,
    SamplePlan,
    SampleRecord,
    Stratum,
    Unit,
)
from sqaudit.model.score import ItemResult, Level, Score, Status, Value
from sqaudit.model.standard import Severity
from sqaudit.model.target import Target
from sqaudit.model.texts import Text
from sqaudit.store.actions import ActionChoice, Recorded
from sqaudit.store.documents import store_document
from sqaudit.store.engine import open_store
from sqaudit.store.parts.results import Following

# PostgreSQL keeps no NUL; that it is told stands in test_postgresql.
texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12)
names = texts.filter(bool)
optional = st.none() | texts
counts = st.integers(0, 2**62)
decimals = st.decimals(allow_nan=False, allow_infinity=False)
floats = st.floats(allow_nan=False)
moments = st.datetimes(
    datetime(1900, 1, 1),
    datetime(2200, 1, 1),
    timezones=st.sampled_from([UTC, timezone(timedelta(hours=-5))]),
)
scalars = texts | st.integers(-(2**70), 2**70) | floats | st.booleans() | st.none()
json_values = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3), max_leaves=6
)
titles = st.dictionaries(texts, texts, min_size=1, max_size=2).map(Text)
targets = st.builds(
    Target,
    text=texts,
    comparison=st.sampled_from([">=", "<"]),
    bound=decimals,
    is_duration=st.booleans(),
)
sites = st.builds(
    Site,
    id=names,
    title=titles,
    region=optional,
    manager=optional,
    timezone=optional,
    weight=decimals,
    attributes=st.dictionaries(texts, scalars, max_size=3),
)
sources = st.builds(
    SourceRecord,
    dataset=names,
    fingerprint=texts,
    files=st.lists(st.builds(SourceFile, name=texts, size=counts, sha256=texts), max_size=2).map(tuple),
    read=counts,
    accepted=counts,
    rejected=counts,
    blank=counts,
    duplicates=counts,
    columns=st.dictionaries(texts, st.builds(CellCounts, valid=counts, invalid=counts, missing=counts), max_size=2),
    earliest=st.none() | moments,
    newest=st.none() | moments,
    stale=st.booleans(),
    rejects=optional,
    unknown_sites=st.dictionaries(texts, counts, max_size=2),
)
observations = st.builds(
    Observation,
    site=names,
    checklist=names,
    item=names,
    rows=counts,
    n=counts,
    missing=counts,
    invalid=counts,
    statistics=st.dictionaries(texts, st.integers(-(2**80), 2**80) | decimals | floats | st.none(), max_size=4),
    stale=st.booleans(),
    failed=st.booleans(),
    reason=optional,
)
values = st.builds(
    Value,
    value=st.none() | floats,
    unit=texts,
    formula=texts,
    low=st.none() | floats,
    high=st.none() | floats,
    interval=optional,
    reason=optional,
)
results = st.builds(
    ItemResult,
    site=names,
    checklist=names,
    item=names,
    criterion=optional,
    dimension=optional,
    status=st.sampled_from(Status),
    severity=st.sampled_from(Severity),
    value=values,
    n=counts,
    missing=counts,
    invalid=counts,
    target=st.none() | targets,
    score=st.none() | decimals,
    weight=decimals,
    stale=st.booleans(),
    reason=optional,
)
scores = st.builds(
    Score,
    level=st.sampled_from(Level),
    id=names,
    site=st.none() | names,
    score=st.none() | decimals,
    raw_score=st.none() | decimals,
    coverage=st.none() | decimals,
    weight=decimals,
    items=counts,
    critical_failed=counts,
    rating=optional,
    reason=optional,
)
sightings = st.builds(
    Sighting,
    site=names,
    criterion=names,
    items=st.lists(texts, max_size=3).map(tuple),
    severity=st.sampled_from(Severity),
)
days = st.dates()
containments = st.builds(
    Containment,
    by=texts,
    on=days,
    correction=optional,
    containment=optional,
    consequences=optional,
    not_needed=optional,
)
scales = st.integers(1, 10)
analyses = st.builds(
    Analysis,
    by=texts,
    method=st.sampled_from(CauseMethod),
    cause=texts,
    code=st.sampled_from(CauseCode),
    extent=texts,
    escape=texts,
    whys=st.lists(st.builds(Why, cause=texts, evidence=texts), max_size=2).map(tuple),
    risk=st.none() | st.builds(Risk, severity=scales, occurrence=scales, detection=st.none() | scales),
)
steps = st.builds(
    PlanStep, text=texts, owner=texts, due=days, done_on=st.none() | days, done_by=optional, evidence=optional
)
effects = st.builds(
    EffectCriterion,
    indicator=texts,
    baseline=texts,
    target=texts,
    improve=st.floats(0, 1e9),
    check_on=days,
    guards=st.lists(texts, max_size=2).map(tuple),
    controls=st.lists(texts, max_size=2).map(tuple),
)
plans = st.builds(Plan, by=texts, steps=st.lists(steps, max_size=2).map(tuple), effect=effects, resources=optional)
verifications = st.builds(
    Verification,
    evidence=texts,
    checked_by=texts,
    verdict=st.none() | st.sampled_from(Verdict),
    reasons=st.lists(texts, max_size=2).map(tuple),
    judged_at=st.none() | moments,
)
small = st.integers(0, 2**31)
corrective_actions = st.builds(
    CorrectiveAction,
    id=names,
    programme=names,
    finding=names,
    criterion=names,
    site=st.none() | names,
    severity=st.sampled_from(Severity),
    path=st.sampled_from(Path),
    state=st.sampled_from(ActionState),
    opened_at=moments,
    updated_at=moments,
    owner=optional,
    parent=optional,
    due=st.none() | moments,
    due_for=st.none() | st.sampled_from(Move),
    containment=st.none() | containments,
    analysis=st.none() | analyses,
    plan=st.none() | plans,
    approved_by=optional,
    implemented_on=st.none() | days,
    changed=optional,
    verification=st.none() | verifications,
    lessons=optional,
    closed_at=st.none() | moments,
    reopenings=small,
    extensions=small,
    checks=small,
    version=small,
)


PERIOD = Period(label="2026-10", start=datetime(2026, 10, 1, tzinfo=UTC), end=datetime(2026, 11, 1, tzinfo=UTC))
FIRST = Revision(number=1, fingerprint="f", recorded_at=datetime(2026, 11, 1, tzinfo=UTC), inputs={})
fresh = (f"programme-{number}" for number in itertools.count())


@pytest.fixture(scope="module", params=["memory", "postgresql"])
def kept(request, tmp_path_factory):
    """One store for all examples; each records a programme of its own."""
    url = "sqlite://"
    if request.param == "postgresql":
        server = request.getfixturevalue("server")
        server.run("DROP SCHEMA IF EXISTS public CASCADE", "CREATE SCHEMA public")
        url = server.url
    with open_store(url, tmp_path_factory.getbasetemp()) as store:
        yield store


def record(store, **parts):
    programme = next(fresh)
    nothing = {"revision": FIRST, "documents": [], "sites": [], "sources": [], "observations": []}
    store.add_revision(programme=programme, period=PERIOD, **(nothing | parts))
    return programme


def several(strategy, *key):
    return st.lists(strategy, max_size=4, unique_by=lambda one: tuple(getattr(one, name) for name in key))


def digits(found):
    """Equality of numbers forgets trailing zeros, the sign of zero and int against float; this does not."""
    return [repr(one) for one in found]


def unlike(mapping):
    return sorted((name, type(value), repr(value)) for name, value in mapping.items())


@settings(max_examples=60, deadline=None)
@given(
    several(sites, "id"),
    several(sources, "dataset"),
    several(observations, "site", "checklist", "item"),
)
def test_evidence(kept, listed, read, seen):
    programme = record(kept, sites=listed, sources=read, observations=seen)
    assert kept.read_sites(programme, "2026-10", 1) == sorted(listed, key=lambda site: site.id)
    assert kept.read_sources(programme, "2026-10", 1) == sorted(read, key=lambda source: source.dataset)
    back = kept.read_observations(programme, "2026-10", 1)
    expected = sorted(seen, key=lambda one: (one.site, one.checklist, one.item))
    assert back == expected
    assert [unlike(one.statistics) for one in back] == [unlike(one.statistics) for one in expected]


@settings(max_examples=60, deadline=None)
@given(
    several(results, "site", "checklist", "item"),
    several(scores, "level", "site", "id"),
    several(sightings, "site", "criterion"),
)
def test_conclusions(kept, concluded, rolled_up, seen):
    programme = record(kept)
    raised = [
        Finding(
            id=f"f-{programme}-{number}",
            programme=programme,
            period="2026-10",
            site=one.site,
            criterion=one.criterion,
            severity=one.severity,
            raised_at=datetime(2026, 11, 1, tzinfo=UTC),
            repeats=number,
        )
        for number, one in enumerate(seen)
    ]
    seen = [replace(one, finding=own.id) for one, own in zip(seen, raised, strict=True)]
    following = Following(sightings=seen, raised=raised)
    kept.save_scored(programme, "2026-10", 1, concluded, rolled_up, lambda _known, _actions: following)
    back = [one for _, one in kept.read_results(programme)]
    assert digits(back) == digits(sorted(concluded, key=lambda one: (one.site, one.checklist, one.item)))
    levels = list(Level)
    back = [one for _, one in kept.read_scores(programme)]
    assert digits(back) == digits(sorted(rolled_up, key=lambda one: (levels.index(one.level), one.site or "", one.id)))
    found = kept.read_findings(programme)
    assert [one.sighting for one in found] == sorted(seen, key=lambda one: (one.site, one.criterion))
    assert sorted((one.finding for one in found), key=lambda one: one.id) == sorted(raised, key=lambda one: one.id)


@settings(max_examples=60, deadline=None)
@given(corrective_actions, moments, st.lists(st.tuples(st.sampled_from(Rung), moments), max_size=3).map(tuple))
def test_actions(kept, action, due, notices):
    programme = record(kept)
    action = replace(action, id=f"a-{programme}", programme=programme)
    deadlines = tuple(
        Deadline(action=action.id, number=number, step=Move.PLAN, due=due, set_at=due, notices=notices)
        for number in (1, 2)
    )
    opened = Recorded(action=action, deadlines=deadlines, deed=Deed(kind=EventKind.ACTION_OPENED, when=due))
    following = Following(opened=[opened])
    kept.save_scored(programme, "2026-10", 1, [], [], lambda _known, _actions: following)
    assert kept.find_action(action.id) == action
    assert kept.list_actions(ActionChoice(equal={"programme": programme})) == [action]
    assert kept.list_deadlines([action.id]) == {action.id: list(deadlines)}


@settings(max_examples=30, deadline=None)
@given(st.none() | names, texts, moments, days, days)
def test_concessions(kept, site, reason, granted_at, first_day, last_day):
    programme = record(kept)
    granted = Concession(
        id=f"c-{programme}",
        programme=programme,
        criterion="RS-1",
        site=site,
        reason=reason,
        owner="anna",
        approver="bo",
        granted_at=granted_at,
        first_day=first_day,
        last_day=last_day,
    )
    kept.add_concession(granted)
    assert kept.list_concessions(programme) == [granted]
    ended = kept.revoke_concession(granted.id, "bo", reason, granted_at)
    assert kept.list_concessions(programme) == [ended]
    assert (ended.revoked_at, ended.revoked_by, ended.revoked_because) == (granted_at, "bo", reason)


@settings(max_examples=60, deadline=None)
@given(moments, st.dictionaries(texts, json_values, max_size=3), st.lists(texts, max_size=3).map(tuple), texts)
def test_revisions_and_documents(kept, recorded_at, inputs, changes, content):
    revision = Revision(number=1, fingerprint=content, recorded_at=recorded_at, inputs=inputs, changes=changes)
    document = store_document(kind="standard", id="s", version="1.0", content=content)
    programme = record(kept, revision=revision, documents=[document, document])
    assert kept.read_cycle(programme, "2026-10").revisions == (revision,)
    assert kept.read_document(document.hash) == document
    assert kept.read_documents(programme, "2026-10", 1) == [document]


def test_numbers_keep_their_kind_and_digits(store, make):
    """1.50 stays 1.50, -0.0 keeps its sign, an int stays an int, 0.1 + 0.2 stays what it is."""
    statistics = {"decimal": Decimal("1.50"), "int": 3, "float": 0.1 + 0.2, "zero": -0.0, "none": None, "big": 10**30}
    make.add(store, observations=[make.observation(statistics=statistics)])
    (back,) = store.read_observations("monthly", "2026-10", 1)
    assert unlike(back.statistics) == unlike(statistics)


def test_a_moment_without_a_zone_is_refused(store, make):
    with pytest.raises(ValueError, match="zone"):
        make.add(store, revision=make.revision(1, recorded_at=datetime(2026, 11, 1)))
    assert store.list_cycles() == []


values = st.lists(texts, max_size=2).map(tuple)
drawn = st.builds(
    Draw,
    plan=st.builds(
        SamplePlan,
        size=st.none() | counts,
        total=st.none() | counts | st.builds(Precision, margin=decimals, expected=decimals, confidence=decimals),
        strata=values,
        method=st.sampled_from(DrawMethod),
        neyman=optional,
        acceptance=st.none() | st.builds(Acceptance, aql=decimals, level=st.sampled_from(["S-1", "II"])),
    ),
    seed=texts,
    frame_hash=texts,
    frame_size=counts,
    exclusions=st.lists(st.builds(Exclusion, site=texts, id=texts, reason=texts), max_size=2).map(tuple),
    strata=st.lists(
        st.builds(
            Stratum,
            site=texts,
            values=values,
            units=counts,
            drawn=counts,
            valued=st.none() | counts,
            deviation=st.none() | st.floats(allow_nan=False, allow_infinity=False),
            accept=st.none() | counts,
            inspection=st.none() | st.sampled_from(Inspection),
        ),
        max_size=2,
    ).map(tuple),
    units=st.lists(st.builds(Unit, site=texts, id=texts, stratum=values), max_size=3).map(tuple),
)
samples = st.builds(
    SampleRecord,
    id=names,
    programme=texts,
    checklist=texts,
    period=texts,
    frame=texts,
    draw=drawn,
    drawn_at=moments,
    drawn_by=optional,
)


@settings(max_examples=50)
@given(drawn=samples)
def test_samples_come_back(kept, drawn):
    name = next(fresh)
    drawn = replace(drawn, id=f"{name}-{drawn.id}", programme=name)
    kept.add_sample(drawn)
    assert kept.find_sample(drawn.id) == drawn
    assert kept.list_samples(drawn.programme, drawn.period, drawn.checklist) == [drawn]
    assert kept.find_sample(drawn.id + "x") is None
