"""How columns keep texts and whole numbers, alike in every database.

Whole numbers have 64 bits, and texts are compared and sorted by their code points, whatever language a server speaks.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Integer, Text

WHOLE = BigInteger().with_variant(Integer(), "sqlite")  # a key of SQLite numbers its rows only as INTEGER
TEXT = Text().with_variant(Text(collation="C"), "postgresql")
