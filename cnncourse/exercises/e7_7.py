"""E7.7: an honest report on a network that reads drawings. Its parts are the project's rubric."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from math import sqrt
from typing import Any

import numpy as np

from cnncourse.exercises.comparing import close
from cnncourse.exercises.drawing import Draw
from cnncourse.exercises.model import Array, Case, Exercise, Misconception, Part
from cnncourse.exercises.readymade import SOLUTIONS

Z = 1.96


def my_report(labels, writers, learned, said, moved, covered, inked):
    """Report how well a network reads drawings of people who are new to it: nine numbers.

    Of N drawings: labels (N,) what each shows, a class from 0; writers (N,) who drew it, a
    number; learned (N,) True where the network learned from it; said (N,) the class it gives;
    moved (N, M) the classes it gives to M moved or turned copies; covered (N, P) those that it
    gives while one of P squares is grey; inked (N, P) True where that square holds ink.
    The test: all drawings whose writer drew none of those learned from. Return, of these alone,
      [0] their number n;  [1] the accuracy p, the share of them that is read right;
      [2] the baseline: their share that has the commonest label of those learned from, of
          equally common ones the smaller number;
      [3], [4] the ends of Wilson's 95 % interval, with z = 1.96:
        (p + z**2 / (2 n) -+ z * sqrt(p * (1 - p) / n + z**2 / (4 n**2))) / (1 + z**2 / n);
      [5], [6] the commonest mistake: class shown, class said; of equals the one with the smaller
          class shown, then said; -1 and -1 if there is none;
      [7] the accuracy on their moved copies;
      [8] of their squares without ink, the share whose covering changes what is said.

    Example: labels = [0, 0, 1, 0, 1], writers = [5, 5, 5, 8, 8], said = [0, 0, 1, 0, 0], learned
    = [True, True, True, False, False], moved = [[0], [1], [1], [0], [0]], covered = [[0, 0],
    [0, 0], [1, 1], [0, 1], [0, 0]], inked = [[True, False]] * 5 -> [2, 0.5, 0.5, 0.095, 0.905,
    1, 0, 0.5, 0.5], its third decimals rounded.
    """
    # New people alone: another drawing of somebody known tells little about strangers.
    test = ~np.isin(writers, writers[learned])
    shown, answer = labels[test], said[test]
    n = len(shown)
    p = (answer == shown).mean()
    # What one would always say is decided by what was learned from, not by the test.
    usual = np.bincount(labels[learned]).argmax()
    z = 1.96
    middle = p + z**2 / (2 * n)
    reach = z * np.sqrt(p * (1 - p) / n + z**2 / (4 * n**2))
    low, high = (middle - reach) / (1 + z**2 / n), (middle + reach) / (1 + z**2 / n)
    mistakes = np.zeros((labels.max() + 1, said.max() + 1))
    np.add.at(mistakes, (shown, answer), shown != answer)
    pair = np.unravel_index(mistakes.argmax(), mistakes.shape) if mistakes.any() else (-1, -1)
    still = (moved[test] == shown[:, None]).mean()
    # Covering is compared with what the network said before, be that right or wrong.
    changed = covered[test] != answer[:, None]
    elsewhere = changed[~inked[test]].mean()
    return [n, p, (shown == usual).mean(), low, high, *pair, still, elsewhere]


# The same by counting; each step may be exchanged for what a wrong idea puts in its place.

Chosen = Callable[..., list[int]]


def _tested(writers: Any, learned: Any) -> list[int]:
    known = {int(w) for w, was in zip(writers, learned, strict=True) if was}
    return [i for i, w in enumerate(writers) if int(w) not in known]


def _usual_share(labels: Any, learned: Any, test: list[int]) -> float:
    usual = _commonest(labels[i] for i in range(len(labels)) if learned[i])
    return sum(int(labels[i]) == usual for i in test) / len(test)


def _commonest(values: Any) -> int:
    counts = Counter(int(v) for v in values)
    return min(counts, key=lambda value: (-counts[value], value))


def _wilson(p: float, n: float) -> tuple[float, float]:
    middle, reach = p + Z * Z / (2 * n), Z * sqrt(p * (1 - p) / n + (Z / (2 * n)) ** 2)
    return (middle - reach) / (1 + Z * Z / n), (middle + reach) / (1 + Z * Z / n)


def _pair(pairs: list[tuple[int, int]]) -> tuple[int, int]:
    wrong = Counter(pair for pair in pairs if pair[0] != pair[1])
    return min(wrong, key=lambda one: (-wrong[one], one)) if wrong else (-1, -1)


def _share(of: list[bool]) -> float:
    return sum(of) / len(of) if of else 0.0


def _wilson_of(p: float, n: int, case: Any) -> tuple[float, float]:
    return _wilson(p, n)


def _right(moved: Any, shown: Any, answer: Any) -> list[bool]:
    return [bool(m == shown) for m in moved]


def _changed(covers: Any, shown: Any, answer: Any) -> list[bool]:
    return [bool(c != answer) for c in covers]


def _empty(ink: Any) -> bool:
    return not ink


def _reported(
    *,
    tested: Chosen = _tested,
    base: Callable[..., float] = _usual_share,
    interval: Callable[..., tuple[float, float]] = _wilson_of,
    pair: Callable[..., tuple[int, int]] = _pair,
    right: Callable[..., list[bool]] = _right,
    changed: Callable[..., list[bool]] = _changed,
    squares: Callable[..., bool] = _empty,
    copied: Chosen | None = None,
) -> Callable[..., list[float] | None]:
    """Make a report of which some steps may be wrong."""

    def report(
        labels: Any, writers: Any, learned: Any, said: Any, moved: Any, covered: Any, inked: Any
    ) -> list[float] | None:
        test = tested(writers, learned)
        if not test:  # nobody of this kind
            return None
        pairs = [(int(labels[i]), int(said[i])) for i in test]
        p = _share([shown == answer for shown, answer in pairs])
        behind = test if copied is None else copied(writers, learned)
        copies: list[bool] = []
        empty: list[bool] = []
        for i in behind:
            copies += right(moved[i], labels[i], said[i])
            changes = changed(covered[i], labels[i], said[i])
            empty += [change for change, ink in zip(changes, inked[i], strict=True) if squares(ink)]
        ends = interval(p, len(test), (labels, learned, moved))
        baseline = base(labels, learned, test)
        still, elsewhere = _share(copies), _share(empty)
        return [len(test), p, baseline, *ends, *pair(pairs), still, elsewhere]

    return report


_reference = _reported()


def _wald(p: float, n: int, case: Any) -> tuple[float, float]:
    reach = Z * sqrt(p * (1 - p) / n)
    return p - reach, p + reach


def _wald_within(p: float, n: int, case: Any) -> tuple[float, float]:
    low, high = _wald(p, n, case)
    return max(low, 0.0), min(high, 1.0)


def _label_most_misread(pairs: list[tuple[int, int]]) -> tuple[int, int]:
    """Take the label with most mistakes, then what it is mostly taken for."""
    wrong = [(shown, said) for shown, said in pairs if shown != said]
    if not wrong:
        return -1, -1
    shown = _commonest(shown for shown, _ in wrong)
    return shown, _commonest(said for label, said in wrong if label == shown)


def _everything(writers: Any, learned: Any) -> list[int]:
    return list(range(len(writers)))


def _not_learned(writers: Any, learned: Any) -> list[int]:
    return [i for i, was in enumerate(learned) if not was]


def _learned(writers: Any, learned: Any) -> list[int]:
    return [i for i, was in enumerate(learned) if was]


def _known_but_not_learned(writers: Any, learned: Any) -> list[int]:
    new = set(_tested(writers, learned))
    return [i for i in _not_learned(writers, learned) if i not in new]


CHOICES: tuple[Chosen, ...] = (
    _tested,
    _everything,
    _not_learned,
    _learned,
    _known_but_not_learned,
)


def _turned_round(pairs: list[tuple[int, int]]) -> tuple[int, int]:
    shown, said = _pair(pairs)
    return said, shown


def _example() -> Case:
    learned = np.array([True, True, True, False, False])
    return Case(
        (
            np.array([0, 0, 1, 0, 1]),
            np.array([5, 5, 5, 8, 8]),
            learned,
            np.array([0, 0, 1, 0, 0]),
            np.array([[0], [1], [1], [0], [0]]),
            np.array([[0, 0], [0, 0], [1, 1], [0, 1], [0, 0]]),
            np.array([[True, False]] * 5),
        ),
        "the example of the task",
    )


def _answers(draw: Draw, labels: list[int], often: int) -> list[int]:
    """Say classes, right but for one of `often`."""
    classes = max(labels) + 1
    return [
        (label + draw.integer(1, classes - 1)) % classes if draw.integer(1, often) == 1 else label
        for label in labels
    ]


def _alone(values: list[Any]) -> bool:
    """Whether one value is commoner than all others, or there is none."""
    top = [count for _, count in Counter(values).most_common(2)]
    return len(top) < 2 or top[0] > top[1]


def _people(draw: Draw) -> tuple[list[int], list[bool]]:
    """Draw who drew what: known people, some of whose drawings were kept back, and new ones."""
    names = draw.shuffled(range(3, 19))[: draw.integer(5, 6)]
    known, new = names[:3], names[3:]
    rows = [(w, True) for w in known for _ in range(draw.integer(3, 5))]
    rows += [(w, False) for w in known for _ in range(draw.integer(1, 3))]
    rows += [(w, False) for w in new for _ in range(draw.integer(4, 6))]
    mixed = draw.shuffled(rows)
    return [writer for writer, _ in mixed], [learned for _, learned in mixed]


def _case(draw: Draw, classes: int, often: int, note: str) -> Case:
    while True:
        writers, learned = _people(draw)
        labels = [draw.integer(0, classes - 1) for _ in writers]
        labels[draw.integer(0, len(labels) - 1)] = classes - 1
        said = _answers(draw, labels, often) if often else list(labels)
        moved = np.array([_answers(draw, labels, 3) for _ in range(3)]).T
        covered = np.array([_answers(draw, said, 4) for _ in range(4)]).T
        inked = np.array([[draw.integer(0, 1) == 1 for _ in range(4)] for _ in writers])
        pairs = list(zip(labels, said, strict=True))
        tests = [[pairs[i] for i in choice(writers, learned)] for choice in CHOICES]
        # Which mistake is the commonest must be clear to who tests with others, too.
        clear = all(_alone([pair for pair in test if pair[0] != pair[1]]) for test in tests)
        known = _learned(writers, learned)
        usual = _alone([labels[i] for i in known])
        if often == 2:  # what is said most often of them is not what they mostly show
            answers = [said[i] for i in known]
            usual &= _alone(answers) and _commonest(labels[i] for i in known) != _commonest(answers)
            # Each label would be another baseline.
            shares = Counter(labels[i] for i in _tested(writers, learned))
            usual &= len({shares[label] for label in range(classes)}) == classes
        erring = any(shown != answer for shown, answer in tests[0])
        if clear and usual and _alone(tests[0]) and erring == bool(often):
            break
    arrays = (np.array(labels), np.array(writers), np.array(learned), np.array(said))
    return Case((*arrays, moved, covered, inked), note)


def _cases(draw: Draw) -> list[Case]:
    return [
        _example(),
        _case(draw, 2, 3, "two labels"),
        _case(draw, 3, 3, "three labels"),
        _case(draw, 4, 2, "four labels, many mistakes"),
        _case(draw, 3, 4, "few mistakes"),
        _case(draw, 3, 0, "every drawing is read right"),
    ]


def _entries(*places: int) -> Callable[[Case, Array], bool]:
    def holds(case: Case, output: Array) -> bool:
        right = np.array(_reference(*case.args))
        return output.shape == right.shape and close(output[list(places)], right[list(places)])

    return holds


# A right answer by another way.


def _by_hand(labels, writers, learned, said, moved, covered, inked):
    known = set(writers[learned].tolist())
    new = np.array([writer not in known for writer in writers.tolist()])
    shown, answer, n = labels[new], said[new], int(new.sum())
    p, z2 = float((shown == answer).sum()) / n, 1.96**2
    roots = np.roots([1 + z2 / n, -2 * p - z2 / n, p * p])
    values, counts = np.unique(labels[learned], return_counts=True)
    wrong, times = np.unique(
        np.stack([shown, answer])[:, shown != answer], axis=1, return_counts=True
    )
    mistake = wrong[:, times.argmax()] if times.size else [-1, -1]
    flat = np.repeat(answer, covered.shape[1])[~inked[new].ravel()]
    empty = np.mean(covered[new].ravel()[~inked[new].ravel()] != flat)
    copies = np.mean([np.mean(column[new] == shown) for column in moved.T])
    base = np.mean(shown == values[counts.argmax()])
    return [n, p, base, min(roots), max(roots), *mistake, copies, empty]


EXERCISE = Exercise(
    id="E7.7",
    title="Project: an honest report",
    solution=my_report,
    reference=_reference,
    also_right=(_by_hand,),
    forbidden=SOLUTIONS,
    cases=_cases,
    parts=(
        Part("a test with new people alone", 1, _entries(0, 1)),
        Part("a baseline that does not know the test", 1, _entries(2)),
        Part("an interval", 1, _entries(3, 4)),
        Part("the commonest mistake", 1, _entries(5, 6)),
        Part("moved and turned copies", 1, _entries(7)),
        Part("where the network looks", 1, _entries(8)),
    ),
    misconceptions=(
        Misconception(
            "learned-from-tested",
            "The network was tested with drawings that it had learned from.",
            "It may know those by heart. Which drawings tell how it will do with a stranger's?",
            (_reported(tested=_everything), _reported(tested=_learned)),
        ),
        Misconception(
            "same-writers",
            "The test has drawings by people whose other drawings were learned from.",
            "Everybody has a hand of their own: its size, its slant, its width. Somebody known is "
            "read more easily. Look at the writers, not only at what was learned.",
            (_reported(tested=_not_learned), _reported(tested=_known_but_not_learned)),
        ),
        Misconception(
            "copies-of-all",
            "The moved copies, or the covered squares, are those of all drawings.",
            "What was learned from, or drawn by somebody known, does not belong into the test, "
            "neither as it is nor moved nor covered.",
            (_reported(copied=_everything), _reported(copied=_not_learned)),
        ),
        Misconception(
            "baseline-of-the-test",
            "The baseline has looked at the test: it says the commonest label there.",
            "Somebody who always says the same has to decide before the test begins. What is all "
            "that they know by then?",
            (
                _reported(
                    base=lambda labels, learned, test: (
                        max(Counter(int(labels[i]) for i in test).values()) / len(test)
                    )
                ),
            ),
        ),
        Misconception(
            "baseline-of-the-learned",
            "The baseline is the share of the commonest label among the drawings learned from.",
            "That is how often the answer is right there. How often is it right in the test?",
            (
                _reported(
                    base=lambda labels, learned, test: (
                        max(Counter(int(v) for v in labels[learned]).values()) / int(learned.sum())
                    )
                ),
            ),
        ),
        Misconception(
            "baseline-by-guessing",
            "The baseline guesses: one over the number of classes.",
            "If one label is commoner than the others, there is a better answer that takes no "
            "look at the drawing either: always that label.",
            (_reported(base=lambda labels, learned, test: 1 / (int(labels.max()) + 1)),),
        ),
        Misconception(
            "plain-interval",
            "The interval is p -+ z sqrt(p (1 - p) / n), not Wilson's.",
            "Where all are right it has no width at all, as if nothing could ever go wrong, and "
            "for few drawings it reaches beyond 1. Wilson's does neither.",
            (_reported(interval=_wald), _reported(interval=_wald_within)),
        ),
        Misconception(
            "too-many-counted",
            "The interval counts more drawings than the test has.",
            "Copies of a drawing are not new drawings, and those learned from were not in the "
            "test. n is the number of drawings that could each have gone wrong by itself.",
            (
                _reported(interval=lambda p, n, case: _wilson(p, len(case[0]))),
                _reported(interval=lambda p, n, case: _wilson(p, n * case[2].shape[1])),
                _reported(interval=lambda p, n, case: _wilson(p, n * (1 + case[2].shape[1]))),
                _reported(interval=lambda p, n, case: _wilson(p, int((~case[1]).sum()))),
            ),
        ),
        Misconception(
            "mistake-turned-round",
            "The class shown and the class said are exchanged.",
            "A cross read as a line is another mistake than a line read as a cross. Which number "
            "comes first?",
            (_reported(pair=_turned_round),),
        ),
        Misconception(
            "right-answers-are-mistakes",
            "The commonest answer is given, and it is a right one.",
            "The diagonal of a table of confusions holds what went well. Leave it out.",
            (_reported(pair=lambda pairs: Counter(pairs).most_common(1)[0][0]),),
        ),
        Misconception(
            "consistency-for-accuracy",
            "Moved copies were compared with what the network says of the drawing itself.",
            "That is consistency: who is always wrong in the same way has all of it. Accuracy "
            "asks what the drawing shows.",
            (_reported(right=lambda moved, shown, answer: [m == answer for m in moved]),),
        ),
        Misconception(
            "all-copies-or-none",
            "A drawing counts only if all of its moved copies are read right.",
            "Accuracy is a share of copies: each counts by itself.",
            (
                _reported(
                    right=lambda moved, shown, answer: [all(int(m) == int(shown) for m in moved)]
                ),
            ),
        ),
        Misconception(
            "covered-against-the-truth",
            "Covered drawings were compared with what they show.",
            "A drawing that was misread before is no sign that the square matters. What does "
            "covering change?",
            (_reported(changed=lambda covers, shown, answer: [c != shown for c in covers]),),
        ),
        Misconception(
            "inked-squares-counted",
            "Squares that hold ink were counted, too.",
            "To cover part of the drawing may well change the answer. What should not matter is "
            "a square where nothing is drawn.",
            (_reported(squares=lambda ink: True), _reported(squares=lambda ink: bool(ink))),
        ),
        Misconception(
            "kept-in-place-of-changed",
            "The last number is how often the answer stays.",
            "A share and its complement: which one grows when the network looks where it should "
            "not?",
            (_reported(changed=lambda covers, shown, answer: [c == answer for c in covers]),),
        ),
    ),
    error_hints={
        "IndexError": "An array of True and False picks rows: labels[test], moved[test]. Has yours "
        "one entry for each of the N drawings?",
        "ValueError": "moved has M columns and the labels have none: labels[test][:, None] makes a "
        "column of them. And a case without a mistake has an empty list of them.",
        "ZeroDivisionError": "Some cases have no mistake, but every case has drawings by new "
        "people, and squares without ink. What came out empty?",
    },
    hints=(
        "First find the test: who drew what was learned from? Drawings of all others are it. "
        "Everything else is counted there.",
        "test = ~np.isin(writers, writers[learned]) picks the drawings; labels[learned] alone "
        "decides what the baseline says. Leave right answers out before you count mistakes.",
        "moved[test] == labels[test][:, None] is right or wrong, copy by copy; "
        "covered[test] != said[test][:, None] is changed or not, and of that take the entries "
        "where ~inked[test].",
    ),
)
