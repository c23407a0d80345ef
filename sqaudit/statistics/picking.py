"""Regression to the mean: what was picked because it was bad looks better the next time, whatever was done about it.

A site whose value is bad is partly unlucky, and luck does not last. When the value it was picked by is also what the
later one is compared with, a test that knows nothing of the picking finds improvements where there are none: of 200
sites that are all alike, more than one in six of the worst tenth. Comparing with the sites that were not picked does
not help, for only the picked ones were unlucky. Three things do:

1. The value before is of another period than the one the site was picked by: it was not picked by that value.
2. The controls were picked by the same values and the same rule, and who was treated of them was not chosen by value:
   they were unlucky as well, and the difference in differences takes it away.
3. The probability is multiplied by the ways in which the picking could have ended (C. E. Bonferroni 1936). Whichever
   site had come out, chance would have had to make that one look better; all of them together stay below the level.

The third needs nothing to be declared and no further period; it asks for a larger effect. In the first two there is one
way only. All three take the values of two periods to be independent of each other for a site that stays as it is.

A. G. Barnett, J. C. van der Pols, A. J. Dobson, Regression to the mean: what it is and how to deal with it,
*International Journal of Epidemiology* 34 (2005) 215-220. That controls matched by value out of another kind of sites
regress to a mean of their own: J. R. Daw, L. A. Hatfield, Matching and regression to the mean in
difference-in-differences analysis, *Health Services Research* 53 (2018) 4138-4156.
"""

from __future__ import annotations

from fractions import Fraction
from math import comb


def ways_to_pick(candidates: int, picked: int = 1, occasions: int = 1) -> int:
    """In how many ways the picking could have ended: 1, where all were picked at the only occasion there was.

    Args:
        candidates: How many sites could have been picked at one occasion, by the value that is judged.
        picked: How many were, and are judged together by one value.
        occasions: How often there was a picking like this, up to the one that picked them: the cycles so far.

    Raises:
        ValueError: More were picked than there were, or none; or there was no occasion.
    """
    if not 1 <= picked <= candidates or occasions < 1:
        raise ValueError(f"{picked} of {candidates} sites cannot be picked at {occasions} occasions")
    return comb(candidates, picked) * occasions


def after_picking(p: float, ways: int) -> float:
    """A probability of what was picked in one of so many ways by the values it is made of; 0 to 1.

    Raises:
        ValueError: ``p`` is not from 0 to 1, or there is no way.
    """
    if not 0 <= p <= 1 or ways < 1:
        raise ValueError(f"a probability of {p} in {ways} ways is impossible")
    # The number of ways may be beyond all floats.
    return float(min(Fraction(1), Fraction(p) * ways))
