"""Records, and DuckDB and Spark side by side over them."""

import importlib.util
import math
import os
import shutil
import subprocess
from datetime import UTC, date, datetime
from decimal import Decimal

HAS_SPARK = importlib.util.find_spec("pyspark") is not None and shutil.which("java") is not None


def alike(left, right):
    """Whether two values are the same to 1e-9; NULL is like nothing else."""
    if isinstance(left, list | tuple) and isinstance(right, list | tuple):
        return len(left) == len(right) and all(map(alike, left, right))
    numbers = (int, float, Decimal)
    if isinstance(left, numbers) and isinstance(right, numbers) and not isinstance(left, bool):
        if math.isnan(left) or math.isnan(right):
            return math.isnan(left) and math.isnan(right)
        return left == right or math.isclose(float(left), float(right), rel_tol=1e-9, abs_tol=1e-9)
    return type(left) is type(right) and left == right


def moment(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


# Both sides of the changes of the clocks in New York (2024-03-10 07:00Z, 2024-11-03 06:00Z) and Shanghai (1991).
MOMENTS = [
    *(f"2024-11-03 {hour}" for hour in ("03:59", "04:30", "05:00", "05:30:20.25", "06:00", "06:30", "07:10")),
    *(f"2024-11-02 {hour}" for hour in ("05:30", "06:30", "12:00")),
    *(f"2024-11-04 {hour}" for hour in ("05:30", "06:30")),
    *(f"2024-03-{day}" for day in ("09 07:30", "10 06:30", "10 07:00", "10 07:30", "11 06:30")),
    *("1991-09-14 16:30", "1991-09-14 15:30", "1991-04-13 17:59", "1991-04-13 18:30"),
    *("1969-12-31 23:59:59.999999", "1970-01-01 00:00", "1968-02-29 12:34:56.789", "1900-01-01 12:00"),
    *("2024-02-29 23:59:59", "2023-12-31 23:30", "2024-12-30 00:00", "2021-01-03 12:00", "2024-01-31 10:00"),
    *("2024-10-03 05:30", "2024-12-03 06:30", "2024-02-10 07:30", "2024-03-31 07:30"),
]
TEXTS = [
    *(
        "",
        " ",
        "  a b ",
        "\t x\n",
        "中文字",
        "　全角　",
        "ÉàüÜ",
        "Straße",
        "ΑΣ",
        "İi",
        "a%b_c",
        "a\\b",
        "x'y",
        'q"z',
        "😀b",
    ),
    *(
        "12",
        "-7",
        "+3.5",
        ".5",
        "5.",
        "1e3",
        "1_000",
        "2.5",
        "-2.5",
        "nan",
        "Infinity",
        "1d",
        "0.00005",
        "99999999999999999999",
    ),
    *(
        "true",
        "F",
        "yes",
        "0",
        "on",
        "abc123def",
        "a,b,,c",
        "line\nbreak",
        "2024-02-29",
        "2024-2-9 7:05",
        "31/01/2024 10:05",
    ),
    *(
        "29/02/2023 10:05",
        "2024-02-30",
        "2024-01-05T10:00:00.123456789",
        "2024-01-05 10:00+05:30",
        "5 Jan 2024 12:30 pm",
    ),
    *("${HOME}", "$1", "a.b", "[x]", "{2}", "word-break é1", "2024-11-03 01:30", "2024-03-10 02:30:00"),
]
FLOATS = [
    0.0,
    -0.0,
    1.0,
    2.5,
    -2.5,
    3.5,
    -0.5,
    0.285,
    155.5,
    1e-7,
    1e15 + 0.5,
    1e300,
    -1e18,
    math.nan,
    math.inf,
    -math.inf,
]
AMOUNTS = ["0", "1", "-1", "2.5", "-2.5", "0.0001", "-7.4999", "12345678901234.5678", "99999999999999.9999", "1.00005"]
WHOLES = [0, 1, -1, 2, -7, 5, 3, 100, 1250, -1250, 2**31, -(2**40), 9_007_199_254_740_993]
DAYS = ["2024-01-07", "2024-02-29", "1969-12-31", "2024-03-10", "2024-11-03", "2023-12-31", "2021-01-03", "1900-03-01"]
TYPES = {
    "k": "INTEGER",
    "s": "VARCHAR",
    "t": "VARCHAR",
    "i": "BIGINT",
    "j": "BIGINT",
    "d": "DECIMAL(18,4)",
    "e": "DECIMAL(18,4)",
    "f": "DOUBLE",
    "g": "DOUBLE",
    "b": "BOOLEAN",
    "day": "DATE",
    "due": "DATE",
    "a": "TIMESTAMPTZ",
    "z": "TIMESTAMPTZ",
    "wall": "TIMESTAMP",
}


def nasty_rows():
    """Each list gone round at its own pace, with NULL among its values, and a row of nothing but NULL."""

    def turn(values, number, shift=0):
        offered = [*values, None]
        return offered[(number * (1 + shift * 2) + shift) % len(offered)]

    rows = []
    for number in range(71):
        amount, other, day, due = (
            turn(AMOUNTS, number),
            turn(AMOUNTS, number, 1),
            turn(DAYS, number),
            turn(DAYS, number, 2),
        )
        start, end, wall = (turn(MOMENTS, number), turn(MOMENTS, number, 3), turn(MOMENTS, number, 1))
        rows.append(
            (
                number,
                *(turn(TEXTS, number), turn(TEXTS, number, 1), turn(WHOLES, number), turn(WHOLES, number, 1)),
                *(
                    amount and Decimal(amount).quantize(Decimal("0.0001")),
                    other and Decimal(other).quantize(Decimal("0.0001")),
                ),
                *(turn(FLOATS, number), turn(FLOATS, number, 1), turn([True, False], number)),
                *(day and date.fromisoformat(day), due and date.fromisoformat(due)),
                *(start and moment(start), end and moment(end), wall and datetime.fromisoformat(wall)),
            )
        )
    return [*rows, (99, *([None] * (len(TYPES) - 1)))]


def write_parquet(path, rows, types):
    """Rows as Parquet with exactly these types."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    kinds = {
        "INTEGER": pa.int32(),
        "UTINYINT": pa.uint8(),
        "BIGINT": pa.int64(),
        "VARCHAR": pa.string(),
        "DECIMAL(18,4)": pa.decimal128(18, 4),
        "DOUBLE": pa.float64(),
        "BOOLEAN": pa.bool_(),
        "DATE": pa.date32(),
        "TIMESTAMPTZ": pa.timestamp("us", "UTC"),
        "TIMESTAMP": pa.timestamp("us"),
    }
    columns = list(zip(*rows, strict=True))
    arrays = [pa.array(list(cells), kinds[kind]) for cells, kind in zip(columns, types.values(), strict=True)]
    pq.write_table(pa.table(arrays, names=list(types)), path, row_group_size=400)


class Pair:
    """The same records in DuckDB and on Spark."""

    def __init__(self, session, path, types):
        import duckdb

        self.spark = session
        self.types = types
        self.duck = duckdb.connect()
        # DuckDB 2.0 takes INTERVAL 24 HOUR and INTERVAL 1 DAY for one expression
        self.duck.execute("SET disabled_optimizers = 'common_subexpressions'")
        columns = ", ".join(f'CAST("{name}" AS {kind}) AS "{name}"' for name, kind in types.items())
        self.duck.execute(f"CREATE TABLE records AS SELECT {columns} FROM '{path}'")

    def both(self, sql, zone="UTC"):
        """The rows of a query from either."""
        self.duck.execute(f"SET TimeZone = '{zone}'")
        return self.duck.execute(sql).fetchall(), self.spark.query(sql, zone=zone)

    def differences(self, expressions, zone="UTC", where="TRUE"):
        """The expressions that are not the same in every row, with the first rows in which they are not."""
        found = {}
        shown = [f"({sql}) AS c{place}" for place, sql in enumerate(expressions)]
        left, right = self.both(f"SELECT k, {', '.join(shown)} FROM records WHERE {where} ORDER BY k", zone)
        for place, sql in enumerate(expressions):
            wrong = [
                (one[0], one[place + 1], two[place + 1])
                for one, two in zip(left, right, strict=True)
                if not alike(one[place + 1], two[place + 1])
            ]
            if wrong:
                found[sql] = wrong[:4]
        return found


def java_processes():
    """The Java processes that descend from this one."""
    listed = subprocess.run(["ps", "-eo", "pid=,ppid=,comm="], capture_output=True, text=True, check=True).stdout
    children = {}
    for line in listed.splitlines():
        pid, parent, name = line.split(None, 2)
        children.setdefault(int(parent), []).append((int(pid), name))
    found, waiting = [], [os.getpid()]
    while waiting:
        for pid, name in children.get(waiting.pop(), []):
            waiting.append(pid)
            if name == "java":
                found.append(pid)
    return found
