"""Faults of Keras and TensorFlow that `to_torch` would run into while it compares outputs."""

from __future__ import annotations

from cnncourse.frameworks.checking import shapes_at, sizes_to_try
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
