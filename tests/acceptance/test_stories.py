"""The domain's cases from their files to the verdict that numbers allow, by commands alone.

What has to come out is written in the domain's table of cases (each story holds its line), or is worked out here from
the records, by other means.
"""

import json
from collections import Counter, defaultdict
from dataclasses import replace
from datetime import date
from fractions import Fraction
from math import sqrt
from statistics import mean, median

import pytest
from scipy.stats import binomtest, chi2_contingency, mannwhitneyu, ttest_ind
from stories import EVERYWHERE, STORIES
from stories.story import days_of
from stories.twins import few_answers, obstructed_escape, spring_festival, stricter_standard, without_records

SYSTEMIC_FROM = 3  # sites: the project's own rule
QUESTIONS = {"bathroom", "bed", "floor", "escape"}


class Told:
    """A story whose periods were run one after the other."""

    def __init__(self, story, project):
        self.story, self.project = story, project
        self._printed = {}
        for path, text in story.files.items():
            project.write(path, text)
        for period in story.periods:
            for path, text in story.later.get(period, {}).items():
                project.write(path, text)
            done = project.run("run", story.programme, "--period", period)
            assert done.code == 0, done.text

    def rows(self, *words):
        """What a command prints; it is asked once."""
        if words not in self._printed:
            done = self.project.run(*words, "--format", "json")
            assert done.code == 0, done.text
            self._printed[words] = json.loads(done.out)
        return self._printed[words]

    def results(self, period, **wanted):
        rows = self.rows("results", "--programme", self.story.programme, "--period", period)
        return [row for row in rows if all(row[key] == value for key, value in wanted.items())]

    def above(self, period):
        """The values over all sites, by item."""
        rows = self.rows("results", "--programme", self.story.programme, "--period", period, "--level", "programme")
        return {row["item"]: row for row in rows}

    def scores(self, period, level):
        rows = self.rows("scores", "--programme", self.story.programme, "--period", period, "--level", level)
        return [row for row in rows if not row["subject"]]

    def findings(self, period):
        """What was found, by criterion, severity and items: the sites."""
        rows = self.rows("findings", "list", "--programme", self.story.programme, "--period", period)
        found = defaultdict(set)
        for row in rows:
            found[row["criterion"], row["severity"], tuple(row["items"].split())].add(row["site"])
        return found

    def changes(self):
        """The first period against the last, by kind and id."""
        first, *_, last = self.story.periods
        return {(row["kind"], row["id"]): row for row in self.rows("compare", self.story.programme, first, last)}

    def change(self, item):
        return self.changes()["item", item]


@pytest.fixture(scope="module")
def shelf():
    return {}


@pytest.fixture
def tell(shelf, project_on_disk, tmp_path_factory):
    """Tell a story, or give the one told before."""

    def do(name):
        if name not in shelf:
            shelf[name] = Told(STORIES[name](), project_on_disk(tmp_path_factory.mktemp(name)))
        return shelf[name]

    return do


@pytest.fixture
def told(tell, request):
    return tell(request.param)


@pytest.fixture
def tell_anew(project_on_disk, tmp_path):
    return lambda story: Told(story, project_on_disk(tmp_path))


every_story = pytest.mark.parametrize("told", STORIES, indirect=True)


@every_story
def test_the_files_are_as_they_should_be(told):
    done = told.project.run("check")
    assert (done.code, done.out, done.err) == (0, "", "errors: 0, warnings: 0\n")
    again = STORIES[told.story.name]()
    assert again.files == told.story.files, "the same seed makes the same files"


@every_story
def test_what_the_case_says_is_found_at_first_and_nothing_at_last(told):
    first, *_, last = told.story.periods
    expected = {(one.criterion, one.severity, tuple(sorted(one.items))): set(one.sites) for one in told.story.found}
    assert told.findings(first) == expected
    assert told.findings(last) == {}


@every_story
def test_the_figures_of_the_table_come_out(told):
    changes = told.changes()
    for item, shown in told.story.shown.items():
        row = changes["item", item]
        values = (round(row["value_before"], shown.digits), round(row["value_after"], shown.digits))
        assert values == (shown.before, shown.after), item
        assert row["verdict"] == shown.verdict, item
        if shown.p is not None:
            assert as_printed(row["p"], shown.p) == shown.p, item


