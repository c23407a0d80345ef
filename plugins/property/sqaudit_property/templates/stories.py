"""What was done: the 24-hour rule, the households that left, cleaning at one estate, and the same at another."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import TypeAlias

from msgspec import Struct
from sqaudit.model.action import Move
from sqaudit.model.ports import Story, ToldMove

from sqaudit_property.templates.estates import CLEANED_ANEW, TAKEN_OVER

_QUALITY, _SERVICE, _APPROVER, _VERIFIER = "quality", "service", "operations", "internal-audit"
_ENVIRONMENT = "environment"
_LOOK_AGAIN = timedelta(days=90)

Say: TypeAlias = Callable[[str, str], str]


class _Deed(Struct, frozen=True, kw_only=True):
    """What is said on the way of an action: everything but the verdict, which is the data's."""

    owner: str
    assigned: bool
    contained: Mapping[str, object]
    analysed: Mapping[str, object]
    steps: Sequence[tuple[str, str, date]]
    effect: Mapping[str, object]
    evidence: Sequence[str]
    changed: str
    seen: str


def estate_stories(language: str) -> tuple[Story, ...]:
    """Four actions: three that worked, and one of which nobody can tell yet."""

    def say(english: str, chinese: str) -> str:
        return chinese if language == "zh" else english

    return (
        Story(criterion="CP-1", site=None, moves=_closed(_platform(say), _learnt_of_answers(say))),
        Story(criterion="OW-3", site=None, moves=_closed(_pain_points(say), _learnt_of_leaving(say))),
        Story(criterion="CL-1", site=CLEANED_ANEW, moves=_closed(_cleaned_anew(say), _learnt_of_cleaning(say))),
        Story(criterion="CL-1", site=TAKEN_OVER, moves=_still_open(_taken_over(say))),
    )


def _way(deed: _Deed) -> tuple[ToldMove, ...]:
    """From the finding to the day on which the data are asked."""
    assign = (ToldMove(Move.ASSIGN, _QUALITY, {"owner": deed.owner}),) if deed.assigned else ()
    carried_out = tuple(
        ToldMove(
            Move.IMPLEMENT,
            deed.owner,
            {"step": number, "evidence": evidence, "on": step[2]}
            | ({"changed": deed.changed} if number == len(deed.steps) else {}),
        )
        for number, (step, evidence) in enumerate(zip(deed.steps, deed.evidence, strict=True), 1)
    )
    return (
        *assign,
        ToldMove(Move.CONTAIN, deed.owner, deed.contained),
        ToldMove(Move.ANALYSE, deed.owner, deed.analysed),
        ToldMove(Move.PLAN, deed.owner, {"step": tuple(deed.steps), **deed.effect}),
        ToldMove(Move.APPROVE, _APPROVER),
        *carried_out,
        ToldMove(Move.VERIFY, _VERIFIER, {"evidence": deed.seen}),
    )


def _closed(deed: _Deed, learnt: Mapping[str, object]) -> tuple[ToldMove, ...]:
    return (*_way(deed), ToldMove(Move.VERIFY, _VERIFIER), ToldMove(Move.CLOSE, _VERIFIER, learnt))


def _still_open(deed: _Deed) -> tuple[ToldMove, ...]:
    """The data do not show it yet: a new day is named, which has to lie ahead of whoever looks at the demo."""
    again = datetime.now(UTC).date() + _LOOK_AGAIN
    return (*_way(deed), ToldMove(Move.VERIFY, _VERIFIER, {"check": again}))


def _platform(say: Say) -> _Deed:
    return _Deed(
        owner=_SERVICE,
        assigned=True,
        contained={
            "correction": say("Everybody still waiting was called back", "逐一回电仍在等候答复的业主"),
            "containment": say("One clerk per estate answers complaints only", "每个小区指定一名客服专办投诉"),
            "consequences": say("Those who had waited over a week got a letter", "等候一周以上的业主收到致歉信"),
            "on": date(2026, 6, 3),
        },
        analysed={
            "method": "five_whys",
            "code": "process",
            "cause": say(
                "Complaints arrive in nine ways, and none of them shows by when an answer is due",
                "投诉有九种渠道，没有一种显示答复时限",
            ),
            "why": (
                (
                    say("Late answers wait for somebody to pass them on", "超时的投诉都停在转交环节"),
                    say("76 late complaints of April and May", "四、五月76件超时投诉"),
                ),
                (
                    say("Guards, clerks and chat groups keep lists of their own", "门岗、客服和业主群各记各的"),
                    say("lists of three estates", "三个小区的登记表"),
                ),
            ),
            "extent": say("Ten of twelve estates", "十二个小区中的十个"),
            "escape": say("The monthly report counted answers, not hours", "月报只统计答复数，不统计时长"),
        },
        steps=(
            (
                say(
                    "One platform for all complaints, with the hour by which each is due",
                    "统一投诉平台，逐条显示答复时限",
                ),
                _SERVICE,
                date(2026, 8, 14),
            ),
            (
                say("Each morning the desks look first at what falls due today", "客服每早先看当日到期的投诉"),
                _SERVICE,
                date(2026, 8, 20),
            ),
        ),
        effect={
            "indicator": "answered-in-24h",
            "baseline": "2026-05",
            "target": ">= 0.90",
            "improve": 0.1,
            "check": date(2026, 11, 1),
            "guard": ("complaint-resolved",),
        },
        evidence=(
            say("the platform, with all estates in it", "平台已覆盖全部小区"),
            say("lists of five mornings", "五天早会清单"),
        ),
        changed=say("complaint procedure, version 3", "投诉处理规程第三版"),
        seen=say("platform and lists seen at four estates", "已在四个小区查看平台与清单"),
    )


