"""What a new layer of torch and of Keras starts with: random kernels, biases, running averages."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from cnncourse._arrays import FloatArray, integer
from cnncourse.experiments.arguments_shared import WITHOUT_KERAS
from cnncourse.frameworks.present import has_tensorflow, load_keras

IN_CHANNELS, OUT_CHANNELS, KERNEL = 32, 64, 3


@dataclass(frozen=True, eq=False)
class Start:
    """Weights of a new convolution: 64 kernels of 3 x 3 taps on 32 channels.

    Attributes
    ----------
    framework : {"torch", "Keras"}
    rule : str
        Whose rule the kernels are drawn by.
    kernel : ndarray
        In the framework's own layout.
    bias : (64,) ndarray
    bound : float
        By the rule the kernel's numbers are uniform from -bound to bound.
    """

    framework: str
    rule: str
    kernel: np.ndarray
    bias: np.ndarray
    bound: float

    @property
    def expected(self) -> float:
        """Standard deviation of the kernel by its rule: bound / sqrt(3)."""
        return self.bound / math.sqrt(3)

    def __str__(self) -> str:
        """Measured beside expected."""
        reach = float(np.abs(self.bias).max())
        biases = f"within {reach:.3f} of 0" if reach else "all 0"
        return (
            f"{self.framework:<5}  spread {self.kernel.std():.3f}, by its rule {self.expected:.3f} "
            f"({self.rule}); biases {biases}"
        )


@dataclass(frozen=True, eq=False)
class Starts:
    """How the same layer starts in both frameworks.

    Attributes
    ----------
    torch : Start
    keras : Start or None
        None where Keras is not installed.
    """

    torch: Start
    keras: Start | None

    def __str__(self) -> str:
        """Both, and what to keep from it."""
        lines = [str(self.torch), WITHOUT_KERAS if self.keras is None else str(self.keras)]
        wider = keras_bound() / torch_bound()
        lines.append(
            f"Spread: standard deviation of the weights, of {OUT_CHANNELS} kernels of {KERNEL} x "
            f"{KERNEL} x {IN_CHANNELS} taps. Keras's rule: {wider:.2f} times as wide here."
        )
        return "\n".join(lines)

    __repr__ = __str__


def fans() -> tuple[int, int]:
    """Numbers that one output is the sum of, and outputs that one number is added to (inside).

    Examples
    --------
    >>> fans()
    (288, 576)
    """
    return IN_CHANNELS * KERNEL**2, OUT_CHANNELS * KERNEL**2


def torch_bound() -> float:
    """Kaiming's uniform rule with a = sqrt(5), as torch draws kernels, and its biases too.

    sqrt(6 / ((1 + a**2) * fan_in)) = 1 / sqrt(fan_in): K. He and others, "Delving Deep into
    Rectifiers", ICCV 2015, with a slope a that no leaky ReLU has.

    Examples
    --------
    >>> round(torch_bound(), 4)
    0.0589
    """
    return math.sqrt(6 / ((1 + 5) * fans()[0]))


def keras_bound() -> float:
    """Glorot's uniform rule, Keras's default: sqrt(6 / (fan_in + fan_out)).

    X. Glorot and Y. Bengio, "Understanding the difficulty of training deep feedforward neural
    networks", AISTATS 2010, eq. 16.

    Examples
    --------
    >>> round(keras_bound(), 4)
    0.0833
    """
    return math.sqrt(6 / sum(fans()))


def initialisation(seed: int = 6) -> Starts:
    """Make the same convolution in both frameworks and measure what it starts with.

    Parameters
    ----------
    seed : int, default 6

    Returns
    -------
    Starts
    """
    import torch

    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        layer = torch.nn.Conv2d(IN_CHANNELS, OUT_CHANNELS, KERNEL)
    kernel, bias = (part.detach().numpy() for part in layer.parameters())
    in_torch = Start("torch", "Kaiming's, uniform", kernel, bias, torch_bound())
    return Starts(in_torch, _keras_start(seed) if has_tensorflow() else None)


def _keras_start(seed: int) -> Start:
    """Keras's default initialiser, given a seed of its own."""
    keras = load_keras("to make a layer of Keras")
    default = keras.layers.Conv2D(OUT_CHANNELS, KERNEL).kernel_initializer
    layer = keras.layers.Conv2D(
        OUT_CHANNELS, KERNEL, kernel_initializer=type(default)(seed=seed), dtype="float32"
    )
    layer.build((None, None, None, IN_CHANNELS))
    kernel, bias = layer.get_weights()
    return Start("Keras", "Glorot's, uniform", kernel, bias, keras_bound())


