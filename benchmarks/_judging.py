"""How far a translated model equals its source, what became of its weights, and how it trains.

Used by `compare_translators.py` inside the environment of each translator.
"""

import numpy as np

RIGHT = 1e-5
"""Largest relative difference max|a - b| / max|a| of a right translation, in float32."""
TRAINED_ALIKE = 1e-4
"""The same after one step of training: rounding passes through a gradient."""
RATE = 0.1
"""Step of gradient descent on the mean of the squared outputs."""


def channels_first(x):
    return np.ascontiguousarray(np.moveaxis(x, -1, 1)) if x.ndim > 2 else x


def channels_last(x):
    return np.ascontiguousarray(np.moveaxis(x, 1, -1)) if x.ndim > 2 else x


def relative_difference(expected, got):
    """Return max|a - b| / max|a|, whatever layout `got` has; infinity where no shape fits.

    Shapes of the models here tell the layouts apart: no two of their sizes are equal by chance
    where a layout could be mistaken, or else the smaller difference counts.
    """
    got = np.asarray(got, dtype=np.float32)
    fitting = [g for g in (got, channels_first(got), channels_last(got))
               if g.shape == expected.shape]  # fmt: skip
    if not fitting:
        return float("inf")
    largest = np.abs(expected).max()
    found = [np.abs(g - expected).max() / largest for g in fitting]
    return float(min(np.nan_to_num(found, nan=np.inf)))


# torch


def torch_outputs(module, x):
    import torch

    with torch.no_grad():
        return _one(module(torch.from_numpy(x)))


def torch_step(module, x):
    """Return the outputs, in training mode, after one step of training."""
    import torch

    module.train()
    # A Keras model on torch is a torch module, whose `train()` Keras does not look at.
    options = {"training": True} if _is_keras(module) else {}
    out = _one(module(torch.from_numpy(x), **options))
    weights = [w for w in module.parameters() if w.requires_grad]
    gradients = torch.autograd.grad(out.square().mean(), weights)
    with torch.no_grad():
        for weight, gradient in zip(weights, gradients, strict=True):
            weight -= RATE * gradient
        return _one(module(torch.from_numpy(x), **options)).numpy()


def _is_keras(module):
    return type(module).__module__.startswith(("keras.", "tf_keras."))


def torch_weights(module):
    """Return what became of the weights: numbers that train, owners from torch.nn, and names."""
    trained = [(n, p) for n, p in module.named_parameters() if p.requires_grad]
    owners = [
        type(part).__module__.startswith("torch.nn.modules.")
        and "Container" not in type(part).__name__
        and type(part).__name__ not in ("ParameterDict", "ParameterList")
        for part in module.modules()
        if any(p.requires_grad for p in part.parameters(recurse=False))
    ]
    names = [n for n, _ in module.named_parameters()]
    return {
        "count": sum(p.numel() for _, p in trained),
        "standard": all(owners) and bool(owners),
        "names": names,
    }


# Keras 2 and 3, with TensorFlow


def keras_step(model, x):
    import tensorflow as tf

    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(tf.square(_one(model(x, training=True))))
    weights = list(model.trainable_weights)
    for weight, gradient in zip(weights, tape.gradient(loss, weights), strict=True):
        weight.assign(weight - RATE * gradient)
    return np.asarray(_one(model(x, training=True)))


def _one(out):
    """Return the one output; some give it in a list, or in a dictionary by name."""
    while isinstance(out, list | tuple | dict):
        out = next(iter(out.values())) if isinstance(out, dict) else out[0]
    return out


def keras_outputs(model, x):
    return np.asarray(_one(model(x, training=False)))


def keras_weights(model):
    layers = list(model._flatten_layers(include_self=False, recursive=True))
    owners = [layer for layer in layers if layer.weights]
    functions = ("Lambda", "TFOpLambda", "SlicingOpLambda", "TFSMLayer")
    return {
        "count": int(sum(np.prod(w.shape) for w in model.trainable_weights)),
        "standard": all(_is_keras(layer) for layer in owners),
        "names": [getattr(w, "path", w.name) for w in model.weights],
        "functions": sum(type(layer).__name__ in functions for layer in layers),
    }


def verdict(source, difference, weights, stepped):
    """Return the row of one model: what was expected of it, and what came."""
    row = {"difference": difference, "right": difference <= RIGHT}
    if "functions" in weights:
        row["plain"] = weights["functions"] == 0
    if source["count"]:
        row["weights"] = weights["count"] == source["count"]
        row["standard"] = row["weights"] and weights["standard"]
        row["names"] = all(any(owner in n for n in weights["names"]) for owner in source["owners"])
        row["trains"] = stepped <= TRAINED_ALIKE
        row["step"] = stepped
    return row
