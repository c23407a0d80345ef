"""The same records in any format a company keeps them in give the same audit."""

import csv
import gzip
import io
import json

import pytest

RECORDS = "audits/first-audit/requests.csv"
PROGRAMME = "audits/first-audit/programme.yaml"
RUN = ("run", "first-audit", "--period", "2026-10")
WRITTEN = "requests: {path: requests.csv, site: office, time: opened_at}"


def rows_of(project):
    return list(csv.DictReader(io.StringIO((project.folder / RECORDS).read_text(encoding="utf-8"))))


def results(project):
    outcome = project.run(*RUN)
    assert outcome.code == 0, outcome.err
    return json.loads(project.run("results", "--format", "json").out)


def delimited(rows, delimiter=",", *, header=True):
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter, lineterminator="\r\n")
    if header:
        writer.writerow(rows[0])
    writer.writerows(row.values() for row in rows)
    return out.getvalue()


def plain(row):
    """A row as JSON and Parquet hold it: numbers and booleans as such, nothing where a cell is empty."""
    typed = {
        "solved": row["solved"] == "true",
        "satisfaction": int(row["satisfaction"]) if row["satisfaction"] else None,
    }
    return {**row, "answered_at": row["answered_at"] or None, **typed}


def parquet(rows):
    pyarrow = pytest.importorskip("pyarrow")
    from pyarrow import parquet as writer

    out = io.BytesIO()
    writer.write_table(pyarrow.Table.from_pylist([plain(row) for row in rows]), out)
    return out.getvalue()


def workbook(rows):
    xlsxwriter = pytest.importorskip("xlsxwriter")
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        book.add_worksheet("Notes").write(0, 0, "nothing here")
        sheet = book.add_worksheet("Requests")
        for number, row in enumerate([list(rows[0]), *(list(plain(row).values()) for row in rows)]):
            for place, cell in enumerate(row):
                sheet.write(number, place, cell)
    return out.getvalue()


def german(rows):
    out = [["Büro", "Eingang", "Antwort", "Gelöst", "Note"]]
    for row in rows:
        moments = [
            f"{m[8:10]}.{m[5:7]}.{m[:4]} {m[11:]}" if m else "k.A." for m in (row["opened_at"], row["answered_at"])
        ]
        note = f"{row['satisfaction']},0" if row["satisfaction"] else "k.A."
        out.append([row["office"], *moments, row["solved"], note])
    text = io.StringIO()
    csv.writer(text, delimiter=";", lineterminator="\n").writerows(out)
    return text.getvalue().encode("cp1252")


READ_GERMAN = (
    'path: r.csv, site: "Büro", time: opened_at, nulls: ["k.A."], '
    'read: {encoding: cp1252, delimiter: ";", decimal: ",", dates: ["%d.%m.%Y %H:%M"]}, '
    'columns: {opened_at: Eingang, answered_at: Antwort, solved: "Gelöst", satisfaction: Note}'
)
READ_WITHOUT_HEADER = (
    "path: r.csv, read: {header: false}, site: column1, time: opened_at, "
    "columns: {opened_at: 2, answered_at: 3, solved: 4, satisfaction: 5}"
)
FORMATS = {
    "tsv": (lambda rows: {"r.tsv": delimited(rows, "\t")}, "path: r.tsv, site: office, time: opened_at"),
    "gzip": (
        lambda rows: {"r.csv.gz": gzip.compress(delimited(rows).encode())},
        "path: r.csv.gz, site: office, time: opened_at",
    ),
    "json": (
        lambda rows: {"r.json": json.dumps({"found": {"rows": len(rows)}, "list": [plain(row) for row in rows]})},
        "path: r.json, read: {records: list}, site: office, time: opened_at",
    ),
    "jsonl": (
        lambda rows: {"r.jsonl": "".join(json.dumps(plain(row)) + "\n" for row in rows)},
        "path: r.jsonl, site: office, time: opened_at",
    ),
    "parquet": (lambda rows: {"r.parquet": parquet(rows)}, "path: r.parquet, site: office, time: opened_at"),
    "xlsx": (
        lambda rows: {"r.xlsx": workbook(rows)},
        "path: r.xlsx, read: {sheet: Requests}, site: office, time: opened_at",
    ),
    "utf-16": (
        lambda rows: {"r.csv": delimited(rows).encode("utf-16")},
        "path: r.csv, read: {encoding: utf-16}, site: office, time: opened_at",
    ),
    "no header": (
        lambda rows: {"r.csv": delimited(rows, header=False)},
        READ_WITHOUT_HEADER,
    ),
    "another country": (lambda rows: {"r.csv": german(rows)}, READ_GERMAN),
    "several files": (
        lambda rows: {
            "a-1.csv": delimited(rows[:5]),
            "a-2.csv": delimited([dict(reversed(r.items())) for r in rows[5:]]),
        },
        'path: "a-*.csv", site: office, time: opened_at',
    ),
}


@pytest.mark.parametrize("name", FORMATS)
def test_a_format_gives_the_same_audit_as_plain_csv(project, name):
    write, source = FORMATS[name]
    p = project()
    expected = [{**row, "revision": 2} for row in results(p)]
    for file, content in write(rows_of(p)).items():
        p.write(f"audits/first-audit/{file}", content)
    p.remove(RECORDS)
    p.edit(PROGRAMME, WRITTEN, f"requests: {{{source}}}")
    assert results(p) == expected
