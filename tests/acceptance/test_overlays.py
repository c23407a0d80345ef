"""Targets that differ by region: overlays from the documents to results, findings, comparisons and explanations."""

from __future__ import annotations

import json

import pytest

STANDARD = """kind: standard
id: stay
version: "1.0.0"
ratings: [{rating: good, from: 60}, {rating: bad, from: 0}]
dimensions: {rooms: {}, desk: {}}
datasets:
  answers: {columns: {day: date, clean: boolean, quiet: boolean}}
  hotels: {columns: {hotel: text, place: text, area: text}}
criteria:
  - {id: clean, dimension: rooms, target: ">= 0.9", weight: 2, remedies: [{en: Clean, zh: 清洁}]}
  - {id: quiet, dimension: rooms, target: ">= 0.5"}
  - {id: smile, dimension: desk, target: ">= 1"}
"""
CHECKLIST = """kind: checklist
id: guests
standard: stay@1
dataset: answers
items:
  - {criterion: clean, measure: share(clean)}
  - {criterion: quiet, measure: share(quiet)}
  - {criterion: smile, answer: yes_no}
"""
SOUTH = """kind: standard
id: stay-south
version: "1.0.0"
title: {en: The south, zh: 南方}
extends: stay@1
overrides:
  clean: {target: ">= 0.7", title: {en: Clean enough, zh: 足够干净}, remedies: [{en: Sweep the sand, zh: 扫沙}]}
  smile: removed
criteria:
  - {id: shade, dimension: rooms, target: ">= 0.5"}
"""
SHADE = """kind: checklist
id: shade
standard: stay-south@1
dataset: answers
items:
  - {criterion: shade, measure: share(quiet)}
"""
BEACH = """kind: standard
id: stay-beach
version: "1.0.0"
extends: stay-south@1
overrides:
  clean: {target: ">= 0.6"}
"""
OVERLAYS = """overlays:
  - {standard: stay-south@1, when: region = 'south'}
  - {standard: stay-beach@1, when: beach}
"""
PROGRAMME = f"""kind: programme
id: monthly
standard: stay@1
checklists: [guests, shade]
{OVERLAYS}sites:
  - {{id: east, region: north, beach: false}}
  - {{id: port, region: south, beach: false}}
  - {{id: sand, region: south, beach: true}}
period: month
sources: {{answers: {{path: answers.csv, site: hotel, time: day}}}}
"""
# Everywhere 8 of 10 are clean, 6 of 10 quiet.
ROWS = "hotel,day,clean,quiet\n" + "".join(
    f"{site},2026-07-{day:02},{'yes' if day <= 8 else 'no'},{'yes' if day <= 6 else 'no'}\n"
    for site in ("east", "port", "sand")
    for day in range(1, 11)
)
FILES = {
    "standards/stay/standard.yaml": STANDARD,
    "standards/stay/checklists/guests.yaml": CHECKLIST,
    "standards/south/standard.yaml": SOUTH,
    "standards/south/checklists/shade.yaml": SHADE,
    "standards/beach/standard.yaml": BEACH,
    "audits/monthly/programme.yaml": PROGRAMME,
    "audits/monthly/answers.csv": ROWS,
}
PROGRAMME_FILE, SOUTH_FILE = "audits/monthly/programme.yaml", "standards/south/standard.yaml"


@pytest.fixture
def stay(project):
    return project(FILES)


@pytest.fixture(scope="module")
def scored(project_on_disk, tmp_path_factory):
    """A programme with overlays, once run; nothing here may change it."""
    made = project_on_disk(tmp_path_factory.mktemp("overlays") / "project")
    for name, content in {"sqaudit.yaml": "project: stays\n", **FILES}.items():
        made.write(name, content)
    outcome = made.run("run", "monthly", "--period", "2026-07")
    assert outcome.code == 0, outcome.text
    return made


def rows(outcome):
    assert outcome.code == 0, outcome.text
    return json.loads(outcome.out)


def problems(stay):
    found = json.loads(stay.run("check", "--format", "json").out)
    assert all(one["hint"] for one in found)
    return [(one["code"], one["file"], one["line"], one["message"]) for one in found]


