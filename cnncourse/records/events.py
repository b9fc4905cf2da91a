"""One thing that a learner did, and how it is written down."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

SESSION = uuid.uuid4().hex
"""Names this process in what it records."""


@dataclass(frozen=True)
class Event:
    """One thing that a learner did.

    Parameters
    ----------
    at : datetime
        When, in UTC.
    kind : str
        What: "attempt", "hint", "prediction", ...
    subject : str
        With what: the id of an exercise, a prediction, an item or a lesson.
    data : dict
        More about it; only what JSON can hold.
    session : str
        The process that recorded it.
    id : str
        Its own name, never given twice.
    """

    at: datetime
    kind: str
    subject: str
    data: Mapping[str, Any] = field(default_factory=dict, hash=False)
    session: str = SESSION
    id: str = field(default_factory=lambda: uuid.uuid4().hex)
