"""Whatever text stands in a document: a checked expression or a problem pointing into it, and nothing else is read."""

import json
import random
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from sqaudit.builtin.measures import MEASURES
from sqaudit.expressions.functions import AGGREGATES, CLOCKS, ROW_FUNCTIONS
from sqaudit.expressions.gate import ExpressionProblem, check_condition, check_file_expression, check_row_expression
from sqaudit.expressions.queries import check_query
from sqaudit.measures.derived import read_derived
from sqaudit.measures.language import compile_measure
from sqaudit.model.programme import Period
from sqaudit.model.standard import Column, ColumnType, Dataset

SEED = 20_240_301
TEXTS = 10_000
BY_NAME = {measure.name: measure for measure in MEASURES}
COLUMNS = {
    name: Column(name=name, type=kind, optional=True)
    for name, kind in {
        "opened": ColumnType.TIMESTAMP,
        "done": ColumnType.TIMESTAMP,
        "day": ColumnType.DATE,
        "answer": ColumnType.INTEGER,
        "amount": ColumnType.NUMBER,
        "flag": ColumnType.BOOLEAN,
        "note": ColumnType.TEXT,
        'driver\'s "age"': ColumnType.INTEGER,
        "备注": ColumnType.TEXT,
    }.items()
}
DATASET = Dataset(id="rows", columns=COLUMNS)
START = datetime(2024, 3, 1, tzinfo=UTC)
PERIOD = Period(label="2024-03", start=START, end=START + timedelta(days=31))
MEASURED = (
    "share(answer >= 4)",
    "mean(amount)",
    "sum(amount) / count(*)",
    "on_time(done, opened + INTERVAL 24 HOUR)",
    "p90(done - opened)",
    "quantile(elapsed(opened, done), 0.9)",
    "count(DISTINCT note)",
    "count(*) FILTER (WHERE note LIKE 'a%' AND flag IS NOT TRUE)",
    "nps(answer)",
)
ROWS = (
    "business(opened, done) <= INTERVAL 8 HOUR",
    "business_after(opened, INTERVAL 2 HOUR) < done",
    "CASE WHEN flag THEN 1 WHEN note IN ('a', 'b') THEN 2 ELSE NULL END = 1",
    "coalesce(amount, 0) BETWEEN 1 AND 5 OR NOT flag",
    "hour(opened) >= 9 AND dayofweek(opened) IN (1, 2, 3)",
    "date_diff('hour', opened, done) > 3 AND day < '2024-03-05'",
    "regexp_matches(note, '^[a-z]+$') AND length(\"备注\") > 2",
    "CAST(note AS DOUBLE) > 1.5 AND TRY_CAST(note AS DATE) IS NULL",
    '"driver\'s ""age""" + answer // 2 % 3 > 1',
)
FILED = (
    "try_strptime(note, '%d/%m/%Y')",
    "split_part(note, '-', 2) || 'x'",
    "CAST(amount AS DOUBLE) * 2",
    "upper(note)",
)
DERIVED = (
    "rate(complaints, orders) * 1000",
    "difference(first, second) / 2",
    "(complaints + orders) / 3 - first * second",
)
QUERIES = (
    "SELECT opened, note, count(*) AS n FROM rows GROUP BY opened, note",
    "WITH one AS (SELECT * FROM rows WHERE flag) SELECT note, lag(done) OVER (ORDER BY opened) AS before FROM one",
    """SELECT a.note AS note, b.amount AS amount FROM rows AS a LEFT JOIN others AS b ON a.note = b.note
    QUALIFY row_number() OVER (PARTITION BY a.note ORDER BY b.amount) = 1""",
    "SELECT note FROM rows UNION ALL SELECT note FROM others ORDER BY 1 LIMIT 5",
)
VALID = {
    "measure": MEASURED,
    "condition": ROWS,
    "row": ROWS,
    "file": FILED + ROWS[2:3],
    "query": QUERIES,
    "derived": DERIVED,
}
ALL_VALID = tuple(text for texts in VALID.values() for text in texts)
OUTSIDE = """read_csv('{folder}/secret.csv')
read_text('{folder}/secret.csv')
'{folder}/secret.csv'
glob('*')
getenv('HOME')
current_setting('temp_directory')
COPY rows TO '{folder}/stolen.csv'
ATTACH '{folder}/x.db'
INSTALL httpfs
LOAD httpfs
PRAGMA database_list
SET threads = 1
read_parquet('http://127.0.0.1:9/x')
duckdb_secrets()
sniff_csv('{folder}/secret.csv')
query('SELECT 1')
read_blob('/etc/hosts')
parquet_metadata('x')
nextval('s')
lambda x: x
list_transform([1], x -> x)
unnest([1])
now()""".splitlines()
KEYWORDS = """AND OR NOT IN BETWEEN IS NULL TRUE FALSE LIKE ILIKE SIMILAR TO CASE WHEN THEN ELSE END CAST TRY_CAST AS
INTERVAL HOUR DISTINCT FILTER WHERE SELECT FROM rows others GROUP BY ORDER LIMIT JOIN ON USING OVER PARTITION UNION
EXTRACT AT TIME ZONE EXISTS ANY ALL VALUES PIVOT DESCRIBE SHOW EXPLAIN CALL DATE period_start as_of"""
OTHER_WORDS = r"""( ) ( ) ( ) , , + - * / // % = < > <= >= <> != || :: -> . ; : [ ] { } ? $1 @x -- /* */ ~ ^ ** ! # \ `
0 1 -1 1e308 1e-400 9999999999999999999999999999999999999999 0x10 .5 1_000 'a' '' 'it''s' '2024-03-05'
'2024-03-05T10:00+08:00' E'\n' $$x$$ "note" "" b'x' x'41' ' " """
WORDS = (
    *sorted(ROW_FUNCTIONS),
    *sorted(AGGREGATES),
    *sorted(CLOCKS),
    *sorted(BY_NAME),
    *COLUMNS,
    *KEYWORDS.split(),
    *OTHER_WORDS.split(),
)
SIGNS = (
    "\0\x01\t\n\r\x7f\u00a0\u2028\ufeff\u202e'\"()[]{};:,.-+*/%=<>|\\$@#`~^&!?é“”’，（）；：。🙂𝔘ß\U0010ffffabc019_ "
)


