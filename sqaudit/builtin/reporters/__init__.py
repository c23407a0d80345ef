"""The reporters that come with sqaudit: for the terminal, for reading, for programs."""

from __future__ import annotations

from sqaudit.builtin.reporters.csv import CsvReporter
from sqaudit.builtin.reporters.html import HtmlReporter
from sqaudit.builtin.reporters.json import JsonReporter
from sqaudit.builtin.reporters.junit import JunitReporter
from sqaudit.builtin.reporters.markdown import MarkdownReporter
from sqaudit.builtin.reporters.pdf import PdfReporter
from sqaudit.builtin.reporters.table import TableReporter
from sqaudit.builtin.reporters.xlsx import XlsxReporter
from sqaudit.model.ports import Reporter

REPORTERS: tuple[Reporter, ...] = (
    TableReporter(),
    JsonReporter(),
    CsvReporter(),
    MarkdownReporter(),
    HtmlReporter(),
    XlsxReporter(),
    JunitReporter(),
    PdfReporter(),
)
