"""Networks that were trained for the course, with the weights they had on the way, and your own."""

from cnncourse.networks.digits_network import DigitsNetwork, digits_network
from cnncourse.networks.mnist_network import mnist_networks
from cnncourse.networks.stored import (
    WrongNetworkFile,
    load_network,
    load_networks,
    save_networks,
)

__all__ = [
    "DigitsNetwork",
    "WrongNetworkFile",
    "digits_network",
    "load_network",
    "load_networks",
    "mnist_networks",
    "save_networks",
]
