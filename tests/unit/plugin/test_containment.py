"""Whatever an object of a plugin does, it fails in the same words, in time, and alone."""
# ruff: noqa: T201

import math
import os
import signal
import sys
import threading
import time
import types
from contextlib import contextmanager
from contextlib import nullcontext as does_not_raise
from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import click
import pytest

from sqaudit.cli.action_moves import MOVES
from sqaudit.cli.commands.actions import command as actions
from sqaudit.errors import CannotAccess, Incomplete, Message, PluginFailed, UnusableSource, msg, told
from sqaudit.locale import open_language
from sqaudit.model.action import Move
from sqaudit.model.measuring import AS_OF, PERIOD_END, PERIOD_START, Statistic, StatisticKind
from sqaudit.model.ports import (
    Argument,
    ArgumentKind,
    Collected,
    CollectRequest,
    EngineFailure,
    EngineRequest,
    LanguageCatalogue,
    Pack,
    Story,
    ToldMove,
    UnfitArgument,
)
from sqaudit.model.programme import Period, Source
from sqaudit.model.score import Value
from sqaudit.model.spread import Average, EventRate, Promotion, Proportion
from sqaudit.model.target import Direction, read_target
from sqaudit.plugin import hookimpl, limits
from sqaudit.plugin.discovery import Found
from sqaudit.plugin.host import PluginHost
from sqaudit.plugin.limits import MOST_HANGS, Phase
from sqaudit.plugin.loading import PluginState

PERIOD = Period(label="2026-10", start=datetime(2026, 10, 1, tzinfo=UTC), end=datetime(2026, 11, 1, tzinfo=UTC))
ARGUMENT = Argument(sql='"wait"')
COUNT = Statistic(kind=StatisticKind.COUNT, expression='("wait" IS NOT NULL)')


def host_of(**offers):
    """A host with one plugin, version 1.2, that offers these objects."""
    module = types.ModuleType("odd_plugin")
    module.sqaudit_api, module.__version__ = ">=1,<2", "1.2"
    for kind, objects in offers.items():
        setattr(module, f"sqaudit_{kind}", hookimpl(lambda objects=objects: objects, specname=f"sqaudit_{kind}"))
    return PluginHost([("odd", module)])


def thing(**attributes):
    return types.SimpleNamespace(**attributes)


def scorer(score=lambda value, target, parameters: 50, problem=lambda parameters, target: None, **more):
    stated = {"name": "s", "parameters_schema": {}, **more}
    return host_of(scorers=[thing(score=score, problem=problem, **stated)]).scorer("s")


def measure(**more):
    stated = {
        "name": "m",
        "formula": "m/1",
        "signatures": ((ArgumentKind.NUMBER,),),
        "unit": lambda arguments: "share",
        "statistics": lambda arguments: {"n": COUNT},
        "finish": lambda statistics, unit: Value(value=0.5, unit=unit, formula="m/1"),
        "against": lambda arguments, direction: None,
    }
    return host_of(measures=[thing(**{**stated, **more})]).measure("m")


def finish(value):
    return measure(finish=lambda statistics, unit: value).finish({"n": 4}, "share")


def collect(found, parameters=None):
    """What a collector's answer comes to, with all its rows."""
    answer = found if callable(found) else lambda request: found
    collector = host_of(collectors=[thing(name="c", parameters_schema={}, collect=answer)]).collector("c")
    source = Source(dataset="visits", paths=(), collector="c", parameters=parameters or {})
    collected = collector.collect(CollectRequest(source=source, project=Path(), period=PERIOD))
    return list(collected.rows) if collected.rows is not None else collected.paths


def render(result, **more):
    stated = {"name": "r", "media_type": "text/plain", "extension": "txt", **more}
    reporter = host_of(reporters=[thing(render=lambda view, language: result, **stated)]).reporter("r")
    return reporter.render(msg("a view"), open_language("en"))


@contextmanager
def within(seconds):
    start = time.monotonic()
    yield
    assert time.monotonic() - start < seconds


@pytest.fixture
def hurried(monkeypatch):
    """A limit of 0.2 s for these phases; the others keep theirs."""

    def hurry(*phases):
        monkeypatch.setattr(limits, "LIMITS", {**limits.LIMITS, **dict.fromkeys(phases, 0.2)})

    return hurry


def stuck(*_arguments, **_more):
    threading.Event().wait(60)


# -- Raising and hanging


