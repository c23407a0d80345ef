"""What one plugin does wrong stays its own, is told, and never takes the others down."""

import types

import pytest

from sqaudit import __version__
from sqaudit.errors import Incomplete, InvalidInput
from sqaudit.model.ports import Pack
from sqaudit.plugin import hookimpl
from sqaudit.plugin.discovery import Found
from sqaudit.plugin.host import PluginHost
from sqaudit.plugin.loading import HOOKS, PluginState


class Scorer:
    def __init__(self, name):
        self.name = name
        self.parameters_schema = {}

    def problem(self, parameters, target):
        return None

    def score(self, value, target, parameters):
        return 0


def plugin(*, api=">=1,<2", version=None, **functions):
    """A module with the given hook functions, marked."""
    module = types.ModuleType("a_plugin")
    if api is not None:
        module.sqaudit_api = api
    if version is not None:
        module.__version__ = version
    for name, function in functions.items():
        setattr(module, name, hookimpl(function))
    return module


def scoring(*names, **more):
    return plugin(sqaudit_scorers=lambda: [Scorer(name) for name in names], **more)


def broken(error):
    def load():
        raise error

    return Found(name="broken", load=load, distribution="sqaudit-broken", version="1.0")


GOOD = ("good", scoring("good-one", "good-two", version="1.4.2"))


def record(host, name):
    return next(record for record in host.plugins() if record.name == name)


def test_objects_are_found_by_name():
    host = PluginHost([GOOD, ("other", scoring("another"))])
    assert list(host.scorers()) == ["another", "good-one", "good-two"]
    assert host.scorer("good-one") is host.scorers()["good-one"]
    assert host.measures() == host.collectors() == host.reporters() == host.packs() == {}
    assert record(host, "good").offers == {"scorers": ("good-one", "good-two")}
    assert record(host, "good").state is PluginState.LOADED


def test_every_kind_has_its_hook():
    def thing(**attributes):
        return types.SimpleNamespace(**attributes)

    def call():
        return None

    full = plugin(
        sqaudit_collectors=lambda: [thing(name="c", parameters_schema={}, collect=call)],
        sqaudit_measures=lambda: [
            thing(name="m", formula="", signatures=(), unit=call, statistics=call, finish=call, against=call)
        ],
        sqaudit_scorers=lambda: (Scorer("s"),),
        sqaudit_reporters=lambda: iter([thing(name="r", media_type="", extension="", render=call)]),
        sqaudit_packs=lambda: [Pack(name="p")],
    )
    host = PluginHost([("full", full)])
    assert (host.collector("c").name, host.measure("m").name, host.scorer("s").name) == ("c", "m", "s")
    assert (host.reporter("r").name, host.pack("p").name) == ("r", "p")
    assert record(host, "full").offers == {
        "collectors": ("c",),
        "measures": ("m",),
        "scorers": ("s",),
        "reporters": ("r",),
        "packs": ("p",),
    }


def test_a_mistyped_name_is_told_with_the_nearest():
    with pytest.raises(InvalidInput, match=r"SQA406 no scorer is called 'god-one'; did you mean 'good-one'\?"):
        PluginHost([GOOD]).scorer("god-one")
    with pytest.raises(InvalidInput) as caught:
        PluginHost([GOOD]).scorer("xyz")
    assert str(caught.value.hint) == "there are: good-one, good-two"


def test_what_a_plugin_that_is_out_may_have_brought_says_so_where_it_is_used():
    host = PluginHost([GOOD, broken(ImportError("no module"))])
    missing = host.scorer("hotel-stars")
    assert "hotel-stars" in host.scorers()
    assert "hotel-stars" not in list(host.scorers())
    for use in (lambda: missing.score(1, None, {}), lambda: missing.problem({}, None), lambda: host.reporter("slides")):
        with pytest.raises(
            Incomplete, match=r"SQA401 .*'broken', version 1.0: it cannot be imported: ImportError: no module"
        ):
            use()


