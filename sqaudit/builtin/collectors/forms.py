"""The answers in a folder of returned forms.

sources:
  returned: {collector: forms, params: {folder: returned, pattern: "*.xlsx"}, site: site}
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from pathlib import Path

from msgspec.structs import replace

from sqaudit.errors import Gravity, Place, Problem, UnusableSource, msg
from sqaudit.forms.reading import read_csv, read_workbook
from sqaudit.model.answer import ANSWER_CELLS, QUESTION_CELLS, TIME_CELLS, WrittenAnswer
from sqaudit.model.ports import Collected, CollectRequest
from sqaudit.sources.files import find_files

_DEFAULT_PATTERN = "*.xlsx"
_MOST_TOLD = 5
_CELLS = (*QUESTION_CELLS, *ANSWER_CELLS, *TIME_CELLS)


class FormsCollector:
    """One row for each answered question of the forms in a folder, of those that are for the period.

    Forms are workbooks and CSV files as ``sqaudit form`` knows them; rows have the columns ``file``, ``folder``,
    ``question`` and those of a form. A JSON file holds one object, which is one row with ``file`` and ``folder``.
    """

    name = "forms"
    parameters_schema: Mapping[str, object] = {
        "type": "object",
        "title": "params",
        "additionalProperties": False,
        "required": ["folder"],
        "properties": {
            "folder": {
                "type": "string",
                "minLength": 1,
                "description": "Where the forms lie, in the programme's folder",
            },
            "pattern": {
                "type": "string",
                "minLength": 1,
                "description": f"Which files are forms, such as **/*.xlsx or *.json; default {_DEFAULT_PATTERN}",
            },
        },
    }

    def collect(self, request: CollectRequest) -> Collected:
        """The rows; raises ``UnusableSource`` (SQA526) if any of the forms cannot be read."""
        source, parameters = request.source, request.source.parameters
        folder = Path(str(parameters["folder"]))
        pattern = folder / str(parameters.get("pattern", _DEFAULT_PATTERN))
        root = request.project / source.folder / folder
        problems: list[Problem] = []
        rows: list[Mapping[str, object]] = []
        for path in find_files(replace(source, paths=(pattern.as_posix(),)), request.project):
            if path.name.startswith("~$"):  # what a spreadsheet program leaves beside a file that it has open
                continue
            found: list[Problem] = []
            rows += _read(path, root, request.period.label, found)
            problems += found[:1]  # what else is wrong with it shows when that is mended
        if problems:
            raise _unreadable(problems)
        return Collected(rows=rows)


def _read(path: Path, root: Path, period: str, problems: list[Problem]) -> Iterator[Mapping[str, object]]:
    name = path.relative_to(root).as_posix()
    about = {"file": name, "folder": path.relative_to(root).parent.as_posix()}
    try:
        content = path.read_bytes()
    except OSError as error:
        message = msg("the file cannot be read: {reason}", reason=error.strerror or type(error).__name__)
        problems.append(Problem(Place(name), "SQA526", message))
        return
    suffix = path.suffix.lower()
    if suffix == ".json":
        yield from ({**record, **about} for record in _record(content, name, problems))
        return
    if suffix not in {".xlsx", ".csv"}:
        message = msg("files ending in '{suffix}' are no forms", suffix=suffix)
        problems.append(Problem(Place(name), "SQA526", message, msg("forms are .xlsx, .csv or .json")))
        return
    filled = read_workbook(content, name) if suffix == ".xlsx" else read_csv(content, name)
    problems += [problem for problem in filled.problems if problem.gravity is Gravity.ERROR]
    for answer in filled.answers:
        if any(answer.text(cell) for cell in ANSWER_CELLS) and answer.text("period") == period:
            yield {**_row(answer), **about}


def _row(answer: WrittenAnswer) -> dict[str, object]:
    question = None if answer.question is None else answer.question.text
    return {**{cell: answer.text(cell) for cell in _CELLS}, "question": question, "place": str(answer.place)}


def _record(content: bytes, name: str, problems: list[Problem]) -> Sequence[Mapping[str, object]]:
    try:
        record = json.loads(content, parse_float=Decimal)
    except (ValueError, RecursionError) as error:
        problems.append(Problem(Place(name), "SQA526", msg("this is no JSON: {reason}", reason=error)))
        return ()
    if not isinstance(record, dict):
        problems.append(Problem(Place(name), "SQA526", msg("this is no JSON object with the answers of one form")))
        return ()
    return [record]


def _unreadable(problems: Sequence[Problem]) -> UnusableSource:
    first = problems[0]
    told = msg("{place}: {message}", place=first.place, message=first.message)
    for problem in problems[1:_MOST_TOLD]:
        another = msg("{place}: {message}", place=problem.place, message=problem.message)
        told = msg("{one}; {another}", one=told, another=another)
    if len(problems) > _MOST_TOLD:
        told = msg("{problems}; other files: {count}", problems=told, count=len(problems) - _MOST_TOLD)
    return UnusableSource("SQA526", told, first.hint or msg("correct the file, or take it out of the folder"))
