"""The torch modules of our own, and graphs written as torch models: without Keras."""

import math

import numpy as np
import pytest

from cnncourse.frameworks import CannotTranslate, channels_first, channels_last, flatten_order
from cnncourse.frameworks import layers as kinds
from cnncourse.frameworks.checking import relative_difference, sizes_to_try
from cnncourse.frameworks.graph import Graph, Node
from cnncourse.shapes import same_padding

torch = pytest.importorskip("torch")


def numbers(*shape):
    return np.random.default_rng(3).standard_normal(shape).astype(np.float32)


def run(module, x):
    with torch.no_grad():
        return module(torch.tensor(x)).numpy()


@pytest.mark.parametrize("size", [5, 6, 7, 8])
@pytest.mark.parametrize(("kernel", "stride", "dilation"), [(3, 2, 1), (4, 3, 1), (2, 1, 3)])
def test_same_padding_follows_each_size(size, kernel, stride, dilation):
    from cnncourse.frameworks.torch_modules import SamePadding

    pad = SamePadding((kernel,), (stride,), (dilation,), value=-math.inf)
    x = numbers(1, 2, size)
    wanted = same_padding(size, kernel, stride, dilation)
    expected = np.pad(x, ((0, 0), (0, 0), wanted), constant_values=-np.inf)
    assert np.array_equal(run(pad, x), expected)


@pytest.mark.parametrize("padding", ["same", ((0, 1), (2, 1))])
def test_average_of_inside_is_the_mean_of_what_is_there(padding):
    from cnncourse.frameworks.torch_modules import AveragePoolOfInside

    x = numbers(1, 1, 6, 7)
    got = run(AveragePoolOfInside((3, 3), (2, 2), padding), x)
    pads = padding if padding != "same" else [same_padding(n, 3, 2, 1) for n in (6, 7)]
    holes = np.pad(x[0, 0], pads, constant_values=np.nan)
    for row in range(got.shape[2]):
        for column in range(got.shape[3]):
            window = holes[2 * row : 2 * row + 3, 2 * column : 2 * column + 3]
            assert got[0, 0, row, column] == pytest.approx(np.nanmean(window), abs=1e-6)


def test_flatten_and_reshape_keep_the_order_of_channels_last():
    from cnncourse.frameworks.torch_modules import FlattenChannelsLast, ReshapeChannelsLast

    x = numbers(2, 3, 4, 5)
    assert np.array_equal(
        run(FlattenChannelsLast(), x), x.reshape(2, -1)[:, flatten_order((3, 4, 5))]
    )
    wanted = channels_first(channels_last(x).reshape(2, 10, 3, 2))
    assert np.array_equal(run(ReshapeChannelsLast((10, 3, 2)), x), wanted)


@pytest.mark.parametrize("dims", [(1,), (1, 3), (2, 3)])
def test_layer_norm_over_any_axes(dims):
    from cnncourse.frameworks.torch_modules import LayerNormOver

    x = numbers(2, 3, 4, 5)
    norm = LayerNormOver([x.shape[axis] for axis in dims], dims, 1e-3)
    mean, variance = x.mean(dims, keepdims=True), x.var(dims, keepdims=True)
    assert relative_difference((x - mean) / np.sqrt(variance + 1e-3), run(norm, x)) < 1e-5


def test_nearest_upsampling_of_torch_is_used_only_where_it_is_exact():
    from cnncourse.frameworks.torch_plain_parts import _upsample_is_exact

    inexact = [factor for factor in range(1, 64) if not _upsample_is_exact(factor)]
    assert 41 in inexact
    for factor in set(range(1, 12)) - set(inexact):
        x = numbers(1, 1, 300)
        up = torch.nn.Upsample(scale_factor=float(factor), mode="nearest")
        assert np.array_equal(run(up, x), x.repeat(factor, axis=2))


def convolution(**more):
    options = {"channels_in": 2, "channels_out": 3, "size": (3,), "stride": (2,), "dilation": (1,)}
    return kinds.Convolution(**{**options, "padding": "same", "bias": False, **more})


def chain(shape, *layers, **weights):
    nodes = [Node("x", kinds.Input(shape=shape))]
    for number, layer in enumerate(layers):
        nodes.append(Node(f"l{number}", layer, (nodes[-1].name,), weights if not number else {}))
    return Graph(nodes, [nodes[-1].name])


@pytest.mark.parametrize(
    ("length", "kinds_of_modules"),
    [(8, ["ZeroPad1d", "Conv1d"]), (9, ["Conv1d"]), (None, ["SamePadding", "Conv1d"])],
)
def test_same_is_plain_padding_where_the_size_is_known(length, kinds_of_modules):
    from cnncourse.frameworks.torch_writing import write_torch

    model = write_torch(chain((2, length), convolution(), kernel=numbers(3, 2, 3)))
    found = [type(m).__name__ for m in model.modules() if type(m).__name__ != "Sequential"]
    assert found == kinds_of_modules
    assert run(model, numbers(1, 2, length or 8)).shape == (1, 3, 5 if length == 9 else 4)


def test_what_torch_has_not_is_refused_by_name():
    from cnncourse.frameworks.torch_writing import write_torch

    graph = chain((2, 8), convolution(padding=((0, 1),), mode="reflect"), kernel=numbers(3, 2, 3))
    with pytest.raises(CannotTranslate, match="layer 'l0'.*uneven"):
        write_torch(graph)
    with pytest.raises(CannotTranslate, match="no AdaptiveAvgPool4d"):
        write_torch(
            chain((2, 3, 3, 3, 3), kinds.GlobalPooling(kind="average", rank=4, keeps_axes=True))
        )


def test_sizes_to_try_fit_and_tell_axes_apart():
    halves = kinds.Pooling(
        kind="max", size=(2, 2), stride=(2, 2), padding=((0, 0),) * 2, dilation=(1, 1)
    )
    doubles = kinds.Upsampling(factors=(2, 2))
    nodes = [
        Node("x", kinds.Input(shape=(1, None, None))),
        Node("low", halves, ("x",)),
        Node("up", doubles, ("low",)),
        Node("sum", kinds.Merge(kind="add"), ("x", "up")),
    ]
    tried = sizes_to_try(Graph(nodes, ["sum"]))
    assert len(tried) == 3
    for ((_, height, width),) in tried:
        assert height % 2 == width % 2 == 0
        assert height != width
    assert sizes_to_try(chain((2, 5), kinds.Identity())) == [[(2, 5)]]


@pytest.mark.parametrize(
    ("a", "b", "wanted"),
    [
        ([0.0, 0.0], [0.0, 0.0], 0.0),
        ([0.0, 0.0], [0.0, 1e-9], math.inf),
        ([1.0, math.nan], [1.0, 1.0], math.inf),
        ([2.0, math.inf], [1.0, math.inf], 0.5),
        ([math.nan], [math.nan], 0.0),
        ([math.inf], [-math.inf], math.inf),
    ],
)
def test_relative_difference_of_special_numbers(a, b, wanted):
    assert relative_difference(np.array(a), np.array(b)) == wanted
