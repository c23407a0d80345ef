"""Filling a form as a person would: in a workbook, by the columns that it shows."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import openpyxl

NAMES_ROW, FIRST_ROW = 3, 5


def fill(path: Path, answers: Callable[[list[str]], Mapping[str, Any]]) -> list[list[str]]:
    """Write what ``answers`` says of each row into its cells, by column; returns the keys of the rows.

    A key is programme, period, site, checklist, item, and the subject of a question about subjects.
    """
    workbook = openpyxl.load_workbook(path)
    sheet = workbook.worksheets[0]
    columns = {cell.value: cell.column for cell in sheet[NAMES_ROW]}
    keys = []
    for row in range(FIRST_ROW, sheet.max_row + 1):
        keys.append(json.loads(sheet.cell(row, 1).value))
        for column, value in answers(keys[-1]).items():
            sheet.cell(row, columns[column]).value = value
    workbook.save(path)
    return keys
