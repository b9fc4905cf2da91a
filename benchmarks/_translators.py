"""What `compare_translators.py` runs inside the environment of each translator.

`SOURCES` writes the models: inputs, outputs, outputs after a step of training, and ONNX files.
Each function of `TO_TORCH` and `TO_KERAS` translates one model, by its name and its folder, and
returns (translated model, layouts that its input may have). Frameworks are imported inside, since
no environment has them all.
"""

import contextlib
import importlib
import importlib.util
import io
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import _judging as judging
import _translated_models as models
import numpy as np

FIRST, LAST = ("channels first",), ("channels last",)
FILES = ("model.onnx", "fixed.onnx", "older.onnx")
"""ONNX files of a torch model: of any batch size, of one, and by torch's exporter before that."""


def place(folder, direction, name):
    """Return where a model's files lie."""
    plain = "".join(c if c.isalnum() else "_" for c in name)
    return Path(folder) / direction / plain


# The sources


def write_keras_sources(folder):
    """Write what each Keras model gives, and its ONNX file by Keras's own export (tf2onnx)."""
    for name in models.keras_models():
        at = place(folder, "keras", name)
        at.mkdir(parents=True, exist_ok=True)
        model = models.filled_keras(name)
        x = models.input_of(name, models.keras_shape(model))
        source = {
            "count": int(sum(np.prod(w.shape) for w in model.trainable_weights)),
            "owners": [layer.name for layer in model.layers if layer.weights],
        }
        expected = judging.keras_outputs(model, x)  # Keras exports no model that was never called
        row = _attempt(lambda m=model, at=at: m.export(at / "model.onnx", format="onnx"))
        row |= _by_onnxruntime(at / "model.onnx", x, expected)
        _write_source(at, model, x, source, row, judging.keras_outputs, judging.keras_step)
        yield name, row
    (Path(folder) / "keras" / "names.json").write_text(json.dumps(list(models.keras_models())))


def write_torch_sources(folder):
    """Write what each torch model gives, and its ONNX files."""
    import torch

    for name in models.torch_models():
        at = place(folder, "torch", name)
        at.mkdir(parents=True, exist_ok=True)
        module, shape = models.filled_torch(name)
        x = models.input_of(name, shape)
        owners = [n for n, part in module.named_modules() if list(part.parameters(recurse=False))]
        source = {"count": sum(p.numel() for p in module.parameters()), "owners": owners}
        for file in reversed(FILES):  # what is said of the first counts
            batch = torch.export.Dim.DYNAMIC if file == FILES[0] else None
            row = _attempt(
                lambda m=module, x=x, at=at / file, batch=batch, new=file != FILES[2]: (
                    torch.onnx.export(
                        m,
                        (torch.from_numpy(x),),
                        at,
                        input_names=["x"],
                        output_names=["y"],
                        dynamic_shapes=({0: batch},) if batch else None,
                        dynamo=new,
                        external_data=False,
                        verbose=False,
                    )
                )
            )
        expected = judging.torch_outputs(module, x).numpy()
        row |= _by_onnxruntime(at / "model.onnx", x, expected)
        outputs = lambda m, x: judging.torch_outputs(m, x).numpy()  # noqa: E731
        _write_source(at, module, x, source, row, outputs, judging.torch_step)
        yield name, row
    (Path(folder) / "torch" / "names.json").write_text(json.dumps(list(models.torch_models())))


def _write_source(at, model, x, source, row, outputs, step):
    arrays = {"x": x, "y": outputs(model, x)}
    if source["count"]:
        arrays["stepped"] = step(model, x)
    np.savez(at / "arrays.npz", **arrays)
    (at / "source.json").write_text(json.dumps(source))


def _attempt(call):
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            call()
    except Exception as error:
        return {"refused": said(error)}
    return {}


