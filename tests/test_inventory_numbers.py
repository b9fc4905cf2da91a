"""Every number in the concept inventory, computed: options, sums, and what the reasons say."""

import ast
import math
import re

import numpy as np
import pytest

from cnncourse.conv import (
    conv2d,
    convolve1d,
    cross_correlate1d,
    doubly_block_toeplitz,
    toeplitz_matrix,
)
from cnncourse.inventory import ITEMS
from cnncourse.inventory.model import FORMS
from cnncourse.inventory.prose import blocks, plain, spans
from cnncourse.pooling import pool2d, unchanged_fraction
from cnncourse.shapes import conv_output_size

EACH = [(item, form) for item in ITEMS.values() for form in FORMS]
NAMES = [f"{item.id}-{form}" for item, form in EACH]
WORDS = dict(zip("one two three four five six seven eight nine".split(), range(1, 10), strict=True))


# ------------------------------------------------------------------ reading the questions


def arrays(text):
    """The lists of numbers in a text, in order, as arrays."""
    found = re.findall(r"\[(?:[^][]|\[[^][]*\])*\]", text)
    return [np.array(ast.literal_eval(part)) for part in found if "," in part]


def numbers(text):
    """All numbers in a text, digits or small words."""
    words = re.findall(r"[a-z]+", text.lower())
    digits = re.findall(r"(?<![\w.])-?\d+(?:\.\d+)?", text)
    return [float(d) for d in digits] + [float(WORDS[w]) for w in words if w in WORDS]


def first(pattern, text):
    """The numbers in the first match of `pattern`."""
    match = re.search(pattern, plain(text))
    assert match, f"{pattern!r} not in {text!r}"
    return [WORDS.get(group) or int(group) for group in match.groups()]


def written(value):
    """An array as the options write it."""
    return f"{np.asarray(value).tolist()}"


def moved(row, by):
    """`row` moved by some places, 0 for what comes in."""
    out = np.zeros_like(row)
    if by > 0:
        out[by:] = row[:-by]
    else:
        out[:by] = row[-by:]
    return out


# ------------------------------------------------------------------ what each idea gives


def c1(text, form):
    x, w = arrays(text)
    return {
        None: written(cross_correlate1d(x, w)),
        "peak-copies-kernel": written(convolve1d(x, w, mode="valid")),
        "kernel-acts-at-its-middle": written(w[1] * x[1:-1]),
        "all-weights-meet-the-peak": written([w.sum() * x.max()] * 3),
    }


def c2(text, form):
    x = np.array([float(n) for n in re.findall(r"^    (.*)$", text, re.M)[0].split(", ")])
    if form == "before":
        unit, (width,) = "km", first(r"the last (\w+) measurements\.", text)
        w = np.full(width, 1 / width)
    else:
        unit, w = "°C", arrays(text)[0]
    assert len(set(np.diff(x))) == 1
    estimate = convolve1d(x, w)[len(x) - 1]
    return {
        None: f"{estimate:.4g} {unit}",
        "no-lag": f"{x[-1]:.4g} {unit}",
        "mean-goes-ahead": f"{2 * x[-1] - x[-2]:.4g} {unit}",
        "lag-of-the-whole-window": f"{x[-len(w)]:.4g} {unit}",
    }


def connections(text, form):
    """0 and 1: which input each output sees."""
    if form == "before":
        outputs, inputs = first(r"(\d+) outputs out of a row of (\d+)", text)
        (width,) = first(r"weighted sum of (\w+) neighbours", text)
        matrix = toeplitz_matrix(np.ones(width), inputs)[width - 1 : inputs]
        assert matrix.shape == (outputs, inputs)
        return matrix
    side, _, out, _, width, _ = first(
        r"(\d+) × (\d+) pixels into a feature map of (\d+) × (\d+)\..*block of (\d+) × (\d+)",
        " ".join(text.split()),
    )
    full = doubly_block_toeplitz(np.ones((width, width)), (side, side))
    rows = np.arange(width - 1, side)
    places = (rows[:, None] * (side + width - 1) + rows).ravel()
    assert len(places) == out**2
    return full[places]


