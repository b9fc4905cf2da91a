"""Answers to E7.7 as learners might write them, right and wrong."""

import numpy as np

from cnncourse.exercises.e7_7 import EXERCISE


def ends(p, n, z=1.96):
    middle, reach = p + z**2 / (2 * n), z * np.sqrt(p * (1 - p) / n + z**2 / (4 * n**2))
    return [(middle - reach) / (1 + z**2 / n), (middle + reach) / (1 + z**2 / n)]


def mistake(shown, answer):
    pairs = [(int(a), int(b)) for a, b in zip(shown, answer, strict=True) if a != b]
    return max(set(pairs), key=pairs.count) if pairs else (-1, -1)


def made(change=None, choose=None):
    """A report whose steps `change` exchanges, by name; `choose` gives the test."""

    def report(labels, writers, learned, said, moved, covered, inked):
        known = set(writers[learned])
        new = np.array([w not in known for w in writers])
        test = new if choose is None else choose(new, learned, writers)
        shown, answer = labels[test], said[test]
        n, p = int(test.sum()), float(np.mean(shown == answer))
        usual = np.argmax(np.bincount(labels[learned]))
        steps = {
            "n": n,
            "p": p,
            "base": np.mean(shown == usual),
            "ends": ends(p, n),
            "pair": mistake(shown, answer),
            "moved": np.mean(moved[test] == shown[:, None]),
            "empty": np.mean((covered[test] != answer[:, None])[~inked[test]]),
        }
        if change is not None:
            steps |= change(locals())
        places = ("n", "p", "base", "ends", "pair", "moved", "empty")
        return np.hstack([steps[name] for name in places])

    return report


def with_dictionaries(labels, writers, learned, said, moved, covered, inked):
    drew = {}
    for writer, was in zip(writers.tolist(), learned.tolist(), strict=True):
        drew[writer] = drew.get(writer, False) or was
    rows = [i for i, writer in enumerate(writers.tolist()) if not drew[writer]]
    right = sum(int(labels[i] == said[i]) for i in rows)
    usual = max(set(labels[learned].tolist()), key=labels[learned].tolist().count)
    base = sum(int(labels[i] == usual) for i in rows) / len(rows)
    copies = [int(m == labels[i]) for i in rows for m in moved[i]]
    squares = [int(c != said[i]) for i in rows for c in covered[i][inked[i] == 0]]
    low, high = ends(right / len(rows), len(rows))
    pair = mistake(labels[rows], said[rows])
    still, empty = (sum(values) / len(values) for values in (copies, squares))
    return (len(rows), right / len(rows), base, low, high, *pair, still, empty)


def in_float32(*args):
    return made()(*args).astype(np.float32)


def tensor(*args):
    import torch

    return torch.tensor(made()(*args), requires_grad=True)


def closed_ends(labels, writers, learned, said, moved, covered, inked):
    """Wilson's interval as the root of (p - x)**2 = z**2 x (1 - x) / n."""
    report = made()(labels, writers, learned, said, moved, covered, inked)
    n, p = report[:2]
    a, b, c = 1 + 1.96**2 / n, -(2 * p + 1.96**2 / n), p**2
    root = np.sqrt(b**2 - 4 * a * c)
    report[3:5] = (-b - root) / (2 * a), (-b + root) / (2 * a)
    return report


def part(**steps):
    """A report of which only some steps are another's: each a function of all local names."""
    return made(lambda names: {name: step(names) for name, step in steps.items()})