def mutated(text, choose):
    """The text with a few signs or words exchanged, doubled, moved or left out."""
    for _ in range(choose.choice([0, 1, 1, 2, 4])):
        place = choose.randrange(len(text) + 1)
        match choose.randrange(6):
            case 0:
                text = text[:place] + choose.choice(SIGNS) + text[place:]
            case 1:
                text = text[:place] + text[place + choose.randint(1, 6) :]
            case 2:
                text = f"{text[:place]} {choose.choice(WORDS)} {text[place:]}"
            case 3:
                other = choose.choice(ALL_VALID)
                text = text[:place] + other[choose.randrange(len(other)) :]
            case 4:
                words = text.split(" ")
                choose.shuffle(words)
                text = " ".join(words)
            case _:
                text = text.replace(choose.choice(text) if text else "x", choose.choice(SIGNS), 1)
    return text


def nested(choose):
    depth = choose.choice([5, 39, 41, 200, 900])
    opening, inner, closing = choose.choice(
        [
            ("(", "answer", ")"),
            ("abs(", "answer", ")"),
            ("NOT ", "flag", ""),
            ("- ", "answer", ""),
            ("answer + ", "1", ""),
            ("CASE WHEN flag THEN ", "1", " END"),
            ("coalesce(1, ", "2", ")"),
            ("flag AND (", "flag", ")"),
            ("[", "", "]"),
            ("note || ", "'x'", ""),
            ("(SELECT ", "1", ")"),
            ("CAST(", "answer", " AS BIGINT)"),
            ("answer IN (", "1", ")"),
        ]
    )
    return opening * depth + inner + closing * depth


def amount(choose, depth=2):
    """A number's expression that may well be allowed."""
    if depth == 0 or choose.random() < 0.3:
        return choose.choice(
            ["answer", "amount", '"driver\'s ""age"""', "1", "0", "2.5", "-3", "1e308", "9223372036854775807"]
        )
    one, two = amount(choose, depth - 1), amount(choose, depth - 1)
    sign = choose.choice(["+", "-", "*", "/", "//", "%"])
    return choose.choice(
        [
            f"({one} {sign} {two})",
            f"coalesce({one}, {two})",
            f"abs({one})",
            f"exp({one})",
            f"round({one}, 1)",
            f"ln({one})",
            "length(note)",
            "hour(opened)",
            f"power({one}, {two})",
            f"CASE WHEN {asked(choose, 0)} THEN {one} END",
            "CAST(note AS DOUBLE)",
            f"CAST({one} AS BIGINT)",
            f"CAST({one} AS DECIMAL(5, 2))",
            "epoch(done - opened)",
            f"greatest({one}, {two})",
            f"nullif({one}, {two})",
            "date_diff('day', opened, done)",
        ]
    )


