"""Ten concepts, asked before the course and after it, and what changed in between.

``concept_test`` shows a form, ``answer_concept`` answers without one, ``show_gain`` compares.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cnncourse.inventory.answers import record_answer
from cnncourse.inventory.cards import Asked, Marked
from cnncourse.inventory.gain import Gain, show_gain
from cnncourse.inventory.items import ITEMS, MISCONCEPTIONS, item
from cnncourse.inventory.model import FormName, form_name

if TYPE_CHECKING:
    from cnncourse.inventory.view import ConceptTest

__all__ = ["ITEMS", "MISCONCEPTIONS", "Gain", "answer_concept", "concept_test", "show_gain"]


def concept_test(form: FormName) -> ConceptTest:
    """Show the ten questions of the concept test.

    Parameters
    ----------
    form : {"before", "after"}
        The test before the course, or the parallel one after it.

    Returns
    -------
    ConceptTest
        A form in a notebook; questions that were answered before show their marks.

    Raises
    ------
    ValueError
        If `form` is neither "before" nor "after".

    Examples
    --------
    >>> concept_test("before")
    Concept test before the course: ten questions, to be answered in JupyterLab.
    ...
    """
    form = form_name(form)
    # The widgets take a while to load, and whoever only reads ITEMS needs none.
    from cnncourse.inventory.view import ConceptTest

    return ConceptTest(form)


def answer_concept(form: FormName, item_id: str, key: str | None = None) -> Asked | Marked:
    """Answer a question of the concept test without the form.

    Parameters
    ----------
    form : {"before", "after"}
    item_id : str
        "C1" to "C10"; small letters will do.
    key : str, optional
        Letter of the option, small or capital; without it, the question is shown.

    Returns
    -------
    Asked or Marked
        The question, or the answer marked. The first answer to each question counts.

    Raises
    ------
    ValueError
        If there is no such form, item or option.

    Examples
    --------
    >>> answer_concept("before", "C7")
    Concept test before the course, C7
      Max pooling goes over ...
    """
    form = form_name(form)
    if key is None:
        return Asked(form, item(item_id))
    asked, chosen, counts = record_answer(form, item_id, key)
    return Marked(form, asked, chosen, counts)
