"""Networks that were trained for the course, with the weights they had on the way."""

from cnncourse.networks.digits_network import DigitsNetwork, digits_network

__all__ = ["DigitsNetwork", "digits_network"]
