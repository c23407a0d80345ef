"""Documents with everything they take from others written in: plain data, the same on every machine."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from msgspec import Struct

from sqaudit.documents.calendars import resolve_calendars
from sqaudit.documents.collection import Collection as Documents
from sqaudit.documents.collection import Document
from sqaudit.documents.overlays import OverlayDocument, name_of, overlay_documents, programme_checklists
from sqaudit.expressions.queries import tables_named
from sqaudit.model.checklist import POINT_SCORERS

# What a checklist says of the rows and columns of one dataset.
_OF_A_DATASET = ("where", "by", "sample")


class ResolvedProgramme(Struct, frozen=True, kw_only=True):
    """All that a run needs of its documents: JSON-able, in no need of other documents, folders relative to the project.

    ``standard`` has what it extends written in and its ``overrides`` as a list of ``{criterion, changes}`` with old
    and new values; items of ``checklists`` have their defaults; ``programme`` has the project's sources and zone.
    ``overlays`` hold what each of their standards changes, layer by layer.
    """

    id: str
    standard: Mapping[str, Any]
    checklists: tuple[Mapping[str, Any], ...]
    programme: Mapping[str, Any]
    overlays: tuple[Mapping[str, Any], ...] = ()

    def documents(self) -> dict[str, Mapping[str, Any]]:
        """The parts by the role they play: ``standard``, ``programme``, ``checklist:ID``, ``overlay:ID``."""
        parts = {f"checklist:{checklist['id']}": checklist for checklist in self.checklists}
        overlays = {f"overlay:{overlay['id']}": overlay for overlay in self.overlays}
        return {"standard": self.standard, "programme": self.programme, **parts, **overlays}


def resolved_of(documents: Mapping[str, Mapping[str, Any]]) -> ResolvedProgramme:
    """The programme whose parts, by the role they play, these are; undoes ``ResolvedProgramme.documents``."""
    programme = documents["programme"]
    roles = (f"checklist:{checklist}" for checklist in programme["checklists"])
    overlays = (f"overlay:{entry['standard'].partition('@')[0]}" for entry in programme.get("overlays", ()))
    return ResolvedProgramme(
        id=programme["id"],
        standard=documents["standard"],
        checklists=tuple(documents[role] for role in roles if role in documents),
        programme=programme,
        overlays=tuple(documents[role] for role in overlays),
    )


def canonical_json(content: object) -> str:
    """JSON that is equal for equal content: keys sorted, no blanks, text as it is."""
    return json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def content_hash(content: object) -> str:
    """SHA-256 of the canonical JSON, in hex."""
    return hashlib.sha256(canonical_json(content).encode()).hexdigest()


def resolve_standard(collection: Documents, document: Document) -> dict[str, Any]:
    """A standard with everything of the one it extends, changed as its overrides say."""
    resolved: dict[str, Any] = {}
    for member in reversed(collection.lineage(document)):
        resolved = _extend(resolved, member)
    return resolved


def _extend(base: Mapping[str, Any], document: Document) -> dict[str, Any]:
    own = document.content
    resolved: dict[str, Any] = {
        "id": own["id"],
        "version": own["version"],
        "title": own.get("title", own["id"]),
        "scoring": {**base.get("scoring", {}), **own.get("scoring", {})},
        "ratings": own.get("ratings", base.get("ratings", [])),
        "dimensions": _merge_entries(base.get("dimensions", {}), own.get("dimensions", {})),
        "dimension_order": list({**dict.fromkeys(base.get("dimension_order", ())), **own.get("dimensions", {})}),
        "datasets": _merge_datasets(base.get("datasets", {}), own.get("datasets", {})),
    }
    criteria = {criterion["id"]: criterion for criterion in base.get("criteria", ())}
    criteria, changed = _override(criteria, own.get("overrides", {}))
    criteria.update({criterion["id"]: criterion for criterion in own.get("criteria", ())})
    resolved["criteria"] = list(criteria.values())
    if base:
        resolved["extends"] = f"{base['id']}@{base['version']}"
        resolved["overrides"] = changed
    if "review_by" in own:
        resolved["review_by"] = own["review_by"]
    retired = [*base.get("retired", ()), *own.get("retired", ())]
    if retired:
        resolved["retired"] = sorted({*retired} - {criterion["id"] for criterion in resolved["criteria"]})
    return resolved


def _merge_entries(base: Mapping[str, Any], own: Mapping[str, Any]) -> dict[str, Any]:
    return {key: {**base.get(key, {}), **own.get(key, {})} for key in sorted({*base, *own})}


def _merge_datasets(base: Mapping[str, Any], own: Mapping[str, Any]) -> dict[str, Any]:
    merged = _merge_entries(base, own)
    for dataset, content in merged.items():
        content["columns"] = {
            **base.get(dataset, {}).get("columns", {}),
            **own.get(dataset, {}).get("columns", {}),
        }
    return merged


def _override(
    criteria: Mapping[str, Mapping[str, Any]], overrides: Mapping[str, Any]
) -> tuple[dict[str, Mapping[str, Any]], list[dict[str, Any]]]:
    changed = dict(criteria)
    record: list[dict[str, Any]] = []
    for criterion_id in sorted(overrides.keys() & criteria.keys()):
        wanted, old = overrides[criterion_id], criteria[criterion_id]
        if wanted == "removed":
            del changed[criterion_id]
            record.append({"criterion": criterion_id, "changes": None})
            continue
        changes = {key: [old.get(key), new] for key, new in sorted(wanted.items()) if old.get(key) != new}
        changed[criterion_id] = {**old, **wanted}
        record.append({"criterion": criterion_id, "changes": changes})
    return changed, record


def resolve_overlay(overlay: OverlayDocument, base: Mapping[str, Any]) -> dict[str, Any]:
    """What an overlay changes of the programme's resolved standard, as each of its standards wrote it."""
    own = overlay.closest.content
    return {
        "id": own["id"],
        "version": own["version"],
        "title": own.get("title", own["id"]),
        "extends": f"{base['id']}@{base['version']}",
        "layers": [
            {
                "standard": name_of(layer),
                "overrides": layer.content.get("overrides", {}),
                "criteria": layer.content.get("criteria", []),
            }
            for layer in overlay.layers
        ],
    }


