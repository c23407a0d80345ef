"""The page of the demo: its figures are those of the store, for whoever it is, at whatever moment it is made."""

import html
import json
import re

import pytest

from sqaudit.reports.numbers import show_difference, show_score

PROGRAMME, JULY, JUNE = "monthly-hotels", "2026-07", "2026-06"
NOW = ("--now", "2027-03-01T12:00")


@pytest.fixture(scope="module")
def demo(tmp_path_factory, project_on_disk):
    """The demo's project, of which nothing is changed, and what the command said."""
    folder = tmp_path_factory.mktemp("page") / "demo"
    made = project_on_disk(folder)
    opened = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("webbrowser.open", opened.append)
        outcome = project_on_disk(folder.parent).run("--lang", "en", "demo", "--open", "--dir", str(folder))
    assert outcome.code == 0, outcome.err
    assert opened == [(folder / "reports" / f"{PROGRAMME}-2026-10.html").as_uri()]
    return made, outcome


def report(p, *arguments, code=0):
    outcome = p.run("--lang", "en", "report", PROGRAMME, *arguments)
    assert outcome.code == code, outcome.err
    return outcome.out if code == 0 else outcome.err


def rows(p, *arguments):
    return json.loads(p.run(*arguments, "--programme", PROGRAMME, "--format", "json").out)


def words(page):
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", re.sub(r"(?s)<style>.*?</style>", "", page))).split())


def test_the_demo_names_the_page_that_it_wrote(demo):
    p, outcome = demo
    path = p.folder / "reports" / f"{PROGRAMME}-2026-10.html"
    assert str(path) in outcome.out.splitlines()[-1]
    assert path.read_text(encoding="utf-8").startswith("<!doctype html>")


def test_the_page_shows_the_scores_of_the_store_and_their_change(demo):
    p, _ = demo
    page = words(report(p, "--period", JULY, "--format", "html", *NOW))
    scores = {
        (row["period"], row["level"], row["id"]): row for row in rows(p, "scores") if row["period"] in {JUNE, JULY}
    }
    whole, before = (scores[period, "programme", PROGRAMME]["score"] for period in (JULY, JUNE))
    told = f"{show_score(whole)} C · Acceptable ▼ {show_difference(whole - before, 'score')} since {JUNE}"
    assert f"{told} ({show_score(before)})" in page
    audits = {key[2]: row for key, row in scores.items() if key[:2] == (JULY, "audit")}
    assert len(audits) == 12
    for site, row in audits.items():
        change = show_difference(row["score"] - scores[JUNE, "audit", site]["score"], "score")
        assert re.search(rf"{show_score(row['score'])} [▲▼] {re.escape(change)} {row['rating']} ", page), site
    best = sum(row["rating"] == "A" and not row["critical_failed"] for row in audits.values())
    assert f"Sites at target {best} of 12" in page


def test_overdue_is_what_the_list_of_actions_says_at_that_moment(demo):
    p, _ = demo
    listed = rows(p, "actions", "list", *NOW)
    late = sum(row["overdue"] for row in listed)
    assert late == len(listed) > 0
    page = words(report(p, "--format", "html", *NOW))
    assert f"Overdue actions {late} of {len(listed)} open, as of 2027-03-01" in page
    early = words(report(p, "--format", "html", "--now", "2026-01-01T00:00"))
    assert f"Overdue actions 0 of {len(listed)} open" in early


def test_the_json_has_the_figures_of_the_page(demo):
    p, _ = demo
    view = json.loads(report(p, "--period", JULY, "--format", "json", *NOW))
    page = words(report(p, "--period", JULY, "--format", "html", *NOW))
    for row in view["criteria"]:
        points = f"{show_score(row['score'])} {show_score(row['lost'])}"
        assert f"{row['id']} {row['severity']} {points} {row['missed']} {row['sites']}" in page
    lacking = 100 - sum(row["figures"]["raw_score"] for row in view["sites"]) / 12
    assert sum(row["lost"] for row in view["criteria"]) == pytest.approx(lacking, abs=1e-6)
    assert [row["period"] for row in view["trend"]] == ["2026-05", JUNE, JULY]
    assert all(one["what"] in page for one in view["decisions"])
    places = {row["id"]: row["rank"] for row in view["sites"]}
    ordered = sorted(view["sites"], key=lambda row: -row["figures"]["score"])
    assert [places[row["id"]] for row in ordered] == list(range(1, 13))