def test_a_name_that_is_nearly_known_is_a_slip_even_where_a_plugin_is_out():
    with pytest.raises(InvalidInput, match="did you mean 'good-one'"):
        PluginHost([GOOD, broken(ImportError("no module"))]).scorer("god-one")


def test_an_unknown_name_points_to_plugins_that_are_blocked():
    blocked = Found(name="blocked", load=lambda: None, blocked="no")
    with pytest.raises(InvalidInput) as caught:
        PluginHost([GOOD, blocked]).scorer("hotel-stars")
    assert "blocked" in str(caught.value.hint)


class UnspeakableError(Exception):
    def __str__(self):
        raise RuntimeError


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (ModuleNotFoundError("No module named 'left'"), "ModuleNotFoundError: No module named 'left'"),
        (SyntaxError("bad\n  line"), "SyntaxError: bad line"),
        (SystemExit(3), "SystemExit: 3"),
        (UnspeakableError(), "UnspeakableError: -"),
    ],
)
def test_a_plugin_that_cannot_be_imported_is_named(error, words):
    host = PluginHost([broken(error), GOOD])
    assert list(host.scorers()) == ["good-one", "good-two"]
    found = record(host, "broken")
    assert (found.state, found.distribution, found.version) == (PluginState.BROKEN, "sqaudit-broken", "1.0")
    assert str(found.reason) == f"it cannot be imported: {words}"


def test_an_interrupt_that_a_plugin_makes_up_is_its_own_failure():
    host = PluginHost([broken(KeyboardInterrupt()), GOOD])
    assert list(host.scorers()) == ["good-one", "good-two"]
    assert str(record(host, "broken").reason) == "it cannot be imported: KeyboardInterrupt: -"


@pytest.mark.parametrize(
    ("api", "state", "words"),
    [
        (">=1", PluginState.LOADED, None),
        (None, PluginState.LOADED, "it does not say which API it was written for (sqaudit_api)"),
        (">=2", PluginState.INCOMPATIBLE, "it was written for API >=2, this is API 1"),
        ("<1", PluginState.INCOMPATIBLE, "it was written for API <1, this is API 1"),
        ("one", PluginState.BROKEN, "its sqaudit_api 'one' is not a range"),
        (1, PluginState.BROKEN, "its sqaudit_api '1' is not a range"),
    ],
)
def test_the_api_a_plugin_was_written_for_is_heeded(api, state, words):
    host = PluginHost([("new", scoring("theirs", api=api)), GOOD])
    found = record(host, "new")
    assert (found.state, found.reason and str(found.reason)) == (state, words)
    assert ("theirs" in list(host.scorers())) is (state is PluginState.LOADED)
    assert "good-one" in host.scorers()


def test_a_misspelt_hook_is_told_with_the_nearest():
    host = PluginHost([("typo", plugin(sqaudit_scorer=lambda: [Scorer("x")])), GOOD])
    found = record(host, "typo")
    assert found.state is PluginState.BROKEN
    assert str(found.reason) == "there is no hook 'sqaudit_scorer'; did you mean 'sqaudit_scorers'?"
    assert list(host.scorers()) == ["good-one", "good-two"]


def test_a_hook_that_asks_for_unknown_arguments_is_told():
    host = PluginHost([("odd", plugin(sqaudit_scorers=lambda registry: [])), GOOD])
    assert record(host, "odd").state is PluginState.BROKEN
    assert "registry" in str(record(host, "odd").reason)
    assert "good-one" in host.scorers()


def test_a_hook_without_its_mark_is_told():
    """It would never be called, and its scorers would be missing without a word."""
    module = types.ModuleType("unmarked")
    module.sqaudit_scorers = list
    assert str(record(PluginHost([("unmarked", module)]), "unmarked").reason) == (
        "its function 'sqaudit_scorers' is not marked with @hookimpl"
    )


