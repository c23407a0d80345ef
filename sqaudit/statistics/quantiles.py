"""The quantiles that intervals are made of: normal and Student's t."""

from __future__ import annotations

from functools import cache, lru_cache
from statistics import NormalDist
from threading import Thread
from types import ModuleType

CONFIDENCE = 0.95


@cache
def special_functions() -> ModuleType:
    """The special functions of scipy, loaded on the first call; ``scipy.stats`` would take several times as long."""
    import scipy.special

    return scipy.special  # type: ignore[no-any-return]


def load_ahead() -> None:
    """Load the special functions beside other work that waits, such as a query: most runs need them in the end.

    The process does not end before: an import that is cut off leaves libraries complaining of what they lost.
    """
    Thread(target=special_functions, name="sqaudit-special-functions").start()


@lru_cache(maxsize=64)
def normal_quantile(confidence: float = CONFIDENCE) -> float:
    """The number of standard errors on either side of which ``confidence`` (between 0 and 1) of a normal lies.

    Raises:
        ValueError: ``confidence`` is not between 0 and 1.
    """
    return NormalDist().inv_cdf(_upper(confidence))


# A weighted sample has any number of degrees of freedom, so a run may ask for as many as it has items and sites.
@lru_cache(maxsize=65_536)
def student_quantile(degrees: float, confidence: float = CONFIDENCE) -> float:
    """The same for Student's t with ``degrees`` (above 0, not necessarily whole) of freedom.

    Raises:
        ValueError: ``confidence`` is not between 0 and 1, or ``degrees`` not above 0.
    """
    if not degrees > 0:
        raise ValueError(f"degrees of freedom must be above 0, got {degrees}")
    return float(special_functions().stdtrit(degrees, _upper(confidence)))


def _upper(confidence: float) -> float:
    if not 0 < confidence < 1:
        raise ValueError(f"confidence must be between 0 and 1, got {confidence}")
    return (1 + confidence) / 2
