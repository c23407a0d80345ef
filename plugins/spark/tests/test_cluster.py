"""A standalone cluster of one master and two workers: equal values, and what happens when workers die."""

import random
import threading
import time
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from spark_cluster import CONFIG
from spark_records import alike, write_parquet
from sqaudit.builtin.measures import MEASURES
from sqaudit.engines.duckdb import LocalSession, open_engine, temporary_folder
from sqaudit.measures.grounds import Ground
from sqaudit.measures.language import compile_measure
from sqaudit.measures.passes import measure_dataset
from sqaudit.measures.requests import MeasureRequest
from sqaudit.model.measuring import StagedDataset
from sqaudit.model.ports import ArgumentKind, EngineFailure, EngineRequest
from sqaudit.model.programme import Period, Site
from sqaudit.model.standard import Column, ColumnType, Dataset
from sqaudit.model.texts import plain

pytestmark = pytest.mark.spark
ZONE = "America/New_York"
ROWS = 4_000
KINDS = {
    ColumnType.TEXT: "VARCHAR",
    ColumnType.INTEGER: "BIGINT",
    ColumnType.NUMBER: "DECIMAL(18,4)",
    ColumnType.BOOLEAN: "BOOLEAN",
    ColumnType.DATE: "DATE",
    ColumnType.TIMESTAMP: "TIMESTAMPTZ",
}
DECLARED = {
    "opened_at": ColumnType.TIMESTAMP,
    "closed_at": ColumnType.TIMESTAMP,
    "due_on": ColumnType.DATE,
    "csat": ColumnType.INTEGER,
    "effort": ColumnType.INTEGER,
    "likely": ColumnType.INTEGER,
    "calls": ColumnType.INTEGER,
    "answered": ColumnType.INTEGER,
    "amount": ColumnType.NUMBER,
    "other": ColumnType.NUMBER,
    "customer": ColumnType.TEXT,
    "reopened": ColumnType.BOOLEAN,
}
BOUNDS = {"csat": (Decimal(1), Decimal(5)), "effort": (Decimal(1), Decimal(7)), "likely": (Decimal(0), Decimal(10))}
COLUMNS = {
    name: Column(
        name=name,
        type=kind,
        optional=True,
        minimum=BOUNDS.get(name, (None, None))[0],
        maximum=BOUNDS.get(name, (None, None))[1],
    )
    for name, kind in DECLARED.items()
}
TYPES = {
    ":site": "VARCHAR",
    ":file": "INTEGER",
    ":row": "BIGINT",
    **{name: KINDS[kind] for name, kind in DECLARED.items()},
    **{f":cell {name}": "UTINYINT" for name in DECLARED},
}
# What may stand for an argument of each kind; a measure has to take one of the combinations.
ARGUMENTS = {
    ArgumentKind.CONDITION: ["csat >= 4", "reopened"],
    ArgumentKind.NUMBER: [
        "csat",
        "amount",
        "closed_at - opened_at",
        "effort",
        "likely",
        "calls",
        "answered",
        "10",
        "INTERVAL 4 HOUR",
    ],
    ArgumentKind.MOMENT: ["opened_at", "closed_at"],
    ArgumentKind.CONSTANT: ["0.9", "2", "30"],
    ArgumentKind.ANYTHING: ["customer", "csat"],
    ArgumentKind.STAR: ["*"],
    ArgumentKind.WORD: [],
}
MORE = [
    "avg(amount / nullif(csat, 0))",
    "count(DISTINCT customer) / count(*)",
    "sum(amount) FILTER (WHERE dayofweek(opened_at) IN (0, 6))",
    "median(hour(opened_at))",
    "mean(closed_at - opened_at)",
    "share(lower(customer) LIKE 'c1%')",
    "on_time(closed_at, due_on)",
    "on_time(closed_at, opened_at + INTERVAL 24 HOUR)",
    "on_time(closed_at, opened_at + INTERVAL 2 DAY)",
    "first_contact_resolution(csat, opened_at, INTERVAL 7 DAY)",
    "service_level(closed_at - opened_at, reopened, INTERVAL 6 HOUR)",
]