@every_story
def test_the_declared_effect_fits_the_figures(told):
    """What the action is to be judged by was missed before; unless the verdict is open, it is met and proven after."""
    effect, first, last = told.story.effect, told.story.periods[0], told.story.periods[-1]
    (found,) = (one for one in told.story.found if one.criterion == effect["criterion"])
    assert effect["site"] == EVERYWHERE
    assert len(found.sites) >= SYSTEMIC_FROM
    assert effect["baseline"] == first
    assert days_of(first)[-1] < date.fromisoformat(effect["implemented_on"]) < days_of(last)[0]
    changes = told.changes()
    row = changes["item", effect["indicator"]]
    sign, number = effect["target"].split()
    before, after = ((value - float(number)) * (1 if sign == ">=" else -1) for value in values_of(row))
    assert before < 0 <= after
    assert after - before >= effect["improve"] - 1e-9
    # Proven means that the whole interval of the difference is at least that large.
    scale = 100 if row["difference_unit"] == "percentage_points" else 1
    least, most = sorted(abs(row[end]) / scale for end in ("difference_low", "difference_high"))
    covers_nothing = (row["difference_low"] > 0) == (row["difference_high"] > 0)
    assert (covers_nothing and least >= effect["improve"]) is (effect["verdict"] == "effective")
    assert (not covers_nothing and most >= effect["improve"]) is (effect["verdict"] == "inconclusive")
    assert not {changes["item", guard]["verdict"] for guard in effect["guards"]} & {"worse", "not_comparable"}


def values_of(row):
    return row["value_before"], row["value_after"]


def as_printed(p, text):
    """A probability as a text prints one: with as many digits that count, or as below a limit."""
    if text.startswith("<"):
        return text if p < float(text[1:]) else str(p)
    return f"{p:.{len(text.split('.')[1].lstrip('0'))}g}"


# ---- the figures again, counted in the files


def in_period(story, file, column, period):
    days = {str(day) for day in days_of(period)}
    return [row for row in story.records(file) if row[column][:10] in days]


def counted(story, file, column, holds):
    """How many of how many rows of the first and of the last period."""
    for period in (story.periods[0], story.periods[-1]):
        rows = in_period(story, file, column, period)
        yield sum(map(holds, rows)), len(rows)


@pytest.mark.parametrize(
    ("told", "item", "file", "holds"),
    [
        ("hotel", "content", "answers", lambda row: int(row["overall"]) >= 4),
        ("property-cleaning", "cleaning", "answers", lambda row: int(row["cleaning"]) >= 4),
        ("too-small", "cleaning", "answers", lambda row: int(row["cleaning"]) >= 4),
    ],
    indirect=["told"],
)
def test_shares_are_those_of_the_rows(told, item, file, holds):
    """The pooled z is the root of chi-square without correction, which scipy has."""
    (before, n), (after, later) = counted(told.story, file, "day", holds)
    row = told.change(item)
    assert (row["n_before"], row["n_after"]) == (n, later)
    assert values_of(row) == (pytest.approx(before / n), pytest.approx(after / later))
    expected = chi2_contingency([[before, n - before], [after, later - after]], correction=False).pvalue
    assert row["p"] == pytest.approx(expected)


def test_a_fifth_more_guests_are_content(tell):
    """CASE-HOTEL: 12 points, a fifth more than before, 5.4 to 18.4 points."""
    row = tell("hotel").change("content")
    assert (row["difference"], row["difference_unit"]) == (pytest.approx(12), "percentage_points")
    assert row["relative"] == pytest.approx(0.2)
    assert (round(row["difference_low"], 1), round(row["difference_high"], 1)) == (5.4, 18.4)


def test_most_complaints_of_the_hotels_are_about_cleanliness(tell):
    told = tell("hotel")
    groups = Counter()
    for row in told.results("2026-07", item="complaints"):
        if row["group"]:
            (category,) = json.loads(row["group"])
            groups[category] += row["value"]
    assert groups.most_common(1) == [("cleanliness", 46)]
    assert groups.total() == told.above("2026-07")["complaints"]["value"] == 100


