"""A plugin that is up to no good, installed beside a project: its items are in error, and nothing else is wrong."""

import json
import os
import subprocess
import sys
import textwrap
import time
import types

import pytest

CHECKLIST = "standards/my-service/checklists/desk.yaml"
PROGRAMME = "audits/first-audit/programme.yaml"
COMMANDS = "sqaudit.commands"
LINEAR = "score: {linear: {zero: 0.40, full: target}}"
COLLECT = ("{path: requests.csv,", "{path: requests.csv, collector: odd,")
RUN = ("run", "first-audit", "--period", "2026-10")

HEAD = """
import atexit, os, subprocess, sys, threading, time
from sqaudit.plugin import hookimpl
from sqaudit.model.measuring import Statistic, StatisticKind
from sqaudit.model.ports import ArgumentKind, Collected
from sqaudit.model.score import Value
sqaudit_api = ">=1,<2"
"""
ODD = (
    HEAD
    + """
class Odd:
    name = "odd"
    parameters_schema = {}
    media_type, extension = "text/plain", "odd"
    formula, signatures = "odd/1", ((ArgumentKind.CONDITION,),)
    def problem(self, parameters, target): return None
    def score(self, value, target, parameters): return 50
    def unit(self, arguments): return "share"
    def statistics(self, arguments):
        count = StatisticKind.COUNT
        return {"n": Statistic(kind=count, expression=f"({arguments[0].sql} IS NOT NULL)"),
                "part": Statistic(kind=count, expression=arguments[0].sql)}
    def finish(self, statistics, unit):
        return Value(value=statistics["part"] / statistics["n"], unit=unit, formula=self.formula)
    def against(self, arguments, direction): return None
    def collect(self, request): return Collected(paths=(request.project / "audits/first-audit/requests.csv",))
    def render(self, view, language): return "odd"

@hookimpl
def sqaudit_scorers(): return [Odd()]
@hookimpl
def sqaudit_measures(): return [Odd()]
@hookimpl
def sqaudit_collectors(): return [Odd()]
@hookimpl
def sqaudit_reporters(): return [Odd()]
"""
)


@pytest.fixture
def install(tmp_path, monkeypatch):
    """Write a distribution into a folder that Python finds."""
    folder = tmp_path / "site"

    def write(code, name="odd", version="1.2", group="sqaudit"):
        about = folder / f"sqaudit_{name}-{version}.dist-info"
        about.mkdir(parents=True)
        (about / "METADATA").write_text(f"Metadata-Version: 2.1\nName: sqaudit-{name}\nVersion: {version}\n")
        named = f"{name}_of_tests:command" if group == COMMANDS else f"{name}_of_tests"
        (about / "entry_points.txt").write_text(f"[{group}]\n{name} = {named}\n")
        (folder / f"{name}_of_tests.py").write_text(textwrap.dedent(code), encoding="utf-8")
        monkeypatch.syspath_prepend(folder)
        monkeypatch.delitem(sys.modules, f"{name}_of_tests", raising=False)

    return write


@pytest.fixture
def audit(project, install):
    """A project and an odd plugin in which some code was replaced; items and sources use it as they say."""

    def make(*changes, code=ODD, items=(), source=False, **more):
        for old, new in changes:
            assert old in code
            code = code.replace(old, new)
        install(code, **more)
        made = project()
        for old, new in items:
            made.edit(CHECKLIST, old, new)
        if source:
            made.edit(PROGRAMME, *COLLECT)
        return made

    return make


SCORE, MEASURE = (LINEAR, "score: odd"), ("measure: share(solved)", "measure: odd(solved)")
RESULTS = ("results", "--format", "json")


def rows_of(made):
    return {(row["item"], row["site"]): row for row in json.loads(made.run(*RESULTS).out)}


def plain_results(project_on_disk, folder, template):
    made = project_on_disk(folder)
    for name, content in template.items():
        made.write(name, content)
    assert made.run(*RUN).code == 0
    return rows_of(made)


@pytest.fixture(scope="module")
def sound(project_on_disk, tmp_path_factory):
    """What the project comes to without any plugin."""
    from sqaudit.builtin.templates import TEMPLATES

    return plain_results(project_on_disk, tmp_path_factory.mktemp("sound") / "p", TEMPLATES["minimal"].files("en"))