def staged_rows():
    """Random tickets with missing and unusable cells, over the change of the clocks."""
    chance = random.Random(11)
    start = datetime(2024, 10, 20, tzinfo=UTC)
    rows = []
    for number in range(ROWS):
        opened = start + timedelta(seconds=chance.randrange(20 * 86_400), microseconds=chance.randrange(10**6))
        cells = {
            "opened_at": opened,
            "closed_at": opened + timedelta(seconds=chance.lognormvariate(10.2, 1.3)),
            "due_on": (opened + timedelta(days=chance.randrange(4))).date(),
            "csat": chance.randrange(1, 6),
            "effort": chance.randrange(1, 8),
            "likely": chance.randrange(11),
            "calls": chance.randrange(20),
            "answered": chance.randrange(20),
            "amount": Decimal(chance.randrange(-(10**7), 10**9)) / 10**4,
            "other": Decimal(chance.randrange(10**6)) / 10**4,
            "customer": f"c{chance.randrange(600)}" if chance.random() < 0.95 else "客户",
            "reopened": chance.random() < 0.1,
        }
        marks = {}
        for name in cells:
            fate = chance.random() if name != "opened_at" else 1
            marks[name] = 0 if fate < 0.08 else 2 + chance.randrange(3) if fate < 0.12 else 1
        values = [cells[name] if marks[name] == 1 else None for name in cells]
        site = ["A", "B", "中"][chance.randrange(3)]
        rows.append((site, 1, number + 1, *values, *marks.values()))
    return rows


def texts_of(measure, signature):
    """Calls of a measure with arguments of these kinds."""
    offered = [ARGUMENTS[kind] for kind in signature]
    if not all(offered):
        return []
    longest = max(map(len, offered))
    for turn in range(longest):
        for shift in range(len(offered) * 2):
            chosen = [each[(turn + place * (shift + 1)) % len(each)] for place, each in enumerate(offered)]
            yield f"{measure.name}({', '.join(chosen)})"


def compiled_of(measure):
    """A compiled call of a measure for each of its signatures."""
    dataset, by_name = Dataset(id="tickets", columns=COLUMNS), {one.name: one for one in MEASURES}
    found = {}
    for signature in measure.signatures:
        for text in dict.fromkeys(texts_of(measure, signature)):
            try:
                found[text] = compile_measure(text, dataset, by_name)
            except Exception:  # noqa: BLE001, S112  not every combination makes sense
                continue
            break
    return found


class Recorder:
    """DuckDB, and what was asked of it."""

    def __init__(self, session):
        self.session = session
        self.asked = []

    def columns(self, table):
        return self.session.columns(table)

    def query(self, sql, *, zone=None):
        rows = self.session.query(sql, zone=zone)
        self.asked.append((sql, zone, rows))
        return rows

    def fingerprint(self, sql):
        return self.session.fingerprint(sql)


@pytest.fixture(scope="module")
def records(tmp_path_factory):
    path = tmp_path_factory.mktemp("records") / "tickets.parquet"
    write_parquet(path, staged_rows(), TYPES)
    return path


@pytest.fixture(scope="module")
def session(cluster, records):
    from sqaudit_spark.engine import SparkEngine

    parameters = {"master": cluster.url, "config": CONFIG, "timeout": "PT90S"}
    request = EngineRequest(parameters=parameters, table="tickets", paths=(records,), zone=ZONE)
    with SparkEngine().open(request) as opened:
        yield opened


