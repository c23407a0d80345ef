"""The life of a corrective action, by anybody and in any order, against the table of moves written down once more."""

import random
from collections import Counter
from datetime import UTC, datetime, time, timedelta, timezone
from itertools import product
from typing import ClassVar

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test
from msgspec.structs import replace

from sqaudit.errors import InvalidInput
from sqaudit.follow_up import moves
from sqaudit.follow_up.awaiting import with_due
from sqaudit.follow_up.deadlines import first_deadlines
from sqaudit.follow_up.moves import Said
from sqaudit.follow_up.states import allowed_moves, find_transition, see_that_may
from sqaudit.follow_up.timing import Clock, after_move, put_off
from sqaudit.model.action import ActionState, CorrectiveAction, Move, Path, Verdict
from sqaudit.model.follow_up import FollowUp
from sqaudit.model.people import Person, Role
from sqaudit.model.standard import Severity
from sqaudit.model.texts import plain

# From where to where, by whom, on which path: the life-cycle as it was decided, not as the program has it.
TABLE = """
    open         contain    contained    owner       both
    contained    analyse    analysed     owner       full
    contained    verify     verifying    verifier    correct
    reopened     analyse    analysed     owner       both
    analysed     plan       planned      owner       both
    planned      approve    approved     approver    both
    planned      reject     analysed     approver    both
    approved     implement  implemented  step        both
    implemented  verify     verifying    verifier    both
    verifying    verify     verifying    verifier    both
    verifying    close      closed       verifier    both
    verifying    reopen     reopened     verifier    both
    closed       reopen     reopened     auditor     both
"""
STATES = (
    *("open", "contained", "analysed", "planned", "approved", "implemented", "verifying", "closed"),
    *("reopened", "cancelled"),
)
OVER = {"closed", "cancelled"}
LINES = {
    (state, move, path): (target, who)
    for state, move, target, who, paths in (line.split() for line in TABLE.strip().splitlines())
    for path in ("full", "correct")
    if paths in {"both", path}
}
for _state, _path in product(STATES, ("full", "correct")):
    LINES[_state, "comment", _path] = (_state, "anyone")
    if _state not in OVER:
        LINES[_state, "cancel", _path] = ("cancelled", "manager")
        LINES[_state, "assign", _path] = (_state, "assigner")
        LINES[_state, "extend", _path] = (_state, "approver")
ROLES = {
    "approver": {"approver"},
    "verifier": {"verifier"},
    "auditor": {"auditor", "lead"},
    "manager": {"manager"},
    "assigner": {"auditor", "lead", "manager"},
}
REQUIRED = {
    "assign": ("owner",),
    "contain": ("correction", "containment", "consequences"),
    "analyse": ("method", "cause", "code", "extent", "escape"),
    "plan": ("step", "indicator", "baseline", "target", "improve", "check"),
    "reject": ("comment",),
    "implement": ("step", "evidence"),
    "verify": ("evidence",),
    "close": ("lessons", "updates"),
    "reopen": ("reason",),
    "cancel": ("reason",),
    "comment": ("text",),
    "extend": ("until", "reason"),
    "approve": (),
}
# What an action waits for, and the steps whose deadlines run then: that one and those after it.
AWAITED = {
    "open": "contain",
    "contained": "analyse",
    "reopened": "analyse",
    "analysed": "plan",
    "planned": "implement",
    "approved": "implement",
    "implemented": "verify",
    "verifying": "verify",
}
IN_ORDER = ("contain", "analyse", "plan", "implement")
# (working days or days) per step and severity, as SEMANTICS has them.
ALLOWED = {
    "major": {"contain": (2, "wd"), "analyse": (10, "wd"), "plan": (15, "wd"), "implement": (60, "d")},
    "minor": {
        "contain": (5, "wd"),
        "analyse": (20, "wd"),
        "plan": (20, "wd"),
        "implement": (90, "d"),
        "verify": (90, "d"),
    },
}
CAST = {
    "olive": {"owner"},
    "otto": {"owner"},
    "abel": {"approver"},
    "vera": {"verifier"},
    "mona": {"manager"},
    "lena": {"lead"},
    "axel": {"auditor"},
    "nina": set(),
    "solo": {"owner", "approver", "verifier", "manager", "lead", "auditor"},
}
PEOPLE = {name: Person(id=name, name=plain(name), roles=tuple(map(Role, sorted(had)))) for name, had in CAST.items()}
SHANGHAI = timezone(timedelta(hours=8))  # has no summer time
RULES = FollowUp()
# Of what is said in a move little matters: drawn one by one, hardly an example would come to its end.
CHANCES = st.integers(0, 2**32 - 1).map(random.Random)


