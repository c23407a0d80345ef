"""A site with overlays is judged like a site of a programme whose standard was written for it alone."""

from __future__ import annotations

import json
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from sqaudit.model.evidence import Observation
from sqaudit.model.score import Level, Status
from sqaudit.workflow.context import open_context
from sqaudit.workflow.judging import score_cycle
from sqaudit.workflow.measurable import make_measurable
from sqaudit.workflow.overlay_problems import problems_at

NOW = datetime(2026, 11, 1, tzinfo=UTC)
CRITERIA = ("C0", "C1", "C2", "C3")
TARGETS = (">= 0.5", ">= 0.7", ">= 0.9")
COUNT = 3
BASE = {
    "kind": "standard",
    "id": "base",
    "version": "1.0.0",
    "scoring": {"critical": {"cap": 50}, "not_applicable": "full"},
    "ratings": [{"rating": "good", "from": 60}, {"rating": "bad", "from": 0}],
    "dimensions": {"one": {"weight": 3}, "two": {"weight": 1}},
    "datasets": {"calls": {"columns": {"at": "timestamp", "ok": {"type": "boolean", "optional": True}}}},
    "criteria": [
        {"id": name, "dimension": "one" if number < 2 else "two", "weight": number + 1, "target": ">= 0.8"}
        for number, name in enumerate(CRITERIA)
    ],
}
# C0 is observed twice, once against the item's own target; the scores of C1 run up to the target.
ITEMS = [
    {"id": "i0", "criterion": "C0", "measure": "share(ok)"},
    {"id": "i0-own", "criterion": "C0", "measure": "share(ok)", "target": ">= 0.6", "weight": 2},
    {"id": "i1", "criterion": "C1", "measure": "share(ok)", "score": {"linear": {"zero": 0.1, "full": "target"}}},
    {"id": "i2", "criterion": "C2", "measure": "share(ok)"},
    {"id": "i3", "criterion": "C3", "measure": "share(ok)"},
]
CHANGES = st.fixed_dictionaries(
    {},
    optional={
        "target": st.sampled_from(TARGETS),
        "weight": st.integers(1, 4),
        "severity": st.sampled_from(("critical", "major", "minor")),
    },
).filter(bool)


@st.composite
def overlays(draw):
    """Standards, each with the number of the one that it extends (-1: the base), what it overrides and what it adds."""
    made = []
    for number in range(COUNT):
        parent = draw(st.integers(-1, number - 1))
        known, above = set(CRITERIA), parent
        while above >= 0:
            known -= {name for name, how in made[above][1].items() if how == "removed"}
            above = made[above][0]
        # Not all at once: what nobody is judged by has no weight at all.
        names = draw(st.sets(st.sampled_from(sorted(known)), max_size=2)) if known else set()
        overrides = {name: draw(CHANGES | st.just("removed")) for name in sorted(names)}
        if {name for name, how in overrides.items() if how == "removed"} >= known:
            overrides = {}
        added = draw(st.none() | st.sampled_from(TARGETS))
        made.append((parent, overrides, added))
    return made


def standard_of(identity, base, overrides, added):
    """A standard that adds one criterion for each layer with a target; empty parts are left out, as schemas ask."""
    criteria = [
        {"id": f"X{layer}", "dimension": "two", "target": target, "weight": 2} for layer, target in added.items()
    ]
    parts = {"overrides": overrides, "criteria": criteria}
    found = {"kind": "standard", "id": identity, "version": "1.0.0", "extends": base}
    return {**found, **{key: part for key, part in parts.items() if part}}


def checklist(identity, standard, items):
    return {"kind": "checklist", "id": identity, "standard": standard, "dataset": "calls", "items": items}


def programme(identity, standard, checklists, sites, entries=()):
    made = {
        "kind": "programme",
        "id": identity,
        "standard": standard,
        "checklists": checklists,
        "sites": sites,
        "period": "month",
        "sources": {"calls": {"path": "calls.csv", "site": "site", "time": "at"}},
    }
    return {**made, "overlays": list(entries)} if entries else made


def line(made, number):
    """The overlays from the nearest to the base down to this one."""
    return [] if number < 0 else [*line(made, made[number][0]), number]


def composed(made, holding):
    """What the overlays that hold say of each criterion and key; ``None`` if they contradict each other."""
    layers = sorted({layer for number in holding for layer in line(made, number)})

    def closest(stating):
        return [one for one in stating if not any(one != other and one in line(made, other) for other in stating)]

    result = {}
    for name in CRITERIA:
        stating = [layer for layer in layers if name in made[layer][1]]
        removing = [layer for layer in stating if made[layer][1][name] == "removed"]
        changing = [layer for layer in stating if layer not in removing]
        if removing:
            if any(not any(one in line(made, other) for other in removing) for one in changing):
                return None
            result[name] = "removed"
            continue
        for key in ("target", "weight", "severity"):
            own = closest([layer for layer in changing if key in made[layer][1][name]])
            values = {made[layer][1][name][key] for layer in own}
            if len(values) > 1:
                return None
            if values:
                result.setdefault(name, {})[key] = values.pop()
    return result