KEPT = ("status", "value", "n", "score", "target")
NOT_MADE = "raise ZeroDivisionError('no more')"

# What is wrong with the scorer, the measure, or the whole plugin: (changes, item that uses it, words of its reason)
FAULTS = {
    "score raises": ([("return 50", NOT_MADE)], SCORE, "failed in score (scorer 'odd'): ZeroDivisionError: no more"),
    "score is rubbish": ([("return 50", "return float('nan')")], SCORE, "the score is not finite"),
    "problem raises": ([("target): return None", f"target): {NOT_MADE}")], SCORE, "failed in problem (scorer 'odd')"),
    "problem is rubbish": ([("target): return None", "target): return 7")], SCORE, "failed in problem"),
    "schema is rubbish": ([("parameters_schema = {}", "parameters_schema = {'type': 7}")], SCORE, "is no JSON Schema"),
    "unit raises": ([('return "share"', NOT_MADE)], MEASURE, "failed in unit (measure 'odd')"),
    "statistics raise": ([("count = Stat", f"{NOT_MADE}; count = Stat")], MEASURE, "failed in statistics"),
    "statistics are rubbish": ([("count = Stat", "return 5; count = Stat")], MEASURE, "must be a mapping"),
    "statistics read a file": (
        [('f"({arguments[0].sql} IS NOT NULL)"', "\"(FROM read_csv('/etc/passwd'))\"")],
        MEASURE,
        "the statistic 'n' cannot be used",
    ),
    "statistics do not compute": (
        [("expression=arguments[0].sql)", "expression=f'({arguments[0].sql} + 1 > 2)')")],
        MEASURE,
        "could not be computed",
    ),
    "finish raises": ([("return Value(", f"{NOT_MADE}; return Value(")], MEASURE, "failed in finish (measure 'odd')"),
    "finish is rubbish": ([("return Value(", "return 0.5; return Value(")], MEASURE, "the value must be a Value"),
    "finish changes its statistics": ([("return Value(", "statistics['n'] = 1; return Value(")], MEASURE, "TypeError"),
    "it fails on import": ([("class Odd", "1 / 0\nclass Odd")], SCORE, "ZeroDivisionError: division by zero"),
    "it needs an absent package": ([("class Odd", "import no_such_pkg\nclass Odd")], MEASURE, "named 'no_such_pkg'"),
    "it is for another API": ([(">=1,<2", ">=7")], SCORE, "it was written for API >=7, this is API 1"),
    "its hook raises": ([("scorers(): return", f"scorers():\n    {NOT_MADE}\n    return")], SCORE, "sqaudit_scorers"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_the_damage_stays_on_the_items_that_use_the_plugin(audit, sound, fault):
    changes, item, words = FAULTS[fault]
    made = audit(*changes, items=[item])
    ran = made.run(*RUN)
    assert (ran.code, "Traceback" in ran.text) == (3, False), ran.text
    rows, hit = rows_of(made), {SCORE: "satisfied-share", MEASURE: "solved-share"}[item]
    for (name, site), row in rows.items():
        if name == hit:
            assert (row["status"], row["value"], row["score"]) == ("error", None, None)
            assert words in row["reason"]
            if "computed" not in words:  # what the engine says knows no plugin
                assert "'odd', version 1.2" in row["reason"]
        else:
            assert {key: row[key] for key in KEPT} == {key: sound[name, site][key] for key in KEPT}
    assert words in ran.err
    assert made.run("check").code == (3 if fault in CHECKED else 0)


# What looking at the documents alone finds; the others show when there are records.
CHECKED = set(FAULTS) - {
    *("score raises", "score is rubbish", "statistics do not compute"),
    *("finish raises", "finish is rubbish", "finish changes its statistics"),
}


@pytest.mark.parametrize("fault", ["score raises", "statistics raise"])
def test_a_run_that_failed_is_right_as_soon_as_the_plugin_is(audit, fault, tmp_path, monkeypatch):
    changes, item, _ = FAULTS[fault]
    made = audit(*changes, items=[item])
    assert made.run(*RUN).code == 3
    mended = types.ModuleType("odd_of_tests")
    exec(ODD, vars(mended))  # noqa: S102  what a reinstalled plugin would be
    monkeypatch.setitem(sys.modules, "odd_of_tests", mended)
    ran = made.run(*RUN)
    assert ran.code == 0, ran.text
    assert {row["status"] for row in rows_of(made).values()} <= {"pass", "fail"}


COLLECTING = "return Collected(paths=(request.project"


@pytest.mark.parametrize(
    ("instead", "words"),
    [
        (f"{NOT_MADE}; {COLLECTING}", "failed in collect (collector 'odd'): ZeroDivisionError: no more"),
        (f"return None; {COLLECTING}", "must be a Collected, not NoneType"),
        (f"return Collected(rows=({{'site': 'north'}} for _ in 'ab' if 1 / 0)); {COLLECTING}", "ZeroDivisionError"),
    ],
)
def test_a_collector_damages_the_items_of_its_source(audit, instead, words):
    made = audit((COLLECTING, instead), source=True)
    ran = made.run(*RUN)
    assert ran.code == 3
    assert words in ran.err
    rows = rows_of(made)
    assert {row["status"] for row in rows.values()} == {"error"}
    assert all("'odd', version 1.2" in row["reason"] for row in rows.values())
    assert made.run("check").code == 0


def test_what_a_plugin_says_of_a_dataset_is_told_in_the_readers_language_of_what_is_made_from_it(audit):
    refused = 'raise UnusableSource("SQA501", told({"en": "no {x}", "zh": "没有{x}"}, x="desk")); '
    made = audit(
        (COLLECTING, refused + COLLECTING),
        ("ArgumentKind, Collected\n", "ArgumentKind, Collected\nfrom sqaudit.errors import UnusableSource, told\n"),
    )
    made.edit(
        "standards/my-service/standard.yaml",
        "datasets:\n",
        "datasets:\n  raw:\n    columns: {office: text, opened_at: timestamp, solved: boolean}\n",
    )
    made.edit(
        PROGRAMME,
        "  requests: {path: requests.csv, site: office, time: opened_at}",
        "  raw: {collector: odd, path: requests.csv, time: opened_at}\n"
        "  requests:\n    query: SELECT office, opened_at, NULL AS answered_at, solved, NULL AS satisfaction FROM raw\n"
        "    site: office\n    time: opened_at",
    )
    english, chinese = made.run(*RUN), made.run("--lang", "zh", *RUN)
    kept = made.run("--lang", "zh", "score", *RUN[1:])
    assert "SQA516" in english.text
    assert "which cannot be used: no desk" in english.text
    for said in (chinese.text, kept.text):
        assert "而后者无法使用：没有desk" in said
        assert "no desk" not in said


@pytest.mark.parametrize("change", [("class Odd", "1 / 0\nclass Odd"), (">=1,<2", "<1")])
def test_a_collector_that_is_not_there_is_an_error_of_its_source(audit, change):
    made = audit(change, source=True)
    assert made.run(*RUN).code == 3
    assert {row["status"] for row in rows_of(made).values()} == {"error"}
    assert made.run("check").code == 3


def test_a_slip_is_still_a_slip_where_a_plugin_is_broken(audit):
    made = audit(("class Odd", "1 / 0\nclass Odd"), items=[(LINEAR, LINEAR.replace("linear", "lineal"))])
    ran = made.run(*RUN)
    assert ran.code == 2
    assert "did you mean 'linear'" in ran.err


@pytest.mark.parametrize("instead", [NOT_MADE, "return 5", "return chr(0xd800)"])
def test_a_reporter_damages_its_own_report_alone(audit, instead):
    made = audit(('return "odd"', instead))
    assert made.run(*RUN).code == 0
    failed = made.run("report", "first-audit", "--format", "odd")
    assert (failed.code, failed.out) == (3, "")
    assert "the plugin 'odd', version 1.2, failed in render (reporter 'odd')" in failed.err
    assert made.run("report", "first-audit", "--format", "json").code == 0


def test_an_observer_damages_nothing_and_is_told(audit):
    watching = "@hookimpl\ndef sqaudit_cycle_finished(programme):\n    1 / 0\n"
    made = audit(code=ODD + watching)
    ran = made.run(*RUN)
    assert ran.code == 0
    assert "the plugin 'odd', version 1.2, failed in cycle_finished: ZeroDivisionError" in ran.err


def test_names_of_others_are_left_to_them(audit, install, sound):
    """A second plugin has the same names as the first, and one of ours."""
    made = audit(items=[SCORE])
    install(ODD.replace('name = "odd"', 'name = "odd"') + LINEAR_TOO, name="twin", version="9")
    ran = made.run(*RUN)
    assert ran.code == 3
    assert "several plugins offer the scorer 'odd': odd, twin" in ran.err
    rows = rows_of(made)
    assert {name for (name, _), row in rows.items() if row["status"] == "error"} == {"satisfied-share"}
    assert rows["answered-in-time", "north"]["score"] == sound["answered-in-time", "north"]["score"]
    listed = made.run("plugins", "--format", "json").out
    assert "the scorer 'linear' is sqaudit's own and stays it" in listed


LINEAR_TOO = """
class Linear(Odd):
    name = "linear"
    def score(self, value, target, parameters): return 1

@hookimpl
def sqaudit_scorers(): return [Odd(), Linear()]
"""


def test_two_distributions_with_one_plugin_name_are_both_out(audit, tmp_path):
    made = audit(items=[SCORE])
    second = tmp_path / "site" / "other_odd-2.dist-info"
    second.mkdir()
    (second / "METADATA").write_text("Metadata-Version: 2.1\nName: other-odd\nVersion: 2\n")
    (second / "entry_points.txt").write_text("[sqaudit]\nodd = odd_of_tests\n")
    ran = made.run(*RUN)
    assert ran.code == 3
    assert "several distributions offer a plugin called 'odd': other-odd, sqaudit-odd" in ran.err
    assert {n for (n, _), row in rows_of(made).items() if row["status"] == "error"} == {"satisfied-share"}


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("1 / 0", "cannot be loaded"),
        ("command = 5", "is not a click command"),
        (
            "import click\n@click.command()\ndef command():\n    1 / 0",
            "the plugin 'sqaudit-odd', version 1.2, failed in command: ZeroDivisionError: division by zero",
        ),
    ],
)
def test_a_subcommand_damages_itself_alone(audit, code, words):
    made = audit(code=code, group=COMMANDS)
    failed = made.run("odd")
    assert (failed.code, "Traceback" in failed.text) == (3, False)
    assert words in failed.err
    assert "odd" in made.run("--help").out


