"""Small networks with odd shapes, and the same in torch."""

import numpy as np

from cnncourse.networks import digits_network
from cnncourse.networks.blur_pool import BlurPool
from cnncourse.networks.parts import Convolution, Dense, Flatten, Pool, ReLU
from cnncourse.networks.sequential import Sequential

IMAGE = (2, 9, 8)
CLASSES = 5


def odd_network(seed=0, *, kind="max", dtype=np.float64, biases=True):
    """Not square, strided, padded unevenly; two channels in, five classes out."""
    random = np.random.default_rng(seed)
    options = {"random": random, "dtype": dtype}
    net = Sequential(
        [
            Convolution(2, 3, (3, 2), stride=(2, 1), padding=(1, 0), **options),
            ReLU(),
            Pool((2, 3), stride=(1, 2), kind=kind),
            Convolution(3, 4, 2, padding="same", **options),
            ReLU(),
            Flatten(),
            Dense(4 * 4 * 3, CLASSES, **options),
        ]
    )
    for name, values in net.parameters.items():
        values += random.normal(size=values.shape) / 10
        if not biases and name.endswith("bias"):
            values[...] = 0
    return net


def blurred_network(seed=0):
    """With Zhang's pooling in its middle."""
    random = np.random.default_rng(seed)
    options = {"random": random, "dtype": np.float64}
    return Sequential(
        [
            Convolution(2, 3, 3, padding=1, **options),
            ReLU(),
            Pool(2, stride=1),
            BlurPool(3, stride=(2, 1)),
            Convolution(3, 3, 2, stride=2, **options),
            Flatten(),
            Dense(3 * 2 * 3, CLASSES, **options),
        ]
    )


def some_images(count=3, seed=7, shape=IMAGE):
    return np.random.default_rng(seed).normal(size=(count, *shape))


def odd_twin(net, torch):
    """`odd_network` in torch, with the same weights: its parts' numbers are the same."""
    nn = torch.nn
    twin = nn.Sequential(
        nn.Conv2d(2, 3, (3, 2), stride=(2, 1), padding=(1, 0)),
        nn.ReLU(),
        nn.MaxPool2d((2, 3), stride=(1, 2)),
        nn.Sequential(nn.ZeroPad2d((0, 1, 0, 1)), nn.Conv2d(3, 4, 2)),
        nn.ReLU(),
        nn.Flatten(),
        nn.Linear(48, CLASSES),
    ).double()
    with torch.no_grad():
        for ours, theirs in zip(net.parameters.values(), twin.parameters(), strict=True):
            theirs.copy_(torch.from_numpy(ours))
    return twin


def fixed(parts, **parameters):
    """A network with the weights given, under "number_name"."""
    net = Sequential(parts)
    net.load({name[1:].replace("_", "."): values for name, values in parameters.items()})
    return net


def digits_parts(epoch=None):
    """The course's trained network for digits of 8 x 8 pixels, as parts."""
    stored, random = digits_network(epoch), np.random.default_rng(0)
    first, second, last = stored.kernels
    net = fixed(
        [
            Convolution(1, 6, 3, padding=1, random=random),
            ReLU(),
            Pool(2),
            Convolution(6, 12, 3, padding=1, random=random),
            ReLU(),
            Pool(2),
            Flatten(),
            Dense(48, 10, random=random),
        ],
        _0_kernel=first,
        _0_bias=stored.biases[0],
        _3_kernel=second,
        _3_bias=stored.biases[1],
        _7_kernel=last.reshape(10, 48),
        _7_bias=stored.biases[2],
    )
    return net