def _learnt_of_answers(say: Say) -> Mapping[str, object]:
    return {
        "lessons": say("A rule is kept when everybody sees the hour", "时限人人可见，规则才能落实"),
        "updates": say("the complaint procedure of all estates", "各小区投诉处理规程"),
    }


def _pain_points(say: Say) -> _Deed:
    return _Deed(
        owner=_SERVICE,
        assigned=True,
        contained={
            "correction": say("Households whose year ends in July were called", "致电七月到期的住户"),
            "containment": say("Who complained twice is called before the year ends", "投诉两次以上者到期前回访"),
            "consequences": say("Nobody was owed anything", "无应补偿事项"),
            "on": date(2026, 6, 5),
        },
        analysed={
            "method": "five_whys",
            "code": "information",
            "cause": say(
                "Nobody puts together what the leaving say and what they had complained of",
                "离开原因与此前投诉无人汇总分析",
            ),
            "why": (
                (
                    say("Two in three of those who left had complained", "流失住户中三分之二曾经投诉"),
                    say("96 households that left in April and May", "四、五月流失的96户"),
                ),
                (
                    say("The same lifts and parking places are named again", "电梯和停车问题反复出现"),
                    say("complaints by what they are about", "投诉事项统计"),
                ),
            ),
            "extent": say("Six estates, Ginkgo Park first", "六个小区，银杏花园居首"),
            "escape": say("Leaving was counted once a year", "流失每年才统计一次"),
        },
        steps=(
            (
                say(
                    "Every month the managers look at what hurts most and remove the first cause",
                    "项目经理每月复盘痛点，消除首要原因",
                ),
                _SERVICE,
                date(2026, 8, 21),
            ),
        ),
        effect={
            "indicator": "households-lost",
            "baseline": "2026-05",
            "target": "<= 0.06",
            "improve": 0.02,
            "check": date(2026, 11, 1),
            "guard": ("answered-in-24h",),
        },
        evidence=(say("minutes of the first review", "首次复盘会议纪要"),),
        changed=say("agenda of the monthly meeting", "月度会议议程"),
        seen=say("minutes seen", "已查看会议纪要"),
    )


def _learnt_of_leaving(say: Say) -> Mapping[str, object]:
    return {
        "lessons": say(
            "Only when every contract has run out once, after a full year, is all of it seen: look again then",
            "满一年、每份合同都到期一次后才能看全，届时再查",
        ),
        "updates": say("the plan of the monthly reviews", "月度复盘计划"),
    }


_BETTER_CLEANING = ("A stricter cleaning standard: what, where, how often", "提高保洁标准：部位、内容、频次")
_TRAINING = ("Train the cleaners every month at a real staircase", "每月在楼道现场培训保洁员")


def _cleaning(say: Say, owner: str, goal: tuple[str, str], contained: date, trained: date) -> _Deed:
    """The same action at two estates: the indicator and its target, the days of the correction and of the training."""
    return _Deed(
        owner=owner,
        assigned=False,
        contained={
            "correction": say("All staircases were cleaned once from top to bottom", "所有楼道彻底清洁一次"),
            "containment": say("A second cleaner works on Fridays", "周五增派一名保洁员"),
            "consequences": say("Owners were told by a notice in every lobby", "在各大堂张贴公告告知业主"),
            "on": contained,
        },
        analysed={
            "method": "five_whys",
            "code": "policy",
            "cause": say(
                "The cleaning plan says 'daily' and not what is to be clean", "保洁计划只写“每日”，未写清洁到什么程度"
            ),
            "why": (
                (
                    say("Corners, handrails and cellars are left out", "角落、扶手和地下室漏做"),
                    say("the walks of April and May", "四、五月现场巡查"),
                ),
                (
                    say("New cleaners were shown the route only", "新保洁员只被带着走了一遍路线"),
                    say("talks with six cleaners", "与六名保洁员面谈"),
                ),
            ),
            "extent": say("The other estates have another plan", "其他小区采用另一套计划"),
            "escape": say("The supervisor signed the plan, not the staircase", "主管签的是计划，没看楼道"),
        },
        steps=((say(*_BETTER_CLEANING), _ENVIRONMENT, date(2026, 7, 31)), (say(*_TRAINING), owner, trained)),
        effect={
            "indicator": goal[0],
            "baseline": "2026-05",
            "target": goal[1],
            "improve": 0.05,
            "check": date(2026, 11, 1),
            "guard": ("content-security",),
        },
        evidence=(
            say("the new plan, in every lobby", "新计划已张贴于各大堂"),
            say("lists of those trained", "培训签到表"),
        ),
        changed=say("cleaning standard, version 2", "保洁标准第二版"),
        seen=say("plan, lists and three staircases seen", "已查看计划、签到表和三个楼道"),
    )


def _cleaned_anew(say: Say) -> _Deed:
    goal = ("content-cleaning", ">= 0.60")
    return _cleaning(say, "manager-07", goal, date(2026, 6, 4), date(2026, 8, 25))


def _learnt_of_cleaning(say: Say) -> Mapping[str, object]:
    return {
        "lessons": say("Say what clean means, and train it where it is done", "写明什么叫干净，并在现场培训"),
        "updates": say("the cleaning standard of the company", "公司保洁标准"),
    }


def _taken_over(say: Say) -> _Deed:
    goal = ("content-cleaning-first-year", ">= 0.33")
    return _cleaning(say, "manager-11", goal, date(2026, 6, 8), date(2026, 8, 27))