def asked(choose, depth=2):
    """A condition that may well be allowed."""
    one, two = amount(choose, max(depth - 1, 0)), amount(choose, 0)
    plain = [
        f"{one} > {two}",
        f"{one} BETWEEN {two} AND 5",
        "note IN ('a', note, '')",
        "flag",
        "note LIKE '%a_'",
        "done IS NULL",
        "opened + INTERVAL 1 MONTH < as_of",
        f"opened + to_days({two}) < done",
        "day >= '2024-02-29'",
        f"strftime(opened, '%Y') = substr(note, {two})",
        f"to_timestamp({two}) < opened",
        "regexp_replace(note, '(a', 'b') = 'x'",
        f"split_part(note, '', {two}) = ''",
    ]
    if depth == 0:
        return choose.choice(plain)
    left, right = asked(choose, depth - 1), asked(choose, depth - 1)
    return choose.choice(
        [*plain, f"({left} AND {right})", f"({left} OR {right})", f"NOT ({left})", f"({left}) IS NOT FALSE"]
    )


def well_made(door, choose):
    if door == "measure":
        frames = (
            "share({0})",
            "mean({1})",
            "sum({1}) / count(*)",
            "p90({1})",
            "count_if({0})",
            "median({1}) - min({1})",
            "count(DISTINCT {1})",
            "avg({1}) FILTER (WHERE {0})",
        )
        return choose.choice(frames).format(asked(choose), amount(choose))
    if door == "query":
        return f"SELECT note, {amount(choose)} AS x FROM rows WHERE {asked(choose)}"
    return asked(choose) if door in {"condition", "row"} else choose.choice(VALID[door])


def one_text(door, choose, folder="."):  # noqa: PLR0911  one for each kind of text
    match choose.randrange(14):
        case 0:
            return "".join(choose.choice(SIGNS) for _ in range(choose.randrange(60)))
        case 1:
            return "".join(
                chr(choose.choice([choose.randrange(0xD7FF), choose.randrange(0xE000, 0x110000)])) for _ in range(20)
            )
        case 2:
            return nested(choose)
        case 3:
            return choose.choice(["answer + ", "note, ", "flag OR ", "'x' ", "SELECT "]) * choose.choice(
                [50, 210, 2_100]
            )
        case 4:
            outside = choose.choice(OUTSIDE).replace("{folder}", folder)
            frame = choose.choice(
                ["{}", "SELECT * FROM {}", "share({} > 1)", "note = {}", "SELECT note FROM rows, {} AS x"]
            )
            return frame.format(outside)
        case 5 | 6:
            return " ".join(choose.choice(WORDS) for _ in range(choose.randint(1, 14)))
        case 7 | 8:
            name = choose.choice([*sorted(ROW_FUNCTIONS), *sorted(BY_NAME)])
            names = [name for name in COLUMNS if name.isalpha() and name.isascii()]
            parts = [choose.choice([*names, "1", "'hour'", "*"]) for _ in range(choose.randrange(5))]
            return f"{name}({', '.join(parts)}){choose.choice(['', ' > 1', ' IS NULL', ' = note'])}"
        case 9 | 10:
            return well_made(door, choose)
        case _:
            return mutated(choose.choice(VALID[door]), choose)


DOORS = {
    "measure": lambda text: compile_measure(text, DATASET, BY_NAME),
    "condition": lambda text: check_condition(text, COLUMNS),
    "row": lambda text: check_row_expression(text, COLUMNS),
    "file": lambda text: check_file_expression(text, list(COLUMNS)),
    "query": lambda text: check_query(text, {"rows": COLUMNS, "others": COLUMNS}),
    "derived": lambda text: read_derived(
        text, {"complaints": "count", "orders": "count", "first": "share", "second": "share"}
    ),
}


def generated(folder="."):
    """The texts, each with the door it is brought to."""
    choose = random.Random(SEED)
    doors = sorted(DOORS)
    for number in range(TEXTS):
        door = doors[number % len(doors)]
        yield door, one_text(door, choose, folder)


def test_every_text_is_an_expression_or_a_problem_that_points_into_it():
    passed, told = dict.fromkeys(DOORS, 0), []
    for door, text in generated():
        try:
            DOORS[door](text)
            passed[door] += 1
        except ExpressionProblem as problem:
            told.append((door, text, problem))
        except Exception as error:  # noqa: BLE001  whatever it is, it is the finding
            pytest.fail(f"{door}: {text!r} raised {error!r}")
    for door, text, problem in told:
        assert 0 <= problem.start <= problem.end <= len(text), (door, text, problem)
        assert problem.code.startswith(("SQA3", "SQA206")), (door, text)
        assert str(problem.message), (door, text)
    assert min(passed.values()) > 100, passed