def test_every_site_is_held_to_its_own_targets(scored):
    found = {(one["site"], one["item"]): one for one in rows(scored.run("results", "--format", "json"))}
    assert {
        site: (found[site, "clean"]["target"], found[site, "clean"]["status"]) for site in ("east", "port", "sand")
    } == {
        "east": (">= 0.9", "fail"),
        "port": (">= 0.7", "pass"),
        "sand": (">= 0.6", "pass"),
    }
    assert {one["value"] for one in found.values() if one["item"] == "clean"} == {0.8}
    removed, outside = found["port", "smile"], found["east", "shade"]
    assert (removed["status"], removed["reason"]) == ("not_applicable", "removed_by_overlay")
    assert (outside["status"], outside["reason"]) == ("not_applicable", "region = 'south'")
    assert (found["east", "smile"]["status"], found["port", "shade"]["status"]) == ("unanswered", "pass")
    assert len(found) == 12


def test_sites_are_scored_by_their_own_criteria(scored):
    found = rows(scored.run("scores", "--format", "json"))
    criteria = {site: [] for site in ("east", "port", "sand")}
    for one in found:
        if one["level"] == "criterion":
            criteria[one["site"]].append(one["id"])
    assert criteria == {
        "east": ["clean", "quiet", "smile"],
        "port": ["clean", "quiet", "shade"],
        "sand": ["clean", "quiet", "shade"],
    }
    audits = {one["id"]: one for one in found if one["level"] == "audit"}
    # East: quiet has 100 of a weight of 1, clean 0 of 2, and nobody answered about smiles.
    assert audits["east"]["score"] == pytest.approx(100 / 3)
    assert (audits["east"]["coverage"], audits["port"]["coverage"], audits["port"]["score"]) == (0.5, 1, 100)


def test_findings_cite_the_target_of_the_site(scored):
    (found,) = rows(scored.run("findings", "--format", "json"))
    assert (found["site"], found["criterion"]) == ("east", "clean")
    assert "target >= 0.9" in found["statement"]


def test_above_the_sites_there_is_a_verdict_only_where_their_targets_agree(scored):
    regions = {
        (one["place"], one["item"]): one for one in rows(scored.run("results", "--level", "region", "--format", "json"))
    }
    assert (regions["north", "clean"]["status"], regions["north", "clean"]["target"]) == ("fail", ">= 0.9")
    south = regions["south", "clean"]
    assert (south["value"], south["n"], south["status"], south["target"]) == (0.8, 20, None, None)
    assert south["reason"] == "targets_differ"
    assert (regions["south", "shade"]["status"], regions["south", "shade"]["target"]) == ("pass", ">= 0.5")


def test_what_won_is_told_with_its_file_and_line(scored):
    found = rows(scored.run("explain", "clean", "--site", "sand", "--format", "json"))
    told = [(one["key"], one["written"], one["standard"], one["file"], one["line"], one["wins"]) for one in found]
    beach, base = "standards/beach/standard.yaml", "standards/stay/standard.yaml"
    assert [one for one in told if one[0] == "target"] == [
        ("target", ">= 0.6", "stay-beach@1.0.0", beach, 6, True),
        ("target", ">= 0.7", "stay-south@1.0.0", SOUTH_FILE, 7, False),
        ("target", ">= 0.9", "stay@1.0.0", base, 10, False),
    ]
    assert ("weight", "2", "stay@1.0.0", base, 10, True) in told
    assert [one[1] for one in told if one[0] == "title"] == ["Clean enough"]


def test_a_removed_criterion_and_a_site_without_overlays_are_told_too(scored):
    found = rows(scored.run("explain", "smile", "--site", "port", "--format", "json"))
    assert [(one["key"], one["written"]) for one in found if one["wins"]] == [("criterion", "removed")]
    outcome = scored.run("explain", "clean", "--site", "east")
    assert "no overlay changes stay@1.0.0" in outcome.out
    assert "stay-south" not in outcome.out
    in_chinese = scored.run("--lang", "zh", "explain", "clean", "--site", "port")
    assert "足够干净" in in_chinese.out
    assert scored.run("explain", "clean", "--site", "nowhere").code == 2
    assert "standards/stay/standard.yaml:10" in scored.run("explain", "clean").out


