"""The domain's cases led from their findings to the verdict by commands alone, and what goes wrong on the way."""

import json
import shutil
from dataclasses import replace
from types import SimpleNamespace

import pytest
from scipy.stats import binomtest, mannwhitneyu, ttest_ind
from stories import STORIES
from stories.hotel import HOTELS
from stories.story import TEAM, Story, project_file, records
from stories.twins import silent_in, told_again

CONTAINED = ("--correction", "Put right at once", "--containment", "A second person looks", "--consequences", "None")
CAUSE = "Nobody wrote down how it is done"
ANALYSED = ("--method", "ishikawa", "--code", "process", "--extent", "Everywhere", "--escape", "Nobody looked")
# What the last verification prints of the indicator: values and p are those of the domain's table of cases.
PRINTED = {
    "hotel": (
        "content: 60.0% (n 400) → 72.0% (n 400)",
        "difference +12.0 pp, 95% interval +5.4 pp to +18.4 pp, p 0.00034",
    ),
    "ecommerce": ("holiday-complaints: 9 (n 20) → 5 (n 28)", "p 0.00061"),
    "airline": ("boarding: 2.95 (n 200) → 4 (n 200)", "difference +1.05", "p <0.0001"),
    "chatbot": ("content: 60.0% (n 300) → 78.0% (n 300)", "difference +18.0 pp", "p <0.0001"),
    "manufacturer": ("answered: 55.0% (n 200) → 92.0% (n 200)", "difference +37.0 pp", "p <0.0001"),
    "property-cleaning": ("cleaning: 46.0% (n 300) → 67.0% (n 300)", "difference +21.0 pp", "p <0.0001"),
    "property-platform": ("answered: 62.0% (n 400) → 95.0% (n 400)", "difference +33.0 pp", "p <0.0001"),
}


class Case:
    """A story whose periods were run, and the moves of its actions."""

    def __init__(self, story, project):
        self.story, self.project = story, project
        self.effect = SimpleNamespace(**story.effect)
        self._ids = {}

    def run(self, periods):
        for period in periods:
            for path, text in self.story.later.get(period, {}).items():
                self.project.write(path, text)
            done = self.project.run("run", self.story.programme, "--period", period)
            assert done.code == 0, done.text

    def rows(self, *words):
        done = self.project.run(*words, "--format", "json")
        assert done.code == 0, done.text
        return json.loads(done.out)

    def action(self, criterion=None, site=None):
        """The action against a criterion (default: the story's) at a site, or of all sites together."""
        wanted = (criterion or self.effect.criterion, site)
        (found,) = (
            one for one in self.rows("actions", "list", "--state", "all") if (one["criterion"], one["site"]) == wanted
        )
        return found

    def move(self, name, who, *given, **which):
        key = tuple(which.items())
        if key not in self._ids:
            self._ids[key] = self.action(**which)["id"]
        return self.project.run("actions", name, self._ids[key], "--as", who, *given)

    def moved(self, name, who, *given, **which):
        done = self.move(name, who, *given, **which)
        assert done.code == 0, done.text
        return done.out

    def refused(self, code, name, who, *given, **which):
        done = self.move(name, who, *given, **which)
        assert done.code == 2, done.text
        assert f"error: {code}" in done.err
        return done.err

    def analyse(self, **which):
        """Somebody owns it, put it right, and knows why it happened."""
        self.moved("assign", "lena", "--owner", "olive", **which)
        self.moved("contain", "olive", *CONTAINED, "--on", self.effect.implemented_on, **which)
        self.moved("analyse", "olive", *ANALYSED, "--cause", CAUSE, **which)

    def planned(self, *more, **other):
        """What a plan says: the story's declared effect, or others."""
        effect = SimpleNamespace(**{**self.story.effect, **other})
        guards = [word for guard in effect.guards for word in ("--guard", guard)]
        return (
            *("--step", "Write it down and train it", "olive", effect.implemented_on, "--check", effect.implemented_on),
            *("--indicator", effect.indicator, "--baseline", effect.baseline, "--target", effect.target),
            *("--improve", str(effect.improve), *guards, *more),
        )

    def carry_out(self, plan=None, **which):
        """Lead an action to the moment at which data judge it."""
        self.analyse(**which)
        self.carry_out_plan(*(plan or self.planned()), **which)

    def carry_out_plan(self, *plan, **which):
        """Lead an action whose cause is known to that moment."""
        self.moved("plan", "olive", *plan, **which)
        self.moved("approve", "abel", **which)
        done = ("--step", "1", "--evidence", "list of the trained", "--on", self.effect.implemented_on)
        self.moved("implement", "olive", *done, **which)
        self.moved("verify", "vera", "--evidence", "the list is there", **which)

    def go_on(self, records, period):
        """More came in, and one more period is run."""
        for path, text in records.items():
            self.project.write(path, text)
        self.run([period])

    def systemic(self):
        """The findings against the story's criterion that stand for all sites."""
        return [
            row for row in self.rows("findings") if (row["criterion"], row["site"]) == (self.effect.criterion, None)
        ]

    def judged(self, action):
        """What the log keeps of the last verdict on an action."""
        events = [row["after"] for row in self.rows("store", "events", "--about", action)]
        return [after["judged"] for after in events if "judged" in after][-1]

    def close(self, **which):
        self.moved("close", "vera", "--lessons", "Write it down first", "--updates", "handbook", **which)


