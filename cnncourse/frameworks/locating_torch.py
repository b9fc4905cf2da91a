"""Find the operation of a torch module at which its Keras model parts from it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from cnncourse.frameworks.checking import TOLERANCE, relative_difference, run_keras
from cnncourse.frameworks.graph import Graph
from cnncourse.frameworks.keras_writing import write_keras

if TYPE_CHECKING:
    from cnncourse.frameworks.torch_reading import TorchReading


def first_difference_from_torch(reading: TorchReading, arrays: list[np.ndarray]) -> str | None:
    """Return the name of the first operation whose output in Keras is not torch's.

    If all agree one by one, the fault is in what is done to several: the reordering of dense layers
    behind a flatten.

    Parameters
    ----------
    reading : TorchReading
    arrays : list of (N, C, *spatial) ndarray
        The inputs.
    """
    of_torch = reading.values(arrays)
    names = [node.name for node in reading.graph if node.name in of_torch]
    model = write_keras(Graph(reading.graph, names))
    for name, array in zip(names, run_keras(model, arrays, same_layout=False), strict=True):
        if not relative_difference(of_torch[name], array) < TOLERANCE:
            return name
    return None
