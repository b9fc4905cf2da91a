"""Layers and a small network by torch, TensorFlow, Keras and ours, in both layouts.

One thread each; the image's channels first (NCHW) or last (NHWC); the way a layer is called.
Without TensorFlow torch and ours are compared. Run: python benchmarks/bench_frameworks.py [--quick]
"""

from _timing import Race, geometric_mean, parse_quick, torch_on_one_thread  # sets the threads

# isort: split
import numpy as np

from cnncourse.conv import conv2d
from cnncourse.frameworks.present import has_tensorflow
from cnncourse.pooling import pool2d

torch = torch_on_one_thread()
rng = np.random.default_rng(0)
LAYOUTS = ["torch NCHW", "torch NHWC", "TF NCHW", "TF NHWC"]
WAYS = ["torch", "Keras call", "tf.function", "on_batch", "predict"]


def tensorflow_on_one_thread():
    """Return TensorFlow, held to one thread, or None where it is not installed."""
    if not has_tensorflow():
        return None
    import tensorflow as tf

    tf.config.threading.set_intra_op_parallelism_threads(1)
    tf.config.threading.set_inter_op_parallelism_threads(1)
    return tf


tf = tensorflow_on_one_thread()


class Last:
    """A result with its channels last, moved to the front when compared, not when timed."""

    def __init__(self, result):
        self.result = result

    def __array__(self, dtype=None, copy=None):
        return np.moveaxis(np.asarray(self.result), -1, 1)


def numbers(*shape):
    return rng.standard_normal(shape, dtype=np.float32)


def torch_layouts(function, x, *weights):
    """Return name -> call of torch, for both orders in memory; its shapes are channels first."""
    if torch is None:
        return {}
    calls = {}
    for name, order in (("NCHW", torch.contiguous_format), ("NHWC", torch.channels_last)):
        held = [torch.from_numpy(a).contiguous(memory_format=order) for a in (x, *weights)]
        calls[f"torch {name}"] = lambda held=held: function(*held)
    return calls


def tensorflow_layouts(function, x):
    """Return name -> call of TensorFlow; NCHW is left out where this build does not do it."""
    if tf is None:
        return {}
    first, last = tf.constant(x), tf.constant(x.transpose(0, 2, 3, 1))
    calls = {"TF NHWC": lambda: Last(function(last, "NHWC"))}
    try:
        function(first, "NCHW")
    except (tf.errors.InvalidArgumentError, tf.errors.UnimplementedError):
        return calls
    return calls | {"TF NCHW": lambda: function(first, "NCHW")}


def strides_of(step, layout):
    return (1, 1, step, step) if layout == "NCHW" else (1, step, step, 1)


def convolution(samples, inputs, size, outputs, k, step):
    """Return the calls of a convolutional layer without padding."""
    x, kernel = numbers(samples, inputs, size, size), numbers(outputs, inputs, k, k)
    if tf is not None:
        hwio = tf.constant(kernel.transpose(2, 3, 1, 0))
    return (
        {"ours": lambda: conv2d(x, kernel, stride=step)}
        | torch_layouts(lambda a, w: torch.nn.functional.conv2d(a, w, stride=step), x, kernel)
        | tensorflow_layouts(
            lambda a, layout: tf.nn.conv2d(
                a, hwio, strides_of(step, layout), "VALID", data_format=layout
            ),
            x,
        )
    )


def pooling(kind, samples, channels, size, k, step):
    x = numbers(samples, channels, size, size)
    by_torch = None
    if torch is not None:
        functions = {
            "max": torch.nn.functional.max_pool2d,
            "average": torch.nn.functional.avg_pool2d,
        }
        by_torch = functions[kind]
    by_tf = None if tf is None else {"max": tf.nn.max_pool2d, "average": tf.nn.avg_pool2d}[kind]
    return (
        {"ours": lambda: pool2d(x, k, kind=kind, stride=step)}
        | torch_layouts(lambda a: by_torch(a, k, step), x)
        | tensorflow_layouts(lambda a, layout: by_tf(a, k, step, "VALID", data_format=layout), x)
    )


def bench_layouts(quick):
    race = Race("Layers, float32, two layouts", ours="ours", rivals=LAYOUTS, quick=quick)
    cases = [(1, 1, 28, 8, 3, 1), (64, 1, 28, 32, 5, 1), (32, 64, 28, 64, 3, 1),
             (1, 3, 224, 16, 7, 2), (8, 128, 14, 128, 1, 1)]  # fmt: skip
    for samples, inputs, size, outputs, k, step in cases[:3] if quick else cases:
        name = f"conv {samples} x {inputs} x {size}^2 -> {outputs}, k={k}, s={step}"
        race.run(name, convolution(samples, inputs, size, outputs, k, step), kind="conv")
    pools = [("max", 32, 64, 28, 2, 2), ("max", 32, 64, 28, 3, 1), ("average", 32, 64, 28, 2, 2)]
    for kind, samples, channels, size, k, step in pools[::2] if quick else pools:
        name = f"{kind} {samples} x {channels} x {size}^2, k={k}, s={step}"
        race.run(name, pooling(kind, samples, channels, size, k, step), kind="pool")
    for kind in ("conv", "pool"):
        say_ratio(race, "torch NHWC", "torch NCHW", kind)
        say_ratio(race, "TF NHWC", "torch NCHW", kind)
        say_ratio(race, "TF NCHW", "TF NHWC", kind)


