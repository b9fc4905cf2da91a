"""What two explorers show, drawn by matplotlib as the course draws its figures.

It is the content that `interact` has to draw again at each change.
"""

import numpy as np
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from cnncourse.plots.picture import BLUE, GREY, VERMILLION, in_house_style

TRUE = {"color": "black", "linewidth": 1.3, "linestyle": (0, (4, 2))}
DOTS = {"linestyle": "none", "marker": "o", "markersize": 3.5, "color": GREY, "fillstyle": "none"}
LIMIT = 150
"""Arrays up to this size are written in numbers, as the explorer writes them."""


@in_house_style
def smoothing(explorer):
    """Track, errors, kernel, numbers, flipped kernel and products."""
    model, state = explorer._model, explorer.state()
    time, truth = model.track.time, model.position
    measured, estimate = model.measured(state), model.estimate(state)
    terms, summary = model.sliding_sum(state), model.summary(state)
    figure = Figure(figsize=(9.6, 7.6))
    grid = figure.add_gridspec(4, 2, width_ratios=[1.9, 1], height_ratios=[1.5, 1, 1.1, 1])
    track, errors = figure.add_subplot(grid[0, 0]), figure.add_subplot(grid[1, 0])
    for ax, base in ((track, 0.0), (errors, truth)):
        ax.plot(time, measured - base, label="measured", **DOTS)
        ax.plot(time, truth - base, label="true", **TRUE)
        ax.plot(time, estimate - base, color=VERMILLION, label="smoothed")
        ax.axvline(time[state.t], color="black")
    track.legend(loc="upper left", ncols=3)
    kernel = figure.add_subplot(grid[0, 1])
    kernel.bar(np.arange(len(state.weights)), state.weights, color=BLUE)
    numbers = figure.add_subplot(grid[1, 1])
    numbers.axis("off")
    lines = (f"{name} {getattr(summary, name):.3f} km" for name in ("rmse", "bias", "sd"))
    numbers.text(0, 1, "\n".join(lines), va="top")
    for row, values in ((2, terms.weight), (3, terms.product)):
        ax = figure.add_subplot(grid[row, :])
        at = float(time[0]) + terms.index * float(model.track.dt)
        ax.bar(at, values, color=BLUE)
        ax.set_xlim(at[0] - 15, at[0] + 5)
        for x, value in zip(at, values, strict=True):
            ax.text(x, value, f"{value:.2f}", ha="center")
    return figure


def _cells(ax, values, title, **colours):
    """An array as coloured cells, with its numbers if they are few."""
    ax.imshow(values, **colours)
    ax.set_title(title)
    ax.set_xticks([])
    ax.set_yticks([])
    if values.size <= LIMIT:
        for (r, c), value in np.ndenumerate(values):
            ax.text(c, r, f"{value:g}", ha="center", va="center", fontsize=8)


@in_house_style
def convolution2d(explorer):
    """Input, kernel and output; the window's numbers, taps and products, and their sum."""
    image, kernel, output = explorer.image, explorer.kernel, explorer.output()
    (kh, kw), at = kernel.shape, (explorer.row, explorer.column)
    padded = np.pad(image, ((kh // 2, kh // 2), (kw // 2, kw // 2)))
    window = padded[at[0] : at[0] + kh, at[1] : at[1] + kw]
    taps = kernel[::-1, ::-1]
    figure = Figure(figsize=(9.6, 7.2))
    grid = figure.add_gridspec(2, 3, height_ratios=[1.6, 1])
    places = [figure.add_subplot(place) for place in grid]
    signed = {"cmap": "PuOr", "vmin": -np.abs(output).max(), "vmax": np.abs(output).max()}
    _cells(places[0], padded, "Input", cmap="gray")
    _cells(places[1], kernel, "Kernel", cmap="PuOr")
    _cells(places[2], output, "Output", **signed)
    _cells(places[3], window, "Under the window", cmap="gray")
    _cells(places[4], taps, "Kernel, turned", cmap="PuOr")
    _cells(places[5], window * taps, "Products", cmap="PuOr")
    places[0].add_patch(_frame(at[1], at[0], kw, kh))
    places[2].add_patch(_frame(at[1], at[0], 1, 1))
    total = float((window * taps).sum())
    assert np.isclose(total, output[at]), "another sum than the explorer's"
    figure.text(0.02, 0.02, f"{explorer.torch_line()}    sum {total:g}")
    return figure


def _frame(left, top, width, height):
    return Rectangle((left - 0.5, top - 0.5), width, height, fill=False, linewidth=2)