def test_what_is_raised_is_told_with_plugin_version_and_phase():
    def score(value, target, parameters):
        raise ZeroDivisionError("no score\n today")

    with pytest.raises(PluginFailed) as caught:
        scorer(score).score(1.0, None, {})
    failure = caught.value
    assert (failure.code, failure.exit_code, failure.plugin, failure.version) == ("SQA408", 3, "odd", "1.2")
    assert failure.phase == "score (scorer 's')"
    assert str(failure.message) == (
        "the plugin 'odd', version 1.2, failed in score (scorer 's'): ZeroDivisionError: no score today"
    )


@pytest.mark.parametrize(
    "error", [SystemExit(0), KeyboardInterrupt(), GeneratorExit(), MemoryError(), RecursionError()]
)
def test_no_error_is_too_large_to_be_contained(error):
    def score(value, target, parameters):
        raise error

    with pytest.raises(PluginFailed, match=type(error).__name__):
        scorer(score).score(1.0, None, {})


def test_endless_recursion_is_contained():
    def score(value, target, parameters):
        return score(value, target, parameters)

    with pytest.raises(PluginFailed, match="RecursionError"):
        scorer(score).score(1.0, None, {})


def test_a_call_that_hangs_is_left_behind_and_after_some_the_object_is_not_asked_again(hurried):
    hurried(Phase.SCORE)
    asked = []

    def score(value, target, parameters):
        asked.append(value)
        return stuck() if value < 0 else 70

    sometimes = scorer(score)
    with within(10):
        assert sometimes.score(1.0, None, {}) == 70
        for _ in range(MOST_HANGS):
            with pytest.raises(PluginFailed, match=r"it did not end within 0.2 s"):
                sometimes.score(-1.0, None, {})
            if asked.count(-1.0) < MOST_HANGS:
                assert sometimes.score(2.0, None, {}) == 70
        with pytest.raises(PluginFailed, match="it has hung too often and is not asked again"):
            sometimes.score(3.0, None, {})
    assert 3.0 not in asked


def test_a_loop_that_is_left_behind_ends_when_it_is_told_to(hurried):
    hurried(Phase.SCORE)

    def score(value, target, parameters):
        while True:
            threads.append(threading.current_thread()) if not threads else None

    threads = []
    with pytest.raises(PluginFailed, match="did not end"):
        scorer(score).score(1.0, None, {})
    threads[0].join(timeout=10)
    assert not threads[0].is_alive()


def test_all_calls_of_a_plugin_run_in_one_thread_of_its_own():
    """Many libraries, such as sqlite3, bind what they open to a thread."""
    threads = []

    def note(*_arguments):
        threads.append(threading.get_ident())

    one = scorer(lambda *_: note() or 1, note)
    for _ in range(3):
        one.problem({}, None)
        one.score(1.0, None, {})
    assert len(set(threads)) == 1
    assert threads[0] != threading.get_ident()


@pytest.mark.skipif(os.name != "posix", reason="signals are sent as POSIX sends them")
def test_an_interrupt_passes_at_once_while_a_plugin_hangs():
    one = scorer(stuck)
    main = threading.main_thread().ident
    threading.Timer(0.3, lambda: signal.pthread_kill(main, signal.SIGINT)).start()
    with within(5), pytest.raises(KeyboardInterrupt):
        one.score(1.0, None, {})


def test_a_plugin_that_hangs_on_import_is_out_and_the_others_are_not(hurried):
    hurried(Phase.IMPORT)
    good = types.ModuleType("good")
    good.sqaudit_scorers = hookimpl(lambda: [thing(name="g", parameters_schema={}, score=stuck, problem=stuck)])
    host = PluginHost([Found(name="slow", load=stuck, version="3"), ("good", good)])
    with within(10):
        assert list(host.scorers()) == ["g"]
    slow = host.plugins()[0]
    assert slow.state is PluginState.BROKEN
    assert str(slow.reason) == "it cannot be imported: it did not end within 0.2 s"


def test_what_an_object_states_is_read_once_inside_the_guard(hurried):
    hurried(Phase.OFFER)

    class Slow:
        name = "s"
        score = problem = stuck

        @property
        def parameters_schema(self):
            return stuck()

    with within(10):
        host = host_of(scorers=[Slow()])
        assert list(host.scorers()) == []
    assert "sqaudit_scorers failed: it did not end within 0.2 s" in str(host.plugins()[0].reason)


# -- What it prints


def test_what_a_plugin_prints_goes_to_the_standard_error_with_its_name(capsys):

    def score(value, target, parameters):
        print("one\ntwo")
        print("half", end="", flush=True)
        sys.stdout.writelines(["three", "\n"])
        return 1

    print("ours before")
    scorer(score).score(1.0, None, {})
    print("ours after")
    assert capsys.readouterr() == ("ours before\nours after\n", "odd: one\nodd: two\nodd: half\nodd: three\n")