def test_the_section_of_cleaning_is_below_70_at_the_hotels_where_it_was_found(tell):
    told = tell("hotel")
    for period in (told.story.periods[0], told.story.periods[-1]):
        low = {row["site"] for row in told.scores(period, "dimension") if row["id"] == "rooms" and row["score"] < 70}
        assert low == {site for key, sites in told.findings(period).items() if key[0] == "room-clean" for site in sites}
    visits = told.results("2026-07", item="floor", site="dune-lodge")
    assert len([row for row in visits if row["subject"]]) == 12


def test_complaints_on_holidays_are_fewer_and_still_more_than_on_other_days(tell):
    """CASE-ECOM: 9.0 to 5.0 per 1000, ratio 0.556; the exact test of two rates, by scipy."""
    told = tell("ecommerce")
    row = told.change("holiday-complaints")
    assert round(row["ratio"], 3) == 0.556
    (before, orders), (after, later) = (
        (sum(int(row["complaints"]) for row in rows), sum(int(row["orders"]) for row in rows))
        for period in ("2026-05", "2026-10")
        if (rows := [row for row in in_period(told.story, "days", "day", period) if row["holiday"] == "yes"])
    )
    assert row["p"] == pytest.approx(binomtest(after, before + after, later / (orders + later)).pvalue)
    last = told.above("2026-10")
    assert last["holiday-complaints"]["value"] > last["ordinary-complaints"]["value"]


def test_only_the_week_of_a_holiday_leaves_the_limits_of_ordinary_weeks(tell):
    """A u chart of May by hand: mean rate of ordinary weeks, and three times the root of it by the orders of a week."""
    days = in_period(tell("ecommerce").story, "days", "day", "2026-05")
    weeks = defaultdict(lambda: [0, 0])
    for row in days:
        week = (int(row["day"][-2:]) - 1) // 5  # the feast has five days
        weeks[week][0] += int(row["complaints"])
        weeks[week][1] += int(row["orders"])
    ordinary = [counts for week, counts in weeks.items() if week]
    centre = sum(count for count, _ in ordinary) / sum(orders for _, orders in ordinary)
    beyond = {week for week, (count, orders) in weeks.items() if count / orders > centre + 3 * sqrt(centre / orders)}
    assert beyond == {0}


def test_a_month_without_holidays_says_nothing_of_them(tell):
    told = tell("ecommerce")
    for row in told.results("2026-07", item="holiday-complaints"):
        assert (row["status"], row["value"], row["score"]) == ("no_data", None, None)
    assert {row["value"] for row in told.results("2026-05", item="holidays-off")} == {1}


def test_boarding_is_liked_least_and_matters(tell):
    """CASE-AIR: importance and liking against their means over the steps; only boarding asks to concentrate on it."""
    told = tell("airline")
    items = told.above("2026-04")
    steps = [item for item in items if not item.endswith("-matters")]
    liked = {step: items[step]["value"] for step in steps}
    matters = {step: items[f"{step}-matters"]["value"] for step in steps}
    assert min(liked, key=liked.get) == "boarding"
    concentrate = [
        step for step in steps if liked[step] < mean(liked.values()) and matters[step] >= mean(matters.values())
    ]
    assert concentrate == ["boarding"]


def test_both_tests_of_boarding_say_the_same(tell):
    """CASE-AIR: Welch and Mann-Whitney below 0.001; the first is the one that is shown."""
    told = tell("airline")
    answers = [
        [int(row["boarding"]) for row in in_period(told.story, "answers", "day", period)]
        for period in ("2026-04", "2026-06")
    ]
    row = told.change("boarding")
    welch = ttest_ind(*answers, equal_var=False)
    assert (row["test"], row["p"]) == ("welch_t", pytest.approx(welch.pvalue))
    assert mannwhitneyu(*answers).pvalue < 0.001