def documents_of(made, order, sites):
    """The programme with overlays, and for each site one whose standard is composed by hand."""
    found = [BASE, checklist("desk", "base@1", ITEMS)]
    names = ["desk"]
    for number, (parent, overrides, added) in enumerate(made):
        base = "base@1" if parent < 0 else f"o{parent}@1"
        found.append(standard_of(f"o{number}", base, overrides, {} if added is None else {number: added}))
        if added is not None:
            found.append(
                checklist(f"add-{number}", f"o{number}@1", [{"criterion": f"X{number}", "measure": "share(ok)"}])
            )
            names.append(f"add-{number}")
    entries = [{"standard": f"o{number}@1", "when": f"o{number}"} for number in order]
    found.append(programme("whole", "base@1", names, sites, entries))
    for site in sites:
        holding = [number for number in range(COUNT) if site[f"o{number}"]]
        overrides = composed(made, holding)
        if overrides is not None:
            layers = sorted({layer for number in holding for layer in line(made, number)})
            added = {layer: made[layer][2] for layer in layers if made[layer][2] is not None}
            identity = f"alone-{site['id']}"
            extra = [{"criterion": f"X{layer}", "measure": "share(ok)"} for layer in added]
            names_here = ["desk", *([f"extra-{identity}"] if extra else [])]
            found.append(standard_of(identity, "base@1", overrides, added))
            found.append(programme(identity, f"{identity}@1", names_here, [site]))
            found += [checklist(f"extra-{identity}", f"{identity}@1", extra)] if extra else []
    return found


def context_of(documents):
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        (root / "sqaudit.yaml").write_text('{"project": "p"}', encoding="utf-8")
        for document in documents:
            part = "audits" if document["kind"] == "programme" else "standards"
            path = root / part / document["id"] / f"{document['kind']}.yaml"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(json.dumps(document), encoding="utf-8")
        return open_context(folder=root, environ={}, now=NOW, no_plugins=True)


def judged(context, identity, counts):
    measurable = make_measurable(context.library.resolved(identity), context.host, sites_of(context, identity))
    sites = measurable.programme.sites
    seen = [
        Observation(
            site=site.id,
            checklist=question.checklist.id,
            item=question.item.id,
            rows=10,
            n=10,
            statistics={"n": 10, "part": counts[site.id, question.item.id]},
        )
        for site in sites
        for question in measurable.questions
    ]
    return measurable, score_cycle(measurable, sites, seen)


def sites_of(context, identity):
    from sqaudit.documents.building import build_programme

    return build_programme(context.library.resolved(identity)).sites


def at(scored, site):
    """What is known of a site: its scores with their rating, its applicable results and its failures."""
    results = [one for one in scored.results if one.site == site and one.status is not Status.NOT_APPLICABLE]
    levels = {Level.CRITERION, Level.DIMENSION, Level.AUDIT}
    return (
        sorted((one for one in scored.scores if one.site == site and one.level in levels), key=repr),
        {
            one.item: (one.status, one.value, one.score, one.target and one.target.text, one.severity, one.criterion)
            for one in results
        },
        sorted((one.criterion, one.severity, one.items) for one in scored.sightings if one.site == site),
    )


@settings(max_examples=20, deadline=None)
@given(made=overlays(), data=st.data())
def test_a_site_with_overlays_is_that_of_a_standard_written_for_it(made, data):
    sites = [
        {"id": f"s{place}", **{f"o{number}": data.draw(st.booleans()) for number in range(COUNT)}} for place in range(2)
    ]
    order = data.draw(st.permutations(range(COUNT)))
    context = context_of(documents_of(made, order, sites))
    items = [*(item["id"] for item in ITEMS), *(f"X{number}" for number in range(COUNT))]
    counts = {(site["id"], item): data.draw(st.integers(0, 10)) for site in sites for item in items}
    possible = {site["id"]: composed(made, [n for n in range(COUNT) if site[f"o{n}"]]) for site in sites}
    built = context.library.resolved("whole")
    measurable = make_measurable(built, context.host, sites_of(context, "whole"))
    told = list(problems_at(context.library, measurable.programme, measurable.programme.sites))
    assert any(one.code == "SQA265" for one in told) == any(one is None for one in possible.values())
    if None in possible.values():
        return
    _, whole = judged(context, "whole", counts)
    plain_results = {(one.site, one.item): one for one in whole.results}
    for site in sites:
        _, alone = judged(context, f"alone-{site['id']}", counts)
        assert at(whole, site["id"]) == at(alone, site["id"])
    for (site, item), result in plain_results.items():
        is_there = result.status is not Status.NOT_APPLICABLE
        assert result.value.value == (counts[site, item] / 10 if is_there else None)
        assert is_there or result.score is None