def c3(text, form):
    matrix = connections(text, form)
    products = np.count_nonzero(matrix)
    kernel = np.count_nonzero(matrix[0])
    assert np.all(np.count_nonzero(matrix, axis=1) == kernel)
    return {
        None: f"Stored weights: {kernel} in place of {products}; "
        f"multiplications: {products} in both",
        "sharing-saves-work": f"Multiplications: {kernel} in place of {products}; "
        f"stored weights: {products} in both",
        "sharing-saves-both": f"Both: {kernel} stored weights and {kernel} multiplications in "
        f"place of {products}",
        "a-weight-for-each-connection": f"Neither: {products} connections need {products} weights "
        f"and {products} multiplications",
    }


def layer(text, form):
    """Image, kernel and maps of item C4: (H, W), k, m, and the size of a map."""
    if form == "before":
        maps, height, width = first(r"(\d+) new images out of a grey image of (\d+) × (\d+)", text)
        size, _ = first(r"a (\d+) × (\d+) grid of weights", " ".join(text.split()))
    else:
        height, width, maps, size, _ = first(
            r"(\d+) × (\d+) pixels\) and has (\d+) output channels, kernels of (\d+) × (\d+)",
            " ".join(text.split()),
        )
    out = conv_output_size(height, size), conv_output_size(width, size)
    assert f"{out[0]} × {out[1]}" in text
    return (height, width), size, maps, out


def c4(text, form):
    torch = pytest.importorskip("torch")
    (height, width), size, maps, out = layer(text, form)

    def count(module):
        return sum(parameter.numel() for parameter in module.parameters())

    network = torch.nn.Conv2d(1, maps, size)
    assert network(torch.zeros(1, 1, height, width)).shape[1:] == (maps, *out)
    places = math.prod(out)
    unbiased = torch.nn.Conv2d(1, maps, size, bias=False)
    single = count(torch.nn.Conv2d(1, 1, size))
    return {
        None: f"{count(network)}",
        "one-kernel-for-all-maps": f"{single}",
        "a-bias-for-each-pixel": f"{count(unbiased) + maps * places}",
        "weights-for-each-pixel": f"{maps * places * single}",
    }


def c5(text, form):
    row, outputs, later = arrays(text)
    windows = np.lib.stride_tricks.sliding_window_view(row, 2)
    w = np.rint(np.linalg.lstsq(windows, outputs, rcond=None)[0]).astype(int)
    assert written(cross_correlate1d(row, w)) == written(outputs)
    by = int(np.argmax(later) - np.argmax(row))
    assert written(moved(row, by)) == written(later)
    return {
        None: written(cross_correlate1d(later, w)),
        "invariance-for-equivariance": written(outputs),
        "moving-adds-a-constant": written(outputs + by),
    }


def c6(text, form):
    dense, kept = arrays(text)
    by = {"before": 1, "after": -1}[form]
    assert f"by one {'place to the right' if by > 0 else 'pixel to the left'}" in " ".join(
        text.split()
    )
    # An input and a kernel that give these maps: the numbers are those of a real layer.
    x, w = {
        "before": ([0, 0, 0, 4, 2, 0, 0, 0, 0], [1, 1]),
        "after": ([0, 0, 0, 0, 0, 3, 4, 0, 0, 0, 0], [1, 2]),
    }[form]
    x, kernel = np.array(x), np.array(w)[None, None, None]

    def maps(row, stride):
        return conv2d(row[None, None], kernel, stride=(1, stride))[0, 0]

    assert written(maps(x, 1)) == written(dense)
    assert written(maps(x, 2)) == written(kept)
    assert written(maps(moved(x, by), 1)) == written(moved(dense, by))
    # A move by as many places as the stride is followed by one place.
    assert written(maps(moved(x, 2 * by), 2)) == written(moved(kept, by))
    half = (kept + moved(kept, by)) / 2
    assert np.all(half == half.astype(int))
    return {
        None: written(maps(moved(x, by), 2)),
        "stride-moves-along": written(moved(kept, by)),
        "stride-hides-small-moves": written(kept),
        "stride-moves-by-a-part": written(half.astype(int)),
    }


