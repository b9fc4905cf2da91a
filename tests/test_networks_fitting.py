"""Training: checkpoints to the bit, early stop, schedules, shifts; in NumPy and in torch."""

import io
import os
import re
import subprocess
import sys
import textwrap
from pathlib import Path

import numpy as np
import pytest

from cnncourse.data import bars
from cnncourse.data.digits import INK, digits
from cnncourse.networks.checkpoints import (
    WrongCheckpoint,
    fingerprint,
    read_checkpoint,
    write_checkpoint,
)
from cnncourse.networks.fitting import fit
from cnncourse.networks.learners import NumpyLearner
from cnncourse.networks.optimisers import Adam, Momentum
from cnncourse.networks.parts import Convolution, Dense, Flatten, Pool, ReLU
from cnncourse.networks.schedules import Schedule
from cnncourse.networks.sequential import Sequential
from cnncourse.networks.warping import moved_at_random, warped

ROOT = Path(__file__).resolve().parent.parent


def some_digits(count=96, start=0):
    images, labels = digits()
    chosen = slice(start, start + count)
    return (images[chosen, None] / INK).astype(np.float32), labels[chosen].astype(int)


def numpy_learner(kind="adam", seed=0):
    random = np.random.default_rng(seed)
    network = Sequential(
        [Convolution(1, 4, 3, random=random), Pool(2), ReLU(), Flatten()]
        + [Dense(36, 10, random=random)]
    )
    optimiser = Adam(0.01) if kind == "adam" else Momentum(0.1, decay=1e-3)
    return NumpyLearner(network, optimiser)


def torch_learner(kind="adam", seed=0):
    torch = pytest.importorskip("torch")
    from cnncourse.frameworks.torch_learner import TorchLearner

    nn = torch.nn
    torch.set_num_threads(1)
    torch.manual_seed(seed)
    model = nn.Sequential(
        nn.Conv2d(1, 4, 3),
        nn.BatchNorm2d(4),
        nn.ReLU(),
        nn.Flatten(),
        nn.Dropout(),
        nn.Linear(144, 10),
    )
    make = {
        "adam": lambda p: torch.optim.Adam(p, 0.01),
        "momentum": lambda p: torch.optim.SGD(p, 0.1, momentum=0.9),
    }[kind]
    return TorchLearner(model, make(model.parameters()), device="cpu")


LEARNERS = pytest.mark.parametrize("make", [numpy_learner, torch_learner])
SETTINGS = {"epochs": 4, "batch": 20, "seed": 5, "schedule": Schedule("cosine", 1), "shift": 1}


class Stopped(Exception):
    """Stands for whatever ends a program."""


def interrupted_at(learner, step, error=KeyboardInterrupt):
    """Make a learner's `step`-th step raise."""
    original, count = learner.step, 0

    def wrapped(images, labels):
        nonlocal count
        count += 1
        if count == step:
            raise error
        return original(images, labels)

    learner.step = wrapped
    return learner


def same(one, other):
    assert set(one) == set(other)
    for name in one:
        assert one[name].dtype == other[name].dtype
        assert np.array_equal(one[name], other[name]), name


@LEARNERS
@pytest.mark.parametrize("kind", ["adam", "momentum"])
def test_an_interrupted_training_ends_at_the_same_bits(make, kind, tmp_path):
    data, held_out = some_digits(), some_digits(50, 100)
    options = {**SETTINGS, "held_out": held_out, "patience": 3}
    whole = make(kind)
    history = fit(whole, *data, **options)
    file = tmp_path / "training.npz"
    for step in (3, 7, 8):  # within the first epoch; then in the second two times
        with pytest.raises(KeyboardInterrupt):
            fit(interrupted_at(make(kind), step), *data, **options, checkpoint=file)
    again = make(kind)
    resumed = fit(again, *data, **options, checkpoint=file)
    same(whole.weights(), again.weights())
    assert resumed.losses == history.losses
    assert resumed.held_out_losses == history.held_out_losses
    assert resumed.accuracies == history.accuracies
    assert (resumed.best, resumed.stopped) == (history.best, history.stopped)
    assert len(resumed.seconds) == 4
    # Done already: nothing is learned again, and the weights are there.
    finished = make(kind)
    assert fit(finished, *data, **options, checkpoint=file).losses == history.losses
    same(whole.weights(), finished.weights())
    assert [path.name for path in tmp_path.iterdir()] == ["training.npz"]