def raising():
    raise ZeroDivisionError("oh")


def half():
    yield Scorer("half")
    raise ZeroDivisionError("oh")


class Trap:
    @property
    def name(self):
        raise ZeroDivisionError("oh")


@pytest.mark.parametrize(
    ("function", "words"),
    [
        (raising, "sqaudit_scorers failed: ZeroDivisionError: oh"),
        (half, "sqaudit_scorers failed: ZeroDivisionError: oh"),
        (lambda: None, "sqaudit_scorers: it does not return a list"),
        (lambda: 42, "sqaudit_scorers: it does not return a list"),
        (lambda: [Scorer], "sqaudit_scorers: 'Scorer' is a class, not an object made from it"),
        (lambda: [Scorer("fine"), 42], "sqaudit_scorers: a scorer of type 'int' has no name"),
        (lambda: "ab", "sqaudit_scorers: a scorer of type 'str' has no name"),
        (lambda: [Scorer("")], "sqaudit_scorers: a scorer of type 'Scorer' has no name"),
        (lambda: [Pack(name="p")], "sqaudit_scorers: the scorer 'p' has no 'parameters_schema'"),
        (lambda: [Scorer("a"), Scorer("a")], "sqaudit_scorers: the scorer 'a' is there twice"),
        (lambda: [Trap()], "sqaudit_scorers failed: ZeroDivisionError: oh"),
    ],
)
def test_a_hook_that_goes_wrong_offers_nothing_and_is_told(function, words):
    odd = plugin(sqaudit_scorers=function, sqaudit_packs=lambda: [Pack(name="sound")])
    host = PluginHost([("odd", odd), GOOD])
    assert list(host.scorers()) == ["good-one", "good-two"]
    assert list(host.packs()) == ["sound"]
    found = record(host, "odd")
    assert (found.state, str(found.reason)) == (PluginState.BROKEN, words)
    assert found.offers == {"packs": ("sound",)}


def test_a_name_offered_twice_is_an_error_only_where_it_matters():
    host = PluginHost([GOOD, ("rival", scoring("good-one", "own"))])
    assert host.scorer("own").name == "own"
    assert host.measures() == {}
    assert [one.name for one in host.plugins()] == ["good", "rival"]
    assert list(host.scorers()) == ["good-two", "own"]
    words = "several plugins offer the scorer 'good-one': good, rival"
    assert {str(one.reason) for one in host.plugins()} == {words}
    with pytest.raises(Incomplete, match=f"SQA405 {words}"):
        host.scorer("good-one").score(1, None, {})


def test_a_name_of_ours_stays_ours():
    host = PluginHost([("builtin", scoring("ours")), ("rival", scoring("ours", "own"))])
    assert list(host.scorers()) == ["ours", "own"]
    assert isinstance(host.scorer("ours"), Scorer)
    assert str(record(host, "rival").reason) == "the scorer 'ours' is sqaudit's own and stays it"
    host.require(["rival"])


def test_two_plugins_of_one_name_are_both_out_and_named():
    def found(distribution):
        return Found(name="hotel", load=lambda: scoring(distribution), distribution=distribution)

    host = PluginHost([found("sqaudit-hotel"), found("evil-hotel"), GOOD])
    assert list(host.scorers()) == ["good-one", "good-two"]
    assert {str(one.reason) for one in host.plugins() if one.name == "hotel"} == {
        "several distributions offer a plugin called 'hotel': evil-hotel, sqaudit-hotel"
    }


def test_nobody_takes_the_place_of_the_builtin_plugin():
    ours, theirs = scoring("ours"), Found(name="builtin", load=lambda: scoring("theirs"), distribution="evil")
    assert list(PluginHost([("builtin", ours), theirs]).scorers()) == ["ours"]


