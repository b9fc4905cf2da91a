"""The steps of a network, counted as layers in the two ways of the lecture.

The idea of figure 9.7 of Goodfellow, Bengio and Courville, *Deep Learning* (2016).
"""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch

from cnncourse.plots.picture import (
    BLACK,
    BLUE,
    GREY,
    VERMILLION,
    Picture,
    figure_of,
    in_house_style,
    one_axes,
)

# Kinds of steps: what they are called, and the tint of their boxes.
_KINDS = {
    "conv": ("convolution", "#BBDDF3"),
    "relu": ("detector", "#FBE3B0"),
    "pool": ("pooling", "#BFE3D5"),
}
_WIDTH = 1.0
_GAP = 0.22


@in_house_style
def layer_terms(steps: Sequence[tuple[str, str]], *, ax: Axes | None = None) -> Picture:
    """Draw a network's steps in a row, numbered as simple layers above, as complex ones below.

    In the simple terminology every step is a layer. In the complex one a layer is a convolution
    with the detector and pooling stages that follow it.

    Parameters
    ----------
    steps : sequence of (name, kind)
        Kind "conv", "relu" or "pool".
    ax : Axes, optional

    Returns
    -------
    picture : Picture

    Raises
    ------
    ValueError
        If there is no step, the first is no convolution, or a kind is unknown.

    Examples
    --------
    >>> layer_terms([("conv 1", "conv"), ("ReLU 1", "relu"), ("scores", "conv")]).alt[-63:]
    'Simple: 3 layers, one a step. Complex: 2 layers, of 2, 1 steps.'
    """
    kinds = [kind for _, kind in steps]
    unknown = set(kinds) - set(_KINDS)
    if not kinds or kinds[0] != "conv" or unknown:
        raise ValueError(f"steps must begin with a conv, of kinds {list(_KINDS)}, got {kinds}")
    axes = one_axes(ax, width=9.0, height=3.0)
    axes.set_axis_off()
    pitch = _WIDTH + _GAP
    axes.set_xlim(-1.75, pitch * len(steps) - _GAP + 0.1)
    axes.set_ylim(-1.4, 1.75)
    for i, (name, kind) in enumerate(steps):
        what, tint = _KINDS[kind]
        box = FancyBboxPatch((i * pitch + 0.05, -0.35), _WIDTH - 0.1, 0.9,
                             boxstyle="round,pad=0.05,rounding_size=0.12", facecolor=tint,
                             edgecolor=BLACK, linewidth=1.2)  # fmt: skip
        axes.add_patch(box)
        middle = i * pitch + _WIDTH / 2
        axes.text(middle, 0.24, name, ha="center", va="center", fontsize=11.5, fontweight="bold")
        axes.text(middle, -0.12, what, ha="center", va="center", fontsize=10)
        _bracket(axes, i * pitch, i * pitch + _WIDTH, 0.85, f"{i + 1}", VERMILLION, up=True)
        if i:
            arrow = FancyArrowPatch((i * pitch - _GAP - 0.02, 0.1), (i * pitch + 0.02, 0.1),
                                    arrowstyle="-|>", mutation_scale=11, color=GREY)  # fmt: skip
            axes.add_patch(arrow)
    starts = [i for i, kind in enumerate(kinds) if kind == "conv"]
    ends = [*starts[1:], len(kinds)]
    for number, (start, end) in enumerate(zip(starts, ends, strict=True), start=1):
        right = (end - 1) * pitch + _WIDTH
        _bracket(axes, start * pitch, right, -0.65, f"layer {number}", BLUE, up=False)
    for y, words, colour in ((1.1, "simple:\nlayer", VERMILLION), (-0.9, "complex:", BLUE)):
        axes.text(-0.3, y, words, ha="right", va="center", fontsize=12, color=colour)
    sizes = ", ".join(str(end - start) for start, end in zip(starts, ends, strict=True))
    alt = (
        f"Boxes in a row: {', '.join(name for name, _ in steps)}. Simple: {len(steps)} layers, one "
        f"a step. Complex: {len(starts)} layers, of {sizes} steps."
    )
    return Picture(figure_of(axes), alt)


def _bracket(
    axes: Axes, left: float, right: float, y: float, words: str, colour: str, *, up: bool
) -> None:
    """Draw a bracket that opens towards the boxes, with words beyond it."""
    tip = y - 0.12 if up else y + 0.12
    axes.plot([left, left, right, right], [tip, y, y, tip], color=colour, linewidth=2)
    axes.text((left + right) / 2, y + (0.28 if up else -0.3), words, ha="center", va="center",
              fontsize=12, color=colour, fontweight="bold")  # fmt: skip
