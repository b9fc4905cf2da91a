"""What goes wrong when a layer is carried from one framework to the other."""

from __future__ import annotations


class CannotTranslate(ValueError):
    """A layer has no counterpart with the same outputs, or is not known here.

    Attributes
    ----------
    layer : str
        The name of the layer, as its model has it.
    reason : str
        Why, in a sentence without its full stop.

    Examples
    --------
    >>> raise CannotTranslate("lambda_1", "a Lambda may hold any Python code")
    Traceback (most recent call last):
    ...
    cnncourse.frameworks.errors.CannotTranslate: layer 'lambda_1': a Lambda may hold any Python code
    """

    def __init__(self, layer: str, reason: str) -> None:
        super().__init__(f"layer {layer!r}: {reason}")
        self.layer = layer
        self.reason = reason

    def __reduce__(self) -> tuple[type[CannotTranslate], tuple[str, str]]:
        return type(self), (self.layer, self.reason)


class OutputsDiffer(ArithmeticError):
    """A translated model was built, but does not compute what the first one does."""


class MissingTensorFlow(ImportError):
    """TensorFlow is not installed, and what was asked for needs it."""
