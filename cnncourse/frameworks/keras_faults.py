"""Faults of Keras and TensorFlow that `to_torch` would run into while it compares outputs."""

from __future__ import annotations

from typing import Any

import numpy as np

from cnncourse.frameworks.checking import (
    INSIDE,
    relative_difference,
    run_keras,
    shapes_at,
    sizes_to_try,
)
from cnncourse.frameworks.errors import CannotTranslate
from cnncourse.frameworks.keras_reading import Reading
from cnncourse.frameworks.layers import AdaptivePooling


def refuse_what_ends_python(reading: Reading) -> None:
    """Refuse a model that takes the whole process down when TensorFlow runs it.

    Keras 3.15 pools adaptively from n cells to m windows with windows of ceil(n / m) and of one
    cell more. Where the longer ones do not fit on the last axis (a single window, or a single
    cell), there are none of them, and TensorFlow 2.21 divides by their number: no exception but a
    SIGFPE. An average of none does no harm, and neither do other axes.

    Parameters
    ----------
    reading : Reading

    Raises
    ------
    CannotTranslate
        With the name of the layer.
    """
    import keras

    if not reading.adaptive_maxima or keras.backend.backend() != "tensorflow":
        return
    for shapes in sizes_to_try(reading.graph):
        found = shapes_at(reading.graph, shapes)
        for name in reading.adaptive_maxima:
            node = reading.graph[name]
            n = found[node.inputs[0]][-1]
            m = node.layer.sizes[-1] if isinstance(node.layer, AdaptivePooling) else n
            if n is None or m is None or -(-n // m) + 1 <= n:
                continue
            raise CannotTranslate(
                name,
                f"TensorFlow ends the whole Python process when it pools the maximum adaptively "
                f"from {n} to {m} on the last spatial axis, so that nothing can be compared; "
                "of a single window, GlobalMaxPooling does the same",
            )


def fault_in_batches(model: Any, arrays: list[np.ndarray], *, same_layout: bool) -> str:
    """Return what to add to a message where Keras gives an example other numbers in a batch.

    TensorFlow 2.21 does with oneDNN, for convolutions of one channel with unequal strides whose
    output is one cell wide: what it does not compute is zero, or whatever was in the memory.

    Parameters
    ----------
    model : Keras layer or model
    arrays : list of (N, C, *spatial) ndarray
        A batch, one array an input.
    same_layout : bool
        The model is channels first itself.
    """
    together = run_keras(model, arrays, same_layout=same_layout)
    try:
        alone = [
            run_keras(model, [x[place : place + 1] for x in arrays], same_layout=same_layout)
            for place in range(len(arrays[0]))
        ]
        joined = [np.concatenate(parts) for parts in zip(*alone, strict=True)]
    except Exception:  # of any backend: a model for one size of batches, which tells nothing
        return ""
    if all(relative_difference(a, b) < INSIDE for a, b in zip(joined, together, strict=True)):
        return ""
    return (
        ". Keras itself is at fault: it gives an example other numbers in a batch than alone. With "
        "TensorFlow below it, set TF_ENABLE_ONEDNN_OPTS=0 before it is imported"
    )
