"""What excites a unit most: an image made for it, and the patches of real images it answers to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from cnncourse._arrays import integer, is_sequence
from cnncourse.inside._given import images_for, number_type, part_number
from cnncourse.inside.units import receptive_field_of
from cnncourse.networks.sequential import Sequential

TRIES = 20
"""Noise images tried until one makes the unit answer."""


@dataclass(frozen=True, eq=False)  # holds arrays
class Maximised:
    """An image made for a unit.

    Attributes
    ----------
    image : (C, H, W) ndarray
    activations : (steps + 1,) float64 ndarray
        Of the unit in front of each step, and at the end.
    """

    image: np.ndarray
    activations: np.ndarray


@dataclass(frozen=True, eq=False)
class Excitation:
    """A patch that a unit answered to.

    Attributes
    ----------
    value : float
        The activation.
    image : int
        Number of the image.
    place : tuple of int
        (row, column) in the unit's map; empty behind the flattening.
    box : (int, int, int, int)
        First row, first column, rows and columns of the patch in the image.
    patch : (C, rows, columns) ndarray
        All that the unit sees; smaller where it looks over the border.
    """

    value: float
    image: int
    place: tuple[int, ...]
    box: tuple[int, int, int, int]
    patch: np.ndarray


def activation_maximisation(
    network: Sequential,
    part: int,
    unit: int | Sequence[int],
    image_shape: Sequence[int],
    *,
    steps: int = 100,
    rate: float = 0.05,
    penalty: float = 0.1,
    shift: int = 1,
    bounds: tuple[float, float] | None = None,
    seed: int = 0,
) -> Maximised:
    """Climb from noise to an image x that a unit answers to strongly (Erhan et al. 2009).

    Maximises a(x) - penalty * sum(x**2) by steps of
        x <- x + rate * (da/dx - 2 * penalty * x),
    the gradient each time taken at x moved by a few pixels and moved back, so that no detail that
    hangs on one pixel survives. Without the penalty nothing would keep x small. What comes out is
    one of many such images: it depends on the seed, the penalty and the shifts, and tells what
    the unit answers to, not what it is for.

    Parameters
    ----------
    network : Sequential
    part : int
        Number of the part that the unit belongs to. One in front of a ReLU is better than the
        ReLU itself, whose slope is 0 where the unit is silent.
    unit : int, or (channel, row, column)
        A channel, of whose map the middle unit is taken; or one unit; or, behind the flattening, a
        feature.
    image_shape : (C, H, W)
    steps : int, default 100
    rate : float, default 0.05
        On a linear unit the steps are stable up to 1 / penalty; a network bends, and wants far
        less. If the activations jump or fall, it is too large.
    penalty : float, default 0.1
        In activation per squared brightness, at least 0.
    shift : int, default 1
        At most so many pixels, round the border; 0 for none.
    bounds : (float, float), optional
        Darkest and brightest pixel allowed, such as (0, 1).
    seed : int, default 0
        Of the noise (normal, standard deviation 0.1) and the shifts.

    Returns
    -------
    Maximised

    Raises
    ------
    TypeError, ValueError
        If an argument has another form, there is no such part or unit, or the unit has slope 0 at
        all noise tried.

    Notes
    -----
    D. Erhan, Y. Bengio, A. Courville, P. Vincent, "Visualizing Higher-Layer Features of a Deep
    Network", technical report 1341, Université de Montréal, 2009; the penalty as in Simonyan et
    al. 2014, arXiv:1312.6034.

    Examples
    --------
    A linear unit a = w x has its best image at w / (2 penalty).

    >>> from cnncourse.networks.parts import Dense, Flatten
    >>> network = Sequential([Flatten(), Dense(2, 1, random=np.random.default_rng(0))])
    >>> network.load({"1.kernel": [[1, -2]], "1.bias": [0]})
    >>> steps = {"rate": 1, "penalty": 0.25, "shift": 0}
    >>> made = activation_maximisation(network, -1, 0, (1, 1, 2), **steps)
    >>> made.image.round(4).tolist(), float(made.activations[-1].round(4))
    ([[[2.0, -4.0]]], 10.0)
    """
    front = network[: part_number(network, part) + 1]
    jitter = integer("shift", shift, minimum=0)
    if not (0 < rate < np.inf and 0 <= penalty < np.inf):
        raise ValueError(
            f"rate must be positive and penalty not negative, both finite, got {rate} and {penalty}"
        )
    low, high = _range(bounds)
    random = np.random.default_rng(seed)
    shape = (1, *(integer("image_shape", n) for n in image_shape))
    x = _start(front, unit, shape, random).clip(low, high)
    found = []
    for _ in range(integer("steps", steps)):
        move = tuple(random.integers(-jitter, jitter + 1, 2).tolist())
        value, slope = _climb(front, unit, np.roll(x, move, axis=(2, 3)))
        slope = np.roll(slope, (-move[0], -move[1]), axis=(2, 3))
        found.append(value)
        x = (x + x.dtype.type(rate) * (slope - x.dtype.type(2 * penalty) * x)).clip(low, high)
    found.append(_climb(front, unit, x)[0])
    return Maximised(x[0], np.array(found))


def _range(bounds: tuple[float, float] | None) -> tuple[float, float]:
    if bounds is None:
        return -np.inf, np.inf
    if not is_sequence(bounds) or len(bounds) != 2 or not bounds[0] < bounds[1]:
        raise ValueError(f"bounds must be a pair that rises, got {bounds!r}")
    return bounds


def most_exciting(
    network: Sequential,
    images: ArrayLike,
    part: int,
    unit: int,
    count: int = 9,
    *,
    one_per_image: bool = True,
    batch: int = 256,
) -> list[Excitation]:
    """Return the patches of real images that a unit answers to most (Zeiler and Fergus 2014).

    Parameters
    ----------
    network : Sequential
    images : (N, C, H, W) array_like
    part : int
        Number of the part that the unit belongs to.
    unit : int
        Channel; behind the flattening, feature.
    count : int, default 9
        Fewer come if there are not so many.
    one_per_image : bool, default True
        Take only the best place of each image: its neighbours show nearly the same.
    batch : int, default 256
        Images at a time.

    Returns
    -------
    list of Excitation
        The strongest first; of equals, those of the earlier image and place.

    Raises
    ------
    TypeError, ValueError
        If an argument has another form, or there is no such part or unit.

    Notes
    -----
    M. D. Zeiler, R. Fergus, "Visualizing and Understanding Convolutional Networks", ECCV 2014,
    doi:10.1007/978-3-319-10590-1_53.

    Examples
    --------
    >>> from cnncourse.networks.parts import Pool
    >>> network = Sequential([Pool((1, 2), kind="average")])
    >>> best = most_exciting(network, [[[[1, 2, 3, 9]]], [[[8, 0, 0, 0]]]], 0, 0, 1)[0]
    >>> best.value, best.image, best.place, best.box, best.patch.tolist()
    (6.0, 0, (0, 1), (0, 2, 1, 2), [[[3.0, 9.0]]])
    """
    pictures = images_for(network, images)
    at = part_number(network, part)
    wanted = integer("count", count)
    step = integer("batch", batch)
    front = network[: at + 1]
    answers = np.concatenate(
        [
            _of_unit(front.forward(pictures[start : start + step]), unit)
            for start in range(0, len(pictures), step)
        ]
    )
    flat = answers.reshape(len(answers), -1)
    if one_per_image:
        best = flat.argmax(axis=1)
        order = np.argsort(-flat[np.arange(len(flat)), best], kind="stable")[:wanted]
        chosen = [(int(n), int(best[n])) for n in order]
    else:
        order = np.argsort(-flat, axis=None, kind="stable")[:wanted]
        chosen = [(int(k) // flat.shape[1], int(k) % flat.shape[1]) for k in order]
    return [_excitation(network, at, unit, pictures, answers, n, k) for n, k in chosen]


def _excitation(
    network: Sequential,
    part: int,
    unit: int,
    pictures: np.ndarray,
    answers: np.ndarray,
    number: int,
    flat_place: int,
) -> Excitation:
    spread = answers.shape[1:]
    place = tuple(int(i) for i in np.unravel_index(flat_place, spread)) if spread else ()
    field = receptive_field_of(network, part, place or unit, pictures.shape[1:])
    top, left, rows, columns = field.box
    patch = pictures[number, :, top : top + rows, left : left + columns].copy()
    return Excitation(float(answers[(number, *place)]), number, place, field.box, patch)


def _of_unit(out: np.ndarray, unit: int) -> np.ndarray:
    """A channel's maps, (N, h, w), or a feature of each image, (N,)."""
    if integer("unit", unit, minimum=0) >= out.shape[1]:
        raise ValueError(f"unit must be from 0 to {out.shape[1] - 1}, got {unit}")
    return out[:, unit]


