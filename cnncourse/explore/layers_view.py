"""The layers explorer as a widget; its numbers come from `layers_model`."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

import numpy as np
import traitlets
from numpy.typing import ArrayLike

from cnncourse._arrays import FloatArray
from cnncourse.data import digits
from cnncourse.data.digits import INK
from cnncourse.explore.arrays import Array, check_numbers, packed
from cnncourse.explore.base import Explorer, nearest
from cnncourse.explore.inputs import Whole, numbers, short
from cnncourse.explore.layers_model import DigitsLayers, LayersState, Network, incoming_channels
from cnncourse.explore.layers_picture import picture
from cnncourse.explore.layers_torch import TorchLayers
from cnncourse.explore.layers_words import describe
from cnncourse.networks.digits_network import (
    EPOCHS,
    WEIGHT_STEP,
    digits_network,
    example_digits,
)
from cnncourse.plots.picture import Picture

LARGEST = (4, 128, 128)
MOST_IMAGES = 64


class ImageArray(Array):
    """An image (C, H, W), or (H, W) of one channel."""

    def validate(self, obj: Any, value: Any) -> FloatArray:
        """Return `value` with its channels first, or raise TraitError."""
        array = self._numbers(value)
        return super().validate(obj, array[None] if array.ndim == 2 else array)


class LayersExplorer(Explorer, module="layers", title="Layers explorer"):
    """Draw a digit and see what each layer of a trained network makes of it.

    Parameters
    ----------
    network : torch.nn.Module, optional
        Any module that takes one image; the course's network for digits by default. The explorer
        shows a copy: of a network that is trained on, make another explorer.
    images : (H, W), (C, H, W) or (N, C, H, W) array_like, optional
        Examples for it, at most 64 of one size; digits by default. A network of one's own needs
        at least one.
    labels : sequence of int, optional
        What the images truly are.
    **state
        Any of the attributes below, to start with.

    Attributes
    ----------
    image : (C, H, W) ndarray
        What the network sees, of the size it began with; ink from 0 to 1 for the digits.
    sample : int
        Which of the examples that is, -1 for an own image.
    epoch : int
        How long the network has been trained: 0, 1, 2, 4, 8, 16 or 32; 0 for one of your own.
    layer : int
        From 1, the first after the image.
    channel, row, column : int
        The unit that is looked at; it stays within the layer.
    incoming : int
        Of the channels that it adds up, the one whose products are shown.

    Raises
    ------
    TypeError, ValueError
        If the network, the images or the labels cannot be used.
    traitlets.TraitError
        If a value of the state is not as above.

    Examples
    --------
    >>> explorer = LayersExplorer(sample=3, epoch=8)
    >>> explorer.describe().split(". ")[1]
    'The highest score is that of 3 (92.3 %), which is right'
    """

    image = ImageArray(3, LARGEST).tag(sync=True)
    sample = Whole(-1, min=-1).tag(sync=True)
    epoch = Whole(0).tag(sync=True)
    layer = Whole(1).tag(sync=True)
    channel = Whole(0).tag(sync=True)
    row = Whole(0).tag(sync=True)
    column = Whole(0).tag(sync=True)
    incoming = Whole(0).tag(sync=True)
    _about = traitlets.Dict().tag(sync=True)
    _samples = traitlets.Bytes().tag(sync=True)
    _weights = traitlets.Bytes().tag(sync=True)
    _computed = traitlets.Dict().tag(sync=True)

    def __init__(
        self,
        network: Any = None,
        images: ArrayLike | None = None,
        *,
        labels: ArrayLike | None = None,
        **state: Any,
    ) -> None:
        if images is None and network is not None:
            raise ValueError("images must be given with a network of your own")
        self._examples, self._labels = _examples(images, labels)
        own = state.get("image")
        size = self._examples.shape[1:]
        shape = size if own is None else numbers("image", own).shape
        if shape[-2:] != size[-2:]:
            raise ValueError(f"image must be of the examples' size {size}, got {shape}")
        self._builtin = network is None
        self._network: Network = (
            DigitsLayers() if network is None else TorchLayers(network, self._examples[0])
        )
        self._check_sizes()
        start = {"sample": -1 if own is not None else 0, "epoch": self._network.epochs[-1]}
        if network is None:
            # A 3: curved, and right.
            start["sample"] = 3 if own is None and images is None else start["sample"]
        chosen = {**start, **state}
        if own is None:
            chosen["image"] = self._examples[max(0, self._sample_there(chosen["sample"]))]
        super().__init__(_about=self._told(), **self._sent_once(), **chosen)
        self._compute()
        self._stay_in_the_layer()
        for name, at in {"row": 1, "column": 3}.items() if network is None else ():
            if name not in state:
                setattr(self, name, nearest(at, 0, self._sizes()[name] - 1))
        self.observe(self._sample_chosen, "sample")
        self.observe(self._image_set, "image")

    def _check_sizes(self) -> None:
        wanted = self._network.layers[0].shape
        if self._examples.shape[1:] != wanted:
            raise ValueError(
                f"images must be {wanted} (channels, rows, columns) for this network, "
                f"got {self._examples.shape[1:]}"
            )

    def _sample_there(self, sample: Any) -> int:
        count = len(self._examples)
        if not isinstance(sample, int | np.integer) or not -1 <= sample < count:
            raise traitlets.TraitError(f"sample must be -1 to {count - 1}, got {sample!r}")
        return int(sample)

    @traitlets.validate("sample")
    def _sample_valid(self, proposal: Any) -> int:
        return self._sample_there(proposal.value)

    @traitlets.validate("epoch")
    def _epoch_kept(self, proposal: Any) -> int:
        if proposal.value not in self._network.epochs:
            raise traitlets.TraitError(
                f"epoch must be one of {self._network.epochs}, got {proposal.value}"
            )
        return int(proposal.value)

    @traitlets.validate("layer")
    def _layer_there(self, proposal: Any) -> int:
        return self._within("layer", proposal.value, 1, len(self._network.layers) - 1)

    def _sizes(self) -> dict[str, int]:
        """How many places each position has in the chosen layer."""
        names = ("channel", "row", "column")
        sizes = dict(zip(names, self._network.layers[self.layer].shape, strict=True))
        return {**sizes, "incoming": incoming_channels(self._network, self.layer)}

    @traitlets.validate("channel", "row", "column", "incoming")
    def _unit_there(self, proposal: Any) -> int:
        name = proposal.trait.name
        self._within("layer", self.layer, 1, len(self._network.layers) - 1)
        return self._within(name, proposal.value, 0, self._sizes()[name] - 1)

    @traitlets.observe("layer")
    def _stay_in_the_layer(self, change: object = None) -> None:
        for name, size in self._sizes().items():
            setattr(self, name, nearest(getattr(self, name), 0, size - 1))

    @traitlets.validate("image")
    def _image_fits(self, proposal: Any) -> FloatArray:
        wanted = self._examples.shape[1:]
        if proposal.value.shape != wanted:
            raise traitlets.TraitError(f"image must be {wanted}, got shape {proposal.value.shape}")
        value: FloatArray = proposal.value
        return value

    def _sample_chosen(self, change: Any) -> None:
        if self.sample >= 0:
            self.image = self._examples[self.sample]

    def _image_set(self, change: Any) -> None:
        if self.sample >= 0 and not np.array_equal(self.image, self._examples[self.sample]):
            self.sample = -1
        self._compute()

    def _compute(self) -> None:
        """For a network that the browser does not know: its outputs, with the image they are of."""
        if self._builtin:
            return
        try:
            outputs = self._network.outputs(self.image, self.epoch)[1:]
        except ValueError as error:
            self._computed = {**self._computed, "problem": str(error)}
            return
        numbers = np.concatenate([output.ravel() for output in outputs])
        data = numbers.astype("<f4").tobytes()
        self._computed = {"image": packed(self.image), "data": data, "problem": ""}

    def _told(self) -> dict[str, Any]:
        """What the browser needs to know of the network and of the examples."""
        layers, at = [], 0
        for number, layer in enumerate(self._network.layers):
            entry = asdict(layer)
            found = self._network.parameters(number, self._network.epochs[-1])
            entry["field"] = [list(axis) for axis in layer.field] if layer.field else None
            entry["kernel"] = None if found is None else list(found[0].shape)
            entry["at"] = at
            at += 0 if found is None else found[0].size + found[1].size
            layers.append(entry)
        accuracy: list[list[float]] = []
        if self._builtin:
            networks = [digits_network(epoch) for epoch in EPOCHS]
            accuracy = [[one.training_accuracy, one.test_accuracy] for one in networks]
        low, high = float(self._examples.min()), float(self._examples.max())
        return {
            "builtin": self._builtin,
            "layers": layers,
            "weights": at,
            "epochs": list(self._network.epochs),
            "accuracy": accuracy,
            "labels": None if self._labels is None else self._labels.tolist(),
            "ink": [low, high if high > low else low + 1.0],
            "step": WEIGHT_STEP,
        }

    def _sent_once(self) -> dict[str, bytes]:
        """Weights of each epoch, and the examples: in bytes for the course's network."""
        kind, unit = ("<i1", WEIGHT_STEP) if self._builtin else ("<f4", 1.0)
        parts = [
            part.ravel() / unit
            for epoch in self._network.epochs
            for number in range(len(self._network.layers))
            for part in self._network.parameters(number, epoch) or ()
        ]
        weights = np.concatenate(parts) if parts else np.zeros(0)
        return {
            "_weights": weights.astype(kind).tobytes(),
            "_samples": self._examples.astype("<f4").tobytes(),
        }

    def state(self) -> LayersState:
        """What the learner has chosen so far."""
        return self._chosen(LayersState)

    def label(self) -> int | None:
        """What the image truly is, if it is an example with a label."""
        known = self._labels is not None and self.sample >= 0
        return int(self._labels[self.sample]) if known and self._labels is not None else None

    def describe(self) -> str:
        """The picture in words."""
        return describe(self._network, self.state(), self.label())

    def picture(self) -> Picture:
        """The image, the chosen layer's maps and the scores."""
        return picture(self._network, self.state(), f"{self.title}. {self.describe()}")