@LEARNERS
@pytest.mark.parametrize("stopped", [2, 8])  # within the first epoch; in the second
def test_the_same_learner_goes_on_after_an_interrupt(make, stopped, tmp_path):
    data, file = some_digits(), tmp_path / "training.npz"
    whole = make()
    fit(whole, *data, **SETTINGS)
    learner = make()
    step = learner.step
    with pytest.raises(KeyboardInterrupt):
        fit(interrupted_at(learner, stopped), *data, **SETTINGS, checkpoint=file)
    learner.step = step
    fit(learner, *data, **SETTINGS, checkpoint=file)
    same(whole.state(), learner.state())


def test_who_stops_a_training_is_told_how_to_go_on(tmp_path):
    data, file = some_digits(), tmp_path / "training.npz"
    for checkpoint, step, words in (
        (None, 8, "1 of 4 epochs were done. The network keeps what it learned"),
        (file, 2, f"0 of 4 epochs were done, and the first weights are kept in {file}. Run"),
        (file, 8, f"1 of 4 epochs were done, and are kept in {file}. Run the same cell again"),
    ):
        learner = numpy_learner()
        before = learner.weights()
        with pytest.raises(KeyboardInterrupt) as raised:
            fit(interrupted_at(learner, step), *data, **SETTINGS, checkpoint=checkpoint)
        (note,) = raised.value.__notes__
        assert note.startswith(words)
        changed = [np.any(before[name] != now) for name, now in learner.weights().items()]
        assert all(changed)
        assert file.exists() == (checkpoint is not None)


def test_warped_images_take_the_nearest_pixels():
    random = np.random.default_rng
    images = random(0).integers(1, 99, (7, 2, 9, 6)).astype(np.float32)
    draw = random(3)
    change, move = draw.uniform(-0.3, 0.3, (7, 2, 2)), draw.integers(-2, 3, (7, 2))
    wanted = np.zeros_like(images)
    for n, c, i, j in np.ndindex(images.shape):
        place = np.array([i - 4, j - 2.5])
        row, column = np.rint(place + change[n] @ place + move[n] + [4, 2.5]).astype(int)
        if 0 <= row < 9 and 0 <= column < 6:
            wanted[n, c, i, j] = images[n, c, row, column]
    assert np.array_equal(warped(images, 2, 0.3, random(3)), wanted)
    assert np.array_equal(warped(images, 2, 0, random(3)), moved_at_random(images, 2, random(3)))
    with pytest.raises(ValueError, match="warp must be a number of 0 or more and at most 0.5"):
        fit(numpy_learner(), *some_digits(), epochs=1, warp=0.6)


def test_a_killed_training_goes_on(tmp_path):
    program = """
        import os, sys
        sys.path.insert(0, "tests")
        import test_networks_fitting as t
        class Kill(BaseException):
            pass
        learner = t.numpy_learner()
        original, count = learner.step, 0
        def step(images, labels):
            global count
            count += 1
            if count == 8:
                os._exit(9)  # no exception, no tidying up
            return original(images, labels)
        learner.step = step
        t.fit(learner, *t.some_digits(), **t.SETTINGS, checkpoint=sys.argv[1])
    """
    file = tmp_path / "training.npz"
    code = textwrap.dedent(program)
    assert subprocess.run([sys.executable, "-c", code, file], cwd=ROOT).returncode == 9
    assert read_checkpoint(file)[0]["history"]["losses"]
    whole, resumed = numpy_learner(), numpy_learner()
    fit(whole, *some_digits(), **SETTINGS)
    fit(resumed, *some_digits(), **SETTINGS, checkpoint=file)
    same(whole.state(), resumed.state())


def test_stopped_while_a_checkpoint_is_written_the_old_one_stands(tmp_path, monkeypatch):
    file = tmp_path / "c.npz"
    write_checkpoint(file, {"a": 1}, {"x": np.arange(3)})
    before = file.read_bytes()

    def stop(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "replace", stop)
    with pytest.raises(KeyboardInterrupt):
        write_checkpoint(file, {"a": 2}, {"x": np.arange(4)})
    assert file.read_bytes() == before
    assert list(tmp_path.iterdir()) == [file]


def content(kind):
    made = io.BytesIO()
    if kind == "npz":
        np.savez(made, a=np.arange(3))
    elif kind == "objects":
        np.savez(made, checkpoint=np.array([{}], dtype=object), allow_pickle=True)
    elif kind == "newer":
        np.savez(made, checkpoint=np.array('{"format": "cnncourse checkpoint 99"}'))
    elif kind == "no JSON":
        np.savez(made, checkpoint=np.array("seven"))
    elif kind == "npy":
        np.save(made, np.arange(3))
    return made.getvalue() or b"my thesis"


