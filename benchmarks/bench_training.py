"""A training step of the course's networks: in NumPy alone against torch.

Forward, loss, backward and Adam, on one thread, of the recipes in experiments/learned_digits.py and
of a larger network; both begin with the same weights. What is compared is the loss of one batch.
Run: python benchmarks/bench_training.py [--quick] [--cpu]
"""

from dataclasses import replace

from _timing import Race, parse_quick, torch_on_one_thread  # sets the threads NumPy will take

# isort: split
import numpy as np

from cnncourse.experiments.learned_digits import DIGITS, MNIST_5K, numpy_learner, torch_learner

torch = torch_on_one_thread()
rng = np.random.default_rng(0)
LARGER = replace(MNIST_5K, channels=(16, 32))
CASES = [
    ("digits", DIGITS, 32),
    ("mnist_5k", MNIST_5K, 64),
    ("conv16, conv32, dense64", LARGER, 64),
]


def bench_steps(quick):
    race = Race("One step, float32", ours="numpy", rivals=["torch"], quick=quick)
    for name, recipe, batch in CASES:
        images = rng.random((batch, 1, recipe.side, recipe.side), np.float32)
        labels = rng.integers(0, 10, batch)
        learners = {"numpy": numpy_learner(recipe)}
        if torch is not None:
            learners["torch"] = torch_learner(recipe, device="cpu")
        for learner in learners.values():
            learner.pace(0)  # the same work, but weights stay alike
        calls = {
            who: lambda learner=learner, x=images, y=labels: learner.step(x, y)
            for who, learner in learners.items()
        }
        race.run(f"{name}, {recipe.side} x {recipe.side}, batch {batch}", calls)
    race.close("a training step", "torch", worst=1.5)


if __name__ == "__main__":
    bench_steps(parse_quick(__doc__))
