"""The predictions of all lessons, by id, in order."""

from collections.abc import Mapping
from pathlib import Path

from cnncourse.predictions.model import Prediction
from cnncourse.predictions.reading import read_all

PREDICTIONS: Mapping[str, Prediction] = read_all(Path(__file__).resolve().parent)


def get(prediction_id: str) -> Prediction:
    """The prediction of that id.

    Raises
    ------
    ValueError
        If there is none.
    """
    if prediction_id not in PREDICTIONS:
        known = ", ".join(PREDICTIONS)
        raise ValueError(f"prediction_id must be one of {known}, got {prediction_id!r}")
    return PREDICTIONS[prediction_id]
