"""Find the operation of a torch module at which its Keras model parts from it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cnncourse.frameworks.checking import TOLERANCE, flat, relative_difference
from cnncourse.frameworks.graph import Graph
from cnncourse.frameworks.keras_writing import Held, Written
from cnncourse.frameworks.layers import Dense, Flatten
from cnncourse.frameworks.layouts import channels_last

if TYPE_CHECKING:
    from cnncourse.frameworks.torch_reading import TorchReading


def first_difference_from_torch(
    reading: TorchReading,
    written: Written,
    arrays: list[np.ndarray],
    tolerance: float = TOLERANCE,
) -> str | None:
    """Return the name of the first operation whose tensor in Keras is not torch's.

    Features between a flatten and the dense layers that read them are left out: there Keras may
    have them in another order.

    Parameters
    ----------
    reading : TorchReading
    written : Written
        What was made of its graph.
    arrays : list of (N, C, *spatial) ndarray
        The inputs.
    tolerance : float
        Relative difference from which on they are not the same.
    """
    import keras

    from cnncourse.frameworks.torch_running import BATCHES

    arrays = [array[: BATCHES[0]] for array in arrays]
    of_torch = reading.values(arrays)
    hidden = _reordered(reading.graph) | {node.name for node in reading.graph.inputs}
    wanted = {
        name: written.held[name] for name in of_torch if name in written.held and name not in hidden
    }
    if not wanted:
        return None
    probe = keras.Model(written.model.inputs, [held.tensor for held in wanted.values()])
    given = [np.ascontiguousarray(channels_last(x)) for x in arrays]
    for (name, held), tensor in zip(
        wanted.items(), flat(probe(given, training=False)), strict=True
    ):
        array = _channels_first(np.asarray(keras.ops.convert_to_numpy(tensor)), held)
        # A global pooling may have dropped axes that torch keeps.
        same = array.reshape(of_torch[name].shape) if array.size == of_torch[name].size else array
        if not relative_difference(of_torch[name], same) < tolerance:
            return name
    return None


def _channels_first(array: np.ndarray, held: Held) -> np.ndarray:
    return array.transpose(np.argsort(held.order))


def _reordered(graph: Graph) -> set[str]:
    """Names of the flattens, and of what comes between these and dense layers."""
    found: set[str] = set()
    for node in graph:
        after = not isinstance(node.layer, Dense) and not found.isdisjoint(node.inputs)
        if isinstance(node.layer, Flatten) or after:
            found.add(node.name)
    return found