@pytest.fixture(scope="module")
def shelf():
    return {}


@pytest.fixture
def tell(shelf, project_on_disk, tmp_path_factory, tmp_path):
    """A story after its periods, which were run once for all who ask; what is done then is done to a copy."""

    def do(name):
        if name not in shelf:
            case = Case(STORIES[name]().followed(), project_on_disk(tmp_path_factory.mktemp(name)))
            for path, text in case.story.files.items():
                case.project.write(path, text)
            case.run(case.story.periods)
            shelf[name] = case
        return Case(shelf[name].story, project_on_disk(shutil.copytree(shelf[name].project.folder, tmp_path / name)))

    return do


@pytest.fixture
def tell_anew(project_on_disk, tmp_path):
    def do(story):
        case = Case(story, project_on_disk(tmp_path / "anew"))
        for path, text in story.files.items():
            case.project.write(path, text)
        case.run(story.periods)
        return case

    return do


def test_answers_on_a_scale_are_tested_by_their_order_as_well(tell):
    """The beds of sixty visits before and after, 0 to 4 points: by scipy from the records, and beside Welch's t."""
    case = tell("hotel")
    points = {
        period: [
            int(row["answer"])
            for row in case.story.records("seen")
            if row["question"] == "bed" and row["day"].startswith(period)
        ]
        for period in ("2026-07", "2026-09")
    }
    case.carry_out(case.planned(indicator="bed", target=">= 2.8", improve=0.3))
    told = case.moved("verify", "vera")
    assert told.startswith("verdict: effective\n")
    kept = case.judged(case.action()["id"])
    expected = [ttest_ind(*points.values(), equal_var=False).pvalue, mannwhitneyu(*points.values()).pvalue]
    assert [float(kept[name]) for name in ("p", "p_ranks")] == pytest.approx(expected)
    assert f"by the order of the answers alone (Mann-Whitney), p {expected[1]:.5f}\n" in told


@pytest.mark.parametrize("name", PRINTED)
def test_what_worked_is_closed_by_its_data(tell, name):
    case = tell(name)
    case.carry_out()
    told = case.moved("verify", "vera")
    first, *_, last = case.story.periods
    assert told.startswith(f"verdict: effective\nbefore: {first}; after: {last}\n")
    assert [line for line in PRINTED[name] if line not in told] == []
    conditions = [line.split(": ")[1] for line in told.splitlines() if line.endswith((": yes", ": no", ": not known"))]
    assert conditions == ["yes"] * 6
    case.close()
    action = case.action()
    assert (action["state"], action["verdict"], action["path"]) == ("closed", "effective", "full")
    (found,) = (row for row in case.rows("findings") if row["action"] == action["id"])
    assert (found["status"], found["site"]) == ("closed", None)
    assert found["last_seen"] < last


