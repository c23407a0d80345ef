"""Resolving and building: what documents take from others, and the way through JSON and back."""

from __future__ import annotations

import json
import shutil
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from sqaudit.documents.building import build_programme, build_standard
from sqaudit.documents.resolving import canonical_json, content_hash, resolve_standard, resolved_of
from sqaudit.documents.validation import KINDS, schema_of
from sqaudit.model.answer import Ask, EvidenceRules
from sqaudit.model.checklist import Checklist, Item, Sample, Summary, SummaryKind
from sqaudit.model.people import Person, Team
from sqaudit.model.programme import EngineChoice, Programme, Reading, Site, SiteDataset, Source
from sqaudit.model.score import Level
from sqaudit.model.standard import Column, Criterion, Dimension, Override, Rating, Scoring, Standard
from sqaudit.model.trend import Break, Trend

CASES = Path(__file__).parents[2] / "cases" / "documents"
RECORDS = "standards/desk/checklists/desk-records.yaml"


@pytest.fixture
def south(project, read):
    folder = project / "standards" / "south"
    folder.mkdir()
    shutil.copy(CASES / "valid" / "extra-standard-overrides.yaml", folder / "standard.yaml")
    return read(project)


def resolved_south(library):
    return resolve_standard(library.collection, library.collection.standard("south-desk@2"))


def through_json(resolved):
    return resolved_of(json.loads(canonical_json(resolved.documents())))


@pytest.mark.parametrize("case", sorted((CASES / "valid").glob("programme-*.yaml")), ids=lambda case: case.stem)
def test_a_programme_comes_back_from_json_as_it_was(case, project, read):
    shutil.copy(case, project / "audits" / "monthly" / "programme.yaml")
    resolved = read(project).resolved("monthly")
    again = through_json(resolved)
    assert build_programme(again) == build_programme(resolved)
    assert content_hash(again.documents()) == content_hash(resolved.documents())


def test_resolved_documents_do_not_depend_on_the_machine(project, read):
    here, there = read(CASES / "project").resolved("monthly"), read(project).resolved("monthly")
    assert canonical_json(here.documents()) == canonical_json(there.documents())
    assert str(project.parent) not in canonical_json(there.documents())


def test_the_order_of_keys_changes_no_hash():
    assert content_hash({"a": 1, "b": {"c": "中", "d": 2}}) == content_hash({"b": {"d": 2, "c": "中"}, "a": 1})
    assert canonical_json({"b": 1, "a": "中"}) == '{"a":"中","b":1}'


def test_items_say_everything_themselves(read):
    programme = build_programme(read(CASES / "project").resolved("monthly"))
    items = {item.id: item for item in programme.checklists[0].items}
    assert items["quick-reply"].title.in_language("zh") == "迅速答复"
    assert items["quick-reply"].target.bound == Decimal("0.9")
    assert items["quick-reply"].where == "topic = 'complaint'"
    assert items["reply-time"].where == "topic = 'question'"
    assert items["CO-1"].where is None, "rows of another dataset have no topic"
    assert items["mean-mark"].target is None
    assert dict(items["quick-reply"].score.parameters) == {"zero": 0.5, "full": "target"}


def test_items_break_down_and_stand_for_more_as_their_checklist_says(project, read):
    shutil.copy(CASES / "valid" / "checklist-derived.yaml", project / RECORDS)
    items = {item.id: item for item in build_programme(read(project).resolved("monthly")).checklists[0].items}
    assert (items["SP-1"].by, items["SP-1"].sample) == (("topic", "mark"), Sample(population=500))
    assert (items["SP-2"].by, items["SP-2"].interval) == ((), True)
    assert items["all-tickets"].sample == Sample(population=200, weight="mark", cluster="topic", icc=Decimal(0))
    assert items["all-tickets"].by == ("topic",)
    twice = items["twice"]
    assert (twice.derive, twice.dataset, twice.measure) == ("all_tickets * 2", "", "")
    assert (twice.where, twice.by, twice.sample, twice.when) == (None, (), None, "counter = false")
    assert items["CO-1"].when == "counter = true"
    assert items["CO-1"].title.in_language("en") == "CO-1"


