"""What the tests share that hold ours, torch and Keras against each other."""

import numpy as np
import pytest
import torch
from hypothesis import settings
from hypothesis import strategies as st

from cnncourse.frameworks.present import has_tensorflow

LIMITS = {np.dtype(np.float64): 1e-12, np.dtype(np.float32): 1e-5}


def examples(number):
    """Every run tries the same examples: TensorFlow is slow for shapes that it has not seen."""
    return settings(max_examples=number, derandomize=True, deadline=None)


def keras_operations():
    """Give what Keras's layers call, or skip the test."""
    if not has_tensorflow():
        pytest.skip("TensorFlow is not installed")
    import keras

    return keras.ops


# Layouts


def tensor(array):
    """Give torch's tensor of an array, whatever its strides are."""
    return torch.from_numpy(np.ascontiguousarray(array))


def channels_last(array):
    return np.ascontiguousarray(np.moveaxis(array, 1, -1))


def channels_first(result):
    return np.moveaxis(np.asarray(result), -1, 1)


def kernel_last(kernel):
    """(O, I, *k) as (*k, I, O); so also (I, O, *k) of torch's transposed layers as (*k, O, I)."""
    return np.ascontiguousarray(np.transpose(kernel, (*range(2, kernel.ndim), 1, 0)))


def assert_equal(got, expected):
    """Hold the limit of the type: max|difference| against max|expected|."""
    got, expected = np.asarray(got), np.asarray(expected)
    assert got.shape == expected.shape
    limit = LIMITS[expected.dtype] * np.abs(expected).max(initial=0.0)
    assert np.abs(got - expected).max(initial=0.0) <= limit


def padded(x, pads, value=0.0):
    return np.pad(x, ((0, 0), (0, 0), *pads), constant_values=value)


# What is drawn

dtypes = st.sampled_from([np.float64, np.float32])
seeds = st.integers(0, 2**32 - 1)
axis_counts = st.sampled_from([1, 2])


def numbers(rng, shape, dtype, *, strided=False, shift=0.0):
    """Draw numbers of both signs, on request every other one of a larger array."""
    if strided:
        return numbers(rng, [2 * size for size in shape], dtype, shift=shift)[
            (slice(None, None, 2),) * len(shape)
        ]
    return (rng.normal(size=shape) + shift).astype(dtype)
