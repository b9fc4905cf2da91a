"""Answers to the concept test: recorded, and found again in the records."""

from __future__ import annotations

from collections.abc import Iterable

from cnncourse import records
from cnncourse.inventory.items import ITEMS, item
from cnncourse.inventory.model import FormName, Item, Option


def first_answers(form: FormName, events: Iterable[records.Event]) -> dict[str, Option]:
    """What was answered first to each item of a form, as the events (of any kind) tell.

    An answer is known by the wrong idea behind it, not by its letter, so that it keeps its meaning
    when a later version of the course puts the options in another order.

    Returns
    -------
    dict of str to Option
        Item id -> the option chosen, in the items' order; items that are still open are left out.
    """
    found: dict[str, Option] = {}
    for event in events:
        known = ITEMS.get(event.subject) if event.kind == "concept" else None
        if known is None or event.subject in found or event.data.get("form") != form:
            continue
        idea = event.data.get("misconception")
        option = known.question(form).having(idea)
        if option is not None and event.data.get("right") is option.right:
            found[event.subject] = option
    return {name: found[name] for name in ITEMS if name in found}


def record_answer(form: FormName, item_id: str, key: str) -> tuple[Item, Option, Option]:
    """Record an answer, if it is the first one to this item.

    Returns
    -------
    item : Item
    chosen : Option
        The option of that key.
    counts : Option
        The first answer: `chosen` itself, unless the item had been answered before.

    Raises
    ------
    ValueError
        If there is no such item or option.
    """
    asked = item(item_id)
    chosen = asked.question(form).option(key)
    counts = first_answers(form, records.events("concept")).get(asked.id)
    if counts is not None:
        return asked, chosen, counts
    records.record(
        "concept",
        asked.id,
        form=form,
        option=chosen.key,
        right=chosen.right,
        misconception=chosen.misconception,
    )
    return asked, chosen, chosen