def test_what_threads_of_a_plugin_print_does_too_and_after_the_call(capsys):
    go, module = threading.Event(), types.ModuleType("odd_threads")
    exec(  # noqa: S102  a module of the plugin's own
        "import threading\ndef score(value, target, parameters):\n"
        "    def later():\n        go.wait(10)\n        print('late')\n"
        "    started.append(threading.Thread(target=later))\n    started[0].start()\n    return 1\n"
        "class S:\n    name = 's'\n    parameters_schema = {}\n"
        "    problem = staticmethod(lambda p, t: None)\n    score = staticmethod(score)\n",
        vars(module),
    )
    module.go, module.started = go, []
    host_of(scorers=[module.S()]).scorer("s").score(1.0, None, {})
    go.set()
    module.started[0].join(10)
    print("ours")
    assert capsys.readouterr() == ("ours\n", "odd: late\n")


def test_two_threads_write_at_once_and_each_goes_where_it_belongs(capsys):
    begun, done = threading.Event(), threading.Event()

    def score(value, target, parameters):
        begun.set()
        for _ in range(200):
            print("theirs")
        done.wait(10)
        return 1

    one = scorer(score)
    caller = threading.Thread(target=lambda: one.score(1.0, None, {}))
    caller.start()
    begun.wait(10)
    for _ in range(200):
        print("ours")
    done.set()
    caller.join(10)
    assert capsys.readouterr() == ("ours\n" * 200, "odd: theirs\n" * 200)


# -- Its arguments


def test_arguments_that_a_plugin_changes_change_nothing_for_others():
    def score(value, target, parameters):
        seen.append(repr(parameters))
        parameters["steps"].append(99)
        parameters["more"] = 1
        return 1

    seen, parameters = [], {"steps": [1, {"at": 2}]}
    one = scorer(score)
    one.score(1.0, None, parameters)
    one.score(1.0, None, parameters)
    assert parameters == {"steps": [1, {"at": 2}]}
    assert len(set(seen)) == 1


def test_statistics_targets_and_arguments_cannot_be_changed():
    def change(statistics, unit):
        statistics["n"] = 0

    given = {"n": 4}
    with pytest.raises(PluginFailed, match="TypeError"):
        measure(finish=change).finish(given, "share")
    assert given == {"n": 4}

    def rewrite(arguments):
        arguments[0].sql = "1"

    with pytest.raises(PluginFailed, match="AttributeError"):
        measure(unit=rewrite).unit([ARGUMENT])

    def lower(value, target, parameters):
        target.bound = Decimal(0)

    target = read_target(">= 0.9")
    with pytest.raises(PluginFailed, match="AttributeError"):
        scorer(lower).score(1.0, target, {})
    assert target.bound == Decimal("0.9")


def test_a_collector_has_a_source_of_its_own():
    def change(request):
        request.source.parameters["pages"].append(2)
        return Collected(rows=[])

    parameters = {"pages": [1]}
    assert collect(change, parameters) == []
    assert parameters == {"pages": [1]}


def test_a_reporter_has_a_view_of_its_own():
    def change(view, language):
        view.values["list"].clear()
        return "done"

    reporter = thing(name="r", media_type="text/plain", extension="txt", render=change)
    view = msg("a view", list=[1, 2])
    assert host_of(reporters=[reporter]).reporter("r").render(view, open_language("en")) == "done"
    assert view.values == {"list": [1, 2]}


# -- Rubbish


class Scalar:
    """What a numpy scalar is to Python, without numpy."""

    ndim = 0

    def __init__(self, number):
        self._number = number

    def item(self):
        return self._number


@pytest.mark.parametrize(
    ("given", "score"),
    [
        (0, "0"),
        (100, "100"),
        (62.5, "62.5"),
        (0.1, "0.1"),
        (Decimal("33.3"), "33.3"),
        (Fraction(1, 4), "0.25"),
        (Scalar(62.5), "62.5"),
        (Scalar(7), "7"),
    ],
)
def test_every_real_number_from_0_to_100_is_a_score(given, score):
    found = scorer(lambda *_: given).score(1.0, None, {})
    assert (type(found), found) == (Decimal, Decimal(score))