def test_people_and_bot_are_series_of_their_own(tell):
    """CASE-ECOM2: the median of all is that of the rows; a person still takes more than a minute."""
    told = tell("chatbot")
    groups = defaultdict(dict)
    for period in (told.story.periods[0], told.story.periods[-1]):
        for row in told.results(period, item="first-reply"):
            if row["group"]:
                (by,) = json.loads(row["group"])
                groups[period, by][row["site"]] = row["value"]
    sites = {row["site"] for row in told.results("2026-01")}
    assert set(groups) == {("2026-01", "person"), ("2026-03", "person"), ("2026-03", "bot")}
    assert all(set(values) == sites for values in groups.values())
    assert min(groups["2026-03", "person"].values()) > 60
    assert max(groups["2026-03", "bot"].values()) < 30
    for period, value in zip(("2026-01", "2026-03"), values_of(told.change("first-reply")), strict=True):
        waits = [seconds(row) for row in in_period(told.story, "chats", "opened_at", period)]
        assert value == median(waits)


def seconds(row):
    def of(text):
        hours, minutes, rest = map(int, text[11:].split(":"))
        return 3600 * hours + 60 * minutes + rest

    return of(row["first_reply_at"]) - of(row["opened_at"])


def test_old_customers_were_content_least_and_no_fewer_requests_are_solved(tell):
    told = tell("chatbot")
    values = {
        (row["site"], *json.loads(row["group"])): row["value"]
        for row in told.results("2026-01", item="content")
        if row["group"]
    }
    assert all(values[site, "old"] < values[site, "new"] for site, _ in values)
    before, after = values_of(told.change("solved"))
    assert before <= after


def test_owners_are_least_content_with_cleaning(tell):
    items = tell("property-cleaning").above("2025-Q4")
    assert min(items, key=lambda item: items[item]["value"]) == "cleaning"


def test_households_lost_are_those_of_a_full_year(tell):
    """CASE-PROP2: of those who were there when a year began, counted by hand; its days are 365."""
    told = tell("property-platform")
    counts = []
    for period in ("2023", "2025"):
        first, *_, last = (str(day) for day in days_of(period))
        there = [
            row
            for row in told.story.records("households")
            if row["since"] < first and (not row["until"] or row["until"] >= first)
        ]
        left = [row for row in there if row["until"] and row["until"] <= last]
        counts.append([len(left), len(there) - len(left)])
        assert len(days_of(period)) == 365
    row = told.change("churn")
    assert values_of(row) == tuple(pytest.approx(left / (left + stayed)) for left, stayed in counts)
    assert row["p"] == pytest.approx(chi2_contingency(counts, correction=False).pvalue)


def test_what_hurts_owners_most_is_seen_by_category(tell):
    told = tell("property-platform")
    groups = Counter()
    for row in told.results("2023", item="complaints"):
        if row["group"]:
            groups[json.loads(row["group"])[0]] += row["value"]
    assert groups == Counter(row["about"] for row in in_period(told.story, "complaints", "received_at", "2023"))
    assert groups.most_common(1)[0][0] == "lifts"


# ---- twins


# Surveys and visits, rates and counts, medians, and a snapshot.
@pytest.mark.parametrize("name", ["hotel", "ecommerce", "chatbot", "property-platform"])
def test_a_site_without_records_is_missing_and_not_0(tell, tell_anew, name):
    whole = tell(name)
    site, period = whole.story.found[0].sites[0], whole.story.periods[0]
    twin = without_records(whole.story, site)
    told = tell_anew(replace(twin, periods=(period,)))
    own = told.results(period, site=site)
    assert own
    assert {(row["value"], row["score"]) for row in own} == {(None, None)}
    assert {row["status"] for row in own} <= {"no_data", "unanswered"}
    audits = {row["site"]: row for row in told.scores(period, "audit")}
    assert (audits[site]["score"], audits[site]["rating"]) == (None, None)
    others = [Fraction(row["score"]) for row in audits.values() if row["site"] != site]
    (programme,) = told.scores(period, "programme")
    assert programme["score"] == pytest.approx(float(sum(others) / len(others)), abs=0.005)
    without = {
        item: row["n"] - sum(own["n"] for own in whole.results(period, site=site, item=item, subject=None, group=None))
        for item, row in whole.above(period).items()
        if item not in QUESTIONS
    }
    above = {item: row for item, row in told.above(period).items() if item not in QUESTIONS}
    assert {item: (row["n"], row["sites_missing"]) for item, row in above.items()} == {
        item: (n, 1) for item, n in without.items()
    }
    assert site not in {one for sites in told.findings(period).values() for one in sites}


