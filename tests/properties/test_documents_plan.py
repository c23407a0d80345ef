"""No key is ignored: whatever else a document says, each accepted key changes what is built from it."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sqaudit.documents.building import build_programme
from sqaudit.documents.library import read_library
from sqaudit.documents.validation import schema_of

COLUMNS = {"opened_at": "timestamp", "closed_at": "timestamp", "agent": "text", "mark": {"type": "number"}}
STANDARD = {
    "kind": "standard",
    "id": "desk",
    "version": "1.0",
    "dimensions": {"speed": {}},
    "datasets": {name: {"columns": COLUMNS} for name in ("tickets", "calls", "joined")},
    "criteria": [{"id": "SP-1", "dimension": "speed"}, {"id": "SP-2", "dimension": "speed"}],
}
OVERLAY = {
    "kind": "standard",
    "id": "north-desk",
    "version": "1.0",
    "extends": "desk@1.1",
    "overrides": {"SP-1": {"weight": 2}},
}
ANYTHING = SimpleNamespace(
    parameters_schema={"properties": {"size": {"type": "integer"}}}, problem=lambda parameters, target: None
)
PLUGINS = {
    "scorers": {"target": ANYTHING, "value": ANYTHING},
    "collectors": {"file": ANYTHING, "queue": ANYTHING},
    "engines": {"postgresql": ANYTHING, "spark": ANYTHING},
}

# For each key another valid value than that of the document it is put in, which says nothing or what BASE says.
MEASURED = {
    "id": "other",
    "criterion": "SP-2",
    "title": {"en": "Other"},
    "dataset": "calls",
    "measure": "max(mark)",
    "where": "mark > 3",
    "when": "region = 'north'",
    "time": "closed_at",
    "target": "> 3",
    "score": {"value": {"size": 3}},
    "weight": 2,
    "not_applicable": "zero",
    "unanswered": "zero",
    "by": ["agent"],
    "interval": True,
    "sample": {"population": 200, "cluster": {"column": "agent", "icc": 0.05}},
    "was": ["seen-before"],
}
DERIVED = {
    key: value
    for key, value in MEASURED.items()
    if key not in {"measure", "dataset", "where", "time", "by", "interval", "sample"}
} | {"derive": "plain * 2"}
ASKED = {
    **{key: value for key, value in DERIVED.items() if key != "derive"},
    "ask": "Better?",
    "answer": "deduction",
    "guidance": "Look twice",
    "evidence": {"note": "always"},
    "by": ["agent"],
    "mask": True,
}
CHECKLIST = {
    "id": "list2",
    "standard": "desk@1.1",
    "title": "Other",
    "dataset": "calls",
    "where": "mark > 4",
    "when": "region = 'south'",
    "by": ["mark"],
    "sample": {"weight": "mark"},
    "subject": ["agent", "mark"],
    "summary": "worst",
    "retired": ["gone"],
    "items": [{"id": "only", "measure": "min(mark)"}],
}
SHARED = {
    "site": "agent",
    "time": "closed_at",
    "columns": {"mark": 4},
    "nulls": ["?"],
    "fresh": "P2D",
    "register": True,
    "as_of": "2026-11-01T00:00:00",
}
FILES = {
    **SHARED,
    "path": ["other.csv", "more.csv"],
    "collector": "queue",
    "params": {"size": 3},
    "read": {"header": False},
    "key": ["agent"],
}
QUERY = {**SHARED, "query": "SELECT * FROM calls WHERE mark > 2", "reach": "P7D", "key": ["agent"]}
ENGINE = {**SHARED, "engine": {"spark": {"size": 3}}, "table": "service.other"}
PROGRAMME = {
    "id": "other",
    "title": "Other",
    "standard": "desk@1.0",
    "checklists": ["list"],
    "sites": [{"id": "north"}],
    "period": "week",
    "timezone": "Asia/Tokyo",
    "requires": ["hotel"],
    "sources": {"tickets": {"path": "x.csv", "site": "a"}, "calls": {"path": "y.csv", "site": "a"}},
    "summary": "volume",
    "levels": ["region"],
    "samples": {"list": {"total": 5, "method": "systematic"}},
    "calendar": {"open": "Mon-Fri 09:00-17:00"},
    "calendars": {"late": {"open": "Mon-Fri 12:00-20:00"}},
    "team": {"lead": "anna", "auditors": ["anna", "ben"], "several": "mean"},
    "disputes": {"window": "P3D"},
    "schedule": {"rrule": "FREQ=MONTHLY;BYMONTHDAY=1", "window": "P5D"},
    "follow_up": {"watch": "P90D"},
    "overlays": [{"standard": "north-desk@1", "when": "region = 'a'"}],
}
BASE: dict[str, dict[str, Any]] = {
    "measured": {"id": "seen", "dataset": "tickets", "measure": "mean(mark)"},
    "derived": {"id": "seen", "derive": "plain / 2"},
    "asked": {"id": "seen", "ask": "Fine?", "answer": "number"},
    "checklist": {"id": "list", "standard": "desk@1", "dataset": "tickets", "subject": "agent"},
    "files": {"path": "tickets.csv", "site": "office"},
    "query": {"query": "SELECT * FROM calls", "site": "office"},
    "engine": {"engine": "postgresql", "table": "tickets", "site": "office"},
    "programme": {"id": "monthly", "standard": "desk@1", "checklists": ["list", "list2"], "period": "month",
                  "sites": [{"id": "north", "region": "a"}, {"id": "south", "region": "b"}]},
}  # fmt: skip
VARIANTS = {
    "measured": MEASURED,
    "derived": DERIVED,
    "asked": ASKED,
    "checklist": CHECKLIST,
    "files": FILES,
    "query": QUERY,
    "engine": ENGINE,
    "programme": PROGRAMME,
}
_OF_SCHEMA = {
    "checklist": schema_of("checklist")["properties"],
    "item": schema_of("checklist")["properties"]["items"]["items"]["properties"],
    "programme": schema_of("programme")["properties"],
    "source": schema_of("programme")["$defs"]["source"]["properties"],
}


_ITEMS = ("measured", "derived", "asked")
# Keys of a checklist that records answer, which little else may stand beside.
_RECORDED = ("answers", "code")
# How cycles are read together, which no cycle depends on.
_OF_NO_CYCLE = ("trend",)
_SCHEMAS = {**dict.fromkeys(_ITEMS, "item"), "files": "source", "query": "source", "engine": "source"}
# What would leave out the very part that is altered.
_STRUCTURE = ("items", "checklists", "sources", "standard")


def _is_known(kind, key):
    return key in _OF_SCHEMA[_SCHEMAS.get(kind, kind)]


def without(content, *keys):
    """A document without keys that cannot stand beside others: subjects have no groups."""
    return {name: value for name, value in content.items() if name not in keys}


def built(documents):
    """The programme that is built of these parts, which must have no problem."""
    item = next(documents[kind] for kind in _ITEMS if kind in documents)
    rows = next((documents[kind] for kind in ("files", "query", "engine") if kind in documents), BASE["files"])
    plain = {"id": "plain", "criterion": "SP-1", "measure": "count(*)"}
    checklist = {"kind": "checklist", "items": [plain, item], **documents["checklist"]}
    name = "list" if checklist["id"] == "list2" else "list2"
    other = {**without(checklist, "answers"), "id": name, "items": [{"id": "one", "measure": "count(*)"}]}
    sources = {"tickets": rows, **{name: {"path": "calls.csv", "site": "office"} for name in ("calls", "joined")}}
    programme = {"kind": "programme", "sources": sources, **documents["programme"]}
    with TemporaryDirectory() as folder:
        newer = {**STANDARD, "version": "1.1"}
        parts = (("s", STANDARD), ("n", newer), ("l", OVERLAY), ("c", checklist), ("o", other), ("p", programme))
        for name, content in parts:
            place = Path(folder) / ("audits" if name == "p" else "standards") / f"{name}.yaml"
            place.parent.mkdir(exist_ok=True)
            place.write_text(json.dumps(content), encoding="utf-8")
        (Path(folder) / "sqaudit.yaml").write_text("project: p\ncalendar: {open: always}\n", encoding="utf-8")
        library = read_library(Path(folder), packs={}, **PLUGINS, today=date(2026, 11, 1))
        assert [str(problem.message) for problem in library.problems if problem.code != "SQA220"] == []
        return build_programme(library.resolved(programme["id"]))


@pytest.mark.parametrize(
    ("schema", "kinds"),
    [
        ("checklist", ["checklist"]),
        ("item", ["measured", "derived", "asked"]),
        ("programme", ["programme"]),
        ("source", ["files", "query", "engine"]),
    ],
)
def test_every_key_has_another_value_here(schema, kinds):
    assert _OF_SCHEMA[schema].keys() - {"kind", *_RECORDED, *_OF_NO_CYCLE} <= {
        key for kind in kinds for key in VARIANTS[kind]
    }


@pytest.mark.parametrize(
    ("kind", "key", "value"),
    [
        ("checklist", "answers", {"dataset": "joined", "item": "agent"}),
        ("checklist", "answers", {"dataset": "calls", "item": "agent", "absent": "pass"}),
        ("asked", "code", "other"),
    ],
)
def test_answers_from_records_change_what_is_built(kind, key, value):
    documents = {
        "checklist": {**BASE["checklist"], "subject": "mark", "answers": {"dataset": "calls", "item": "agent"}},
        "asked": {**BASE["asked"], "answer": "deduction", "code": "one"},
        "programme": {**BASE["programme"]},
        "files": BASE["files"],
    }
    assert built(documents) != built({**documents, kind: {**documents[kind], key: value}})


@pytest.mark.parametrize(
    ("kind", "key"), [(kind, key) for kind, variants in VARIANTS.items() for key in variants if _is_known(kind, key)]
)
@settings(max_examples=2)
@given(data=st.data())
def test_every_key_changes_what_is_built(kind, key, data):
    """Whatever else is written: each key is set, or altered, beside others that are drawn."""
    drawn = {
        "item": data.draw(st.sampled_from(_ITEMS)),
        "source": data.draw(st.sampled_from(["files", "query", "engine"])),
    }
    drawn[_SCHEMAS.get(kind, kind)] = kind
    documents = {}
    for each in ("checklist", "programme", drawn["item"], drawn["source"]):
        others = sorted(name for name in VARIANTS[each] if name not in {*BASE[each], *_STRUCTURE, key})
        extra = data.draw(st.lists(st.sampled_from(others), unique=True, max_size=4))
        documents[each] = BASE[each] | {name: VARIANTS[each][name] for name in extra if _is_known(each, name)}
    asks = "asked" in documents
    if asks:
        documents["asked"] = without(documents["asked"], "by")
    has_groups = any("by" in documents[each] for each in ("checklist", drawn["item"]))
    if key in {"subject", "summary"}:
        documents = {each: without(content, "by") for each, content in documents.items()}
    elif (kind, key) == ("asked", "by"):
        documents["checklist"] = without(documents["checklist"], "by")
    elif key == "by" or (asks and key == "samples") or has_groups:
        documents["checklist"] = without(documents["checklist"], "subject", "summary")
    if asks and (key == "subject" or "subject" in documents["checklist"]):
        # People are asked about subjects that are drawn.
        plan = {"size": 2, "strata": ["agent"]} if key == "by" else {"size": 2}
        ids = {documents["checklist"]["id"], *([CHECKLIST["id"]] if (kind, key) == ("checklist", "id") else [])}
        documents["programme"] = {**documents["programme"], "samples": dict.fromkeys(sorted(ids), plan)}
    if key == "standard":
        # An overlay holds for the version that it extends.
        documents["programme"] = without(documents["programme"], "overlays")
    changed = {**documents, kind: {**documents[kind], key: VARIANTS[kind][key]}}
    assert built(documents) != built(changed)
