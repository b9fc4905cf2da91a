"""Whole networks from one framework into the other, checked before they are returned."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import keras
    from torch import nn


def to_torch(model: Any, *, input_shape: Sequence[int | None] | None = None) -> nn.Module:
    """Make a torch model that computes what a Keras layer or model does.

    Its outputs were compared with those of `model` on random input, in evaluation mode, before it
    is returned: max|a - b| / max|a| is below 1e-5 (and below 1e-4 for each layer inside). Images go
    in and come out channels first, (N, C, H, W), where Keras has (N, H, W, C); a model that is
    channels_first itself keeps its axes.

    Parameters
    ----------
    model : Keras layer, keras.Sequential or functional keras.Model
        On any backend, in float32 (or all in float64). Models inside models, branches, layers used
        several times, several inputs and outputs are carried over.
    input_shape : tuple of (int or None), optional
        Of one input, without the batch, as Keras has it: (28, 28, 1). Needed for what is not built
        yet. It also closes sizes that are open (None); with known sizes plain modules of torch.nn
        do what "same" padding means at that size, with open ones a module finds it for each input.

    Returns
    -------
    torch.nn.Module
        In evaluation mode. For a single layer the module itself, such as `nn.Conv2d`, where one
        does it; for a chain an `nn.Sequential` with the names of Keras's layers; else a
        `torch.fx.GraphModule` (inputs in the order of `model.inputs`, outputs packed as the model
        packs them when it is called: a list of one output is that output). `state_dict`, pickling
        and training work.

    Raises
    ------
    CannotTranslate
        For what has no counterpart with the same outputs, with the layer's name and the reason:
        subclassed models and layers, Lambda, recurrent layers, mixed precision, an adaptive max
        pooling that ends the whole process in TensorFlow ...
    OutputsDiffer
        If the result was found to differ; it is not returned.
    TypeError
        If `model` is not of Keras.
    ValueError
        If a shape is missing or does not fit.

    Warns
    -----
    UserWarning
        If `model` has regularisers or constraints, which change only its training in Keras.

    Notes
    -----
    What evaluation does not show:

    - `trainable=False` becomes `requires_grad=False`, and a frozen batch normalisation, or one
      called with `training=False`, keeps using its stored statistics in torch's training mode too.
      (Keras documents this; its `fit` overrides `training=False` all the same in version 3.15:
      keras-team/keras, issue 20285.)
    - Batch normalisation: torch's `momentum` is 1 - Keras's; epsilon is carried over. In training
      torch adds the variance with the divisor n - 1 to its running one, Keras that with n.
    - Initialisation: the weights are those of `model`. Modules made afresh would start otherwise:
      Keras draws from Glorot's uniform distribution with biases 0, torch kernels and biases from
      U(-1 / sqrt(fan_in), 1 / sqrt(fan_in)).
    - A flatten in torch has the channels first. The columns of a dense layer behind it are put in
      that order, so that plain `nn.Flatten` and `nn.Linear` do; where features are read otherwise
      too, `FlattenChannelsLast` keeps Keras's order.
    - Dropout draws other random numbers.
    - A normalisation takes a mean away. Where its inputs are nearly alike, such as a group of one
      number, or lie far from 0 for their spread (100 with a spread of 1), what is left is rounding,
      and the frameworks round otherwise: there outputs differ by more than 1e-5, up to all of them.
      PyTorch also refuses to normalise a batch of one by groups of one number.
    - `trainable` is that of a layer and of the model that was given: nothing of a frozen model
      learns, whatever its layers say.
    """
    from cnncourse.frameworks.checking import INSIDE, compare_outputs
    from cnncourse.frameworks.keras_faults import refuse_what_ends_python
    from cnncourse.frameworks.keras_reading import read_keras
    from cnncourse.frameworks.locating import first_difference
    from cnncourse.frameworks.torch_writing import write_torch

    if not _is_of_keras(model):
        raise TypeError(f"model must be a Keras layer or model, got {type(model).__name__}")
    reading = read_keras(model, input_shape)
    refuse_what_ends_python(reading)
    if reading.only_training:
        warnings.warn(
            f"in Keras's training alone, and not carried over: {', '.join(reading.only_training)}",
            stacklevel=2,
        )
    made = write_torch(reading.graph, structure=reading.structure)
    compare_outputs(
        reading.graph,
        model,
        made,
        same_layout=reading.layout.first,
        dtype=reading.dtype,
        locate=lambda arrays: first_difference(reading, model, arrays),
        inside=lambda arrays: first_difference(reading, model, arrays, tolerance=INSIDE),
    )
    return made


def _is_of_keras(model: Any) -> bool:
    """Tell whether it is a Keras layer, without loading Keras for what cannot be one."""
    return any(kind.__module__.split(".")[0] == "keras" for kind in type(model).__mro__)


def to_keras(
    module: nn.Module, *, input_shape: Sequence[int] | Sequence[Sequence[int]]
) -> keras.Model:
    """Make a Keras model that computes what a torch module does in evaluation mode.

    Its outputs were compared with those of `module` on random input before it is returned:
    max|a - b| / max|a| is below 1e-5. Images go in and come out channels last, (N, H, W, C), where
    torch has (N, C, H, W).

    Parameters
    ----------
    module : torch.nn.Module
        In float32 (or all in float64), on any device. What its `forward` does is read by torch.fx
        while an example runs along: modules of torch.nn, functions, operators and methods, modules
        inside modules, branches, layers used several times, several inputs and outputs. Only
        copies of it are run: it stays as it is, and so do the generators of random numbers.
    input_shape : tuple of int, or list of tuples
        Of each input, without the batch, as torch has it: (1, 28, 28). The model is for this size.

    Returns
    -------
    keras.Sequential or keras.Model
        A chain is a Sequential one, all else a functional one. It can be saved and loaded; where it
        has layers of `cnncourse.frameworks.keras_layers`, import that module before loading it in
        another process.

    Raises
    ------
    CannotTranslate
        For what has no counterpart with the same outputs, with the layer's name and the reason:
        control flow or numbers that depend on data or on the size of the batch, recurrent layers,
        attention, hooks, parametrizations other than `weight_norm` (whose weights are folded: plain
        from then on), buffers that each call changes, what `copy.deepcopy` cannot copy ...
    MissingTensorFlow
        If TensorFlow is not installed.
    OutputsDiffer
        If the result was found to differ; it is not returned.
    TypeError
        If `module` is not a torch module.
    ValueError
        If it cannot be run on inputs of this shape.

    Notes
    -----
    What evaluation does not show:

    - `requires_grad=False` becomes `trainable=False`. A batch normalisation that is frozen so uses
      its stored statistics in Keras's training mode too; torch's goes on to gather new ones.
    - Batch normalisation: Keras's `momentum` is 1 - torch's; epsilon is carried over. In training
      torch adds the variance with the divisor n - 1 to its running one, Keras that with n.
    - A flatten in Keras has the channels last. The rows of a dense layer behind it are put in that
      order, so that plain Flatten and Dense do; where features are read otherwise too, a Permute
      in front of the flatten keeps torch's order.
    - Zeros in the padding of a max pooling stand for torch's minus infinity only behind a ReLU or
      the like, where no number is below them.
    - Dropout draws other random numbers.

    And what batches of two and more do not show: where a forward calls ``squeeze()`` without an
    axis, torch takes the axis of a batch of 1 too; the Keras model keeps it.
    """
    from cnncourse.frameworks.present import need_tensorflow

    need_tensorflow("to translate a model into Keras")
    shapes = _shapes(input_shape)
    if not _is_of_torch(module):
        raise TypeError(f"module must be a torch.nn.Module, got {type(module).__name__}")
    from cnncourse.frameworks.checking import INSIDE, compare_outputs
    from cnncourse.frameworks.keras_writing import write_keras
    from cnncourse.frameworks.locating_torch import first_difference_from_torch
    from cnncourse.frameworks.torch_copying import copied, same_chance
    from cnncourse.frameworks.torch_reading import read_torch

    with same_chance():
        reading = read_torch(module, shapes)
        written = write_keras(reading.graph, reading.dtype)
        compare_outputs(
            reading.graph,
            written.model,
            copied(module),
            dtype=reading.dtype,
            reference="torch",
            locate=lambda arrays: first_difference_from_torch(reading, written, arrays),
            inside=lambda arrays: first_difference_from_torch(reading, written, arrays, INSIDE),
        )
    return written.model


def _is_of_torch(module: Any) -> bool:
    """Tell whether it is a torch module, without loading torch for what cannot be one."""
    return any(kind.__module__ == "torch.nn.modules.module" for kind in type(module).__mro__)


def _shapes(input_shape: Any) -> list[tuple[int, ...]]:
    """Return the shape of each input."""
    given = input_shape if _is_list_of_shapes(input_shape) else [input_shape]
    shapes = [tuple(shape) if isinstance(shape, list | tuple) else () for shape in given]
    if not all(shape and all(isinstance(n, int) and n > 0 for n in shape) for shape in shapes):
        raise ValueError(
            f"input_shape must be positive integers, without the batch, or a list of such shapes, "
            f"got {input_shape!r}"
        )
    return shapes


def _is_list_of_shapes(shapes: Any) -> bool:
    return isinstance(shapes, list | tuple) and any(isinstance(s, list | tuple) for s in shapes)
