"""The mutation run: small changes to right answers, each of which the check must refuse.

`python -m tools.mutants [E1.2 ...]` changes every solution, reference and other right answer of the
exercises (those of tests/bank, too) by one edit, see mutations.py. It finds by an independent
definition, see truths.py, whether the change alters what the program gives, and asks the check. It
prints a table and every mutant that the check did not judge as the definition does, and ends with 1
if less than 99 % of those that give something else are refused.

mutmut and cosmic-ray do not fit here: they change files and start the tests anew for every mutant,
to find code that no test looks at. Here the check itself is on trial, with thousands of mutants in
one process, and whether a mutant is right must come from somewhere else than the check.
"""

import argparse
import copy
import dataclasses
import inspect
import random
import sys
import textwrap

import numpy as np

from cnncourse.exercises import EXERCISES, judging, variants
from cnncourse.exercises.deadline import TimeUp, call_within
from cnncourse.exercises.evidence import drawn_once
from tools.bank import bank
from tools.mutations import mutants
from tools.truths import INPUTS, RIGHT

FLOOR = 0.99
SECONDS = 1.0  # for a mutant that may never end
SEEDS = (0, 1, 2)
VARIANTS = tuple(range(12))


@dataclasses.dataclass(frozen=True)
class Mutant:
    """A changed program, whether it is right, and whether the check passed it for every seed."""

    exercise_id: str
    program: str
    what: str
    text: str
    right: bool
    passed: bool

    @property
    def misjudged(self) -> bool:
        """Whether the check and the definition disagree."""
        return self.right != self.passed


def programs(exercise):
    """Give (name, source, names it needs) of each right answer that is plain Python and NumPy."""
    functions = [exercise.solution, exercise.reference, *exercise.also_right]
    in_bank = bank(exercise.id)
    functions += in_bank.RIGHT if in_bank is not None else []
    for function in dict.fromkeys(functions):
        plain = inspect.unwrap(function) if function is not None else None
        if not inspect.isfunction(plain) or plain.__module__.startswith("numpy"):
            continue
        source = textwrap.dedent(inspect.getsource(plain))
        if "import " not in source:
            # What runs in the course's own name would be taken for the course's own solution.
            names = plain.__globals__ | inspect.getclosurevars(plain).nonlocals
            yield plain.__name__, source, names | {"__name__": "__main__"}


def build(name, text, names):
    """Make the function that a program defines."""
    namespace = dict(names)
    exec(compile(text, f"<mutant of {name}>", "exec"), namespace)
    return namespace[name]


def is_right(exercise_id, function):
    """Whether a function gives what it should on every input, and leaves its input alone."""
    with np.errstate(all="ignore"):
        for args in INPUTS[exercise_id]():
            given = copy.deepcopy(args)
            try:
                value = call_within(SECONDS, function, *given)
                # True and False are no numbers, in any task.
                if np.asarray(value).dtype == bool or not RIGHT[exercise_id](value, *args):
                    return False
            except (Exception, TimeUp):
                return False
            if any(not np.array_equal(a, b) for a, b in zip(args, given, strict=True)):
                return False
    return True


def passes(exercise, function, seeds=SEEDS):
    """Whether the check passes a function; None if one seed does and another does not."""
    if exercise.given is not None:
        return _passes_by_value(exercise, function)
    results = []
    for seed in seeds:
        result = judging.judge(exercise, function, seed=seed, time_limit=SECONDS)
        results.append(result.status == "passed")
        if result.problem == "time limit":
            break
    return results[0] if len(set(results)) == 1 else None


def _passes_by_value(exercise, function):
    """Hand in the function's value for several variants; None if one of them is misjudged."""
    verdicts = []
    for variant in VARIANTS:
        seed = variants.current_variant(variant)
        args = variants.given_trial(exercise, seed).cases[0].args
        try:
            value = call_within(SECONDS, function, *copy.deepcopy(args))
            right = bool(RIGHT[exercise.id](value, *args))
        except (Exception, TimeUp):
            continue  # no value, nothing to hand in
        result = judging.judge(exercise, value, seed=seed, time_limit=SECONDS)
        if (result.status == "passed") != right:
            return None
        verdicts.append(right)
    return bool(verdicts) and all(verdicts) and len(verdicts) == len(VARIANTS)


def run(exercise, *, most=None, seeds=SEEDS):
    """Judge the mutants of an exercise, or a sample of `most` of them that is always the same."""
    changed = [
        (name, what, text, names)
        for name, source, names in programs(exercise)
        for what, text in mutants(source)
    ]
    if most is not None and len(changed) > most:
        changed = random.Random(exercise.id).sample(changed, most)
    found = []
    with drawn_once():
        for name, what, text, names in changed:
            function = build(name, text, names)
            right = is_right(exercise.id, function)
            passed = passes(exercise, function, seeds)
            passed = not right if passed is None else passed  # a fault in either case
            found.append(Mutant(exercise.id, name, what, text, right, passed))
    return found


def row(title, found):
    """Write the line of one exercise."""
    wrong = [mutant for mutant in found if not mutant.right]
    refused = sum(not mutant.passed for mutant in wrong)
    share = refused / len(wrong) if wrong else 1.0
    numbers = (len(found), len(wrong), refused)
    cells = "".join(f"{number:>11}" for number in numbers)
    print(f"{title:10}{cells}{share:>9.2%}{len(found) - len(wrong):>12}", flush=True)
    return share


def main():
    """Read the command line, run, and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("exercises", nargs="*", metavar="E1.2", help="all if none is named")
    chosen = parser.parse_args().exercises or list(EXERCISES)
    unknown = [name for name in chosen if name not in INPUTS or name not in EXERCISES]
    if unknown:
        parser.error(f"no exercise with a definition in tools/truths.py: {', '.join(unknown)}")
    print(
        f"{'exercise':10}{'mutants':>11}{'changed':>11}{'refused':>11}{'share':>9}{'equivalent':>12}"
    )
    everything, shares = [], []
    for exercise_id in chosen:
        found = run(EXERCISES[exercise_id])
        everything += found
        shares.append(row(exercise_id, found))
    shares.append(row("all", everything))
    for mutant in everything:
        if mutant.misjudged:
            verdict = "right, but refused" if mutant.right else "SURVIVES"
            print(
                f"\n{mutant.exercise_id} {mutant.program}, {mutant.what}: {verdict}\n{mutant.text}"
            )
    return 1 if min(shares) < FLOOR else 0


if __name__ == "__main__":
    sys.exit(main())