@pytest.mark.parametrize("kind", ["npz", "objects", "newer", "no JSON", "npy", "text"])
def test_another_file_is_never_overwritten(kind, tmp_path):
    file = tmp_path / "mine"
    file.write_bytes(content(kind))
    with pytest.raises(WrongCheckpoint, match="checkpoint must name a new file"):
        fit(numpy_learner(), *some_digits(), **SETTINGS, checkpoint=file)
    assert file.read_bytes() == content(kind)


def test_half_a_checkpoint_is_refused(tmp_path):
    file = tmp_path / "c.npz"
    fit(numpy_learner(), *some_digits(), **{**SETTINGS, "epochs": 1}, checkpoint=file)
    whole = file.read_bytes()
    for length in (0, 10, len(whole) // 2, len(whole) - 1):
        file.write_bytes(whole[:length])
        with pytest.raises(WrongCheckpoint):
            read_checkpoint(file)


@pytest.mark.parametrize(
    ("change", "dropped"),
    [
        ({"settings": None}, False),
        ({"history": None}, False),
        ({"history": [1]}, False),
        ({"history": {"losses": ["a"]}}, False),
        ({"history": {"lost": [1.0]}}, False),
        ({"best_epoch": "one"}, False),
        ({"best_epoch": 1}, False),
        ({}, True),
    ],
)
def test_broken_contents_are_told_with_the_file_s_name(change, dropped, tmp_path):
    file = tmp_path / "c.npz"
    fit(numpy_learner(), *some_digits(), **SETTINGS, checkpoint=file)
    note, arrays = read_checkpoint(file)
    if dropped:
        del arrays[next(name for name in arrays if name.endswith("bias"))]
    write_checkpoint(file, {**note, **change}, arrays)
    before = file.read_bytes()
    with pytest.raises(WrongCheckpoint, match=f"checkpoint {re.escape(str(file))} is damaged"):
        fit(numpy_learner(), *some_digits(), **SETTINGS, checkpoint=file)
    assert file.read_bytes() == before


def test_the_bar_says_that_a_result_was_taken_from_a_file(tmp_path, monkeypatch):
    said, file = [], tmp_path / "c.npz"
    monkeypatch.setattr(
        "cnncourse.networks.fitting.Bar.update", lambda bar, done, words=None: said.append(words)
    )
    fit(numpy_learner(), *some_digits(), **SETTINGS, checkpoint=file)
    assert not any("taken from" in words for words in said if words)
    fit(numpy_learner(), *some_digits(), **SETTINGS, checkpoint=file)
    assert said[-1].startswith(f"taken from {file}, epoch 4: loss")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"epochs": 5}, "plan.epochs was 4, is 5"),
        ({"seed": 6}, "plan.seed was 5, is 6"),
        ({"schedule": Schedule()}, "plan.schedule.kind was 'cosine', is 'constant'"),
        ({"held_out": "some"}, "held_out was None, is '"),
    ],
)
def test_a_checkpoint_of_other_settings_is_left_alone(change, said, tmp_path):
    file = tmp_path / "c.npz"
    fit(numpy_learner(), *some_digits(), **SETTINGS, checkpoint=file)
    before = file.read_bytes()
    if "held_out" in change:
        change = {"held_out": some_digits(10, 100)}
    with pytest.raises(WrongCheckpoint, match=said.replace(".", r"\.")):
        fit(numpy_learner(), *some_digits(), **{**SETTINGS, **change}, checkpoint=file)
    images, labels = some_digits()
    with pytest.raises(WrongCheckpoint, match="images was"):
        fit(numpy_learner(), images / 2, labels, **SETTINGS, checkpoint=file)
    with pytest.raises(WrongCheckpoint, match=r"learner\.optimiser was 'Adam', is 'Momentum'"):
        fit(numpy_learner("momentum"), images, labels, **SETTINGS, checkpoint=file)
    with pytest.raises(WrongCheckpoint, match="learner.library was 'numpy', is 'torch'"):
        fit(torch_learner(), images, labels, **SETTINGS, checkpoint=file)
    assert file.read_bytes() == before


@LEARNERS
def test_it_stops_early_with_the_best_weights(make):
    data, held_out = some_digits(40), some_digits(60, 100)
    learner = make("momentum")
    history = fit(
        learner, *data, epochs=200, batch=10, held_out=held_out, patience=2, watch="accuracy"
    )
    assert history.stopped and history.epochs < 200
    assert history.best == int(np.argmax(history.accuracies)) + 1 == history.epochs - 2
    assert learner.accuracy(*held_out) == max(history.accuracies) == history.accuracy
    assert str(history).endswith(f"weights of epoch {history.best}; stopped early")