def say_ratio(race, one, other, kind=None):
    """Print how long `one` takes, as a ratio to `other`: from the same rounds."""
    found = [
        ratios[other] / ratios[one]
        for ratios, tags in race.ratios
        if one in ratios and other in ratios and tags.get("kind") in (kind, None)
    ]
    if found:
        print(
            f"=> {kind or 'all'}: {one} takes {geometric_mean(found):.2f} of the time of {other} "
            f"({min(found):.2f} to {max(found):.2f}, {len(found)} cases)"
        )


# A small network, and the ways to call it


def weights_of_network():
    """Two layers of 3 x 3 with a maximum of 2 x 2 behind each, and a dense one."""
    shapes = {"first": (8, 1, 3, 3), "second": (16, 8, 3, 3), "dense": (10, 16)}
    return {
        name: numbers(*shape) / np.float32(np.sqrt(np.prod(shape[1:])))
        for name, shape in shapes.items()
    }


def our_network(weights, x):
    for name in ("first", "second"):
        x = pool2d(np.maximum(conv2d(x, weights[name]), 0), 2)
    return x.mean((2, 3)) @ weights["dense"].T


def torch_network(weights, x):
    functional = torch.nn.functional
    held = {name: torch.from_numpy(w) for name, w in weights.items()}
    x = torch.from_numpy(x)

    def call():
        out = x
        for name in ("first", "second"):
            out = functional.max_pool2d(functional.conv2d(out, held[name]).relu(), 2)
        return functional.linear(out.mean((2, 3)), held["dense"])

    return call


def keras_network(weights):
    import keras

    layers = keras.layers
    model = keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            layers.Conv2D(8, 3, activation="relu", use_bias=False),
            layers.MaxPooling2D(2),
            layers.Conv2D(16, 3, activation="relu", use_bias=False),
            layers.MaxPooling2D(2),
            layers.GlobalAveragePooling2D(),
            layers.Dense(10, use_bias=False),
        ]
    )
    kernels = [weights[name].transpose(2, 3, 1, 0) for name in ("first", "second")]
    model.set_weights([*kernels, weights["dense"].T])
    return model


def bench_calls(quick):
    """Time a whole network of 2,000 weights: for one image the calls cost more than the sums."""
    race = Race("A small network, 28 x 28, float32", ours="ours", rivals=WAYS, quick=quick)
    weights = weights_of_network()
    model = None if tf is None else keras_network(weights)
    for samples in (1, 32) if quick else (1, 32, 512):
        x = numbers(samples, 1, 28, 28)
        calls = {"ours": lambda x=x: our_network(weights, x)}
        if torch is not None:
            calls["torch"] = torch_network(weights, x)
        if model is not None:
            calls |= keras_ways(model, x.transpose(0, 2, 3, 1))
        race.run(f"{samples} image{'s' if samples > 1 else ''}", calls, samples=samples)
    say_ratio(race, "Keras call", "tf.function")
    say_ratio(race, "predict", "tf.function")
    say_ratio(race, "tf.function", "torch")


def keras_ways(model, x):
    x = np.ascontiguousarray(x)
    held = tf.constant(x)
    graph = tf.function(lambda a: model(a, training=False))
    return {
        "Keras call": lambda: model(held, training=False),
        "tf.function": lambda: graph(held),
        "on_batch": lambda: model.predict_on_batch(x),
        "predict": lambda: model.predict(x, batch_size=len(x), verbose=0),
    }


FINDINGS = """
What you may conclude, from ratios of this one run:
- which of these calls was quicker for these sizes, on one thread of this processor, and by how
  much roughly: a ratio moves by a fifth or so from run to run, more on a busy machine;
- that a layout is no property of a framework: torch runs either, and which is quicker depends on
  the layer: little changes for convolutions, much for pooling;
- that for few small images the way of calling counts more than the arithmetic: look at the
  first line of the second table, and feed `predict` many images at a time.
What you may not:
- which framework is "faster": another processor, more threads, a GPU, training in place of a
  forward pass, a compiled model (torch.compile, jit_compile=True) each have another order;
- anything about accuracy: the results are compared before they are timed, and are equal to
  float32's rounding (1e-4 of the largest here).
"""


if __name__ == "__main__":
    quick = parse_quick(__doc__)
    if tf is None:
        print("TensorFlow is not installed: python3 course.py bench --with tensorflow frameworks")
    bench_layouts(quick)
    bench_calls(quick)
    print(FINDINGS)
