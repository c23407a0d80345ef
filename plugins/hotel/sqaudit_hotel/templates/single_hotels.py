"""What was done at single hotels: a stairway that was blocked, and room types that were not kept."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from sqaudit.model.action import Move
from sqaudit.model.ports import ToldMove

from sqaudit_hotel.templates.houses import BLOCKED_STAIRS
from sqaudit_hotel.templates.telling import APPROVER, FRONT_OFFICE, MANAGERS, QUALITY, VERIFIER, Say, contained, proven


def stairway(say: Say) -> Iterator[ToldMove]:
    """Critical: carts on a back stairway, in 11 of 30 rounds."""
    owner = MANAGERS[BLOCKED_STAIRS]
    yield ToldMove(
        Move.CONTAIN,
        owner,
        contained(
            date(2026, 6, 30),
            correction=say("The carts were taken off the stairway", "已将布草车移出楼梯间"),
            containment=say("The night porter walks the stairway at midnight", "夜班礼宾每晚零时巡视楼梯间"),
            consequences=say("Nobody came to harm; the fire service was told", "无人受伤；已告知消防部门"),
        ),
    )
    yield ToldMove(
        Move.ANALYSE,
        owner,
        {
            "method": "five_whys",
            "code": "place",
            "cause": say("There is no room for carts on the floors", "楼层没有布草车存放处"),
            "why": (
                (
                    say("Carts stand on the landing over night", "布草车整夜停在楼梯平台"),
                    say("photographs of the rounds", "巡查照片"),
                ),
                (
                    say("The linen room became a guest room in May", "布草间五月改为客房"),
                    say("building plan", "平面图"),
                ),
            ),
            "extent": say("No other hotel gave up its linen room", "其他酒店没有取消布草间"),
            "escape": say("The plan was approved without the fire officer", "改建时未征求消防负责人意见"),
        },
    )
    yield ToldMove(
        Move.PLAN,
        owner,
        {
            "step": ((say("Room 204 becomes a linen room again", "204房恢复为布草间"), owner, date(2026, 6, 30)),),
            "indicator": "routes-clear",
            "baseline": "2026-06",
            "target": ">= 1",
            "improve": 0.1,
            "check": date(2026, 8, 1),
        },
    )
    yield ToldMove(Move.APPROVE, APPROVER)
    yield ToldMove(
        Move.IMPLEMENT,
        owner,
        {"step": 1, "evidence": say("photographs of room 204", "204房照片"), "on": date(2026, 6, 30)},
    )
    yield from proven(
        say("Stairway walked, room 204 seen", "已走查楼梯间并查看204房"),
        say("Ask the fire officer before rooms change their use", "客房改变用途前征求消防负责人意见"),
        say("form for rebuilding", "改建审批表"),
    )


def room_types(say: Say) -> Iterator[ToldMove]:
    """The twin that proves nothing yet: better, but it may be chance. It stays open."""
    yield ToldMove(Move.ASSIGN, QUALITY, {"owner": FRONT_OFFICE})
    yield ToldMove(
        Move.CONTAIN,
        FRONT_OFFICE,
        contained(
            date(2026, 8, 3),
            correction=say("Guests in a lesser room paid the price of that room", "入住较低房型的宾客按实际房型计价"),
            containment=say("Doubles are closed for sale at 95 % occupancy", "入住率达95%时停售双人房"),
            consequences=say("Breakfast was free for these guests", "为相关宾客免早餐费"),
        ),
    )
    yield ToldMove(
        Move.ANALYSE,
        FRONT_OFFICE,
        {
            "method": "five_whys",
            "code": "process",
            "cause": say(
                "Room types are overbooked one by one, and assigned at arrival", "按房型分别超售，到店时才排房"
            ),
            "why": (
                (say("Doubles run out in the evening", "晚间双人房不足"), say("arrivals of July", "七月到店记录")),
                (
                    say("Nobody looks at types before arrival", "到店前无人核对房型"),
                    say("interview at the desk", "前台访谈"),
                ),
            ),
            "extent": say("Only this hotel overbooks by type", "只有本酒店按房型超售"),
            "escape": say("The evening report shows rooms, not types", "夜审报表只显示房间数，不显示房型"),
        },
    )
    yield ToldMove(
        Move.PLAN,
        FRONT_OFFICE,
        {
            "step": ((say("Assign rooms the evening before", "前一晚排房"), FRONT_OFFICE, date(2026, 8, 31)),),
            "indicator": "type-kept",
            "baseline": "2026-08",
            "target": ">= 0.95",
            "improve": 0.02,
            "check": date(2026, 10, 1),
        },
    )
    yield ToldMove(Move.APPROVE, APPROVER)
    yield ToldMove(
        Move.IMPLEMENT,
        FRONT_OFFICE,
        {"step": 1, "evidence": say("room lists of the first week", "首周排房表"), "on": date(2026, 8, 31)},
    )
    yield ToldMove(Move.VERIFY, VERIFIER, {"evidence": say("Room lists seen", "已查看排房表")})
    yield ToldMove(Move.VERIFY, VERIFIER, {"check": date(2026, 12, 1)})
