"""How much pooling changes when its input moves by a few places (lecture, "Pooling")."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from cnncourse._arrays import FloatArray, choice, integer
from cnncourse.pooling import pool2d, unchanged_fraction

DRAWS = ("independent", "sparse")
LENGTH = 60
"""Values in a row."""

BLUR = np.array([0.25, 0.5, 0.25])
"""Binomial filter of three taps ("Tri-3" in Zhang 2019)."""


def rows_of_values(kind: str, rows: int, *, share: float = 0.05, seed: int = 0) -> FloatArray:
    """Rows of 60 values: all independent and different, or nearly all zero.

    Parameters
    ----------
    kind : {"independent", "sparse"}
        Uniform between 0 and 1; "sparse" keeps each with the chance `share` and puts 0 for the
        others, like a map of rare features behind a ReLU.
    rows : int
    share : float, default 0.05
    seed : int, default 0

    Returns
    -------
    (rows, 60) ndarray

    Raises
    ------
    ValueError
        If `kind` is unknown or `rows` less than 1.

    Examples
    --------
    >>> values = rows_of_values("sparse", 200)
    >>> values.shape, round(float((values > 0).mean()), 2)
    ((200, 60), 0.05)
    """
    choice("kind", kind, DRAWS)
    rng = np.random.default_rng(seed)
    values: FloatArray = rng.random((integer("rows", rows), LENGTH))
    if kind == "sparse":
        values[rng.random(values.shape) >= share] = 0.0
    return values


def unchanged_by_row(values: ArrayLike, size: int, shift: int = 1) -> FloatArray:
    """Share of max-pooled outputs that a shift leaves exactly as they are, row by row.

    The outputs of one row share values, so they are no independent cases; the rows are. Their
    shares are what an interval may be made of.

    Parameters
    ----------
    values : (rows, n) array_like
    size, shift : int

    Returns
    -------
    (rows,) ndarray

    Raises
    ------
    ValueError
        As `cnncourse.pooling.unchanged_fraction`.

    Examples
    --------
    >>> unchanged_by_row([[0, 9, 1, 2, 8], [0, 0, 0, 0, 5]], 3).tolist()
    [0.5, 0.5]
    """
    return np.array([unchanged_fraction(row, size, shift) for row in np.asarray(values)])


def unchanged_features(values: ArrayLike, size: int, shift: int = 1) -> float:
    """Share unchanged among those outputs of max pooling that show something, before or after.

    Outputs that are 0 both times are left out: that nothing stays nothing is no achievement.

    Parameters
    ----------
    values : (rows, n) array_like
        Not negative.
    size, shift : int

    Returns
    -------
    float
        NaN if all outputs are 0.

    Raises
    ------
    ValueError
        If a window or the shift does not fit.

    Examples
    --------
    >>> unchanged_features([[0, 0, 0, 0, 0, 7, 0, 0, 0, 0, 0]], 3)
    0.5
    """
    before, after = _both(values, size, shift, "max", 1)
    there = (before != 0) | (after != 0)
    return float((before == after)[there].mean()) if there.any() else float("nan")


def change(
    values: ArrayLike, size: int, shift: int = 1, *, kind: str = "max", stride: int = 1
) -> float:
    """Mean absolute change of pooled outputs when their input moves, in parts of their mean size.

    Unlike a count of unchanged values it asks how *much* an output changes, and means something
    for every kind of pooling and for sparse inputs.

    Parameters
    ----------
    values : (rows, n) array_like
    size, shift : int
        A window of 1 with stride 1 measures the input itself.
    kind : {"max", "average", "l2", "blur"}, default "max"
        "blur" as in `blur_pool`.
    stride : int, default 1

    Returns
    -------
    float
        0 for no change; NaN if all outputs are 0.

    Raises
    ------
    ValueError
        If `kind` is unknown, or a window or the shift does not fit.

    Examples
    --------
    >>> change([[0, 0, 1, 1, 0, 0, 1, 1, 0, 0]], 2, kind="max", stride=2)
    0.5
    """
    before, after = _both(values, size, shift, kind, stride)
    level = float(np.abs(before).mean())
    return float(np.abs(after - before).mean()) / level if level else float("nan")


def outputs_move(values: ArrayLike, size: int, stride: int, shift: int) -> bool:
    """Whether a shift of the values only moves the max-pooled outputs by some number of places.

    Parameters
    ----------
    values : (n,) array_like
        All different, or equal windows may be taken for moved ones.
    size, stride, shift : int

    Returns
    -------
    bool

    Raises
    ------
    ValueError
        If a window or the shift does not fit.

    Examples
    --------
    >>> row = [3, 1, 4, 15, 9, 2, 6, 5, 35, 8]
    >>> [outputs_move(row, 2, 2, shift) for shift in (1, 2)]
    [False, True]
    """
    before, after = (outputs[0] for outputs in _both(values, size, shift, "max", stride))
    count = before.size
    return any(np.array_equal(after[m:], before[: count - m]) for m in range(min(count, shift + 1)))


def blur_pool(values: ArrayLike, size: int, stride: int) -> FloatArray:
    """Max pooling that smooths before it skips: densely pooled, blurred, then every `stride`-th.

    R. Zhang, "Making convolutional networks shift-invariant again", ICML 2019. Along the last axis
    only, for windows that lie wholly on the row.

    Parameters
    ----------
    values : (..., n) array_like
    size, stride : int

    Returns
    -------
    (..., (n - size - 2) // stride + 1) ndarray

    Raises
    ------
    ValueError
        If size + 2 values are more than there are.

    Examples
    --------
    >>> blur_pool([0, 4, 0, 0, 8, 0], 2, 2).tolist()
    [3.0, 6.0]
    """
    row = np.asarray(values, dtype=float)
    step, width = integer("stride", stride), integer("size", size)
    if row.ndim == 0 or row.shape[-1] < width + 2:
        raise ValueError(f"values must be rows of at least {width + 2}, got shape {row.shape}")
    dense = pool2d(np.atleast_2d(row), (1, width), stride=1).reshape(*row.shape[:-1], -1)
    blurred = BLUR[0] * dense[..., :-2] + BLUR[1] * dense[..., 1:-1] + BLUR[2] * dense[..., 2:]
    kept: FloatArray = blurred[..., ::step]
    return kept


def _both(
    values: ArrayLike, size: int, shift: int, kind: str, stride: int
) -> tuple[FloatArray, FloatArray]:
    """Outputs before and after the values move to the right, on the places that both see.

    The frame lies `shift` values from the left end, so that nothing is invented at the border.
    """
    rows = np.atleast_2d(np.asarray(values, dtype=float))
    d = integer("shift", shift, minimum=0)
    if d >= rows.shape[-1]:
        raise ValueError(f"shift must be less than the {rows.shape[-1]} values, got {shift!r}")
    seen = rows[..., d:], rows[..., : rows.shape[-1] - d]
    if kind == "blur":
        return blur_pool(seen[0], size, stride), blur_pool(seen[1], size, stride)
    before, after = (pool2d(row, (1, size), kind=kind, stride=(1, stride)) for row in seen)
    return before, after
