"""The connections explorer's model against brute force, torch and the browser's mirror of it."""

import itertools

import numpy as np
import pytest
import torch
import traitlets

from cnncourse import explore
from cnncourse.explore.connections_model import (
    KINDS,
    MOST_DEPTH,
    MOST_STRIDE,
    MOST_UNITS,
    MOST_WIDTH,
    NO_WEIGHT,
    ConnectionsModel,
    ConnectionsState,
)
from cnncourse.shapes import conv_output_size
from tests.parity import agree

random = np.random.default_rng(21)


def some_states(count):
    """Stacks of all kinds, with a unit and a weight anywhere in them or beyond."""
    for _ in range(count):
        yield ConnectionsState(
            kind=str(random.choice(KINDS)),
            units=int(random.integers(1, MOST_UNITS + 1)),
            width=int(random.integers(1, MOST_WIDTH + 1)),
            depth=int(random.integers(1, MOST_DEPTH + 1)),
            stride=int(random.integers(1, MOST_STRIDE + 1)),
            padding=str(random.choice(["same", "valid"])),
            layer=int(random.integers(0, MOST_DEPTH + 1)),
            unit=int(random.integers(0, MOST_UNITS)),
            weight=int(random.integers(-1, MOST_WIDTH)),
        )


STATES = list(some_states(150))


def parents(state, model, layer, unit):
    """(unit below, place in the kernel) that a unit sees, by walking over the kernel."""
    if state.kind == "dense":
        return [(below, None) for below in range(model.sizes[layer - 1])]
    first = unit * state.stride - model.pads[layer - 1][0]
    seen = [(first + place, place) for place in range(state.width)]
    return [(below, place) for below, place in seen if 0 <= below < model.sizes[layer - 1]]


def ancestors(state, model, layer, unit):
    """All (layer, unit) that a unit can be reached from, by a search along the connections."""
    found, waiting = {(layer, unit)}, [(layer, unit)]
    while waiting:
        layer, unit = waiting.pop()
        if not layer:
            continue
        for below, _ in parents(state, model, layer, unit):
            if (layer - 1, below) not in found:
                found.add((layer - 1, below))
                waiting.append((layer - 1, below))
    return found


@pytest.mark.parametrize("state", STATES[:60], ids=str)
def test_who_sees_whom_is_what_a_search_finds(state):
    model = ConnectionsModel(state)
    reach = model.reach()
    here = (model.layer, model.unit)
    below = ancestors(state, model, *here)
    for layer, size in enumerate(model.sizes):
        for unit in range(size):
            if layer <= model.layer:
                expected = (layer, unit) in below
            else:
                expected = here in ancestors(state, model, layer, unit)
            assert reach[layer][unit] == expected, (layer, unit)


@pytest.mark.parametrize("state", STATES[:60], ids=str)
def test_fields_hold_what_is_seen_and_no_more(state):
    model = ConnectionsModel(state)
    field = model.field()
    seen = {unit for layer, unit in ancestors(state, model, model.layer, model.unit) if layer == 0}
    assert set(field.seen) == seen
    within = range(max(0, field.start), min(state.units, field.start + field.size))
    assert seen <= set(within)
    if state.stride <= state.width and state.padding == "valid" and state.kind != "dense":
        assert seen == set(within), "without padding and gaps, the whole field is seen"
    neighbour = field.start + field.jump
    if model.unit + 1 < model.sizes[model.layer] and state.kind != "dense":
        more = ConnectionsModel(ConnectionsState(**{**vars(state), "unit": model.unit + 1})).field()
        assert (more.size, more.start) == (field.size, neighbour)


@pytest.mark.parametrize("state", STATES[:60], ids=str)
def test_counts_are_the_connections_counted_one_by_one(state):
    model = ConnectionsModel(state)
    layers = range(1, len(model.sizes))
    for kind in KINDS:
        of_kind = ConnectionsState(**{**vars(state), "kind": kind})
        connections = sum(
            len(parents(of_kind, model, layer, unit))
            for layer in layers
            for unit in range(model.sizes[layer])
        )
        counts = model.counts(kind)
        assert counts.connections == connections
        own = state.width * len(layers) if kind == "convolution" else connections
        assert counts.parameters == own
        text = model.formula(kind).replace("·", "*").replace("−", "-")
        assert eval(text, {"__builtins__": {}}) == connections
    numbers = model.field_formula().replace("·", "*")
    assert eval(numbers, {"__builtins__": {}}) == model.field().size


