"""The course's items and wrong ideas, read from their file once."""

from __future__ import annotations

from collections.abc import Mapping

from cnncourse.inventory.model import Item, Misconception
from cnncourse.inventory.reading import read_inventory

_INVENTORY = read_inventory()

ITEMS: Mapping[str, Item] = _INVENTORY.items
"""The ten items by id: "C1", "C2", ..."""

MISCONCEPTIONS: Mapping[str, Misconception] = _INVENTORY.misconceptions
"""The wrong ideas by slug."""


def item(item_id: object) -> Item:
    """The item of that id; small letters will do.

    Raises
    ------
    ValueError
        If there is none.

    Examples
    --------
    >>> item("C5").concept
    'Equivariance is not invariance'
    """
    wanted = item_id.strip().upper() if isinstance(item_id, str) else ""
    if wanted not in ITEMS:
        raise ValueError(f"item_id must be one of {', '.join(ITEMS)}, got {item_id!r}")
    return ITEMS[wanted]