def test_nothing_is_loaded_before_a_name_is_asked_for_and_then_once():
    loaded = []

    def load():
        loaded.append("module")
        return plugin(
            sqaudit_scorers=lambda: loaded.append("scorers") or [], sqaudit_packs=lambda: loaded.append("packs")
        )

    host = PluginHost([Found(name="lazy", load=load)])
    assert loaded == []
    host.scorers()
    host.scorers()
    assert loaded == ["module", "scorers"]


def test_versions_are_those_of_the_plugins_in_use():
    blocked = Found(name="blocked", load=lambda: None, version="3", blocked="no")
    host = PluginHost([("builtin", scoring()), GOOD, ("bare", scoring()), broken(ImportError()), blocked])
    assert host.versions() == {"bare": "unknown", "builtin": __version__, "good": "1.4.2"}


@pytest.mark.parametrize("fine", [[], ["good"], ["good >=1.4"], ["good >=1.4.2,<2", "good"]])
def test_requirements_that_are_met_say_nothing(fine):
    PluginHost([GOOD]).require(fine)


@pytest.mark.parametrize(
    ("requirement", "code", "words"),
    [
        ("hotel >=1.0", "SQA402", "the plugin 'hotel' is required and not installed"),
        ("good >=1.10", "SQA403", "the plugin 'good' is required as >=1.10 and is 1.4.2"),
        ("bare >=1", "SQA403", "the plugin 'bare' is required as >=1 and is of unknown version"),
        (
            "broken",
            "SQA401",
            "the plugin 'broken' is required and cannot be used: it cannot be imported: ImportError: oh",
        ),
        ("faulty", "SQA401", "the plugin 'faulty' is required and cannot be used: sqaudit_packs failed: ValueError: -"),
        ("blocked", "SQA407", "the plugin 'blocked' is required, yet no"),
    ],
)
def test_requirements_that_are_not_met_stop_the_run(requirement, code, words):
    def faulty():
        raise ValueError

    plugins = [
        GOOD,
        ("bare", scoring()),
        broken(ImportError("oh")),
        ("faulty", plugin(sqaudit_packs=faulty)),
        Found(name="blocked", load=lambda: None, blocked="no"),
    ]
    with pytest.raises(Incomplete) as caught:
        PluginHost(plugins).require([requirement])
    assert (caught.value.code, str(caught.value.message), caught.value.exit_code) == (code, words, 3)
    assert str(caught.value.hint)


def test_all_missing_plugins_are_named_at_once_and_how_to_install():
    with pytest.raises(Incomplete) as caught:
        PluginHost([]).require(["hotel >=1.0", "property"])
    assert "'hotel'" in str(caught.value)
    assert "'property'" in str(caught.value)
    assert "pip install 'sqaudit-hotel>=1.0'" in str(caught.value.hint)


def test_a_requirement_that_cannot_be_read_is_invalid_input():
    with pytest.raises(InvalidInput, match="SQA404"):
        PluginHost([]).require(["hotel 1.0"])


def test_observers_are_told_each_alone():
    told = []

    def tell(programme, scores):
        told.append((programme, scores))

    def fail(revision):
        raise ValueError(f"revision {revision}")

    host = PluginHost(
        [("fails", plugin(sqaudit_cycle_finished=fail)), ("looks-on", plugin(sqaudit_cycle_finished=tell)), GOOD]
    )
    failures = host.cycle_finished("monthly", "2026-10", 2, ())
    assert told == [("monthly", ())]
    assert [str(failure) for failure in failures] == [
        "the plugin 'fails', version unknown, failed in cycle_finished: ValueError: revision 2"
    ]


def test_the_hooks_are_those_of_the_design():
    assert HOOKS == (
        "sqaudit_collectors",
        "sqaudit_cycle_finished",
        "sqaudit_engines",
        "sqaudit_languages",
        "sqaudit_measures",
        "sqaudit_packs",
        "sqaudit_reporters",
        "sqaudit_scorers",
    )