def test_every_measure_is_the_same_on_the_cluster(session, records):
    """All measures in their passes, at three sites: what DuckDB was asked is asked of Spark, row by row alike."""
    requests = {}
    for measure in MEASURES:
        found = compiled_of(measure)
        assert found, f"no call of {measure.name} could be made up: add to ARGUMENTS or MORE"
        requests |= found
    dataset, by_name = Dataset(id="tickets", columns=COLUMNS), {one.name: one for one in MEASURES}
    for text in MORE:
        try:
            requests[text] = compile_measure(text, dataset, by_name)
        except Exception:  # noqa: BLE001, S112  a call of another shape is none of this test's business
            continue
    period = Period(label="x", start=datetime(2024, 10, 22, 4, tzinfo=UTC), end=datetime(2024, 11, 6, 5, tzinfo=UTC))
    with temporary_folder() as folder, open_engine(folder=folder, files=[records], zones=["UTC", ZONE]) as engine:
        columns = ", ".join(f'CAST("{name}" AS {kind}) AS "{name}"' for name, kind in TYPES.items())
        engine.query(f"CREATE TABLE tickets AS SELECT {columns} FROM read_parquet('{records}')")
        local = LocalSession(engine)
        recorder = Recorder(local)
        staged = StagedDataset(dataset="tickets", table="tickets", columns=COLUMNS, time="opened_at")
        ground = Ground(
            session=recorder, local=local, staged=staged, shape=staged.relation, zones={ZONE: ["A", "B", "中"]}
        )
        asked = [
            MeasureRequest(checklist="list", item=text, measure=measure, time="opened_at")
            for text, measure in requests.items()
        ]
        sites = [Site(id=site, title=plain(site)) for site in ("A", "B", "中")]
        seen = measure_dataset(ground, asked, sites=sites, period=period, as_of=period.end)
    failed = {one.item: one.reason for one in seen.observations if one.failed}
    assert not failed
    assert recorder.asked
    for sql, zone, rows in recorder.asked:
        found = session.query(sql, zone=zone)
        left, right = ({tuple(map(str, row[:1])): row for row in each} for each in (rows, found))
        assert left.keys() == right.keys()
        for site in left:
            pairs = [
                (one or 0 if one is None and two == 0 else one, two)
                for one, two in zip(left[site], right[site], strict=True)
            ]
            assert all(alike(_plain(one), two) for one, two in pairs), (sql, pairs)


def _plain(value):
    return list(value) if isinstance(value, tuple) else value


HEAVY = """SELECT count(*) AS n, sum(a.csat) AS s FROM tickets AS a JOIN tickets AS b ON a.calls <> b.calls
WHERE sqrt(a.amount * a.amount + b.amount * b.amount + a.csat * b.other) > 0"""


@contextmanager
def while_running(session, act):
    """Do something as soon as a stage with several tasks runs; the list says that a job was running then."""
    seen, ended = [], threading.Event()

    def watch():
        tracker = session._context.statusTracker()
        while not ended.is_set():
            stages = [tracker.getStageInfo(stage) for stage in tracker.getActiveStageIds()]
            if any(stage is not None and stage.numTasks > 2 and stage.numActiveTasks for stage in stages):
                act()
                seen.append(bool(tracker.getActiveStageIds()))
                return
            time.sleep(0.02)

    watcher = threading.Thread(target=watch)
    watcher.start()
    try:
        yield seen
    finally:
        ended.set()
        watcher.join()


def test_a_worker_killed_in_the_middle_changes_no_number(session, cluster):
    expected = session.query(HEAVY)
    with while_running(session, lambda: cluster.kill_worker(0)) as killed:
        try:
            found = session.query(HEAVY)
        except EngineFailure:  # to fail is right, to be wrong is not
            found = expected
    assert killed == [True]
    assert found == expected
    assert session.query(HEAVY) == expected


def test_all_workers_killed_is_told_in_bounded_time(session, cluster, monkeypatch):
    import sqaudit_spark.session

    monkeypatch.setattr(sqaudit_spark.session, "PATIENCE", 8)
    begun = time.monotonic()
    everyone = range(len(cluster.workers))
    with (
        while_running(session, lambda: [cluster.kill_worker(0) for _ in everyone]) as killed,
        pytest.raises(EngineFailure) as caught,
    ):
        session.query(HEAVY)
    assert killed
    assert caught.value.lost
    assert time.monotonic() - begun < 40
    with pytest.raises(EngineFailure) as caught:
        session.query("SELECT count(*) AS n FROM tickets")
    assert caught.value.lost