def test_without_patience_the_last_weights_stand():
    held_out = some_digits(60, 100)
    learner = numpy_learner()
    history = fit(learner, *some_digits(), **SETTINGS, held_out=held_out)
    assert history.best is None and history.epochs == 4
    assert learner.test(*held_out) == (history.held_out_losses[-1], history.accuracies[-1])


def test_numpy_and_torch_are_trained_alike():
    torch = pytest.importorskip("torch")
    from cnncourse.frameworks.torch_learner import TorchLearner

    ours, nn = numpy_learner(), torch.nn
    twin = nn.Sequential(nn.Conv2d(1, 4, 3), nn.MaxPool2d(2), nn.ReLU(), nn.Flatten())
    twin.append(nn.Linear(36, 10))
    with torch.no_grad():
        for mine, theirs in zip(ours.weights().values(), twin.parameters(), strict=True):
            theirs.copy_(torch.from_numpy(mine))
    theirs = TorchLearner(twin, torch.optim.Adam(twin.parameters(), 0.01), device="cpu")
    one = fit(ours, *some_digits(), **SETTINGS)
    other = fit(theirs, *some_digits(), **SETTINGS)
    np.testing.assert_allclose(one.losses, other.losses, rtol=1e-3)


def test_the_schedule_sets_the_rate_and_puts_it_back():
    learner, rates = numpy_learner(), []
    original = learner.step

    def step(images, labels):
        rates.append(learner.optimiser.rate)
        return original(images, labels)

    learner.step = step
    schedule = Schedule("steps", warm_up=1, every=2, factor=0.1)
    fit(learner, *some_digits(40), epochs=5, batch=20, schedule=schedule)
    np.testing.assert_allclose(
        rates, 0.01 * np.array([0.25, 0.75, 1, 1, 0.1, 0.1, 0.1, 0.1, 0.01, 0.01])
    )
    assert learner.optimiser.rate == 0.01


def test_each_epoch_sees_every_image_once_in_another_order():
    images = np.arange(10, dtype=np.float32).reshape(10, 1, 1, 1)
    seen = []

    class Watcher(NumpyLearner):
        def step(self, images, labels):
            seen.append(images[:, 0, 0, 0].tolist())
            assert labels.tolist() == [int(value) % 2 for value in seen[-1]]
            return 0.0

    random = np.random.default_rng(0)
    learner = Watcher(Sequential([Flatten(), Dense(1, 2, random=random)]), Adam())
    fit(learner, images, np.arange(10) % 2, epochs=3, batch=4)
    assert [len(batch) for batch in seen] == [4, 4, 2] * 3
    orders = [sum(seen[i : i + 3], []) for i in (0, 3, 6)]
    assert [sorted(order) for order in orders] == [list(range(10))] * 3
    assert len({tuple(order) for order in orders}) == 3


def test_shifts_move_whole_pixels():
    images = np.random.default_rng(0).random((300, 2, 5, 4))
    moved = moved_at_random(images, 2, np.random.default_rng(1))
    found = set()
    for image, other in zip(images, moved, strict=True):
        padded = np.pad(image, ((0, 0), (2, 2), (2, 2)))
        places = [
            (i, j)
            for i in range(5)
            for j in range(5)
            if np.array_equal(padded[:, i : i + 5, j : j + 4], other)
        ]
        assert len(places) == 1
        found.update(places)
    assert len(found) == 25
    assert moved_at_random(images, 0, np.random.default_rng(1)) is images


IMAGES, LABELS = some_digits(8)


