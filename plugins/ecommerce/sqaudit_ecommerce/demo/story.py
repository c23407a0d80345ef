"""What was done about complaints on holidays and about slow chats, from the first week to the proof."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import TypeAlias

from sqaudit.model.action import Move
from sqaudit.model.ports import Story, ToldMove

_Say: TypeAlias = Callable[[str, str], str]

_LEAD, _APPROVER, _VERIFIER = "quality", "director", "internal-audit"
_OPERATIONS, _DESK = "operations", "service-desk"


def shop_stories(language: str) -> tuple[Story, ...]:
    """The ways of the two actions that treat all shops at once."""

    def say(english: str, chinese: str) -> str:
        return chinese if language == "zh" else english

    return (_holidays(say), _chats(say))


def _holidays(say: _Say) -> Story:
    agents = say("Plan agents of holiday weeks by last year's orders", "按去年单量安排节假日客服班次")
    flow = say(
        "Ship from a second warehouse and promise two more days before holidays", "节前启用第二仓，承诺日期延后两天"
    )
    return Story(
        criterion="few-holiday-complaints",
        site=None,
        moves=(
            ToldMove(Move.ASSIGN, _LEAD, {"owner": _OPERATIONS}),
            ToldMove(
                Move.CONTAIN,
                _OPERATIONS,
                {
                    "correction": say(
                        "All customers who complained over the holidays got an answer and their parcel",
                        "已回复所有节假日投诉客户并补送包裹",
                    ),
                    "containment": say("Ten agents lent for Dragon Boat", "端午向呼叫中心借调十名客服"),
                    "consequences": say("Vouchers for parcels that were late", "向包裹延误的客户发放优惠券"),
                    "on": date(2026, 6, 12),
                },
            ),
            ToldMove(
                Move.ANALYSE,
                _OPERATIONS,
                {
                    "method": "five_whys",
                    "code": "process",
                    "cause": say(
                        "Rota and promised days are planned by the mean of all days, holidays like any other",
                        "班次和承诺日期按全年日均安排，未区分节假日",
                    ),
                    "why": (
                        (
                            say("Parcels come late and nobody answers", "包裹延误且无人回复"),
                            say("topics of the complaints of May", "五月投诉主题分布"),
                        ),
                        (
                            say(
                                "The one warehouse packs a third of the day's orders",
                                "单一仓库当日仅能打包三分之一订单",
                            ),
                            say("packing lists of 2 May", "5月2日打包清单"),
                        ),
                    ),
                    "extent": say("All ten shops, on every holiday", "全部十家网店的每个节假日"),
                    "escape": say("Monthly figures mix holidays and other days", "月度指标将节假日与平日混算"),
                },
            ),
            ToldMove(
                Move.PLAN,
                _OPERATIONS,
                {
                    "step": ((agents, _DESK, date(2026, 9, 11)), (flow, _OPERATIONS, date(2026, 9, 18))),
                    "indicator": "complaints-holidays",
                    "baseline": "2026-05",
                    "target": "<= 6",
                    "improve": 1.0,
                    "check": date(2026, 11, 1),
                    "guard": ("complaints-ordinary", "promise-kept"),
                },
            ),
            ToldMove(Move.APPROVE, _APPROVER),
            ToldMove(
                Move.IMPLEMENT,
                _DESK,
                {"step": 1, "evidence": say("rota of the National Day week", "国庆周排班表"), "on": date(2026, 9, 11)},
            ),
            ToldMove(
                Move.IMPLEMENT,
                _OPERATIONS,
                {
                    "step": 2,
                    "evidence": say("first parcels of the second warehouse", "第二仓首批发货记录"),
                    "changed": say("delivery handbook, chapter on holidays", "配送手册节假日章节"),
                    "on": date(2026, 9, 18),
                },
            ),
            ToldMove(
                Move.VERIFY,
                _VERIFIER,
                {"evidence": say("rota and parcels seen on 1 October", "10月1日现场核对班次和发货")},
            ),
            ToldMove(Move.VERIFY, _VERIFIER),
            ToldMove(
                Move.CLOSE,
                _VERIFIER,
                {
                    "lessons": say(
                        "Measure holidays by themselves; they are still above ordinary days, so keep watching",
                        "节假日单独统计；仍高于平日，继续关注",
                    ),
                    "updates": say("the yearly plan of rotas", "年度排班计划"),
                },
            ),
        ),
    )


def _chats(say: _Say) -> Story:
    bot = say("A bot answers first and passes on who asks for a person", "智能客服先行接待，客户要求即转人工")
    old = say("Agents of their own for customers of many years", "为老客户配备专属客服")
    return Story(
        criterion="prompt-answer",
        site=None,
        moves=(
            ToldMove(Move.ASSIGN, _LEAD, {"owner": _DESK}),
            ToldMove(
                Move.CONTAIN,
                _DESK,
                {
                    "correction": say("Customers who waited longest were written to", "已联系等待时间最长的客户"),
                    "containment": say("Three more agents in the evening", "晚间七点至十点增加三名客服"),
                    "consequences": say("None beyond the wait", "除等待外无其他后果"),
                    "on": date(2026, 4, 3),
                },
            ),
            ToldMove(
                Move.ANALYSE,
                _DESK,
                {
                    "method": "five_whys",
                    "code": "process",
                    "cause": say(
                        "Every chat waits for a person, though most ask where their parcel is",
                        "所有会话都等待人工，而多数只是查询物流",
                    ),
                    "why": (
                        (
                            say("Half of the customers wait longer than three minutes", "半数客户等待超过三分钟"),
                            say("chats of March", "三月会话记录"),
                        ),
                        (
                            say("Two in three chats ask what a list could tell", "三分之二的会话问题查表即可回答"),
                            say("200 chats read in April", "四月抽读的200个会话"),
                        ),
                    ),
                    "extent": say("All ten shops", "全部十家网店"),
                    "escape": say("Nobody looked at the wait before the first answer", "未曾统计首次回复前的等待"),
                },
            ),
            ToldMove(
                Move.PLAN,
                _DESK,
                {
                    "step": ((bot, _DESK, date(2026, 8, 24)), (old, _OPERATIONS, date(2026, 8, 31))),
                    "indicator": "chat-stars",
                    "baseline": "2026-07",
                    "target": ">= 0.70",
                    "improve": 0.05,
                    "check": date(2026, 10, 1),
                    "guard": ("chats-solved",),
                },
            ),
            ToldMove(Move.APPROVE, _APPROVER),
            ToldMove(
                Move.IMPLEMENT,
                _DESK,
                {"step": 1, "evidence": say("chats of the first day", "上线首日会话记录"), "on": date(2026, 8, 24)},
            ),
            ToldMove(
                Move.IMPLEMENT,
                _OPERATIONS,
                {
                    "step": 2,
                    "evidence": say("list of the agents and their customers", "专属客服与客户对应表"),
                    "changed": say("rules of the service desk", "客服工作规范"),
                    "on": date(2026, 8, 31),
                },
            ),
            ToldMove(Move.VERIFY, _VERIFIER, {"evidence": say("twenty chats read", "抽读二十个会话")}),
            ToldMove(Move.VERIFY, _VERIFIER),
            ToldMove(
                Move.CLOSE,
                _VERIFIER,
                {
                    "lessons": say(
                        "Show the bot's and the people's series apart, and look at what stays solved",
                        "智能客服与人工分开统计，并关注问题是否真正解决",
                    ),
                    "updates": say("figures of the service desk", "客服指标口径"),
                },
            ),
        ),
    )