def awaited(state, path):
    return "verify" if (state, path) == ("contained", "correct") else AWAITED.get(state)


def running(state, path):
    step = awaited(state, path)
    if step is None:
        return set()
    if step == "verify" or (path == "correct" and state == "open"):
        return {step}
    return set(IN_ORDER[IN_ORDER.index(step) :])


def end_of(day):
    return datetime.combine(day + timedelta(days=1), time(), SHANGHAI)


def allowed_until(now, severity, step):
    count, unit = ALLOWED[severity][step]
    day = now.astimezone(SHANGHAI).date()
    while count:
        day += timedelta(days=1)
        count -= unit == "d" or day.isoweekday() < 6
    return end_of(day)


def may(name, who, owner, hands, step_owners):
    """Whether somebody may make a move that is for ``who``."""
    if who == "owner":
        return name == owner
    if who == "step":
        return name in step_owners | {owner}
    if who == "anyone" or (who == "assigner" and name == owner):
        return True
    return bool(CAST[name] & ROLES[who]) and not (who in {"approver", "verifier"} and name in hands)


def an_action(state="open", path="full", **more):
    opened = datetime(2026, 3, 3, 1, tzinfo=UTC)
    values = {"severity": Severity.MAJOR if path == "full" else Severity.MINOR, "owner": "olive"} | more
    return CorrectiveAction(
        id="a-1",
        programme="monthly",
        finding="f-1",
        criterion="answered",
        site="north",
        path=Path(path),
        state=ActionState(state),
        opened_at=opened,
        updated_at=opened,
        **values,
    )


@pytest.mark.parametrize("path", ["full", "correct"])
@pytest.mark.parametrize("state", STATES)
def test_every_state_allows_what_the_table_says_and_to_whom_it_says(state, path):
    assert set(STATES) == set(ActionState)
    action = an_action(state, path)
    assert {one.value for one in allowed_moves(action)} == {
        move for (source, move, on), _ in LINES.items() if (source, on) == (state, path)
    }
    for move in Move:
        if (state, move, path) not in LINES:
            with pytest.raises(InvalidInput, match="SQA872"):
                find_transition(action, move)
            continue
        target, who = LINES[state, move, path]
        line = find_transition(action, move)
        assert (line.target or action.state) == target
        for name, person in PEOPLE.items():
            if may(name, who, "olive", {"olive"}, set()):
                see_that_may(person, action, line)
            else:
                with pytest.raises(InvalidInput, match="SQA874"):
                    see_that_may(person, action, line)


INVARIANTS = []


def holds_always(function):
    INVARIANTS.append(function)
    return invariant()(function)


