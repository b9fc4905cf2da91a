"""Shapes against torch; graphs, and flattens done in another order, against NumPy."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cnncourse.frameworks import layers
from cnncourse.frameworks.graph import Graph, Node, fold_flatten
from cnncourse.frameworks.layouts import channels_last
from cnncourse.frameworks.sizes import output_shape, resolved_padding

torch = pytest.importorskip("torch")
small, steps = st.integers(1, 5), st.integers(1, 4)


def shape_in_torch(module, *shape):
    return tuple(module(torch.zeros(1, *shape)).shape[1:])


@given(st.tuples(small, small), steps, st.integers(1, 3), st.integers(0, 4), st.integers(9, 20))
def test_convolutions(k, stride, dilation, padding, n):
    layer = layers.Convolution(
        channels_in=2, channels_out=3, size=k, stride=(stride, 1), dilation=(1, dilation),
        padding=((padding, padding), (0, 0)),
    )  # fmt: skip
    module = torch.nn.Conv2d(
        2, 3, k, stride=(stride, 1), dilation=(1, dilation), padding=(padding, 0)
    )
    shape = (2, n, 2 * n)
    assert output_shape(layer, [shape]) == shape_in_torch(module, *shape)
    assert output_shape(layer, [(2, None, 2 * n)])[1] is None


@given(small, steps, st.integers(1, 2), st.integers(6, 20), st.booleans(), st.data())
def test_pooling(k, stride, dilation, n, ceil, data):
    padding = data.draw(st.integers(0, k // 2))
    layer = layers.Pooling(
        kind="max", size=(k,), stride=(stride,), padding=((padding, padding),),
        dilation=(dilation,), ceil=ceil,
    )  # fmt: skip
    module = torch.nn.MaxPool1d(k, stride, padding, dilation, ceil_mode=ceil)
    try:
        expected = shape_in_torch(module, 4, n)
    except RuntimeError:
        with pytest.raises(ValueError, match="must fit"):
            output_shape(layer, [(4, n)])
        return
    assert output_shape(layer, [(4, n)]) == expected


@given(small, steps, st.integers(1, 3), st.integers(0, 3), st.integers(1, 9), st.data())
def test_transposed_convolutions(k, stride, dilation, crop, n, data):
    extra = data.draw(st.integers(0, max(stride, dilation) - 1))
    layer = layers.TransposedConvolution(
        channels_in=2, channels_out=3, size=(k,), stride=(stride,), dilation=(dilation,),
        crop=((crop, crop - extra),),
    )  # fmt: skip
    module = torch.nn.ConvTranspose1d(
        2, 3, k, stride, crop, output_padding=extra, dilation=dilation
    )
    try:
        expected = shape_in_torch(module, 2, n)
    except RuntimeError:
        with pytest.raises(ValueError, match="nothing is left"):
            output_shape(layer, [(2, n)])
        return
    assert output_shape(layer, [(2, n)]) == expected


@pytest.mark.parametrize(
    ("layer", "shapes", "expected"),
    [
        (layers.Input(shape=(3, None, 4)), [], (3, None, 4)),
        (layers.AdaptivePooling(kind="max", sizes=(3, None)), [(2, 7, 8)], (2, 3, 8)),
        (layers.GlobalPooling(kind="max", rank=2, keeps_axes=False), [(2, 7, 8)], (2,)),
        (layers.GlobalPooling(kind="max", rank=2, keeps_axes=True), [(2, None, 8)], (2, 1, 1)),
        (layers.Padding(pads=((1, 2), (-1, 0))), [(2, 7, 8)], (2, 10, 7)),
        (layers.Upsampling(factors=(2, 3)), [(2, 7, None)], (2, 14, None)),
        (layers.Dense(features_in=5, features_out=4), [(5,)], (4,)),
        (layers.Dense(features_in=5, features_out=4, axis=1), [(5, 7, 8)], (4, 7, 8)),
        (layers.Flatten(channels_last=True), [(2, 3, 4)], (24,)),
        (layers.Flatten(channels_last=True), [(2, None, 4)], (None,)),
        (layers.Reshape(shape=(3, 4, 2), channels_last=True), [(24,)], (2, 3, 4)),
        (layers.Reshape(shape=(3, 4, 2), channels_last=False), [(24,)], (3, 4, 2)),
        (layers.Permute(axes=(0, 3, 1, 2)), [(2, 3, 4)], (4, 2, 3)),
        (layers.Merge(kind="add"), [(2, 1, 4), (2, 3, 1)], (2, 3, 4)),
        (layers.Merge(kind="add"), [(2, None, 4), (2, None, 1)], (2, None, 4)),
        (layers.Concatenate(axis=1), [(2, 3, 4), (5, 3, None)], (7, 3, 4)),
        (layers.Dropout(rate=0.5), [(2, 3, 4)], (2, 3, 4)),
    ],
)
def test_other_layers(layer, shapes, expected):
    assert output_shape(layer, shapes) == expected


@pytest.mark.parametrize(
    ("layer", "shapes", "message"),
    [
        (layers.Dense(features_in=5, features_out=4), [(6,)], "must have 5 features, got 6"),
        (layers.Dropout(rate=0.5), [(1,), (1,)], "must have one input, got 2"),
        (layers.Upsampling(factors=(2,)), [(2, 3, 4)], "channels and 1 spatial axes"),
        (layers.Concatenate(axis=1), [(2, 3), (2, 4)], "must match but on axis 1"),
        (layers.Merge(kind="add"), [(2, 3), (2, 4)], "must match or be 1 on each axis"),
        (layers.Merge(kind="add"), [(2, 3), (3,)], "the same number of axes"),
        (layers.Reshape(shape=(5,), channels_last=True), [(2, 3)], "must have 5 numbers, got 6"),
        (layers.Permute(axes=(0, 2, 2)), [(2, 3)], "axes must order those of the shape"),
        (layers.Padding(pads=((-2, -2),)), [(1, 4)], "nothing is left"),
    ],
)
def test_shapes_that_do_not_fit_are_refused(layer, shapes, message):
    with pytest.raises(ValueError, match=message):
        output_shape(layer, shapes)


def test_same_is_numbers_once_the_size_is_known():
    assert resolved_padding((6, 7), (3, 3), (2, 2), (1, 1), "same") == ((0, 1), (1, 1))
    assert resolved_padding((None, 7), (3, 3), (1, 2), (2, 1), "same") == ((2, 2), (1, 1))
    assert resolved_padding((None, 7), (3, 3), (2, 2), (1, 1), "same") is None
    assert resolved_padding((None,), (3,), (2,), (1,), ((1, 0),)) == ((1, 0),)


def dense(name, reads, kernel, module=""):
    layer = layers.Dense(features_in=kernel.shape[1], features_out=kernel.shape[0], bias=False)
    return Node(name, layer, (reads,), {"kernel": kernel}, module)


RNG = np.random.default_rng(0)
START = [
    Node("in", layers.Input(shape=(2, 3, 4))),
    Node("flat", layers.Flatten(channels_last=True), ("in",)),
]
HEAD = RNG.normal(size=(5, 24))


def run(graph, x):
    """Compute a graph of the few layers that these tests use."""
    found = {}
    for node in graph:
        ins = [found[name] for name in node.inputs]
        if isinstance(node.layer, layers.Input):
            value = x
        elif isinstance(node.layer, layers.Flatten):
            value = (channels_last(ins[0]) if node.layer.channels_last else ins[0]).reshape(
                len(x), -1
            )
        elif isinstance(node.layer, layers.Dense):
            value = ins[0] @ node.weights["kernel"].T
        elif isinstance(node.layer, layers.BatchNormalisation):
            value = (ins[0] - node.weights["mean"]) / np.sqrt(node.weights["variance"])
        elif isinstance(node.layer, layers.Activation):
            value = np.maximum(ins[0], 0)
        else:
            value = ins[0] + ins[1]
        found[node.name] = value
    return [found[name] for name in graph.outputs]


NORM = layers.BatchNormalisation(
    axis=1, channels=24, epsilon=0.0, momentum=0.1, scale=False, shift=False
)
STATISTICS = {"mean": RNG.normal(size=24), "variance": RNG.uniform(1, 2, 24)}
RELU = layers.Activation(name="relu", options=(("slope", 0), ("threshold", 0), ("top", np.inf)))
FOLDED = {
    "a dense layer": ([dense("head", "flat", HEAD)], ["head"]),
    "two readers": (
        [dense("a", "flat", HEAD), dense("b", "flat", -HEAD[:2])],
        ["a", "b"],
    ),
    "one layer that reads twice": (
        [dense("a", "flat", HEAD, "head"), dense("b", "flat", HEAD, "head")],
        ["a", "b"],
    ),
    "a normalisation and an activation on the way": (
        [
            Node("norm", NORM, ("flat",), STATISTICS),
            Node("relu", RELU, ("norm",)),
            dense("head", "relu", HEAD),
        ],
        ["head"],
    ),
}
LEFT = {
    "the features are an output": ([dense("head", "flat", HEAD)], ["head", "flat"]),
    "the features are added to others": (
        [Node("sum", layers.Merge(kind="add"), ("flat", "flat")), dense("head", "sum", HEAD)],
        ["head"],
    ),
    "the dense layer reads something else, too": (
        [
            Node("other", layers.Input(shape=(24,))),
            dense("a", "flat", HEAD, "head"),
            dense("b", "other", HEAD, "head"),
        ],
        ["a"],
    ),
}


@pytest.mark.parametrize("case", FOLDED)
def test_a_flatten_in_the_other_order_is_folded_into_what_reads_it(case):
    nodes, outputs = FOLDED[case]
    graph = Graph([*START, *nodes], outputs)
    folded = fold_flatten(graph, channels_last=False)
    assert folded["flat"].layer == layers.Flatten(channels_last=False)
    x = np.random.default_rng(2).normal(size=(3, 2, 3, 4))
    for got, expected in zip(run(folded, x), run(graph, x), strict=True):
        np.testing.assert_allclose(got, expected)
    back = fold_flatten(folded, channels_last=True)
    for node in graph:
        for name, weights in node.weights.items():
            assert np.array_equal(back[node.name].weights[name], weights)


@pytest.mark.parametrize("case", LEFT)
def test_a_flatten_whose_order_others_see_is_left(case):
    nodes, outputs = LEFT[case]
    folded = fold_flatten(Graph([*START, *nodes], outputs), channels_last=False)
    assert folded["flat"].layer == layers.Flatten(channels_last=True)
    for node in nodes:
        assert folded[node.name].weights is node.weights


def test_graphs_know_chains():
    chain = Graph([*START, dense("head", "flat", HEAD)], ["head"])
    assert chain.is_chain
    assert [node.name for node in chain.inputs] == ["in"]
    assert chain.shapes() == {"in": (2, 3, 4), "flat": (24,), "head": (5,)}
    assert not Graph([*START, dense("head", "flat", HEAD)], ["flat"]).is_chain
    twice = [dense("a", "flat", HEAD[:, :24], "m"), dense("b", "a", HEAD[:, :5], "m")]
    assert not Graph([*START, *twice], ["b"]).is_chain
    assert [node.name for node in chain.users("flat")] == ["head"]


def test_graphs_refuse_what_is_no_graph():
    with pytest.raises(ValueError, match="come after its inputs"):
        Graph([dense("head", "flat", HEAD)], ["head"])
    with pytest.raises(ValueError, match="a name of its own"):
        Graph([START[0], START[0]], ["in"])
    with pytest.raises(ValueError, match="outputs must be names of nodes"):
        Graph(START, ["head"])
    with pytest.raises(ValueError, match="layer 'head': the input must have 3 features, got 24"):
        Graph([*START, dense("head", "flat", HEAD[:, :3])], ["head"]).shapes()
