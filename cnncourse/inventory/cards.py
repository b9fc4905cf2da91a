"""A single question, and an answer to it marked, as cards and as text."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

from cnncourse.cards import GREEN, GREY, ORANGE, SMALL, card
from cnncourse.inventory.model import FormName, Item, Option, Question
from cnncourse.inventory.prose import block_html, block_plain, inline_html, plain

RIGHT, WRONG, OPEN = "✓ right", "✗ not right", "○ open"

_COLOURS = {True: GREEN, False: ORANGE, None: GREY}
_WHEN = {"before": "before the course", "after": "after the course"}


def title(form: FormName) -> str:
    """What the form is called."""
    return f"Concept test {_WHEN[form]}"


def verdict(option: Option | None) -> str:
    """The mark in a sign and in words."""
    return OPEN if option is None else RIGHT if option.right else WRONG


def colour(option: Option | None) -> str:
    """The colour that goes with the mark."""
    return _COLOURS[None if option is None else option.right]


def question_html(question: Question) -> str:
    """A question and its options, as HTML without inputs; nothing tells which one is right."""
    options = "".join(
        f"<li style='margin:1px 0'>{inline_html(option.text)}</li>" for option in question.options
    )
    return (
        f"{block_html(question.given)}"
        f"<p style='margin:6px 0 2px;font-weight:600'>{inline_html(question.asks)}</p>"
        f"<ol style='list-style-type:lower-alpha;margin:2px 0 6px'>{options}</ol>"
    )


@dataclass(frozen=True)
class Asked:
    """A question to be answered by a call."""

    form: FormName
    item: Item

    def __repr__(self) -> str:
        question = self.item.question(self.form)
        lines = [f"{title(self.form)}, {self.item.id}", block_plain(question.given)]
        lines.append(block_plain(question.asks))
        lines += [f"    {option.key}  {plain(option.text)}" for option in question.options]
        return "\n".join([*lines, f"  Answer: {self._call()}"])

    def _repr_html_(self) -> str:
        heading = f"<span style='font-weight:600'>{title(self.form)}, {self.item.id}</span>"
        answer = f"<p style='{SMALL}'>Answer: <code>{escape(self._call())}</code></p>"
        return card(_COLOURS[None], heading, question_html(self.item.question(self.form)) + answer)

    def _call(self) -> str:
        return f'answer_concept("{self.form}", "{self.item.id}", "a")'


@dataclass(frozen=True)
class Marked:
    """An answer, marked: why it is right or not, and why the others are.

    Parameters
    ----------
    form : {"before", "after"}
    item : Item
    chosen : Option
        What was answered now.
    counts : Option
        What was answered first.
    """

    form: FormName
    item: Item
    chosen: Option
    counts: Option

    @property
    def remark(self) -> str:
        """What to say if it is not the first answer."""
        if self.counts is self.chosen:
            return ""
        return (
            f"You had answered this question before, with {self.counts.key} "
            f"({verdict(self.counts)}): the first answer counts."
        )

    def others(self) -> list[Option]:
        """The options that were not chosen."""
        options = self.item.question(self.form).options
        return [option for option in options if option is not self.chosen]

    def __repr__(self) -> str:
        lines = [f"{self.item.id} {self.item.concept}: {self.chosen.key}, {verdict(self.chosen)}"]
        lines.append(block_plain(self.chosen.reason))
        for other in self.others():
            lines.append(f"  {other.key}  {plain(other.text)}: {verdict(other)}")
            lines.append(block_plain(other.reason, "     "))
        if not self.chosen.right:
            lines.append(f"  The course treats this in {self.item.where}.")
        return "\n".join([*lines, *([f"  {self.remark}"] if self.remark else [])])

    def _repr_html_(self) -> str:
        sign, words = verdict(self.chosen).split(" ", 1)
        heading = (
            f"<span style='color:{colour(self.chosen)};font-weight:700'>"
            f"{sign} {words.capitalize()}</span><span style='font-weight:600;"
            f"margin-left:12px'>{self.item.id} {escape(self.item.concept)}</span>"
        )
        others = "".join(
            f"<p style='margin:6px 0 0'><strong>{inline_html(other.text)}</strong>: "
            f"{verdict(other)}. {inline_html(' '.join(other.reason.split()))}</p>"
            for other in self.others()
        )
        body = (
            f"<p style='margin:6px 0 0'><strong>{inline_html(self.chosen.text)}</strong></p>"
            f"{block_html(self.chosen.reason)}"
            f"<details><summary>The other answers, and why</summary>{others}</details>"
        )
        if not self.chosen.right:
            body += f"<p style='{SMALL}'>The course treats this in {escape(self.item.where)}.</p>"
        if self.remark:
            body += f"<p style='{SMALL}'>{escape(self.remark)}</p>"
        return card(colour(self.chosen), heading, body)