def test_what_the_data_leave_open_stays_open_with_a_new_day(tell):
    """CASE-INCON: 28.8 to 35.2 %, p 0.22."""
    case = tell("too-small")
    case.carry_out()
    assert "chance alone may have done it" in case.refused("SQA877", "verify", "vera")
    told = case.moved("verify", "vera", "--check", "2099-01-01")
    for line in (
        "verdict: inconclusive",
        "cleaning: 28.8% (n 163) → 35.2% (n 162)",
        "p 0.220",
        "it is more than chance: no",
        "because: chance alone may have done it",
    ):
        assert line in told
    case.refused("SQA877", "close", "vera", "--lessons", "x", "--updates", "y")
    assert (case.action()["state"], case.action()["verdict"]) == ("verifying", "inconclusive")
    (shown,) = case.rows("actions", "show", case.action()["id"])
    assert shown["said"]["plan"]["effect"]["check_on"] == "2099-01-01"


def test_a_verdict_is_told_in_chinese(tell, monkeypatch):
    monkeypatch.setenv("SQAUDIT_LANG", "zh")
    case = tell("hotel")
    case.carry_out()
    told = case.moved("verify", "vera")
    assert "60.0%" in told
    assert "是\n" in told
    case.close()
    assert case.action()["state"] == "closed"


# ---- twins


def test_an_action_that_nobody_can_prove_is_not_planned(tell):
    case = tell("hotel")
    case.analyse()
    told = case.refused("SQA873", "plan", "olive", "--step", "Train", "olive", "2026-08-31")
    assert "--indicator, --baseline, --target, --improve, --check" in told
    everywhere = [word for site in HOTELS for word in ("--control", site)]
    assert "no site is left" in case.refused("SQA879", "plan", "olive", *case.planned(*everywhere))
    assert case.action()["state"] == "analysed"


def test_controls_are_taken_away_and_never_counted_among_the_treated(tell):
    """Nothing was done at the books desk: 48 to 60 of 75 there, 132 to 174 of 225 elsewhere, 2.7 points more."""
    case = tell("chatbot")
    case.carry_out(case.planned("--control", "books"))
    told = case.moved("verify", "vera", "--check", "2099-01-01")
    assert "content: 58.7% (n 225) → 77.3% (n 225)\n" in told
    assert "beyond the sites at which nothing was done:\ndifference +2.7 pp, " in told
    # Of a median there is none of three desks alone, and that of all four would be another number.
    slow = {"criterion": "first-reply"}
    planned = case.planned("--control", "books", indicator="first-reply", target="<= PT1M", improve=30.0)
    case.carry_out(planned, **slow)
    told = case.moved("verify", "vera", "--check", "2099-01-01", **slow)
    assert told.startswith("verdict: inconclusive\n")
    assert "first-reply: - " in told


def test_at_a_site_without_records_nothing_is_proven(tell_anew):
    """Dune Lodge sends nothing in September: its values are missing, and none of them is 0."""
    story = silent_in(STORIES["hotel"](), "dune-lodge", "2026-09")
    case = tell_anew(story.followed("{systemic: {sites: 6, share: 1}}"))
    lodge = {"site": "dune-lodge"}
    case.carry_out(**lodge)
    case.refused("SQA877", "verify", "vera", **lodge)
    told = case.moved("verify", "vera", "--check", "2099-01-01", **lodge)
    assert told.startswith("verdict: inconclusive\nbefore: 2026-07; after: 2026-09\ncontent: 56.3% (n 80) → - (n 0)\n")
    assert "because: no rows" in told
    # A correction is proven by passing, and what was not looked at did not pass.
    corrected = {"criterion": "content", "site": "dune-lodge"}
    case.moved("assign", "lena", "--owner", "olive", **corrected)
    case.moved("contain", "olive", *CONTAINED, "--on", "2026-08-31", **corrected)
    case.moved("verify", "vera", "--evidence", "seen", **corrected)
    assert "not enough cycles since the correction" in case.refused("SQA877", "verify", "vera", **corrected)
    # At a hotel that did send its records it is luck that is to be excluded: it was one of five.
    house = {"site": "harbour-house"}
    case.carry_out(**house)
    told = case.moved("verify", "vera", "--check", "2099-01-01", **house)
    assert "content: 53.8% (n 80) → 70.0% (n 80)" in told
    assert "p 0.034\n" in told
    assert "p 0.172 when that is allowed for" in told
    assert "because: a site picked by its bad value looks better the next time anyway" in told


