"""The smoothing explorer as a widget; its numbers come from `smoothing_model`."""

from __future__ import annotations

from typing import Any

import numpy as np
import traitlets

from cnncourse.data import Track, spaceship_track
from cnncourse.explore.arrays import LARGEST_NUMBER, check_numbers
from cnncourse.explore.base import Explorer
from cnncourse.explore.inputs import Number, Whole, numbers, short
from cnncourse.explore.smoothing_model import (
    KERNEL_NAMES,
    MAX_LENGTH,
    NOISE_STEPS,
    OWN,
    SEEDS,
    SmoothingModel,
    SmoothingState,
    is_named,
    kernel_table,
    kernel_weights,
    resized,
)
from cnncourse.explore.smoothing_picture import picture
from cnncourse.plots.picture import Picture


class _Numbers(traitlets.List):
    """A list of numbers that can be given as an array, too."""

    def validate(self, obj: Any, value: Any) -> list[float]:
        """Return `value` as the trait keeps it, or raise TraitError."""
        try:
            array = numbers(str(self.name), value)
        except ValueError as error:
            raise traitlets.TraitError(str(error)) from error
        if array.ndim != 1 or not 1 <= array.size <= MAX_LENGTH:
            wanted = f"{self.name} must hold 1 to {MAX_LENGTH} numbers"
            got = array.size if array.ndim == 1 else short(array)
            raise traitlets.TraitError(f"{wanted}, got {got}")
        return [float(number) for number in array]


class SmoothingExplorer(Explorer, module="smoothing", title="Smoothing explorer"):
    """Slide a kernel over a noisy track and see its products, their sum, and the error.

    Everything is drawn and computed in the browser; what the learner chooses arrives here when a
    change has ended, and can be set from here too.

    Parameters
    ----------
    track : Track, optional
        Positions in km; the simulated spaceship's by default.
    **state
        Any of the attributes below, to start with.

    Attributes
    ----------
    kernel_name : str
        "box", "linear", "exponential", "gaussian", "local_linear", or "own".
    length : int
        Number of weights, 1 to 25.
    centred : bool
        Whether the kernel reaches into the future.
    sigma : float
        Standard deviation of the noise, km.
    seed : int
        Draw of the noise, 0 (the track's own) to 9.
    t : int
        Index of the sample at which the kernel lies.
    phase : str
        Phase of the flight over which errors are taken, "" for the whole track.
    weights : list of float
        The weights by age, from any sequence or array of numbers; setting them makes the kernel
        your "own".

    Raises
    ------
    TypeError, ValueError
        If `track` is no `Track`, or has too few samples or too many.
    traitlets.TraitError
        If a value is not as above, not finite, or larger than a million in size.

    Examples
    --------
    >>> explorer = SmoothingExplorer(kernel_name="box", length=4)
    >>> explorer.weights
    [0.25, 0.25, 0.25, 0.25]
    >>> explorer.weights = [0.75, 0.25]
    >>> explorer.kernel_name, explorer.length
    ('own', 2)
    """

    kernel_name = traitlets.Enum([*KERNEL_NAMES, OWN], default_value="box").tag(sync=True)
    length = Whole(7, min=1, max=MAX_LENGTH).tag(sync=True)
    centred = traitlets.Bool(False).tag(sync=True)
    sigma = Number(0.0, min=0, max=LARGEST_NUMBER).tag(sync=True)
    seed = Whole(0, min=0, max=SEEDS - 1).tag(sync=True)
    t = Whole(0).tag(sync=True)
    phase = traitlets.Unicode("").tag(sync=True)
    weights = _Numbers(traitlets.Float()).tag(sync=True)

    _track = traitlets.Dict().tag(sync=True)
    _position = traitlets.Bytes().tag(sync=True)
    _present = traitlets.Bytes().tag(sync=True)
    _own_noise = traitlets.Bytes().tag(sync=True)
    _fresh_noise = traitlets.Bytes().tag(sync=True)
    _kernels = traitlets.Dict().tag(sync=True)

    def __init__(self, track: Track | None = None, **state: Any) -> None:
        if track is not None and not isinstance(track, Track):
            raise TypeError(f"track must be a Track, got {type(track).__name__}")
        self._model = SmoothingModel(spaceship_track() if track is None else track)
        start = self._model.default_state()
        state = _with_weights(state, start)
        defaults = {"sigma": start.sigma, "t": start.t, "phase": start.phase}
        super().__init__(**{**defaults, **state}, **_sent_once(self._model))

    def state(self) -> SmoothingState:
        """What the learner has chosen so far."""
        return self._chosen(SmoothingState)

    def describe(self) -> str:
        """The picture in words."""
        return self._model.describe(self.state())

    def picture(self) -> Picture:
        """The track, and the sum that makes the estimate at `t`."""
        return picture(self._model, self.state(), self.title)

    @traitlets.observe("kernel_name", "length", "centred")
    def _kernel_chosen(self, change: object) -> None:
        if self.kernel_name == OWN:
            self.weights = resized(self.weights, self.length)
        else:
            chosen = kernel_weights(self.kernel_name, self.length, centred=self.centred)
            self.weights = chosen.tolist()

    @traitlets.observe("weights")
    def _weights_set(self, change: object) -> None:
        if self.kernel_name != OWN:
            chosen = kernel_weights(self.kernel_name, self.length, centred=self.centred)
            if self.weights == chosen.tolist():
                return
        # Name and length change together, or either alone would bring other weights back.
        with self.hold_trait_notifications():
            self.kernel_name = OWN
            self.length = len(self.weights)

    @traitlets.validate("t")
    def _t_on_the_track(self, proposal: Any) -> int:
        last = self._model.position.size - 1
        if not 0 <= proposal.value <= last:
            raise traitlets.TraitError(
                f"t must be the index of a sample, 0 to {last}, got {proposal.value}"
            )
        return int(proposal.value)

    @traitlets.validate("phase")
    def _phase_of_the_track(self, proposal: Any) -> str:
        names = self._model.phases
        if proposal.value not in ("", *names):
            raise traitlets.TraitError(
                f"phase must be '' or one of {names}, got {proposal.value!r}"
            )
        return str(proposal.value)

    @traitlets.validate("weights")
    def _weights_usable(self, proposal: Any) -> list[float]:
        weights: list[float] = proposal.value
        try:
            check_numbers("weights", weights)
        except ValueError as error:
            raise traitlets.TraitError(str(error)) from error
        # The browser's are the same numbers but for the last digits.
        if len(weights) == self.length and is_named(
            self.kernel_name, weights, centred=self.centred
        ):
            return kernel_weights(self.kernel_name, self.length, centred=self.centred).tolist()
        return weights