@pytest.mark.parametrize(
    "text", ["", " ", "\n", "-- note", "/* note */", ";", "'", '"', "(", "\0", "--\nnote", "note -- x"]
)
@pytest.mark.parametrize("door", sorted(DOORS))
def test_texts_of_hardly_any_word(door, text):
    """Nothing to read is told like anything else; a comment is nothing."""
    with pytest.raises(ExpressionProblem) as told:
        DOORS[door](text)
    assert 0 <= told.value.start <= told.value.end <= len(text)


def sql_of(door, text):
    """The SQL that an accepted text becomes, as queries over ``rows``."""
    made = DOORS[door](text)
    if door == "measure":
        from sqaudit.expressions.gate import render

        if made.clocks:
            return []
        return [
            f"SELECT count({render(one.expression, PERIOD, PERIOD.end)}) FROM rows" for one in made.statistics.values()
        ]
    if door == "file":
        return [f"SELECT count({made}) FROM texts"]
    if door == "query":
        return [f"SELECT count(*) FROM ({made.render(PERIOD, PERIOD.end, {name: name for name in made.tables})}) AS q"]
    if door == "derived":
        return []
    return [] if made.clocks else [f"SELECT count({made.render(PERIOD, PERIOD.end)}) FROM rows"]


def run_all(folder):
    """Runs what is accepted on a locked engine; tells how often anything was opened or connected to meanwhile."""
    from sqaudit.engines.duckdb import LocalSession, open_engine, temporary_folder
    from sqaudit.model.measuring import cell_column
    from sqaudit.model.ports import EngineFailure
    from sqaudit.model.quoting import quote_name

    types = {"timestamp": "TIMESTAMPTZ", "number": "DECIMAL(18, 4)", "integer": "BIGINT", "text": "VARCHAR"}
    watched = (
        "open",
        "socket.connect",
        "socket.getaddrinfo",
        "subprocess.Popen",
        "os.system",
        "os.listdir",
        "os.remove",
    )
    outside, ran, failed = [], 0, 0
    is_on = False

    def hook(event, arguments):
        if is_on and event in watched and not str(arguments[0]).endswith((".py", ".pyc", "__pycache__")):
            outside.append(f"{event} {arguments[:1]}")

    sys.addaudithook(hook)
    with temporary_folder() as temporary, open_engine(folder=temporary, zones=("Asia/Shanghai",), threads=1) as engine:
        session = LocalSession(engine)
        for table in ("rows", "others"):
            declared = [f"{quote_name(name)} {types.get(column.type, column.type)}" for name, column in COLUMNS.items()]
            declared += [f"{quote_name(cell_column(name))} UTINYINT" for name in COLUMNS]
            session.query(f"CREATE TABLE {table} ({', '.join(declared)})")
            values = [
                "TIMESTAMPTZ '2024-03-05 10:00'",
                "NULL",
                "DATE '2024-03-06'",
                "4",
                "2.5",
                "TRUE",
                "'a-b'",
                "41",
                "'备'",
            ]
            marks = ["1" if value != "NULL" else "2" for value in values]
            session.query(
                f"INSERT INTO {table} VALUES ({', '.join(values + marks)}), ({', '.join(['NULL'] * 9 + ['0'] * 9)})"
            )
        columns = ", ".join(f"CAST({quote_name(name)} AS VARCHAR) AS {quote_name(name)}" for name in COLUMNS)
        session.query(f"CREATE TABLE texts AS SELECT {columns} FROM rows")
        for door, text in generated(folder):
            try:
                queries = sql_of(door, text)
            except ExpressionProblem:
                continue
            for sql in queries:
                is_on = True
                try:
                    session.query(sql)
                    ran += 1
                except EngineFailure as failure:
                    failed += 1
                    if any(word in failure.reason for word in ("\n", "INTERNAL", "Parser", "Catalog", "Permission")):
                        outside.append(f"{text!r}: {failure.reason}")
                is_on = False
    sys.stdout.write(json.dumps({"ran": ran, "failed": failed, "outside": outside[:20]}))


def test_what_is_accepted_runs_without_a_look_at_any_file_or_network(tmp_path):
    """In a process of its own, whose every opened file and connection is watched; a value or a failure in one line."""
    (tmp_path / "secret.csv").write_text("secret\n1\n", encoding="utf-8")
    code = f"import sys; sys.path.insert(0, {str(Path(__file__).parent)!r})\nimport test_fuzz"
    code += f"; test_fuzz.run_all({str(tmp_path)!r})"
    root = Path(sys.modules["sqaudit"].__file__).parents[1]
    done = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    told = json.loads(done.stdout)
    assert told["outside"] == []
    assert told["ran"] > 500, told
    assert [path.name for path in tmp_path.iterdir()] == ["secret.csv"]
