"""The record files of the demo, with a little dirt: what a shop's exports look like on an ordinary day."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from sqaudit_ecommerce.demo.days import complaints, order_days
from sqaudit_ecommerce.demo.orders import orders_with_things
from sqaudit_ecommerce.demo.shops import Row
from sqaudit_ecommerce.demo.talks import chat_lines
from sqaudit_ecommerce.demo.voices import mystery_orders, surveys

_FOLDER = "audits/monthly-shops/data"


def shop_records() -> Mapping[str, str]:
    """The record files of the demo, by path relative to the project's folder; the same bytes every time."""
    days = order_days()
    orders, items, reviews = orders_with_things()
    register, answers = mystery_orders()
    by_day = sorted((f"{day:%Y-%m-%d}", shop, str(number)) for day, shop, number in days)
    return {
        f"{_FOLDER}/order-days.csv": _csv("day,shop,orders", [*by_day, ("2026-07-11", "pop-up-stall", "41")]),
        f"{_FOLDER}/complaints.csv": _csv(
            "case_id,shop,order_id,received_at,channel,topic,first_reply_at,solved_at",
            # Somebody typed a day that there is not.
            [*complaints(days), ("K99999", "tea-terrace", "", "2026-06-31 09:00:00", "phone", "service", "", "")],
        ),
        f"{_FOLDER}/orders.csv": _csv(
            "order_id,shop,customer,ordered_at,shipped_at,promised_for,delivered_at,cancelled_at", _dirty(orders)
        ),
        f"{_FOLDER}/order-items.csv": _csv(
            "order_id,item,category,return_asked_at,return_reason,goods_back_at,refunded_at", items
        ),
        # The platform delivers one review twice.
        f"{_FOLDER}/reviews.csv": _csv("review_id,order_id,reviewed_at,score", sorted([*reviews, reviews[500]])),
        f"{_FOLDER}/chats.jsonl": chat_lines() + "export ended by the platform\n",
        f"{_FOLDER}/surveys.csv": _csv("answered_at,shop,overall,packaging,ease,recommend", _out_of_scale(surveys())),
        f"{_FOLDER}/mystery-orders.csv": _csv("order_id,shop,received_on", register),
        f"{_FOLDER}/mystery-answers.csv": _csv("order_id,shop,received_on,question,answer", answers),
    }


def _dirty(orders: list[Row]) -> list[Row]:
    """A parcel that came before it was ordered, and a promise that nobody wrote down."""
    early = next(place for place, order in enumerate(orders) if order[0].startswith("TE04") and order[6])
    orders[early] = (*orders[early][:6], "2026-03-01 10:00:00", orders[early][7])
    silent = next(place for place, order in enumerate(orders) if order[0].startswith("ST07"))
    orders[silent] = (*orders[silent][:5], "", *orders[silent][6:])
    return orders


def _out_of_scale(answers: list[Row]) -> list[Row]:
    """One mark beyond the scale."""
    answers[700] = (*answers[700][:2], "6", *answers[700][3:])
    return answers


def _csv(header: str, rows: Iterable[Row]) -> str:
    """Plain lines: no cell holds a comma, a quote or a line break."""
    return "".join(f"{line}\n" for line in (header, *(",".join(row) for row in rows)))
