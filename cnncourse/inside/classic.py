"""How like the classic kernels of lesson 02 a learned kernel is, and how like a random one is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from cnncourse._arrays import FloatArray, integer, numeric_array
from cnncourse.kernels import KERNELS_2D

SAME = 1e-12  # cosines this close to 1 belong to one kernel, turned or negated


@dataclass(frozen=True, eq=False)  # holds arrays
class KernelMatches:
    """For each kernel the reference that it is most like, and what random kernels reach.

    Attributes
    ----------
    references : tuple of str
        Those compared with, without any that is another one turned or negated.
    nearest : tuple of str
        The best reference of each kernel.
    cosines : (count,) float64 ndarray
        Its cosine, 0 to 1: the sign is in `signs`. 0 for a kernel of zeros alone.
    turns, signs : (count,) int ndarray
        Sign times the reference, after so many quarter turns anticlockwise, is most like it.
    table : (count, references) float64 ndarray
        The best cosine with each reference.
    chance : (draws,) float64 ndarray
        The best cosines of random kernels, rising.
    """

    references: tuple[str, ...]
    nearest: tuple[str, ...]
    cosines: FloatArray
    turns: np.ndarray
    signs: np.ndarray
    table: FloatArray
    chance: FloatArray

    def threshold(self, share: float = 0.95) -> float:
        """Cosine that this share of random kernels stays below."""
        return float(np.quantile(self.chance, share))

    def by_chance(self) -> FloatArray:
        """For each kernel, the share of random kernels that are at least as like a reference.

        The kernel itself counts as one of them, so it is never 0: (1 + how many) / (1 + draws).

        Returns
        -------
        (count,) float64 ndarray
        """
        below = np.searchsorted(self.chance, self.cosines - SAME, side="left")
        return (1 + len(self.chance) - below) / (1 + len(self.chance))

    def __str__(self) -> str:
        limit = self.threshold()
        beyond = int(np.sum(self.cosines > limit))
        return (
            f"{beyond} of {len(self.cosines)} kernels are more like a classic one than 95 % of "
            f"random kernels are (cosine {limit:.2f}); by chance {0.05 * len(self.cosines):.1f} "
            "would be"
        )


def kernel_matches(
    kernels: ArrayLike,
    references: Mapping[str, ArrayLike] | None = None,
    *,
    draws: int = 10_000,
    seed: int = 0,
) -> KernelMatches:
    """Compare kernels with classic ones, up to sign, size and quarter turns.

    cos(a, b) = sum(a b) / sqrt(sum(a**2) sum(b**2)), the largest of all quarter turns of b and both
    signs. Only nine numbers, several references, four turns and two signs: some match is nearly
    always found, so a cosine says nothing until it is compared with that of random kernels. Those
    are normal: all directions are equally likely, which is how a kernel starts before it learns.

    Parameters
    ----------
    kernels : (..., k, k) array_like
        Such as the (C_out, C_in, 3, 3) of a convolution; each is compared on its own.
    references : mapping of str to (k, k) array_like, optional
        `kernels.KERNELS_2D` if not given.
    draws : int, default 10000
        Random kernels.
    seed : int, default 0

    Returns
    -------
    KernelMatches
        Kernels in C order.

    Raises
    ------
    TypeError
        If they are no real numbers.
    ValueError
        If kernels and references are not square and of one size, or a reference is all 0.

    Examples
    --------
    >>> found = kernel_matches([[[1, 2, 1], [0, 0, 0], [-1, -2, -1]]])
    >>> found.nearest, float(found.cosines[0].round(6)), found.turns.tolist()
    (('sobel_x',), 1.0, [1])
    >>> 0.8 < found.threshold() < 0.9
    True
    """
    given = np.asarray(kernels)
    if given.ndim < 2 or given.shape[-1] != given.shape[-2] or not given.size:
        raise ValueError(f"kernels must be square, (..., k, k), got the shape {given.shape}")
    size = given.shape[-1]
    learned = numeric_array("kernels", given.reshape(-1, size, size), ndim=3)
    if learned.dtype.kind == "c" or not np.isfinite(learned).all():
        raise TypeError("kernels must be finite real numbers")
    known = _distinct(KERNELS_2D if references is None else references, size)
    table, turns, signs = _compared(learned.astype(float), known)
    random = np.random.default_rng(seed).standard_normal((integer("draws", draws), size, size))
    best = table.argmax(axis=1)
    rows, names = np.arange(len(table)), tuple(known)
    return KernelMatches(
        references=names,
        nearest=tuple(names[k] for k in best),
        cosines=table[rows, best],
        turns=turns[rows, best],
        signs=signs[rows, best],
        table=table,
        chance=np.sort(_compared(random, known)[0].max(axis=1)),
    )


def _distinct(references: Mapping[str, ArrayLike], size: int) -> dict[str, FloatArray]:
    """Leave out what is an earlier reference, turned, negated or scaled."""
    found: dict[str, FloatArray] = {}
    for name, value in references.items():
        kernel = numeric_array(f"references[{name!r}]", value, ndim=2).astype(float)
        if kernel.shape != (size, size) or not kernel.any():
            raise ValueError(
                f"references[{name!r}] must be {size} by {size} and not all 0, "
                f"got the shape {kernel.shape}"
            )
        if not found or _compared(kernel[np.newaxis], found)[0].max() < 1 - SAME:
            found[name] = kernel
    if not found:
        raise ValueError("references must hold at least one kernel, got none")
    return found


def _compared(
    kernels: FloatArray, known: Mapping[str, FloatArray]
) -> tuple[FloatArray, np.ndarray, np.ndarray]:
    """Largest cosine of each kernel with each reference, the turns, and the sign."""
    turned = np.stack([[np.rot90(k, turn) for turn in range(4)] for k in known.values()])
    flat = turned.reshape(len(known), 4, -1)
    flat = flat / np.linalg.norm(flat, axis=2, keepdims=True)
    rows = kernels.reshape(len(kernels), -1)
    length = np.linalg.norm(rows, axis=1, keepdims=True)
    rows = np.divide(rows, length, out=np.zeros_like(rows), where=length > 0)
    cosines = np.einsum("np,rtp->nrt", rows, flat)
    turns = np.argmax(np.abs(cosines).round(12), axis=2)  # of equals the fewest turns
    best = np.take_along_axis(cosines, turns[..., np.newaxis], axis=2)[..., 0]
    return np.abs(best), turns, np.where(best < 0, -1, 1)
