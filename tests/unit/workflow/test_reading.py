"""What is read for a cycle, and what becomes of a dataset that cannot be."""

from contextlib import ExitStack
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest

from sqaudit.errors import UnusableSource, msg
from sqaudit.model.ports import EngineFailure
from sqaudit.model.programme import EngineChoice, Period, Site, Source
from sqaudit.model.standard import Column, ColumnType, Dataset
from sqaudit.model.texts import plain
from sqaudit.workflow.reading import Read, Scope, Tables, engine_lost, prepared_table, read_sources

MARCH = Period(label="2024-03", start=datetime(2024, 3, 1, tzinfo=UTC), end=datetime(2024, 4, 1, tzinfo=UTC))


def scope(*sites, **more):
    return Scope(
        programme=more.pop("programme", None), reading=more.pop("reading", None), sites=sites, period=MARCH, **more
    )


def site(name, zone=None):
    return Site(id=name, title=plain(name), timezone=zone)


def test_a_scope_knows_zones_and_the_only_site():
    assert scope(site("a", "Asia/Tokyo"), site("b")).zones == {"a": "Asia/Tokyo"}
    assert scope(site("a")).only_site == "a"
    assert scope(site("a"), site("b")).only_site is None


def test_as_of_is_the_sources_own_or_the_end_of_the_period(tmp_path):
    own = datetime(2024, 3, 20, tzinfo=UTC)
    assert scope().as_of(Source(dataset="d", paths=(), as_of=own)) == own
    assert scope().as_of(Source(dataset="d", paths=())) == MARCH.end
    assert scope().rejects_of("d") is None
    assert scope(rejects=tmp_path).rejects_of("d") == tmp_path / "d.csv"


def test_a_dataset_that_cannot_be_used_leaves_its_neighbours_alone(monkeypatch):
    """Each is tried once; one whose problem is known already is not tried at all."""
    tried = []

    def lay(engine, read, of, dataset):
        tried.append(dataset)
        if dataset == "b":
            raise UnusableSource("SQA505", msg("'{file}' has no column", file="x"))
        read.datasets[dataset] = dataset

    monkeypatch.setattr("sqaudit.workflow.reading._lay", lay)
    reading = SimpleNamespace(datasets=("a", "b", "c", "d"), queries={})
    prepared = {
        name: prepared_table(Source(dataset=name, paths=()), Dataset(id=name, columns={}), None) for name in "abc"
    }
    known = UnusableSource("SQA501", msg("no file"))
    told = []
    read = read_sources(
        None,
        Read(prepared=prepared, problems={"d": known}),
        scope(reading=reading),
        lambda share, _: told.append(share),
    )
    assert tried == ["a", "b", "c"]
    assert (sorted(read.datasets), sorted(read.problems)) == (["a", "c"], ["b", "d"])
    assert told == [0, 0.25, 0.5, 0.75]


class Session:
    def columns(self, table):
        raise EngineFailure("no table 'x'", lost=True)

    def query(self, sql, *, zone=None):
        raise AssertionError

    def fingerprint(self, sql):
        raise AssertionError

    def __enter__(self):
        return self

    def __exit__(self, *_):
        return None


@pytest.mark.parametrize("is_lost_on", ["open", "columns"])
def test_a_table_whose_engine_does_not_answer_is_a_problem_of_the_dataset(tmp_path, is_lost_on):
    def opened(request):
        assert request.parameters == {"password": "s3cret"}
        if is_lost_on == "open":
            raise EngineFailure("connection refused", lost=True)
        return Session()

    host = SimpleNamespace(engine=lambda name: SimpleNamespace(open=opened))
    source = Source(
        dataset="d", paths=(), engine=EngineChoice(name="pg", parameters={"password": "env:PW"}), table="t", time="at"
    )
    dataset = Dataset(id="d", columns={"at": Column(name="at", type=ColumnType.TIMESTAMP)})
    prepared = prepared_table(source, dataset, tmp_path)
    of = scope(site("a"), programme=SimpleNamespace(timezone="UTC"))
    with ExitStack() as stack, pytest.raises(UnusableSource) as told:
        Tables(host, {"PW": "s3cret"}, stack).open(None, prepared, of)
    assert told.value.code == "SQA519"
    assert "s3cret" not in str(told.value)
    assert str(told.value) == str(
        engine_lost("d", "pg", EngineFailure("connection refused" if is_lost_on == "open" else "no table 'x'"))
    )