def _by_onnxruntime(file, x, expected):
    if not file.exists():
        return {}
    try:
        import onnxruntime

        session = onnxruntime.InferenceSession(str(file))
        got = session.run(None, {session.get_inputs()[0].name: x})[0]
    except Exception as error:
        return {"refused": said(error)}
    difference = judging.relative_difference(expected, got)
    return {"difference": difference, "right": difference <= judging.RIGHT}


def said(error):
    """Return an error in one short line."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()] or [""]
    return f"{type(error).__name__}: {' '.join(lines)}"[:400]


# Keras -> torch


def _with_torchvision():
    """Import torchvision; where its build is not the one for this torch, without its operators.

    onnx2torch and onnx2pytorch import it; none of the models here has an operator of it.
    """
    try:
        importlib.import_module("torchvision")
    except RuntimeError:
        import torch

        for loaded in [n for n in sys.modules if n.split(".")[0] == "torchvision"]:
            del sys.modules[loaded]
        library = torch.library.Library("torchvision", "DEF")
        for operator in ("nms", "qnms", "roi_align", "qroi_align", "roi_pool", "ps_roi_align",
                         "ps_roi_pool", "deform_conv2d"):  # fmt: skip
            library.define(f"{operator}(Tensor none) -> Tensor")
        _with_torchvision.library = library  # kept: with it the definitions would go
        importlib.import_module("torchvision")


def by_onnx2torch(name, at):
    _with_torchvision()
    import onnx
    import onnx2torch

    return onnx2torch.convert(onnx.load(at / "model.onnx")), LAST


def by_onnx2pytorch(name, at):
    _with_torchvision()
    import onnx
    import onnx2pytorch

    return onnx2pytorch.ConvertModel(onnx.load(at / "model.onnx")), LAST


def by_onnx2tf_to_torch(name, at):
    onnx2tf("model.onnx", at, "torch", "-fdopt", "-b", str(models.BATCH))
    packages = [p.parent for p in (at / "torch").rglob("__init__.py")]
    if not packages:
        raise RuntimeError("no PyTorch package was written")
    package = min(packages, key=lambda p: len(p.parts))
    sys.path.insert(0, str(package.parent))
    for loaded in [n for n in sys.modules if n.split(".")[0] == package.name]:
        del sys.modules[loaded]
    written = importlib.import_module(package.name)
    sys.path.pop(0)
    return written.load_model(), FIRST + LAST


def by_keras_torch(name, at):
    """Keras itself, begun with KERAS_BACKEND=torch: a torch module that needs Keras to run."""
    return models.filled_keras(name), LAST


def by_course_to_torch(name, at):
    from cnncourse.frameworks import to_torch

    model = models.filled_keras(name)
    return to_torch(model), FIRST


# torch -> Keras


def onnx2tf(file, at, to, *options):
    """Run its command line, unless what it writes is there: a model takes it ten seconds."""
    if any((at / to).glob("*.keras")) or any((at / to).glob("*/__init__.py")):
        return
    program = str(Path(sys.executable).parent / "onnx2tf")
    command = [program, "-i", str(at / file), "-o", str(at / to), "-n", *options]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300)
    errors = [line for line in (done.stdout + done.stderr).splitlines() if "rror" in line]
    if done.returncode:
        raise RuntimeError(" ".join(errors[-3:])[:400] or f"onnx2tf ended with {done.returncode}")


def by_onnx2tf(file, name, at):
    to = f"keras_{file.split('.')[0]}"
    onnx2tf(file, at, to, "-okv3", "-tb", "tf_converter")
    written = sorted((at / to).glob("*.keras"))
    if not written:
        raise RuntimeError("no .keras file was written")
    import tf_keras  # what it writes is of Keras 2: Keras 3 does not read it

    return tf_keras.models.load_model(written[0], safe_mode=False), LAST


def by_onnx2keras(file, name, at):
    import onnx
    from onnx2keras import onnx_to_keras

    model = onnx.load(at / file)
    inputs = [model.graph.input[0].name]
    with contextlib.redirect_stdout(io.StringIO()):
        return onnx_to_keras(model, inputs, verbose=False, change_ordering=True), LAST


def by_nobuco(file, name, at):
    import torch

    if importlib.util.find_spec("torchvision"):
        _with_torchvision()
    import nobuco

    module, shape = models.filled_torch(name)
    order = nobuco.ChannelOrder.TENSORFLOW
    with contextlib.redirect_stdout(io.StringIO()), tempfile.TemporaryDirectory() as empty:
        before = os.getcwd()
        os.chdir(empty)  # it leaves a report
        try:
            x = torch.from_numpy(models.input_of(name, shape))
            model = nobuco.pytorch_to_keras(
                module, args=[x], inputs_channel_order=order, outputs_channel_order=order
            )
        finally:
            os.chdir(before)
    return model, LAST


def by_course_to_keras(file, name, at):
    from cnncourse.frameworks import to_keras

    module, shape = models.filled_torch(name)
    return to_keras(module, input_shape=shape), LAST


TO_TORCH = {
    "onnx2torch": by_onnx2torch,
    "onnx2pytorch": by_onnx2pytorch,
    "onnx2tf": by_onnx2tf_to_torch,
    "Keras on torch": by_keras_torch,
    "cnncourse": by_course_to_torch,
}
TO_KERAS = {
    "onnx2tf": by_onnx2tf,
    "onnx2keras": by_onnx2keras,
    "nobuco": by_nobuco,
    "nobuco, Keras 2": by_nobuco,
    "cnncourse": by_course_to_keras,
}


def translate_to_torch(tool, folder):
    """Yield the row of each Keras model, translated to torch by `tool`."""
    for name in json.loads((Path(folder) / "keras" / "names.json").read_text()):
        at = place(folder, "keras", name)
        yield name, _judged(lambda at=at, n=name: TO_TORCH[tool](n, at), at, "torch")


def translate_to_keras(tool, folder):
    """Yield the row of each torch model, translated to Keras by `tool`.

    Of the ONNX files the first that gives a right model counts, else what was said of the first.
    """
    for name in json.loads((Path(folder) / "torch" / "names.json").read_text()):
        at = place(folder, "torch", name)
        rows = []
        for file in FILES if "onnx" in tool else FILES[:1]:
            call = lambda at=at, n=name, f=file: TO_KERAS[tool](f, n, at)  # noqa: E731
            rows.append(_judged(call, at, "keras"))
            if rows[-1].get("right"):
                break
        yield name, max(rows, key=lambda r: (r.get("right", False), "difference" in r))


def _judged(call, at, kind):
    """Translate, run and train one model."""
    source, arrays = json.loads((at / "source.json").read_text()), np.load(at / "arrays.npz")
    outputs = judging.torch_outputs if kind == "torch" else judging.keras_outputs
    step = judging.torch_step if kind == "torch" else judging.keras_step
    weigh = judging.torch_weights if kind == "torch" else judging.keras_weights
    try:
        model, layouts = call()
    except Exception as error:
        return {"refused": said(error)}
    try:
        if hasattr(model, "eval"):
            model.eval()
        x, difference = _run(model, layouts, at.parent.name, arrays, outputs)
    except Exception as error:
        return {"fails": said(error)}
    stepped, words = float("inf"), ""
    weights = weigh(model)
    if source["count"]:
        try:
            stepped = judging.relative_difference(arrays["stepped"], step(model, x))
        except Exception as error:
            words = said(error)
    return judging.verdict(source, difference, weights, stepped) | {"training": words}


def _run(model, layouts, kind, arrays, outputs):
    """Return the input in the layout that gives the smaller difference, and that."""
    found, errors = [], []
    for layout in layouts:
        x = arrays["x"]
        if (kind == "torch") != (layout in FIRST):
            x = judging.channels_first(x) if layout in FIRST else judging.channels_last(x)
        try:
            found.append((judging.relative_difference(arrays["y"], outputs(model, x)), x))
        except Exception as error:
            errors.append(error)
    if not found:
        raise errors[0]
    difference, x = min(found, key=lambda pair: pair[0])
    return x, difference