def test_a_report_lists_the_overlays_with_their_hashes(scored):
    report = json.loads(scored.run("report", "monthly", "--format", "json").out)
    overlays = [one for one in report["documents"] if one["kind"] == "overlay"]
    assert [(one["id"], one["version"], len(one["hash"])) for one in overlays] == [
        ("stay-beach", "1.0.0", 64),
        ("stay-south", "1.0.0", 64),
    ]
    html = scored.run("report", "monthly", "--format", "html").out
    assert "stay-south@1.0.0 changes criteria where region = &#39;south&#39;, sites: 2 (port, sand)" in html


def test_nobody_is_asked_what_an_overlay_takes_out(scored, tmp_path):
    from openpyxl import load_workbook

    outcome = scored.run("form", "export", "monthly", "--period", "2026-07", "--dir", str(tmp_path))
    assert outcome.code == 0, outcome.text
    asked = {}
    for path in tmp_path.glob("*.xlsx"):
        cells = [
            str(cell) for sheet in load_workbook(path) for row in sheet.iter_rows(values_only=True) for cell in row
        ]
        asked[path.stem.rpartition("_")[2]] = "smile" in " ".join(cells)
    assert asked == {"east": True, "port": False, "sand": False}


def test_the_rank_of_sites_warns_that_their_scores_are_not_made_alike(scored):
    assert "stay-beach@1.0.0, stay-south@1.0.0" in scored.run("rank", "monthly").err
    assert "stay-beach" not in scored.run("rank", "monthly", "--item", "clean").text


def test_overlays_that_contradict_each_other_are_told_with_both_places(stay):
    stay.edit("standards/beach/standard.yaml", "extends: stay-south@1", "extends: stay@1")
    found = problems(stay)
    assert [(code, file, line) for code, file, line, _ in found] == [("SQA265", SOUTH_FILE, 7)]
    assert "standards/beach/standard.yaml:6:19" in found[0][3]
    assert "'sand'" in found[0][3]
    outcome = stay.run("run", "monthly", "--period", "2026-07")
    assert (outcome.code, "SQA265" in outcome.err) == (2, True)
    assert "SQA265" in stay.run("--lang", "zh", "check").text
    # Where the two hold at different sites, they do not.
    stay.edit(PROGRAMME_FILE, "when: region = 'south'", "when: id = 'port'")
    assert problems(stay) == []


def test_what_one_removes_another_may_not_change(stay):
    stay.edit("standards/beach/standard.yaml", "extends: stay-south@1", "extends: stay@1")
    stay.edit("standards/beach/standard.yaml", 'clean: {target: ">= 0.6"}', "smile: {weight: 3}")
    (found,) = problems(stay)
    assert (found[0], "'smile' is there" in found[3]) == ("SQA265", True)


def test_contradictions_at_sites_that_records_tell_are_found_when_they_are_read(stay):
    stay.edit("standards/beach/standard.yaml", "extends: stay-south@1", "extends: stay@1")
    before, after = PROGRAMME.partition("sites:\n")[0], PROGRAMME.partition("period: month\n")[2]
    sites = "sites: {dataset: hotels, id: hotel, region: place, attributes: [area]}\nperiod: month\n"
    source = "hotels: {path: hotels.csv}, answers:"
    text = before.replace("when: beach", "when: area = 'beach'") + sites + after.replace("answers:", source, 1)
    stay.write(PROGRAMME_FILE, text)
    stay.write("audits/monthly/hotels.csv", "hotel,place,area\neast,north,town\nsand,south,beach\n")
    assert problems(stay) == []
    outcome = stay.run("run", "monthly", "--period", "2026-07")
    assert (outcome.code, "SQA265" in outcome.err) == (2, True), outcome.text
    assert stay.run("results").out == ""
    stay.write("audits/monthly/hotels.csv", "hotel,place,area\neast,north,town\nsand,south,town\n")
    assert stay.run("run", "monthly", "--period", "2026-07").code == 0


