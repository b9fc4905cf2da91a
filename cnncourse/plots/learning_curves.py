"""How several trainings went: what they lost, what they recognised, how long they took."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from cnncourse._words import counted
from cnncourse.networks.history import History
from cnncourse.plots.picture import BLACK, Picture, in_house_style, sentence, series

LEVELS = (0.5, 0.8, 0.9, 0.95, 0.97, 0.98, 0.99)  # accuracies that are told
LOSSES = (1.0, 0.5, 0.2, 0.1, 0.05, 0.02, 0.01)  # losses that are told, in nats
ROOM = 0.003  # another machine's training may end by so much worse


@in_house_style
def learning_curves(
    histories: Mapping[str, History], *, title: str, seconds: bool = False
) -> Picture:
    """Draw the losses and the accuracy of trainings, epoch by epoch.

    The first training's lines are broad and pale, so that another on top of them hides nothing.
    The words are coarse: two machines round otherwise, and training makes something of it.

    Parameters
    ----------
    histories : mapping of str to History
        Name of a training -> what it told, with images held out.
    title : str
    seconds : bool, default False
        Draw the time by the clock, too, the sum of all epochs. It differs from run to run.

    Returns
    -------
    picture : Picture

    Raises
    ------
    ValueError
        If there is no training, or one without an epoch or without images held out.

    Examples
    --------
    >>> history = History([2.0, 0.3], [1.9, 0.4], [0.4, 0.94], [1.0, 1.0])
    >>> learning_curves({"NumPy": history}, title="A training").alt
    'A training. Loss and accuracy of the images held out, epoch by epoch. NumPy: 2 epochs; the loss
    of what it learned from ends below 0.5 nats, that of the images held out below 0.5 nats; more
    than 90 % of these are recognised.'
    """
    if not histories or not all(h.losses and h.accuracies for h in histories.values()):
        raise ValueError("histories must hold trainings of an epoch or more, with images held out")
    figure = Figure(figsize=(9.2, 4.2))
    widths = [1, 1, 0.62] if seconds else [1, 1]
    panels = list(figure.subplots(1, len(widths), width_ratios=widths))
    words = [f"{sentence(title)} Loss and accuracy of the images held out, epoch by epoch."]
    for index, (name, history) in enumerate(histories.items()):
        _draw_training(panels[0], panels[1], index, len(histories), name, history)
        words.append(_in_words(name, history))
    panels[0].set_title("Loss", fontsize=12.5)
    panels[0].set_ylabel("loss (nats)")
    panels[0].set_yscale("log")
    panels[1].set_title("Images held out", fontsize=12.5)
    panels[1].set_ylabel("recognised (%)")
    least = min(100 * a for h in histories.values() for a in h.accuracies[len(h.accuracies) // 8 :])
    panels[1].set_ylim(max(0, 5 * np.floor(least / 5 - 0.5)), 100.4)
    for panel in panels[:2]:
        panel.set_xlabel("epoch")
        panel.grid(axis="y", color="#E4E4E4", linewidth=0.8)
    panels[0].legend(fontsize=10.5)
    panels[1].legend(loc="lower right")
    if seconds:
        _draw_seconds(panels[2], histories)
        words.append("Beside them, the seconds that each training took.")
    figure.suptitle(title, x=0.01, ha="left", fontsize=13.5, fontweight="bold")
    return Picture(figure, " ".join(words))


def _draw_training(
    losses: Axes, accuracy: Axes, index: int, count: int, name: str, history: History
) -> None:
    colour = series(index)["color"]
    broad = index == 0 < count - 1
    style: dict[str, Any] = {"color": colour, "linewidth": 6 if broad else 1.8}
    style |= {"alpha": 0.35} if broad else {}
    epochs = np.arange(1, history.epochs + 1)
    losses.plot(epochs, history.losses, label=f"{name}, learned from", **style)
    losses.plot(
        epochs, history.held_out_losses, linestyle=(0, (3, 1.2)), label=f"{name}, held out", **style
    )
    accuracy.plot(epochs, 100 * np.array(history.accuracies), label=name, **style)
    if history.best is not None:
        accuracy.axvline(history.best, color=colour, linewidth=1.2, linestyle=":")
        accuracy.annotate(
            f"kept: epoch {history.best}", (history.best, 0.5), (-4, 0), rotation=90, fontsize=10.5,
            xycoords=("data", "axes fraction"), textcoords="offset points", ha="right", va="center",
        )  # fmt: skip


def _draw_seconds(panel: Axes, histories: Mapping[str, History]) -> None:
    totals = [float(sum(history.seconds)) for history in histories.values()]
    colours = [series(index)["color"] for index in range(len(totals))]
    bars = panel.bar(range(len(totals)), totals, 0.6, color=colours)
    panel.bar_label(bars, [f"{total:.1f} s" for total in totals], padding=3, color=BLACK)
    panel.set_xticks(range(len(totals)), list(histories))
    panel.set_xlim(-0.6, len(totals) - 0.4)
    panel.set_ylim(0, 1.15 * (max(totals) or 1.0))
    panel.set_ylabel("time (s)")
    panel.set_title("Time", fontsize=12.5)
    panel.tick_params(axis="x", length=0)


def _in_words(name: str, history: History) -> str:
    at = -1 if history.best is None else history.best - 1
    share = history.accuracies[at]
    reached = max((level for level in LEVELS if share > level + ROOM), default=None)
    recognised = "at most 50 %" if reached is None else f"more than {100 * reached:.0f} %"
    kept = "" if history.best is None else f", that of epoch {history.best} kept"
    return (
        f"{name}: {counted(history.epochs, 'epoch')}{kept}; the loss of what it learned from ends "
        f"{_below(history.losses[at])}"
        f", that of the images held out {_below(history.held_out_losses[at])}; {recognised} of "
        "these are recognised."
    )


def _below(loss: float) -> str:
    """A loss, so coarsely that another machine's says the same."""
    bounds = [bound for bound in LOSSES if 1.2 * loss < bound]
    return f"below {min(bounds):g} nats" if bounds else "above 0.8 nats"
