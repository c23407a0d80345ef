"""The invented calls of audits/telephone-quality, and what somebody hears who listens to them.

Run as a program, it fills the forms that it is given; without any it writes the records of the worked audit.
"""

import csv
import io
import json
import random
import runpy
import sys
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path

RECORDS = Path(__file__).resolve().parents[1] / "audits" / "telephone-quality" / "calls.csv"
SEED = "a quiet February"
FIRST_MONDAY, WEEKS = datetime(2026, 2, 2), 4
AGENTS = {  # agent: site, tenure
    "agent-11": ("harbour", "veteran"),
    "agent-12": ("harbour", "veteran"),
    "agent-13": ("harbour", "newcomer"),
    "agent-21": ("hill", "veteran"),
    "agent-22": ("hill", "newcomer"),
}
# How often a fault can occur in a call, and how likely it is each time with veterans and with newcomers.
FAULTS = {
    "a1": (1, {"veteran": 0.02, "newcomer": 0.04}),
    "a2": (1, {"veteran": 0.02, "newcomer": 0.02}),
    "b1": (3, {"veteran": 0.20, "newcomer": 0.18}),
    "b2": (1, {"veteran": 0.05, "newcomer": 0.05}),
    "c1": (4, {"veteran": 0.35, "newcomer": 0.06}),
    "c2": (4, {"veteran": 0.05, "newcomer": 0.35}),
    "c3": (1, {"veteran": 0.00, "newcomer": 0.00}),
    "d1": (2, {"veteran": 0.06, "newcomer": 0.12}),
    "d2": (2, {"veteran": 0.12, "newcomer": 0.06}),
    "e1": (2, {"veteran": 0.06, "newcomer": 0.08}),
    "e2": (2, {"veteran": 0.10, "newcomer": 0.08}),
}
HUNG_UP = "the customer hung up first"


@cache
def calls() -> list[dict[str, str]]:
    """Five to eight calls of each agent in each week, by the moment at which they began."""
    rng = random.Random(SEED)
    made = []
    for agent, (site, tenure) in AGENTS.items():
        for week in range(WEEKS):
            for _ in range(5 + int(4 * rng.random())):
                minutes = int(5 * 540 * rng.random())  # of five days with nine hours
                moment = timedelta(days=7 * week + minutes // 540, hours=9, minutes=minutes % 540)
                made.append(
                    {
                        "site": site,
                        "started_at": f"{FIRST_MONDAY + moment:%Y-%m-%d %H:%M}",
                        "agent": agent,
                        "tenure": tenure,
                        "duration_seconds": str(40 + int(400 * rng.random())),
                    }
                )
    made.sort(key=lambda call: (call["started_at"], call["agent"]))
    return [{"call_id": f"C-{number:03}", **call} for number, call in enumerate(made, 1)]


def heard(call: dict[str, str]) -> dict[str, int | None]:
    """How often each fault occurs in a call; ``None`` where the closing was never reached."""
    rng = random.Random(f"{SEED}, {call['call_id']}")
    found: dict[str, int | None] = {
        code: sum(rng.random() < rate[call["tenure"]] for _ in range(most)) for code, (most, rate) in FAULTS.items()
    }
    return {**found, "b1": None} if rng.random() < 0.08 else found


def row_of_form(key: list[str]) -> dict[str, object]:
    """What a listener writes beside the question about a call."""
    code, call_id = key[4], json.loads(key[5])[0]
    times = heard(next(call for call in calls() if call["call_id"] == call_id))[code]
    if times is None:
        return {"not_applicable": HUNG_UP}
    return {"answer": times, "note": f"heard in {call_id}"} if times else {"answer": 0}


def records() -> str:
    """The calls as CSV."""
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, list(calls()[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(calls())
    return text.getvalue()


if __name__ == "__main__":
    if len(sys.argv) == 1:
        RECORDS.write_text(records(), encoding="utf-8", newline="\n")
    fill = runpy.run_path(str(Path(__file__).with_name("filling.py")))["fill"]
    for form in sys.argv[1:]:
        fill(Path(form), row_of_form)
