"""The library: what is found where, what concerns whom, and one problem for one mistake."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest

from sqaudit.errors import Gravity, InvalidDocuments, InvalidInput

CASES = Path(__file__).parents[2] / "cases" / "documents"
DESK = "standards/desk/standard.yaml"
RECORDS = "standards/desk/checklists/desk-records.yaml"
MONTHLY = "audits/monthly/programme.yaml"


def told(library):
    """Problems as people see them."""
    return [f"{problem.place} {problem.code} {problem.message}" for problem in library.problems]


def change(project, file, old, new):
    path = project / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def test_what_a_project_holds(read):
    library = read(CASES / "project")
    assert library.programmes == ("monthly",)
    assert library.checklists == (
        *("desk-faults", "desk-heard", "desk-records", "desk-sample"),
        *("other-desk", "other-records", "renamed-desk", "upper-records"),
    )
    assert library.standards == ("broad-desk@1.0.0", "desk@1.1.0", "other@2.0", "upper-desk@1.0.0")
    assert (library.project.id, library.project.timezone) == ("front-desk", "Europe/Berlin")


def test_all_problems_of_all_files_come_at_once_in_order(project, read):
    change(project, DESK, "severity: major", "severity: mayor")
    change(project, RECORDS, "criterion: SP-1", "criterium: SP-1")
    change(project, "sqaudit.yaml", "language: en", "langage: en")
    assert [line.split()[0:2] for line in told(read(project))] == [
        ["sqaudit.yaml:3:1", "SQA101"],
        [RECORDS + ":8:5", "SQA101"],
        [DESK + ":37:15", "SQA104"],
    ]


def test_a_broken_document_does_not_make_others_wrong(project, read):
    """Neither its shape nor its YAML being broken makes a document unknown to those that name it."""
    change(project, DESK, "severity: major", "severity: mayor")
    assert len(read(project).problems) == 1
    change(project, DESK, "severity: mayor", "severity: {mayor")
    assert [problem.place.file for problem in read(project).problems] == [DESK]


@pytest.mark.parametrize("broken", ["langage: en", "language: {en", "language: [en]"])
def test_a_broken_project_file_is_one_problem(project, read, broken):
    change(project, "sqaudit.yaml", "language: en", broken)
    library = read(project)
    assert [problem.place.file for problem in library.problems] == ["sqaudit.yaml"]
    with pytest.raises(InvalidDocuments):
        library.resolved("monthly")


def test_only_errors_that_concern_a_programme_stop_it(project, read):
    change(project, "standards/other/standard.yaml", '"2.0"', "2.0")
    library = read(project)
    assert library.resolved("monthly").id == "monthly"
    change(project, DESK, "dimension: courtesy", "dimension: curtesy")
    with pytest.raises(InvalidDocuments) as caught:
        read(project).resolved("monthly")
    assert [problem.code for problem in caught.value.problems] == ["SQA205"]


@pytest.mark.parametrize(("old", "new"), [("period: month", "period: moon"), ("period: month", "period: {month")])
def test_a_programme_that_is_broken_is_not_unknown(project, old, new, read):
    change(project, MONTHLY, old, new)
    with pytest.raises(InvalidDocuments) as caught:
        read(project).resolved("monthly")
    assert [problem.place.file for problem in caught.value.problems] == [MONTHLY]


def test_an_unknown_programme_gets_the_nearest_name(read):
    with pytest.raises(InvalidInput) as caught:
        read(CASES / "project").resolved("montly")
    assert (caught.value.code, str(caught.value.hint)) == ("SQA225", "did you mean 'monthly'?")


def test_warnings_stop_nothing(project, read):
    library = read(project, today=date(2031, 1, 1))
    assert [(p.code, p.gravity) for p in library.problems] == [("SQA221", Gravity.WARNING)]
    assert library.resolved("monthly").standard["review_by"] == "2030-01-01"


def test_packs_bring_standards_and_are_told_by_their_name(project, read):
    pack = project.parent / "pack"
    shutil.move(project / "standards" / "desk", pack / "desk")
    library = read(project, packs={"hotel": pack})
    assert told(library) == []
    assert library.resolved("monthly").standard["id"] == "desk"
    (pack / "desk" / "standard.yaml").write_text("kind: standard\nid: desk\nversion: 1", encoding="utf-8")
    assert told(read(project, packs={"hotel": pack}))[0].startswith("pack:hotel/desk/standard.yaml:")


def test_the_same_document_in_project_and_pack_is_fine_until_they_differ(project, read):
    pack = project.parent / "pack"
    shutil.copytree(project / "standards" / "desk", pack / "desk")
    assert told(read(project, packs={"hotel": pack})) == []
    change(project, DESK, "weight: 3", "weight: 4")
    (problem,) = read(project, packs={"hotel": pack}).problems
    assert (problem.code, problem.place.file) == ("SQA209", "pack:hotel/desk/standard.yaml")
    assert DESK in str(problem.message)


def test_a_reference_means_the_newest_version_it_fits(project, read):
    for version in ("1.2", "1.10", "2.0"):
        folder = project / "standards" / f"desk-{version}"
        folder.mkdir()
        text = (project / DESK).read_text(encoding="utf-8").replace("1.1.0", version)
        (folder / "standard.yaml").write_text(text, encoding="utf-8")
    assert read(project).resolved("monthly").standard["version"] == "1.10"


def test_yaml_that_is_no_document_is_left_alone(project, read):
    (project / "audits" / "monthly" / "data.yaml").write_text("a: 1", encoding="utf-8")
    (project / "audits" / "monthly" / "broken.yaml").write_text("{", encoding="utf-8")
    (project / "audits" / ".hidden").mkdir()
    (project / "audits" / ".hidden" / "programme.yaml").write_text("{", encoding="utf-8")
    assert told(read(project)) == []


def test_a_folder_without_project_file_is_a_problem_unless_looked_at_alone(project, read):
    (project / "sqaudit.yaml").unlink()
    assert [problem.code for problem in read(project).problems] == ["SQA132"]
    alone = read(project, lone=True)
    assert {problem.code for problem in alone.problems} == {"SQA222"}


def test_a_file_alone_is_only_warned_of_what_it_names(read):
    library = read(CASES / "project" / RECORDS)
    assert [(str(p.place), p.code, p.gravity) for p in library.problems] == [
        ("desk-records.yaml:3:11", "SQA201", Gravity.WARNING)
    ]


def test_two_checklists_of_a_programme_share_no_item(project, read):
    other = "standards/desk/checklists/other-desk.yaml"
    change(project, other, "quick-answer", "quick-reply")
    change(project, MONTHLY, "[desk-records]", "[desk-records, other-desk]")
    (problem,) = read(project).problems
    assert (problem.code, str(problem.place)) == ("SQA208", MONTHLY + ":4:28")


def test_an_item_is_not_called_like_a_word_of_ratings(project, read):
    change(project, RECORDS, "mean-mark", "coverage")
    assert told(read(project)) == []
    change(project, DESK, "{rating: A, from: 90}", "{rating: A, when: score >= 90}")
    change(project, DESK, "  - {rating: B, title: {en: Fair, zh: 一般}, from: 60}\n", "")
    change(project, DESK, "{rating: C, from: 0}", "{rating: C}")
    assert [problem.code for problem in read(project).problems] == ["SQA208"]


def test_problems_of_a_shared_source_are_told_once(project, read):
    change(project, "sqaudit.yaml", "time: day", "time: dya")
    second = (project / MONTHLY).read_text(encoding="utf-8").replace("id: monthly", "id: second")
    (project / "audits" / "second.yaml").write_text(second, encoding="utf-8")
    assert [line.split(" ", 1)[0] for line in told(read(project))] == ["sqaudit.yaml:6:55"]


def test_every_expression_knows_its_place_and_names(read):
    sites = list(read(CASES / "project").expressions())
    shown = {(site.kind.value, str(site.place(2)), site.item) for site in sites}
    assert ("measure", RECORDS + ":9:16", "quick-reply") in shown
    assert ("where", RECORDS + ":5:10", None) in shown
    assert ("column", MONTHLY + ":14:29", None) in shown
    assert ("site", "sqaudit.yaml:6:43", None) in shown
    (when,) = [site for site in sites if site.kind.value == "when"]
    assert when.names == ("id", "region", "manager", "timezone", "weight", "counter")
    assert (when.programme, when.item) == ("monthly", "CO-1")


def test_conditions_of_ratings_know_the_items(project, read):
    shutil.copy(CASES / "valid" / "standard-conditional-ratings.yaml", project / DESK)
    (rating,) = [site for site in read(project).expressions() if site.kind.value == "rating"]
    words = {"score", "coverage", "critical", "major", "minor"}
    assert set(rating.names) == words | {"quick_reply", "reply_time", "CO_1", "mean_mark"}


def test_derived_items_may_read_the_items_of_every_programme_that_uses_them(project, read):
    change(project, RECORDS, "measure: mean(mark)", "derive: quick_reply * 2")
    change(project, MONTHLY, "[desk-records]", "[desk-records, other-desk]")
    (derived,) = [site for site in read(project).expressions() if site.kind.value == "derive"]
    assert derived.names == ("CO_1", "mean_mark", "quick_answer", "quick_reply", "reply_time")
    assert (derived.programme, derived.item, derived.text) == ("monthly", "mean-mark", "quick_reply * 2")


def test_derived_items_without_a_programme_may_read_any_item(project, read):
    change(project, "standards/desk/checklists/other-desk.yaml", "measure: mean(mark)", "derive: tidiness * 2")
    (derived,) = [site for site in read(project).expressions() if site.kind.value == "derive"]
    assert derived.programme is None
    assert {"quick_reply", "OR_1", "SP_1_sample"} <= set(derived.names)


def test_conditions_on_subjects_know_the_items_measured_for_each(project, read):
    shutil.copy(CASES / "valid" / "checklist-subjects.yaml", project / RECORDS)
    (summary,) = [site for site in read(project).expressions() if site.kind.value == "summary"]
    assert summary.text == "score >= 80 AND critical = 0"
    assert summary.names == ("score", "coverage", "critical", "major", "minor", "SP_1", "SP_2")
    assert str(summary.place(0)) == RECORDS + ":5:16"


def test_conditions_on_sites_know_all_items(project, read):
    shutil.copy(CASES / "valid" / "programme-engines.yaml", project / MONTHLY)
    (summary,) = [site for site in read(project).expressions() if site.kind.value == "summary"]
    assert (summary.programme, str(summary.place(3))) == ("monthly", MONTHLY + ":7:19")
    assert {"score", "quick_reply", "CO_1", "mean_mark"} <= set(summary.names)


def test_an_attribute_that_tells_a_population_is_looked_up_in_every_programme(project, read):
    change(project, MONTHLY, "[desk-records]", "[desk-sample]")
    populations = [site for site in read(project).expressions() if site.kind.value == "population"]
    assert [(site.text, site.item, site.programme) for site in populations] == [
        ("staff", None, "monthly"),
        ("pool", "SP-2-sample", "monthly"),
    ]
    assert {"counter", "region"} <= set(populations[0].names)


def test_rings_across_checklists_are_told_once(project, read):
    change(project, RECORDS, "measure: mean(mark)", "derive: quick_answer * 2")
    change(project, "standards/desk/checklists/other-desk.yaml", "measure: mean(mark)", "derive: mean_mark / 2")
    assert not read(project).problems
    change(project, MONTHLY, "[desk-records]", "[desk-records, other-desk]")
    assert told(read(project)) == [
        f"{RECORDS}:13:62 SQA229 the item is derived from itself: mean-mark → quick-answer → mean-mark"
    ]


def test_sites_of_a_file_leave_the_words_of_conditions_open(project, read):
    shutil.copy(CASES / "valid" / "programme-site-file.yaml", project / MONTHLY)
    (when,) = [site for site in read(project).expressions() if site.kind.value == "when"]
    assert when.names is None


def test_sound_standards_and_checklists_are_built_for_looking_up(project, read):
    library = read(project)
    assert [(standard.id, standard.version) for standard in library.built_standards()] == [
        ("broad-desk", "1.0.0"),
        ("desk", "1.1.0"),
        ("other", "2.0"),
        ("upper-desk", "1.0.0"),
    ]
    assert [checklist.id for checklist in library.checklists_of("desk")] == [
        "desk-faults",
        "desk-heard",
        "desk-records",
        "desk-sample",
        "other-desk",
        "renamed-desk",
    ]
    change(project, RECORDS, "dataset: tickets", "dataset: ticket")
    sound = [checklist.id for checklist in read(project).checklists_of("desk")]
    assert sound == ["desk-faults", "desk-heard", "desk-sample", "other-desk", "renamed-desk"]


def test_texts_that_lack_a_language_are_counted(project, read):
    library = read(project)
    assert library.languages() == ("en", "zh")
    assert library.missing_texts(("en", "zh")) == {}
    change(project, DESK, "{en: Speed, zh: 速度}", "{en: Speed}")
    assert read(project).missing_texts(("en", "zh")) == {DESK: 1}


def test_a_standard_that_deducts_asks_every_item_for_points(project, read):
    change(project, DESK, "rollup: dimensions", "rollup: {deduction: {floor: 40}}")
    change(project, RECORDS, "score: {linear: {zero: 0.5, full: target}}", "score: {deduct: 2, cap: 6}")
    change(project, RECORDS, "dataset: tickets\n", "dataset: tickets\nsubject: topic\nsummary: share(score >= 80)\n")
    assert [line.removeprefix(RECORDS) for line in told(read(project)) if line.startswith(RECORDS)] == [
        ":6:10 SQA255 a share of subjects is no number of points",
        ":13:5 SQA255 'desk' deducts points, and 'reply-time' has none",
        ":14:5 SQA255 'desk' deducts points, and 'CO-1' has none",
    ]


def test_ratings_are_looked_at_again_when_an_extension_narrows_the_scores(project, read):
    change(project, DESK, "rollup: dimensions", "rollup: deduction")
    path = project / "standards" / "south" / "standard.yaml"
    path.parent.mkdir()
    extension = 'kind: standard\nid: south\nversion: "1.0"\nextends: desk@1\nscoring: {LIMITS}\n'
    limits = "critical: zero, rollup: {deduction: {base: 80}}"
    path.write_text(extension.replace("LIMITS", limits), encoding="utf-8")
    assert [line for line in told(read(project)) if "south" in line] == [
        "standards/south/standard.yaml:5:1 SQA254 rating 'A' is never given"
    ]
