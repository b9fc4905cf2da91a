"""Drawings: kept in files and never lost; made-up ones; what is held out for the test."""

import os
import threading

import numpy as np
import pytest
from PIL import Image

from cnncourse.data import drawing_files, drawings
from cnncourse.data.strokes import INK, RADIUS, SHAPES, SIDE, Hand, inked


@pytest.fixture
def place(tmp_path, monkeypatch):
    """A folder of one's own for drawings; it is not there yet."""
    monkeypatch.setenv("CNNCOURSE_DATA", str(tmp_path / "data"))
    return tmp_path / "data" / "drawings"


@pytest.fixture(autouse=True)
def empty_memory(monkeypatch):
    monkeypatch.setattr(drawing_files, "_IN_MEMORY", {})


def drawing(seed=0):
    return np.random.default_rng(seed).integers(0, 256, (SIDE, SIDE))


def files(place):
    return sorted(path.relative_to(place).as_posix() for path in place.rglob("*") if path.is_file())


# ---------------------------------------------------------------- strokes


def test_a_pen_leaves_ink_by_its_distance():
    image = inked([[(3.5, 2.5), (20.5, 25.5)], [(10, 4)]])
    rows, columns = np.mgrid[:SIDE, :SIDE] + 0.5
    along = np.linspace(0, 1, 4001)[:, None, None]
    line = np.hypot(3.5 + 17 * along - columns, 2.5 + 23 * along - rows).min(axis=0)
    distance = np.minimum(line, np.hypot(columns - 10, rows - 4))
    expected = INK * np.clip(RADIUS + 0.5 - distance, 0, 1)
    assert image.dtype == np.uint8
    assert np.abs(image - expected).max() < 1.0


@pytest.mark.parametrize("shape", SHAPES)
def test_a_hand_draws_each_shape_on_the_paper(shape):
    hand = Hand(np.random.default_rng(3))
    first, second = (hand.draw(shape, np.random.default_rng(seed)) for seed in (0, 1))
    assert np.array_equal(first, hand.draw(shape, np.random.default_rng(0)))
    assert not np.array_equal(first, second)
    assert first.max() > 200
    assert (first > 0).mean() < 0.5


# ---------------------------------------------------------------- files


def test_what_is_kept_comes_back_to_the_bit(place):
    images = [drawing(seed) for seed in range(3)]
    drawings.keep(images[0], "Circle", "Ada")
    drawings.keep(images[1], "free form", "Émilie 3")
    drawings.keep(images[2], "circle")
    found = drawings.load()
    assert found.label_names == ("circle", "free form")
    assert found.writer_names == ("Ada", "me", "Émilie 3")
    assert found.labels.tolist() == [0, 0, 1]
    assert found.writers.tolist() == [0, 1, 2]
    assert np.array_equal(found.images, [images[0], images[2], images[1]])
    assert str(place) in found.told


def test_a_file_shows_dark_ink_on_white_paper(place):
    name = drawings.keep(inked([[(5, 14), (23, 14)]]), "line")
    with Image.open(place / name) as image:
        assert image.getpixel((14, 14)) == 0
        assert image.getpixel((0, 0)) == 255


