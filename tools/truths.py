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
}