class Life(RuleBasedStateMachine):
    """One action, what is known of it from the table alone, and what the program makes of it."""

    taken: ClassVar[Counter] = Counter()

    @initialize(path=st.sampled_from(["full", "correct"]), owner=st.sampled_from(["olive", "otto", "solo", None]))
    def opens(self, path, owner):
        self.now = datetime(2026, 3, 3, 1, tzinfo=UTC)
        self.action = an_action(path=path, owner=owner)
        self.deadlines = first_deadlines(
            "a-1", self.now, self.action.severity, self.action.path, RULES, None, "Asia/Shanghai"
        )
        self.action = with_due(self.action, self.deadlines)
        self.severity = self.action.severity.value
        self.state, self.path, self.owner, self.verdict = "open", path, owner, None
        self.parts, self.steps, self.done_by, self.causes = {}, {}, {}, []
        self.risk = None
        self.reopenings = self.extensions = self.checks = self.version = 0
        steps = IN_ORDER if path == "full" else ("contain",)
        self.dues = {step: allowed_until(self.now, self.severity, step) for step in steps}
        self.check_on = None
        self.ever = self.deadlines

    # What people do.

    @rule(chance=CHANCES, count=st.integers(3, 9))
    def life_goes_on(self, chance, count):
        """Somebody who may does what leads on."""
        for _ in range(count):
            onward = [move for move in self.allowed if move not in {"cancel", "assign", "extend", "comment"}]
            if not onward:
                return
            # Proof is rare enough, so that it is not passed by.
            move = "close" if self.verdict == "effective" and "close" in onward else chance.choice(onward)
            able = self.able(move)
            if not able:
                return
            self.act(move, chance.choice(able), self.drawn(chance, move), chance)

    @rule(chance=CHANCES, move=st.sampled_from(["assign", "extend", "comment", "extend", "cancel"]))
    def somebody_does_what_leads_nowhere(self, chance, move):
        able = self.able(move)
        if able and (move != "cancel" or chance.random() < 0.2):
            self.act(move, chance.choice(able), self.drawn(chance, move), chance)

    @rule(chance=CHANCES, name=st.sampled_from(sorted(CAST)))
    def somebody_tries_what_others_may(self, chance, name):
        move = chance.choice(self.allowed)
        self.act(move, name, self.drawn(chance, move), chance)

    @rule(move=st.sampled_from(sorted(REQUIRED)), name=st.sampled_from(sorted(CAST)), chance=CHANCES)
    def anybody_tries_anything(self, move, name, chance):
        self.act(move, name, self.drawn(chance, move), chance)

    @rule(chance=CHANCES)
    def somebody_leaves_something_out(self, chance):
        ways = [
            move
            for move in self.allowed
            if REQUIRED[move] and self.able(move)
            if (self.state, move) != ("verifying", "verify") and (move != "close" or self.verdict == "effective")
        ]
        move = chance.choice(ways)
        left_out, given = chance.choice(REQUIRED[move]), self.drawn(chance, move)
        if isinstance(given[left_out], str) and chance.random() < 0.5:
            given[left_out] = "  \n"
        else:
            del given[left_out]
        before, deadlines = self.action, self.deadlines
        with pytest.raises(InvalidInput, match="SQA873") as refused:
            self.program(move, chance.choice(self.able(move)), given, Verdict.EFFECTIVE)
        assert f"--{left_out}" in str(refused.value)
        assert (self.action, self.deadlines) == (before, deadlines)
        self.taken["left out"] += 1

    @rule(days=st.integers(0, 40), hours=st.integers(0, 23))
    def time_passes(self, days, hours):
        self.now += timedelta(days=days, hours=hours)

    @rule(hours=st.integers(1, 72))
    def the_clock_is_set_back(self, hours):
        self.now -= timedelta(hours=hours)

    # What ought to come of it.

    @property
    def today(self):
        return self.now.astimezone(SHANGHAI).date()

    @property
    def allowed(self):
        return [move for state, move, path in LINES if (state, path) == (self.state, self.path)]

    def able(self, move):
        """Who may make a move that is allowed."""
        who = LINES[self.state, move, self.path][1] if move in self.allowed else None
        return [name for name in CAST if who and may(name, who, self.owner, self.hands, set(self.steps.values()))]

    @property
    def hands(self):
        named = {self.owner, *self.parts.values(), *self.steps.values(), *self.done_by.values()}
        return named - {None}

    def drawn(self, chance, move):  # noqa: PLR0911  # one for each move
        """Everything that a move has to say."""
        day = self.today + timedelta(days=chance.randint(-2, 90))
        text = {name: f"some {name}" for name in REQUIRED[move]}
        if move == "assign":
            return {"owner": chance.choice(["olive", "otto", "solo"])}
        if move == "analyse":
            cause = chance.choice([f"cause {len(self.causes)}", *self.causes[:2]])
            whys = (("calls ring out", "log"), ("two at lunch", "rota"))
            risk = {} if chance.random() < 0.5 else {"risk": chance.choice(["5,4", "9,1,1", "6,1", "7,8"])}
            return text | {"method": "five_whys", "code": "process", "cause": cause, "why": whys} | risk
        if move == "plan":
            steps = tuple(("do", chance.choice(["olive", "otto"]), day) for _ in range(2))
            return text | {"step": steps, "improve": 0.05, "target": ">= 0.9", "check": day}
        if move == "implement":
            return text | {"step": chance.randint(1, 2)}
        if move == "extend":
            return text | {"until": day}
        if move == "verify" and chance.random() < 0.5:
            return text | {"check": day}
        return text

    def act(self, move, name, given, chance):
        verdict = (
            chance.choice([Verdict.EFFECTIVE, *Verdict]) if (self.state, move) == ("verifying", "verify") else None
        )
        expected = self.refusal(move, name, given, verdict)
        before, deadlines = self.action, self.deadlines
        if expected is not None:
            with pytest.raises(InvalidInput, match=expected):
                self.program(move, name, given, verdict)
            assert (self.action, self.deadlines) == (before, deadlines)
            self.taken[expected] += 1
            return
        self.program(move, name, given, verdict)
        self.taken[self.state, move, self.path] += 1
        self.expect(move, name, given, verdict)

    def program(self, move, name, given, verdict):
        """What `sqaudit actions MOVE` does within its transaction."""
        said = Said(who=name, now=self.now, today=self.today, given=given)
        clock = Clock(rules=RULES, calendar=None, zone="Asia/Shanghai", now=self.now)
        line = find_transition(self.action, Move(move))
        see_that_may(PEOPLE[name], self.action, line)
        before, after, kept = self.action, self.action, self.deadlines
        if move == "assign":
            said.require(Move.ASSIGN, "owner")
            after = replace(before, owner=said.text("owner"))
        elif move == "analyse":
            after = moves.analyse(before, said, tuple(self.causes))
        elif move == "extend":
            said.require(Move.EXTEND, "until", "reason")
            kept = put_off(before, kept, said.day("until"), clock)
            after = replace(before, extensions=before.extensions + 1)
        elif move == "verify" and before.state is ActionState.VERIFYING:
            after = moves.judge(before, said, verdict, ())
        else:
            after = {**vars(moves), "verify": moves.begin_verifying}[move](before, said)
        if move != "extend":
            kept = after_move(before, after, kept, clock)
        self.action, self.deadlines = with_due(replace(after, version=before.version + 1), kept), kept

    def refusal(self, move, name, given, verdict):  # noqa: C901, PLR0911  # one for each reason
        """The code with which a move ought to be refused; ``None`` if it ought to be made."""
        line = LINES.get((self.state, move, self.path))
        if line is None:
            return "SQA872"
        if not may(name, line[1], self.owner, self.hands, set(self.steps.values())):
            return "SQA874"
        if move == "implement":
            number = given["step"]
            if name not in {self.owner, self.steps[number]}:
                return "SQA874"
            return "SQA876" if number in self.done_by else None
        if move == "analyse" and given["cause"] in self.causes:
            return "SQA875"
        if move == "analyse" and given.get("risk") in {"6,1", "7,8"}:  # of five
            return "SQA876"
        if move == "extend":
            due = self.dues[awaited(self.state, self.path)]
            return "SQA876" if due < self.now or end_of(given["until"]) <= due else None
        if move == "close":
            return None if self.verdict == "effective" else "SQA877"
        if verdict in {Verdict.PARTLY, Verdict.INCONCLUSIVE} and self.checks < 2:
            if "check" not in given:
                return "SQA877"
            return "SQA876" if given["check"] < self.today else None
        return None

    def expect(self, move, name, given, verdict):  # noqa: C901, PLR0912  # one for each move
        was, self.version = self.state, self.version + 1
        target = LINES[self.state, move, self.path][0]
        if move == "contain":
            self.parts["contain"] = name
            if self.path == "correct":
                self.dues["verify"] = allowed_until(self.now, self.severity, "verify")
        elif move == "analyse":
            self.parts["analyse"], self.path = name, "full"
            self.causes.append(given["cause"])
            self.risk = given.get("risk")
        elif move == "plan":
            self.parts["plan"], self.done_by = name, {}
            self.steps = {number: owner for number, (_, owner, _) in enumerate(given["step"], 1)}
            self.check_on = given["check"]
        elif move == "implement":
            self.done_by = self.done_by | {given["step"]: name}
            if len(self.done_by) < 2:
                target = "approved"
            else:
                self.dues["verify"] = end_of(max(self.check_on, self.today))
        elif move == "verify" and was != "verifying":
            self.verdict = None
        elif move == "verify":
            self.verdict = verdict
            if verdict is Verdict.NOT_EFFECTIVE:
                target = "reopened"
            elif verdict is not Verdict.EFFECTIVE and self.checks < 2:
                self.checks += 1
                self.check_on = given["check"]
                self.dues["verify"] = end_of(self.check_on)
        elif move == "assign":
            self.owner = given["owner"]
        elif move == "extend":
            self.extensions += 1
            self.dues[awaited(self.state, self.path)] = end_of(given["until"])
        if target == "reopened" != was:
            self.reopenings += 1
            self.checks = 0
            self.dues |= {step: allowed_until(self.now, self.severity, step) for step in IN_ORDER[1:]}
        self.state = target

    # What holds whatever was done.

    @holds_always
    def it_stands_where_the_table_leads(self):
        action = self.action
        assert (action.state, action.path, action.owner) == (self.state, self.path, self.owner)
        assert action.version == self.version + 1
        assert action.hands == self.hands
        assert (action.risk and action.risk.written) == self.risk

    @holds_always
    def counters_only_ever_count(self):
        action = self.action
        assert (action.reopenings, action.extensions) == (self.reopenings, self.extensions)
        assert action.checks == self.checks <= 2

    @holds_always
    def only_proof_closes(self):
        assert (self.action.closed_at is not None) == (self.state in OVER)
        if self.state == "closed":
            assert self.action.verdict is Verdict.EFFECTIVE
            assert self.action.lessons

    @holds_always
    def no_deadline_is_lost_and_each_ends_once(self):
        assert [one.number for one in self.deadlines] == list(range(1, len(self.deadlines) + 1))
        for then, now in zip(self.ever, self.deadlines, strict=False):
            assert replace(now, ended_at=then.ended_at) == then
            assert then.ended_at in {None, now.ended_at}
        assert len(self.deadlines) >= len(self.ever)
        self.ever = self.deadlines
        for one in self.deadlines:
            assert one.ended_at is None or one.ended_at >= one.set_at
            assert all(at >= one.set_at for _, at in one.notices)

    @holds_always
    def what_is_due_is_the_deadline_of_the_step_that_is_awaited(self):
        step = awaited(self.state, self.path)
        steps = [one.step.value for one in self.deadlines if one.ended_at is None]
        assert sorted(steps) == sorted(running(self.state, self.path))
        assert self.action.due_for == step
        assert self.action.due == (None if step is None else self.dues[step])
        dues = {one.step.value: one.due for one in self.deadlines if one.ended_at is None}
        assert dues == {one: self.dues[one] for one in dues}