@pytest.mark.parametrize("form", ["html", "json", "table", "markdown", "csv"])
def test_one_site_is_alone_in_every_format(demo, form):
    p, _ = demo
    for audience in ("full", "frontline"):
        text = report(p, "--period", JULY, "--site", "willow-bridge", "--audience", audience, "--format", form, *NOW)
        assert "Willow Bridge" in text
        assert not re.search("frost-garden|Frost Garden|birch-hill|Birch Hill", text)


def test_the_same_store_and_moment_make_the_same_bytes(demo):
    p, _ = demo
    p.run("cycle", "close", PROGRAMME, "--period", "2026-05")
    for form in ("html", "json"):
        first, second = (report(p, "--period", "2026-05", "--format", form, *NOW) for _ in range(2))
        assert first == second


def test_what_does_not_fit_is_refused_with_the_next_step(demo):
    p, _ = demo
    said = report(p, "--site", "willow-brigde", "--format", "html", code=2)
    assert "SQA704" in said
    assert "did you mean 'willow-bridge'?" in said
    assert "frontline" in report(p, "--audience", "boss", code=2)
    assert "SQA712" in report(p, "--template", "x.j2", "--format", "html", code=2)


def test_a_template_of_ones_own_lays_the_cycle_out(demo):
    p, _ = demo
    p.write("mine.txt.j2", "{{ view.period }}: {{ score(view.figures.score) }}\n")
    p.write("wrong.html.j2", "one\n{{ view.profit }}\n")
    assert re.fullmatch(
        r"2026-07: \d\d\.\d\d\n", report(p, "--period", JULY, "--template", str(p.folder / "mine.txt.j2"))
    )
    said = report(p, "--template", str(p.folder / "wrong.html.j2"), code=2)
    assert "wrong.html.j2:2" in said
    assert "Traceback" not in said


def test_the_cycle_before_is_a_real_one_of_the_same_kind_and_scored_alike(project):
    p = project()
    records = (p.folder / "audits/first-audit/requests.csv").read_text(encoding="utf-8")
    earlier = records.replace("2026-10", "2026-09").splitlines(keepends=True)[1:]
    p.write("audits/first-audit/requests.csv", records + "".join(earlier[:8]))

    def view(period="2026-10"):
        return json.loads(p.run("report", "first-audit", "--period", period, "--format", "json").out)

    for period in ("2026-Q3", "2026-09"):
        assert p.run("run", "first-audit", "--period", period).code == 0
    assert p.run("run", "first-audit", "--period", "2026-08", "--pilot").code in {0, 4}
    assert p.run("run", "first-audit", "--period", "2026-10", "--pilot").code == 0
    assert p.run("run", "first-audit", "--period", "2026-10").code == 0
    before, now = view("2026-09"), view()
    assert (before["previous_period"], now["previous_period"]) == (None, "2026-09")
    assert now["figures"]["change"] == pytest.approx(now["figures"]["score"] - before["figures"]["score"], abs=1e-9)
    dimensions = {row["id"]: row["figures"]["score"] for row in before["dimensions"]}
    assert {row["id"]: row["figures"]["previous"] for row in now["dimensions"]} == dimensions
    assert (view("2026-10-pilot")["previous_period"], view("2026-10-pilot")["trend"]) == (None, [])
    p.edit("standards/my-service/standard.yaml", "zh: 速度}, weight: 50}", "zh: 速度}, weight: 90}")
    assert p.run("run", "first-audit", "--period", "2026-10").code == 0
    changed = view()["figures"]
    assert (changed["change"], changed["change_reason"]) == (None, "scoring_changed")
    assert changed["previous"] == before["figures"]["score"]
    assert "scores were made differently" in words(p.run("report", "first-audit", "--format", "html").out)
