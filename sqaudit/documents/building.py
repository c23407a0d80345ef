"""Resolved plain data to the values of the model; works on fresh documents and on those kept in the store."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from sqaudit.documents.answers import MASKS, build_ask
from sqaudit.documents.calendars import build_calendars
from sqaudit.documents.follow_up import build_follow_up
from sqaudit.documents.project import build_text
from sqaudit.documents.resolving import ResolvedProgramme, as_names, read_choice
from sqaudit.documents.samples import build_plan
from sqaudit.documents.schedules import build_schedule
from sqaudit.documents.summaries import read_summary
from sqaudit.documents.teams import build_team, read_dispute_window
from sqaudit.model.checklist import Checklist, Item, RecordedAnswers, Sample, ScoreRule
from sqaudit.model.overlay import Layer, Overlay
from sqaudit.model.programme import EngineChoice, PeriodUnit, Programme, Reading, Site, SiteDataset, SiteFile, Source
from sqaudit.model.score import Level
from sqaudit.model.standard import (
    Column,
    ColumnType,
    Combine,
    Criterion,
    CriticalPolicy,
    Dataset,
    Dimension,
    NotApplicable,
    Override,
    Rating,
    Rollup,
    Scoring,
    Severity,
    Standard,
    Unanswered,
    View,
)
from sqaudit.model.target import Target, read_duration, read_target

_SITE_KEYS = frozenset({"id", "title", "region", "manager", "timezone", "weight"})


def build_standard(content: Mapping[str, Any]) -> Standard:
    """A standard from its resolved data."""
    review_by = content.get("review_by")
    return Standard(
        id=content["id"],
        version=content["version"],
        title=build_text(content["title"]),
        scoring=_scoring(content["scoring"]),
        ratings=tuple(_rating(rating) for rating in content["ratings"]),
        dimensions={key: _dimension(key, content["dimensions"][key]) for key in content["dimension_order"]},
        datasets={key: build_dataset(key, entry) for key, entry in sorted(content["datasets"].items())},
        criteria={entry["id"]: _criterion(entry) for entry in content["criteria"]},
        extends=content.get("extends"),
        overrides=tuple(_override(entry) for entry in content.get("overrides", ())),
        review_by=date.fromisoformat(review_by) if review_by is not None else None,
        retired=tuple(content.get("retired", ())),
    )


def build_checklist(content: Mapping[str, Any]) -> Checklist:
    """A checklist from its resolved data."""
    return Checklist(
        id=content["id"],
        standard=content["standard"],
        title=build_text(content["title"]),
        items=tuple(_item(item) for item in content["items"]),
        subject=as_names(content.get("subject", ())),
        summary=read_summary(content.get("summary", "mean")),
        dataset=content.get("dataset"),
        where=content.get("where"),
        answers=_recorded(content["answers"]) if "answers" in content else None,
        retired=tuple(content.get("retired", ())),
        layer=content.get("layer"),
    )


def build_overlay(content: Mapping[str, Any], when: str) -> Overlay:
    """An overlay from its resolved data."""
    return Overlay(
        id=content["id"],
        version=content["version"],
        title=build_text(content["title"]),
        when=when,
        layers=tuple(
            Layer(
                standard=layer["standard"],
                changes={name: _changes(changes) for name, changes in sorted(layer["overrides"].items())},
                added={entry["id"]: _criterion(entry) for entry in layer["criteria"]},
            )
            for layer in content["layers"]
        ),
    )


def build_programme(resolved: ResolvedProgramme) -> Programme:
    """A programme with its standard and checklists from resolved data."""
    content = resolved.programme
    return Programme(
        id=content["id"],
        title=build_text(content["title"]),
        standard=build_standard(resolved.standard),
        checklists=tuple(build_checklist(checklist) for checklist in resolved.checklists),
        sites=_sites(content["sites"]),
        period=PeriodUnit(content["period"]),
        sources={
            name: build_source(name, source, content["timezone"]) for name, source in sorted(content["sources"].items())
        },
        timezone=content["timezone"],
        folder=content["folder"],
        requires=tuple(content["requires"]),
        summary=read_summary(content.get("summary", "mean")),
        levels=tuple(Level(level) for level in content.get("levels", ())),
        calendars=build_calendars(content),
        calendar=content.get("calendar"),
        samples={checklist: build_plan(plan) for checklist, plan in sorted(content.get("samples", {}).items())},
        team=build_team(content.get("team", {})),
        dispute_window=read_dispute_window(content.get("disputes", {})),
        schedule=build_schedule(content["schedule"]) if "schedule" in content else None,
        follow_up=build_follow_up(content["follow_up"]) if "follow_up" in content else None,
        overlays=tuple(
            build_overlay(overlay, entry["when"])
            for overlay, entry in zip(resolved.overlays, content.get("overlays", ()), strict=True)
        ),
    )


def build_dataset(dataset_id: str, content: Mapping[str, Any]) -> Dataset:
    """A dataset from its data in a standard."""
    return Dataset(
        id=dataset_id,
        columns={name: _column(name, column) for name, column in sorted(content["columns"].items())},
        about_persons="about" in content,
    )


def _exact(number: float) -> Decimal:
    # The shortest text of a float is what the author wrote.
    return Decimal(str(number))


def _word(written: object) -> str:
    if isinstance(written, bool):
        return "true" if written else "false"
    return "" if written is None else str(written)


def _target(written: str | None) -> Target | None:
    return None if written is None else read_target(written)


def _scoring(content: Mapping[str, Any]) -> Scoring:
    rollup, edges = read_choice(content.get("rollup", "dimensions"))
    critical = content.get("critical", "rating_only")
    capped = isinstance(critical, Mapping)
    return Scoring(
        rollup=Rollup(rollup),
        base=_exact(edges.get("base", 100)),
        floor=_exact(edges.get("floor", 0)),
        not_applicable=NotApplicable(content.get("not_applicable", "exclude")),
        unanswered=Unanswered(content.get("unanswered", "incomplete")),
        critical=CriticalPolicy.CAP if capped else CriticalPolicy(critical),
        cap=_exact(critical["cap"]) if capped else None,
        min_coverage=_exact(content.get("min_coverage", 0.8)),
        views=tuple(_view(view) for view in content.get("views", ())),
    )


def _view(written: str | Mapping[str, Any]) -> View:
    content: Mapping[str, Any] = {"tag": written} if isinstance(written, str) else written
    return View(
        tag=content["tag"],
        title=build_text(content.get("title", content["tag"])),
        values={value: build_text(title) for value, title in content.get("values", {}).items()},
    )


def _rating(content: Mapping[str, Any]) -> Rating:
    name = _word(content["rating"])
    return Rating(
        rating=name,
        title=build_text(content.get("title", name)),
        start=_exact(content["from"]) if "from" in content else None,
        when=content.get("when"),
    )


def _dimension(dimension_id: str, content: Mapping[str, Any]) -> Dimension:
    return Dimension(
        id=dimension_id,
        title=build_text(content.get("title", dimension_id)),
        weight=_exact(content.get("weight", 1)),
        tags=_tags(content),
    )


def _tags(content: Mapping[str, Any]) -> dict[str, str]:
    return dict(sorted(content.get("tags", {}).items()))


def _column(name: str, content: str | Mapping[str, Any]) -> Column:
    if isinstance(content, str):
        return Column(name=name, type=ColumnType(content))
    return Column(
        name=name,
        type=ColumnType(content["type"]),
        optional=content.get("optional", False),
        scale=int(content.get("scale", 4)),
        minimum=_bound(content.get("min")),
        maximum=_bound(content.get("max")),
        values=tuple(_word(value) for value in content.get("values", ())),
        nulls=tuple(_word(value) for value in content.get("nulls", ())),
        about_persons="about" in content,
        mask=MASKS.get(content.get("mask")),
    )


def _bound(written: float | str | None) -> Decimal | str | None:
    return written if written is None or isinstance(written, str) else _exact(written)


def _criterion(content: Mapping[str, Any]) -> Criterion:
    return Criterion(
        id=content["id"],
        dimension=content["dimension"],
        title=build_text(content.get("title", content["id"])),
        weight=_exact(content.get("weight", 1)),
        severity=Severity(content.get("severity", "minor")),
        target=_target(content.get("target")),
        origin=content.get("origin"),
        combine=Combine(content.get("combine", "mean")),
        remedies=tuple(build_text(remedy) for remedy in content.get("remedies", ())),
        tags=_tags(content),
        was=tuple(content.get("was", ())),
    )


def _changes(content: Mapping[str, Any] | str) -> dict[str, Any] | None:
    """The values that override those of a criterion, by key; ``None`` where it is removed."""
    if isinstance(content, str):
        return None
    built = _criterion({"id": "", "dimension": "", **content})
    return {key: getattr(built, key) for key in sorted(content)}


def _override(content: Mapping[str, Any]) -> Override:
    changes = content["changes"]
    if changes is None:
        return Override(criterion=content["criterion"], changes=None)
    return Override(
        criterion=content["criterion"], changes={key: (old, new) for key, (old, new) in sorted(changes.items())}
    )


def _item(content: Mapping[str, Any]) -> Item:
    parameters = content["score"]["parameters"]
    return Item(
        id=content["id"],
        title=build_text(content["title"]),
        dataset=content.get("dataset", ""),
        measure=content.get("measure", ""),
        derive=content.get("derive"),
        ask=build_ask(content) if "answer" in content else None,
        code=content.get("code"),
        criterion=content.get("criterion"),
        where=content.get("where"),
        when=content.get("when"),
        time=content.get("time"),
        target=_target(content.get("target")),
        score=ScoreRule(
            scorer=content["score"]["scorer"],
            parameters=tuple(parameters) if isinstance(parameters, list) else parameters,
        ),
        weight=_exact(content.get("weight", 1)),
        by=tuple(content.get("by", ())),
        interval=content.get("interval", False),
        sample=_sample(content["sample"]) if "sample" in content else None,
        not_applicable=NotApplicable(content["not_applicable"]) if "not_applicable" in content else None,
        unanswered=Unanswered(content["unanswered"]) if "unanswered" in content else None,
        was=tuple(content.get("was", ())),
        takes_target=content.get("takes_target", False),
    )


def _recorded(content: Mapping[str, Any]) -> RecordedAnswers:
    return RecordedAnswers(
        dataset=content["dataset"],
        item=content["item"],
        value=content.get("value"),
        absent_passes=content.get("absent") == "pass",
    )


def _sample(content: Mapping[str, Any]) -> Sample:
    population, cluster = content.get("population"), content.get("cluster", {})
    return Sample(
        population=int(population) if isinstance(population, int | float) else population,
        weight=content.get("weight"),
        cluster=cluster.get("column"),
        icc=_exact(cluster["icc"]) if "icc" in cluster else None,
    )


def _sites(content: Mapping[str, Any] | list[Mapping[str, Any]]) -> tuple[Site, ...] | SiteFile | SiteDataset:
    if isinstance(content, list):
        return tuple(_site(entry) for entry in content)
    if "file" in content:
        return SiteFile(path=content["file"])
    return SiteDataset(
        dataset=content["dataset"],
        id=content["id"],
        title=content.get("title"),
        region=content.get("region"),
        attributes=tuple(content.get("attributes", ())),
    )


def _site(content: Mapping[str, Any]) -> Site:
    return Site(
        id=content["id"],
        title=build_text(content.get("title", content["id"])),
        region=content.get("region"),
        manager=content.get("manager"),
        timezone=content.get("timezone"),
        weight=_exact(content.get("weight", 1)),
        attributes={name: value for name, value in sorted(content.items()) if name not in _SITE_KEYS},
    )


def build_source(dataset: str, content: Mapping[str, Any], zone: str) -> Source:
    """A source from its data in a programme, whose ``folder`` it needs as well; naive moments are in ``zone``."""
    fresh = content.get("fresh")
    nulls = [_word(word) for word in content.get("nulls", ())]
    return Source(
        dataset=dataset,
        paths=as_names(content.get("path", ())),
        collector=content.get("collector", "file"),
        parameters=content.get("params", {}),
        site=content.get("site"),
        time=content.get("time"),
        columns={
            name: place if isinstance(place, str) else int(place)
            for name, place in sorted(content.get("columns", {}).items())
        },
        reading=_reading(content.get("read", {})),
        nulls=tuple(dict.fromkeys(("", *nulls))),
        key=tuple(content.get("key", ())),
        fresh_seconds=read_duration(fresh) if fresh is not None else None,
        register=content.get("register", False),
        as_of=_moment(content["as_of"], zone) if "as_of" in content else None,
        folder=content["folder"],
        query=content.get("query"),
        reach_seconds=read_duration(content["reach"]) if "reach" in content else None,
        engine=_engine(content["engine"]) if "engine" in content else None,
        table=content.get("table"),
    )


def _engine(content: str | Mapping[str, Any]) -> EngineChoice:
    name, parameters = read_choice(content)
    return EngineChoice(name=name, parameters=parameters)


def _moment(written: str, zone: str) -> datetime:
    moment = datetime.fromisoformat(written)
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=ZoneInfo(zone))


def _reading(content: Mapping[str, Any]) -> Reading:
    listed = {**content, "dates": tuple(content.get("dates", ()))}
    return Reading(**listed)