def c7(text, form):
    (x,) = arrays(text)
    image, window = (x[None], (1, 2)) if form == "before" else (x, (2, 2))
    windows = np.array(np.split(image, image.shape[1] // 2, axis=1)).reshape(-1, math.prod(window))
    farthest = [v[np.argmax(np.abs(v))] for v in windows]

    def shaped(values):
        return written(list(values) if form == "before" else [list(values)]).replace(".0", "")

    return {
        None: shaped(pool2d(image, window)[0].tolist()),
        "max-starts-at-zero": shaped(np.maximum(windows.max(axis=1), 0).tolist()),
        "max-by-size": shaped(int(v) for v in farthest),
        "one-maximum-for-all": shaped([int(x.max())]),
    }


def c8(text, form):
    row, later = arrays(text)
    assert written(later[1:]) == written(row[:-1]) or written(later[:-1]) == written(row[1:])
    before, after = (pool2d(r[None], (1, 3), stride=1)[0] for r in (row, later))
    border = 0 if form == "before" else -1
    assert before[border] != after[border]
    return {
        None: f"{np.count_nonzero(before == after)}",
        "every-output-changes": "0",
        "only-the-border-changes": f"{len(before) - 1}",
        "pooling-is-fully-invariant": f"{len(before)}",
    }


def pixel_and_weights(text, form):
    if form == "before":
        v = first(r"red (\d+), green (\d+), blue (\d+)", text)
        w = first(r"weight (\d+) for red, (\d+) for green and (\d+) for blue", text)
    else:
        v = first(r"they hold (\d+), (\d+), (\d+) and (\d+)", " ".join(text.split()))
        w = arrays(text)[0]
    return np.array(v), np.array(w)


def c9(text, form):
    v, w = pixel_and_weights(" ".join(text.split()), form)
    total = conv2d(v[:, None, None], w[None, :, None, None]).item()
    *others, last = v * w
    return {
        None: f"{total}",
        "channels-are-averaged": f"{total / len(v):g}",
        "last-channel-wins": f"{last}",
        "channels-stay-apart": f"{', '.join(map(str, others))} and {last}",
    }


def c10(text, form):
    text = " ".join(text.split())
    if form == "before":
        (k,) = first(r"window of (\d+)", text)
        (n,) = first(r"row of (\d+)", text)
        (s,) = first(r"moves on by (\w+) at a time", text)
    else:
        (k, _) = first(r"kernel of (\d+) × (\d+)", text)
        (s,) = first(r"stride (\d+)", text)
        (n,) = first(r"is (\d+) pixels wide", text)
    assert conv_output_size(n, k, stride=s, padding="same") == n // s
    return {
        None: f"{conv_output_size(n, k, stride=s)}",
        "window-may-stick-out": f"{math.ceil((n - k) / s) + 1}",
        "size-over-stride": f"{n // s}",
        "first-place-forgotten": f"{(n - k) // s}",
    }


IDEAS = {f.__name__.upper(): f for f in (c1, c2, c3, c4, c5, c6, c7, c8, c9, c10)}


@pytest.mark.parametrize(("item", "form"), EACH, ids=NAMES)
def test_every_option_is_what_its_idea_gives(item, form):
    question = item.question(form)
    given = IDEAS[item.id](question.given, form)
    shown = {o.misconception: plain(o.text) for o in question.options}
    if item.id == "C5":  # the one option that is no array
        assert "be said" in shown["each-place-needs-learning"] or (
            "depends" in shown["each-place-needs-learning"]
        )
        del shown["each-place-needs-learning"]
    assert shown == given


# ------------------------------------------------------------------ the sums in the reasons


def sums(text):
    """The codes of a text that are sums: "3 * 5 = 15", not "w = [1, 2]"."""
    codes = [piece for _, line in blocks(text) for kind, piece in spans(line) if kind == "code"]
    return [code for code in codes if "=" in code and not re.match(r"[A-Za-z]", code)]


def worth(expression):
    """Value of an arithmetic expression, and nothing but that."""
    tree = ast.parse(expression.strip(), mode="eval")
    allowed = (ast.Expression, ast.BinOp, ast.UnaryOp, ast.Constant, ast.operator, ast.unaryop)
    assert all(isinstance(node, allowed) for node in ast.walk(tree)), expression
    return eval(compile(tree, "sum", "eval"))


REASONS = [
    (f"{item.id}-{form}-{option.key}", item, form, option)
    for item, form in EACH
    for option in item.question(form).options
]


def test_the_sums_in_the_reasons_are_right():
    checked = 0
    for name, _, _, option in REASONS:
        for code in sums(option.reason):
            values = [worth(side) for side in code.split("=")]
            assert max(values) - min(values) < 1e-9, f"{name}: {code}"
            checked += 1
    assert checked > 40


def test_a_wrong_sum_would_be_found():
    assert sums("Since `w = [1]`, it is `2 * 3 = 7`.") == ["2 * 3 = 7"]
    assert worth("2 * 3 ") != worth(" 7")


def computed(item, form):
    """Numbers that a reason may name besides those of its question and of its own sums."""
    text = item.question(form).given
    if item.id == "C2" and form == "after":
        ages = np.arange(len(arrays(text)[0]))
        return {len(ages), *ages, ages.mean()}
    if item.id == "C3":
        matrix = connections(text, form)
        return {np.count_nonzero(matrix), matrix.shape[0], np.count_nonzero(matrix[0])}
    if item.id == "C4":
        _, _, maps, out = layer(text, form)
        return {math.prod(out), maps, 1 if form == "after" else 10}
    if item.id == "C5":
        row, _, later = arrays(text)
        return {abs(int(np.argmax(later) - np.argmax(row)))}
    if item.id == "C6":
        dense, _ = arrays(text)
        by = 1 if form == "before" else -1
        return {*moved(dense, by)[::2], *range(0, len(dense), 2)}
    if item.id == "C7" and form == "after":
        return {math.prod(first(r"(\d+) × (\d+)", text))}
    if item.id == "C9" and form == "after":
        return {len(arrays(text)[0]) - 1}
    if item.id == "C8":
        row, later = arrays(text)
        before, after = (pool2d(r[None], (1, 3), stride=1)[0] for r in (row, later))
        changed = np.count_nonzero(before != after)
        shared = len({*range(3)} & {*range(1, 4)})
        return {*before, *after, changed, changed - 1, shared, len(before) - changed}
    if item.id == "C10" and form == "before":
        return {*range(1, 12 - 5 + 2, 2), 9}
    if item.id == "C10":
        return {7 - 1}
    return set()


@pytest.mark.parametrize(("name", "item", "form", "option"), REASONS, ids=[r[0] for r in REASONS])
def test_a_reason_names_no_number_from_nowhere(name, item, form, option):
    question = item.question(form)
    known = set(numbers(f"{question.given} {question.asks}")) | {0.0, 1.0}
    for other in question.options:
        known |= set(numbers(other.text))
    known |= {float(n) for n in computed(item, form)}
    for code in sums(option.reason):
        known |= {float(worth(side)) for side in code.split("=")}
    assert set(numbers(option.reason)) <= known


def flat(text):
    return " ".join(text.split())


@pytest.mark.parametrize("form", FORMS)
def test_arrays_in_the_reasons_are_computed(form):
    dense, _ = arrays(ITEMS["C6"].question(form).given)
    later = moved(dense, 1 if form == "before" else -1)
    assert [written(a) for a in arrays(flat(ITEMS["C6"].question(form).right.reason))] == [
        written(later)
    ]
    question = ITEMS["C8"].question(form)
    pooled = [pool2d(row[None], (1, 3), stride=1)[0] for row in arrays(question.given)]
    assert [written(a) for a in arrays(flat(question.right.reason))] == [
        written(row) for row in pooled
    ]


def facts():
    """(item, form, what it must say): phrases put together from computed numbers."""
    x, _ = arrays(ITEMS["C1"].before.given)
    assert np.count_nonzero(x) == 1
    yield "C1", "before", "is 0 everywhere but for one peak"
    yield "C2", "after", f"sum to {arrays(ITEMS['C2'].after.given)[0].sum():g} never"
    x = [int(n) for n in re.findall(r"^    (.*)$", ITEMS["C2"].after.given, re.M)[0].split(", ")]
    yield "C2", "after", f"warmer by {x[1] - x[0]} °C a minute"

    (width,) = first(r"sum of (\w+) neighbours", flat(ITEMS["C3"].before.given))
    yield "C3", "before", f"of numbers 1 to {width}, the next of numbers 2 to {width + 1}"
    side, out = 32, conv_output_size(32, 3)
    yield "C3", "after", f"{side} × {side} pixels into a feature map of {out} × {out}."
    yield "C3", "after", "a block of 3 × 3 pixels"
    yield "C4", "before", "a 3 × 3 grid"
    yield "C4", "after", "kernels of 5 × 5"

    row, _, later = arrays(ITEMS["C5"].before.given)
    by = int(np.argmax(later) - np.argmax(row))
    yield "C5", "before", f"not to add {by} to its numbers"
    row, shown, _ = arrays(ITEMS["C5"].after.given)
    yield "C5", "after", f"one kernel of width {len(row) - len(shown) + 1} "

    dense, kept = arrays(ITEMS["C6"].before.given)
    stride = len(dense) // len(kept)
    later = moved(dense, 1)
    high = later[::stride].max()
    others = sorted({*dense} - {0, high}, reverse=True)
    yield "C6", "before", f"of *stride* {stride}, is the same"
    yield "C6", "before", f"\n    stride {stride}    [0,"
    yield "C6", "before", f"What does the layer of stride {stride} give?"
    yield (
        "C6",
        "before",
        f"the {high} stands at such a place, and {others[0]} and {others[1]} do not",
    )
    yield "C6", "before", f"every other one of these is {', '.join(map(str, later[::stride]))}."
    yield "C6", "before", f"(a {later[0]} comes in at the left)"

    dense, kept = arrays(ITEMS["C6"].after.given)
    stride = len(dense) // len(kept)
    high = moved(dense, -1)[::stride].max()
    others = [n for n in dense if n not in (0, high)]
    *early, last = range(0, len(dense), stride)
    yield "C6", "after", "these feature maps at stride 1, and with the same kernel the second at"
    yield "C6", "after", f"the second at stride {stride}:"
    yield "C6", "after", "\n    stride 1  [0,"
    yield "C6", "after", f"\n    stride {stride}  [0,"
    yield "C6", "after", "so does the map at stride 1."
    yield "C6", "after", f"What is the map at stride {stride}?"
    yield "C6", "after", f"At stride 1 the map is now `{written(moved(dense, -1))}`"
    yield "C6", "after", f"places {', '.join(map(str, early))} and {last} of it are kept"
    yield "C6", "after", f"Stride {stride} is equivariant only to moves by multiples of {stride};"
    yield "C6", "after", f"Half a step at stride {stride} is tempting"
    yield (
        "C6",
        "after",
        f"the {high} lies on a kept place, and the {others[0]} and the {others[1]} lie",
    )
    yield "C6", "after", f"equivariance of stride 1 over to stride {stride}. One place"

    (x,) = arrays(ITEMS["C7"].before.given)
    pairs = x.reshape(-1, 2)
    (a, b), (low_a, low_b) = pairs.max(axis=1), pairs.min(axis=1)
    spoken = " and ".join(f"({p}, {q})" for p, q in pairs)
    yield "C7", "before", f"{a} is larger than {low_a}."
    yield "C7", "before", f"{low_a} and {low_b} are farthest from zero"
    yield "C7", "before", f"{a} is larger than {low_a}, and {b} larger than {low_b}."
    yield (
        "C7",
        "before",
        f"The windows are {spoken}, and the largest numbers in them are {a} and {b}.",
    )
    yield "C7", "before", f"{max(x)} is the largest number of all."
    yield "C7", "before", "starts its maximum at 0 would indeed"
    (x,) = arrays(ITEMS["C7"].after.given)
    left, right = x[:, :2].ravel(), x[:, 2:].ravel()
    yield "C7", "after", "windows of 2 × 2 and stride 2 gets"
    yield "C7", "after", f"{left[0]}, {left[1]}, {left[2]} and {left[3]} is {left.max()}."
    yield "C7", "after", f"its largest: {left.max()} on the left and {right.max()} on the right."
    assert 0 not in x
    yield "C7", "after", "There is no 0 in the map"
    yield "C7", "after", "starts its maximum at 0, or where ReLU"

    row, later = arrays(ITEMS["C8"].before.given)
    before, after = (pool2d(r[None], (1, 3), stride=1)[0] for r in (row, later))
    yield "C8", "before", f"(a {later[0]} comes in at the left, the {row[-1]} drops out)"
    yield "C8", "before", f"at the last place, the {before[-1]} makes way for an {after[-1]}."
    row, later = arrays(ITEMS["C8"].after.given)
    yield "C8", "after", f"(the {row[0]} drops out, a {later[-1]} comes in at the right)"
    yield "C8", "after", "Max pooling of width 3 and stride 1"
    yield "C8", "after", "random numbers and width 3"

    yield "C9", "after", "kernels of 1 × 1 and no bias"
    yield "C9", "after", "first output channel is `K[0] ="

    starts = [start + 1 for start in range(0, 12 - 5 + 1, 2)]
    spoken = f"{', '.join(map(str, starts[:-1]))} and {starts[-1]}"
    yield "C10", "before", "first on numbers 1 to 5."
    yield (
        "C10",
        "before",
        f"starts at numbers {spoken}; from {starts[-1] + 2} on it would stick out.",
    )
    for form, n, k in (("before", 12, 5), ("after", 20, 7)):
        steps = (n - k) // 2
        yield "C10", form, f"`({n} - {k}) // 2 = {steps}`"
        yield "C10", form, f"`({n} - {k}) // 2 + 1 = {conv_output_size(n, k, stride=2)}`"
    yield "C10", "after", "a kernel of 7 × 7, stride 2"
    yield "C10", "after", "a kernel of width 7 takes away six columns"


def test_the_texts_say_what_was_computed():
    count = 0
    for name, form, phrase in facts():
        question = ITEMS[name].question(form)
        texts = [question.given, question.asks, *(o.reason for o in question.options)]
        whole = "\n".join([*texts, *map(flat, texts)])
        assert phrase in whole, (name, form, phrase)
        count += 1
    assert count > 40


# ------------------------------------------------------------------ what the reasons claim


@pytest.mark.parametrize("form", FORMS)
def test_c1_a_peak_returns_the_kernel_as_written_by_convolution_only(form):
    x, w = arrays(ITEMS["C1"].question(form).given)
    assert written(convolve1d(x, w, mode="valid")) == written(x.max() * w)
    assert written(cross_correlate1d(x, w)) == written(x.max() * w[::-1])


def test_c1_libraries_do_not_flip():
    torch = pytest.importorskip("torch")
    x, w = arrays(ITEMS["C1"].after.given)
    out = torch.nn.functional.conv1d(torch.tensor(x)[None, None], torch.tensor(w)[None, None])
    assert written(out[0, 0].numpy()) == ITEMS["C1"].after.right.text.strip("`")


def test_c2_a_mean_stays_in_the_range_of_what_goes_into_it():
    text = ITEMS["C2"].after.given
    w = arrays(text)[0]
    assert w.min() > 0
    assert w.sum() == pytest.approx(1)
    ages = np.arange(len(w))
    assert ages @ w == pytest.approx(2)


def test_c3_a_dense_layer_would_take_all_the_products():
    matrix = connections(ITEMS["C3"].before.given, "before")
    assert matrix.size == 10200
    torch = pytest.importorskip("torch")
    assert torch.nn.Conv1d(1, 1, 3, bias=False).weight.numel() == 3
    assert torch.nn.Conv2d(1, 1, 3, bias=False).weight.numel() == 9


@pytest.mark.parametrize("form", FORMS)
def test_c4_the_number_of_parameters_does_not_know_the_image(form):
    torch = pytest.importorskip("torch")
    (height, width), size, maps, _ = layer(ITEMS["C4"].question(form).given, form)
    network = torch.nn.Conv2d(1, maps, size)
    for factor in (1, 2):
        assert network(torch.zeros(1, 1, factor * height, factor * width)).numel() > 0


@pytest.mark.parametrize("form", FORMS)
def test_c5_the_map_moves_along_whatever_the_kernel(form):
    row, _, later = arrays(ITEMS["C5"].question(form).given)
    by = int(np.argmax(later) - np.argmax(row))
    for w in np.random.default_rng(5).integers(-9, 10, size=(20, 2)):
        there, here = cross_correlate1d(later, w), cross_correlate1d(row, w)
        assert written(there) == written(moved(here, by))


def test_c8_half_of_random_outputs_stay():
    x = np.random.default_rng(8).random((1, 200_000))
    assert unchanged_fraction(x, (1, 3), (0, 1)) == pytest.approx(1 / 2, abs=0.01)


@pytest.mark.parametrize("form", FORMS)
def test_c9_libraries_sum_over_channels_and_depthwise_ones_do_not(form):
    torch = pytest.importorskip("torch")
    v, w = pixel_and_weights(" ".join(ITEMS["C9"].question(form).given.split()), form)
    x = torch.tensor(v, dtype=torch.float64)[None, :, None, None]
    kernel = torch.tensor(w, dtype=torch.float64)
    merged = torch.nn.functional.conv2d(x, kernel[None, :, None, None])
    assert merged.item() == float(ITEMS["C9"].question(form).right.text)
    apart = torch.nn.functional.conv2d(x, kernel[:, None, None, None], groups=len(v))
    assert apart.numel() == len(v)


def test_c10_what_is_said_about_wide_windows_and_about_same():
    assert [conv_output_size(12, k, stride=2) for k in (1, 2, 5)] == [6, 6, 4]
    assert {conv_output_size(20, k, stride=2, padding="same") for k in (1, 3, 5, 7)} == {10}
    visited = {s + offset for s in range(0, 20 - 7 + 1, 2) for offset in range(7)}
    assert set(range(20)) - visited == {19}