@pytest.fixture
def again(tell):
    """Boarding is as it was in April again a month after the fix of 31 May was closed."""

    def do(within):
        case = tell("airline")
        case.carry_out()
        case.moved("verify", "vera")
        case.close()
        rules = f"follow_up: {{repeat_within: {within}, watch: {within}}}"
        case.project.edit("audits/journeys/programme.yaml", "follow_up: {}", rules)
        case.go_on(told_again(case.story, "2026-04", "2026-07"), "2026-07")
        return case

    return do


def test_what_comes_back_soon_after_it_was_closed_is_a_repeat(again):
    """Linked, a step more severe, its action taken up again; and the new fix is proven against July."""
    case = again("P90D")
    first, second = sorted(case.systemic(), key=lambda row: row["first_seen"])
    assert (second["first_seen"], second["repeat_of"], second["repeats"]) == ("2026-07", first["id"], 1)
    assert (first["severity"], second["severity"]) == ("major", "critical")
    assert second["action"] == first["action"]
    action = case.action()
    assert action["id"] == first["action"]
    assert (action["state"], action["severity"], action["reopenings"], action["closed"]) == (
        "reopened",
        "critical",
        1,
        None,
    )
    assert "found before" in case.refused("SQA875", "analyse", "olive", *ANALYSED, "--cause", CAUSE)
    case.moved("analyse", "olive", *ANALYSED, "--cause", "The signs point to the old gates")
    case.moved("plan", "olive", *case.planned(baseline="2026-07", implemented_on="2026-07-31"))
    case.moved("approve", "abel")
    case.moved("implement", "olive", "--step", "1", "--evidence", "photos of the signs", "--on", "2026-07-31")
    case.moved("verify", "vera", "--evidence", "photos seen")
    case.go_on(told_again(case.story, "2026-06", "2026-08"), "2026-08")
    told = case.moved("verify", "vera")
    assert told.startswith("verdict: effective\nbefore: 2026-07; after: 2026-08\nboarding: 2.95 (n 200) → 4 (n 200)\n")
    # It failed at the fourth month that could have picked it: of all airports together, at four occasions.
    assert "the value before is one by which it was picked\n" in told
    (shown,) = case.rows("actions", "show", action["id"])
    assert [row["move"] for row in shown["history"]].count("implement") == 2
    assert case.judged(action["id"])["picked_from"] == "4"


def test_what_comes_back_later_is_a_finding_of_its_own(again):
    case = again("P30D")
    first, second = sorted(case.systemic(), key=lambda row: row["first_seen"])
    assert (second["repeat_of"], second["severity"], second["status"]) == (None, "major", "open")
    assert second["action"] != first["action"]
    assert first["status"] == "closed"


GUESTS = "standards/stay/checklists/guests.yaml"


@pytest.mark.parametrize(
    ("edits", "verdict", "lines"),
    [
        (
            {"standard": [("A good stay", "A stay to remember")]},
            "effective",
            ["content: 60.0% (n 400) → 72.0% (n 400)", "changed: standard 1.0.0 → 1.1.0"],
        ),
        (
            {"standard": [], GUESTS: [("top_box(overall, 2)", "top_box(overall, 1)")]},
            "inconclusive",
            ["changed: standard 1.0.0 → 1.1.0", "because: the measure was changed in between"],
        ),
    ],
    ids=["wording", "measure"],
)
def test_a_new_version_is_marked_and_another_measure_is_not_compared(tell_anew, edits, verdict, lines):
    story = STORIES["hotel"]()
    standard = [('version: "1.0.0"', 'version: "1.1.0"'), *edits["standard"]]
    written = {story.standard: story.edited(story.standard, *standard)}
    written |= {path: story.edited(path, *wanted) for path, wanted in edits.items() if path != "standard"}
    case = tell_anew(replace(story, later={story.periods[-1]: written}).followed())
    case.carry_out()
    told = case.moved("verify", "vera", "--check", "2099-01-01")
    assert f"verdict: {verdict}\n" in told
    assert [line for line in lines if line not in told] == []