@pytest.mark.parametrize("state", STATES[:60], ids=str)
def test_weights_are_shared_in_a_convolution_alone(state):
    model = ConnectionsModel(state)
    for layer in range(1, len(model.sizes)):
        links, weights = model.links(layer), model.weights(layer)
        assert ((weights >= 0) == links).all()
        numbers = weights[links].tolist()
        if state.kind == "convolution":
            for unit in range(model.sizes[layer]):
                for below, place in parents(state, model, layer, unit):
                    assert weights[unit, below] == place
        else:
            assert numbers == list(range(len(numbers)))
        lit = model.lit(layer)
        assert (lit <= links).all()
        if state.kind != "convolution":
            assert lit.sum() <= 1
        elif model.weight != NO_WEIGHT:
            np.testing.assert_array_equal(lit, weights == model.weight)


@pytest.mark.parametrize("state", [s for s in STATES if s.kind == "convolution"][:12], ids=str)
def test_torch_s_gradients_reach_the_same_inputs(state):
    """The derivative of a unit by the inputs is not zero just where the unit sees them."""
    model = ConnectionsModel(state)
    x = torch.zeros(1, 1, state.units, dtype=torch.float64, requires_grad=True)
    h = x
    for pad in model.pads[: model.layer]:
        kernel = torch.rand(1, 1, state.width, dtype=torch.float64) + 0.5
        h = torch.nn.functional.conv1d(torch.nn.functional.pad(h, pad), kernel, stride=state.stride)
    assert h.shape[-1] == model.sizes[model.layer]
    (gradient,) = torch.autograd.grad(h[0, 0, model.unit], x)
    np.testing.assert_array_equal(gradient[0, 0].numpy() != 0, model.reach()[0])


def test_the_book_s_figures():
    """Goodfellow et al., figures 9.2 to 9.5: five units, three of which each sees or reaches."""
    one = ConnectionsState(units=5, width=3, depth=1, layer=1, unit=2)
    assert ConnectionsModel(one).field().seen == (1, 2, 3)
    assert ConnectionsModel(ConnectionsState(**{**vars(one), "layer": 0})).affected() == [3]
    dense = ConnectionsState(**{**vars(one), "kind": "dense"})
    assert ConnectionsModel(dense).field().seen == (0, 1, 2, 3, 4)
    deep = ConnectionsState(units=5, width=3, depth=2, layer=2, unit=2)
    assert ConnectionsModel(deep).field().seen == (0, 1, 2, 3, 4)
    lit = ConnectionsState(**{**vars(one), "weight": 1})
    assert ConnectionsModel(lit).lit(1).sum() == 5
    alone = ConnectionsState(**{**vars(lit), "kind": "local"})
    assert ConnectionsModel(alone).lit(1).sum() == 1


@pytest.mark.parametrize(
    ("units", "width", "stride", "padding", "depth"),
    list(itertools.product((1, 4, 9), (1, 2, 5), (1, 2), ("same", "valid"), (1, 3))),
)
def test_layers_have_the_sizes_of_convolutions_and_end_when_the_kernel_does_not_fit(
    units, width, stride, padding, depth
):
    state = ConnectionsState(units=units, width=width, stride=stride, padding=padding, depth=depth)
    model = ConnectionsModel(state)
    size = units
    for layer in range(1, depth + 1):
        if layer >= len(model.sizes):
            with pytest.raises(ValueError, match="fit"):
                conv_output_size(size, width, stride=stride, padding=padding)
            fit = {1: "No layer fits: ", 2: f"Only 1 layer of {depth} fits: "}
            words = fit.get(layer, f"Only {layer - 1} layers of {depth} fit: ")
            assert words in model.describe()
            break
        size = conv_output_size(size, width, stride=stride, padding=padding)
        assert model.sizes[layer] == size


def test_the_sentence_is_as_one_would_say_it():
    state = ConnectionsState(units=7, width=3, depth=2, stride=2, layer=1, unit=0)
    assert ConnectionsModel(state).describe() == (
        "A stack of 2 convolutional layers, weights shared, over 7 inputs, kernel width 3, stride "
        "2, padding same. Units, from the input up: 7, 4, 2. h1[0] sees 2 of 7 inputs, x[0] to "
        "x[1]. Its receptive field is "
        "1 + 2·1 = 3 wide, starts at −1, and jumps by 2. h1[0] affects 1 of 2 units of layer 2. "
        "Connections and parameters: dense 36 and 36; local 15 and 15; convolution 15 and 6."
    )
    one = ConnectionsState(units=1, width=1, depth=1, kind="dense", layer=1, unit=0)
    assert (
        ConnectionsModel(one)
        .describe()
        .startswith(
            "A stack of 1 dense layer over 1 input, kernel width 1, stride 1, padding same. "
            "Units, from the input up: 1, 1. h1[0] sees 1 of 1 input, x[0]."
        )
    )


