"""Timing side by side: medians of interleaved runs on one thread, printed as ratios.

Import this before NumPy, since the number of threads is read when that is loaded:

    from _timing import Race, parse_quick

    race = Race("Grey images", ours="conv", rivals=["torch", "SciPy"], quick=parse_quick())
    race.run("256 x 256, k = 5", {"conv": lambda: ..., "torch": lambda: ..., "SciPy": lambda: ...})
    race.close("all", "torch", worst=1.2)
"""

import argparse
import os
import time

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = "1"

import numpy as np  # noqa: E402 - after the number of threads

clock = time.perf_counter


def parse_quick(description=None):
    """Return whether --quick was given; the file's docstring tells what is measured."""
    global clock
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--quick", action="store_true", help="fewer and smaller cases, in a minute")
    parser.add_argument(
        "--cpu",
        action="store_true",
        help="time of the processor, not of the clock: on a busy machine",
    )
    options = parser.parse_args()
    if options.cpu:
        clock = time.process_time
    return options.quick


def torch_on_one_thread():
    """Return torch, held to one thread, or None where it is not installed."""
    try:
        import torch
    except ImportError:
        return None
    torch.set_num_threads(1)
    return torch


def medians(calls, *, rounds=11, seconds=6.0, enough=0.4, shortest=2e-3):
    """Return the median time of each call, in seconds.

    All are called in turn, in a new order each round, so that a slow spell of the machine hits all
    alike. A call that takes less than `shortest` seconds is repeated for one measurement. There are
    `rounds` rounds, or more until `enough` seconds have passed, or as many, at least 3, as fit
    into `seconds`.
    """
    repeats = {}
    for name, call in calls.items():
        call()  # the first call also loads and allocates
        start = clock()
        call()
        repeats[name] = max(1, int(shortest / max(clock() - start, 1e-9)))
    times = {name: [] for name in calls}
    order = list(calls)
    begin = time.perf_counter()
    number = passed = 0
    while number < 3 or (passed < seconds and (number < rounds or passed < enough)):
        for name in order:
            call = calls[name]
            start = clock()
            for _ in range(repeats[name]):
                call()
            times[name].append((clock() - start) / repeats[name])
        order = order[1:] + order[:1]
        number, passed = number + 1, time.perf_counter() - begin
    return {name: float(np.median(measured)) for name, measured in times.items()}


def geometric_mean(ratios):
    return float(np.exp(np.mean(np.log(ratios)))) if ratios else float("nan")


class Race:
    """A table: one line a case, our time in ms and its ratio to that of each rival.

    A ratio below 1 says that ours is the faster. Results are compared first, so that all do the
    same work: same shape, and the largest difference at most `tolerance` of the largest number.
    """

    def __init__(self, title, *, ours, rivals, quick=False, tolerance=1e-4):
        self.ours, self.rivals, self.tolerance = ours, list(rivals), tolerance
        self.options = {"rounds": 5, "seconds": 1.5, "enough": 0.1} if quick else {}
        self.ratios = []  # one dict a case, with its tags
        print(f"\n{title}: our time, and as a ratio to that of")
        print(f"{'':44}{'ms':>10}" + "".join(f"{rival:>13}" for rival in self.rivals))

    def run(self, case, calls, **tags):
        """Time `calls` (name -> function without arguments; absent or None: left out)."""
        calls = {name: call for name, call in calls.items() if call is not None}
        self._compare(case, calls)
        times = medians(calls, **self.options)
        mine = times[self.ours]
        ratios = {rival: mine / times[rival] for rival in self.rivals if rival in times}
        self.ratios.append((ratios, tags))
        cells = (f"{ratios[rival]:13.2f}" if rival in ratios else f"{'-':>13}"
                 for rival in self.rivals)  # fmt: skip
        print(f"{case:44}{mine * 1e3:10.3f}" + "".join(cells), flush=True)

    def _compare(self, case, calls):
        reference = np.asarray(calls[self.ours]())
        for name, call in calls.items():
            result = np.asarray(call()).reshape(reference.shape)
            largest = np.abs(reference).max(initial=0.0)
            if not np.abs(result - reference).max(initial=0.0) <= self.tolerance * largest:
                raise AssertionError(f"{case}: {name} and {self.ours} differ")

    def close(self, title, rival, *, mean=None, worst=None, where=None):
        """Print the geometric mean and the worst ratio to `rival`, beside their upper limits.

        `where` selects cases by their tags. `rival` may be several: then the fastest counts.
        """
        rivals = [rival] if isinstance(rival, str) else rival
        chosen = [
            max(ratios[name] for name in rivals if name in ratios)
            for ratios, tags in self.ratios
            if any(name in ratios for name in rivals) and (where is None or where(tags))
        ]
        if not chosen:
            return
        found = {"geometric mean": (geometric_mean(chosen), mean), "worst": (max(chosen), worst)}
        words = []
        for word, (value, limit) in found.items():
            verdict = (
                ""
                if limit is None
                else f" (limit {limit:g}: " + ("held)" if value <= limit else "MISSED)")
            )
            words.append(f"{word} {value:.2f}{verdict}")
        print(f"=> {title}, {len(chosen)} cases: " + ", ".join(words), flush=True)