# A kiosk with one number for each of three things: how often they were complained of in 1000 orders.
KIOSK = Story(
    name="kiosk",
    files={
        "sqaudit.yaml": project_file("kiosk"),
        "standards/kiosk/standard.yaml": """
kind: standard
id: kiosk
version: "1.0.0"
dimensions: {calm: {}}
datasets: {months: {columns: {day: date, orders: integer, bread: integer, milk: integer}}}
criteria:
  - {id: bread, dimension: calm, severity: major, target: "<= 115"}
  - {id: milk, dimension: calm, severity: major, target: "<= 115"}
""",
        "standards/kiosk/checklists/desk.yaml": """
kind: checklist
id: desk
standard: kiosk@1
dataset: months
items:
  - {criterion: bread, measure: "complaint_rate(bread, orders)"}
  - {criterion: milk, measure: "complaint_rate(milk, orders)"}
""",
        "audits/kiosk/programme.yaml": f"""
kind: programme
id: kiosk
standard: kiosk@1
checklists: [desk]
sites: [{{id: corner, manager: mona}}]
period: month
{TEAM}
sources: {{months: {{path: months.csv, site: kiosk, time: day}}}}
""",
        "audits/kiosk/months.csv": records(
            "kiosk,day,orders,bread,milk",
            [("corner", "2026-01-15", 1000, 120, 120), ("corner", "2026-02-15", 1000, 87, 110)],
        ),
    },
    programme="kiosk",
    periods=("2026-01", "2026-02"),
    found=(),
    shown={},
    effect={
        "indicator": "bread",
        "baseline": "2026-01",
        "target": "<= 115",
        "improve": 0.0,
        "guards": (),
        "implemented_on": "2026-01-31",
    },
)
BREAD, MILK = ({"criterion": one, "site": "corner"} for one in ("bread", "milk"))


def test_of_two_that_are_judged_on_the_same_cycles_each_needs_more(tell_anew):
    """87 after 120 has a p of 0.026 by the exact test: proof by itself, and none as the better one of two."""
    p = binomtest(87, 207, 0.5).pvalue
    assert 0.025 < p < 0.05
    case = tell_anew(KIOSK.followed())
    case.carry_out(**BREAD)
    assert case.moved("verify", "vera", **BREAD).startswith("verdict: effective\n")
    case.carry_out(case.planned(indicator="milk"), **MILK)
    told = case.refused("SQA877", "close", "vera", "--lessons", "x", "--updates", "y", **BREAD)
    assert "since it was judged, the data say otherwise: inconclusive" in told
    told = case.moved("verify", "vera", "--check", "2099-01-01", **BREAD)
    assert told.startswith("verdict: inconclusive\n")
    assert f"p {p:.3f}\nmore actions judged on the same cycles: 1\np {2 * p:.3f} when that is allowed for\n" in told
    assert "because: of as many actions as are judged on these cycles, chance makes one look like this" in told
    kept = case.judged(case.action(**BREAD)["id"])
    assert [float(kept[name]) for name in ("p", "p_adjusted", "others")] == pytest.approx([p, 2 * p, 1])


def test_two_that_look_at_one_number_are_one_test(tell_anew):
    case = tell_anew(KIOSK.followed())
    case.carry_out(**BREAD)
    case.analyse(**MILK)
    told = case.refused("SQA879", "plan", "olive", *case.planned("--control", "corner"), **MILK)
    assert "no site is left at which something is done: corner" in told
    case.carry_out_plan(*case.planned(), **MILK)
    told = case.moved("verify", "vera", **BREAD)
    assert told.startswith("verdict: effective\n")
    assert "judged on the same cycles" not in told