def test_numbers_of_numpy_are_numbers():
    numpy = pytest.importorskip("numpy")
    assert scorer(lambda *_: numpy.float32(62.5)).score(1.0, None, {}) == Decimal("62.5")
    assert finish(Value(value=numpy.float64(0.25), unit="share", formula="m/1")).value == 0.25
    assert collect(Collected(rows=[{"a": numpy.int64(3), "b": numpy.float64(0.5)}])) == [{"a": 3, "b": 0.5}]


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (1e9, "the score must be from 0 to 100, not 1000000000.0"),
        (-5, "the score must be from 0 to 100, not -5"),
        (Decimal("100.0001"), "from 0 to 100"),
        (math.nan, "the score is not finite: nan"),
        (Decimal("NaN"), "the score is not finite"),
        (math.inf, "the score is not finite: inf"),
        ("90", "the score must be a number, not str '90'"),
        (None, "the score must be a number, not NoneType None"),
        (True, "the score must be a number, not bool True"),
        (1j, "must be a number, not complex"),
        ([50], "must be a number, not list"),
        (Scalar("90"), "must be a number"),
    ],
)
def test_a_score_that_is_none_is_told(given, words):
    with pytest.raises(PluginFailed) as caught:
        scorer(lambda *_: given).score(1.0, None, {})
    assert words in str(caught.value.message)


@pytest.mark.parametrize(
    "given", ["a text", 5, Message("{missing}"), Message(3), msg("{x}", x=thing(__str__=None)), True]
)
def test_a_problem_that_is_none_is_told(given):
    if isinstance(given, Message) and given.template == "{x}":
        given = msg("{x}", x=Unspeakable())
    with pytest.raises(PluginFailed, match="problem"):
        scorer(problem=lambda parameters, target: given).problem({}, None)


class Unspeakable:
    def __str__(self):
        raise ValueError("no words")


def test_a_problem_in_words_is_passed_on():
    found = scorer(problem=lambda parameters, target: msg("{a} is odd", a=3)).problem({}, None)
    assert str(found) == "3 is odd"


@pytest.mark.parametrize(
    ("schema", "words"),
    [
        ("object", "must be a JSON Schema as a mapping"),
        ({"type": "objekt"}, "is no JSON Schema"),
        ({"properties": []}, "is no JSON Schema"),
        ({"const": object()}, "cannot be written as JSON"),
        ({"minimum": math.nan}, "cannot be written as JSON"),
        ({"$ref": "https://example.org/schema.json"}, "refers to 'https://example.org/schema.json', outside itself"),
        ({"$ref": "#/$defs/missing"}, "missing"),
        ({"properties": {"a": {"$ref": "file:///etc/passwd"}}}, "outside itself"),
        ({"pattern": "("}, "is no JSON Schema"),
    ],
)
def test_a_schema_that_cannot_be_used_is_told_and_offers_nothing(schema, words):
    if schema == {"const": object}:
        schema = {"const": object()}
    for kind, methods in {"scorers": ("score", "problem"), "collectors": ("collect",), "engines": ("open",)}.items():
        offer = thing(name="s", parameters_schema=schema, **dict.fromkeys(methods, stuck))
        host = host_of(**{kind: [offer]})
        assert words in str(host.plugins()[0].reason)
        assert host.plugins()[0].offers == {}


def value(number, **more):
    return Value(value=number, unit="share", formula="m/1", **more)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (0.5, "the value must be a Value, not float 0.5"),
        (None, "the value must be a Value, not NoneType"),
        (value(math.nan), "the value is not finite: nan"),
        (value(-math.inf), "the value is not finite"),
        (value("0.5"), "the value must be a number, not str '0.5'"),
        (value(True), "must be a number, not bool"),  # noqa: FBT003
        (value(None), "a value of None must come with a reason"),
        (value(None, reason=5), "must come with a reason"),
        (value(10**400), "OverflowError"),
        (value(0.5, spread=0.1), "the spread must be a Proportion"),
        (value(0.5, spread=Proportion(successes=5, n=4)), "contradict each other"),
        (value(0.5, spread=Proportion(successes="2", n=4)), "'successes' of the spread must be a number"),
        (value(0.5, spread=Proportion(successes=math.nan, n=4)), "not finite"),
        (value(0.5, spread=Average(mean=1, variance=-1, n=4)), "contradict each other"),
        (value(0.5, spread=EventRate(events=1, exposure=0)), "contradict each other"),
        (value(0.5, spread=Promotion(promoters=3, detractors=3, n=4)), "contradict each other"),
        (value(0.5, spread=Average(mean=1, variance=1, n=4, counts=[1])), "'counts' of the spread must be a mapping"),
        (value(0.5, low=0.6, high=0.7, interval="own"), "its value lies outside its own limits"),
        (value(0.5, low=0.1, high=math.nan, interval="own"), "'high' is not finite"),
        (value(0.5, low=None, high=1, interval="own"), "'low' must be a number"),
        (value(0.5, low=0.1, high=1, interval=5), "'interval' must be the name of a method"),
    ],
)
def test_a_value_that_cannot_be_used_is_told(given, words):
    with pytest.raises(PluginFailed) as caught:
        finish(given)
    assert words in str(caught.value.message)


