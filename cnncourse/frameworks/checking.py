"""Compare two networks on the same random input.

What `to_torch` and `to_keras` return has passed this first.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from cnncourse.frameworks.errors import OutputsDiffer
from cnncourse.frameworks.graph import Graph
from cnncourse.frameworks.layers import Input, Shape
from cnncourse.frameworks.layouts import channels_first, channels_last

TOLERANCE = 1e-5
"""Largest relative difference max|a - b| / max|a| that counts as equal, in float32."""
INSIDE = 1e-4
"""The same for what single layers give, which may be all rounding where the outputs are not."""
BATCH = 3
"""Not the batch of 2 with which torch modules are traced, so that nothing hangs on that size."""
MEAN = 0.5
"""Of the random inputs, whose standard deviation is 1."""
# Odd and even, no two alike, so that axes which were exchanged are seen; multiples for networks
# that halve and double; larger ones where nothing would be left of a small input. Each with the
# two that follow, one more on every axis.
_SIZES = (
    *((9, 12, 7), (8, 12, 4), (17, 24, 13), (16, 24, 8), (37, 46, 33), (32, 64, 96)),
    *((77, 90, 65), (128, 64, 96), (227, 240, 213), (256, 224, 192)),
)
_LINES = (1024, 4096, 16384)  # of one spatial axis, these too
_TRIALS = 3

Arrays = Sequence[np.ndarray]
Locate = Callable[[list[np.ndarray]], str | None]


def relative_difference(a: np.ndarray, b: np.ndarray) -> float:
    """Return max|a - b| / max|a|; infinite where shapes differ or only one is finite.

    Parameters
    ----------
    a, b : ndarrays
        What is wanted, and what came.

    Examples
    --------
    >>> relative_difference(np.array([1.0, -4.0]), np.array([1.0, -3.0]))
    0.25
    >>> relative_difference(np.zeros(3), np.zeros(2))
    inf
    """
    if a.shape != b.shape or not np.array_equal(np.isfinite(a), np.isfinite(b)):
        return float("inf")
    kept = np.isfinite(a)
    if not kept.any():
        return 0.0 if np.array_equal(a, b, equal_nan=True) else float("inf")
    a, b = np.asarray(a[kept], dtype=float), np.asarray(b[kept], dtype=float)
    largest = float(np.abs(a).max())
    apart = float(np.abs(a - b).max())
    if largest == 0.0:
        return 0.0 if apart == 0.0 else float("inf")
    return apart / largest


def sizes_to_try(graph: Graph) -> list[list[tuple[int, ...]]]:
    """Choose shapes of the inputs, without the batch, that the graph's layers accept.

    One choice where all sizes are known; else up to three, with odd and even sizes in turn.

    Parameters
    ----------
    graph : Graph

    Returns
    -------
    list of lists of shapes
        For each trial one shape an input, channels first.

    Raises
    ------
    ValueError
        If no size that is tried fits.
    """
    shapes = [node.layer.shape for node in graph.inputs if isinstance(node.layer, Input)]
    if all(None not in shape for shape in shapes):
        return [[tuple(size or 0 for size in shape) for shape in shapes]]
    fitting = list(itertools.islice(_fitting(graph, shapes), _TRIALS))
    if not fitting:
        raise ValueError(
            f"no size that was tried fits the open inputs {shapes} (channels first): "
            "give input_shape"
        )
    return fitting


def _fitting(graph: Graph, shapes: Sequence[Shape]) -> Iterator[list[tuple[int, ...]]]:
    longest = max(len(shape) for shape in shapes)
    lines = [(size,) for size in _LINES] if longest == 2 else []
    for base in (*_SIZES, *lines):
        for step in range(_TRIALS):
            chosen = [_filled(shape, [size + step for size in base]) for shape in shapes]
            if _accepts(graph, chosen):
                yield chosen


def _filled(shape: Shape, sizes: Sequence[int]) -> tuple[int, ...]:
    """Put one of `sizes` into each place that is open, the first into the first axis."""
    open_sizes = itertools.cycle(sizes)
    return tuple(next(open_sizes) if size is None else size for size in shape)


def _accepts(graph: Graph, shapes: Sequence[Shape]) -> bool:
    try:
        found = shapes_at(graph, shapes).values()
    except ValueError:
        return False
    return all(size is None or size > 0 for shape in found for size in shape)


def shapes_at(graph: Graph, shapes: Sequence[Shape]) -> dict[str, Shape]:
    """Return the shape of each node's output where the inputs have these `shapes`.

    Parameters
    ----------
    graph : Graph
    shapes : sequence of shapes
        One an input, channels first, without the batch.

    Raises
    ------
    ValueError
        If they do not fit.
    """
    given = iter(shapes)
    nodes = [
        replace(node, layer=Input(shape=next(given))) if isinstance(node.layer, Input) else node
        for node in graph
    ]
    return Graph(nodes, graph.outputs).shapes()


def compare_outputs(
    graph: Graph,
    keras_model: Any,
    torch_model: Any,
    *,
    same_layout: bool = False,
    dtype: str = "float32",
    reference: str = "keras",
    locate: Locate | None = None,
    inside: Locate | None = None,
    seed: int = 0,
) -> float:
    """Run both networks on random input, in evaluation mode, and compare all their outputs.

    Parameters
    ----------
    graph : Graph
        For the shapes of the inputs.
    keras_model : Keras layer or model
    torch_model : torch.nn.Module
    same_layout : bool, default False
        The Keras model is channels first itself.
    dtype : str, default "float32"
        Of the inputs.
    reference : {"keras", "torch"}
        The one that was translated: differences are relative to its outputs.
    locate : callable, optional
        Called where outputs differ, with the inputs, channels first; returns the name of the first
        layer at which they do, or None.
    inside : callable, optional
        The same, called where the outputs of the first trial agree: a softmax that is all 0 and 1,
        or units that are all 0, agree whatever comes before them.
    seed : int, default 0
        Of the input's normal numbers.

    Returns
    -------
    float
        The largest relative difference.

    Raises
    ------
    OutputsDiffer
        If it is not below `TOLERANCE`, or `inside` names a layer.
    """
    from cnncourse.frameworks.keras_faults import fault_in_batches

    draw = np.random.default_rng(seed)
    worst = 0.0
    for shapes in sizes_to_try(graph):
        # A mean of many numbers around 0 would be small, and mostly their rounding.
        arrays = [draw.normal(MEAN, 1.0, (BATCH, *shape)).astype(dtype) for shape in shapes]
        of_keras = run_keras(keras_model, arrays, same_layout=same_layout)
        of_torch = run_torch(torch_model, arrays, packed_by_keras=reference == "keras")
        wanted, got = (of_keras, of_torch) if reference == "keras" else (of_torch, of_keras)
        difference = _largest(wanted, got)
        if not difference < TOLERANCE:
            message = _message(difference, shapes, wanted, got, locate, arrays)
            if reference == "keras":
                message += fault_in_batches(keras_model, arrays, same_layout=same_layout)
            raise OutputsDiffer(message)
        worst = max(worst, difference)
        layer, inside = inside(arrays) if inside else None, None
        if layer:
            raise OutputsDiffer(
                f"the outputs agree, but only because they hide what layer {layer!r} gives, "
                f"which differs by more than {INSIDE:.0e} of its largest"
            )
    return worst


def _largest(wanted: Arrays, got: Arrays) -> float:
    if len(wanted) != len(got):
        return float("inf")
    return max(map(relative_difference, wanted, got))


def _message(
    difference: float,
    shapes: Sequence[Shape],
    wanted: Arrays,
    got: Arrays,
    locate: Locate | None,
    arrays: list[np.ndarray],
) -> str:
    at = locate(arrays) if locate else None
    layer = f", first at layer {at!r}" if at else ""
    sizes = ", ".join(str(shape) for shape in shapes)
    if [a.shape for a in wanted] != [b.shape for b in got]:
        found = f"have the shapes {[b.shape for b in got]} and not {[a.shape for a in wanted]}"
    else:
        found = f"differ by {difference:.1e} of the largest, more than {TOLERANCE:.0e}"
    return f"the outputs for random input of the shape {sizes} {found}{layer}"


def run_keras(model: Any, arrays: Iterable[np.ndarray], *, same_layout: bool) -> list[np.ndarray]:
    """Return the outputs of a Keras layer or model, channels first, in the order of its outputs.

    Parameters
    ----------
    model : Keras layer or model
        Of any backend.
    arrays : iterable of (N, C, *spatial) ndarray
    same_layout : bool
        The model is channels first itself, and is given the arrays as they are.
    """
    given = [x if same_layout else np.ascontiguousarray(channels_last(x)) for x in arrays]
    outputs = model(packed(model, given), training=False)
    return [keras_array(y, same_layout=same_layout) for y in flat(outputs)]


def packed(model: Any, tensors: list[Any]) -> Any:
    """Put inputs into the structure (a list, a dictionary) in which the model wants them."""
    import keras

    structure = getattr(model, "_inputs_struct", None)
    if structure is None:
        return tensors[0] if len(tensors) == 1 else tensors
    return keras.tree.pack_sequence_as(structure, tensors)


def flat(outputs: Any) -> list[Any]:
    """Return the tensors of a tensor, list, tuple or dictionary of tensors, in Keras's order."""
    import keras

    return list(keras.tree.flatten(outputs))


