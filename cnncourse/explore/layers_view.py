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
from cnncourse.data.strokes import RADIUS
from cnncourse.explore.arrays import Array, check_numbers, packed
from cnncourse.explore.base import Explorer, nearest
from cnncourse.explore.inputs import Whole, numbers, short
from cnncourse.explore.layers_model import DigitsLayers, LayersState, Network, incoming_channels
from cnncourse.explore.layers_picture import picture
from cnncourse.explore.layers_sequential import (
    SequentialLayers,
    digits_shape,
    held_out_digits,
    networks_given,
)
from cnncourse.explore.layers_torch import TorchLayers, torch_of
from cnncourse.explore.layers_words import describe
from cnncourse.networks.digits_network import (
    EPOCHS,
    WEIGHT_STEP,
    digits_network,
    example_digits,
)
from cnncourse.networks.sequential import Sequential
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
    network : path, Sequential, mapping from int to Sequential, or torch.nn.Module, optional
        A file of `Sequential.save` or `networks.save_networks`, a network of this package, or its
        moments by epochs: all that is computed in the browser. Or any module of torch that takes
        one image: Python computes that. The course's network for digits by default. The explorer
        shows a copy: of a network that is trained on, make another explorer.
    images : (H, W), (C, H, W) or (N, C, H, W) array_like, optional
        Examples for it, at most 64 of one size. By default digits that the course's trainings
        hold out, of 8 x 8 or 28 x 28 pixels, whichever the network takes; a module needs at least
        one image.
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
        How long the network has been trained: 0, 1, 2, 4, 8, 16 or 32; of your own, the epochs
        that you gave, or 0.
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
        given = networks_given(network)
        shape = digits_shape(given) if given is not None and images is None else None
        if given is None and network is not None:
            torch_of(network)
        if images is None and network is not None and shape is None:
            raise ValueError("images must be given with a module of torch")
        self._examples, self._labels = _examples(images, labels, given, shape)
        own = state.get("image")
        size = self._examples.shape[1:]
        shown = size if own is None else numbers("image", own).shape
        if shown[-2:] != size[-2:]:
            raise ValueError(f"image must be of the examples' size {size}, got {shown}")
        self._builtin = network is None
        self._digits = images is None
        self._network: Network = _network(network, given, self._examples[0])
        self._check_sizes()
        start = {"sample": -1 if own is not None else 0, "epoch": self._network.epochs[-1]}
        if images is None and own is None:
            start["sample"] = 3  # a 3: curved, and right
        chosen = {**start, **state}
        if own is None:
            chosen["image"] = self._examples[max(0, self._sample_there(chosen["sample"]))]
        super().__init__(_about=self._told(), **self._sent_once(), **chosen)
        self._compute()
        self._stay_in_the_layer()
        for name, at in self._start_at().items():
            if name not in state:
                setattr(self, name, nearest(at, 0, self._sizes()[name] - 1))
        self.observe(self._sample_chosen, "sample")
        self.observe(self._image_set, "image")

    def _start_at(self) -> dict[str, int]:
        """The unit to begin with: where there is ink, if it is known where."""
        if self._builtin:
            return {"row": 1, "column": 3}
        sizes = self._sizes()
        return {name: sizes[name] // 2 for name in ("row", "column")} if self._digits else {}

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
        if not isinstance(self._network, TorchLayers):
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
            "local": not isinstance(self._network, TorchLayers),
            "digits": self._digits,
            "paper": self.paper(),
            "radius": RADIUS,
            "layers": layers,
            "weights": at,
            "epochs": list(self._network.epochs),
            "accuracy": accuracy,
            "labels": None if self._labels is None else self._labels.tolist(),
            "ink": [low, high if high > low else low + 1.0],
            "step": self._step(),
            "levels": _levels(self._examples),
        }

    def _all_weights(self) -> FloatArray:
        """Weights of each epoch, those of all layers in a row."""
        parts = [
            part.ravel()
            for epoch in self._network.epochs
            for number in range(len(self._network.layers))
            for part in self._network.parameters(number, epoch) or ()
        ]
        return np.concatenate(parts) if parts else np.zeros(0)

    def _step(self) -> float:
        """What all weights are small multiples of, as those that ship are; 0 if there is none."""
        steps = self._all_weights() / WEIGHT_STEP
        few = bool(np.all(steps == np.rint(steps)) and np.all(np.abs(steps) <= 127))
        return WEIGHT_STEP if few else 0.0

    def _sent_once(self) -> dict[str, bytes]:
        """Weights of each epoch, and the examples: in bytes where these hold them exactly."""
        step, levels = self._step(), _levels(self._examples)
        weights = self._all_weights()
        sent = (weights / step).astype("<i1") if step else weights.astype("<f4")
        pixels = np.rint(self._examples * levels).astype("u1") if levels else self._examples
        return {
            "_weights": sent.tobytes(),
            "_samples": (pixels if levels else pixels.astype("<f4")).tobytes(),
        }

    def paper(self) -> bool:
        """Whether the images are dark ink on bright paper, and not light in the dark.

        Digits are, and other images of one channel that are nearly empty for the most part, shown
        to a network of this package.
        """
        if self._digits:
            return True
        low, high = self._examples.min(), self._examples.max()
        empty = np.mean(self._examples <= low + (high - low) / 4) > 0.5
        alone = self._examples.shape[1] == 1 and not isinstance(self._network, TorchLayers)
        return bool(alone and empty)

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
        alt = f"{self.title}. {self.describe()}"
        return picture(self._network, self.state(), alt, paper=self.paper())


def _network(network: Any, given: dict[int, Sequential] | None, image: FloatArray) -> Network:
    """What computes the outputs for such an image."""
    if network is None:
        return DigitsLayers()
    if given is None:
        return TorchLayers(network, image)
    channels, rows, columns = image.shape
    return SequentialLayers(given, (channels, rows, columns))


def _levels(images: FloatArray) -> int:
    """Steps of ink from 0 to 1 that all pixels are in, as float32 has them; 0 if in none."""
    for steps in (INK, 255):
        whole = np.rint(images * steps)
        same = np.float32(whole) / np.float32(steps) == images
        if same.all() and whole.min() >= 0 and whole.max() <= steps:
            return steps
    return 0


def _examples(
    images: ArrayLike | None,
    labels: ArrayLike | None,
    given: dict[int, Sequential] | None,
    shape: tuple[int, int, int] | None,
) -> tuple[FloatArray, np.ndarray | None]:
    """Images (N, C, H, W) and their labels (N,), or None."""
    if images is None:
        if labels is not None:
            raise ValueError(
                "labels must be left out unless images are given: the course's digits have theirs, "
                f"got {short(labels)}"
            )
        if given is not None and shape is not None:
            return held_out_digits(given[max(given)], shape)
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
    """Look into a network: the course's by default, your own, or one from a file.

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