def resolve_checklist(
    document: Document, standard: Mapping[str, Any], *, layer: str | None = None, has_overlays: bool = False
) -> dict[str, Any]:
    """A checklist whose items say everything themselves, targets and titles of their criteria included.

    Its ``where``, ``by`` and ``sample`` hold for items on its own ``dataset``; without one, for items on any. One that
    is written for a ``layer`` of an overlay says so; where a programme ``has_overlays``, items say whether their target
    is their criterion's.
    """
    own = document.content
    criteria = {criterion["id"]: criterion for criterion in standard["criteria"]}
    defaults: dict[str, Any] = {key: own[key] for key in ("dataset", "when", *_OF_A_DATASET) if key in own}
    # Questions about subjects are not measured, and still the subjects are found in records.
    found_in = ("dataset", "where") if "subject" in own and has_questions(own) else ()
    of_questions = ("when", "by") if asks_of_subjects(own) else ("when",)
    # What observes a criterion that a standard takes out of the one it extends goes with it.
    observing = [item for item in own["items"] if item.get("criterion", "") in {"", *criteria}]
    items = [_called(own, _resolve_item(item, defaults, criteria, of_questions)) for item in observing]
    living = {item["id"] for item in items}
    return {
        "id": own["id"],
        "standard": own["standard"],
        "title": own.get("title", own["id"]),
        "items": [
            {**item, **_old_ids(item, criteria, living), **(_target_from(written) if has_overlays else {})}
            for item, written in zip(items, observing, strict=True)
        ],
        **({"layer": layer} if layer is not None else {}),
        **{key: own[key] for key in ("subject", "summary", "answers", "retired", *found_in) if key in own},
    }


