"""What changed between the concept test before the course and the one after it, item by item."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from html import escape

from cnncourse import records
from cnncourse.cards import FAINT, SMALL, STEEL, card, paragraph, table, table_row
from cnncourse.inventory.answers import first_answers
from cnncourse.inventory.cards import colour, verdict
from cnncourse.inventory.items import ITEMS, MISCONCEPTIONS
from cnncourse.inventory.model import FormName, Item, Option

NOTHING = (
    'Nothing to compare yet: answer the questions of concept_test("before") first, and those of '
    'concept_test("after") at the end of the course.'
)
CAUTION = (
    "Ten questions are few, and a lucky guess counts as much as an insight: one person's gain is "
    "no measurement of the course, nor of the person. The rows above say more than the number."
)


@dataclass(frozen=True)
class ItemGain:
    """One item: what was answered before and after (None: not answered)."""

    item: Item
    before: Option | None
    after: Option | None

    def sentence(self) -> str:
        """What became of the concept, and of the wrong idea that was there.

        Examples
        --------
        >>> item = ITEMS["C2"]
        >>> print(ItemGain(item, item.before.having("no-lag"), item.after.right).sentence())
        Gained. Gone: “A mean of past values takes away noise and costs nothing.”
        """
        before, after = self.before, self.after
        if after is None:
            if before is None:
                return "Still to be answered."
            return f"{_idea(before)} See {self.item.where}." if _idea(before) else "Known before."
        if after.right:
            if before is None:
                return "Right; not asked before the course."
            return "Right both times." if before.right else f"Gained. Gone: {_idea(before)}"
        again = f"Look again at {self.item.where}."
        if before is None:
            return f"{_idea(after)} {again}"
        if before.right:
            return f"New: {_idea(after)} {again}"
        if before.misconception == after.misconception:
            return f"Still there: {_idea(after)} {again}"
        return f"Gone: {_idea(before)} In its place: {_idea(after)} {again}"


@dataclass(frozen=True)
class Gain:
    """The comparison as a table.

    Parameters
    ----------
    rows : tuple of ItemGain
        One for each item, in order.
    """

    rows: tuple[ItemGain, ...]

    @property
    def before(self) -> int:
        """Right answers before the course, among the items answered both times."""
        return sum(row.before is not None and row.before.right for row in self._pairs())

    @property
    def after(self) -> int:
        """Right answers after the course, among the items answered both times."""
        return sum(row.after is not None and row.after.right for row in self._pairs())

    @property
    def pairs(self) -> int:
        """Number of items that were answered both times."""
        return len(self._pairs())

    @property
    def normalised(self) -> float | None:
        """The normalised gain of Hake (1998), over the items that were answered both times.

            g = (after - before) / (number of items - before)

        It is what was gained as a share of what there was to gain: R. R. Hake,
        "Interactive-engagement versus traditional methods", American Journal of Physics 66 (1998)
        64-74, for the means of a class. None if nothing can be compared, or if all was right
        before.

        Examples
        --------
        >>> rows = [ItemGain(i, i.before.options[0], i.after.right) for i in ITEMS.values()]
        >>> gain = Gain(tuple(rows))
        >>> gain.before, gain.after, gain.normalised
        (2, 10, 1.0)
        """
        room = self.pairs - self.before
        return (self.after - self.before) / room if room else None

    def __repr__(self) -> str:
        if not self._started():
            return NOTHING
        lines = ["Concepts before and after the course"]
        for row in self.rows:
            lines.append(f"{row.item.id} {row.item.concept}")
            lines.append(f"  before: {verdict(row.before)}; after: {verdict(row.after)}")
            lines.append(paragraph(row.sentence()))
        return "\n".join([*lines, *(paragraph(text) for text in self.summary())])

    def _repr_html_(self) -> str:
        if not self._started():
            return card(STEEL, f"<span>{escape(NOTHING)}</span>", "")
        heads = "".join(
            f"<th scope='col' style='{_CELL};font-weight:600'>{name}</th>"
            for name in ("Concept", "Before", "After")
        )
        rows = "".join(_rows(item) for item in self.rows)
        parts = [f"<thead>{table_row(heads)}</thead>", f"<tbody>{rows}</tbody>"]
        body = table(parts, "width:100%;table-layout:auto;margin:8px 0")
        first, *others = self.summary()
        body += f"<p style='margin:6px 0 0'><strong>{escape(first)}</strong></p>"
        body += "".join(f"<p style='{SMALL}'>{escape(text)}</p>" for text in others)
        title = "<span style='font-weight:700'>Concepts before and after the course</span>"
        return card(STEEL, title, body)

    def summary(self) -> list[str]:
        """The totals, the gain, and what to keep in mind about it."""
        if not self._answered("after"):
            count = _of(self._right("before"), self._answered("before"))
            now = 'The gain follows when you have answered concept_test("after").'
            return [f"Before the course: {count}.", now]
        if not self._answered("before"):
            count = _of(self._right("after"), self._answered("after"))
            return [
                f"After the course: {count}.",
                "The test before the course was not taken, so a gain cannot be computed.",
            ]
        if not self.pairs:
            return ["No question was answered both times, so there is nothing to compare yet."]
        over = "" if self.pairs == len(self.rows) else " among the questions answered both times"
        before, after = _of(self.before, self.pairs), _of(self.after, self.pairs)
        return [f"Before: {before}{over}; after: {after}.", self._gain(), CAUTION]

    def _gain(self) -> str:
        gain = self.normalised
        if gain is None:
            return (
                "All of it was right before the course, so there was nothing to gain, and the "
                "normalised gain has no value."
            )
        share = f"({self.after} - {self.before}) / ({self.pairs} - {self.before}) = {gain:.2f}"
        return f"Normalised gain (Hake 1998), what was gained out of what was missing: {share}."

    def _pairs(self) -> list[ItemGain]:
        return [row for row in self.rows if row.before is not None and row.after is not None]

    def _answers(self, form: FormName) -> list[Option]:
        given = (row.before if form == "before" else row.after for row in self.rows)
        return [option for option in given if option is not None]

    def _answered(self, form: FormName) -> int:
        return len(self._answers(form))

    def _right(self, form: FormName) -> int:
        return sum(option.right for option in self._answers(form))

    def _started(self) -> bool:
        return bool(self._answered("before") or self._answered("after"))


_CELL = "text-align:left;vertical-align:top;padding:5px 12px 0 0;white-space:normal"


def gain(before: Mapping[str, Option], after: Mapping[str, Option]) -> Gain:
    """Compare answers, item id -> option.

    Examples
    --------
    >>> gain({}, {})
    Nothing to compare yet: ...
    """
    return Gain(tuple(ItemGain(i, before.get(i.id), after.get(i.id)) for i in ITEMS.values()))


def show_gain() -> Gain:
    """Show what changed between the test before the course and the one after it.

    Returns
    -------
    Gain
        A table in a notebook, lines of text elsewhere.
    """
    events = records.events("concept")
    return gain(first_answers("before", events), first_answers("after", events))


def _idea(option: Option) -> str:
    """The wrong idea behind an option, quoted; "" for the right one."""
    return f"“{MISCONCEPTIONS[option.misconception].says}”" if option.misconception else ""


def _of(right: int, asked: int) -> str:
    return f"{right} of {asked} right"


def _rows(item: ItemGain) -> str:
    """Two rows: the concept with its marks, and below them what they show."""
    marks = "".join(
        f"<td style='{_CELL};width:1%;white-space:nowrap'><span style='color:{colour(option)};"
        f"font-weight:700'>{sign}</span> {words}</td>"
        for option in (item.before, item.after)
        for sign, words in [verdict(option).split(" ", 1)]
    )
    head = f"{item.item.id} {escape(item.item.concept)}"
    said = escape(item.sentence())
    cells = f"<th scope='row' style='{_CELL};font-weight:600'>{head}</th>{marks}"
    below = f"<td colspan='3' style='{_CELL};padding-top:1px;{FAINT}'>{said}</td>"
    return table_row(cells) + table_row(below)