def test_the_browser_computes_and_says_the_same():
    calls = []
    for state in STATES:
        model = ConnectionsModel(state)
        layers = []
        for layer in range(1, len(model.sizes)):
            weights, lit, used = model.weights(layer), model.lit(layer), model.used()[layer - 1]
            layers.append(
                [
                    {
                        "from": int(below),
                        "to": int(unit),
                        "place": int(model.places(layer)[unit, below]),
                        "parameter": int(weights[unit, below]),
                        "lit": bool(lit[unit, below]),
                        "used": bool(used[unit, below]),
                    }
                    for unit, below in np.argwhere(model.links(layer))
                ]
            )
        field = model.field()
        now = {
            "sizes": model.sizes,
            "pads": [list(pad) for pad in model.pads],
            "layer": model.layer,
            "unit": model.unit,
            "weight": model.weight,
            "layers": layers,
            "reach": [found.astype(int).tolist() for found in model.reach()],
            "field": {**vars(field), "seen": list(field.seen)},
            "fieldFormula": model.field_formula(),
            "affected": model.affected(),
            "costs": [
                {"kind": kind, **vars(model.counts(kind)), "formula": model.formula(kind)}
                for kind in KINDS
            ],
            "leftOut": model.left_out(),
        }
        calls.append(("compute", [{}, vars(state)], now))
        calls.append(("describe", [{}, vars(state)], model.describe()))
    agree("connections_math", calls)


# ---------------------------------------------------------------- the widget


def test_without_arguments_it_shows_a_demonstration():
    explorer = explore.connections()
    assert explorer.kind == "convolution"
    assert explorer.depth >= 2
    assert explorer.describe() in explorer.picture().alt


def test_its_state_is_read_and_set_from_python():
    explorer = explore.connections(units=6, width=2, depth=3, padding="valid", layer=3, unit=2)
    assert (explorer.layer, explorer.unit) == (3, 2)
    explorer.width = 3
    assert (explorer.layer, explorer.unit) == (2, 1), "two layers are left, of 4 and 2 units"
    explorer.kind = "dense"
    assert "sees 6 of 6 inputs" in explorer.describe()


@pytest.mark.parametrize(
    ("name", "value"),
    [("units", 0), ("units", MOST_UNITS + 1), ("width", 8), ("depth", 0), ("stride", 4),
     ("padding", "full"), ("kind", "sparse"), ("layer", 5), ("layer", -1), ("unit", 16),
     ("weight", 7), ("units", 2.5)],
)  # fmt: skip
def test_bad_input_is_named_and_leaves_the_former_state(name, value):
    with pytest.raises(traitlets.TraitError, match=name):
        explore.connections(**{name: value})
    explorer = explore.connections()
    before = explorer.describe()
    with pytest.raises(traitlets.TraitError, match=name):
        setattr(explorer, name, value)
    assert explorer.describe() == before
    explorer.unit = 1
    assert explorer.unit == 1


def test_when_layers_fit_again_a_unit_on_top_is_chosen_in_both_languages():
    explorer = explore.connections(units=5, padding="valid", depth=2, layer=2, unit=0)
    explorer.width = 7
    assert (explorer.layer, explorer.unit) == (0, 0)
    bare = {name: getattr(explorer, name) for name in explorer.state_names()}
    explorer.width = 3
    assert (explorer.layer, explorer.unit) == (2, 0)
    explorer.width = 7
    explorer.padding = "same"
    assert (explorer.layer, explorer.unit) == (2, 2)
    explorer.set_state({"layer": 0, "unit": 3})
    explorer.units = 6
    assert (explorer.layer, explorer.unit) == (0, 3)
    agree(
        "connections_math",
        [
            ("resized", [bare, {"width": 3}], {"layer": 2, "unit": 0, "width": 3}),
            ("resized", [bare, {"padding": "same"}], {"layer": 2, "unit": 2}),
            ("resized", [bare, {"units": 4}], {"layer": 0, "unit": 0}),
            ("resized", [{**bare, "width": 3, "unit": 3}, {"units": 6}], {"layer": 0, "unit": 3}),
        ],
    )


def test_sizes_from_the_browser_arrive_together():
    explorer = explore.connections(units=9, layer=2, unit=8)
    explorer.set_state({"units": 4, "layer": 1, "unit": 3})
    assert (explorer.units, explorer.layer, explorer.unit) == (4, 1, 3)


def test_it_is_small_in_a_notebook_and_has_a_picture():
    explorer = explore.connections()
    data, _ = explorer._repr_mimebundle_()
    assert len(data["text/html"]) < 60_000
    assert explorer.describe() == explorer.picture().alt.removeprefix("Connections explorer. ")


@pytest.mark.parametrize("state", STATES[:6], ids=str)
def test_every_stack_can_be_drawn(state):
    explorer = explore.connections(**{**vars(state), "layer": 0, "unit": 0, "weight": -1})
    assert explorer.picture().png().startswith(b"\x89PNG")
