"""Which layer is it at which two networks part? For the message of `OutputsDiffer`."""

from __future__ import annotations

from typing import Any

import numpy as np

from cnncourse.frameworks.checking import (
    TOLERANCE,
    flat,
    keras_array,
    packed,
    relative_difference,
)
from cnncourse.frameworks.graph import Graph
from cnncourse.frameworks.keras_reading import Reading, is_model
from cnncourse.frameworks.layers import Input
from cnncourse.frameworks.layouts import channels_last

# Below this a layer's numbers may be nothing but rounding: a normalised constant, a difference of
# equals. It counts as the largest of a layer whose numbers are all smaller.
_SMALL = 0.1


def first_difference(
    reading: Reading, model: Any, arrays: list[np.ndarray], *, tolerance: float = TOLERANCE
) -> str | None:
    """Return the name of the first layer whose output in torch is not Keras's.

    Every layer of the model is compared in Keras's own order of features, before dense layers are
    reordered behind a flatten. If all agree so, the fault is in that reordering.

    Parameters
    ----------
    reading : Reading
    model : Keras layer or model
    arrays : list of (N, C, *spatial) ndarray
        The inputs.
    tolerance : float
        Of the largest number of each layer.
    """
    if not reading.ends:  # what goes in comes out
        return None
    of_torch = _torch_values(reading.graph, arrays)
    given = [x if reading.layout.first else np.ascontiguousarray(channels_last(x)) for x in arrays]
    of_keras = _keras_values(model, given)
    for (name, node), tensor in zip(reading.ends, of_keras, strict=True):
        wanted = keras_array(tensor, same_layout=reading.layout.first)
        if not _relative(wanted, of_torch[node]) < tolerance:
            return name
    return None


def _relative(wanted: np.ndarray, got: np.ndarray) -> float:
    difference = relative_difference(wanted, got)
    largest = float(np.abs(wanted).max(initial=0.0))
    if wanted.shape != got.shape or not np.isfinite(largest) or largest >= _SMALL:
        return difference
    return float(np.abs(wanted - got).max()) / _SMALL


def _keras_values(model: Any, given: list[np.ndarray]) -> list[Any]:
    """Outputs of the model's layers, in the order in which they are applied."""
    import keras

    found: list[Any] = []

    def record(operation: Any, *args: Any, **kwargs: Any) -> Any:
        if isinstance(operation, keras.layers.Layer):
            kwargs = {"training": False, **kwargs} if is_model(operation) else kwargs
        result = operation(*args, **kwargs)
        found.append(flat(result)[-1])
        return result

    tensors = [keras.ops.convert_to_tensor(x) for x in given]
    if not is_model(model):
        record(model, packed(model, tensors))
    elif isinstance(model, keras.Sequential):
        value = tensors[0]
        for layer in model.layers:
            value = record(layer, value)
    else:
        model._run_through_graph(
            tensors,
            operation_fn=lambda op: lambda *args, **kwargs: record(op, *args, **kwargs),
        )
    return found


def _torch_values(graph: Graph, arrays: list[np.ndarray]) -> dict[str, np.ndarray]:
    """Outputs of the graph's nodes, each computed by torch as it would be written alone."""
    import torch

    from cnncourse.frameworks.torch_writing import write_torch

    every = Graph(graph, [node.name for node in graph if not isinstance(node.layer, Input)])
    model = write_torch(every, structure=list(every.outputs))
    with torch.no_grad():
        values = model(*(torch.tensor(np.ascontiguousarray(x)) for x in arrays))
    return {name: value.numpy() for name, value in zip(every.outputs, values, strict=True)}
