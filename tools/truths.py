"""What is right, exercise by exercise, straight from the task and without the check.

Each exercise has its own entry in `INPUTS` and `RIGHT`: inputs drawn otherwise than the check draws
them, and whether a value is right for them, by a slow definition.
"""

import itertools
import math
from fractions import Fraction

import numpy as np

from cnncourse.exercises import EXERCISES
from cnncourse.exercises.variants import given_trial


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
        if number % 4 == 1:
            image = (3 * image).astype(int)
        if number % 4 == 3:
            image, kernel = (3 * image).astype(int), (3 * kernel).round()
        yield image, kernel


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
        yield (np.outer(np.arange(h), -np.arange(w)),)
        yield (np.outer(np.arange(1, h + 1), np.arange(w)),)
        yield (random.normal(size=(h, w)),)
        yield (np.add.outer(u, v),)
        yield (np.eye(h, w),)
        yield (np.eye(h, w)[::-1],)
        mixed = np.outer(np.arange(1.0, h + 1), np.arange(2.0, w + 2))
        for place in ((0, 0), (0, -1), (-1, 0), (-1, -1), (h // 2, w // 2)):
            changed = mixed.copy()
            changed[place] *= -1
            yield (changed,)
        for at in ((slice(None), 0), (slice(None), -1), (0,), (-1,)):
            changed = random.normal(size=(h, w))
            changed[at] = 0.0
            yield (changed,)
        blank = np.zeros((h, w))
        blank[-1, 0] = -4.0
        yield (blank,)


def _step_rows():
    """Draw networks of any make, some without a detector, a pooling or a dense layer."""
    random = np.random.default_rng(12)
    for _ in range(60):
        convolutions = random.integers(0, 5)
        parts = [
            [1, *([2] if random.random() < 0.8 else []), *([3] if random.random() < 0.4 else [])]
            for _ in range(convolutions)
        ]
        parts += [[4, 2]] * int(random.integers(0, 3)) + [[4]]
        yield (np.array([step for part in parts for step in part]),)


def _rows_and_widths():
    random = np.random.default_rng(12)
    for k in range(1, 7):
        for n in (k, k + 1, k + 2, k + 5, 20):
            yield random.normal(size=n), k
            yield -np.abs(random.normal(size=n)), k
            yield -1e13 * (1 + random.random(n)), k
            yield random.integers(-9, 10, n), k


def _windows_and_shifts():
    yield from itertools.product(range(1, 13), range(15))
    yield from ((40, 1), (40, 17), (90, 30))


def _images_and_steps():
    random = np.random.default_rng(12)
    for k, s in itertools.product(range(1, 5), range(1, 5)):
        for height, width in ((k, k), (k + 1, k + 3), (k + s, k + 2 * s + 1), (9, 6)):
            yield random.normal(size=(height, width)), k, s
        yield random.integers(-9, 10, (7, 8)), k, s


def _maps_and_regions():
    random = np.random.default_rng(12)
    for m in range(1, 6):
        for height, width in ((m, m), (m, m + 1), (m + 2, 2 * m), (3 * m, 2 * m + 1), (7, 11)):
            for channels in (1, 3):
                yield random.normal(size=(channels, height, width)), m
    yield random.integers(-9, 10, (2, 5, 4)), 2


def _scenes_and_detectors():
    random = np.random.default_rng(12)
    for k in range(1, 5):
        for height, width in ((k, k), (k + 1, k + 3), (k + 2, k), (k + 3, k + 3), (8, 7)):
            yield random.normal(size=(height, width)), random.normal(size=(k, k))
            yield -np.abs(random.normal(size=(height, width))), np.abs(random.normal(size=(k, k)))
            yield np.full((height, width), -1e13), np.ones((k, k))
        yield random.integers(-9, 10, (5, 6)), random.integers(-4, 5, (k, k))


def _classes_and_sizes():
    """Draw chances and pool sizes of which no one is a close call."""
    yield 0.02, 0.3, np.array([5, 12, 3])  # the maximum wins in small pools only
    yield 0.4, 0.02, np.array([9, 3])
    random = np.random.default_rng(12)
    found = 0
    while found < 40:
        one, two = random.uniform(0.001, 0.6, 2).round(3)
        sizes = random.permutation(np.arange(2, 20))[: random.integers(1, 5)]
        top, mean = _separabilities(one, two, sizes)
        if (1 - max(one, two)) ** sizes.max() > 0.01 and (np.abs(top / mean - 1) > 0.01).all():
            found += 1
            yield float(one), float(two), sizes


def _pictures_and_steps():
    random = np.random.default_rng(12)
    for k, s in itertools.product(range(1, 6), range(1, 4)):
        for height, width in ((1, 2), (3, 4), (k, k + 1), (5, 7)):
            yield random.normal(size=(height, width)), k, s
            yield -1 - np.abs(random.normal(size=(height, width))), k, s
        yield random.integers(-3, 2, (5, 4)).astype(float), k, s
    yield -1e30 * np.abs(random.normal(size=(3, 3))), 3, 1


def _images_and_kernels():
    random = np.random.default_rng(12)
    for _ in range(40):
        image, kernel = random.integers(6, 11, 2), random.integers(2, 5, 2)
        yield (*(int(n) for n in image), *(int(k) for k in kernel))


def _images_kernels_and_channels():
    random = np.random.default_rng(12)
    for sizes in (*_images_and_kernels(), (5, 4, 1, 1), (4, 6, 4, 1), (3, 5, 3, 5)):
        yield (*sizes, *(int(c) for c in random.integers(1, 7, 2)))


def _layers_and_moves():
    """Functions that are equivariant, that nearly are, and that are not, with images to move."""
    random = np.random.default_rng(12)
    layers = (
        lambda x: x + 4,
        np.abs,
        lambda x: 3 * x - np.roll(x, (1, -1), axis=(0, 1)),
        lambda x: x.min() + x,
        lambda x: 2 * x - np.pad(x, 1)[2:, 1:-1] + np.pad(x, 1)[1:-1, :-2],
        lambda x: x * np.arange(1, x.shape[1] + 1) + np.roll(x, 1, axis=1),
        lambda x: x[::-1],
        lambda x: x * (np.add.outer(*(np.arange(n) for n in x.shape)) % 2),
        lambda x: np.sort(x, axis=0),
        lambda x: x - x.mean(axis=0) * np.arange(x.shape[1]),
    )
    for layer, shape in itertools.product(layers, ((3, 4), (5, 3), (1, 6))):
        down, right = (int(n) for n in random.integers(-3, 4, 2))
        yield (
            lambda x, f=layer: np.array(f(np.array(x, dtype=float))),
            random.normal(size=shape).round(2),
            down,
            right,
        )


def _padded_layers_and_moves():
    random = np.random.default_rng(12)
    for a, b in itertools.product((1, 3, 5), repeat=2):
        for down, right in itertools.product((False, True), repeat=2):
            h, w = int(random.integers(a + 1, 12)), int(random.integers(b + 1, 12))
            yield h, w, a, b, down * int(random.integers(1, h)), right * int(random.integers(1, w))
    yield 5, 6, 5, 5, 2, 3
    yield 7, 8, 3, 3, 0, 1
    yield 8, 7, 3, 3, 1, 0
    yield 16, 15, 7, 5, 3, 12


def _accuracies():
    """Draw three networks: dense; convolution, dense; convolution, largest number of each map."""
    random = np.random.default_rng(12)
    for _ in range(40):
        plain = random.uniform(86, 92, 3)[:, None] + random.uniform(-1.5, 1.5, (3, 5))
        by_permuting = np.array([0, 0.5, 9])[:, None] + random.uniform(-0.5, 0.5, (3, 5))
        spread = np.array([3, 2.5, 0.3])[:, None]
        by_shifting = np.array([45, 43, 0.2])[:, None] + random.uniform(-1, 1, (3, 5)) * spread
        rows = random.permutation(3)
        arrays = (plain, plain - by_permuting, plain - by_shifting)
        yield *(array[rows].round(1) for array in arrays), int(rows.argmin()), 2.776


def _images_and_moves():
    random = np.random.default_rng(12)
    for down, right in itertools.product(
        (-7, -5, -4, -2, -1, 0, 1, 3, 4, 9), (-6, -5, -3, -1, 0, 1, 2, 5, 8)
    ):
        yield random.integers(1, 10, (4, 5)).astype(float), down, right
    yield np.array([[3, 1, 4], [1, 5, 9]]), -1, 2


def _layers_with_channels():
    random = np.random.default_rng(12)
    sizes = itertools.product((1, 2, 3), (1, 3, 4), (2, 5), (1, 2, 3), (1, 2, 3), (1, 2))
    for channels, H, W, outputs, M, N in sizes:
        if M <= H:
            V, K = (
                random.normal(size=(channels, H, W)),
                random.normal(size=(outputs, channels, M, N)),
            )
            yield (V.round(), (3 * K).astype(int)) if random.random() < 0.3 else (V, K)


def _images_kernels_and_strides():
    random = np.random.default_rng(12)
    for H, W, M, N in itertools.product((1, 4, 7), (3, 6, 8), (1, 2, 4), (1, 3)):
        for s in (1, 2, 3, 5):
            if M <= H:
                V, K = random.normal(size=(H, W)), random.normal(size=(M, N))
                yield ((5 * V).astype(int), K, s) if random.random() < 0.3 else (V, K, s)


def _padded_images_and_strides():
    for V, K, s in _images_kernels_and_strides():
        for p in (0, 1, 3):
            yield V, K, s, p


def _widths_and_kernels():
    yield from itertools.product(
        (1, 2, 5, 8, 13), (1, 2, 3, 6), (1, 2, 3, 4), (0, 1, 3), (0, 2), (1, 2, 3)
    )
    yield from itertools.product((224, 517), (1, 7), (1, 2, 5), (0, 3), (0, 4), (1, 3))


def _image_sizes_and_kernels():
    for H, W, k, s in itertools.product((1, 2, 5, 8), (3, 4, 7), (1, 2, 3, 5), (1, 2, 3, 4)):
        yield from ((H, W, k, p, s) for p in range(k) if k <= min(H, W) + 2 * p)


def _goals():
    goals = itertools.product(range(7, 11), range(3), (19, 21, 23))
    yield from ((4 * outputs - less, outputs, field) for outputs, less, field in goals)


def _paddings_and_seeds():
    """Draw differences whose mean is a little less or more than half the interval, too."""
    random = np.random.default_rng(12)
    factors = {3: 4.303, 4: 3.182, 5: 2.776, 7: 2.447, 12: 2.201}
    for _ in range(25):
        for seeds, t in factors.items():
            rows = [random.uniform(0.85, 0.95, seeds)]
            for share in random.permutation([0.3, 0.6, 0.8, 0.97, 1.03, 1.5, 4]):
                noise = random.normal(size=seeds) * random.uniform(0.001, 0.004)
                noise -= noise.mean()
                reach = t * np.sqrt(sum(noise**2) / (seeds - 1) / seeds)
                rows.append(rows[0] + noise + random.choice([-1, 1]) * share * reach)
            yield np.array(rows)[: random.integers(2, 9)], t


def _weights_and_ways():
    random = np.random.default_rng(12)
    for O, I, M, N in itertools.product((1, 2, 3), (1, 2, 4), (1, 2, 3), (1, 3)):  # noqa: E741
        for to_keras in (True, False):
            shape = (O, I, M, N) if to_keras else (M, N, I, O)
            yield random.integers(-9, 10, shape).astype(float), to_keras


def _dense_layers():
    random = np.random.default_rng(12)
    for units, C, H, W in itertools.product((1, 2, 5), (1, 2, 3), (1, 2, 4), (1, 2, 3)):
        yield random.integers(-9, 10, (units, C * H * W)).astype(float), C, H, W


def _sizes_kernels_and_strides():
    axes = list(itertools.product((1, 2, 3, 6, 7, 10, 11), (1, 2, 3, 4, 6), (1, 2, 3, 5)))
    random = np.random.default_rng(12)
    others = [axes[i] for i in random.permutation(len(axes))]
    for one, other in zip([*axes, (28, 5, 2)], [*others, (227, 11, 4)], strict=True):
        yield tuple(zip(one, other, strict=True))


def _padded_pictures():
    random = np.random.default_rng(12)
    for k, s, (H, W) in itertools.product(range(1, 6), range(1, 5), ((1, 2), (4, 3), (5, 8))):
        for p in range(k // 2 + 1):
            if min(H, W) + 2 * p >= k:
                x = random.integers(-9, 3, (H, W)).astype(float)
                yield x, k, s, p
                yield -1e13 * (1 + random.random((H, W))), k, s, p


def _pictures_for_eight_lines():
    random = np.random.default_rng(12)
    while True:
        for k in (3, 5):
            H, W = (int(n) for n in random.choice(range(20, 65, 2), 2, replace=False))
            if H % k and W % k:
                yield H, W, int(random.integers(2, 4)), int(random.integers(12, 33)), k
        if random.random() < 0.02:
            return


def _pairs_to_learn_from():
    random = np.random.default_rng(12)
    sizes = itertools.product((1, 2, 4), (3, 5), (3, 4), (1, 2, 3), (1, 2, 3))
    for number, (N, H, W, h, w) in enumerate(sizes):
        images, start = random.normal(size=(N, H, W)), random.normal(size=(h, w))
        targets = random.normal(size=(N, H - h + 1, W - w + 1))
        if number % 3 == 0:
            images, start = (4 * images).astype(int), (4 * start).astype(int)
        yield images, targets, start, 0.03 * (1 + number % 2), number % 5
    yield images, targets, start, 0.02, 40


def _networks_of_two_layers():
    """Draw what learners get: a change of a program may show in one order of the maps only."""
    exercise = EXERCISES["E7.5"]
    for variant in range(12):
        yield given_trial(exercise, str(variant)).cases[0].args


def _networks_and_moves():
    random = np.random.default_rng(12)
    networks = (
        lambda x: x.sum(axis=(1, 2)),
        lambda x: -x.min(axis=(1, 2)),
        lambda x: np.abs(x).max(axis=(1, 3)),
        lambda x: x.max(axis=(1, 3))[:, ::2],
        lambda x: x.reshape(len(x), -1)[:, 1::3],
        lambda x: x[:, 0, 1, 1:],
        lambda x: np.stack([x.sum(axis=(1, 2, 3)), 3 * x.max(axis=(1, 2, 3)) - 50], axis=1),
        lambda x: 0 * x[:, 0, 0] + np.arange(x.shape[3]),
    )
    places = [(d, r) for d in range(-2, 3) for r in range(-2, 3)]
    for number, (network, C, many) in enumerate(itertools.product(networks, (1, 2), (2, 3, 5))):
        images = random.permutation(5 * C * 3 * 5).reshape(5, C, 3, 5) + 1.0
        classes = network(images).shape[1]
        labels = random.integers(0, classes, 5)
        shifts = random.permutation(places)[:many]
        if number % 4 == 0:
            images, labels = images[:1], labels[:1]
        if number % 2:
            images = images / 32 - 1.5  # so faint that it counts what comes in at the border
        yield lambda x, f=network: f(np.array(x, dtype=float)), images, labels, shifts


def _pictures_kernels_and_strides():
    random = np.random.default_rng(12)
    for (H, W), (M, N) in itertools.product(
        ((1, 4), (3, 3), (6, 7), (7, 5)), ((1, 3), (3, 2), (4, 5), (2, 1))
    ):
        for strides in ((1, 1), (1, 2), (2, 1), (2, 2), (3, 4), (5, 2)):
            yield random.normal(size=(H, W)), random.normal(size=(M, N)), strides


def _layers_to_go_back_through():
    """Draw layers of all strides and paddings, with pixels that no window reaches in some."""
    random = np.random.default_rng(12)
    for s, p, (M, N) in itertools.product((1, 2, 3), (0, 1, 2), ((1, 1), (2, 3), (3, 2))):
        C, D = (int(n) for n in random.integers(1, 4, 2))
        H, W = (int(random.integers(max(1, n - 2 * p), 7)) for n in (M, N))
        rows, columns = (H + 2 * p - M) // s + 1, (W + 2 * p - N) // s + 1
        dZ, K = random.normal(size=(D, rows, columns)), random.normal(size=(D, C, M, N))
        yield dZ, K, s, p, H, W
    for H, W in ((1, 1), (1, 5), (5, 1)):  # smaller than the padding
        yield random.normal(size=(2, H + 2, W + 3)), random.normal(size=(2, 1, 3, 2)), 1, 2, H, W


def _pooled_pictures():
    """Draw pictures with and without equal pixels, and what comes back to each window."""
    random = np.random.default_rng(12)
    for k, s, (H, W) in itertools.product((1, 2, 3), (1, 2, 3), ((3, 4), (6, 5), (4, 7))):
        dZ = random.normal(size=((H - k) // s + 1, (W - k) // s + 1))
        yield dZ, random.normal(size=(H, W)), k, s
        yield dZ, random.integers(-1, 2, (H, W)).astype(float), k, s
        yield dZ, -random.integers(2, 5, (H, W)), k, s


def _batches_and_what_comes_back():
    random = np.random.default_rng(12)
    for s, T, (M, N) in itertools.product((1, 2, 3), (1, 2, 3), ((1, 1), (2, 3), (3, 2))):
        C, D = (int(n) for n in random.integers(1, 4, 2))
        H, W = (int(n) for n in random.integers(3, 8, 2))
        dZ = random.normal(size=(T, D, (H - M) // s + 1, (W - N) // s + 1))
        yield dZ, random.normal(size=(T, C, H, W)), M, N, s


def _networks_in_a_row():
    random = np.random.default_rng(12)
    for layers, taps, room in itertools.product((1, 2, 3, 4), (1, 2, 3), (0, 1, 4)):
        n = layers * (taps - 1) + 1 + room
        target, kernels = random.normal(size=room + 1), random.normal(size=(layers, taps))
        yield random.normal(size=n), target, kernels, float(random.uniform(0.05, 0.5))


def _drawings_read():
    """Drawings of which one label, and one mistake, is the commonest."""
    random = np.random.default_rng(12)
    for count in (12, 14, 17, 20, 24, 28, 33) * 8:
        writers = random.permutation(np.arange(count) % 5 * 5 + 2)
        learned = (writers < 12) & (random.random(count) < 0.6)
        labels, said = random.integers(0, 3, (2, count))
        said = np.where(random.random(count) < 0.5, labels, said)
        moved, covered = random.integers(0, 3, (count, 2)), random.integers(0, 3, (count, 3))
        inked = random.random((count, 3)) < 0.6
        new = ~np.isin(writers, writers[learned])
        mistakes = np.bincount((3 * labels + said)[new & (labels != said)], minlength=9)
        seen = np.bincount(labels[learned], minlength=3)
        if all(np.sort(counts)[-1] > np.sort(counts)[-2] for counts in (mistakes, seen)):
            yield labels, writers, learned, said, moved, covered, inked
            yield labels, writers, learned, labels.copy(), moved, covered, inked


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
    "E3.1": _images_and_kernels,
    "E3.2": _images_kernels_and_channels,
    "E3.3": _layers_and_moves,
    "E3.4": _padded_layers_and_moves,
    "E3.5": _accuracies,
    "R3.1": _images_and_moves,
    "E4.1": _step_rows,
    "E4.2": _rows_and_widths,
    "E4.3": _windows_and_shifts,
    "E4.4": _images_and_steps,
    "E4.5": _maps_and_regions,
    "E4.6": _scenes_and_detectors,
    "E4.7": _classes_and_sizes,
    "R4.1": _pictures_and_steps,
    "E5.1": _layers_with_channels,
    "E5.2": _images_kernels_and_strides,
    "E5.3": _widths_and_kernels,
    "E5.4": _image_sizes_and_kernels,
    "E5.5": _goals,
    "E5.6": _paddings_and_seeds,
    "R5.1": _padded_images_and_strides,
    "E6.1": _weights_and_ways,
    "E6.2": _dense_layers,
    "E6.3": _sizes_kernels_and_strides,
    "E6.4": _padded_pictures,
    "E6.5": _pictures_for_eight_lines,
    "R6.1": _pictures_kernels_and_strides,
    "E7.1": _layers_to_go_back_through,
    "E7.2": _batches_and_what_comes_back,
    "E7.3": _pooled_pictures,
    "R7.1": _networks_in_a_row,
    "E7.4": _pairs_to_learn_from,
    "E7.5": _networks_of_two_layers,
    "E7.6": _networks_and_moves,
    "E7.7": _drawings_read,
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


def _counts_are_right(value, steps):
    text = "".join(str(int(step)) for step in steps)
    layers = len(text.replace("4", "1").split("1")) - 1
    return _equals(lambda steps: [layers, len(text), len(text) - layers])(value, steps)


def _summarised(x, k):
    windows = [sorted(map(float, x[i : i + k])) for i in range(len(x) - k + 1)]
    squares = [math.fsum(v * v for v in w) for w in windows]
    return [w[-1] for w in windows], [math.fsum(w) / k for w in windows], np.sqrt(squares)


_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(80)


def _share(k, d):
    """Chance that the maximum of the k - d shared numbers, at t, beats 2 d others below t."""
    shared = k - d
    if shared <= 0:
        return 0.0
    t = (_NODES + 1) / 2
    return float((_WEIGHTS * shared * t ** (shared - 1 + 2 * d)).sum() / 2)


def _averaged(x, k, s):
    rows, columns = ([i for i in range(0, n, s) if i + k <= n] for n in x.shape)
    cells = list(itertools.product(range(k), range(k)))
    return [
        [math.fsum(float(x[i + m, j + n]) for m, n in cells) / k**2 for j in columns] for i in rows
    ]


def _regions(maps, m):
    """Average the pixels that each of m equal lengths of an axis touches."""

    def touched(i, n):
        start, end = Fraction(i * n, m), Fraction((i + 1) * n, m)
        return [p for p in range(n) if p + 1 > start and p < end]

    _, height, width = maps.shape
    places = [(touched(i, height), touched(j, width)) for i in range(m) for j in range(m)]
    return [
        math.fsum(float(one[p, q]) for p in rows for q in columns) / (len(rows) * len(columns))
        for one in maps
        for rows, columns in places
    ]


def _best_turn(image, detector):
    k = len(detector)
    last = k - 1
    cells = list(itertools.product(range(k), range(k)))
    turns = (
        lambda m, n: (m, n),
        lambda m, n: (n, last - m),
        lambda m, n: (last - m, last - n),
        lambda m, n: (last - n, m),
    )
    return [
        [
            max(sum(image[i + m, j + n] * detector[turn(m, n)] for m, n in cells) for turn in turns)
            for j in range(image.shape[1] - last)
        ]
        for i in range(image.shape[0] - last)
    ]


def _separabilities(one, two, sizes):
    """Take both pools' moments from the chances of 0, 1, ... P places that are on."""
    table = []
    for size in map(int, sizes):
        count = np.arange(size + 1)
        ways = np.array([math.comb(size, n) for n in count], dtype=float)
        chances = [ways * a**count * (1 - a) ** (size - count) for a in (one, two)]
        column = []
        for pooled in (np.minimum(count, 1), count / size):
            means = [float(c @ pooled) for c in chances]
            spread = sum(
                math.sqrt(c @ (pooled - mean) ** 2) for c, mean in zip(chances, means, strict=True)
            )
            column.append(abs(means[0] - means[1]) / spread)
        table.append(column)
    return np.array(table).T


def _comparison_is_right(value, one, two, sizes):
    got, (top, mean) = np.asarray(value, dtype=float), _separabilities(one, two, sizes)
    if got.shape != (3, len(sizes)) or not np.isfinite(got).all():
        return False
    close = np.allclose(got[:2], [top, mean], rtol=0, atol=1e-5 * max(top.max(), mean.max()))
    return bool(close and np.allclose(got[2], np.where(top > mean, 1, 2), rtol=0, atol=1e-6))


def _largest_pixels(x, k, s):
    """Look at each pixel of the image for each window, wherever that begins."""

    def windows(n):
        count = math.ceil(n / s)
        first = -(max((count - 1) * s + k - n, 0) // 2)
        return [
            [p for p in range(n) if start <= p < start + k]
            for start in range(first, first + count * s, s)
        ]

    rows, columns = (windows(n) for n in x.shape)
    return [[max(float(x[p, q]) for p in r for q in c) for c in columns] for r in rows]


def _equals_exactly(definition):
    return lambda value, *args: np.array_equal(np.asarray(value, dtype=float), definition(*args))


def _places(height, width, a, b):
    return sum(1 for i in range(a, height + 1) for j in range(b, width + 1))


def _work(height, width, a, b):
    places = _places(height, width, a, b)
    return [sum(n for _ in range(places)) for n in (height * width, a * b, a * b)]


def _stored(height, width, a, b, c, d):
    """Count what each layer stores: for dense and local once for each place, and each channel."""
    places = range(_places(height, width, a, b))
    dense = sum(height * width * c + 1 for _ in places for _ in range(d))
    local = sum(a * b * c + 1 for _ in places for _ in range(d))
    return [dense, local, sum(a * b * c + 1 for _ in range(d))]


def _largest_difference(f, image, down, right):
    height, width = image.shape
    moved = np.empty((height, width))
    for i, j in np.ndindex(height, width):
        moved[(i + down) % height, (j + right) % width] = image[i, j]
    there, here = f(moved), f(image.copy())
    places = np.ndindex(height, width)
    ends = (((i + down) % height, (j + right) % width) for i, j in places)
    return max(
        abs(there[end] - here[start])
        for start, end in zip(np.ndindex(height, width), ends, strict=True)
    )


def _where_other_taps_are_zero(height, width, a, b, down, right):
    """Compare which taps of the kernel find no pixel, at each place and where it came from."""

    def outside(i, j):
        return {
            (m, n)
            for m, n in np.ndindex(a, b)
            if not (0 <= i + m - a // 2 < height and 0 <= j + n - b // 2 < width)
        }

    return [
        [outside(i, j) != outside((i - down) % height, (j - right) % width) for j in range(width)]
        for i in range(height)
    ]


def _finding_is_right(value, plain, permuted, shifted, dense, t):
    if any(isinstance(number, str) for number in value):
        return False
    got = np.asarray(value, dtype=float)
    losses = [list(row) for row in plain - shifted]
    (row,) = (k for k in range(3) if k != dense and min(losses[k]) > 10)
    mean = sum(losses[row]) / 5
    half = t * (sum((loss - mean) ** 2 for loss in losses[row]) / 4 / 5) ** 0.5
    wanted = np.array([row, mean - half, mean + half])
    return got.shape == (3,) and bool((np.abs(got - wanted) <= [0, 0.015, 0.015]).all())


def _on_black(image, down, right):
    height, width = image.shape
    ground = {(i + down, j + right): image[i, j] for i, j in np.ndindex(height, width)}
    return [[ground.get((i, j), 0) for j in range(width)] for i in range(height)]


def _layer(V, K):
    """Eq. (6) with both sides counted from 1."""
    D, C, M, N = K.shape
    rows, columns = V.shape[1] - M + 1, V.shape[2] - N + 1

    def sum_of_products(i, j, k):
        terms = itertools.product(range(1, C + 1), range(1, M + 1), range(1, N + 1))
        return sum(
            V[c - 1, j + m - 2, k + n - 2] * K[i - 1, c - 1, m - 1, n - 1] for c, m, n in terms
        )

    return [
        [[sum_of_products(i, j, k) for k in range(1, columns + 1)] for j in range(1, rows + 1)]
        for i in range(1, D + 1)
    ]


def _starts_inside(n, k, s):
    return [start for start in range(n) if start % s == 0 and start + k <= n]


def _strided(V, K, s):
    (H, W), (M, N) = V.shape, K.shape
    return [
        [(V[j : j + M, k : k + N] * K).sum() for k in _starts_inside(W, N, s)]
        for j in _starts_inside(H, M, s)
    ]


def _padded_and_strided(V, K, s, p):
    P = np.zeros((V.shape[0] + 2 * p, V.shape[1] + 2 * p))
    P[p : p + V.shape[0], p : p + V.shape[1]] = V
    return _strided(P, K, s)


def _number_of_places(n, k, s, before, after, d):
    return len(_starts_inside(before + n + after, d * (k - 1) + 1, s))


def _looked_at(H, W, k, p, s):
    rows, columns = _starts_inside(H + 2 * p, k, s), _starts_inside(W + 2 * p, k, s)
    return [
        [
            sum(0 <= i + p - j < k for j in rows) * sum(0 <= m + p - j < k for j in columns)
            for m in range(W)
        ]
        for i in range(H)
    ]


def _design_is_right(value, n, outputs, field):
    layers = np.asarray(value, dtype=float)
    if layers.ndim != 2 or layers.shape[1] != 3 or (layers % 1).any():
        return False
    seen = {0}
    for kernel, stride, padding in layers.astype(int)[::-1]:
        if not (1 <= kernel <= 5 and 1 <= stride <= 2 and 0 <= padding < kernel):
            return False
        seen = {unit * stride - padding + tap for unit in seen for tap in range(kernel)}
    for kernel, stride, padding in layers.astype(int):
        n = len(_starts_inside(n + 2 * padding, kernel, stride))
    return n == outputs and max(seen) - min(seen) + 1 == field


def _told_apart(accuracies, t):
    verdicts = []
    for row in accuracies[1:]:
        pairs = [a - b for a, b in zip(row.tolist(), accuracies[0].tolist(), strict=True)]
        mean = math.fsum(pairs) / len(pairs)
        square = math.fsum((pair - mean) ** 2 for pair in pairs) / (len(pairs) - 1)
        reach = t * math.sqrt(square) / math.sqrt(len(pairs))
        verdicts.append(0 if abs(mean) < reach else math.copysign(1, mean))
    return verdicts


def _in_other_framework(weight, to_keras):
    """Look every weight up by the names of what it joins."""
    names = "oihw" if to_keras else "hwio"
    wanted = "hwio" if to_keras else "oihw"
    lengths = dict(zip(names, weight.shape, strict=True))

    def nested(left, at):
        if not left:
            return weight[tuple(at[name] for name in names)]
        return [nested(left[1:], at | {left[0]: i}) for i in range(lengths[left[0]])]

    return nested(wanted, {})


def _dense_in_keras(weight, C, H, W):
    there = [(c, h, w) for c in range(C) for h in range(H) for w in range(W)]
    here = sorted(there, key=lambda place: (place[1], place[2], place[0]))
    return [[float(row[there.index(place)]) for row in weight] for place in here]


def _sides_by_remainders(size, kernel, strides):
    """Take the rule from TensorFlow's guide: what is missing follows from the remainder."""
    sides = []
    for n, k, s in zip(size, kernel, strides, strict=True):
        missing = max(k - s, 0) if n % s == 0 else max(k - n % s, 0)
        sides.append([missing // 2, missing - missing // 2])
    return sides[1] + sides[0]


def _pools_are_right(value, x, k, s, p):
    """Collect the pixels of each window by asking every place whether it is one."""
    got = np.asarray(value, dtype=float)

    def windows(n):
        return [
            [q - p for q in range(start, start + k) if 0 <= q - p < n]
            for start in _starts_inside(n + 2 * p, k, s)
        ]

    rows, columns = (windows(n) for n in x.shape)
    pixels = [[[float(x[a, b]) for a in r for b in c] for c in columns] for r in rows]
    right = [
        [[max(w) for w in row] for row in pixels],
        [[math.fsum(w) / k**2 for w in row] for row in pixels],
        [[math.fsum(w) / len(w) for w in row] for row in pixels],
    ]
    rounding = 1e-6 * (1 + np.abs(x).max())
    return got.shape == np.shape(right) and np.allclose(got, right, rtol=0, atol=rounding)


def _eight_lines(H, W, C, F, k):
    inside = [[len(_starts_inside(n, k, s)) for n in (H, W)] for s in (k, 2)]
    sticking_out = [len([a for a in range(0, n, 2) if a + k <= n + 1]) for n in (H, W)]
    every = [[len(range(0, n, s)) for n in (H, W)] for s in (2, k)]
    weights = sum(k * k for _ in range(C) for _ in range(F))
    refused = [0, 0, 0, 0]
    pools = [[C, *inside[0], 0], [C, *sticking_out, 0], refused]
    layers = [refused, refused, [F, *inside[1], weights]]
    return [*pools, *layers, [*every[0], F, weights + F], [*every[1], C, 0]]


def _slid_with_same_padding(V, K, strides):
    """Look the pixels of each window up by their places, in which a missing one is 0."""
    places = {at: float(value) for at, value in np.ndenumerate(V)}
    starts = []
    for n, k, s in zip(V.shape, K.shape, strides, strict=True):
        missing = max(k - s, 0) if n % s == 0 else max(k - n % s, 0)
        starts.append([i * s - missing // 2 for i in range(math.ceil(n / s))])
    taps = list(np.ndenumerate(K))
    return [
        [sum(places.get((a + m, b + n), 0.0) * w for (m, n), w in taps) for b in starts[1]]
        for a in starts[0]
    ]


def _learned(images, targets, start, rate, steps):
    """Write a step as a map K -> M K + c, and put so many of them one into another."""
    h, w = start.shape
    places = [(n, i, j) for n, i, j in np.ndindex(targets.shape)]
    seen = [images[n, i : i + h, j : j + w].ravel().tolist() for n, i, j in places]
    wanted = [float(targets[place]) for place in places]

    def mean(numbers):
        return math.fsum(numbers) / len(places)

    taps = range(h * w)
    M = [[(a == b) - 2 * rate * mean(s[a] * s[b] for s in seen) for b in taps] for a in taps]
    c = [2 * rate * mean(s[a] * t for s, t in zip(seen, wanted, strict=True)) for a in taps]
    # One row more, for the constant: the power of this matrix makes all steps at once.
    step = np.block([[np.array(M), np.array(c)[:, np.newaxis]], [np.zeros(h * w), np.ones(1)]])
    end = np.linalg.matrix_power(step, steps) @ np.append(start.ravel().astype(float), 1.0)
    return end[:-1].reshape(h, w)


def _given_back(dZ, K, s, p, H, W):
    """Ask each pixel which outputs it is in, and by which tap."""
    D, C, M, N = K.shape
    dV = np.zeros((C, H, W))
    for (a, b), (j, k) in itertools.product(np.ndindex(H, W), np.ndindex(*dZ.shape[1:])):
        m, n = a + p - j * s, b + p - k * s
        if 0 <= m < M and 0 <= n < N:
            for i, l in np.ndindex(D, C):  # noqa: E741
                dV[l, a, b] += dZ[i, j, k] * K[i, l, m, n]
    return dV


def _maps_are_matched(value, image, first, second, maps):
    """Take each filter's map at a place that tells all six apart, by sums over its window."""
    if any(isinstance(number, str) for number in value):
        return False

    def seen(kernel, i, j):
        pixels = [float(image[i + a, j + b]) * kernel[a, b] for a in (0, 1) for b in (0, 1)]
        return max(sum(pixels), 0)

    def answered(weights, i, j):
        taps = np.ndindex(2, 3, 3)
        return sum(seen(first[c], i + a, j + b) * weights[c, a, b] for c, a, b in taps)

    for i, j in np.ndindex(11, 11):
        numbers = [answered(weights, i, j) for weights in second]
        if len(set(numbers)) == 6:
            return list(value) == [numbers.index(one[i, j]) for one in maps]
    raise AssertionError("no place tells the six filters apart")


def _right_and_consistent(predict, images, labels, shifts):
    """Ask the network for one image at a time, and count the pairs of copies with two answers."""
    height, width = images.shape[2:]
    answers = []
    for image in images:
        pixels = {at: image[:, at[0], at[1]] for at in np.ndindex(height, width)}
        nothing = np.zeros(len(image))
        row = []
        for down, right in [(0, 0), *map(tuple, shifts.tolist())]:
            copy = [
                [pixels.get((i - down, j - right), nothing) for j in range(width)]
                for i in range(height)
            ]
            scores = predict(np.moveaxis(np.array(copy), 2, 0)[np.newaxis])[0].tolist()
            row.append(scores.index(max(scores)))
        answers.append(row)
    hits = [row[0] == label for row, label in zip(answers, labels.tolist(), strict=True)]
    differ = sum(a != b for _, *row in answers for a, b in itertools.combinations(row, 2))
    pairs = len(images) * math.comb(len(shifts), 2)
    return [sum(hits) / len(hits), 1 - differ / pairs]


def _told_about_new_people(labels, writers, learned, said, moved, covered, inked):
    """Go through the drawings by their numbers; the interval by halving until it is narrow."""
    met = {writers[i] for i in range(len(labels)) if learned[i]}
    test = [i for i in range(len(labels)) if writers[i] not in met]
    n, hits = len(test), sum(labels[i] == said[i] for i in test)
    seen = [labels[i] for i in range(len(labels)) if learned[i]]
    usual = max(sorted(set(seen)), key=seen.count)
    wrong = [(labels[i], said[i]) for i in test if labels[i] != said[i]]
    pair = max(sorted(set(wrong)), key=wrong.count) if wrong else (-1, -1)
    copies = [m == labels[i] for i in test for m in moved[i]]
    free = [c != said[i] for i in test for c, k in zip(covered[i], inked[i], strict=True) if not k]
    p = hits / n

    def end(inside, outside):  # the shares q from which p is at most z standard errors away
        for _ in range(80):
            q = (inside + outside) / 2
            if (p - q) ** 2 * n <= 1.96**2 * q * (1 - q):
                inside = q
            else:
                outside = q
        return inside

    usual_share = sum(labels[i] == usual for i in test) / n
    ends = [end(p, 0.0), end(p, 1.0)]
    return [n, p, usual_share, *ends, *pair, sum(copies) / len(copies), sum(free) / len(free)]


def _added_up_for_weights(dZ, V, M, N, s):
    """Add up, weight by weight, what it was multiplied by at each place of each image."""
    places = list(np.ndindex(len(dZ), *dZ.shape[2:]))
    taps = list(np.ndindex(V.shape[1], M, N))
    return [
        [
            *(
                math.fsum(dZ[t, i, j, k] * V[t, c, j * s + m, k * s + n] for t, j, k in places)
                for c, m, n in taps
            ),
            math.fsum(dZ[t, i, j, k] for t, j, k in places),
        ]
        for i in range(dZ.shape[1])
    ]


def _given_to_the_first(dZ, x, k, s):
    """Line the pixels of each window up, the largest first, of equal ones the first in reading."""
    dx = np.zeros(x.shape)
    for i, j in np.ndindex(*dZ.shape):
        places = [(i * s + m, j * s + n) for m in range(k) for n in range(k)]
        dx[min(places, key=lambda at: (-x[at], at))] += dZ[i, j]
    return dx


def _one_step_downhill(x, target, kernels, rate):
    """Move each weight by 1 to both sides: the loss is a parabola in each weight alone."""

    def loss(weights):
        y = list(x)
        for kernel in weights:
            places = range(len(y) - len(kernel) + 1)
            y = [sum(y[i + m] * w for m, w in enumerate(kernel)) for i in places]
        return sum((a - b) ** 2 for a, b in zip(y, target, strict=True)) / 2

    new = np.array(kernels, dtype=float)
    for at in np.ndindex(*kernels.shape):
        step = np.zeros(kernels.shape)
        step[at] = 1
        new[at] -= rate * (loss(kernels + step) - loss(kernels - step)) / 2
    return new


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
    "E3.1": _equals_exactly(_work),
    "E3.2": _equals_exactly(_stored),
    "E3.3": _equals(_largest_difference),
    "E3.4": _equals(_where_other_taps_are_zero),
    "E3.5": _finding_is_right,
    "R3.1": _equals(_on_black),
    "E4.1": _counts_are_right,
    "E4.2": _equals(_summarised),
    "E4.3": _equals(_share),
    "E4.4": _equals(_averaged),
    "E4.5": _equals(_regions),
    "E4.6": _equals(_best_turn),
    "E4.7": _comparison_is_right,
    "R4.1": _equals(_largest_pixels),
    "E5.1": _equals(_layer),
    "E5.2": _equals(_strided),
    "E5.3": _equals_exactly(_number_of_places),
    "E5.4": _equals(_looked_at),
    "E5.5": _design_is_right,
    "E5.6": _equals(_told_apart),
    "R5.1": _equals(_padded_and_strided),
    "E6.1": _equals(_in_other_framework),
    "E6.2": _equals(_dense_in_keras),
    "E6.3": _equals_exactly(_sides_by_remainders),
    "E6.4": _pools_are_right,
    "E6.5": _equals_exactly(_eight_lines),
    "R6.1": _equals(_slid_with_same_padding),
    "E7.1": _equals(_given_back),
    "E7.2": _equals(_added_up_for_weights),
    "E7.3": _equals(_given_to_the_first),
    "R7.1": _equals(_one_step_downhill),
    "E7.4": _equals(_learned),
    "E7.5": _maps_are_matched,
    "E7.6": _equals(_right_and_consistent),
    "E7.7": _equals(_told_about_new_people),
}
