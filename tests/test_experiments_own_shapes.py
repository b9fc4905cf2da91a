"""The project: a small training on made-up drawings, its evidence, and the report in words."""

import numpy as np
import pytest

from cnncourse.data import drawings
from cnncourse.exercises.e7_7 import EXERCISE, my_report
from cnncourse.experiments.own_shapes import COVER, GREY, SHIFTS, TURNS, learn_shapes
from cnncourse.inside.shifting import shifted
from cnncourse.plots import confusions
from cnncourse.plots import drawings as draw


@pytest.fixture(scope="module")
def learned():
    learn, test = drawings.synthetic(each=6, writers=6).split(seed=1)
    return learn_shapes(learn, test, epochs=8, turn=20)


def test_it_learns_and_reads_most_drawings_of_new_people(learned):
    assert learned.network.accuracy(learned.learn.inputs, learned.learn.labels) > 0.9
    assert learned.network.accuracy(learned.test.inputs, learned.test.labels) > 0.6
    assert str(learned.history.epochs) == "8"


def test_the_test_has_no_part_in_the_training(learned):
    other = learned.test.take(learned.test.labels == 0)
    again = learn_shapes(learned.learn, other, epochs=8, turn=20)
    for name, values in learned.network.parameters.items():
        assert np.array_equal(values, again.network.parameters[name])


def test_the_evidence_is_what_the_network_says(learned):
    evidence = learned.evidence()
    count = len(learned.learn) + len(learned.test)
    assert evidence.moved.shape == (count, len(SHIFTS) + len(TURNS))
    assert evidence.covered.shape == evidence.inked.shape == (count, (28 // COVER) ** 2)
    assert evidence.learned.sum() == len(learned.learn)
    images = learned.test.inputs.astype(float)
    tested = ~evidence.learned
    moved = learned.network.scores(shifted(images, *SHIFTS[2])).argmax(axis=1)
    assert np.array_equal(evidence.moved[tested, 2], moved)
    covered = images.copy()
    covered[:, :, COVER : 2 * COVER, :COVER] = GREY  # the fifth square, row by row
    said = learned.network.scores(covered).argmax(axis=1)
    assert np.array_equal(evidence.covered[tested, 4], said)
    ink = images[:, 0, COVER : 2 * COVER, :COVER].max(axis=(1, 2)) > 0
    assert np.array_equal(evidence.inked[tested, 4], ink)


def test_a_turn_to_the_left_lifts_the_right_end():
    from cnncourse.experiments.own_shapes import _turned

    line = np.zeros((1, 1, 28, 28))
    line[0, 0, 14, 4:24] = 1
    turned = _turned(line, np.array([30.0]))[0, 0]
    rows = np.arange(28)
    left, right = (turned[:, part] for part in (slice(0, 10), slice(18, 28)))
    heights = [(rows * part.sum(axis=1)).sum() / part.sum() for part in (left, right)]
    assert heights[1] < 12 < 16 < heights[0]


def test_the_report_is_read_out_with_its_weak_points(learned):
    numbers = np.array(my_report(*learned.evidence()), dtype=float)
    text = learned.report(my_report)
    assert f"{numbers[0]:.0f}, of which it reads {100 * numbers[1]:.0f} %" in text
    assert "2 writers in the test" in text
    counts = learned.confusions()
    assert counts.trace() / counts.sum() == pytest.approx(numbers[1])
    bad = learned.report(lambda *given: [5, 0.3, 0.4, 0.2, 0.4, 0, 2, 0.1, 0.5])
    for words in ("5 drawings are few", "not shown to be better", "turned", "nothing is drawn"):
        assert words in bad
    assert "circle read as line" in bad


def test_what_is_no_report_is_said_and_stops_nothing(learned):
    assert "nine numbers" in learned.report(lambda *given: [1.0])

    def unwritten(*given):
        raise NotImplementedError

    assert "Not written yet" in learned.report(unwritten)
    alone = drawings.synthetic(each=4, writers=1)
    same = learn_shapes(*alone.split(by="drawing"), epochs=1)
    assert "Nobody in the test is new" in same.report(my_report)


def test_a_part_without_drawings_or_with_other_labels_is_refused(learned):
    none = learned.test.take(np.zeros(len(learned.test), bool))
    with pytest.raises(ValueError, match="must hold drawings"):
        learn_shapes(learned.learn, none)
    own = drawings.Drawings(*vars(learned.test).values())
    object.__setattr__(own, "label_names", ("a", "b", "c", "d"))
    with pytest.raises(ValueError, match="same labels"):
        learn_shapes(learned.learn, own)
    with pytest.raises(ValueError, match="turn"):
        learn_shapes(learned.learn, learned.test, turn=-1)


def test_the_parts_of_the_exercise_are_its_points():
    assert EXERCISE.max_points == 6


def test_figures_count_what_they_show(learned):
    test = learned.test
    picture = draw(test.images, test.labels, test.writers, test.label_names, title="Test")
    assert "48 drawings by 2 writers" in picture.alt
    assert "circle, 12 of 12" in picture.alt
    assert "Of 12 circle" in confusions(learned.confusions(), test.label_names, title="T").alt
    asked = "Which for which?"
    assert confusions([[4, 1], [0, 5]], ["a", "b"], title=asked).alt.startswith(f"{asked} Of 5 a")
    picture = draw(test.images, test.labels, test.writers, test.label_names, title=asked)
    assert picture.alt.startswith(f"{asked} {len(test)} drawings by ")
    with pytest.raises(ValueError, match="counts"):
        confusions([[1]], ["a", "b"], title="T")
    with pytest.raises(ValueError, match="labels"):
        draw(test.images, test.labels[1:], test.writers, test.label_names, title="T")
