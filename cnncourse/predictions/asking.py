"""Ask for a prediction, keep the answer, and compare it once the result is there."""

from __future__ import annotations

from collections.abc import Mapping
from numbers import Integral
from typing import TYPE_CHECKING, Any

from numpy.typing import ArrayLike

from cnncourse import records
from cnncourse.predictions.comparing import Comparison
from cnncourse.predictions.data import get
from cnncourse.predictions.history import counting, fitting, number_of, outcomes, was_shown
from cnncourse.predictions.model import Prediction
from cnncourse.predictions.sureness import key, level, question, sure_in_words
from cnncourse.predictions.wording import answer_in_words

if TYPE_CHECKING:
    from cnncourse.forms import Field, Form

# The last form of each prediction, in this session.
_FORMS: dict[str, Form] = {}


class Recorded:
    """A sentence that says what was recorded."""

    def __init__(self, text: str) -> None:
        self.text = text

    def __repr__(self) -> str:
        return self.text


def predict(
    prediction_id: str, answer: Any = None, *, sure: float | None = None
) -> Form | Recorded:
    """Ask what a result will be, before it is shown.

    Parameters
    ----------
    prediction_id : str
        "P1.2"; small letters will do.
    answer : optional
        The answer, where the form cannot be used: the number of an option (from 1), a number, or
        an array.
    sure : {0.25, 0.5, 0.75, 0.9, 0.99}, optional
        How sure you are; needed with an answer.

    Returns
    -------
    form
        The question, to be answered in JupyterLab; or, with an answer, what was recorded.

    Raises
    ------
    ValueError
        If there is no such prediction, the answer does not fit it, or one of answer and sure is
        missing.

    Examples
    --------
    >>> predict("P1.4", 120, sure=0.5)
    Recorded: 120 km, could be (50 %). Now run the next cell.
    """
    prediction = get(prediction_id)
    if answer is None and sure is None:
        return _form(prediction)
    if answer is None:
        call = f'predict("{prediction.id}", answer, sure={sure!r})'
        raise ValueError(f"answer is missing: {call} expects both, got sure only")
    checked = _checked(prediction, answer)
    return Recorded(_keep(prediction, checked, level(sure)).replace("`", ""))


def compare(prediction_id: str, computed: ArrayLike | Any) -> Comparison:
    """Put the prediction beside what the code computed.

    Parameters
    ----------
    prediction_id : str
        "P1.2".
    computed
        What came out: a number, an array, or a value that makes one of the options right.

    Returns
    -------
    comparison : Comparison
        Shows itself as the value of a cell.

    Raises
    ------
    ValueError
        If there is no such prediction, or `computed` does not fit it.

    Examples
    --------
    >>> recorded = predict("P1.1", 12, sure=0.5)
    >>> comparison = compare("P1.1", 13.2)
    >>> comparison.right, comparison.outcome()
    (False, '13.2 km')
    """
    prediction = get(prediction_id)
    if prediction.kind == "choice":
        result: Any = prediction.chosen_by(computed).slug
    else:
        result = prediction.array(computed)
    events = records.events(subject=prediction.id)
    if not was_shown(prediction, events):
        records.record("shown", prediction.id)
    made = fitting(prediction, events)
    if not made:
        return Comparison(prediction, result)
    event = counting(prediction, events) or made[-1]
    answer, sure, seen = event.data["answer"], event.data["sure"], bool(event.data.get("seen"))
    comparison = Comparison(prediction, result, answer, sure, seen, again=event is not made[-1])
    # Running the cell again tells nothing new.
    if event.id not in outcomes(events):
        outcome = {"right": comparison.right, "meaning": comparison.meaning}
        records.record("outcome", prediction.id, prediction=event.id, **outcome)
    return comparison


def _keep(prediction: Prediction, answer: Any, sure: float) -> str:
    """Record an answer; returns the sentence that says so."""
    events = records.events(subject=prediction.id)
    number = 1 + max(map(number_of, fitting(prediction, events)), default=0)
    seen = was_shown(prediction, events)
    data = {"answer": answer, "sure": sure, "seen": seen, "number": number}
    records.record("prediction", prediction.id, **data)
    return _kept(prediction, data, counting(prediction, events))


def _kept(
    prediction: Prediction, data: Mapping[str, Any], counts: records.Event | None = None
) -> str:
    """Say that an answer was recorded, and if it was made too late, which one counts."""
    words = f"Recorded: {_said(prediction, data)}. "
    if not data.get("seen"):
        return words + "Now run the next cell."
    words += "The result had been shown before (Run All shows it, too), so your calibration leaves "
    words += "this out."
    if counts is None:
        return words
    return f"{words} What you said before counts: {_said(prediction, counts.data)}."


def _said(prediction: Prediction, data: Mapping[str, Any]) -> str:
    return f"{answer_in_words(prediction, data['answer'])}, {sure_in_words(float(data['sure']))}"


def _checked(prediction: Prediction, answer: Any) -> Any:
    """An answer given without the form, as the form would give it."""
    if prediction.kind != "choice":
        values = prediction.numbers("answer", answer)
        return values.ravel().tolist() if prediction.shape else float(values)
    slugs = [option.slug for option in prediction.options]
    whole = isinstance(answer, Integral) and not isinstance(answer, bool)
    if whole and 1 <= answer <= len(slugs):
        return slugs[int(answer) - 1]
    if isinstance(answer, str) and answer in slugs:
        return answer
    raise ValueError(
        f"answer must be the number of an option of {prediction.id}, 1 to {len(slugs)}, "
        f"got {answer!r}"
    )


def _form(prediction: Prediction) -> Form:
    """The form of a prediction, with what was written or recorded before."""
    from cnncourse.forms import Form, Reply

    def receive(answers: dict[str, Any]) -> Reply:
        return Reply("✓ " + _keep(prediction, answers["answer"], float(answers["sure"])))

    events = records.events("prediction", prediction.id)
    made = fitting(prediction, events)
    values: dict[str, Any] = {}
    note = None
    if made:
        data = made[-1].data
        answer = _as_typed(prediction, data["answer"])
        values = {"answer": answer, "sure": key(float(data["sure"]))}
        note = Reply("✓ " + _kept(prediction, data, counting(prediction, events)))
    if prediction.id in _FORMS:
        values = {**values, **_FORMS[prediction.id].values}
    form = Form(
        f"Prediction {prediction.id}",
        [_field(prediction), question()],
        receive,
        button="Record my prediction",
        values=values,
        note=note,
        call=f'predict("{prediction.id}", answer, sure=0.75)',
    )
    _FORMS[prediction.id] = form
    return form


def _field(prediction: Prediction) -> Field:
    from cnncourse.forms import Cells, Choice, Number

    if prediction.kind == "choice":
        texts = {option.slug: option.text for option in prediction.options}
        return Choice("answer", prediction.question, texts, missing="Choose what you expect.")
    if prediction.kind == "number":
        return Number("answer", prediction.question, prediction.unit)
    return Cells("answer", prediction.question, prediction.shape)


def _as_typed(prediction: Prediction, answer: Any) -> Any:
    """A recorded answer as it stands in the form's fields."""
    if prediction.kind == "choice":
        return answer
    if prediction.kind == "number":
        return f"{answer:.12g}"
    return [f"{value:.12g}" for value in answer]