def test_columns_of_a_checklist_are_those_of_its_dataset(project, read):
    path = project / RECORDS
    text = path.read_text(encoding="utf-8").replace(
        "where: topic", "by: [topic]\nsample: {weight: mark}\nwhere: topic", 1
    )
    path.write_text(text, encoding="utf-8")
    items = {item.id: item for item in build_programme(read(project).resolved("monthly")).checklists[0].items}
    assert (items["mean-mark"].by, items["mean-mark"].sample) == (("topic",), Sample(weight="mark"))
    assert (items["CO-1"].by, items["CO-1"].sample, items["CO-1"].where) == ((), None, None)


def test_subjects_and_summaries(project, read):
    shutil.copy(CASES / "valid" / "checklist-subjects.yaml", project / RECORDS)
    shutil.copy(CASES / "valid" / "programme-engines.yaml", project / "audits" / "monthly" / "programme.yaml")
    programme = build_programme(read(project).resolved("monthly"))
    (checklist,) = programme.checklists
    assert checklist.subject == ("topic", "mark")
    assert checklist.summary == Summary(kind=SummaryKind.SHARE, condition="score >= 80 AND critical = 0")
    assert programme.summary == Summary(kind=SummaryKind.SHARE, condition="score >= 80")
    assert programme.levels == (Level.PROGRAMME, Level.REGION)
    plain = build_programme(read(CASES / "project").resolved("monthly"))
    assert (plain.summary, plain.levels, plain.checklists[0].subject) == (Summary(), (), ())


def test_engines_of_sources(project, read):
    shutil.copy(CASES / "valid" / "programme-engines.yaml", project / "audits" / "monthly" / "programme.yaml")
    sources = build_programme(read(project).resolved("monthly")).sources
    url = {"url": "env:TICKETS_DB", "timeout": "PT5M"}
    assert sources["tickets"].engine == EngineChoice(name="postgresql", parameters=url)
    assert (sources["tickets"].table, sources["tickets"].paths) == ("service.tickets", ())
    assert (sources["visits"].engine, sources["visits"].table) == (EngineChoice(name="spark"), None)
    assert sources["visits"].paths == ("s3://bucket/visits/*.parquet",)


def test_sources_of_the_project_join_those_of_the_programme(read):
    sources = build_programme(read(CASES / "project").resolved("monthly")).sources
    assert {name: source.folder for name, source in sources.items()} == {"tickets": "audits/monthly", "visits": "."}
    tickets = sources["tickets"]
    assert tickets.nulls == ("", "?", "0")
    assert tickets.fresh_seconds == 172_800
    assert tickets.as_of.astimezone(UTC) == datetime(2026, 10, 31, 23, tzinfo=UTC)
    assert tickets.columns == {"mark": 4, "opened_at": "strptime(OPEN_DT, '%d/%m/%Y')"}


def test_extending_merges_and_overrides_are_kept_with_old_and_new(south):
    standard = build_standard(resolved_south(south))
    assert standard.extends == "desk@1.1.0"
    assert list(standard.criteria) == ["SP-1", "CO-1", "OR-1"]
    assert standard.criteria["SP-1"].target.text == ">= 0.8"
    assert standard.criteria["SP-1"].weight == 3
    assert standard.dimensions["speed"].weight == 3
    assert standard.dimensions["speed"].tags == {"servqual": "responsiveness"}
    assert set(standard.datasets["visits"].columns) == {"day", "greeted", "tidy"}
    assert standard.scoring.cap == Decimal("59.99")
    assert standard.overrides == (
        Override(criterion="SP-1", changes={"severity": ("major", "minor"), "target": (">= 0.9", ">= 0.8")}),
        Override(criterion="SP-2", changes=None),
    )


def test_a_checklist_serves_standards_that_extend_its_own(south, project, read):
    programme = project / "audits" / "monthly" / "programme.yaml"
    text = programme.read_text(encoding="utf-8").replace("desk@1", "south-desk@2")
    programme.write_text(text.replace("[desk-records]", "[other-desk]"), encoding="utf-8")
    resolved = read(project).resolved("monthly")
    assert resolved.checklists[0]["items"][0]["target"] == ">= 0.8"