def keras_array(tensor: Any, *, same_layout: bool) -> np.ndarray:
    """Return a Keras tensor of any backend as an array, channels first."""
    import keras

    array = np.asarray(keras.ops.convert_to_numpy(tensor))
    return array if same_layout or array.ndim not in (3, 4, 5) else channels_first(array)


def run_torch(
    model: Any, arrays: Iterable[np.ndarray], *, packed_by_keras: bool = False
) -> list[np.ndarray]:
    """Return the outputs of a torch module in evaluation mode; its mode is as before afterwards.

    Parameters
    ----------
    model : torch.nn.Module
    arrays : iterable of (N, C, *spatial) ndarray
    packed_by_keras : bool, default False
        Dictionaries of outputs are read in the order of their sorted keys, as Keras does, not in
        that in which they were written, as torch does.
    """
    import torch
    from torch.utils import _pytree

    modes = {module: module.training for module in model.modules()}
    model.eval()
    try:
        with torch.no_grad():
            outputs = model(*(torch.tensor(np.ascontiguousarray(x)) for x in arrays))
    finally:
        for module, mode in modes.items():
            module.training = mode
    tensors = flat(outputs) if packed_by_keras else _pytree.tree_leaves(outputs)
    return [y.detach().cpu().numpy() for y in tensors]