@dataclass(frozen=True, eq=False)
class RunningAverages:
    """What batch normalisation remembers of one batch, and how fast it forgets.

    Attributes
    ----------
    batch : (N,) ndarray
        One channel's values.
    means, variances : dict of str to float
        Of "torch" and "Keras" (where it is installed), after one step of training from 0 and 1.
    shares : dict of str to float
        Of the batch in the new average, as measured.
    epsilons : dict of str to float
        Defaults, read from the layers.
    """

    batch: FloatArray
    means: dict[str, float]
    variances: dict[str, float]
    shares: dict[str, float]
    epsilons: dict[str, float]

    def batches_until(self, framework: str, share: float = 0.9) -> int:
        """Batches after which the average holds that share of a new mean.

        n with 1 - (1 - a)**n >= share, a being the share of one batch.
        """
        return math.ceil(math.log(1 - share) / math.log(1 - self.shares[framework]) - 1e-4)

    def __str__(self) -> str:
        """A line for each framework."""
        lines = [
            f"{name:<5}  running mean {self.means[name]:.2f}, variance {self.variances[name]:.4f}, "
            f"epsilon {self.epsilons[name]:g}; {self.batches_until(name)} batches to follow 90 % "
            "of a change"
            for name in self.means
        ]
        if "Keras" not in self.means:
            lines.append(WITHOUT_KERAS)
        return "\n".join(
            [
                f"One batch with mean {self.batch.mean():g}, variance {self.batch.var():g} (over "
                f"{self.batch.size}) or {self.batch.var(ddof=1):g} (over {self.batch.size - 1}):",
                *lines,
                "momentum: the batch's share in torch, the old average's in Keras. Variance: over "
                "N - 1 in torch, over N in Keras.",
            ]
        )

    __repr__ = __str__


def running_averages(values: tuple[int, ...] = (8, 10, 12, 10, 10)) -> RunningAverages:
    """Show one batch to a new batch normalisation of each framework.

    Parameters
    ----------
    values : tuple of int
        At least two, with a mean other than 0.

    Returns
    -------
    RunningAverages

    Raises
    ------
    ValueError
        If there are fewer than two values, or their mean is 0.
    """
    import torch

    batch = np.array(values, float)
    if integer("len(values)", batch.size) < 2 or batch.mean() == 0:
        raise ValueError(f"values must be two or more with a mean other than 0, got {values}")
    layer = torch.nn.BatchNorm2d(1, dtype=torch.float64)
    layer(torch.from_numpy(batch.reshape(-1, 1, 1, 1)))
    means = {"torch": float(layer.running_mean)}  # type: ignore[arg-type]
    variances = {"torch": float(layer.running_var)}  # type: ignore[arg-type]
    epsilons = {"torch": layer.eps}
    if has_tensorflow():
        keras = load_keras("to make a layer of Keras")
        normal = keras.layers.BatchNormalization(dtype="float64")
        normal(batch.reshape(-1, 1, 1, 1), training=True)
        means["Keras"] = float(np.asarray(normal.moving_mean)[0])
        variances["Keras"] = float(np.asarray(normal.moving_variance)[0])
        epsilons["Keras"] = normal.epsilon
    shares = {name: mean / float(batch.mean()) for name, mean in means.items()}
    return RunningAverages(batch, means, variances, shares, epsilons)