def _target_from(written: Mapping[str, Any]) -> dict[str, Any]:
    return {"takes_target": True} if "criterion" in written and "target" not in written else {}


def _old_ids(
    item: Mapping[str, Any], criteria: Mapping[str, Mapping[str, Any]], living: Collection[str]
) -> dict[str, Any]:
    """The ids that a resolved item had before: its own, and those of its criterion, where it has its id."""
    inherited = criteria[item["id"]].get("was", ()) if item["id"] == item.get("criterion") in criteria else ()
    was = dict.fromkeys([*item.get("was", ()), *(old for old in inherited if old not in living)])
    return {"was": list(was)} if was else {}


def has_questions(checklist: Mapping[str, Any]) -> bool:
    """Whether items of a checklist are answered, by people or by records."""
    return any("answer" in item for item in checklist["items"])


def asks_of_subjects(checklist: Mapping[str, Any]) -> bool:
    """Whether a checklist asks people about subjects, one by one."""
    return "subject" in checklist and "answers" not in checklist and has_questions(checklist)


def _called(checklist: Mapping[str, Any], item: dict[str, Any]) -> dict[str, Any]:
    """A resolved item with what it is called in the records that answer it, if records do."""
    return {"code": item["id"], **item} if "answers" in checklist and "answer" in item else item


def _resolve_item(
    item: Mapping[str, Any],
    defaults: Mapping[str, Any],
    criteria: Mapping[str, Mapping[str, Any]],
    of_questions: Collection[str],
) -> dict[str, Any]:
    criterion = criteria.get(item.get("criterion", ""), {})
    resolved: dict[str, Any] = {**defaults, **item}
    if not is_measured(item):
        inherited = of_questions if "answer" in item else ("when",)
        resolved = {key: value for key, value in resolved.items() if key in item or key in inherited}
    elif resolved.get("dataset") != defaults.get("dataset", resolved.get("dataset")):
        # The checklist's rows and columns are those of the checklist's dataset.
        resolved = {key: value for key, value in resolved.items() if key in item or key not in _OF_A_DATASET}
    resolved["id"] = item_id(item)
    resolved.setdefault("title", item.get("ask", criterion.get("title", criterion.get("id", resolved["id"]))))
    if "answer" in item:
        resolved.setdefault("ask", resolved["title"])
    if "target" in criterion:
        resolved.setdefault("target", criterion["target"])
    if "answer" in item and criterion and (target := default_target(item["answer"])) is not None:
        resolved.setdefault("target", target)
    scorer, parameters = read_score(item.get("score", "target"))
    resolved["score"] = {"scorer": scorer, "parameters": parameters}
    return resolved


def item_id(item: Mapping[str, Any]) -> str:
    """An item's id: its own, else its criterion's."""
    return str(item.get("id", item.get("criterion")))


def default_target(answer: str | Mapping[str, Any]) -> str | None:
    """What an answer to a criterion passes with where neither says: the best there is; of a number that is open."""
    kind, parameters = read_choice(answer)
    if kind == "yes_no":
        return ">= 1"
    if kind in {"choice", "multi"}:
        return f">= {max(points_of(option) for option in parameters.values())}"
    if kind == "scale":
        return f">= {parameters['max']}"
    return "<= 0" if kind == "deduction" else None


def points_of(option: float | Mapping[str, Any]) -> float:
    """The points of an option, 0 to 100, however it is written."""
    points: float = option["points"] if isinstance(option, Mapping) else option
    return points


def is_measured(item: Mapping[str, Any]) -> bool:
    """Whether an item looks at records itself, and is neither derived nor asked of a person."""
    return "derive" not in item and "answer" not in item


def read_choice(written: str | Mapping[str, Any]) -> tuple[str, Any]:
    """The scorer, engine or kind of answer that is named, and its parameters."""
    if isinstance(written, str):
        return written, {}
    ((name, parameters),) = written.items()
    return name, parameters