def test_a_value_comes_with_the_unit_and_formula_that_were_agreed():
    found = finish(Value(value=Decimal("0.25"), unit="parsecs", formula="other/7", low=9.0, high=math.nan))
    assert found == Value(value=0.25, unit="share", formula="m/1")
    own = finish(value(0.5, low=Decimal("0.25"), high=1, interval="wilson"))
    assert (own.low, own.high, own.interval) == (0.25, 1.0, "wilson")
    assert finish(value(0.5, spread=Proportion(successes=2.0, n=Decimal(4)))).spread == Proportion(successes=2, n=4)


def statistic(expression, kind=StatisticKind.SUM, q=None):
    return Statistic(kind=kind, expression=expression, q=q)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (None, "the statistics must be a mapping"),
        ([COUNT], "the statistics must be a mapping"),
        ({}, "must hold 'n'"),
        ({"n": statistic('"wait"')}, "must hold 'n'"),
        ({"n": COUNT, 5: COUNT}, "the name of a statistic must be a word"),
        ({"n": COUNT, ":n": COUNT}, "the name of a statistic must be a word"),
        ({"n": COUNT, "x": "sum(wait)"}, "the statistic 'x' must be a Statistic"),
        ({"n": COUNT, "x": statistic(5)}, "must be SQL as a text"),
        ({"n": COUNT, "x": statistic('"wait"', StatisticKind.QUANTILE)}, "needs a q from 0 to 1"),
        ({"n": COUNT, "x": statistic('"wait"', StatisticKind.QUANTILE, 2)}, "needs a q from 0 to 1"),
        ({"n": COUNT, "x": statistic('"wait"', StatisticKind.SUM, 0.5)}, "needs a q from 0 to 1"),
    ],
)
def test_statistics_that_cannot_be_used_are_told(given, words):
    with pytest.raises(PluginFailed) as caught:
        measure(statistics=lambda arguments: given).statistics([ARGUMENT])
    assert words in str(caught.value.message)


HOSTILE = [
    "(SELECT max(salary) FROM staff)",
    '"wait" + (SELECT count(*) FROM staff)',
    '"wait" IN (SELECT id FROM staff)',
    "EXISTS (SELECT 1)",
    "(FROM 'people.csv')",
    "read_csv('/etc/passwd')",
    "read_text('/etc/passwd')",
    "getenv('HOME')",
    "current_setting('TimeZone')",
    "query('SELECT 1')",
    "nextval('s')",
    "random()",
    '"wait") FROM staff; DROP TABLE visits --',
    '"wait"; DROP TABLE visits',
    '"wait" -- and no more',
    '"wait" /* quietly */',
    'sum("wait") OVER ()',
    '"salary"',
    '":site"',
    "staff.wait",
    "COLUMNS(*)",
    "*",
    "$1",
    "'unclosed",
    "",
]


@pytest.mark.parametrize("moment", [AS_OF, PERIOD_START, PERIOD_END])
def test_sql_of_a_measure_may_ask_for_the_moments_that_expressions_know(moment):
    asked = measure(
        statistics=lambda arguments: {"n": COUNT, "x": statistic(f'("wait" IS NULL OR {moment} > {moment})')}
    )
    assert "x" in asked.statistics([ARGUMENT])


def test_a_refusal_is_told_in_the_languages_that_the_plugin_speaks():
    def statistics(arguments):
        raise UnfitArgument(0, told({"en": "no {x}", "zh": "没有{x}", "de": "kein {y}"}, x="wait"))

    with pytest.raises(UnfitArgument) as refused:
        measure(statistics=statistics).statistics([ARGUMENT])
    assert open_language("zh").text(refused.value.message) == "没有wait"
    assert refused.value.message.texts.keys() == {"en", "zh"}  # what cannot be put into words is left out


@pytest.mark.parametrize("sql", HOSTILE)
def test_sql_of_a_measure_reaches_nothing_but_its_arguments(sql):
    asked = measure(
        statistics=lambda arguments: {"n": COUNT, "x": statistic(sql)}, against=lambda arguments, direction: sql
    )
    with pytest.raises(PluginFailed, match="the statistic 'x' cannot be used"):
        asked.statistics([ARGUMENT])
    with pytest.raises(PluginFailed, match="the condition of 'against' cannot be used"):
        asked.against([ARGUMENT], Direction.HIGHER)


