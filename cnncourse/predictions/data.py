"""The predictions of all lessons, by id, in order."""

from collections.abc import Mapping
from pathlib import Path

from cnncourse.predictions.model import Prediction
from cnncourse.predictions.reading import read_all

PREDICTIONS: Mapping[str, Prediction] = read_all(Path(__file__).resolve().parent)


def get(prediction_id: str) -> Prediction:
    """The prediction of that id; small letters will do.

    Raises
    ------
    ValueError
        If there is none.

    Examples
    --------
    >>> get("p1.2").id
    'P1.2'
    """
    if not isinstance(prediction_id, str):
        raise ValueError(
            f"prediction_id must be a string such as 'P1.2', got {type(prediction_id).__name__}"
        )
    try:
        return PREDICTIONS[prediction_id.strip().upper()]
    except KeyError:
        known = ", ".join(PREDICTIONS)
        raise ValueError(f"prediction_id must be one of {known}, got {prediction_id!r}") from None