def test_what_observes_a_removed_criterion_goes_with_it(south, project, read):
    programme = project / "audits" / "monthly" / "programme.yaml"
    programme.write_text(programme.read_text(encoding="utf-8").replace("desk@1", "south-desk@2"), encoding="utf-8")
    resolved = read(project).resolved("monthly")
    assert [item["id"] for item in resolved.checklists[0]["items"]] == ["quick-reply", "CO-1", "mean-mark"]
    assert build_programme(resolved).criteria.keys() == {"SP-1", "CO-1", "OR-1"}


def test_all_checklists_are_found_in_the_order_of_the_programme(project, read):
    programme = project / "audits" / "monthly" / "programme.yaml"
    text = programme.read_text(encoding="utf-8").replace("[desk-records]", "[other-desk, desk-records]")
    programme.write_text(text, encoding="utf-8")
    resolved = read(project).resolved("monthly")
    assert [checklist["id"] for checklist in resolved.checklists] == ["other-desk", "desk-records"]
    assert list(resolved.documents()) == ["standard", "programme", "checklist:other-desk", "checklist:desk-records"]


def names(model):
    return set(model.__struct_fields__)


def part(kind, *path):
    found = schema_of(kind)
    for step in path:
        found = found[step]
    return set(found["properties"])


def test_what_schemas_accept_is_what_the_model_holds():
    """Keys of documents and fields of values agree, apart from the few that are named differently."""
    criterion = part("standard", "properties", "criteria", "items")
    column = part("standard", "properties", "datasets", "additionalProperties", "properties", "columns",
                  "additionalProperties", "anyOf", 1)  # fmt: skip
    source = part("programme", "$defs", "source")
    assert part("standard") - {"kind"} == names(Standard)
    assert criterion == names(Criterion)
    assert part("standard", "properties", "dimensions", "additionalProperties") == names(Dimension) - {"id"}
    assert column == names(Column) - {"name", "minimum", "maximum", "about_persons"} | {"min", "max", "about"}
    assert part("standard", "$defs", "rating") == names(Rating) - {"start"} | {"from"}
    assert part("standard", "properties", "scoring") == names(Scoring) - {"cap", "base", "floor"}
    assert part("checklist") - {"kind", "when", "by", "sample"} == names(Checklist) - {"layer"}
    asked = {"answer", "guidance", "evidence", "mask"}
    assert part("checklist", "properties", "items", "items") - asked == names(Item) - {"takes_target"}
    assert asked | {"question"} == names(Ask) - {"form"} | {"answer"}
    item = ("checklist", "properties", "items", "items", "properties")
    assert part(*item, "evidence") == names(EvidenceRules)
    assert part("checklist", "$defs", "sample") | {"icc"} == names(Sample)
    kept = names(Programme) - {"calendars", "folder", "dispute_window"} | {"disputes"}
    assert part("programme") - {"kind", "trend"} == kept
    assert part("programme", "properties", "trend") == names(Trend)
    assert part("programme", "properties", "trend", "properties", "breaks", "items") == names(Break)
    assert part("programme", "properties", "team") == names(Team)
    assert part("project", "$defs", "person") == names(Person) - {"id"}
    assert part("programme", "$defs", "site") == names(Site) - {"attributes"}
    assert part("programme", "properties", "sites", "anyOf", 0) == names(SiteDataset) | {"file"}
    renamed = {"path": "paths", "params": "parameters", "read": "reading", "fresh": "fresh_seconds"}
    renamed["reach"] = "reach_seconds"
    assert {renamed.get(key, key) for key in source} == names(Source) - {"dataset", "folder"}
    assert part("programme", "$defs", "source", "properties", "read") == names(Reading)
    assert schema_of("project")["$defs"]["source"] == schema_of("programme")["$defs"]["source"]


def _objects(schema, path=()):
    if isinstance(schema, dict):
        if "properties" in schema:
            yield path, schema
        for key, inner in schema.items():
            yield from _objects(inner, (*path, key))
    if isinstance(schema, list):
        for position, inner in enumerate(schema):
            yield from _objects(inner, (*path, position))


@pytest.mark.parametrize("kind", KINDS)
def test_published_schemas_refuse_unknown_keys_and_describe_the_others(kind):
    from jsonschema import Draft202012Validator

    schema = schema_of(kind)
    Draft202012Validator.check_schema(schema)
    for path, part_of in _objects(schema):
        assert "additionalProperties" in part_of, path
        for key, described in part_of["properties"].items():
            assert "description" in described or "$ref" in described, (*path, key)
