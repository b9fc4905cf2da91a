"""A prediction beside what the code computed, as a card in JupyterLab and as text elsewhere."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape
from typing import Any

import numpy as np

from cnncourse.cards import (
    FAINT,
    GREEN,
    GREY,
    ORANGE,
    card,
    paragraph,
    plain,
    prose,
    row_head,
    table,
    table_row,
)
from cnncourse.predictions.model import Prediction
from cnncourse.predictions.sureness import sure_in_words
from cnncourse.predictions.wording import answer_in_words, remark, shown

# A folded output shows its first line, which must give nothing away.
_FOLDED = " \n"
_TABLE = "margin:6px 0 0"


@dataclass(frozen=True, eq=False)  # holds arrays
class Comparison:
    """What was predicted, what came out, and what a wrong prediction means.

    Parameters
    ----------
    prediction : Prediction
    computed : str or ndarray
        What came out: the slug of an option, or a number or array.
    answer : str, float, list of float or None
        What was predicted; None if nothing was.
    sure : float or None
        How sure the learner was, as a probability.
    seen : bool
        Whether the result had been shown before the prediction was made.
    again : bool
        Whether another prediction was made after the result had been shown.

    Attributes
    ----------
    right : bool or None
        None without a prediction.
    meaning : str or None
        Slug of the wrong idea that explains the prediction.
    """

    prediction: Prediction
    computed: Any
    answer: Any = None
    sure: float | None = None
    seen: bool = False
    again: bool = False

    @property
    def right(self) -> bool | None:
        """Whether the prediction was right; None without one."""
        if self.answer is None:
            return None
        if self.prediction.kind == "choice":
            return bool(self.answer == self.computed)
        return bool(self.prediction.right_cells(self.answer, self.computed).all())

    @property
    def meaning(self) -> str | None:
        """Slug of the wrong idea that explains the prediction, if one is known."""
        if self.answer is None or self.right:
            return None
        if self.prediction.kind == "choice":
            option = self.prediction.option(self.answer)
            return option.slug if option.means else None
        known = self.prediction.meaning(self.answer)
        return known.slug if known else None

    def outcome(self) -> str:
        """What came out, in words and numbers."""
        return answer_in_words(self.prediction, self.computed, self.prediction.tolerance)

    def explanation(self) -> str:
        """What a wrong prediction means; "" for a right one and without one."""
        if self.answer is None or self.right:
            return ""
        if self.meaning is None:
            return self._difference()
        if self.prediction.kind == "choice":
            return self.prediction.option(self.answer).means
        return next(w.means for w in self.prediction.wrong if w.slug == self.meaning)

    def reason(self) -> str:
        """Why the right answer is right; "" if other numbers than the lesson's came out."""
        return self.prediction.why if self.prediction.explains(self.computed) else ""

    def _difference(self) -> str:
        if self.prediction.kind == "number":
            return remark(self.prediction, float(self.answer), float(self.computed))
        if self.prediction.kind == "choice":
            return ""
        right = self.prediction.right_cells(self.answer, self.computed)
        return f"{int(right.sum())} of {right.size} cells are right."

    def _status(self) -> tuple[str, str, str]:
        """Colour, sign and words of the heading."""
        if self.right is None:
            return GREY, "○", "no prediction recorded"
        if self.right:
            return GREEN, "✓", "your prediction was right"
        return ORANGE, "✗", "your prediction was not right"

    def _lines(self) -> list[tuple[str, str]]:
        """Label and text of what was predicted and of what came out."""
        came = ("Came out", self.outcome())
        if self.answer is None:
            return [came]
        predicted = answer_in_words(self.prediction, self.answer)
        sure = f"; {sure_in_words(self.sure)}" if self.sure is not None else ""
        return [("You said", predicted + sure), came]

    def _notes(self) -> list[str]:
        late = ""
        if self.seen:
            late = "You made this prediction after the result had been shown (Run All shows it, "
            late += "too), so your calibration leaves it out."
        elif self.again:
            late = "This is what you said before the result was shown, so it counts; what you said "
            late += "afterwards does not."
        return [text for text in (self.explanation(), self.reason(), late) if text]

    def __repr__(self) -> str:
        lines = [self._status()[2]]
        lines += [paragraph(plain(text), f"{label}:") for label, text in self._lines()]
        if self.answer is not None and self.prediction.kind == "sketch":
            signs = ["=" if r else "x" for r in self._right_cells()]
            lines.append(paragraph(f"{' '.join(signs)}   (= right, x not)", "Cells:"))
        return "\n".join([*lines, *(paragraph(plain(text)) for text in self._notes())])

    def _right_cells(self) -> list[bool]:
        return [bool(r) for r in self.prediction.right_cells(self.answer, self.computed).ravel()]

    def _repr_html_(self) -> str:
        colour, sign, words = self._status()
        heading = (
            f"<span style='color:{colour};font-weight:700'>{sign}</span> "
            f"<span style='font-weight:700'>{escape(words[0].upper() + words[1:])}</span>"
            f"<span style='float:right;{FAINT}'>{escape(self.prediction.id)}</span>"
        )
        lines = self._cells_table() if self.prediction.kind == "sketch" else self._table()
        notes = "".join(f"<p style='margin:8px 0 0'>{prose(text)}</p>" for text in self._notes())
        return _FOLDED + card(colour, heading, lines + notes)

    def _table(self) -> str:
        rows = (
            table_row(
                row_head(label),
                "<td style='text-align:left;padding:1px 0;"
                f"font-weight:{600 if label == 'Came out' else 400}'>{prose(text)}</td>",
            )
            for label, text in self._lines()
        )
        return table(rows, _TABLE)

    def _cells_table(self) -> str:
        """Predicted and computed cells below each other, with a sign at each pair."""
        computed = np.atleast_2d(self.computed)
        fine = self.prediction.tolerance
        rows = [("Came out", [[shown(v, fine) for v in row] for row in computed])]
        if self.answer is not None:
            answer = np.reshape(self.answer, computed.shape)
            rows.insert(0, ("You said", [[shown(v) for v in row] for row in answer]))
            right = np.reshape(self._right_cells(), computed.shape)
            signs = [["✓" if r else "✗" for r in row] for row in right]
            rows.append(("", signs))
        if len(computed) > 1:
            return self._grids(rows)
        body = (
            table_row(row_head(label), *(_cell(text, label) for text in values[0]))
            for label, values in rows
        )
        sure = _sure_line(self.sure) if self.answer is not None else ""
        return table(body, _TABLE) + sure

    def _grids(self, rows: list[tuple[str, list[list[str]]]]) -> str:
        """The same for two axes: one small table each, side by side."""
        signs = dict(rows).get("", [])
        grids = []
        for label, values in rows:
            if not label:
                continue
            told = signs if label == "You said" else []
            texts = [
                [f"{text} {told[i][j]}" if told else text for j, text in enumerate(row)]
                for i, row in enumerate(values)
            ]
            rows_of_cells = (table_row(*(_cell(text, label) for text in row)) for row in texts)
            body = table(rows_of_cells, _TABLE)
            caption = f"<div style='font-weight:600;{FAINT}'>{label}</div>"
            grids.append(f"<div>{caption}{body}</div>")
        sure = _sure_line(self.sure) if self.answer is not None else ""
        return f"<div style='display:flex;flex-wrap:wrap;gap:4px 28px'>{''.join(grids)}</div>{sure}"


def _cell(text: str, label: str) -> str:
    weight = 600 if label == "Came out" or "✗" in text else 400
    colour = f"color:{ORANGE};" if text == "✗" else ""
    return (
        f"<td style='text-align:center;min-width:2.6em;padding:1px 6px;{colour}"
        f"font-weight:{weight};font-variant-numeric:tabular-nums'>{escape(text)}</td>"
    )


def _sure_line(sure: float | None) -> str:
    if sure is None:
        return ""
    return f"<p style='margin:4px 0 0;{FAINT}'>How sure: {escape(sure_in_words(sure))}</p>"
