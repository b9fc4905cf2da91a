"""What the tests of `to_keras` share: random weights, both models run, their outputs compared."""

import numpy as np
import torch
from torch import nn


class Forward(nn.Module):
    """A module whose forward is a function of the inputs, or of the module and the inputs."""

    def __init__(self, function, **parts):
        super().__init__()
        self.function = function
        for name, part in parts.items():
            setattr(self, name, part)

    def forward(self, *inputs):
        return self.function(*([self] if self._modules or self._parameters else []), *inputs)


def randomised(module, seed=0):
    """Give a module random weights and statistics; scales and variances near 1."""
    draw = torch.Generator().manual_seed(seed)
    for name, tensor in (*module.named_parameters(), *module.named_buffers()):
        if not tensor.is_floating_point() or "parametrizations" in name:
            continue
        values = torch.randn(tensor.shape, generator=draw, dtype=tensor.dtype)
        if tensor.ndim < 2:
            values = 0.5 + torch.rand(tensor.shape, generator=draw, dtype=tensor.dtype)
        elif tensor.ndim > 1:
            values /= tensor[0].numel() ** 0.5
        tensor.data.copy_(values)
    return module


def shapes_of(shape):
    return shape if isinstance(shape, list) else [shape]


def run_torch(module, arrays):
    """Outputs of a module in evaluation mode, as arrays."""
    was = module.training
    module.eval()
    with torch.no_grad():
        found = module(*(torch.tensor(x) for x in arrays))
    module.train(was)
    return [y.numpy() for y in (found if isinstance(found, list | tuple) else [found])]


def to_last(x):
    return np.moveaxis(x, 1, -1)


def run_keras(model, arrays):
    """Outputs of a Keras model, given arrays that are channels first; so are the outputs."""
    given = [to_last(x) for x in arrays]
    found = model(given[0] if len(given) == 1 else given, training=False)
    found = found if isinstance(found, list | tuple) else [found]
    return [np.moveaxis(np.asarray(y), -1, 1) for y in found]


def agree(module, model, shape, seed=1, tolerance=1e-5):
    """Assert that both have the same outputs on new random input, to a part in 100000."""
    draw = np.random.default_rng(seed)
    kind = next((str(p.dtype) for p in module.parameters()), "float32").removeprefix("torch.")
    arrays = [draw.standard_normal((3, *s)).astype(kind) for s in shapes_of(shape)]
    wanted, got = run_torch(module, arrays), run_keras(model, arrays)
    assert len(wanted) == len(got)
    for a, b in zip(wanted, got, strict=True):
        assert a.shape == b.shape
        assert np.abs(a - b).max() <= tolerance * np.abs(a).max()


def kinds(model):
    """The classes of a Keras model's layers but its inputs, in one string."""
    names = (type(layer).__name__ for layer in model.layers)
    return " ".join(name for name in names if name != "InputLayer")
