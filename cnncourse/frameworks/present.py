"""Is TensorFlow here? The course does without it; one half of lesson 06 needs it."""

from __future__ import annotations

import os
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType

from cnncourse.frameworks.errors import MissingTensorFlow

HOW_TO_INSTALL = "python3 course.py lab --with tensorflow"


def has_tensorflow() -> bool:
    """Tell whether TensorFlow and Keras are installed, without loading either.

    With CNNCOURSE_WITHOUT_TENSORFLOW=1 in the environment the answer is no, so that one can see
    what others see who have not installed it.
    """
    if os.environ.get("CNNCOURSE_WITHOUT_TENSORFLOW", "") not in ("", "0"):
        return False
    return find_spec("tensorflow") is not None and find_spec("keras") is not None


def need_tensorflow(purpose: str) -> None:
    """Raise if TensorFlow is missing.

    Parameters
    ----------
    purpose : str
        What is about to be done, such as "to translate a model into Keras".

    Raises
    ------
    MissingTensorFlow
        With the way to install it.
    """
    if not has_tensorflow():
        raise MissingTensorFlow(
            f"TensorFlow is needed {purpose}, and is not installed here. "
            f"Stop the course and start it again with: {HOW_TO_INSTALL}"
        )


def load_keras(purpose: str) -> ModuleType:
    """Import Keras with TensorFlow below it, quietly, and return it.

    Raises
    ------
    MissingTensorFlow
        As `need_tensorflow`.
    """
    need_tensorflow(purpose)
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # its start-up notes would fill a cell
    os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")  # with oneDNN it speaks at any log level
    os.environ.setdefault("KERAS_BACKEND", "tensorflow")
    return import_module("keras")
