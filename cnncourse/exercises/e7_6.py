"""E7.6: does a network say the same of an image that moved? Accuracy beside shift consistency.

The measure is that of R. Zhang, "Making Convolutional Networks Shift-Invariant Again", ICML 2019,
arXiv:1904.11486, section 4.2.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from itertools import combinations, pairwise

import numpy as np

from cnncourse.exercises.comparing import close
from cnncourse.exercises.drawing import Draw
from cnncourse.exercises.e3_3_layers import Layer
from cnncourse.exercises.model import Array, Case, Exercise, Misconception, Part
from cnncourse.exercises.readymade import SOLUTIONS, ReadyMade

Network = Callable[[Array], Array]
Move = Callable[[Array, int, int], Array]
Measure = Callable[[Array], float]
_OWN = ReadyMade("cnncourse", frozenset({"shift_consistency", "shifted"}), "cnncourse.inside")


def my_consistency(predict, images, labels, shifts):
    """Measure two things of a network: how often it is right, and how often it stays with its word.

    predict : a function, the network. predict(images) is an array (N, classes) of scores; what it
        says of an image is the class with the largest score.
    images : array (N, C, H, W). labels : array of N whole numbers, the right classes.
    shifts : array (S, 2) of whole numbers, S >= 2 different moves (down, right), all smaller than
        the image. A move takes each image down by `down` rows and to the right by `right` columns;
        negative numbers take it up, or to the left. What leaves is lost, and zeros come in.

    Return two numbers between 0 and 1:
      accuracy : the share of the images, as they are, of which the network says the right class,
      consistency : of all N images and all pairs of two different moves, the share in which the
          network says the same class, right or wrong, of both moved copies of the image.

    Example: predict adds up each column of one row of 4 pixels, images = [[[[0, 9, 5, 1]]]],
        labels = [2], shifts = [[0, 0], [0, 1], [0, 2]]: it says 1, 2 and 3 -> [0, 0].
    """
    H, W = images.shape[2:]
    wide = np.pad(images, ((0, 0), (0, 0), (H, H), (W, W)))  # zeros all around, to move into
    said = []
    for down, right in shifts:
        # The window goes up when the image is to go down.
        moved = wide[:, :, H - down : 2 * H - down, W - right : 2 * W - right]
        said.append(predict(moved).argmax(axis=1))
    same = [said[a] == said[b] for a in range(len(shifts)) for b in range(a)]
    accuracy = np.mean(predict(images).argmax(axis=1) == labels)
    return [accuracy, np.mean(same)]  # labels have no part in the second


# Networks: each a line of NumPy, which the check shows. x has the shape (N, C, H, W).
_TWO_CHANNELS = "(3 * x[:, 0] - x[:, 1])[:, ::2, ::2].reshape(len(x), -1)"
_ROWS = "np.stack([x[:, :, :2].sum(axis=(1, 2, 3)), x[:, :, 2:].sum(axis=(1, 2, 3))], axis=1)"
_COLUMNS = "np.stack([x[..., :3].sum(axis=(1, 2, 3)), x[..., 3:].sum(axis=(1, 2, 3))], axis=1)"
_NETWORKS = (
    ("x.max(axis=(1, 2))[:, ::2]", "it sees every second column"),
    (
        "np.maximum(x[..., :-1:2], x[..., 1::2]).sum(axis=(1, 2))",
        "max pooling of two columns, stride 2",
    ),
    (
        "(x[..., :-2:2] + 2 * x[..., 1:-1:2] + x[..., 2::2]).sum(axis=(1, 2))",
        "a blur before every second column is left out",
    ),
    ("x.sum(axis=1)[:, ::2, ::2].reshape(len(x), -1)", "it sees every second row and column"),
    ("x.max(axis=(1, 3))", "it says in which row the brightest pixel is"),
    ("x.sum(axis=(1, 2)) * [1, 2, 1, 3, 1, 2]", "it weighs columns"),
    ("np.stack([x.max(axis=(1, 2, 3)), x.sum(axis=(1, 2, 3)) / 7], axis=1)", "it sees no places"),
    (
        "np.stack([x[:, :, :2].sum(axis=(1, 2, 3)), x[:, :, 2:].sum(axis=(1, 2, 3)), "
        "x[..., 3:].sum(axis=(1, 2, 3)) * 1.3], axis=1)",
        "it compares three parts of the image",
    ),
)


def _moved(images: Array, down: int, right: int) -> Array:
    """Move by taking each row and column from where it was; a row of zeros stands for none."""
    height, width = images.shape[2:]
    room = np.zeros((*images.shape[:2], height + 1, width + 1))
    room[:, :, :height, :width] = images
    rows = [i - down if 0 <= i - down < height else height for i in range(height)]
    columns = [j - right if 0 <= j - right < width else width for j in range(width)]
    return room[:, :, rows][..., columns]


def _said(predict: Network, images: Array, shifts: Array, move: Move = _moved) -> Array:
    """Give (S, N), the class of each moved copy."""
    moves = tuple((int(down), int(right)) for down, right in shifts)
    if move is _moved:  # most wrong ideas begin with these very copies
        return _said_once(predict, images.astype(float).tobytes(), images.shape, moves)
    return np.array([predict(move(images, *by)).argmax(axis=1) for by in moves])


@lru_cache(maxsize=64)
def _said_once(
    predict: Network, pixels: bytes, shape: tuple[int, ...], moves: tuple[tuple[int, int], ...]
) -> Array:
    images = np.frombuffer(pixels).reshape(shape)
    said = np.array([predict(_moved(images, *by)).argmax(axis=1) for by in moves])
    said.setflags(write=False)
    return said


def _accuracy(predict: Network, images: Array, labels: Array) -> float:
    return float(np.mean(predict(images).argmax(axis=1) == labels))


def _pairs(said: Array) -> float:
    """Count the agreements of all pairs of moves."""
    same = [one == other for column in said.T for one, other in combinations(column.tolist(), 2)]
    return sum(same) / len(same)


def _report(
    predict: Network,
    images: Array,
    labels: Array,
    shifts: Array,
    measure: Measure = _pairs,
    move: Move = _moved,
) -> list[float]:
    said = _said(predict, images, shifts, move)
    return [_accuracy(predict, images, labels), measure(said)]


_reference = _report


def _is_clear(predict: Network, images: Array, shifts: Array) -> bool:
    """Whether each copy has one largest score: of equal ones no rule says which counts."""
    for down, right in [(0, 0), *shifts.tolist()]:
        two = np.sort(predict(_moved(images, down, right)), axis=1)[:, -2:]
        if (two[:, 1] - two[:, 0] < 1e-6).any():
            return False
    return True


def _cases(draw: Draw) -> list[Case]:
    def moves(many: int, reach: int = 2) -> Array:
        every = [(a, b) for a in range(-reach, reach + 1) for b in range(-reach, reach + 1)]
        return np.array(draw.shuffled(every)[:many])

    def case(source: str, note: str, channels: int = 1) -> Case:
        predict = Layer(source)
        while True:
            many = draw.integer(4, 6)
            numbers = np.abs(draw.numbers(many * channels * 24, size=99))
            images, shifts = numbers.reshape(many, channels, 4, 6), moves(draw.integer(3, 5))
            if _is_clear(predict, images, shifts):
                break
        scores = predict(images)
        labels = scores.argmax(axis=1)
        for n in draw.shuffled(range(many))[: draw.integer(1, many - 2)]:
            labels[n] = (labels[n] + draw.integer(1, scores.shape[1] - 1)) % scores.shape[1]
        return Case((predict, images, labels, shifts), note)

    def what_comes_in(source: str, shift: tuple[int, int]) -> Case:
        """Draw images so faint that ones in place of zeros, or what left, would change a class."""
        predict, shifts = Layer(source), np.array([(0, 0), shift])
        while True:
            # Sixteenths add up without rounding: equal scores are equal in any order of sums.
            images = draw.numbers(144, size=64).reshape(6, 1, 4, 6) / 16
            labels = predict(images).argmax(axis=1)
            right = _reference(predict, images, labels, shifts)
            others = (_filled("wrap"), _with_fill(1.0), _with_fill(-1.0))
            reports = [_report(predict, images, labels, shifts, move=move) for move in others]
            if _is_clear(predict, images, shifts) and right not in reports:
                return Case((predict, images, labels, shifts), "what comes in at the border")

    row = np.array([[[[0, 9, 5, 1]]]])
    columns = Layer("x.sum(axis=(1, 2))")
    constant = Layer("np.eye(3)[np.full(len(x), 1)]")
    numbers = draw.numbers(72).reshape(3, 1, 4, 6)
    return [
        Case(
            (columns, row, np.array([2]), np.array([[0, 0], [0, 1], [0, 2]])),
            "the example of the task",
        ),
        Case(
            (columns, row, np.array([1]), np.array([[0, 0], [0, -1]])), "right, and not consistent"
        ),
        Case((constant, numbers, np.array([0, 2, 0]), moves(3)), "it always says class 1"),
        *(case(source, note) for source, note in _NETWORKS),
        case(_TWO_CHANNELS, "two channels", 2),
        *(what_comes_in(_ROWS, shift) for shift in ((1, 0), (-1, 0))),
        *(what_comes_in(_COLUMNS, shift) for shift in ((0, 1), (0, -1))),
    ]


def _is(at: int) -> Callable[[Case, Array], bool]:
    def holds(case: Case, output: Array) -> bool:
        return output.shape == (2,) and close(output[at], _reference(*case.args)[at], scale=1.0)

    return holds


# Wrong ideas: another measure of what was said, other moves, other answers that are compared.

Program = Callable[[Network, Array, Array, Array], list[float]]


def _measured(measure: Measure) -> Program:
    return lambda predict, images, labels, shifts: _report(predict, images, labels, shifts, measure)


def _moving(move: Move) -> Program:
    return lambda predict, images, labels, shifts: _report(
        predict, images, labels, shifts, move=move
    )


def _with_fill(value: float) -> Move:
    """Let this number come in: what is moved is how far all pixels are from it."""
    return lambda images, down, right: _moved(images - value, down, right) + value


def _filled(mode: str) -> Move:
    """Let pixels of the image come in."""

    def move(images: Array, down: int, right: int) -> Array:
        height, width = images.shape[2:]
        rows, columns = np.arange(height) - down, np.arange(width) - right
        if mode == "wrap":
            rows, columns = rows % height, columns % width
        else:
            rows, columns = rows.clip(0, height - 1), columns.clip(0, width - 1)
        return images[:, :, rows][..., columns]

    return move


def _with_labels(judge: Callable[[Array, Array], float]) -> Program:
    """Judge what was said of the copies by the labels."""

    def wrong(predict: Network, images: Array, labels: Array, shifts: Array) -> list[float]:
        accuracy = _accuracy(predict, images, labels)
        return [accuracy, judge(_said(predict, images, shifts), labels)]

    return wrong


def _right_pairs(said: Array, labels: Array) -> float:
    return float(np.mean([(a == labels) & (b == labels) for a, b in combinations(said, 2)]))


def _of_scores(predict: Network, images: Array, labels: Array, shifts: Array) -> list[float]:
    """Ask that all scores are the same."""
    scores = [predict(_moved(images, *map(int, shift))) for shift in shifts]
    same = [np.isclose(a, b).all(axis=1) for a, b in combinations(scores, 2)]
    return [_accuracy(predict, images, labels), float(np.mean(same))]


def _each_score(predict: Network, images: Array, labels: Array, shifts: Array) -> list[float]:
    scores = [predict(_moved(images, *map(int, shift))) for shift in shifts]
    same = [np.isclose(a, b) for a, b in combinations(scores, 2)]
    return [_accuracy(predict, images, labels), float(np.mean(same))]


def _with_unmoved(predict: Network, images: Array, labels: Array, shifts: Array) -> list[float]:
    """Compare each copy with the image as it is."""
    said, as_it_is = _said(predict, images, shifts), predict(images).argmax(axis=1)
    return [float(np.mean(as_it_is == labels)), float(np.mean(said == as_it_is))]


def _with_unmoved_others(
    predict: Network, images: Array, labels: Array, shifts: Array
) -> list[float]:
    """Compare with the image as it is those copies that are not it."""
    return _with_unmoved(predict, images, labels, shifts[shifts.any(axis=1)])


def _moves_add_up(predict: Network, images: Array, labels: Array, shifts: Array) -> list[float]:
    said, now = [], images
    for shift in shifts:
        now = _moved(now, *map(int, shift))
        said.append(predict(now).argmax(axis=1))
    return [_accuracy(predict, images, labels), _pairs(np.array(said))]


def _majority(said: Array) -> float:
    return float(np.mean([np.bincount(column).max() / len(column) for column in said.T]))


def _accuracy_of_copies(
    predict: Network, images: Array, labels: Array, shifts: Array
) -> list[float]:
    said = _said(predict, images, shifts)
    return [float(np.mean(said == labels)), _pairs(said)]


def _scaled(accuracy: float, consistency: float) -> Program:
    return lambda *args: [
        factor * value
        for factor, value in zip((accuracy, consistency), _report(*args), strict=True)
    ]


# Right answers by other ways.


def _image_by_image(predict, images, labels, shifts):
    N, C, H, W = images.shape
    right = agreements = pairs = 0
    for n in range(N):
        said = []
        for down, right_by in shifts:
            copy = np.zeros((1, C, H, W))
            for i in range(H):
                for j in range(W):
                    if 0 <= i + down < H and 0 <= j + right_by < W:
                        copy[0, :, i + down, j + right_by] = images[n, :, i, j]
            said.append(int(np.argmax(predict(copy)[0])))
        for a in range(len(said)):
            for b in range(a + 1, len(said)):
                pairs += 1
                agreements += said[a] == said[b]
        right += int(np.argmax(predict(images[n : n + 1])[0])) == labels[n]
    return [right / N, agreements / pairs]


def _by_counting_classes(predict, images, labels, shifts):
    S, (H, W) = len(shifts), images.shape[2:]
    # How many copies of an image were said to be of each class: n of them make n (n - 1) pairs.
    votes = np.zeros(predict(images).shape)
    for down, right in shifts:
        moved = np.roll(images, (down, right), axis=(2, 3))
        rows, columns = np.arange(H)[:, None], np.arange(W)
        kept = (rows >= down) & (rows < H + down) & (columns >= right) & (columns < W + right)
        votes[np.arange(len(images)), np.argmax(predict(moved * kept), axis=1)] += 1
    accuracy = np.mean(np.argmax(predict(images), axis=1) == labels)
    return np.array([accuracy, (votes * (votes - 1)).sum() / (len(images) * S * (S - 1))])


EXERCISE = Exercise(
    id="E7.6",
    title="Right, or always the same?",
    solution=my_consistency,
    reference=_reference,
    cases=_cases,
    forbidden=(_OWN, *SOLUTIONS),
    also_right=(_image_by_image, _by_counting_classes),
    parts=(
        Part("the accuracy", 1, _is(0)),
        Part("the consistency", 2, _is(1)),
    ),
    misconceptions=(
        Misconception(
            "accuracy-for-consistency",
            "The moved copies were compared with the labels: that is accuracy again.",
            "A network that says 3 of every image is hardly ever right, and never changes its "
            "mind. What is its consistency?",
            (
                _with_labels(lambda said, labels: float(np.mean(said == labels))),
                _with_labels(_right_pairs),
                lambda *args: [_report(*args)[0]] * 2,
            ),
        ),
        Misconception(
            "scores-compared",
            "Scores were compared, not classes.",
            "A score may change a little with each move, and the largest one still be that of the "
            "same class.",
            (_of_scores, _each_score),
        ),
        Misconception(
            "wrapped",
            "What left at one side came in at the other.",
            "np.roll moves in a circle. Here what leaves is lost: which rows and columns of the "
            "moved image have to be 0?",
            (_moving(_filled("wrap")),),
        ),
        Misconception(
            "border-repeated",
            "The pixels of the border were repeated where zeros should come in.",
            "Where the image has left, there is nothing: zeros.",
            (_moving(_filled("edge")),),
        ),
        Misconception(
            "axes-swapped",
            "`down` moved the columns, and `right` the rows.",
            "The axes are (N, C, H, W). To which of them does `down` belong?",
            (_moving(lambda x, down, right: _moved(x, right, down)),),
        ),
        Misconception(
            "other-direction",
            "The images were moved the other way.",
            "With down = 1 the first row comes to be the second one, and the new first row is 0.",
            (
                _moving(lambda x, down, right: _moved(x, -down, -right)),
                _moving(lambda x, down, right: _moved(x, -down, right)),
                _moving(lambda x, down, right: _moved(x, down, -right)),
            ),
        ),
        Misconception(
            "one-axis-only",
            "The images were moved along one axis only.",
            "Both `down` and `right` may be other than 0 at once.",
            (
                _moving(lambda x, down, right: _moved(x, down, 0)),
                _moving(lambda x, down, right: _moved(x, 0, right)),
            ),
        ),
        Misconception(
            "one-sign-only",
            "Moves with negative numbers were not made as the task says.",
            "A move of -1 goes up, or to the left: it is a move like others, neither left out nor "
            "made the other way.",
            (
                _moving(lambda x, down, right: _moved(x, abs(down), abs(right))),
                _moving(lambda x, down, right: _moved(x, max(down, 0), max(right, 0))),
            ),
        ),
        Misconception(
            "moves-add-up",
            "Each move went on from where the last one had left the image.",
            "Every move starts from the image as it is. What does your loop overwrite?",
            (_moves_add_up,),
        ),
        Misconception(
            "with-the-unmoved",
            "Copies were compared with the image as it is, not with each other.",
            "The pairs are of two moves: (0, 0) counts only if it is one of the shifts.",
            (_with_unmoved, _with_unmoved_others),
        ),
        Misconception(
            "not-all-pairs",
            "Not all pairs were compared: only with the first move, or with the one before.",
            "Three moves make three pairs. How many do five make?",
            (
                _measured(lambda said: float(np.mean(said[1:] == said[0]))),
                _measured(lambda said: float(np.mean([a == b for a, b in pairwise(said)]))),
                _measured(lambda said: float(np.mean(said[-1] == said[0]))),
            ),
        ),
        Misconception(
            "pairs-miscounted",
            "Copies were paired with themselves, or the pairs were counted wrongly.",
            "Two *different* moves: a copy always agrees with itself, which says nothing. S moves "
            "make S (S - 1) / 2 pairs, or twice as many if both orders count: above and below.",
            (
                _measured(lambda said: float(np.mean(said[:, None] == said))),
                _measured(lambda said: _pairs(said) * (len(said) - 1) / (2 * len(said))),
                _measured(lambda said: _pairs(said) * (len(said) - 1) / len(said)),
                _measured(lambda said: _pairs(said) / 2),
                _measured(lambda said: _pairs(said) * 2),
                _measured(lambda said: _pairs(said) * (len(said) - 1) / 2),
            ),
        ),
        Misconception(
            "all-at-once",
            "It was asked that all copies agree, or any two of them, not how many pairs do.",
            "If one of five copies is taken for another class, six of ten pairs still agree. The "
            "same holds for the images: each of them has its own pairs.",
            (
                _measured(lambda said: float(np.mean((said == said[0]).all(axis=0)))),
                _measured(
                    lambda said: float(np.mean([(a == b).all() for a, b in combinations(said, 2)]))
                ),
                _measured(
                    lambda said: float(
                        np.mean(np.any([a == b for a, b in combinations(said, 2)], axis=0))
                    )
                ),
            ),
        ),
        Misconception(
            "majority",
            "The share of the most frequent class was taken.",
            "Of four copies, 3 and 1 share a class, or 2 and 2. How many of the six pairs agree in "
            "each case?",
            (_measured(_majority),),
        ),
        Misconception(
            "changes-counted",
            "Pairs that differ were counted, not those that agree.",
            "A network that always says the same has the consistency 1.",
            (_measured(lambda said: 1 - _pairs(said)),),
        ),
        Misconception(
            "accuracy-of-copies",
            "The accuracy was taken over the moved copies.",
            "The accuracy is that of the images as they are.",
            (_accuracy_of_copies,),
        ),
        Misconception(
            "order-of-the-two",
            "Accuracy and consistency have changed places.",
            "The accuracy comes first. Which of your two numbers needs the labels?",
            (lambda *args: _report(*args)[::-1],),
        ),
        Misconception(
            "not-a-share",
            "A percentage or a number of cases came back, not a share between 0 and 1.",
            "A share is how many there are, divided by how many there could be.",
            (
                _scaled(100, 100),
                _scaled(1, 100),
                lambda predict, images, labels, shifts: [
                    len(images) * share for share in _report(predict, images, labels, shifts)
                ],
                lambda predict, images, labels, shifts: _scaled(
                    1, len(images) * len(shifts) * (len(shifts) - 1) / 2
                )(predict, images, labels, shifts),
            ),
        ),
    ),
    error_hints={
        "ValueError": "predict takes all images at once, in the shape (N, C, H, W), and gives one "
        "row of scores for each. What has S rows, what N?",
        "AxisError": "Scores have the shape (N, classes). Along which axis are the classes?",
        "IndexError": "A part of an image that is moved out has no pixels. How large is what is "
        "left of it, and where does it begin?",
    },
    hints=(
        "First work out what the network says of every moved copy: a table with a row for each "
        "move and a column for each image.",
        "np.pad puts zeros around the images: the moved copy is a window of that, which goes up "
        "when the image goes down. predict(...).argmax(axis=1) is what the network says.",
        "For every two rows a, b of the table, a < b, compare them entry by entry; the mean of all "
        "these comparisons is the consistency. The labels belong to the accuracy alone.",
    ),
)
