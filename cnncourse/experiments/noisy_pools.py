"""Max against average pooling of values in noise: one strong value, or all a little larger.

A step beyond the model of Boureau, Ponce and LeCun (2010), in which values are 1 or 0; see
`cnncourse.experiments.bernoulli`.
"""

from __future__ import annotations

import numpy as np

from cnncourse._arrays import FloatArray, choice, integer
from cnncourse.experiments import bernoulli


def noisy_separability(
    size: int, kind: str, *, strong: float = 0.0, common: float = 0.0, runs: int = 20, seed: int = 0
) -> FloatArray:
    """Separability for values in normal noise of deviation 1, measured on 1000 pools of each class.

    Pools of one class are
    noise alone; in those of the other one value is larger by `strong`, and all by `common`.

    Parameters
    ----------
    size : int
        Number P of values in a pool.
    kind : {"max", "average"}
    strong, common : float, default 0.0
        In deviations of the noise.
    runs : int, default 20
        Repetitions, for an interval.
    seed : int, default 0

    Returns
    -------
    (runs,) ndarray

    Raises
    ------
    ValueError
        If `size` or `kind` is out of range.

    Examples
    --------
    >>> rare = [noisy_separability(64, kind, strong=4.0).mean() for kind in ("max", "average")]
    >>> bool(rare[0] > 4 * rare[1])
    True
    """
    choice("kind", kind, bernoulli.KINDS)
    shape = (1000, 1, integer("size", size, minimum=1))

    def noise(rng: np.random.Generator) -> FloatArray:
        return rng.standard_normal(shape)

    def signal(rng: np.random.Generator) -> FloatArray:
        values = noise(rng) + common
        values[..., 0] += strong  # where it stands makes no difference to either summary
        return values

    return bernoulli.measured_separability([noise, signal], kind, runs, seed)