NOISY = """
print("at import")
sys.stdout.write("half a line")
atexit.register(lambda: print("at exit"))
os.write(1, b"past Python\\n")
subprocess.run([sys.executable, "-c", "print('a child')"])
"""


def in_a_process(made, *arguments, within):
    """A command as people run it, with the plugin on its path; it must end in time."""
    path = os.pathsep.join([str(made.folder.parent / "site"), *filter(None, sys.path)])
    command = [sys.executable, "-m", "sqaudit", "--project", str(made.folder), *arguments]
    start = time.monotonic()
    done = subprocess.run(
        command, env={**os.environ, "PYTHONPATH": path}, capture_output=True, text=True, check=False, timeout=60
    )
    assert time.monotonic() - start < within
    return done


def test_what_a_plugin_prints_never_gets_into_our_data(audit):
    made = audit(
        ("class Odd", f"{NOISY}\nclass Odd"),
        ("def collect(self, request): ", "def collect(self, request):\n        print('collecting')\n        "),
        ("def render(self, view, language): ", "def render(self, view, language):\n        print('hi')\n        "),
        source=True,
    )
    done = in_a_process(made, *RUN, within=60)
    assert done.returncode == 0, done.stderr
    assert "odd: collecting" in done.stderr
    shown = in_a_process(made, *RESULTS, within=60)
    assert len(json.loads(shown.stdout)) == 6
    for line in ("odd: at import", "odd: half a line", "odd: at exit", "past Python", "a child"):
        assert line in shown.stderr
    assert in_a_process(made, "report", "first-audit", "--format", "odd", within=60).stdout == "odd"


def test_a_collector_that_hangs_ends_when_the_project_says(audit):
    """It also leaves a thread behind that nobody could wait for."""
    hang = "threading.Thread(target=lambda: time.sleep(600)).start(); time.sleep(600); return Collected(paths=("
    made = audit(("return Collected(paths=(", hang), source=True)
    made.write("sqaudit.yaml", (made.folder / "sqaudit.yaml").read_text(encoding="utf-8") + "collect_limit: PT1S\n")
    done = in_a_process(made, *RUN, within=40)
    assert done.returncode == 3
    assert "failed in collect (collector 'odd'): it did not end within 1 s" in done.stderr
