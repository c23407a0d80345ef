"""What was done about the dirty rooms of the demo, from the first week to the proof."""

from __future__ import annotations

from datetime import date

from sqaudit.builtin.templates.hotel_records import OTHER_HOTELS
from sqaudit.model.action import Move
from sqaudit.model.ports import Story, ToldMove

_QUALITY, _OWNER, _APPROVER, _VERIFIER = "quality", "housekeeping", "operations", "internal-audit"


def hotel_stories(language: str) -> tuple[Story, ...]:
    """The way of the action that treats dirty rooms at all hotels at once."""

    def say(english: str, chinese: str) -> str:
        return chinese if language == "zh" else english

    new_steps = say(
        "Rewrite the cleaning steps with the cleaners and train all of them", "与保洁人员一起修订清洁流程并全员培训"
    )
    five_rooms = say("The floor supervisor looks at five rooms a day", "楼层主管每天抽查五间客房")
    moves = (
        ToldMove(Move.ASSIGN, _QUALITY, {"owner": _OWNER}),
        ToldMove(
            Move.CONTAIN,
            _OWNER,
            {
                "correction": say("Rooms that guests complained of were cleaned again", "重新清洁宾客投诉的客房"),
                "containment": say("Two more cleaners at each of the five hotels", "五家酒店各增派两名保洁人员"),
                "consequences": say("Guests who complained paid one night less", "向投诉的宾客免收一晚房费"),
                "on": date(2026, 7, 3),
            },
        ),
        ToldMove(
            Move.ANALYSE,
            _OWNER,
            {
                "method": "five_whys",
                "code": "process",
                "cause": say(
                    "The contract pays by the room and says nothing of how a room is to look",
                    "合同按间计费，没有写明客房应达到的状态",
                ),
                "why": (
                    (
                        say("Bathrooms are left out when time is short", "时间不够时漏做卫生间"),
                        say("20 rooms looked at in June", "六月抽查二十间客房"),
                    ),
                    (
                        say("The new contractor plans 20 minutes for a room", "新承包商每间只安排二十分钟"),
                        say("rotas of the contractor", "承包商排班表"),
                    ),
                ),
                "extent": say(
                    "All five hotels of the new contractor; no other", "新承包商负责的五家酒店，其他酒店没有"
                ),
                "escape": say("Nobody looked at rooms after cleaning", "清洁后无人检查客房"),
            },
        ),
        ToldMove(
            Move.PLAN,
            _OWNER,
            {
                "step": ((new_steps, _OWNER, date(2026, 8, 20)), (five_rooms, _OWNER, date(2026, 8, 31))),
                "indicator": "room-cleanliness",
                "baseline": "2026-07",
                "target": ">= 0.80",
                "improve": 0.1,
                "check": date(2026, 11, 1),
                "guard": ("repairs-done",),
                "control": OTHER_HOTELS,
            },
        ),
        ToldMove(Move.APPROVE, _APPROVER),
        ToldMove(
            Move.IMPLEMENT,
            _OWNER,
            {"step": 1, "evidence": say("lists of those trained", "培训签到表"), "on": date(2026, 8, 20)},
        ),
        ToldMove(
            Move.IMPLEMENT,
            _OWNER,
            {
                "step": 2,
                "evidence": say("the supervisors' sheets", "主管抽查记录"),
                "changed": say("cleaning contract, annex 2", "保洁合同附件二"),
                "on": date(2026, 8, 31),
            },
        ),
        ToldMove(
            Move.VERIFY,
            _VERIFIER,
            {"evidence": say("lists and sheets seen at all five hotels", "已在五家酒店查看签到表和抽查记录")},
        ),
        ToldMove(Move.VERIFY, _VERIFIER),
        ToldMove(
            Move.CLOSE,
            _VERIFIER,
            {
                "lessons": say("Say in the contract how a room has to look", "合同中写明客房应达到的状态"),
                "updates": say("the model contract for cleaning", "保洁合同范本"),
            },
        ),
    )
    return (Story(criterion="clean-rooms", site=None, moves=moves),)
