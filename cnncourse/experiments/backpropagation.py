"""Backward steps under three checks that share no mistake, and mistakes for them to find.

*Numeric*: dJ/dx is what J = <Z, y> changes by when one number of x moves a little, both ways
(central difference). *Adjoint*: a linear layer Z = A x goes back by its adjoint, <A x, y> =
<x, A^T y> for all x and y, exactly but for rounding. *Autograd*: torch's own backward step.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from cnncourse._arrays import FloatArray, choice, integer
from cnncourse.conv import conv2d
from cnncourse.gradients import (
    conv2d_input_gradient,
    conv2d_kernel_gradient,
    pool2d_input_gradient,
)
from cnncourse.pooling import pool2d

STEP = 1e-5
"""Of the numeric slope: rounding of 1e-16 in J becomes about 1e-11 in its slope."""

TOLERANCES = {"numeric": 1e-7, "adjoint": 1e-11, "autograd": 1e-11}
"""Largest relative difference that passes as rounding; as measured they stay 100 times below."""

Arrays = dict[str, FloatArray]


@dataclass(frozen=True)
class Layer:
    """A layer with its backward step.

    Attributes
    ----------
    name : str
    kind : {"convolution", "max", "average", "l2"}
    size : (rows, columns)
        Of the kernel or window.
    options : dict
        As `conv2d` or `pool2d` takes them.
    """

    name: str
    kind: str
    size: tuple[int, int]
    options: dict[str, Any] = field(default_factory=dict)

    @property
    def groups(self) -> int:
        """Groups of channels, of a convolution."""
        return int(self.options.get("groups", 1))

    @property
    def linear(self) -> bool:
        """Whether Z is linear in x."""
        return self.kind in ("convolution", "average")

    def forward(self, given: Arrays) -> FloatArray:
        """Z for x, or for x, kernel and bias."""
        if self.kind == "convolution":
            return conv2d(given["input"], given["kernel"], given["bias"], **self.options)
        return pool2d(given["input"], self.size, kind=self.kind, **self.options)

    def backward(self, given: Arrays, y: FloatArray) -> Arrays:
        """Slopes of J = <Z, y> by each of what is given."""
        x = given["input"]
        if self.kind != "convolution":
            flow = pool2d_input_gradient(y, x, self.size, kind=self.kind, **self.options)
            return {"input": flow}
        kernel = given["kernel"]
        return {
            "input": conv2d_input_gradient(y, kernel, x.shape, **self.options),
            "kernel": conv2d_kernel_gradient(y, x, kernel.shape, **self.options),
            "bias": y.sum(axis=(0, 2, 3)),
        }


LAYERS = (
    Layer("convolution 3 x 2", "convolution", (3, 2)),
    Layer("padding (1, 2)", "convolution", (3, 2), {"padding": (1, 2)}),
    Layer("stride (2, 3)", "convolution", (3, 2), {"stride": (2, 3)}),
    Layer("stride 2, padding 1", "convolution", (3, 3), {"stride": 2, "padding": 1}),
    Layer("dilation (1, 2)", "convolution", (3, 2), {"dilation": (1, 2)}),
    Layer("2 groups, padding 1", "convolution", (3, 3), {"groups": 2, "padding": 1}),
    Layer("max pool 2", "max", (2, 2)),
    Layer("max pool 3, stride 2", "max", (3, 3), {"stride": 2}),
    Layer("max pool 3, stride 1, padding 1", "max", (3, 3), {"stride": 1, "padding": 1}),
    Layer("average pool 3, stride 2", "average", (3, 3), {"stride": 2}),
    Layer("L2 pool 2, stride 1", "l2", (2, 2), {"stride": 1}),
)
"""Several images, several channels, nothing square: what is equal by chance shows nothing."""


@dataclass(frozen=True)
class GradientCheck:
    """One gradient of one layer; each difference in parts of the gradient's largest number.

    Attributes
    ----------
    layer, of : str
        Name of the layer; "input", "kernel" or "bias".
    numeric, autograd : float
        Largest difference from the numeric slopes, and from torch's.
    adjoint : float or None
        How far <A x, y> is from <x, A^T y>; None where the layer is not linear in what is given.
    """

    layer: str
    of: str
    numeric: float
    adjoint: float | None
    autograd: float

    def within(self, check: str) -> bool | None:
        """Whether one of the differences is as small as rounding; None where there is none.

        Parameters
        ----------
        check : {"numeric", "adjoint", "autograd"}
        """
        found: float | None = getattr(self, choice("check", check, tuple(TOLERANCES)))
        return None if found is None else found < TOLERANCES[check]


@dataclass(frozen=True)
class GradientChecks:
    """All layers.

    Attributes
    ----------
    checks : tuple of GradientCheck
    mistakes : dict of str to float
        For each wrong backward step, its largest difference from the numeric slopes.
    """

    checks: tuple[GradientCheck, ...]
    mistakes: dict[str, float]

    @property
    def agree(self) -> bool:
        """Whether no check of any layer found more than rounding."""
        return all(one.within(check) is not False for one in self.checks for check in TOLERANCES)

    @property
    def noticed(self) -> bool:
        """Whether the numeric check finds every mistake, and by far."""
        return all(found > 1000 * TOLERANCES["numeric"] for found in self.mistakes.values())

    def __str__(self) -> str:
        """A row for each layer, all its gradients together; nothing that rounding changes."""
        lines = [f"{'layer':<33}{'gradients':<21}{'numeric':<9}{'adjoint':<9}autograd"]
        for name in dict.fromkeys(one.layer for one in self.checks):
            rows = [one for one in self.checks if one.layer == name]
            words = (_word([row.within(check) for row in rows]) for check in TOLERANCES)
            of = ", ".join(row.of for row in rows)
            lines.append(f"{name:<33}{of:<21}{''.join(f'{word:<9}' for word in words)}".rstrip())
        limits = ", ".join(f"{name} {limit:.0e}" for name, limit in TOLERANCES.items())
        lines.append(f"agrees: apart by less, in parts of the largest slope, than {limits}")
        lines.append("Does the numeric check notice a mistake? Apart by, in the same parts:")
        lines += [f"  {name:<54}{found:.2f}" for name, found in self.mistakes.items()]
        return "\n".join(lines)

    __repr__ = __str__


def check_gradients(seed: int = 0) -> GradientChecks:
    """Check the backward steps of convolution and pooling, with arguments of all kinds.

    J = <Z, y> = sum(Z * y) for a random y, so that y is dJ/dZ. Less than a second.

    Parameters
    ----------
    seed : int, default 0
        Of images, kernels, biases and y: normal numbers.

    Returns
    -------
    GradientChecks

    Raises
    ------
    TypeError, ValueError
        If `seed` is no integer of 0 or more.

    Examples
    --------
    >>> found = check_gradients()
    >>> found.agree, found.noticed
    (True, True)
    """
    integer("seed", seed, minimum=0)
    checks: list[GradientCheck] = []
    for number, layer in enumerate(LAYERS):
        given, y = _drawn(layer, np.random.default_rng([seed, number]))
        checks += _checked(layer, given, y)
    return GradientChecks(tuple(checks), _mistakes(np.random.default_rng([seed, len(LAYERS)])))


def numeric_slopes(function: Callable[[FloatArray], float], x: FloatArray) -> FloatArray:
    """Slope of a function by each number of x: (J(x + h) - J(x - h)) / 2h.

    Parameters
    ----------
    function : callable
        Of an array like x.
    x : ndarray of float

    Returns
    -------
    ndarray of x's shape

    Examples
    --------
    >>> numeric_slopes(lambda x: float((x**2).sum()), np.array([1.0, -3.0])).round(6).tolist()
    [2.0, -6.0]
    """
    slopes = np.zeros_like(x)
    for place in np.ndindex(x.shape):
        both = []
        for step in (STEP, -STEP):
            moved = x.copy()
            moved[place] += step
            both.append(function(moved))
        slopes[place] = (both[0] - both[1]) / (2 * STEP)
    return slopes


def _drawn(layer: Layer, random: np.random.Generator) -> tuple[Arrays, FloatArray]:
    """What goes into a layer, and dJ/dZ."""
    given = {"input": random.standard_normal((2, 2 * layer.groups, 6, 7))}
    if layer.kind == "convolution":
        given["kernel"] = random.standard_normal((2 * layer.groups, 2, *layer.size))
        given["bias"] = random.standard_normal(2 * layer.groups)
    return given, random.standard_normal(layer.forward(given).shape)


def _checked(layer: Layer, given: Arrays, y: FloatArray) -> list[GradientCheck]:
    ours, theirs = layer.backward(given, y), _autograd(layer, given, y)
    found = []
    for of, slope in ours.items():
        numeric = _numeric(layer, given, y, of)
        adjoint = None
        if layer.linear:
            # Linear in each of the three, the two others being 0 or left as they are.
            others = {} if of == "bias" or "bias" not in given else {"bias": 0 * given["bias"]}
            others |= {"input": 0 * given["input"]} if of == "bias" else {}
            left = np.vdot(layer.forward(given | others), y)
            adjoint = float(abs(left - np.vdot(given[of], slope)) / np.abs(slope).max())
        found.append(
            GradientCheck(layer.name, of, apart(slope, numeric), adjoint, apart(slope, theirs[of]))
        )
    return found


def _numeric(layer: Layer, given: Arrays, y: FloatArray, of: str) -> FloatArray:
    return numeric_slopes(
        lambda moved: float(np.vdot(layer.forward(given | {of: moved}), y)), given[of]
    )


def _autograd(layer: Layer, given: Arrays, y: FloatArray) -> Arrays:
    import torch
    from torch.nn import functional

    tensors = {name: torch.tensor(values, requires_grad=True) for name, values in given.items()}
    options = dict(layer.options)
    if layer.kind == "convolution":
        z = functional.conv2d(tensors["input"], tensors["kernel"], tensors["bias"], **options)
    elif layer.kind == "l2":
        z = functional.lp_pool2d(tensors["input"], 2.0, layer.size, **options)
    else:
        pool = functional.max_pool2d if layer.kind == "max" else functional.avg_pool2d
        z = pool(tensors["input"], layer.size, **options)
    z.backward(torch.from_numpy(y))
    return {name: tensor.grad.numpy() for name, tensor in tensors.items()}  # type: ignore[union-attr]


def apart(first: FloatArray, second: FloatArray) -> float:
    """Largest difference of two arrays, in parts of the second's largest number.

    Examples
    --------
    >>> apart(np.array([1.0, 2.0]), np.array([1.0, 4.0]))
    0.5
    """
    return float(np.abs(first - second).max() / np.abs(second).max())


def _mistakes(random: np.random.Generator) -> dict[str, float]:
    """Backward steps that are wrong in a way that people have them wrong, and how far off."""
    strided = next(layer for layer in LAYERS if layer.name == "stride (2, 3)")
    given, y = _drawn(strided, random)
    kernel, shape, stride = given["kernel"], given["input"].shape, (2, 3)
    turned = conv2d_input_gradient(y, kernel[..., ::-1, ::-1], shape, stride=stride)
    small = (*shape[:2], *(n + k - 1 for n, k in zip(y.shape[2:], kernel.shape[2:], strict=True)))
    crowded = np.zeros(shape)
    crowded[:, :, : small[2], : small[3]] = conv2d_input_gradient(y, kernel, small)
    to_input = _numeric(strided, given, y, "input")
    found = {
        "kernel turned once too often (input)": apart(turned, to_input),
        "stride forgotten on the way back (input)": apart(crowded, to_input),
        "mean over the batch for the sum (bias)": apart(
            y.mean(axis=0).sum(axis=(1, 2)), _numeric(strided, given, y, "bias")
        ),
    }
    pool = Layer("max pool 3, stride 1", "max", (3, 3), {"stride": 1})
    given, y = _drawn(pool, random)
    found["overwritten where windows share a maximum (max pool)"] = apart(
        _overwritten(given["input"], y), _numeric(pool, given, y, "input")
    )
    return found


def _overwritten(x: FloatArray, y: FloatArray) -> FloatArray:
    """A 3 x 3 maximum, stride 1, whose last window in reading order takes all."""
    flow = np.zeros_like(x)
    for n, c, i, j in np.ndindex(y.shape):
        row, column = divmod(int(x[n, c, i : i + 3, j : j + 3].argmax()), 3)
        flow[n, c, i + row, j + column] = y[n, c, i, j]
    return flow


def _word(found: list[bool | None]) -> str:
    told = [one for one in found if one is not None]
    if not told:
        return "–"
    return "agrees" if all(told) else "APART"