def test_whoever_does_whatever_in_any_order():
    run_state_machine_as_test(Life, settings=settings(max_examples=80, stateful_step_count=30, deadline=None))


def test_long_lives_take_every_line_of_the_table():
    """The same machine, led by fixed seeds so that it goes far and nothing that is proven here was never tried."""
    Life.taken = Counter()
    for number in range(300):
        chance, life = random.Random(number), Life()
        life.opens(chance.choice(["full", "correct"]), chance.choice(["olive", "otto", "solo"]))
        for _ in range(20):
            life.life_goes_on(chance, chance.randint(0, 2))
            life.somebody_does_what_leads_nowhere(chance, chance.choice(["assign", "extend", "comment", "cancel"]))
            life.somebody_leaves_something_out(chance)
            life.anybody_tries_anything(chance.choice(sorted(REQUIRED)), chance.choice(sorted(CAST)), chance)
            life.now += timedelta(hours=chance.randint(-30, 400))
            for holds in INVARIANTS:
                holds(life)
            if life.state == "cancelled":
                break
    never_there = {"analysed", "planned", "approved", "implemented"}  # on the short path
    wanted = {(state, move, path) for state, move, path in LINES if path == "full" or state not in never_there}
    assert wanted - set(Life.taken) == set()
    assert {"SQA872", "SQA874", "SQA875", "SQA876", "SQA877", "left out"} <= set(Life.taken)