def test_an_argument_may_be_refused_if_it_is_there():
    def refuse(index, message):
        def statistics(arguments):
            raise UnfitArgument(index, message)

        return measure(statistics=statistics)

    with pytest.raises(UnfitArgument):
        refuse(0, msg("no")).statistics([ARGUMENT])
    for index, message in ((1, msg("no")), (-1, msg("no")), ("0", msg("no")), (0, "no")):
        with pytest.raises(PluginFailed):
            refuse(index, message).statistics([ARGUMENT])


def test_the_member_of_a_family_is_guarded_as_well(hurried):
    hurried(Phase.MEMBER)

    def family(member):
        return measure(member=member)

    inner = thing(
        name="m", formula="m-a/1", signatures=(), unit=lambda a: 1, statistics=stuck, finish=lambda s, u: 3,
        against=stuck,
    )  # fmt: skip
    found = family(lambda arguments: inner).member([ARGUMENT])
    assert found.formula == "m-a/1"
    with pytest.raises(PluginFailed, match="the value must be a Value"):
        found.finish({}, "")
    with pytest.raises(PluginFailed, match="the unit must be"):
        found.unit([])
    with pytest.raises(PluginFailed, match="the member must be a measure"):
        family(lambda arguments: "me").member([ARGUMENT])
    with within(10), pytest.raises(PluginFailed, match="did not end"):
        family(stuck).member([ARGUMENT])


def cyclic():
    made = []
    made.append(made)
    return made


def breaks_off():
    yield {"a": 1}
    raise ConnectionError("the line is dead")


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (None, "what it collected must be a Collected, not NoneType"),
        ([{"a": 1}], "must be a Collected, not list"),
        (Collected(rows=5), "the rows must be a list or generator"),
        (Collected(rows="abc"), "the rows must be a list or generator"),
        (Collected(rows={"a": 1}), "the rows must be a list or generator"),
        (Collected(rows=[{"a": 1}, ["b"]]), "row 2 must be a mapping of columns to values, not list"),
        (Collected(rows=[{1: "a"}]), "a column of row 1 must be a text, not int 1"),
        (Collected(rows=[{"a": cyclic()}]), "'a' of row 1 is nested too deeply"),
        (Collected(rows=[{"a": object()}]), "'a' of row 1 must be a number, not object"),
        (Collected(rows=[{"a": b"bytes"}]), "'a' of row 1 must be a number, not bytes"),
        (Collected(rows=breaks_off()), "ConnectionError: the line is dead"),
        (Collected(paths="visits.csv"), "the paths must be a tuple of Path"),
        (Collected(paths=(Path("/no/such/file.csv"),)), "there is no file '/no/such/file.csv'"),
    ],
)
def test_what_a_collector_cannot_have_found_makes_its_source_unusable(given, words):
    with pytest.raises(UnusableSource) as caught:
        collect(given)
    assert caught.value.code == "SQA408"
    assert words in str(caught.value.message)
    assert "'odd', version 1.2, failed in collect (collector 'c')" in str(caught.value.message)


def test_a_collector_says_in_its_own_words_what_is_not_to_be_had():
    for error in (UnusableSource("SQA501", msg("no logbook")), CannotAccess("SQA601", msg("no logbook"))):

        def refuse(request, error=error):
            raise error

        with pytest.raises(UnusableSource) as caught:
            collect(refuse)
        assert (caught.value.code, str(caught.value.message)) == (error.code, "no logbook")

    def mumble(request):
        raise UnusableSource(7, "no logbook")

    with pytest.raises(UnusableSource, match="SQA408"):
        collect(mumble)


def test_a_collector_that_hangs_between_rows_does_and_one_that_is_slow_does_not(hurried, monkeypatch):
    hurried(Phase.COLLECT)
    monkeypatch.setattr("sqaudit.plugin.guests.collectors._SECONDS", 0.0)

    def slow(number):
        for place in range(number):
            time.sleep(0.06)
            yield {"a": place}

    assert len(collect(Collected(rows=slow(6)))) == 6
    with within(10), pytest.raises(UnusableSource, match="did not end within"):
        collect(Collected(rows=(stuck() for _ in range(1))))
    with within(10), pytest.raises(UnusableSource, match="did not end within"):
        collect(stuck)


