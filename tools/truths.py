"""What is right, exercise by exercise, straight from the task and without the check.

Each exercise has its own entry in `INPUTS` and `RIGHT`: inputs drawn otherwise than the check draws
them, and whether a value is right for them, by a slow definition.
"""

import itertools

import numpy as np


def _kernels():
    random = np.random.default_rng(12)
    yield from ((random.normal(size=n),) for n in range(1, 18))
    yield (np.array([0.0, 3.0, 3.0, 0.0, 700.0, 0.0]),)


def _ages():
    random = np.random.default_rng(12)
    for _ in range(150):
        older = random.choice(np.arange(1, 12), random.integers(1, 6), replace=False)
        future = -random.choice(np.arange(1, 6), random.integers(0, 4), replace=False)
        yield (random.permutation(np.concatenate([[0], older, future])),)
    for oldest in (20, 33, 61):
        yield (random.permutation(np.arange(-3, oldest)),)
        yield (random.permutation([0, 2, oldest, -2, oldest // 2]),)


def _ships():
    random = np.random.default_rng(12)
    yield from itertools.product((-0.7, 0.0, 0.1, 0.4), (0.5, 1.0, 2.0), (0.0, 0.3, 1.7), (1, 2, 9))
    for _ in range(300):
        yield (*random.uniform((-1, 0.1, 0.0), (1, 3.0, 5.0)), int(random.integers(1, 40)))
    for _ in range(40):
        velocity, dt, sigma = random.uniform((-1, 0.1, 0.0), (1, 3.0, 5.0))
        yield velocity / 1000, dt, sigma / 1000, int(random.integers(1, 40))
        yield velocity / 100, dt, sigma, 150


def _pairs():
    """Draw a signal and a kernel, with zeros and whole numbers in some."""
    random = np.random.default_rng(12)
    sizes = [*itertools.product(range(1, 7), range(1, 7), range(2)), (30, 8, 0), (13, 11, 0)]
    for n, m, zeros in sizes:
        a, b = random.normal(size=n), random.normal(size=m)
        yield (a.round(), (3 * b).astype(int)) if zeros else (a, b)


def _pairs_with_weights():
    for a, b in _pairs():
        w = np.abs(b) + 0.05
        yield a, w / w.sum()


def _kernels_and_lengths():
    yield from ((b, len(a)) for a, b in _pairs())


def _estimates():
    random = np.random.default_rng(12)
    for _ in range(60):
        w = random.choice([(0.5, 0.3, 0.2), (0.6, 0.3, 0.1), (0.5, 0.4, 0.1), (0.7, 0.2, 0.1)])
        yield random.integers(1, 10, 6).astype(float), w, int(random.integers(3, 5))


def _tracks():
    random = np.random.default_rng(12)
    for m in range(1, 12):
        for n in (m + 1, m + 2, m + 3, m + 9, 40):
            yield random.normal(size=n), m
            yield random.integers(-9, 10, n), m


def _planes():
    """Draw two arrays of two axes, with zeros and whole numbers in some."""
    random = np.random.default_rng(12)
    sizes = [
        *itertools.product((1, 2, 3), (1, 2, 4), (1, 2, 3), (1, 2, 3)),
        (6, 7, 4, 5),
        (9, 8, 5, 6),
    ]
    for number, (rows, columns, h, w) in enumerate([*sizes, (3, 3, 5, 4), (2, 3, 4, 4)]):
        image, kernel = random.normal(size=(rows, columns)), random.normal(size=(h, w))
        yield (
            ((3 * image).astype(int), (3 * kernel).round()) if number % 4 == 3 else (image, kernel)
        )


def _planes_that_fit():
    for image, kernel in _planes():
        if len(kernel) <= len(image) and len(kernel[0]) <= len(image[0]):
            yield image, kernel


def _places_in_planes():
    random = np.random.default_rng(12)
    for _ in range(40):
        image = random.integers(1, 21, (4, 4)).astype(float)
        kernel = random.choice([-10.0, -5, -3, -2, -1, 1, 2, 3, 5, 10], (2, 2), replace=False)
        yield image, kernel, *random.permutation([1, 2]).tolist()


def _directions():
    yield from ((angle,) for angle in range(0, 360, 45))


def _impulses():
    random = np.random.default_rng(12)
    for number, (h, w) in enumerate([*itertools.product((1, 2, 3, 4), repeat=2)] * 4):
        kernel = random.normal(size=(h, w))
        if number % 3 == 2:
            kernel[random.integers(h)], kernel[:, random.integers(w)] = 0, 0
            kernel[random.integers(h), random.integers(w)] = 2
        room = random.integers(0, 4, 4)
        at = h - 1 + room[0], w - 1 + room[1]
        image = np.zeros((at[0] + h + room[2], at[1] + w + room[3]))
        image[at] = random.choice([1.0, 2.0, -1.0, -3.0, 0.1, 40.0])
        yield image, np.array(_correlated(image, kernel)) + 0.0


def _tables():
    """Draw kernels of 2 rows and columns or more, separable and not, with zeros in some."""
    random = np.random.default_rng(12)
    for h, w in itertools.product((2, 3, 4), (2, 3, 5)):
        u, v = random.normal(size=h), random.normal(size=w)
        yield (np.outer(u, v),)
        yield (np.outer(u.round(1), (5 * v).round() + 0.5),)
        yield (np.outer(np.arange(h), np.arange(w) - 1.0),)
        yield (np.outer(np.arange(h)[::-1], np.arange(1, w + 1)),)
        yield (random.normal(size=(h, w)),)
        yield (np.add.outer(u, v),)
        yield (np.eye(h, w),)
        yield (np.eye(h, w)[::-1],)
        mixed = np.outer(np.arange(1.0, h + 1), np.arange(2.0, w + 2))
        for place in ((0, 0), (0, -1), (-1, 0), (-1, -1), (h // 2, w // 2)):
            changed = mixed.copy()
            changed[place] *= -1
            yield (changed,)
        blank = np.zeros((h, w))
        blank[-1, 0] = -4.0
        yield (blank,)


INPUTS = {
    "E0.1": _kernels,
    "E1.0": _estimates,
    "E1.1": _ages,
    "E1.2": _pairs,
    "E1.3": _pairs_with_weights,
    "E1.4": _ships,
    "E1.5": _kernels_and_lengths,
    "E1.6": _pairs,
    "R1.1": _tracks,
    "E2.1": _places_in_planes,
    "E2.2": _planes,
    "E2.3": _planes_that_fit,
    "E2.4": _directions,
    "E2.5": _impulses,
    "E2.6": _tables,
    "R2.1": _planes,
}


def _weights_are_right(value, ages):
    w = np.asarray(value, dtype=float)
    if w.shape != ages.shape or not np.isfinite(w).all():
        return False
    past = w[ages >= 0][np.argsort(ages[ages >= 0])]
    return bool(
        np.allclose(w[ages < 0], 0, atol=1e-9)
        and (w > -1e-9).all()
        and abs(w.sum() - 1) < 1e-5
        and (np.diff(past) < 1e-5).all()
        and past[0] > past[-1]
    )


def _length_is_best(value, velocity, dt, sigma, top):
    if np.ndim(value) or value != int(value) or not 1 <= value <= top:
        return False

    def mean_square(m):
        return (velocity * dt * sum(range(m)) / m) ** 2 + sigma**2 / m

    least = min(mean_square(m) for m in range(1, top + 1))
    return mean_square(int(value)) <= least * (1 + 1e-9)


def _equals(definition):
    def right(value, *args):
        expected = np.array(definition(*args), dtype=float)
        got = np.asarray(value, dtype=float)
        rounding = 1e-6 * (1 + np.abs(expected).max())  # of float32 answers
        return got.shape == expected.shape and np.allclose(got, expected, rtol=0, atol=rounding)

    return right


def _terms(a, b):
    """Pairs of eq. (2) for each output t, those inside of both arrays."""
    return [
        [(a[i], b[t - i]) for i in range(len(a)) if 0 <= t - i < len(b)]
        for t in range(len(a) + len(b) - 1)
    ]


def _convolved(a, b):
    return [sum(p * q for p, q in terms) for terms in _terms(a, b)]


def _smoothed(a, b):
    kept = _terms(a, b)[: len(a)]
    return [sum(p * q for p, q in terms) / sum(q for _, q in terms) for terms in kept]


def _estimate_is_right(value, x, w, t):
    """Take the number in brackets, too: it is one number, which a text is not."""
    if isinstance(value, str):
        return False
    return np.size(value) == 1 and abs(float(np.ravel(value)[0]) - _convolved(x, w)[t]) < 1e-5


def _matrix(w, n):
    rows = range(n + len(w) - 1)
    return [[w[i - j] if 0 <= i - j < len(w) else 0 for j in range(n)] for i in rows]


def _centred(x, m):
    """Mean of the m samples around each, of which an even m cuts the outermost in halves."""
    places = [np.arange(i - (m - 1) / 2, i + m / 2) for i in range(m // 2, len(x) - m // 2)]
    return [np.mean([(x[int(p)] + x[int(np.ceil(p))]) / 2 for p in at]) for at in places]


def _correlated(image, kernel):
    h, w = len(kernel), len(kernel[0])
    return [
        [
            sum(image[i + m][j + n] * kernel[m][n] for m in range(h) for n in range(w))
            for j in range(len(image[0]) - w + 1)
        ]
        for i in range(len(image) - h + 1)
    ]


def _convolved_planes(image, kernel):
    (rows, columns), (h, w) = np.shape(image), np.shape(kernel)
    out = [[0.0] * (columns + w - 1) for _ in range(rows + h - 1)]
    for a, b, m, n in itertools.product(range(rows), range(columns), range(h), range(w)):
        out[a + m][b + n] += image[a][b] * kernel[m][n]
    return out


def _output_is_right(value, image, kernel, i, j):
    """Take the number in brackets, too: it is one number, which a text is not."""
    if isinstance(value, str):
        return False
    exact = _convolved_planes(image, kernel)[i][j]
    return np.size(value) == 1 and abs(float(np.ravel(value)[0]) - exact) < 1e-5


# Pixels around an edge of each direction, in halves: brighter on the left of who goes along.
_EDGES = {
    0: "222 111 000",
    45: "221 210 100",
    90: "210 210 210",
    135: "100 210 221",
    180: "000 111 222",
    225: "001 012 122",
    270: "012 012 012",
    315: "122 012 001",
}


def _edge_kernel_is_right(value, angle):
    kernel = np.asarray(value, dtype=float)
    if kernel.shape != (3, 3) or not np.isfinite(kernel).all():
        return False
    answer = {
        direction: sum(
            kernel[row, column] * int(halves) / 2
            for row, line in enumerate(pixels.split())
            for column, halves in enumerate(line)
        )
        for direction, pixels in _EDGES.items()
    }
    little = 1e-5 * np.abs(kernel).sum()
    return bool(
        abs(kernel.sum()) <= little
        and answer[angle] > little
        and all(other <= answer[angle] + little for other in answer.values())
        and abs(answer[(angle + 90) % 360]) <= little
        and abs(answer[(angle + 270) % 360]) <= little
    )


def _kernel_behind(image, response):
    """Try every weight alone: what it would give is where the response shows that weight."""
    h, w = np.subtract(np.shape(image), np.shape(response)) + 1
    kernel = np.zeros((h, w))
    for place in np.ndindex(h, w):
        alone = np.zeros((h, w))
        alone[place] = 1.0
        seen = np.array(_correlated(image, alone))
        kernel[place] = np.sum(seen * response) / np.sum(seen * seen)
    return kernel


def _passes_are_right(value, kernel):
    weights = np.asarray(value, dtype=float)
    h, w = kernel.shape
    sizes = np.linalg.svd(kernel, compute_uv=False)
    little = 1e-6 * (1 + np.abs(kernel).max())
    if weights.ndim != 1 or not np.isfinite(weights).all():
        return False
    if sizes[1] > 1e-6 * sizes[0]:
        return weights.shape == (h * w,) and np.allclose(weights, kernel.ravel(), 0, little)
    if weights.shape != (h + w,):
        return False
    made = [[weights[m] * weights[h + n] for n in range(w)] for m in range(h)]
    return np.allclose(made, kernel, 0, little)


def _correlated_centred(image, kernel):
    h, w = np.shape(kernel)
    middle = np.pad(image, [((h - 1) // 2, h // 2), ((w - 1) // 2, w // 2)])
    return _correlated(middle, kernel)


RIGHT = {
    "E0.1": _equals(lambda w: [w[-1 - i] for i in range(len(w))]),
    "E1.0": _estimate_is_right,
    "E1.1": _weights_are_right,
    "E1.2": _equals(_convolved),
    "E1.3": _equals(_smoothed),
    "E1.4": _length_is_best,
    "E1.5": _equals(_matrix),
    "E1.6": _equals(_convolved),
    "R1.1": _equals(_centred),
    "E2.1": _output_is_right,
    "E2.2": _equals(_convolved_planes),
    "E2.3": _equals(_correlated),
    "E2.4": _edge_kernel_is_right,
    "E2.5": _equals(_kernel_behind),
    "E2.6": _passes_are_right,
    "R2.1": _equals(_correlated_centred),
}
