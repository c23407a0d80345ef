"""Asking for what is not there is answered with what is."""

import json

import pytest

STANDARD = "standards/my-service/standard.yaml"
PROGRAMME = "audits/first-audit/programme.yaml"
SITES = """\
  - {id: north, title: {en: North office, zh: 北区办公室}}
  - {id: south, title: {en: South office, zh: 南区办公室}}"""
RUN = ("run", "first-audit", "--period", "2026-10")


@pytest.mark.parametrize(
    ("command", "code", "said"),
    [
        ((*RUN, "--site", "nroth"), "SQA704", "north"),
        (("score", "first-audit", "--period", "2026-09"), "SQA706", "first-audit"),
        (("report", "first-audit", "--period", "2026-09"), "SQA706", "first-audit"),
        (("cycle", "show", "first-audit", "2026-09"), "SQA706", "cycle list"),
        (("cycle", "close", "first-audit", "2026-09"), "SQA706", "cycle list"),
        (("findings", "show", "f-000000000000"), "SQA707", "sqaudit findings"),
        (("results", "records", "r-000000000000"), "SQA707", "sqaudit results"),
        (("explain", "r-000000000000"), "SQA707", "sqaudit results"),
        (("explain", "no-such-thing"), "SQA708", "criterion"),
        (("explain", "SQA999"), "SQA708", "SQA999"),
        (("init", "DIR", "--template", "hotle"), "SQA711", "minimal"),
        (("run", "frist-audit"), "SQA225", "first-audit"),
        (("report", "first-audit", "--format", "docx"), "SQA406", "markdown"),
        (("results", "--lang", "xx"), "SQA710", "zh"),
    ],
)
def test_what_is_not_there_is_told_with_what_is(project, command, code, said):
    p = project()
    p.run(*RUN)
    outcome = p.run(*(str(p.folder / "new") if word == "DIR" else word for word in command))
    assert outcome.code == 2
    assert code in outcome.err
    assert said in outcome.err


def test_a_new_project_is_only_written_into_an_empty_folder(project):
    p = project()
    before = p.files()
    outcome = p.run("init", str(p.folder))
    assert (outcome.code, "SQA709" in outcome.err) == (2, True)
    assert p.run("demo", "--dir", str(p.folder)).code == 2
    assert p.files() == before


def test_a_dataset_that_lists_the_sites_has_to_be_there(project):
    p = project()
    p.edit(PROGRAMME, f"sites:\n{SITES}", "sites: {dataset: requests, id: office}")
    p.edit(STANDARD, "      opened_at: timestamp", "      opened_at: timestamp\n      office: text")
    assert p.run(*RUN).code == 0
    assert {row["site"] for row in json.loads(p.run("results", "--format", "json").out)} == {"north", "south"}
    p.remove("audits/first-audit/requests.csv")
    outcome = p.run(*RUN)
    assert outcome.code == 3
    assert "SQA705" in outcome.err
    assert "requests.csv" in outcome.err


def test_everything_with_an_id_is_explained(project):
    p = project()
    p.run(*RUN)
    (finding, *_) = json.loads(p.run("findings", "--format", "json").out)
    (result, *_) = json.loads(p.run("results", "--format", "json").out)
    for thing, said in [
        ("SQA101", "unknown key"),
        ("quick-answer", "24 hours"),
        ("my-service", "criteria: 3"),
        (finding["id"], "remedy"),
        (result["id"], "statistics"),
    ]:
        outcome = p.run("explain", thing)
        assert outcome.code == 0, outcome.err
        assert said in outcome.out, outcome.out
    assert "未知的键" in p.run("explain", "SQA101", "--lang", "zh").out


@pytest.mark.parametrize("site", [None, "south"])
def test_the_parts_of_a_score_sum_to_it(project, site):
    from datetime import UTC, datetime

    from sqaudit.workflow.context import open_context
    from sqaudit.workflow.explain import explain

    p = project()
    p.run(*RUN)
    context = open_context(folder=p.folder, environ={}, now=datetime(2026, 11, 5, tzinfo=UTC))
    parts = explain(context, "first-audit", period="2026-10", site=site).table
    scores = json.loads(p.run("scores", "--format", "json").out)
    level, identity = ("audit", "south") if site else ("programme", "first-audit")
    (raw,) = [row["raw_score"] for row in scores if (row["level"], row["id"]) == (level, identity)]
    assert abs(sum(part["points"] for part in parts) - raw) < 1e-9
