"""What experiments that train a small network in torch share: the loop, and its repeatability."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import torch


@contextmanager
def repeatable() -> Iterator[None]:
    """One thread, so that sums have one order on every machine; torch's random state is put back.

    Examples
    --------
    >>> import torch
    >>> with repeatable():
    ...     torch.get_num_threads()
    1
    """
    import torch

    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        with torch.random.fork_rng(devices=[]):
            yield
    finally:
        torch.set_num_threads(threads)


def fit(
    model: torch.nn.Module,
    optimiser: torch.optim.Optimizer,
    images: torch.Tensor,
    labels: torch.Tensor,
    batches: Iterable[torch.Tensor],
) -> None:
    """Minimise the cross-entropy, one step for each batch.

    Parameters
    ----------
    model : torch.nn.Module
        From images to one score for each class.
    optimiser : torch.optim.Optimizer
        Of the model's parameters.
    images : (N, C, H, W) tensor
    labels : (N,) tensor of int64
    batches : iterable of (B,) tensor of int64
        Numbers of the images of each step; drawn as the training goes on.
    """
    from torch.nn.functional import cross_entropy

    for batch in batches:
        optimiser.zero_grad()
        cross_entropy(model(images[batch]), labels[batch]).backward()
        optimiser.step()
