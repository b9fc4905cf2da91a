"""Pooling in the browser (pool.js) against `cnncourse.pooling.pool2d`, in node."""

import base64
import json
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest

from cnncourse import explore
from cnncourse.pooling import KINDS, pool2d

MODULE = Path(explore.__file__).parent / "static" / "pool.js"

RUN = """
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
const { pool } = await import(pathToFileURL(process.argv[1]).href);
const floats = (text) => new Float64Array(new Uint8Array(Buffer.from(text, "base64")).buffer);
const answers = JSON.parse(readFileSync(0, "utf8")).map(([shape, text, options]) => {
  try {
    const { shape: made, values } = pool({ shape, values: floats(text) }, options);
    return { shape: made, values: Buffer.from(values.buffer).toString("base64") };
  } catch (error) {
    return { error: error.message };
  }
});
console.log(JSON.stringify(answers));
"""

# The names of Python's arguments in JavaScript.
CAMEL = {"count_include_pad": "countIncludePad", "ceil_mode": "ceilMode"}


def in_node(cases):
    """What pool.js makes of (image, size, options): arrays, or an error's text each."""
    if shutil.which("node") is None:
        pytest.skip("no node found")
    listed = []
    for image, size, options in cases:
        image = np.ascontiguousarray(image, dtype="<f8")
        named = {CAMEL.get(name, name): value for name, value in options.items()}
        text = base64.b64encode(image.tobytes()).decode()
        listed.append([image.shape, text, {"size": size, **named}])
    command = ["node", "--input-type=module", "--eval", RUN, str(MODULE)]
    done = subprocess.run(command, input=json.dumps(listed), capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return [
        answer.get("error")
        or np.frombuffer(base64.b64decode(answer["values"])).reshape(answer["shape"])
        for answer in json.loads(done.stdout)
    ]


def in_python(image, size, options):
    try:
        return pool2d(image, size, **options)
    except (ValueError, TypeError) as error:
        return str(error)


def random_cases(seed, count=400):
    """Layers on random, mostly non-square images of one to four axes of any sign."""
    rng = np.random.default_rng(seed)
    for _ in range(count):
        size = rng.integers(1, 6, 2).tolist()
        before, after = ([int(rng.integers(0, k // 2 + 1)) for k in size] for _ in range(2))
        paddings = [
            *(0, "valid", "same", before),
            list(map(list, zip(before, after, strict=True))),
        ]
        lead = [[], [2], [2, 3]][rng.integers(3)]
        image = rng.normal(-1, 2, [*lead, *rng.integers(1, 12, 2)])
        options = {
            "kind": KINDS[rng.integers(3)],
            "padding": paddings[rng.integers(len(paddings))],
            "count_include_pad": bool(rng.integers(2)),
            "ceil_mode": bool(rng.integers(2)),
        }
        if rng.integers(2):
            options["stride"] = rng.integers(1, 5, 2).tolist()
        yield image, size, options


@pytest.mark.parametrize("seed", range(3))
def test_random_layers_agree_and_are_refused_alike(seed):
    cases = list(random_cases(seed))
    refused = 0
    for case, got in zip(cases, in_node(cases), strict=True):
        expected = in_python(*case)
        if isinstance(expected, str):
            refused += 1
            assert got == expected
        else:
            assert got.shape == expected.shape
            np.testing.assert_allclose(got, expected, rtol=1e-12, atol=1e-12)
    assert 0 < refused < len(cases) / 2


def test_special_numbers_agree():
    nan, inf = np.nan, np.inf
    image = [[1.0, nan, -2.0, inf, 3.0, -inf, -4.0], [0.0, 5.0, 6.0, 7.0, -0.0, 8.0, 9.0]]
    cases = [(image, [1, 3], {"kind": kind, "stride": 1, "padding": [0, 1]}) for kind in KINDS]
    for case, got in zip(cases, in_node(cases), strict=True):
        with np.errstate(invalid="ignore"):
            np.testing.assert_allclose(got, pool2d(case[0], case[1], **case[2]))


def test_norms_neither_overflow_nor_vanish():
    cases = [
        ([[3e200, -4e200]], [1, 2], {"kind": "l2"}),
        ([[3e-200, 4e-200]], [1, 2], {"kind": "l2"}),
    ]
    large, small = in_node(cases)
    assert large == pytest.approx(5e200)
    assert small == pytest.approx(5e-200)


def test_padding_never_wins_a_maximum_of_negatives():
    (got,) = in_node([([[-3.0, -4.0, -5.0]], [1, 3], {"stride": 1, "padding": [0, 1]})])
    assert got.tolist() == [[-3.0, -3.0, -4.0]]


@pytest.mark.parametrize(
    ("options", "part"),
    [
        ({"kind": "median"}, "kind must be one of max, average, l2, got median"),
        ({"stride": 0}, "stride must be whole numbers of at least 1, got 0"),
        ({"stride": 1.5}, "got 1.5"),
        ({"stride": [1, 2, 3]}, "got 1,2,3"),
        ({"padding": -1}, "at least 0, got -1"),
        ({"padding": 2}, "padding must be at most half the window of 3, got 2"),
        ({"padding": [1, 1, 1]}, "a pair of pairs, got 1,1,1"),
        ({"padding": "half"}, "valid, same or full, got half"),
    ],
)
def test_bad_arguments_are_named(options, part):
    (said,) = in_node([(np.ones((4, 5)), 3, options)])
    assert part in said