def smoothing(track: Track | None = None, **state: Any) -> SmoothingExplorer:
    """Slide a kernel over a noisy track; the arguments are those of `SmoothingExplorer`.

    Raises
    ------
    TypeError, ValueError, traitlets.TraitError
        If `track` or a value is not one that the explorer can show.

    Examples
    --------
    >>> smoothing(kernel_name="linear", length=3).describe()[:39]
    'A causal linear kernel of 3 lies at t ='
    """
    return SmoothingExplorer(track, **state)


def _with_weights(state: dict[str, Any], start: SmoothingState) -> dict[str, Any]:
    """`state` to begin with, its weights, kernel and length in agreement."""
    name, centred = state.get("kernel_name", start.kernel_name), state.get("centred", False)
    length = state.get("length", len(start.weights))
    if "weights" in state:
        try:
            weights = numbers("weights", state["weights"]).tolist()
            named = is_named(name, weights, centred=centred)
            length = min(max(1, len(weights)), MAX_LENGTH)
        except (TypeError, ValueError):
            return state  # the traits say what is wrong
        return {**state, "kernel_name": name if named else OWN, "length": length}
    if not (isinstance(length, int) and 1 <= length <= MAX_LENGTH):
        return state  # the same
    if name in KERNEL_NAMES:
        return {**state, "weights": kernel_weights(name, length, centred=centred).tolist()}
    return {**state, "weights": list(start.weights)}


def _sent_once(model: SmoothingModel) -> dict[str, object]:
    """What the browser needs to know of a track and of the kernels, by trait name."""
    track = model.track
    largest = _round_up(3 * float(track.sigma) or 1.0)
    own, *fresh = model.unit_noise
    about = {
        "title": track.title,
        "start": float(track.time[0]),
        "dt": float(track.dt),
        "time_digits": model.time_digits,
        "phases": [_phase(name, model) for name in model.phases],
        "names": list(KERNEL_NAMES),
        "max_length": MAX_LENGTH,
        "seeds": SEEDS,
        "sigma_max": largest,
        "sigma_step": largest / 100,
        "sigma_digits": max(0, 2 - int(np.floor(np.log10(largest)))),
    }
    return {
        "_track": about,
        "_position": _bytes(model.position),
        "_present": model.present.astype(np.uint8).tobytes(),
        "_own_noise": _bytes(own),
        "_fresh_noise": (NOISE_STEPS * np.stack(fresh)).astype("<i2").tobytes(),
        "_kernels": kernel_table(),
    }


def _phase(name: str, model: SmoothingModel) -> dict[str, object]:
    """Name, first sample and number of samples of a phase."""
    samples = np.flatnonzero(model.samples(name))
    return {"name": name, "first": int(samples[0]), "count": int(samples.size)}


def _bytes(numbers: np.ndarray) -> bytes:
    return np.ascontiguousarray(numbers, dtype="<f8").tobytes()


def _round_up(value: float) -> float:
    """The smallest of 1, 2, 5, 10, ... times a power of ten that is not below `value`."""
    power = 10.0 ** np.floor(np.log10(value))
    return float(next(step * power for step in (1, 2, 5, 10) if step * power >= value * (1 - 1e-9)))
