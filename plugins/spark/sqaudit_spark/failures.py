"""What Spark says when it fails, as one line without a stack trace and without what stood in a row."""

from __future__ import annotations

import re

from sqaudit.model.ports import EngineFailure

_CONDITION = re.compile(r"\[([A-Z][A-Z0-9_]+)(?:\.[A-Z0-9_.]+)?\]\s*")
# Their messages quote the value of a row; which row is met first differs from run to run.
_ABOUT_A_ROW = {
    **dict.fromkeys(
        ("ARITHMETIC_OVERFLOW", "BINARY_ARITHMETIC_OVERFLOW", "CAST_OVERFLOW", "NUMERIC_VALUE_OUT_OF_RANGE"),
        "a number is too large",
    ),
    **dict.fromkeys(("DIVIDE_BY_ZERO", "REMAINDER_BY_ZERO"), "a division by zero"),
    **dict.fromkeys(("DATETIME_OVERFLOW", "DATETIME_FIELD_OUT_OF_BOUNDS"), "a date or time out of range"),
    **dict.fromkeys(("CAST_INVALID_INPUT", "MALFORMED_CSV_RECORD"), "a value that cannot be read"),
    "MALFORMED_RECORD_IN_PARSING": "a record of the file that has more or fewer cells than its header",
}
_LOST = (
    "SparkContext was shut down",
    "stopped SparkContext",
    "Cannot call methods on a stopped",
    "cancelled because SparkContext",
    "All masters are unresponsive",
    "Connection refused",
    "StatusCode.UNAVAILABLE",
    "Answer from Java side is empty",
    "Error while sending or receiving",
    "while trying to connect to the Java server",
    "Master removed our application",
)
_NOISE = re.compile(r"\s*(SQLSTATE: |If necessary set |Use `try_|== SQL|Driver stacktrace:|\(TID \d+\)).*$", re.DOTALL)


def failure_of(error: BaseException) -> EngineFailure:
    """The failure that an error of Spark, py4j or gRPC means."""
    said = words_of(error)
    for condition in _CONDITION.findall(said):
        if condition in _ABOUT_A_ROW:
            return EngineFailure(_ABOUT_A_ROW[condition])
    return EngineFailure(one_line(said), lost=any(sign in said for sign in _LOST))


def words_of(error: BaseException) -> str:
    """What an error says; py4j asks Java for the words, which may be gone."""
    try:
        return str(error)
    except Exception as other:  # noqa: BLE001  whatever it is, there is nobody to ask
        return f"Error while sending or receiving: {other}"


def one_line(said: str) -> str:
    """The sentence that matters, of a message that may hold a Java stack."""
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    lines = [line for line in lines if not line.startswith(("at ", "..."))] or ["no reason was given"]
    line = next((each for each in lines if _CONDITION.search(each)), None)
    line = line or next((each for each in lines if "Exception: " in each or "Error: " in each), lines[0])
    line = _CONDITION.sub("", _NOISE.sub("", line))
    line = re.sub(r"^(: )?([a-z]\w*\.)+\w*(Exception|Error): ", "", line)
    return line.strip().rstrip(".")[:400] or "no reason was given"
