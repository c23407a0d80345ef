"""Failures counted on findings: once while these are open, as repeats after the fix, together where systemic."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from sqaudit.follow_up.matching import SeenIn, follow_sightings
from sqaudit.model.action import ActionState
from sqaudit.model.finding import Finding, Known, Sighting, finding_id
from sqaudit.model.follow_up import FollowUp, Match
from sqaudit.model.standard import Severity

NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
ALONE = FollowUp(systemic_sites=1000, systemic_share=Decimal(1))


def seen_in(first_day=date(2026, 5, 1), **more):
    start = datetime(first_day.year, first_day.month, first_day.day, tzinfo=UTC)
    values = {"programme": "m", "period": f"{first_day:%Y-%m}", "start": start, "first_day": first_day, "sites": 10}
    return SeenIn(**(values | {"judged_at": NOW} | more))


def failure(site="s1", criterion="room", severity=Severity.MINOR, items=("beds",)):
    return Sighting(site=site, criterion=criterion, items=items, severity=severity)


def known(site="s1", criterion="room", *, state=None, fixed_on=None, closed_at=None, items=("beds",), **more):
    values = {"severity": Severity.MINOR, "period": "2026-01", "raised_at": datetime(2026, 2, 1, tzinfo=UTC)}
    values |= {"action": None if state is None else "a-1"} | more
    identity = more.get("id") or finding_id("m", values["period"], site, criterion)
    finding = Finding(programme="m", site=site, criterion=criterion, **(values | {"id": identity}))
    return Known(finding=finding, items=frozenset(items), state=state, fixed_on=fixed_on, closed_at=closed_at)


def closed(fixed_on, **more):
    closed_at = datetime(fixed_on.year, fixed_on.month, fixed_on.day, tzinfo=UTC) + timedelta(days=40)
    return known(state=ActionState.CLOSED, fixed_on=fixed_on, closed_at=closed_at, **more)


def test_a_first_failure_raises_a_finding():
    followed = follow_sightings([failure()], [], seen_in(), ALONE)
    (raised,) = followed.raised
    assert (raised.site, raised.severity, raised.repeat_of, raised.repeats) == ("s1", Severity.MINOR, None, 0)
    assert followed.sightings == (replace(failure(), finding=raised.id),)
    assert followed.unattended == (raised,)


def test_a_failure_seen_again_is_counted_on_the_open_finding():
    before = known(state=ActionState.PLANNED)
    followed = follow_sightings([failure()], [before], seen_in(), ALONE)
    assert followed.raised == ()
    assert [one.finding for one in followed.sightings] == [before.finding.id]
    assert (followed.returned, followed.unattended) == ((), ())


def test_while_it_is_being_verified_a_failure_is_no_second_finding():
    before = known(state=ActionState.VERIFYING, fixed_on=date(2026, 3, 1))
    followed = follow_sightings([failure()], [before], seen_in(), ALONE)
    assert (followed.raised, followed.returned) == ((), ())


def test_without_follow_up_a_finding_stays_open():
    followed = follow_sightings([failure()], [known()], seen_in(), None)
    assert followed.raised == ()


def test_after_the_fix_it_is_a_repeat_one_step_up():
    """SEMANTICS 9.3: within 365 days after the earlier action was carried out; critical stays."""
    for before, after in (
        (Severity.MINOR, Severity.MAJOR),
        (Severity.MAJOR, Severity.CRITICAL),
        (Severity.CRITICAL, Severity.CRITICAL),
        (Severity.OPPORTUNITY, Severity.OPPORTUNITY),
    ):
        cured = closed(date(2026, 4, 1), severity=before, repeats=2)
        followed = follow_sightings([failure(severity=before)], [cured], seen_in(), ALONE)
        (raised,) = followed.raised
        assert (raised.severity, raised.repeat_of, raised.repeats) == (after, cured.finding.id, 3)


def test_the_window_of_repeats_is_declared():
    cured = closed(date(2025, 1, 10), period="2024-12")
    in_time = follow_sightings([failure()], [cured], seen_in(date(2025, 5, 2)), ALONE)
    assert in_time.raised[0].repeat_of == cured.finding.id
    rules = replace(ALONE, repeat_within=timedelta(days=100))
    assert follow_sightings([failure()], [cured], seen_in(date(2025, 5, 2)), rules).raised[0].repeat_of is None
    last = date(2025, 1, 10) + timedelta(days=365)
    assert follow_sightings([failure()], [cured], seen_in(last), ALONE).raised[0].repeats == 1
    assert follow_sightings([failure()], [cured], seen_in(last + timedelta(days=1)), ALONE).raised[0].repeats == 0


def test_other_sites_and_criteria_are_no_repeats():
    """REP-01, rows 3 and 4."""
    cured = closed(date(2025, 1, 10))
    seen = seen_in(date(2025, 5, 2))
    for other in (failure(criterion="lobby"), failure(site="s2")):
        assert follow_sightings([other], [cured], seen, ALONE).raised[0].repeat_of is None


def test_in_the_watch_period_the_action_is_taken_up_again():
    cured = closed(date(2026, 4, 1))
    followed = follow_sightings([failure()], [cured], seen_in(), ALONE)
    assert followed.returned == ("a-1",)
    assert followed.raised[0].action == "a-1"
    assert followed.unattended == ()
    late = follow_sightings([failure()], [cured], seen_in(), replace(ALONE, watch=timedelta(days=-60)))
    assert (late.returned, late.raised[0].action) == ((), None)
    assert late.unattended == late.raised


def test_a_cycle_from_before_the_fix_proves_nothing_against_it():
    cured = closed(date(2026, 6, 15))
    followed = follow_sightings([failure()], [cured], seen_in(), ALONE)
    assert (followed.raised, followed.returned) == ((), ())
    assert followed.sightings[0].finding == cured.finding.id


def test_what_was_cancelled_was_not_cured():
    gone = known(state=ActionState.CANCELLED)
    (raised,) = follow_sightings([failure()], [gone], seen_in(), ALONE).raised
    assert (raised.repeat_of, raised.repeats) == (None, 0)
    again = follow_sightings([failure()], [gone], seen_in(date(2026, 1, 1)), ALONE)
    assert (again.raised, again.sightings[0].finding) == ((), gone.finding.id)


def test_a_renamed_criterion_keeps_its_history():
    cured = closed(date(2026, 4, 1), criterion="old-room")
    seen = seen_in(former={"room": ("older-room", "old-room")})
    assert follow_sightings([failure()], [cured], seen, ALONE).raised[0].repeat_of == cured.finding.id


def test_the_match_key_may_ask_for_a_common_item():
    cured = closed(date(2026, 4, 1), items=("beds", "floor"))
    rules = replace(ALONE, match=Match.ITEM)
    assert follow_sightings([failure(items=("bath",))], [cured], seen_in(), rules).raised[0].repeats == 0
    assert follow_sightings([failure(items=("bath", "floor"))], [cured], seen_in(), rules).raised[0].repeats == 1
    renamed = seen_in(former={"ground": ("floor",)})
    assert follow_sightings([failure(items=("ground",))], [cured], renamed, rules).raised[0].repeats == 1


def test_the_same_failure_at_many_sites_is_systemic():
    """At 3 sites, or 20 per cent of them; one finding stands for all, as heavy as the heaviest of them."""
    failures = [failure(f"s{number}") for number in range(3)] + [failure("s0", "lobby")]
    followed = follow_sightings(failures, [], seen_in(sites=100), FollowUp())
    (whole,) = [one for one in followed.raised if one.is_systemic]
    members = [one for one in followed.raised if one.systemic == whole.id]
    assert (whole.criterion, len(members)) == ("room", 3)
    assert followed.sightings[-1] == Sighting(
        site=None, criterion="room", items=("beds",), severity=Severity.MINOR, finding=whole.id
    )
    two = failures[:2]
    assert [one.is_systemic for one in follow_sightings(two, [], seen_in(sites=10), FollowUp()).raised].count(True) == 1
    assert not any(one.is_systemic for one in follow_sightings(two, [], seen_in(sites=11), FollowUp()).raised)
    assert not any(one.is_systemic for one in follow_sightings(two[:1], [], seen_in(sites=2), FollowUp()).raised)


def test_an_open_finding_joins_the_systemic_one():
    before = known("s0", state=ActionState.OPEN)
    followed = follow_sightings([failure(f"s{number}") for number in range(3)], [before], seen_in(), FollowUp())
    (whole,) = [one for one in followed.raised if one.is_systemic]
    assert followed.linked == (replace(before.finding, systemic=whole.id),)


def test_trials_stand_apart():
    pilot = seen_in(is_pilot=True, period="2026-05-pilot")
    followed = follow_sightings([failure(f"s{n}") for n in range(4)], [known("s0")], pilot, FollowUp())
    assert len(followed.raised) == 4
    assert not any(one.is_systemic or one.systemic for one in followed.raised)


sites = st.sampled_from(["s1", "s2", "s3", "s4"])
criteria = st.sampled_from(["room", "lobby"])
keys = st.lists(st.tuples(sites, criteria), unique=True)
states = st.sampled_from([None, *ActionState])
fixes = st.none() | st.dates(date(2025, 1, 1), date(2026, 12, 31))
histories = st.lists(st.tuples(sites, criteria, states, fixes), max_size=6)


@given(keys, histories, st.randoms())
def test_every_failure_is_on_one_finding_in_any_order(failed, history, random):
    findings = [
        known(
            site,
            criterion,
            state=state,
            fixed_on=fixed,
            closed_at=NOW if state is ActionState.CLOSED else None,
            id=f"f-{number}",
            raised_at=NOW - timedelta(days=number),
        )
        for number, (site, criterion, state, fixed) in enumerate(history)
    ]
    failures = [failure(*key) for key in failed]
    followed = follow_sightings(failures, findings, seen_in(), FollowUp())
    places = [(one.site, one.criterion) for one in followed.sightings]
    assert sorted(place for place in places if place[0] is not None) == sorted(failed)
    by_id = {one.id: one for one in (*followed.raised, *(one.finding for one in findings))}
    for one in followed.sightings:
        assert (by_id[one.finding].site, by_id[one.finding].criterion) == (one.site, one.criterion)
    open_before = {(one.finding.site, one.finding.criterion) for one in findings if one.is_open}
    assert not open_before & {(one.site, one.criterion) for one in followed.raised}
    random.shuffle(failures)
    random.shuffle(findings)
    assert follow_sightings(failures, findings, seen_in(), FollowUp()) == followed
