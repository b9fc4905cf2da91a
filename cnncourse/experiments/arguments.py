"""What each argument of a convolutional or pooling layer does, in Keras and torch: try one.

`show` runs the real layer with a few values of one argument on a picture of 5 x 6 numbers that say
where they stand (`arguments_shared.numbered_picture`), by a kernel that copies the pixel under its
middle, so that each output says where its window stood. Our own operators and the other framework
do the same; each time, and once more with kernels of mixed numbers, all outputs are compared.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from cnncourse.experiments import arguments_beyond, arguments_keras, arguments_torch, starts
from cnncourse.experiments.arguments_shared import Case, Result, Table, numbered_picture

__all__ = ["EXPERIMENTS", "SLIDES", "Case", "Result", "Table", "numbered_picture", "show"]

SLIDES = {
    "Conv2D": ("filters", "kernel_size", "strides", "padding", "activation", "use_bias"),
    "MaxPool2D": ("pool_size", "strides", "padding"),
    "Conv2d": (
        "in_channels",
        "out_channels",
        "kernel_size",
        "stride",
        "padding",
        "padding_mode",
        "bias",
    ),
    "MaxPool2d": ("kernel_size", "stride", "padding"),
}
"""The arguments that the lecture names, by layer: Keras writes 2D, torch 2d."""

Shown = Result | Table | starts.Starts

EXPERIMENTS: Mapping[str, Callable[[], Shown]] = {
    **arguments_keras.EXPERIMENTS,
    **arguments_torch.EXPERIMENTS,
    **arguments_beyond.EXPERIMENTS,
    "initialisation": starts.initialisation,
}
"""All that `show` can show."""


def show(name: str) -> Shown:
    """Run the experiment on one argument.

    Parameters
    ----------
    name : str
        Layer and argument with a dot between them, as "Conv2D.strides"; see `EXPERIMENTS`.

    Returns
    -------
    Result, Table or Starts
        Print it; its fields hold the outputs. Where Keras is not installed, its numbers come from
        our operators, and the last line says so.

    Raises
    ------
    ValueError
        If there is no such experiment; the message names those with the same argument or layer.

    Examples
    --------
    >>> print(show("MaxPool2d.kernel_size").cases[0].shape)
    (1, 1, 2, 3)
    >>> show("stride")
    Traceback (most recent call last):
    ...
    ValueError: name must be one of EXPERIMENTS, got 'stride'; did you mean 'Conv2d.stride' or
    'MaxPool2d.stride'?
    """
    if name not in EXPERIMENTS:
        layer, _, argument = str(name).rpartition(".")
        near = [n for n in EXPERIMENTS if argument in n.split(".") or (layer and layer in n)]
        if not near:
            raise ValueError(f"name must be one of {', '.join(EXPERIMENTS)}; got {name!r}")
        raise ValueError(
            f"name must be one of EXPERIMENTS, got {name!r}; "
            f"did you mean {' or '.join(map(repr, near))}?"
        )
    return EXPERIMENTS[name]()
