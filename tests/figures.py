"""What must hold of every figure, whatever it shows."""

from matplotlib.backends.backend_agg import FigureCanvasAgg


def texts(axes):
    """What is written inside the axes."""
    return [text.get_text() for text in axes.texts]


def assert_whole(figure):
    """Nothing of it is cut off at its edges."""
    extent = figure.get_tightbbox(FigureCanvasAgg(figure).get_renderer())
    assert min(extent.x0, extent.y0) >= -0.02
    assert extent.x1 <= figure.get_figwidth() + 0.02
    assert extent.y1 <= figure.get_figheight() + 0.02


def assert_whole_and_readable(picture):
    """Nothing is cut off, it fits beside a cell's number, and no letter is below 10 points."""
    picture.png()  # lays it out
    assert_whole(picture.figure)
    assert picture.figure.get_figwidth() <= 9.3
    for axes in picture.figure.axes:
        for text in (*axes.texts, axes.xaxis.label, *axes.get_xticklabels()):
            assert text.get_fontsize() >= 10


def assert_for_a_listener(alt):
    """A few whole sentences, without what only a machine reads."""
    assert 60 <= len(alt) <= 700
    assert alt.endswith(".")
    assert not any(mark in alt for mark in ("e+", "e-", "nan", "\n", "  ", ".."))