def read_score(written: str | Mapping[str, Any]) -> tuple[str, Any]:
    """The scorer that is named, and its parameters: of ``{deduct: 2, cap: 6}`` all of it."""
    named = next((name for name in POINT_SCORERS if name in written), None)
    if named is None or isinstance(written, str):
        return read_choice(written)
    return named, written


def as_names(written: str | Sequence[str]) -> tuple[str, ...]:
    """One name, or several."""
    return (written,) if isinstance(written, str) else tuple(written)


def used_datasets(checklists: tuple[Mapping[str, Any], ...], programme: Mapping[str, Any]) -> set[str]:
    """The datasets that resolved checklists read, find their subjects in, and the sites come from."""
    parts = (part for one in checklists for part in (one, one.get("answers", {}), *one["items"]))
    used = {part["dataset"] for part in parts if "dataset" in part}
    sites = programme["sites"]
    if isinstance(sites, dict) and "dataset" in sites:
        used.add(sites["dataset"])
    return used


def read_with(wanted: set[str], sources: Mapping[str, Any], datasets: Mapping[str, Any]) -> set[str]:
    """The wanted datasets with all that their queries read, and the queries of those, and so on."""
    found: set[str] = set()
    waiting = sorted(wanted)
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += sorted(tables_named(sources.get(name, {}).get("query", ""), datasets))
    return found


def resolve_programme(collection: Documents, document: Document) -> ResolvedProgramme | None:
    """A programme with its standard, its checklists and its sources; ``None`` if its standard cannot be found.

    Checklists that cannot be found are left out: that is a problem of its own.
    """
    own = document.content
    standard_document = collection.standard(own["standard"])
    if standard_document is None:
        return None
    standard = resolve_standard(collection, standard_document)
    overlays = overlay_documents(collection, document, standard_document)
    checklists = tuple(
        resolve_checklist(
            checklist,
            standard if owner is standard_document else resolve_standard(collection, owner),
            layer=None if owner is standard_document else name_of(owner),
            has_overlays=bool(overlays),
        )
        for checklist, owner in programme_checklists(collection, document)
    )
    settings = collection.project.content if collection.project and collection.project.valid else {}
    programme = {
        "id": own["id"],
        "title": own.get("title", own["id"]),
        "standard": f"{standard['id']}@{standard['version']}",
        "checklists": own["checklists"],
        "sites": own["sites"],
        "period": own["period"],
        "timezone": own.get("timezone", settings.get("timezone", "UTC")),
        "requires": own.get("requires", []),
        "folder": document.folder,
        "sources": _sources(document, settings, used_datasets(checklists, own), standard["datasets"]),
        **resolve_calendars(own, settings),
    }
    programme |= {
        key: own[key]
        for key in ("summary", "levels", "samples", "team", "disputes", "schedule", "follow_up")
        if key in own
    }
    if overlays:
        programme["overlays"] = [{"standard": name_of(one.closest), "when": one.when} for one in overlays]
    return ResolvedProgramme(
        id=own["id"],
        standard=standard,
        checklists=checklists,
        programme=programme,
        overlays=tuple(resolve_overlay(one, standard) for one in overlays),
    )


def _sources(
    document: Document, settings: Mapping[str, Any], used: set[str], datasets: Mapping[str, Any]
) -> dict[str, Any]:
    own = {name: {**source, "folder": document.folder} for name, source in document.content.get("sources", {}).items()}
    known = {name: {**source, "folder": "."} for name, source in settings.get("sources", {}).items()} | own
    wanted = read_with(used | own.keys(), known, datasets)
    placed = {name: source for name, source in known.items() if name in wanted}
    sites = document.content["sites"]
    if isinstance(sites, dict) and sites.get("dataset") in placed:
        # Rows of the dataset that lists the sites belong to the site they list.
        placed[sites["dataset"]] = {"site": sites["id"], **placed[sites["dataset"]]}
    return {name: placed[name] for name in sorted(placed)}
