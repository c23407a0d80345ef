"""What was done about dirty rooms: once for the group, and at each of the city hotels."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from sqaudit.model.action import Move
from sqaudit.model.ports import ToldMove

from sqaudit_hotel.templates.houses import FIRST_DIRTY
from sqaudit_hotel.templates.telling import APPROVER, HOUSEKEEPING, MANAGERS, QUALITY, VERIFIER, Say, contained, proven

# What hangs on clean rooms: the indicator, what it has to reach, and by how much it has to become better.
FOLLOWING = {
    "satisfied-guests": ("overall-satisfaction", ">= 0.70", 0.05),
    "clean-room-felt": ("room-clean", ">= 0.80", 0.05),
    "few-complaints": ("complaints-per-thousand", "<= 12", 1.0),
}


def group_action(say: Say) -> Iterator[ToldMove]:
    """A stricter standard and a course for everybody; satisfaction says whether it worked."""
    yield ToldMove(Move.ASSIGN, QUALITY, {"owner": HOUSEKEEPING})
    yield ToldMove(
        Move.CONTAIN,
        HOUSEKEEPING,
        contained(
            date(2026, 8, 3),
            correction=say("Rooms that guests complained of were cleaned again", "宾客投诉的客房已重新清洁"),
            containment=say(
                "Two cleaners of the lake hotels help out at each city hotel", "湖区酒店向每家城区酒店支援两名清洁员"
            ),
            consequences=say(
                "46 guests who complained were written to, 31 got a night back", "致信46位投诉宾客，退还31晚房费"
            ),
        ),
    )
    yield ToldMove(
        Move.ANALYSE,
        HOUSEKEEPING,
        {
            "method": "five_whys",
            "code": "policy",
            "cause": say(
                "The cleaning standard names minutes, not what a clean room looks like (gap 2), and who joined for the "
                "season was never trained by it (gap 3)",
                "清洁标准只规定时长，没有写明干净的样子（差距二）；季节工未经培训（差距三）",
            ),
            "why": (
                (
                    say("46 of 100 complaints in July are about cleanliness", "七月100件投诉中46件与清洁有关"),
                    say("register of complaints", "投诉登记"),
                ),
                (
                    say("Bathroom and dust are left out when time is short", "时间不够时漏做卫生间和除尘"),
                    say("eight mystery visits in July, sections below 70", "七月八次暗访，清洁部分低于70分"),
                ),
                (
                    say("Minutes for a room were cut from 28 to 21 in June", "六月起每间由28分钟减为21分钟"),
                    say("rotas of May and June", "五月和六月排班表"),
                ),
            ),
            "extent": say(
                "Found at the four city hotels; the same standard holds for all ten, so all are treated",
                "四家城区酒店已出现；十家适用同一标准，全部整改",
            ),
            "escape": say(
                "Checks before release passed nine in ten rooms: the sheet asks for bed and minibar only",
                "查房通过率达九成：检查表只看床铺和迷你吧",
            ),
        },
    )
    yield ToldMove(
        Move.PLAN,
        HOUSEKEEPING,
        {
            "step": (
                (
                    say(
                        "Cleaning standard 2.0: stricter, with pictures and 28 minutes",
                        "清洁标准2.0：更严格，附图片，每间28分钟",
                    ),
                    HOUSEKEEPING,
                    date(2026, 8, 17),
                ),
                (
                    say("Train all 100 cleaners by it, with a test", "按新标准培训全部100名清洁员并考核"),
                    HOUSEKEEPING,
                    date(2026, 8, 29),
                ),
                (
                    say("New sheet for checks: bathroom and dust first", "新查房表：先看卫生间和除尘"),
                    HOUSEKEEPING,
                    date(2026, 8, 31),
                ),
            ),
            "indicator": "overall-satisfaction",
            "baseline": "2026-07",
            "target": ">= 0.70",
            "improve": 0.05,
            "check": date(2026, 10, 1),
            "guard": ("wishes-in-time", "ready-as-promised"),
        },
    )
    yield ToldMove(Move.APPROVE, APPROVER)
    yield ToldMove(
        Move.IMPLEMENT,
        HOUSEKEEPING,
        {
            "step": 1,
            "evidence": say("standard 2.0, signed", "已签发的标准2.0"),
            "changed": say("cleaning standard 1.4 replaced by 2.0", "清洁标准由1.4版改为2.0版"),
            "on": date(2026, 8, 17),
        },
    )
    yield ToldMove(
        Move.IMPLEMENT,
        HOUSEKEEPING,
        {
            "step": 2,
            "evidence": say(
                "pass list: 96 of 100 passed, four follow in September", "合格名单：100人中96人合格，4人九月补训"
            ),
            "on": date(2026, 8, 29),
        },
    )
    yield ToldMove(
        Move.IMPLEMENT,
        HOUSEKEEPING,
        {"step": 3, "evidence": say("sheets of the first week", "首周查房表"), "on": date(2026, 8, 31)},
    )
    yield from proven(
        say("Standard, pass list and sheets seen at all ten hotels", "在十家酒店查看了标准、合格名单和查房表"),
        say(
            "Say what clean looks like, then plan the minutes; +12 points are +20 % relative",
            "先写明干净的样子再定时长；提高12个百分点即相对提高20%",
        ),
        say("cleaning standard, check sheet, plan of courses", "清洁标准、查房表、培训计划"),
    )


def following_action(say: Say, indicator: str, target: str, improve: float) -> Iterator[ToldMove]:
    """What has the same cause: nothing more is done, and its own figure says if cleaning was enough."""
    yield ToldMove(Move.ASSIGN, QUALITY, {"owner": HOUSEKEEPING})
    yield ToldMove(
        Move.CONTAIN,
        HOUSEKEEPING,
        {
            "not_needed": say("done with the action on clean rooms", "已在客房清洁的措施中处理"),
            "on": date(2026, 8, 3),
        },
    )
    yield ToldMove(
        Move.ANALYSE,
        HOUSEKEEPING,
        {
            "method": "ishikawa",
            "code": "policy",
            "cause": say(
                "Dirty rooms: the cleaning standard names minutes, not what a clean room looks like",
                "客房不洁：清洁标准只规定时长，没有写明干净的样子",
            ),
            "extent": say("Four city hotels; the standard holds for all ten", "四家城区酒店；标准适用于全部十家"),
            "escape": say(
                "Answers and complaints were read by hotel, never by cause", "问卷和投诉只按酒店看，没有按原因看"
            ),
        },
    )
    yield ToldMove(
        Move.PLAN,
        HOUSEKEEPING,
        {
            "step": (
                (
                    say("Cleaning standard 2.0 and course, see clean rooms", "清洁标准2.0及培训，见客房清洁"),
                    HOUSEKEEPING,
                    date(2026, 8, 31),
                ),
            ),
            "indicator": indicator,
            "baseline": "2026-07",
            "target": target,
            "improve": improve,
            "check": date(2026, 10, 1),
        },
    )
    yield ToldMove(Move.APPROVE, APPROVER)
    yield ToldMove(
        Move.IMPLEMENT,
        HOUSEKEEPING,
        {
            "step": 1,
            "evidence": say("evidence of the action on clean rooms", "客房清洁措施的证据"),
            "on": date(2026, 8, 31),
        },
    )
    yield from proven(
        say("Seen with the action on clean rooms", "与客房清洁的措施一并查看"),
        say("Ask which cause lies under several figures", "先问几个数字背后是否同一原因"),
        say("monthly review: complaints by cause", "月度评审：按原因看投诉"),
    )


def city_hotel(say: Say, house: str) -> Iterator[ToldMove]:
    """A city hotel only corrects; the cause is looked for once, for the group."""
    yield ToldMove(
        Move.CONTAIN,
        MANAGERS[house],
        contained(
            date(2026, 8, 3),
            correction=say(
                "The rooms visited and those beside them were cleaned again", "被访客房及相邻客房已重新清洁"
            ),
            containment=say("The duty manager looks at ten rooms a day", "值班经理每天查看十间房"),
            consequences=say("Guests of these rooms were offered another one", "为相关宾客提供换房"),
        ),
    )
    if house == FIRST_DIRTY:  # its action was opened a month before the group's, and would look for the cause once more
        reason = say("The group's action looks for the cause and treats it", "由集团措施统一查因和处理")
        yield ToldMove(Move.CANCEL, APPROVER, {"reason": reason})
        return
    yield ToldMove(Move.VERIFY, VERIFIER, {"evidence": say("sheets of the duty manager", "值班经理查房表")})
    yield ToldMove(Move.VERIFY, VERIFIER)
    yield ToldMove(
        Move.CLOSE, VERIFIER, {"lessons": say("see the group's action", "见集团措施"), "updates": say("none", "无")}
    )
