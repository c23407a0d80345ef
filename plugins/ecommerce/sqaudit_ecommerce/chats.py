"""Exported chats: one conversation with its messages becomes one row with the moments that matter."""

from __future__ import annotations

import glob
import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path

from sqaudit.errors import UnusableSource, told
from sqaudit.model.ports import Collected, CollectRequest

_SPEAKERS: Mapping[str, Sequence[str]] = {"customer": ["customer"], "bot": ["bot"], "person": ["person"]}
_OWN = ("started_at", "first_bot_at", "first_person_at", "ended_at", "ended_by", "handled_by", "messages", "line")
_ONLY = {(True, False): "bot", (False, True): "person", (True, True): "both", (False, False): "nobody"}


class ChatCollector:
    """Conversations of a chat platform, one JSON object per line, with ``messages`` that have ``at`` and ``by``.

    | column | holds |
    |---|---|
    | ``started_at`` | the customer's first message |
    | ``first_bot_at`` | the bot's first message after that; nothing if it said none |
    | ``first_person_at`` | the first message of a person after that: what counts as a first reply |
    | ``ended_at`` | the last message |
    | ``ended_by`` | who had the last word: ``customer``, ``bot`` or ``person`` |
    | ``handled_by`` | who answered: ``bot``, ``person``, ``both`` or ``nobody`` |
    | ``messages`` | how many messages these three wrote |
    | ``line`` | the line of the file, to find the conversation again |

    ``speakers`` says which words of ``by`` mean a customer, a bot and a person; messages of anybody else, such as
    automatic notices, are no answers and are left out. What else a conversation holds beside its messages becomes a
    column under its own name. Texts of messages are never read into rows. A conversation whose messages cannot be
    understood has no ``started_at``, so that it is counted among the rejected rows.

    Example:
        ``chats: {collector: chats, params: {path: "data/chats-*.jsonl"}, site: shop, time: started_at}``
    """

    name = "chats"
    parameters_schema: Mapping[str, object] = {
        "type": "object",
        "required": ["path"],
        "additionalProperties": False,
        "properties": {
            "path": {"type": "string", "minLength": 1},
            "speakers": {
                "type": "object",
                "additionalProperties": False,
                "required": ["customer"],
                "properties": {
                    name: {"type": "array", "minItems": 1, "items": {"type": "string"}} for name in _SPEAKERS
                },
            },
        },
    }

    def collect(self, request: CollectRequest) -> Collected:
        """The conversations of all files that the path names, one row each.

        Raises:
            UnusableSource: There is no such file, or it cannot be read.
        """
        parameters = request.source.parameters
        given = parameters.get("speakers")
        speakers: Mapping[str, Sequence[str]] = given if isinstance(given, Mapping) else _SPEAKERS
        roles = {word: role for role, words in speakers.items() for word in words}
        rows: list[Mapping[str, object]] = []
        for path in _files(request, str(parameters["path"])):
            rows += [_row(number, line, roles) for number, line in _lines(path)]
        return Collected(rows=rows)


def _files(request: CollectRequest, pattern: str) -> Sequence[Path]:
    folder = request.project / request.source.folder
    found = [folder / name for name in sorted(glob.glob(pattern, root_dir=folder, recursive=True))]  # noqa: PTH207 - Path.glob shows hidden files
    files = [path for path in found if path.is_file()]
    if not files:
        raise UnusableSource(
            "SQA501",
            told({"en": "there is no file of chats '{path}'", "zh": "没有会话文件 '{path}'"}, path=pattern),
            told(
                {
                    "en": "name files of JSON lines, relative to the folder of the programme",
                    "zh": "请填写 JSON Lines 文件，路径相对于审核方案所在文件夹",
                }
            ),
        )
    return files


def _lines(path: Path) -> Iterator[tuple[int, str]]:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise UnusableSource(
            "SQA501",
            told(
                {"en": "the chats '{file}' cannot be read: {reason}", "zh": "无法读取会话文件 '{file}'：{reason}"},
                file=path.name,
                reason=error,
            ),
            told({"en": "export them as UTF-8", "zh": "请以 UTF-8 编码导出"}),
        ) from error
    # Not splitlines(): texts may hold line separators of other kinds.
    return ((number, line) for number, line in enumerate(text.split("\n"), 1) if line.strip())


def _row(number: int, line: str, roles: Mapping[str, str]) -> Mapping[str, object]:
    try:
        chat = json.loads(line)
    except ValueError:
        chat = None
    if not isinstance(chat, dict):
        chat = {}
    kept = {
        name: value
        for name, value in chat.items()
        if name not in _OWN and isinstance(value, str | int | float | bool | None)
    }
    return {**kept, **dict.fromkeys(_OWN), "line": number, **_moments(chat.get("messages"), roles)}


def _moments(messages: object, roles: Mapping[str, str]) -> Mapping[str, object]:
    said: list[tuple[datetime, str, str]] = []
    try:
        for message in messages if isinstance(messages, list) else ():
            role = roles.get(message["by"])
            if role is not None:
                said.append((datetime.fromisoformat(message["at"]), role, message["at"]))
        said.sort(key=lambda one: one[0])
    except (KeyError, TypeError, ValueError):  # no message, no moment, or moments with and without a zone
        return {}
    begin = next((place for place, (_, role, _) in enumerate(said) if role == "customer"), None)
    if begin is None:
        return {}
    after = said[begin:]
    first = {role: next((at for _, by, at in after if by == role), None) for role in ("bot", "person")}
    return {
        "started_at": after[0][2],
        "first_bot_at": first["bot"],
        "first_person_at": first["person"],
        "ended_at": after[-1][2],
        "ended_by": after[-1][1],
        "handled_by": _ONLY[first["bot"] is not None, first["person"] is not None],
        "messages": len(after),
    }