def test_each_drawing_has_a_file_of_its_own_even_from_many_at_once(place):
    same = drawing()

    def several():
        for _ in range(5):
            drawings.keep(same, "line")

    threads = [threading.Thread(target=several) for _ in range(4)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert len(drawings.load()) == len(files(place)) == 20


def test_a_write_that_fails_leaves_no_half_drawing(place, monkeypatch):
    drawings.keep(drawing(), "line")

    def full(handle):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        drawings.keep(drawing(1), "line")
    assert not [name for name in files(place) if name.endswith(".part")]
    monkeypatch.undo()
    monkeypatch.setenv("CNNCOURSE_DATA", str(place.parent))
    found = drawings.load()
    assert len(found) == 1
    assert "Passed over" not in found.told


def test_a_folder_that_cannot_be_read_is_not_taken_for_an_empty_one(place):
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text("no folder")
    with pytest.raises(OSError, match="drawings"):
        drawings.load()
    with pytest.raises(TypeError, match="name must be a text"):
        drawings.put_away(None)


def test_what_is_put_away_is_not_deleted(place):
    name = drawings.keep(drawing(), "line")
    drawings.keep(drawing(1), "line")
    drawings.put_away(name)
    assert len(drawings.load()) == 1
    assert f"put_away/{name}" in files(place)
    with pytest.raises(FileNotFoundError, match="there is no drawing"):
        drawings.put_away(name)


def test_nothing_outside_of_the_folder_is_put_away(place, tmp_path):
    other = tmp_path / "data" / "other.png"
    drawings.keep(drawing(), "line")
    other.write_bytes(b"mine")
    for name in ("../other.png", "line/../../other.png", "line", ""):
        with pytest.raises((FileNotFoundError, ValueError)):
            drawings.put_away(name)
    assert other.read_bytes() == b"mine"


def test_moving_a_file_changes_its_label(place):
    name = drawings.keep(drawing(), "line", "Ada")
    (place / "cross").mkdir()
    os.rename(place / name, place / "cross" / "mine.png")
    found = drawings.load()
    assert (found.label_names, found.writer_names) == (("cross",), ("Ada",))


def test_files_that_are_no_drawings_are_passed_over_and_named(place):
    name = drawings.keep(drawing(), "line")
    whole = (place / name).read_bytes()
    (place / "line" / "torn.png").write_bytes(whole[: len(whole) // 2])
    (place / "line" / "text.png").write_text("no picture")
    Image.new("L", (5, 5)).save(place / "line" / "small.png")
    Image.new("L", (28, 28)).save(place / "line" / "others.png")  # not drawn here
    (place / "line" / ".hidden.png.part").write_bytes(whole)
    found = drawings.load()
    assert len(found) == 1
    assert "Passed over: line/others.png, line/small.png, line/text.png ..." in found.told


def test_off_keeps_them_in_memory(monkeypatch):
    monkeypatch.setenv("CNNCOURSE_DATA", "off")
    assert drawings.folder() is None
    name = drawings.keep(drawing(), "line")
    assert np.array_equal(drawings.load().images, [drawing()])
    assert "memory" in drawings.load().told
    drawings.put_away(name)
    assert len(drawings.load()) == 0
    with pytest.raises(FileNotFoundError):
        drawings.put_away(name)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((np.zeros((SIDE, SIDE)), "line"), "some ink"),
        ((np.zeros((8, 8)), "line"), "28 x 28"),
        ((np.full((SIDE, SIDE), 256), "line"), "from 0 to 255"),
        ((np.full((SIDE, SIDE), np.nan), "line"), "from 0 to 255"),
        ((drawing(), ""), "label must be"),
        ((drawing(), "a/b"), "label must be"),
        ((drawing(), "put_away"), "label must be"),
        ((drawing(), "x" * 21), "label must be"),
        ((drawing(), "CON"), "folder on every system"),
        ((drawing(), "line", " "), "writer must be"),
        ((drawing(), "line", "two\nlines"), "writer must be"),
    ],
)
def test_what_is_no_drawing_is_refused_by_name(place, arguments, words):
    with pytest.raises(ValueError, match=words):
        drawings.keep(*arguments)
    assert not place.exists()


# ---------------------------------------------------------------- collections


def test_made_up_drawings_are_the_same_each_time_and_nobody_can_spoil_them():
    first = drawings.synthetic(each=1, writers=2)
    first.images[:] = 0
    second = drawings.synthetic(each=1, writers=2)
    assert second.images.any()
    assert not np.array_equal(second.images, drawings.synthetic(1, 2, seed=1).images)
    assert second.inputs.shape == (8, 1, SIDE, SIDE)
    assert second.inputs.dtype == np.float32
    assert second.inputs.max() == 1.0


@pytest.mark.parametrize("seed", range(5))
def test_a_split_by_writer_parts_the_writers(seed):
    everything = drawings.synthetic(each=2, writers=7)
    learn, test = everything.split(0.4, seed)
    assert not set(learn.writers) & set(test.writers)
    assert len(learn) + len(test) == len(everything)
    assert len(set(test.writers.tolist())) == 3


@pytest.mark.parametrize("share", [0.01, 0.25, 0.99])
def test_a_split_by_drawing_has_each_label_in_both_parts(share):
    everything = drawings.synthetic(each=2, writers=3)
    learn, test = everything.split(share, by="drawing")
    assert set(learn.labels) == set(test.labels) == set(range(4))
    pixels = {image.tobytes() for image in learn.images}
    assert not pixels & {image.tobytes() for image in test.images}


def test_a_split_that_cannot_be_is_refused():
    one = drawings.synthetic(each=2, writers=1)
    with pytest.raises(ValueError, match="two writers or more"):
        one.split()
    with pytest.raises(ValueError, match="two drawings of 'circle'"):
        drawings.synthetic(each=1, writers=1).split(by="drawing")
    with pytest.raises(ValueError, match="share"):
        one.split(0.0)
    with pytest.raises(ValueError, match="by must be"):
        one.split(by="label")


def test_a_project_takes_the_learner_s_own_when_there_are_enough():
    def draw(label, count):
        for seed in range(count):
            drawings.keep(drawing(seed), label)

    draw("sun", drawings.ENOUGH)
    draw("moon", drawings.ENOUGH - 1)
    few = drawings.for_project()
    assert few.label_names == SHAPES
    assert f"so far {drawings.ENOUGH - 1} moon, {drawings.ENOUGH} sun." in few.told
    draw("moon", 1)
    draw("star", 2)
    alone = drawings.for_project()
    assert alone.label_names == SHAPES
    assert "all by 'me'" in alone.told
    drawings.keep(drawing(99), "sun", "Ada")
    own = drawings.for_project()
    assert own.label_names == ("moon", "sun")
    assert len(own) == 2 * drawings.ENOUGH + 1
    learn, test = own.split()
    assert not set(learn.writers) & set(test.writers)
    assert "Left out" in own.told
    assert "star" in own.told