def _place(unit: int | Sequence[int], shape: tuple[int, ...]) -> tuple[int, ...]:
    """Index of one unit in an output of (channels, rows, columns) or (features,)."""
    whole: tuple[Any, ...] = tuple(unit) if isinstance(unit, Sequence) else (unit,)
    if len(whole) == 1 and len(shape) == 3:
        whole = (*whole, shape[1] // 2, shape[2] // 2)
    at = tuple(integer("unit", number, minimum=0) for number in whole)
    if len(at) != len(shape) or any(i >= n for i, n in zip(at, shape, strict=True)):
        raise ValueError(f"unit must be one of an output of {shape}, got {unit!r}")
    return at


def _climb(front: Sequential, unit: int | Sequence[int], x: np.ndarray) -> tuple[float, np.ndarray]:
    """The unit's activation and its slope da/dx."""
    out = front.forward(x)
    at = (0, *_place(unit, out.shape[1:]))
    chosen = np.zeros_like(out)
    chosen[at] = 1
    slope = front.backward(chosen, to_input=True)
    assert slope is not None
    return float(out[at]), slope


def _start(
    front: Sequential,
    unit: int | Sequence[int],
    shape: tuple[int, ...],
    random: np.random.Generator,
) -> np.ndarray:
    for _ in range(TRIES):
        x = (0.1 * random.standard_normal(shape)).astype(number_type(front))
        if _climb(front, unit, x)[1].any():
            return x
    raise ValueError(
        f"unit {unit!r} has slope 0 at {TRIES} images of noise: take the part in front of its ReLU"
    )