def test_a_million_rows_are_fetched_as_they_are_asked_for():
    fetched = []

    def many():
        for place in range(1_000_000):
            fetched.append(place)
            yield {"a": place}

    collector = thing(name="c", parameters_schema={}, collect=lambda request: Collected(rows=many()))
    source = Source(dataset="visits", paths=(), collector="c")
    request = CollectRequest(source=source, project=Path(), period=PERIOD)
    rows = iter(host_of(collectors=[collector]).collector("c").collect(request).rows)
    assert fetched == []
    assert next(rows) == {"a": 0}
    assert len(fetched) <= 1000


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (None, "must be a text, not NoneType"),
        (5, "must be a text, not int 5"),
        ("half \ud83d", "cannot be written as UTF-8"),
    ],
)
def test_a_report_that_is_none_is_told(given, words):
    with pytest.raises(PluginFailed) as caught:
        render(given)
    assert words in str(caught.value.message)


@pytest.mark.parametrize("name", ["../evil.txt", "/etc/evil", "a/../../evil", "C:\\evil", "a\\..\\evil", "", "a\nb", 5])
def test_files_stay_within_their_folder(name):
    def files(*_arguments):
        return {name: "x"}

    folder = thing(name="r", media_type="a", extension="csv", render=stuck, render_files=files)
    with pytest.raises(PluginFailed, match="no name of a file within its folder"):
        host_of(reporters=[folder]).reporter("r").render_files(msg("a view"), open_language("en"))
    pack = Pack(name="p", templates={"t": thing(name="t", programme="x", periods=["2026-10"], files=files)})
    template = host_of(packs=[pack]).pack("p").templates["t"]
    with pytest.raises(PluginFailed, match="no name of a file within its folder"):
        template.files("en")


@pytest.mark.parametrize(
    ("pack", "words"),
    [
        (Pack(name="p", standards=Path("/no/such/folder")), "there is no folder '/no/such/folder'"),
        (Pack(name="p", standards="standards"), "'standards' must be the Path of a folder"),
        (Pack(name="p", templates=["t"]), "'templates' must be a mapping"),
        (Pack(name="p", templates={"t": 5}), "the template 't' has no 'files'"),
        (Pack(name="p", templates={"t": thing(programme=5, periods=[], files=stuck)}), "'programme' must be a text"),
        (Pack(name="p", templates={"t": thing(programme="x", periods=5, files=stuck)}), "'periods' must be a list"),
    ],
)
def test_a_pack_that_cannot_be_used_is_told(pack, words):
    assert words in str(host_of(packs=[pack]).plugins()[0].reason)


@pytest.mark.parametrize(
    ("stories", "words"), [(5, "the stories must be a list"), ([thing(moves=[])], "a story must be")]
)
def test_a_story_that_is_none_is_told(stories, words):
    template = thing(programme="x", periods=[], files=dict, stories=lambda language: stories)
    told = host_of(packs=[Pack(name="p", templates={"t": template})]).pack("p").templates["t"]
    with pytest.raises(PluginFailed, match=words):
        told.stories("en")


def stories_told(*moves):
    story = Story(criterion="c", site=None, moves=moves)
    template = thing(programme="x", periods=[], files=dict, stories=lambda language: [story])
    told = host_of(packs=[Pack(name="p", templates={"t": template})]).pack("p").templates["t"]
    return told.stories("en")


DUE = date(2026, 4, 1)
SAID = [
    (Move.PLAN, "improve", [1, 0.05, None], ["a lot", "1", True, (1,)]),
    (Move.PLAN, "check", [DUE], ["2026-04-01", datetime(2026, 4, 1, tzinfo=UTC)]),
    (Move.PLAN, "step", [(("plan", "olive", DUE),)], [1, [("plan", "olive", DUE)], (("plan", "olive"),), ("plan",)]),
    (Move.PLAN, "guard", [("item",), ()], ["item", ["item"], (5,)]),
    (Move.PLAN, "target", [">= 0.9"], [0.9]),
    (Move.IMPLEMENT, "step", [1], ["1", True, 1.0, (("plan", "olive", DUE),)]),
    (Move.ANALYSE, "method", ["five_whys"], ["guessing", 5]),
    (Move.ANALYSE, "code", ["process"], ["fate"]),
    (Move.ANALYSE, "why", [(("late", "list"),)], [("late", "list"), (("late",),), "late"]),
]


@pytest.mark.parametrize(("move", "name", "right", "wrong"), SAID)
def test_what_no_option_reads_is_a_mistake_of_the_template(move, name, right, wrong):
    for value in right:
        assert stories_told(ToldMove(move, "olive", {name: value}))[0].moves[0].given[name] == value
    for value in wrong:
        with pytest.raises(PluginFailed, match=rf"template 't'.*'{name}' of '{move}' must be"):
            stories_told(ToldMove(move, "olive", {name: value}))


