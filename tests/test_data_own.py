"""The learner's own picture: read as brightness, turned and reduced; refused in clear words."""

import numpy as np
import pytest
from PIL import Image

from cnncourse.data import photograph, picture

COLOURS = np.array(
    [[[255, 0, 0], [0, 255, 0], [0, 0, 255]], [[0, 0, 0], [255, 255, 255], [100, 100, 100]]],
    dtype=np.uint8,
)


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def save(pixels, name, mode=None, **options):
    Image.fromarray(np.asarray(pixels), mode).save(name, **options)
    return name


def test_without_a_name_it_is_the_photograph():
    image = picture()
    assert image.dtype == np.float64
    np.testing.assert_array_equal(image, photograph())


def test_colours_become_brightness(folder):
    image = picture(save(COLOURS, "colours.png"))
    expected = [[76.245, 149.685, 29.07], [0, 255, 100]]
    np.testing.assert_allclose(image, expected, atol=0.01)
    np.testing.assert_array_equal(picture(folder / "colours.png"), image)


def test_a_wide_picture_keeps_its_proportions_and_its_mean():
    pixels = np.arange(40 * 100, dtype=np.uint8).reshape(40, 100)
    image = picture(save(pixels, "wide.png"), largest=50)
    assert image.shape == (20, 50)
    blocks = pixels.astype(float).reshape(20, 2, 50, 2).mean(axis=(1, 3))
    np.testing.assert_allclose(image, blocks, atol=0.01)
    assert picture("wide.png").shape == (40, 100)
    assert picture("wide.png", largest=1).shape == (1, 1)


def test_it_is_turned_as_the_camera_was_held():
    exif = Image.Exif()
    exif[0x0112] = 6  # taken with the camera turned: rows become columns
    pixels = np.zeros((30, 20, 3), np.uint8)
    pixels[:10] = 255  # the top of the file ends up on the right
    image = picture(save(pixels, "turned.jpg", exif=exif, quality=95))
    assert image.shape == (20, 30)
    assert image[:, 22:].min() > 240
    assert image[:, :18].max() < 15


def test_transparent_parts_are_white():
    pixels = np.zeros((1, 2, 4), np.uint8)
    pixels[0, 0, 3] = 255
    np.testing.assert_allclose(picture(save(pixels, "glass.png")), [[0, 255]], atol=0.01)


def test_sixteen_bits_are_brought_to_the_same_scale():
    pixels = np.array([[0, 65535], [32896, 257]], np.uint16)
    image = picture(save(pixels, "scan.png"))
    np.testing.assert_allclose(image, [[0, 255], [128, 1]], atol=0.01)


def test_black_and_white_and_palette_are_read():
    bits = Image.fromarray(np.array([[0, 255]], np.uint8)).convert("1")
    bits.save("bits.png")
    Image.fromarray(COLOURS).quantize(6).save("palette.gif")
    np.testing.assert_allclose(picture("bits.png"), [[0, 255]], atol=0.01)
    np.testing.assert_allclose(picture("palette.gif")[1], [0, 255, 100], atol=1)


def test_a_name_that_is_not_there_is_answered_with_those_that_are(folder):
    save(COLOURS, "Cat.PNG")
    (folder / "notes.txt").write_text("no picture")
    with pytest.raises(FileNotFoundError, match=r"there is no 'cat.jpg' in the folder .*, but Cat"):
        picture("cat.jpg")
    for number in range(9):
        save(COLOURS, f"dog{number}.png")
    with pytest.raises(FileNotFoundError, match="dog6.png and 2 more$"):
        picture("cat.jpg")


@pytest.mark.parametrize(
    ("name", "error", "words"),
    [
        ("cat.png", FileNotFoundError, "and no other picture"),
        ("nowhere/cat.png", FileNotFoundError, "there is no folder 'nowhere'"),
        ("notes.txt", ValueError, "'notes.txt', which holds something else"),
        ("half.png", ValueError, "file 'half.png' cannot be read as a picture"),
        (".", ValueError, "file must be a picture, got the folder"),
        (7, TypeError, "file must be the name of a picture's file, got int"),
    ],
)
def test_what_is_no_picture_is_refused(folder, name, error, words):
    if name == "notes.txt":
        (folder / name).write_text("no picture")
    if name == "half.png":
        noise = np.random.default_rng(0).integers(0, 255, (50, 50)).astype(np.uint8)
        save(noise, "whole.png")
        whole = (folder / "whole.png").read_bytes()
        (folder / name).write_bytes(whole[: len(whole) // 2])
        (folder / "whole.png").unlink()
    with pytest.raises(error, match=words):
        picture(name)


@pytest.mark.parametrize(("largest", "error"), [(0, ValueError), (2.5, TypeError)])
def test_the_size_must_be_a_whole_number(largest, error):
    with pytest.raises(error, match="largest must be a positive integer"):
        picture(largest=largest)
