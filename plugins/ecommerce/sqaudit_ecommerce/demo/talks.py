"""Chats as a platform exports them: first by people alone, from the end of August with a bot in front."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from random import Random

from sqaudit.plugin.draws import at_random, chance, shuffled, whole

from sqaudit_ecommerce.demo.shops import BOT_SINCE, MONTHS, SHOPS, SLOW_AGENTS, dice, first_day, some, written

_PER_MONTH = 22
_NO_EXPORT = ("coral-cup", 6)
_RATED = 15
# Of the rated chats so many get four or five stars: 60 in a hundred by people, 78 with the bot in front.
_CONTENT, _CONTENT_WITH_BOT = 9, (12, 12, 11, 12, 12, 11, 12, 12, 11, 12)
_SOLVED, _SOLVED_WITH_BOT = 18, 19
_QUESTION, _THANKS = "Where is my parcel?", "Thank you"


def chat_lines() -> str:
    """One conversation per line, by time."""
    chats = [chat for shop in SHOPS for month in MONTHS if (shop, month) != _NO_EXPORT for chat in _chats(shop, month)]
    chats.sort(key=lambda chat: (str(chat["opened"]), str(chat["chat_id"])))
    return "".join(json.dumps(chat, ensure_ascii=False) + "\n" for chat in chats)


def _chats(shop: str, month: int) -> list[dict[str, object]]:
    random = dice(3, shop, month)
    begun = sorted(
        at_random(random, first_day(month), first_day(month + 1), first_hour=8, last_hour=22) for _ in range(_PER_MONTH)
    )
    with_bot = first_day(month) >= BOT_SINCE
    waits, waits_with_bot = _by_people(random), _with_bot(random)
    content = _CONTENT_WITH_BOT[SHOPS.index(shop)] if with_bot else _CONTENT
    rated = some(random, _RATED, _PER_MONTH)
    is_content = iter(some(random, content, _RATED))
    is_solved = some(random, _SOLVED_WITH_BOT if with_bot else _SOLVED, _PER_MONTH)
    chats: list[dict[str, object]] = []
    customer = ""
    for place, at in enumerate(begun):
        if not customer or not chance(random, 18):  # else the same customer writes once more
            customer = f"{shop[:2]}-{whole(random, 1, 150):03}"
        wait, by = waits_with_bot[place] if at >= BOT_SINCE else (waits[place], "person")
        stars = (whole(random, 4, 5) if next(is_content) else whole(random, 1, 3)) if rated[place] else None
        chats.append(
            {
                "chat_id": f"{shop[:2].upper()}-{month:02}-{place:02}",
                "shop": shop,
                "customer": customer,
                "opened": written(at),
                **_conversation(random, shop, at, wait, by),
                "solved": is_solved[place],
                "stars": stars,
            }
        )
    return chats


def _by_people(random: Random) -> list[int]:
    """Seconds until people answer: half of them up to 195, half of them from there on."""
    half = _PER_MONTH // 2 - 1
    return shuffled(
        random,
        [195, 195, *(whole(random, 40, 195) for _ in range(half)), *(whole(random, 195, 350) for _ in range(half))],
    )


def _with_bot(random: Random) -> list[tuple[int, str]]:
    """Seconds until the first answer and whose it is: half within 13, half from 14 on; some go straight to people."""
    fast = [13, *(whole(random, 5, 13) for _ in range(10))]
    slower = [14, *(whole(random, 14, 28) for _ in range(6))]
    people = [(whole(random, 70, 300), "person") for _ in range(4)]
    return shuffled(random, [*((wait, "bot") for wait in (*fast, *slower)), *people])


def _conversation(random: Random, shop: str, at: datetime, wait: int, by: str) -> dict[str, object]:
    """The messages, and when the customer asked for a person."""
    first = at + timedelta(seconds=wait)
    messages = [(at, "customer", _QUESTION), (at + timedelta(seconds=1), "notice", "You are number 3 in line")]
    messages.append((first, by, "It is on its way"))
    asked = None
    last = first
    if by == "bot" and chance(random, 18):
        asked = first + timedelta(seconds=whole(random, 15, 60))
        is_slow = shop == SLOW_AGENTS and chance(random, 50)
        last = asked + timedelta(seconds=whole(random, 320, 600) if is_slow else whole(random, 30, 280))
        messages += [(asked, "customer", "A person, please"), (last, "person", "Hello, I am looking into it")]
    messages.append((last + timedelta(seconds=whole(random, 20, 200)), "customer", _THANKS))
    return {
        "person_asked_at": None if asked is None else written(asked),
        "messages": [{"at": written(moment), "by": who, "text": text} for moment, who, text in messages],
    }