@pytest.mark.parametrize("move", [move for move, _, _ in MOVES])
def test_what_an_option_reads_is_what_a_story_may_say(move):
    options = [one for one in actions.commands[move].params if isinstance(one, click.Option)]
    named = [one for one in options if one.name not in {"who", "help"}]
    assert named
    for option in named:
        is_text = option.type is click.STRING and not option.multiple and "DATE" not in str(option.metavar)
        expected = (
            does_not_raise() if is_text else pytest.raises(PluginFailed, match=f"'{option.name}' of '{move}' must be")
        )
        with expected:
            stories_told(ToldMove(move, "olive", {option.name: "some text"}))


def test_who_moves_is_a_text():
    with pytest.raises(PluginFailed, match="'who' of 'approve' must be a text, not int 5"):
        stories_told(ToldMove(Move.APPROVE, 5))


def test_a_language_needs_a_catalogue_that_can_be_read_and_a_code_that_is_not_ours(tmp_path):
    broken = tmp_path / "de" / "LC_MESSAGES" / "sqaudit.mo"
    broken.parent.mkdir(parents=True)
    broken.write_bytes(b"no catalogue")
    for code, words in {"de": "Error", "fr": "No translation file", "zh": "is sqaudit's own"}.items():
        host = host_of(languages=[LanguageCatalogue(name=code, folder=tmp_path)])
        assert list(host.languages()) == []
        assert words in str(host.plugins()[0].reason)


def engine(**session):
    made = thing(**{"columns": lambda table: {"a": "INTEGER"}, "query": stuck, "fingerprint": stuck, **session})

    @contextmanager
    def begin(request):
        yield made

    return host_of(engines=[thing(name="e", parameters_schema={}, open=begin)]).engine("e")


REQUEST = EngineRequest(parameters={}, table="t", paths=(), zone="UTC")


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (None, "the answer must be a list of rows"),
        ([5], "a row must be a tuple"),
        ([(object(),)], "a value must be a number"),
        ([([1.5, object()],)], "a value must be a number"),
        ([([[1.5]],)], "a value must be a number, not list"),
    ],
)
def test_an_answer_of_an_engine_that_is_none_loses_it(answer, words):
    given = engine(query=lambda sql, zone=None: answer)
    with given.open(REQUEST) as session, pytest.raises(EngineFailure, match=words) as caught:
        session.query("SELECT 1")
    assert caught.value.lost


@pytest.mark.parametrize("cell", [None, True, 3, Decimal("0.5"), "north", date(2024, 2, 29), [1.5, None, 7], []])
def test_cells_of_an_engine_are_values_or_lists_of_values(cell):
    with engine(query=lambda sql, zone=None: [(cell,)]).open(REQUEST) as session:
        assert session.query("SELECT 1") == [(cell,)]


def test_an_engine_may_answer_with_nan_and_with_tuples_of_values():
    with engine(query=lambda sql, zone=None: [(math.nan,), ((2, 4),)]).open(REQUEST) as session:
        (gap,), (pair,) = session.query("SELECT 1")
    assert math.isnan(gap)
    assert pair == [2, 4]


def test_an_engine_fails_in_its_own_words_and_is_lost_when_it_raises_or_hangs(hurried):
    hurried(Phase.QUERY)

    def refuse(sql, zone=None):
        raise EngineFailure("no such\nfunction")

    def crash(sql, zone=None):
        raise RuntimeError("gone")

    for query, words, lost in ((refuse, "no such function", False), (crash, "gone", True), (stuck, "not end", True)):
        with engine(query=query).open(REQUEST) as session, within(10), pytest.raises(EngineFailure) as caught:
            session.query("SELECT 1")
        assert words in caught.value.reason
        assert caught.value.lost is lost


def test_an_engine_that_cannot_be_opened_makes_its_sources_unusable():
    for begin in (lambda request: 5, lambda request: 1 / 0):
        broken = host_of(engines=[thing(name="e", parameters_schema={}, open=begin)]).engine("e")
        with pytest.raises(UnusableSource, match="SQA408"), broken.open(REQUEST):
            pass


# -- Others' names, other versions, absent packages


def test_two_plugins_with_one_name_for_an_object_are_told_where_it_is_used():
    def bringing(score):
        module = types.ModuleType("one")
        offer = thing(name="s", parameters_schema={}, score=lambda *_: score, problem=lambda *_: None)
        module.sqaudit_scorers = hookimpl(lambda: [offer])
        return module

    host = PluginHost([("one", bringing(1)), ("two", bringing(2))])
    with pytest.raises(Incomplete, match="SQA405 several plugins offer the scorer 's': one, two"):
        host.scorers()["s"].score(1.0, None, {})
    assert isinstance(host.absence("scorers", "s"), Incomplete)