def test_an_overlay_that_holds_nowhere_is_a_warning_and_an_unknown_name_an_error(stay):
    stay.edit(PROGRAMME_FILE, "region = 'south'", "region = 'sooth'")
    stay.edit(PROGRAMME_FILE, "when: beach", "when: beech")
    assert [(code, line) for code, _, line, _ in problems(stay)] == [("SQA303", 7)]
    stay.edit(PROGRAMME_FILE, "when: beech", "when: beach")
    assert [(code, line) for code, _, line, _ in problems(stay)] == [("SQA266", 6)]
    assert stay.run("run", "monthly", "--period", "2026-07").code == 0


def test_what_an_overlay_may_change_is_not_judged_where_nobody_knows_whether_it_holds(stay):
    stay.edit(PROGRAMME_FILE, "{id: port, region: south, beach: false}", "{id: port, region: south}")
    assert [(code, line) for code, _, line, _ in problems(stay)] == [("SQA267", 7)]
    assert stay.run("run", "monthly", "--period", "2026-07").code == 0
    found = {one["item"]: one for one in rows(stay.run("results", "--site", "port", "--format", "json"))}
    assert (found["clean"]["status"], found["clean"]["reason"]) == ("no_data", "condition_unknown")
    assert found["quiet"]["status"] == "pass"


def test_a_target_by_which_an_item_cannot_be_scored_is_told(stay):
    stay.edit(
        "standards/stay/checklists/guests.yaml",
        "share(clean)}",
        "share(clean), score: {linear: {zero: 0.7, full: target}}}",
    )
    found = problems(stay)
    assert [(code, file) for code, file, _, _ in found] == [
        ("SQA214", "standards/beach/standard.yaml"),
        ("SQA214", SOUTH_FILE),
    ]


def test_a_changed_overlay_makes_a_new_revision_and_breaks_comparisons(stay):
    for period in ("2026-07", "2026-08"):
        stay.write("audits/monthly/answers.csv", ROWS + ROWS.replace("2026-07", "2026-08").partition("\n")[2])
        assert stay.run("run", "monthly", "--period", period).code == 0
        stay.edit(SOUTH_FILE, '">= 0.7"', '">= 0.75"') if period == "2026-07" else None
    again = stay.run("run", "monthly", "--period", "2026-07")
    assert "overlay:stay-south" in again.out
    assert "revision 2" in again.out
    stay.edit(SOUTH_FILE, '">= 0.75"', '">= 0.7"')
    assert stay.run("run", "monthly", "--period", "2026-07").code == 0
    changed = rows(stay.run("compare", "monthly", "2026-07", "2026-08", "--level", "site", "--format", "json"))
    assert {one["reason"] for one in changed if one["kind"] == "score"} == {"scoring_changed"}
    clean = {one["place"]: one for one in changed if one["id"] == "clean"}
    assert "0.75" in str(clean["port"]["changed"])
    assert "0.75" not in str(clean["sand"]["changed"])


def test_rescoring_takes_the_overlays_along(stay):
    assert stay.run("run", "monthly", "--period", "2026-07").code == 0
    stay.write("standards/stay@2/standard.yaml", STANDARD.replace('"1.0.0"', '"2.0.0"').replace('">= 0.5"', '">= 0.7"'))
    stay.write("standards/stay@2/checklists/guests.yaml", CHECKLIST.replace("stay@1", "stay@2"))
    outcome = stay.run("rescore", "monthly", "2026-07", "--standard", "stay@2", "--format", "json")
    assert outcome.code == 0, outcome.text
    found = {(one["place"] if "place" in one else one["site"], one["id"]): one for one in json.loads(outcome.out)}
    # Only quiet changed: clean still is held to what its overlays ask.
    assert not [key for key in found if key[1] == "clean"]
    assert [key for key in found if key[1] == "quiet"]
    stay.edit("standards/stay@2/standard.yaml", "id: clean,", "id: tidy,")
    stay.edit("standards/stay@2/checklists/guests.yaml", "criterion: clean,", "id: clean, criterion: tidy,")
    outcome = stay.run("rescore", "monthly", "2026-07", "--standard", "stay@2")
    assert "overlays change criteria that this standard does not have: clean" in outcome.err