def test_a_hotel_that_nobody_visited_is_missing_too(tell, tell_anew):
    story = without_records(tell("hotel").story, "harbour-house")
    above = tell_anew(replace(story, periods=("2026-07",))).above("2026-07")
    assert {above[question]["sites_missing"] for question in QUESTIONS} == {1}
    assert {above[question]["sites"] for question in QUESTIONS} == {4}


def test_a_hotel_that_nobody_visited_is_not_missing_where_nothing_is_asked(tell, tell_anew):
    story, visit = without_records(tell("hotel").story, "harbour-house"), "standards/stay/checklists/visit.yaml"
    asked_elsewhere = story.edited(visit, ("answer: yes_no}", "answer: yes_no, when: id <> 'harbour-house'}"))
    twin = replace(story, files={**story.files, visit: asked_elsewhere}, periods=("2026-07",))
    above = tell_anew(twin).above("2026-07")
    assert {question: above[question]["sites_missing"] for question in QUESTIONS} == {
        **dict.fromkeys(QUESTIONS, 1),
        "escape": 0,
    }


def test_what_three_persons_said_is_not_shown(tell, tell_anew):
    story, site, period = tell("property-cleaning").story, "river-steps", "2026-Q2"
    told = tell_anew(replace(few_answers(story, "answers", site, period, 3), periods=(period,)))
    for row in told.results(period, site=site):
        assert (row["status"], row["reason"], row["value"], row["n"]) == ("no_data", "suppressed", None, 0)
    (audit,) = (row for row in told.scores(period, "audit") if row["site"] == site)
    assert (audit["score"], audit["rating"]) == (None, None)
    # The others and the whole together would tell what the three said.
    assert {(row["value"], row["reason"]) for row in told.above(period).values()} == {(None, "suppressed_with_another")}


def test_a_critical_failure_takes_the_rating_though_the_mean_is_high(tell, tell_anew):
    story, site, period = tell("hotel").story, "harbour-house", "2026-09"
    told = tell_anew(replace(obstructed_escape(story, site, period), periods=(period,)))
    (plain,) = (row for row in tell("hotel").scores(period, "audit") if row["site"] == site)
    audits = {row["site"]: row for row in told.scores(period, "audit")}
    assert (plain["rating"], plain["critical_failed"]) == ("A", 0)
    assert audits[site]["score"] >= 85
    assert (audits[site]["rating"], audits[site]["critical_failed"]) == ("D", 1)
    assert {row["rating"] for row in audits.values() if row["site"] != site} == {"A"}
    assert told.findings(period) == {("escape", "critical", ("escape",)): {site}}


def test_clocks_stand_still_at_the_spring_festival_and_run_on_a_sunday_that_is_worked(tell, tell_anew):
    """Open from 9 to 18: 1 h and 1 h around the feast; 3 h of the Sunday; 2 h of the Monday after a free Sunday."""
    told = tell_anew(spring_festival(tell("manufacturer").story))
    open_time = {row["site"]: row["value"] for row in told.results("2025-01", item="open-time")}
    assert open_time == {"iron-bridge": 7200, "kiln-street": 10_800, "loom-yard": 7200, "wheel-gate": None}
    in_24_hours = {row["site"]: row["value"] for row in told.results("2025-01", item="answered")}
    assert in_24_hours == {"iron-bridge": 0, "kiln-street": 1, "loom-yard": 0, "wheel-gate": None}


def test_a_standard_that_changed_in_between_is_marked(tell, tell_anew):
    plain, told = tell("hotel"), tell_anew(stricter_standard(tell("hotel").story))
    before, after = plain.change("content"), told.change("content")
    assert (before["changed"], after["changed"]) == ("", "standard 1.0.0 → 1.1.0")
    assert before == {**after, "changed": ""}
    assert told.change("floor")["changed"] == "standard 1.0.0 → 1.1.0; target >= 2.8 → >= 3.2"
    score = told.changes()["score", "hotels"]
    assert (score["verdict"], score["reason"], score["difference"]) == ("not_comparable", "scoring_changed", None)