@pytest.mark.parametrize(
    ("change", "error", "said"),
    [
        ({"learner": 3}, TypeError, "learner must be"),
        ({"images": IMAGES[:, 0]}, ValueError, "images must be"),
        ({"images": (IMAGES * 16).astype(int)}, TypeError, "images must hold floating"),
        ({"images": IMAGES * np.nan}, ValueError, "images must be finite"),
        ({"images": IMAGES[:0], "labels": LABELS[:0]}, ValueError, "images must be some"),
        ({"labels": LABELS[:3]}, ValueError, "labels must be 8 whole numbers"),
        ({"labels": LABELS / 2}, ValueError, "labels must be 8 whole numbers"),
        ({"labels": LABELS + 5}, ValueError, "labels must be from 0 to 9"),
        ({"epochs": 0}, ValueError, "epochs must be"),
        ({"batch": 2.5}, TypeError, "batch must be"),
        ({"seed": -1}, ValueError, "seed must be"),
        ({"schedule": "cosine"}, TypeError, "schedule must be"),
        ({"shift": -1}, ValueError, "shift must be"),
        ({"patience": 3}, ValueError, "patience needs held_out"),
        ({"patience": 0}, ValueError, "patience must be"),
        ({"watch": "luck"}, ValueError, "watch must be"),
        ({"held_out": IMAGES}, TypeError, "held_out must be a pair"),
        ({"held_out": (IMAGES, LABELS[:1])}, ValueError, "held-out labels must be"),
        ({"checkpoint": 3}, TypeError, "checkpoint must be a file's name"),
        ({"checkpoint": "no/such/folder/c.npz"}, FileNotFoundError, "checkpoint must lie in"),
    ],
)
def test_bad_arguments_are_named(change, error, said):
    given = {"learner": numpy_learner(), "images": IMAGES, "labels": LABELS, "epochs": 1, **change}
    with pytest.raises(error, match=said):
        fit(**given)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ({"kind": "linear"}, "kind must be"),
        ({"warm_up": -1}, "warm_up must be"),
        ({"every": 0}, "every must be"),
        ({"factor": 2}, "factor must be"),
    ],
)
def test_schedules_are_checked(arguments, said):
    with pytest.raises(ValueError, match=said):
        Schedule(**arguments)


def test_learners_are_checked():
    learner = numpy_learner()
    with pytest.raises(TypeError, match="network must be a Sequential"):
        NumpyLearner(3, Adam())
    with pytest.raises(TypeError, match="optimiser must be Momentum"):
        NumpyLearner(learner.network, "adam")


def test_torch_learners_are_checked():
    torch = pytest.importorskip("torch")
    from cnncourse.frameworks.torch_learner import TorchLearner

    one, other = torch.nn.Linear(2, 2), torch.nn.Linear(2, 2)
    with pytest.raises(TypeError, match=r"model must be a torch.nn.Module"):
        TorchLearner(3, torch.optim.Adam(one.parameters()))
    with pytest.raises(TypeError, match="optimiser must be one of"):
        TorchLearner(one, "adam")
    with pytest.raises(ValueError, match="optimiser must have been made from"):
        TorchLearner(one, torch.optim.Adam(other.parameters()))


@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_a_loss_that_explodes_is_said():
    learner = numpy_learner("momentum")
    learner.rate = 1e30
    with pytest.raises(FloatingPointError, match="smaller learning rate"):
        fit(learner, *some_digits(), epochs=3, batch=10)


def test_fingerprints_tell_arrays_apart():
    x = np.arange(6, dtype=np.float32)
    others = [x + 1, x.reshape(2, 3), x.astype(np.float64), x.view(np.int32)]
    assert len({fingerprint(array) for array in [x, *others]}) == 5
    assert fingerprint(x[::2]) == fingerprint(x[::2].copy())


def test_nothing_is_shown_while_outputs_are_stored(monkeypatch, capsys):
    monkeypatch.setenv("CNNCOURSE_DATA", "off")
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    assert bars.place() == "nowhere"
    monkeypatch.setenv("CNNCOURSE_DATA", "")
    assert bars.place() == "terminal"
    monkeypatch.setenv("CNNCOURSE_DATA", "off")
    fit(numpy_learner(), *some_digits(20), epochs=1)
    assert capsys.readouterr() == ("", "")


def test_a_terminal_shows_one_line(capsys):
    with bars.Bar("Training", 4, where="terminal") as bar:
        bar.update(1, "epoch 1")
        bar.update(4, "done")
    out, err = capsys.readouterr()
    assert out == "" and err.rstrip(" \n").endswith("100 %, done")
    assert err.count("\n") == 1


def test_a_notebook_shows_one_element(monkeypatch):
    import IPython.display

    shown = []

    class Handle:
        def update(self, content):
            shown[-1] = content.data

    def display(content, display_id):
        shown.append(content.data)
        return Handle()

    monkeypatch.setattr(IPython.display, "display", display)
    with bars.Bar("A & B", 4, where="notebook") as bar:
        bar.update(1, "<epoch 1>")
        bar.update(4)
    assert len(shown) == 1
    assert "A &amp; B" in shown[0] and 'value="1.000"' in shown[0] and "&lt;epoch 1&gt;" in shown[0]
