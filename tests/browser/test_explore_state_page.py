"""Positions and notices in the explorers' pages: what is left of them after a change."""

import numpy as np
import pytest
from explorer_page import says, sent

from cnncourse import explore
from cnncourse.explore import EXPLORERS

LARGE = np.full((300, 300), 7)


def notice(page):
    return page.locator(".cx-notice[role=status]").all_text_contents()


def put(page, name, value):
    """Set a trait as Python does."""
    page.evaluate("([name, value]) => explorer.put(name, value)", [name, value])


@pytest.mark.parametrize(
    ("name", "start", "trait", "value", "left"),
    [
        ("convolution2d", {"row": 6, "column": 7}, "mode", "valid", {"row": 4, "column": 5}),
        ("equivariance", {"row": 20, "column": 23}, "stride", 2, {"row": 11, "column": 11}),
        ("pooling", {"output": 17}, "kind", "blur", {"output": 15}),
        ("layers", {"row": 7, "column": 6}, "layer", 5, {"row": 3, "column": 3}),
        ("side_by_side", {"output": 2}, "stride", 6, {"output": 0}),
    ],
)
def test_python_and_page_agree_on_what_is_left(show_explorer, name, start, trait, value, left):
    explorer = EXPLORERS[name](**start)
    page = show_explorer(explorer)
    put(page, trait, value)
    setattr(explorer, trait, value)
    says(page, explorer)
    assert page.evaluate("explorer.saves") == 0, "Python knows"
    # The position that is left is the one from which the next change starts.
    former = EXPLORERS[name]().trait_values()[trait]
    put(page, trait, former)
    setattr(explorer, trait, former)
    says(page, explorer)
    assert {one: getattr(explorer, one) for one in left} == left
    assert page.errors == []


def test_a_change_by_hand_sends_what_is_left(show_explorer):
    explorer = explore.convolution2d(row=6, column=7)
    page = show_explorer(explorer)
    page.get_by_role("radio", name="valid").check()
    page.wait_for_function("'column' in explorer.sent")
    message = sent(page)
    assert message == {"mode": "valid", "row": 4, "column": 5}
    explorer.set_state(message)
    says(page, explorer)
    assert page.errors == []


def test_the_notice_is_of_the_picture_that_is_shown(show_explorer):
    page = show_explorer(explore.convolution2d(LARGE))
    words = "The image of 300 x 300 pixels is shown as 150 x 150: averages of 2 x 2 pixels."
    assert words in notice(page)
    page.get_by_label("Image", exact=True).select_option("impulse")
    page.wait_for_function("explorer.sent._notice === ''")
    assert words not in notice(page)
    page.get_by_label("Image", exact=True).select_option("as given")
    page.wait_for_function("explorer.sent._notice !== ''")
    assert sent(page)["_notice"] == words
    assert words in notice(page)
    assert page.errors == []


@pytest.mark.parametrize("name", ["convolution2d", "equivariance", "channels"])
def test_a_notice_goes_when_python_sets_another_picture(show_explorer, name):
    picture = np.stack([LARGE] * 3) if name == "channels" else LARGE
    kernel = np.ones((1, 3, 2, 2)) if name == "channels" else "box"
    explorer = EXPLORERS[name](picture, kernel)
    page = show_explorer(explorer)
    assert explorer._notice in notice(page)
    explorer.set_trait("x" if name == "channels" else "image", picture[..., :9, :9])
    assert explorer._notice == ""
    put(page, "_notice", "")
    page.wait_for_function(
        "[...document.querySelectorAll('.cx-notice[role=status]')].every((e) => !e.textContent)"
    )
    assert page.errors == []
