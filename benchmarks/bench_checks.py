"""Time of one check: of the solution, of the bank's answers and of each mistake; and of explain.

Limits: a check answers within 1 s, also the first one; an endless loop is stopped at 10 s, and the
kernel goes on. Run: python benchmarks/bench_checks.py [--quick] [--cpu]
"""

import statistics
import subprocess
import sys
import time

import _timing
import numpy as np
import scipy.signal  # noqa: F401 - loading a library is not the check's time

from cnncourse.exercises import EXERCISES, judging
from cnncourse.exercises.as_learner import answer, mistaken, solution
from cnncourse.exercises.explain import trace
from cnncourse.exercises.running import TIME_LIMIT
from tools.bank import bank

LIMIT = 1.0  # s, for a check
LATE = 1.5  # s more, for an answer across two processes on a busy machine
FIRST = """import time
start = time.{clock}()
from cnncourse.exercises import check, given
loaded = time.{clock}()
{source}
result = check("{id}", {name})
print(time.{clock}() - loaded, loaded - start, result.status)"""
FOREVER = """def my_convolution(x, w):
    while True:
        pass
check("E1.2", my_convolution).problem"""


def main():
    quick = _timing.parse_quick(__doc__)
    rounds = 3 if quick else 5
    print(f"Seconds of a check: median and slowest (limit {LIMIT:g} s)")
    print(f"{'':6}{'solution':>16}{'bank':>16}{'mistakes':>16}{'explain':>16}{'first':>8}  slowest")
    worst = {}
    for exercise in EXERCISES.values():
        worst |= line(exercise, rounds, every=4 if quick else 1)
    held = max(worst.values()) <= LIMIT
    name = max(worst, key=worst.get)
    print(f"=> slowest of {len(worst)}: {name}, {worst[name] / LIMIT:.2f} of the limit: "
          + ("held" if held else "MISSED"))  # fmt: skip
    return 0 if endless() and held else 1


def line(exercise, rounds, every):
    """Time one exercise and print its line; return name -> slowest check."""
    groups = {
        "solution": {"the solution": lambda seed: solution(exercise, seed)},
        "bank": dict(list(in_bank(exercise).items())[::every]),
        "mistakes": mistakes(exercise),
    }
    cells, slowest = "", {}
    for answers in groups.values():
        times = {name: [checked(exercise, answer, i) for i in range(rounds)]
                 for name, answer in answers.items()}  # fmt: skip
        cells += median_and_slowest([t for measured in times.values() for t in measured])
        slowest |= {f"{exercise.id} {name}": max(measured) for name, measured in times.items()}
    cells += median_and_slowest(explained(exercise, rounds) if exercise.probe else [])
    name = max(slowest, key=slowest.get)
    first = slowest[f"{exercise.id} first check"] = first_check(exercise)
    print(f"{exercise.id:6}{cells}{first:8.3f}  {name.partition(' ')[2]}", flush=True)
    return slowest


def median_and_slowest(times):
    return f"{statistics.median(times):9.3f}{max(times):7.3f}" if times else f"{'-':>16}"


def in_bank(exercise):
    module = bank(exercise.id)
    return {f.__name__: answering(exercise, f) for f in (*module.RIGHT, *module.WRONG)}


def mistakes(exercise):
    return {
        f"{misconception.slug} {number}": answering(exercise, mistaken(variant))
        for misconception in exercise.misconceptions
        for number, variant in enumerate(misconception.variants)
    }


def answering(exercise, function):
    """Give what makes an answer for a seed."""
    return lambda seed: answer(exercise, function, seed)


def checked(exercise, make, seed):
    given = make(seed)
    start = _timing.clock()
    judging.judge(exercise, given, seed=seed, time_limit=TIME_LIMIT)
    return _timing.clock() - start


def explained(exercise, rounds):
    """Time words and picture of one output after another, once matplotlib is loaded."""
    shape = np.shape(exercise.reference(*exercise.probe.args))
    times = []
    for number in range(rounds + 1):
        index = np.unravel_index(number % int(np.prod(shape)), shape)
        start = _timing.clock()
        trace(exercise, exercise.solution, *index)._repr_mimebundle_()
        times.append(_timing.clock() - start)
    return times[1:]


def first_check(exercise):
    """Time the first check of a new process, after its import: nothing is drawn or cached yet."""
    source = "import numpy as np\n" + exercise.solution_source
    clock = _timing.clock.__name__
    program = FIRST.format(clock=clock, source=source, id=exercise.id, name=exercise.stub_name)
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)
    seconds, _, status = done.stdout.decode().split()
    assert status == "passed", status
    return float(seconds)


def endless():
    """Let a notebook's kernel check a loop that never ends, and ask it something afterwards."""
    from jupyter_client.manager import start_new_kernel

    manager, client = start_new_kernel(kernel_name="python3", stderr=subprocess.DEVNULL)
    try:
        value_of(client, "from cnncourse.exercises import check")
        start = time.perf_counter()
        verdict = value_of(client, FOREVER)
        seconds = time.perf_counter() - start
        alive = value_of(client, "6 * 7") == "42"
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
    held = verdict == "'time limit'" and seconds <= TIME_LIMIT + LATE and alive
    print(f"=> endless loop: verdict {verdict} after {seconds:.1f} s (limit {TIME_LIMIT:g} s), "
          f"kernel {'alive' if alive else 'dead'}: {'held' if held else 'MISSED'}")  # fmt: skip
    return held


def value_of(client, code):
    """Run code in the kernel and return the text of its last value, "" if there is none."""
    shown = []

    def keep(message):
        if message["msg_type"] == "execute_result":
            shown.append(message["content"]["data"]["text/plain"])

    client.execute_interactive(code, timeout=60, output_hook=keep)
    return "".join(shown)


if __name__ == "__main__":
    sys.exit(main())
