"""What a few yes or no answers tell about a share."""

from __future__ import annotations

import math

# Of the standard normal distribution: 95 % lie within this many standard deviations.
_Z95 = 1.959963984540054


def wilson_interval(right: int, count: int, z: float = _Z95) -> tuple[float, float]:
    """Interval for a share, from how often something happened; sensible for small numbers, too.

    E. B. Wilson, "Probable inference, the law of succession, and statistical inference", Journal of
    the American Statistical Association 22 (1927): the shares p for which `right` of `count` lies
    within z standard deviations sqrt(p (1 - p) / count) of p.

    Parameters
    ----------
    right, count : int
        0 <= right <= count, count >= 1.
    z : float
        Standard deviations; 1.96 gives 95 %.

    Returns
    -------
    low, high : float

    Raises
    ------
    ValueError
        If the numbers are not as above.

    Examples
    --------
    >>> low, high = wilson_interval(4, 6)
    >>> round(low, 2), round(high, 2)
    (0.3, 0.9)
    """
    if not 0 <= right <= count or count < 1:
        raise ValueError(f"right must be 0 to count, and count at least 1, got {right} of {count}")
    share, square = right / count, z * z / count
    centre = share + square / 2
    half = z * math.sqrt(share * (1 - share) / count + square / (4 * count))
    low, high = (centre - half) / (1 + square), (centre + half) / (1 + square)
    return (0.0 if right == 0 else low), (1.0 if right == count else high)
