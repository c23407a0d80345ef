"""Every file of a source made ready for the engine, whatever its format."""

from __future__ import annotations

from pathlib import Path

from sqaudit.errors import UnusableSource, msg
from sqaudit.model.ports import Collected
from sqaudit.model.programme import Reading, Source
from sqaudit.model.standard import Dataset
from sqaudit.sources.decoding import unpack
from sqaudit.sources.delimited import prepare_delimited
from sqaudit.sources.files import changed_since, fingerprint_files, name_in_project
from sqaudit.sources.json_records import prepare_json, prepare_json_lines
from sqaudit.sources.landing import land_rows
from sqaudit.sources.prepared import PreparedFile, PreparedSource
from sqaudit.sources.workbooks import prepare_workbook

_FORMATS = {
    ".csv": "csv",
    ".txt": "csv",
    ".tsv": "tsv",
    ".tab": "tsv",
    ".json": "json",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".xlsx": "xlsx",
    ".xlsm": "xlsx",
    ".xls": "xlsx",
    ".parquet": "parquet",
}


def prepare_source(
    source: Source, dataset: Dataset, collected: Collected, *, folder: Path, project: Path
) -> PreparedSource:
    """Fingerprint what was collected and write it into ``folder`` as the engine reads it.

    Parquet files stay where they are, unless they are packed. Raises ``UnusableSource`` for files that cannot be read,
    decoded or understood, or that change meanwhile, and ``CannotAccess`` (SQA603) when the temporary folder is full.
    """
    folder = folder / f"source-{dataset.id}"
    folder.mkdir(parents=True, exist_ok=True)
    if collected.rows is not None:
        return _prepare_rows(source, dataset, collected, folder, project)
    fingerprint, originals = fingerprint_files(collected.paths, project)
    files = tuple(
        _prepare_file(path, name_in_project(path, project), source.reading, folder / f"{number}.csv")
        for number, path in enumerate(collected.paths, start=1)
    )
    changed_since(originals, project)
    return PreparedSource(
        source=source, dataset=dataset, project=project, fingerprint=fingerprint, originals=originals, files=files
    )


def _prepare_rows(
    source: Source, dataset: Dataset, collected: Collected, folder: Path, project: Path
) -> PreparedSource:
    name = name_of_rows(source)
    landed = land_rows(collected.rows or (), name, source.reading.decimal)
    original = landed.original
    files = (
        (prepare_json_lines(landed.path, name, Reading(decimal=source.reading.decimal), folder / "1.csv"),)
        if original.size
        else ()
    )
    return PreparedSource(
        source=source,
        dataset=dataset,
        project=project,
        fingerprint=landed.fingerprint,
        originals=(original,),
        files=files,
    )


def name_of_rows(source: Source) -> str:
    """What the rows of a source that has no files are called."""
    return f"{source.collector}:{source.dataset}"


def _prepare_file(path: Path, name: str, reading: Reading, target: Path) -> PreparedFile:
    form = _format_of(path, name, reading)
    match form:
        case "csv" | "tsv":
            return prepare_delimited(path, name, reading, form, target)
        case "json":
            return prepare_json(path, name, reading, target)
        case "jsonl":
            return prepare_json_lines(path, name, reading, target)
        case "xlsx":
            return prepare_workbook(path, name, reading, target)
        case _:
            return _prepare_parquet(path, name, target)


def _format_of(path: Path, name: str, reading: Reading) -> str:
    suffixes = [suffix.lower() for suffix in path.suffixes]
    if suffixes and suffixes[-1] == ".gz":
        suffixes.pop()
    form = reading.format or _FORMATS.get(suffixes[-1] if suffixes else "")
    if form not in set(_FORMATS.values()):
        raise UnusableSource(
            "SQA509",
            msg("the format of '{file}' is not known", file=name),
            msg("name it under read: format is csv, tsv, json, jsonl, parquet or xlsx"),
        )
    return form


def _prepare_parquet(path: Path, name: str, target: Path) -> PreparedFile:
    if path.suffix.lower() == ".gz":
        unpacked = target.with_suffix(".parquet")
        unpack(path, unpacked, name)
        return PreparedFile(name=name, path=unpacked, headers=None)
    return PreparedFile(name=name, path=path.resolve(), headers=None)
