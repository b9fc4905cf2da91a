"""The padding experiment: the network is what it says, runs repeat, and pairs share their luck."""

import numpy as np
import pytest

from cnncourse.experiments.padding_sweep import HEADS, padding_sweep, parameter_count

torch = pytest.importorskip("torch")


def test_the_same_seeds_give_the_same_accuracies():
    first = padding_sweep([0, 2], seeds=2, epochs=1)
    assert first.shape == (2, 2)
    assert np.array_equal(first, padding_sweep([0, 2], seeds=2, epochs=1))
    assert len(np.unique(first)) == 4  # each seed and padding is a run of its own


def test_a_run_does_not_depend_on_those_beside_it():
    alone = padding_sweep([2], seeds=1, epochs=1)
    among = padding_sweep([0, 2, 4], seeds=2, epochs=1)
    assert alone[0, 0] == among[1, 0]


def test_other_seeds_are_other_runs():
    first, later = (padding_sweep([2], seeds=2, epochs=1, first=seed) for seed in (0, 1))
    assert first[0, 1] == later[0, 0]
    assert first[0, 0] != later[0, 1]


def test_accuracies_are_shares_of_1597_digits_in_per_cent():
    accuracy = padding_sweep([1], seeds=2, epochs=1)
    assert ((accuracy > 15) & (accuracy < 100)).all()  # one in ten would be guessing
    right = accuracy / 100 * 1597
    assert np.allclose(right, np.round(right), atol=1e-6)


def test_training_makes_it_better():
    before, after = (padding_sweep([2], seeds=1, epochs=epochs)[0, 0] for epochs in (0, 4))
    assert before < 30
    assert after > 80


def test_inverted_digits_are_another_task():
    plain, inverted = (padding_sweep([2], seeds=1, epochs=1, inverted=i) for i in (False, True))
    assert plain[0, 0] != inverted[0, 0]


def test_neither_torch_s_random_numbers_nor_its_threads_are_touched():
    torch.manual_seed(3)
    state, threads = torch.get_rng_state(), torch.get_num_threads()
    padding_sweep([0], seeds=1, epochs=1)
    assert torch.equal(state, torch.get_rng_state())
    assert threads == torch.get_num_threads()


@pytest.mark.parametrize("head", HEADS)
@pytest.mark.parametrize("channels", [1, 8])
def test_parameters_are_those_of_the_network(head, channels):
    from cnncourse.experiments.padding_sweep import _network

    for padding in range(5):
        model = _network(padding, head, channels)
        counted = sum(parameter.numel() for parameter in model.parameters())
        assert parameter_count(padding, head=head, channels=channels) == counted
        assert model(torch.zeros(3, 1, 8, 8)).shape == (3, 10)


def test_an_equal_head_is_an_equal_head():
    # The control of the lesson: without padding, four times the kernels.
    small, large = (parameter_count(0, channels=c) for c in (8, 32))
    assert 10 * 32 * 16 == 10 * 8 * 64  # weights of the two heads
    assert large - 32 * 26 == parameter_count(2) - 8 * 26
    assert small < large
    assert {parameter_count(p, head="average") for p in range(5)} == {538}


def test_all_paddings_of_a_seed_start_from_the_same_kernels():
    from cnncourse.experiments.padding_sweep import _network

    kernels = []
    for padding in (0, 4):
        torch.manual_seed(7)
        kernels.append(_network(padding, "dense", 8)[0].weight)
    assert torch.equal(*kernels)


@pytest.mark.parametrize(
    "arguments, message",
    [
        ({"paddings": [5]}, "padding must be at most 4"),
        ({"paddings": [-1]}, "padding"),
        ({"paddings": [0], "head": "max"}, "head must be"),
        ({"paddings": [0], "seeds": 0}, "seeds"),
        ({"paddings": [0], "channels": 0}, "channels"),
        ({"paddings": [0], "epochs": -1}, "epochs"),
        ({"paddings": [0], "first": -1}, "first"),
    ],
)
def test_what_it_cannot_do_it_says(arguments, message):
    with pytest.raises(ValueError, match=message):
        padding_sweep(**arguments)
