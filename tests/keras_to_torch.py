"""What the tests of `to_torch` share: random weights, both models run, their outputs compared."""

import os

import numpy as np
import pytest


def keras_or_skip():
    """Keras on TensorFlow, or the test is skipped."""
    from cnncourse.frameworks import has_tensorflow

    if not has_tensorflow():
        pytest.skip("TensorFlow is not installed")
    return pytest.importorskip("keras")


def only_with_onednn():
    """Leave a test to the process that runs it with oneDNN, which TensorFlow needs for it."""
    if os.environ["TF_ENABLE_ONEDNN_OPTS"] == "0":
        pytest.skip("TensorFlow computes this with oneDNN only; a test of the faults runs it so")


def randomise(layer, seed=0):
    """Give a built layer or model random weights; variances stay positive, scales near 1."""
    draw = np.random.default_rng(seed)
    for variable in layer.weights:
        name = variable.path.rsplit("/", 1)[-1]
        if not np.issubdtype(np.dtype(variable.dtype), np.floating):
            continue
        values = draw.standard_normal(variable.shape)
        if "variance" in name or "gamma" in name:
            values = 0.5 + draw.random(variable.shape)
        elif "kernel" in name:
            values /= np.sqrt(np.prod(variable.shape[:-1]))
        variable.assign(values.astype(variable.dtype))


def translated(layer, shape, seed=0, **options):
    """Build `layer` for inputs of `shape` (Keras's order), give it random weights, translate it."""
    from cnncourse.frameworks import to_torch

    if not layer.built:
        layer.build((None, *shape))
    randomise(layer, seed)
    return to_torch(layer, input_shape=shape, **options)


def to_first(x):
    return np.moveaxis(x, -1, 1)


def run_keras(model, *arrays, **options):
    found = model(arrays[0] if len(arrays) == 1 else list(arrays), training=False, **options)
    return [np.asarray(y) for y in (found if isinstance(found, list | tuple) else [found])]


def run_torch(model, *arrays):
    import torch

    with torch.no_grad():
        found = model(*(torch.tensor(to_first(x)) for x in arrays))
    return [y.numpy() for y in (found if isinstance(found, list | tuple) else [found])]


def difference(a, b):
    assert a.shape == b.shape
    return float(np.abs(a - b).max() / max(np.abs(a).max(), 1e-30))


def agree(layer, model, *shapes, seed=1, batch=2):
    """Assert that both give the same for random inputs of `shapes`, in evaluation mode."""
    draw = np.random.default_rng(seed)
    arrays = [draw.standard_normal((batch, *shape)).astype(np.float32) for shape in shapes]
    wanted, got = run_keras(layer, *arrays), run_torch(model, *arrays)
    assert len(wanted) == len(got)
    for a, b in zip(wanted, got, strict=True):
        assert difference(to_first(a), b) < 1e-5