def _examples(
    images: ArrayLike | None, labels: ArrayLike | None
) -> tuple[FloatArray, np.ndarray | None]:
    """Images (N, C, H, W) and their labels (N,), or None."""
    if images is None:
        if labels is not None:
            raise ValueError(
                "labels must be left out unless images are given: the course's digits have theirs, "
                f"got {short(labels)}"
            )
        pixels, truth = digits()
        chosen = example_digits()
        return pixels[chosen][:, None] / INK, truth[chosen].astype(int)
    array = numbers("images", images)
    if not 2 <= array.ndim <= 4 or not array.size:
        raise ValueError(
            f"images must be (H, W), (C, H, W) or (N, C, H, W), got shape {array.shape}"
        )
    array = array.astype(float).reshape((1,) * (4 - array.ndim) + array.shape)
    limits = (MOST_IMAGES, *LARGEST)
    if any(size > most for size, most in zip(array.shape, limits, strict=True)):
        raise ValueError(f"images must be at most {limits}, got {array.shape}")
    check_numbers("images", array)
    if labels is None:
        return array.astype(np.float32).astype(float), None
    truth = numbers("labels", labels)
    if truth.shape != (len(array),) or truth.dtype.kind not in "iu":
        raise ValueError(f"labels must be {len(array)} whole numbers, got {short(labels)}")
    # As the browser gets them: what comes back is then the same example.
    return array.astype(np.float32).astype(float), truth.astype(int)


def layers(network: Any = None, images: ArrayLike | None = None, **state: Any) -> LayersExplorer:
    """Look into a network, the course's by default.

    Parameters
    ----------
    network, images, **state
        As the parameters of `LayersExplorer`.

    Raises
    ------
    TypeError, ValueError, traitlets.TraitError
        If they cannot be used.

    Examples
    --------
    >>> layers(layer=2, row=4, column=5).describe().split(". ")[2][:38]
    'Layer ReLU 1, channel 0 of 6, row 4, c'
    """
    return LayersExplorer(network, images, **state)
