"""The concept test as a form: one question at a time, marked when an answer is confirmed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import traitlets

from cnncourse import records
from cnncourse.cards import DEEP_BLUE, SMALL, card
from cnncourse.forms import base
from cnncourse.forms.view import FormView
from cnncourse.inventory.answers import first_answers, record_answer
from cnncourse.inventory.cards import title
from cnncourse.inventory.items import ITEMS
from cnncourse.inventory.model import FormName, Item, Option
from cnncourse.inventory.prose import blocks, spans
from cnncourse.widgets import joined_module, style_sheet

STATIC = Path(__file__).resolve().parent / "static"

_NO_BEFORE = (
    "The test before the course was not taken here, so a gain cannot be computed. The questions "
    "are worth your time all the same."
)


class ConceptTest(FormView):
    """Ten questions, one at a time; the first confirmed answer to each counts.

    The browser gets no answers: it sends an option's letter, and Python marks it, records it and
    sends back the reasons.

    Parameters
    ----------
    form : {"before", "after"}

    Attributes
    ----------
    at : int
        Number of the question that is shown, from 0.
    chosen : dict
        Item id -> letter chosen, but not confirmed yet.
    confirmed : dict
        The answer confirmed last: item, key, and how many were confirmed so far.
    marks : dict
        Item id -> what the browser shows about the answer; items that are still open are left out.
    note : str
        What to say about the whole test.
    """

    _esm = joined_module("concepts", STATIC)
    _css = style_sheet(base.STATIC / "form.css", STATIC / "concepts.css")

    title = traitlets.Unicode().tag(sync=True)
    questions = traitlets.List(traitlets.Dict()).tag(sync=True)
    at = traitlets.Int(0).tag(sync=True)
    chosen = traitlets.Dict().tag(sync=True)
    confirmed = traitlets.Dict().tag(sync=True)
    marks = traitlets.Dict().tag(sync=True)
    note = traitlets.Unicode().tag(sync=True)

    def __init__(self, form: FormName) -> None:
        self.form: FormName = form
        answers = first_answers(form, records.events("concept"))
        still_open = [number for number, name in enumerate(ITEMS) if name not in answers]
        super().__init__(
            title=title(form),
            questions=[_question(item, form) for item in ITEMS.values()],
            at=still_open[0] if still_open else 0,
            marks=_marks(form, answers),
            note=_note(form, answers),
        )

    def __repr__(self) -> str:
        return (
            f"{self.title}: ten questions, to be answered in JupyterLab.\n"
            f'  Without a form: answer_concept("{self.form}", "C1") shows the first, and\n'
            f'  answer_concept("{self.form}", "C1", "a") answers it with a.'
        )

    def still(self) -> str:
        """What the form is, as HTML. Not its questions: those after the course must stay unread."""
        heading = f"<span style='font-weight:600'>{self.title}</span>"
        body = (
            "<p style='margin:6px 0 0'>Ten questions, one at a time. Run this cell to see them: "
            "what you have answered is kept, and you go on where you stopped.</p>"
        )
        call = f"<code>answer_concept(&quot;{self.form}&quot;, &quot;C1&quot;)</code>"
        how = f"Without JupyterLab: {call}."
        return card(DEEP_BLUE, heading, f"{body}<p style='{SMALL}'>{how}</p>")

    @traitlets.observe("confirmed")
    def _confirm(self, change: Any) -> None:
        answer = change.new
        record_answer(self.form, answer.get("item"), answer.get("key"))
        # All of them: another view of this test may have gone on.
        answers = first_answers(self.form, records.events("concept"))
        self.chosen = {name: key for name, key in self.chosen.items() if name not in answers}
        self.note = _note(self.form, answers)
        self.marks = _marks(self.form, answers)


def _question(item: Item, form: FormName) -> dict[str, Any]:
    """What the browser shows of a question: not which option is right, nor why."""
    asked = item.question(form)
    return {
        "id": item.id,
        "given": _sent(asked.given),
        "asks": asked.asks,
        "options": [{"key": option.key, "label": option.text} for option in asked.options],
    }


def _marks(form: FormName, answers: dict[str, Option]) -> dict[str, Any]:
    return {name: _mark(ITEMS[name], form, option) for name, option in answers.items()}


def _mark(item: Item, form: FormName, chosen: Option) -> dict[str, Any]:
    """What the browser shows of an answer."""
    others = [
        {"key": o.key, "text": o.text, "right": o.right, "reason": _sent(o.reason)}
        for o in item.question(form).options
        if o.key != chosen.key
    ]
    return {
        "key": chosen.key,
        "right": chosen.right,
        "reason": _sent(chosen.reason),
        "others": others,
        "concept": item.concept,
        "where": "" if chosen.right else f"The course treats this in {item.where}.",
    }


def _sent(text: str) -> list[dict[str, Any]]:
    """A text as blocks of spans, so that the browser needs to read no markup."""
    return [
        {"kind": kind, "spans": [["plain", text]] if kind == "code" else spans(text)}
        for kind, text in blocks(text)
    ]


def _note(form: FormName, answers: dict[str, Option]) -> str:
    if len(answers) == len(ITEMS):
        right = sum(option.right for option in answers.values())
        then = (
            "At the end of the course you will meet the same concepts in other questions."
            if form == "before"
            else "`show_gain()` sets them beside those from before the course."
        )
        return f"All are answered: {right} of {len(ITEMS)} right. {then}"
    if form == "after" and not first_answers("before", records.events("concept")):
        return _NO_BEFORE
    return ""