everything_tested = made(choose=lambda new, learned, writers: np.ones_like(new))
training_tested = made(choose=lambda new, learned, writers: learned)
not_learned_tested = made(choose=lambda new, learned, writers: ~learned)
commonest_of_the_test = part(base=lambda v: np.bincount(v["shown"]).max() / v["n"])
share_when_learned = part(
    base=lambda v: np.bincount(v["labels"][v["learned"]]).max() / v["learned"].sum()
)
guessing = part(base=lambda v: 1 / len(np.unique(v["labels"])))
plain_interval = part(
    ends=lambda v: v["p"] + np.array([-1.96, 1.96]) * np.sqrt(v["p"] * (1 - v["p"]) / v["n"])
)
copies_in_the_interval = part(ends=lambda v: ends(v["p"], v["moved"][v["test"]].size))
all_drawings_in_the_interval = part(ends=lambda v: ends(v["p"], len(v["labels"])))
exchanged = part(pair=lambda v: mistake(v["shown"], v["answer"])[::-1])
same_as_before = part(moved=lambda v: np.mean(v["moved"][v["test"]] == v["answer"][:, None]))
every_copy = part(
    moved=lambda v: np.mean((v["moved"][v["test"]] == v["shown"][:, None]).all(axis=1))
)
against_the_truth = part(
    empty=lambda v: np.mean(
        (v["covered"][v["test"]] != v["shown"][:, None])[~v["inked"][v["test"]]]
    )
)
all_squares = part(empty=lambda v: np.mean(v["covered"][v["test"]] != v["answer"][:, None]))
squares_with_ink = part(
    empty=lambda v: np.mean(
        (v["covered"][v["test"]] != v["answer"][:, None])[v["inked"][v["test"]]]
    )
)
unchanged = part(empty=lambda v: 1 - v["steps"]["empty"])
in_percent = part(p=lambda v: 100 * v["p"])
two_errors = part(ends=lambda v: ends(v["p"], v["n"], z=2.0))
mistakes_counted = part(n=lambda v: int((v["shown"] != v["answer"]).sum()))
zeros_for_no_mistake = part(pair=lambda v: np.maximum(mistake(v["shown"], v["answer"]), 0))
copies_of_everything = part(
    moved=lambda v: np.mean(v["moved"] == v["labels"][:, None]),
    empty=lambda v: np.mean((v["covered"] != v["said"][:, None])[~v["inked"]]),
)
first_copy_alone = part(moved=lambda v: np.mean(v["moved"][v["test"], 0] == v["shown"]))


def commonest_answer(labels, writers, learned, said, moved, covered, inked):
    report = made()(labels, writers, learned, said, moved, covered, inked)
    test = ~np.isin(writers, writers[learned])
    pairs = list(zip(labels[test].tolist(), said[test].tolist(), strict=True))
    report[5:7] = max(set(pairs), key=pairs.count)
    return report


def accuracy_alone(labels, writers, learned, said, moved, covered, inked):
    test = ~np.isin(writers, writers[learned])
    return [np.mean(labels[test] == said[test])]


def rounded(*args):
    return np.round(made()(*args), 2)


def spoils_its_input(labels, writers, learned, said, moved, covered, inked):
    report = made()(labels, writers, learned, said, moved, covered, inked)
    said[:] = labels
    return report


RIGHT = [*EXERCISE.also_right, made(), with_dictionaries, in_float32, tensor, closed_ends]
WRONG = {
    everything_tested: "learned-from-tested",
    training_tested: "learned-from-tested",
    not_learned_tested: "same-writers",
    commonest_of_the_test: "baseline-of-the-test",
    share_when_learned: "baseline-of-the-learned",
    guessing: "baseline-by-guessing",
    plain_interval: "plain-interval",
    copies_in_the_interval: "too-many-counted",
    all_drawings_in_the_interval: "too-many-counted",
    exchanged: "mistake-turned-round",
    commonest_answer: "right-answers-are-mistakes",
    same_as_before: "consistency-for-accuracy",
    every_copy: "all-copies-or-none",
    copies_of_everything: "copies-of-all",
    against_the_truth: "covered-against-the-truth",
    all_squares: "inked-squares-counted",
    squares_with_ink: "inked-squares-counted",
    unchanged: "kept-in-place-of-changed",
    in_percent: None,
    two_errors: None,
    mistakes_counted: None,
    zeros_for_no_mistake: None,
    first_copy_alone: None,
    accuracy_alone: None,
    rounded: None,
    spoils_its_input: None,
}
