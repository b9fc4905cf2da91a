"""Where a score is steep: saliency, gradient times input, Grad-CAM."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from cnncourse._arrays import choice
from cnncourse.inside._given import class_scores, labelled, part_number
from cnncourse.networks.sequential import Sequential

UPSAMPLING = ("bilinear", "nearest", "none")


def score_gradient(network: Sequential, image: ArrayLike, label: ArrayLike) -> np.ndarray:
    """Return dS/dx: how the score S of a class changes with each pixel.

    S is the score before the softmax: a probability's slope fades where the network is sure.
    As every backward step does, this also overwrites the network's `gradients`.

    Parameters
    ----------
    network : Sequential
        Ends in (N, classes) scores.
    image : (C, H, W) or (N, C, H, W) array_like
    label : int or (N,) array_like of int
        The class whose score is asked for; need not be the one that the network chooses.

    Returns
    -------
    ndarray of the image's shape
        In units of score per unit of brightness.

    Raises
    ------
    TypeError, ValueError
        If the image, the label or the network is of another form.

    Examples
    --------
    A dense layer's slopes are its weights.

    >>> from cnncourse.networks.parts import Dense, Flatten
    >>> network = Sequential([Flatten(), Dense(2, 2, random=np.random.default_rng(0))])
    >>> network.load({"1.kernel": [[1, -2], [3, 4]], "1.bias": [0, 0]})
    >>> score_gradient(network, [[[5, 5]]], 0).tolist()
    [[[1.0, -2.0]]]
    """
    batch, labels, alone = labelled(network, image, label)
    slope = _slope_at(network, batch, labels)
    return slope[0] if alone else slope


def saliency(network: Sequential, image: ArrayLike, label: ArrayLike) -> np.ndarray:
    """Return |dS/dx|, the largest over the channels (Simonyan, Vedaldi and Zisserman 2014, sec. 3).

    It tells which pixels would change the score most if they changed a little, not which ones
    made it what it is: see `gradient_times_input` and `occlusion`.

    Parameters
    ----------
    network, image, label
        As in `score_gradient`.

    Returns
    -------
    (H, W) or (N, H, W) ndarray
        At least 0.

    Raises
    ------
    TypeError, ValueError
        As `score_gradient`.

    Notes
    -----
    K. Simonyan, A. Vedaldi, A. Zisserman, "Deep Inside Convolutional Networks", ICLR workshop
    2014, arXiv:1312.6034.

    Examples
    --------
    >>> from cnncourse.networks.parts import Dense, Flatten
    >>> network = Sequential([Flatten(), Dense(2, 2, random=np.random.default_rng(0))])
    >>> network.load({"1.kernel": [[1, -2], [3, 4]], "1.bias": [0, 0]})
    >>> saliency(network, [[[5, 5]]], 0).tolist()
    [[1.0, 2.0]]
    """
    return np.abs(score_gradient(network, image, label)).max(axis=-3)


def gradient_times_input(network: Sequential, image: ArrayLike, label: ArrayLike) -> np.ndarray:
    """Return x * dS/dx, summed over the channels: a share of the score for each pixel.

    A network of convolutions, ReLUs, pooling and dense layers without biases has S(a x) = a S(x)
    for a > 0, so the shares add up to S (Euler); biases take the rest. A black pixel, 0, gets
    nothing, however much the network looks at it.

    Parameters
    ----------
    network, image, label
        As in `score_gradient`.

    Returns
    -------
    (H, W) or (N, H, W) ndarray
        Positive where the pixel speaks for the class.

    Raises
    ------
    TypeError, ValueError
        As `score_gradient`.

    Notes
    -----
    A. Shrikumar, P. Greenside, A. Shcherbina, A. Kundaje, "Not Just a Black Box", 2016,
    arXiv:1605.01713.

    Examples
    --------
    >>> from cnncourse.networks.parts import Dense, Flatten
    >>> network = Sequential([Flatten(), Dense(2, 2, random=np.random.default_rng(0))])
    >>> network.load({"1.kernel": [[1, -2], [3, 4]], "1.bias": [0, 0]})
    >>> gradient_times_input(network, [[[5, 5]]], 0).tolist()
    [[5.0, -10.0]]
    """
    batch, labels, alone = labelled(network, image, label)
    shares = (batch * _slope_at(network, batch, labels)).sum(axis=1)
    return shares[0] if alone else shares


def grad_cam(
    network: Sequential,
    image: ArrayLike,
    label: ArrayLike,
    part: int,
    *,
    upsampling: str = "bilinear",
) -> np.ndarray:
    """Return the class activation map of Grad-CAM (Selvaraju et al. 2017, eq. 1 and 2).

    With the part's maps A[k], of h x w places:
        a[k] = sum_i sum_j dS/dA[k, i, j] / (h w),  map = max(0, sum_k a[k] A[k]).

    The map has the part's few places; enlarging it to the image is a matter of drawing, and adds
    nothing. Both ways of enlarging spread the places evenly over the image. That is where their
    receptive fields lie only if padding keeps them centred: compare `receptive_field_of`.

    Parameters
    ----------
    network, image, label
        As in `score_gradient`.
    part : int
        Number of the part whose maps are weighted, one in front of the flattening: usually the
        last convolution, or the ReLU behind it.
    upsampling : {"bilinear", "nearest", "none"}, default "bilinear"
        "bilinear" takes places as centres of their cells and continues the map evenly past the
        outermost ones (torch's ``interpolate`` with ``align_corners=False``); "nearest" repeats;
        "none" gives the map as it is.

    Returns
    -------
    (H, W), or (h, w) if not enlarged, with (N, ...) in front for many images : ndarray
        At least 0, not normalised.

    Raises
    ------
    TypeError, ValueError
        As `score_gradient`; also if the part has no maps or `upsampling` is unknown.

    Notes
    -----
    R. R. Selvaraju, M. Cogswell, A. Das, R. Vedantam, D. Parikh, D. Batra, "Grad-CAM", ICCV 2017,
    doi:10.1109/ICCV.2017.74.

    Examples
    --------
    >>> from cnncourse.networks.parts import Dense, Flatten, Pool
    >>> parts = [Pool(2), Flatten(), Dense(2, 2, random=np.random.default_rng(0))]
    >>> network = Sequential(parts)
    >>> network.load({"2.kernel": [[1, 3], [0, 0]], "2.bias": [0, 0]})
    >>> grad_cam(network, [[[0, 4, 0, 8], [0, 0, 0, 0]]], 0, 0, upsampling="nearest").tolist()
    [[8.0, 8.0, 16.0, 16.0], [8.0, 8.0, 16.0, 16.0]]
    """
    choice("upsampling", upsampling, UPSAMPLING)
    batch, labels, alone = labelled(network, image, label)
    at = part_number(network, part)
    maps = network[: at + 1].forward(batch)
    if maps.ndim != 4 or at + 1 == len(network):
        raise ValueError(f"part must have maps and a part behind it, got {at}, of {maps.shape}")
    slope = _slope_at(network[at + 1 :], maps, labels)
    weights = slope.mean(axis=(2, 3))
    found = np.maximum(np.einsum("nk,nkij->nij", weights, maps), 0)
    if upsampling != "none":
        found = enlarged(found, batch.shape[2:], smooth=upsampling == "bilinear")
    return found[0] if alone else found


def enlarged(maps: np.ndarray, shape: tuple[int, ...], *, smooth: bool) -> np.ndarray:
    """Stretch (..., h, w) maps over `shape` (rows, columns).

    Pixel i of n lies at (i + 1/2) h / n - 1/2 between the h places; `smooth` interpolates
    linearly there, evenly past the first and the last place; else the cell it lies in is taken.

    Examples
    --------
    >>> enlarged(np.array([[0.0, 4.0]]), (1, 4), smooth=True).tolist()
    [[0.0, 1.0, 3.0, 4.0]]
    """
    for axis, n in zip((-2, -1), shape, strict=True):
        places = maps.shape[axis]
        if not smooth:
            maps = np.take(maps, np.arange(n) * places // n, axis=axis)
            continue
        where = np.clip((np.arange(n) + 0.5) * places / n - 0.5, 0, places - 1)
        below = np.floor(where).astype(int)
        above = np.minimum(below + 1, places - 1)
        share = (where - below).astype(maps.dtype)
        share = share[:, np.newaxis] if axis == -2 else share
        low, high = np.take(maps, below, axis=axis), np.take(maps, above, axis=axis)
        maps = low + share * (high - low)
    return maps


def _slope_at(network: Sequential, batch: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Slope of each image's own score: no image's score depends on another image."""
    scores = class_scores(network, batch, labels)
    chosen = np.zeros_like(scores)
    chosen[np.arange(len(scores)), labels] = 1
    slope = network.backward(chosen, to_input=True)
    assert slope is not None
    return slope
