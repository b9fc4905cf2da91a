"""Predict, then run: a prediction is asked for before its result is shown, and compared with it.

``predict("P1.2")`` asks in a form, ``compare("P1.2", value)`` puts the answer beside what the code
computed, and ``show_calibration()`` tells how far the learner's sureness was justified.
"""

from cnncourse.predictions.asking import compare, predict
from cnncourse.predictions.calibrating import show_calibration
from cnncourse.predictions.comparing import Comparison
from cnncourse.predictions.data import PREDICTIONS
from cnncourse.predictions.model import Prediction

__all__ = ["PREDICTIONS", "Comparison", "Prediction", "compare", "predict", "show_calibration"]
