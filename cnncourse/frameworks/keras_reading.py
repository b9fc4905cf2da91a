"""A Keras layer or model as a graph: who feeds whom, and whether all of it can be carried over."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from cnncourse.frameworks.errors import CannotTranslate
from cnncourse.frameworks.graph import Graph, Node
from cnncourse.frameworks.keras_layouts import Layout, dtype_of, layout_of
from cnncourse.frameworks.keras_operations import read_operation
from cnncourse.frameworks.keras_reading_layers import Found, Use, read_layer
from cnncourse.frameworks.layers import Input, Shape
from cnncourse.frameworks.sizes import output_shape


@dataclass(frozen=True)
class Tensor:
    """Stands for a tensor while the layers of a model are visited: the node that gives it."""

    node: str


@dataclass(frozen=True)
class Reading:
    """What was read.

    Attributes
    ----------
    graph : Graph
    layout : Layout
        Channels first or last.
    dtype : str
        In which it computes.
    structure : Any
        The outputs' nodes, packed as the model packs its outputs; None if it is one alone.
    ends : tuple of (str, str)
        For each layer of the model, as they are applied: its name and its last node.
    only_training : tuple of str
        What Keras does in training alone and the graph has not.
    adaptive_maxima : tuple of str
        The nodes of Keras's own adaptive max pooling (see `keras_faults`).
    """

    graph: Graph
    layout: Layout
    dtype: str
    structure: Any
    ends: tuple[tuple[str, str], ...]
    only_training: tuple[str, ...]
    adaptive_maxima: tuple[str, ...] = ()


def read_keras(model: Any, input_shape: Sequence[int | None] | None = None) -> Reading:
    """Read a Keras layer or model.

    Parameters
    ----------
    model : Keras layer or model
        What is not built yet is built for `input_shape`.
    input_shape : tuple of (int or None), optional
        Of the input, without its batch, in the model's own layout; closes sizes that are open in
        the model.

    Returns
    -------
    Reading

    Raises
    ------
    CannotTranslate
        With the name of the layer and the reason.
    TypeError
        If `model` is not of Keras.
    ValueError
        If a shape is missing, or does not fit.
    """
    shapes = _input_shapes(model, input_shape)
    dtype = dtype_of(model)
    # Keras trains nothing of a frozen model, though a layer in it may say of itself that it learns.
    reader = _Reader(layout_of(model), trains=bool(model.trainable))
    inputs = [
        reader.add(name, Input(shape=reader.layout.shape(shape)), ()) for name, shape in shapes
    ]
    if is_model(model):
        outputs = reader.inside(model, inputs, prefix="")
    else:
        outputs = reader.visit(model, (inputs[0] if len(inputs) == 1 else inputs,), {})
    import keras

    names = keras.tree.map_structure(lambda tensor: tensor.node, outputs)
    graph = Graph(reader.nodes, keras.tree.flatten(names))
    if isinstance(names, list | tuple) and len(names) == 1:
        names = names[0]  # so does Keras when the model is called
    return Reading(
        graph,
        reader.layout,
        dtype,
        None if isinstance(names, str) else names,
        tuple(reader.ends),
        tuple(reader.only_training),
        tuple(reader.adaptive_maxima),
    )


def is_model(layer: Any) -> bool:
    """Tell whether it is a Sequential or functional model, whose layers can be read one by one."""
    import keras

    if not isinstance(layer, keras.Model):
        return False
    # `keras.Model(inputs, outputs)` makes a Functional, a class without a public name. A class that
    # is derived from one of the two may do without its call.
    for kind in type(layer).__mro__:
        if kind.__name__ in ("Functional", "Sequential") and kind.__module__.startswith("keras."):
            return type(layer).call is kind.call  # type: ignore[attr-defined]
    return False


def _input_shapes(model: Any, given: Sequence[int | None] | None) -> list[tuple[str, Shape]]:
    """Name and shape of each input, in Keras's layout, without the batch."""
    import keras

    if not isinstance(model, keras.layers.Layer):
        raise TypeError(f"model must be a Keras layer or model, got {type(model).__name__}")
    if isinstance(model, keras.Model) and not is_model(model):
        raise CannotTranslate(model.name, "a subclassed model may do anything in its call")
    if not model.built:
        if given is None:
            raise ValueError(
                f"{model.name!r} is not built yet: give the shape of its input without the batch, "
                "such as input_shape=(28, 28, 1)"
            )
        model.build((None, *given))
    if is_model(model):
        known = [(_input_name(tensor), tuple(tensor.shape[1:])) for tensor in model.inputs]
    else:
        known = [("x", shape) for shape in _layer_inputs(model, given)]
    if given is None:
        return known
    if len(known) != 1:
        raise ValueError(f"input_shape is for models of one input, {model.name!r} has {len(known)}")
    name, shape = known[0]
    if len(given) != len(shape) or any(
        size not in (None, wanted) for size, wanted in zip(shape, given, strict=True)
    ):
        raise ValueError(
            f"input_shape must fit the shape {shape} that {model.name!r} was built for, got {given}"
        )
    return [(name, tuple(given))]


def _input_name(tensor: Any) -> str:
    """Return the name that the input was given, or "x"; refuse what is not a float."""
    name = "x" if re.fullmatch(r"keras_tensor(_\d+)?", tensor.name) else str(tensor.name)
    if tensor.dtype not in ("float32", "float64"):
        raise CannotTranslate(name, f"the input is {tensor.dtype}, not float32")
    return name


def _layer_inputs(layer: Any, given: Sequence[int | None] | None) -> list[Shape]:
    """Shapes of the inputs of one layer; its spatial sizes are open where none was given."""
    if given is not None:
        return [tuple(given)]
    built = (layer.get_build_config() or {}).get("input_shape")
    if built is None:
        raise ValueError(f"give input_shape, which {layer.name!r} does not tell")
    several = isinstance(built[0], list | tuple)
    return [_opened(layer, tuple(shape[1:])) for shape in (built if several else [built])]


def _opened(layer: Any, shape: Shape) -> Shape:
    if len(shape) < 2 or getattr(layer, "data_format", "") == "channels_first":
        return shape
    tied = type(layer).__name__ in ("PReLU", "LayerNormalization", "Normalization", "Reshape")
    return shape if tied else (*(None,) * (len(shape) - 1), shape[-1])


@dataclass
class _Reader:
    layout: Layout
    trains: bool = True
    nodes: list[Node] = field(default_factory=list)
    shapes: dict[str, Shape] = field(default_factory=dict)
    ends: list[tuple[str, str]] = field(default_factory=list)
    only_training: list[str] = field(default_factory=list)
    adaptive_maxima: list[str] = field(default_factory=list)
    homes: dict[tuple[int, int], str] = field(default_factory=dict)
    prefix: str = ""
    inference: bool = False

    def add(self, name: str, layer: Any, inputs: tuple[str, ...], **more: Any) -> Tensor:
        """Append a node, its name made unique."""
        unique, number = name, 1
        while unique in self.shapes:
            unique, number = f"{name}_{number}", number + 1
        try:
            shape = output_shape(layer, [self.shapes[source] for source in inputs])
        except ValueError as error:
            raise CannotTranslate(name, str(error)) from None
        self.nodes.append(Node(unique, layer, inputs, **more))
        self.shapes[unique] = shape
        return Tensor(unique)

    def inside(self, model: Any, inputs: list[Tensor], prefix: str) -> Any:
        """Visit the layers of a model; return its outputs, packed as it packs them."""
        import keras

        outer, self.prefix = self.prefix, prefix
        outputs: Any
        if isinstance(model, keras.Sequential):
            outputs = inputs[0]
            for layer in model.layers:
                outputs = self.visit(layer, (outputs,), {})
        else:
            outputs = model._run_through_graph(
                inputs, operation_fn=lambda op: lambda *args, **kwargs: self.visit(op, args, kwargs)
            )
        self.prefix = outer
        return outputs

    def visit(self, operation: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Read one call of a layer, a nested model or an operation."""
        import keras

        name = self.prefix + operation.name
        if not isinstance(operation, keras.layers.Layer):
            found = read_operation(operation, args, kwargs, name, self._use(operation, name))
            result = self._chain(operation, name, *found)
        else:
            tensors = self._tensors(operation, name, args)
            outer = self.inference
            self.inference = outer or _runs_in_inference(kwargs, name)
            if is_model(operation):
                result = self.inside(operation, tensors, prefix=f"{name}.")
            else:
                use = self._use(operation, name, tensors)
                result = self._chain(operation, name, read_layer(use), tensors)
                self.only_training += use.only_training
                if type(operation).__name__.startswith("AdaptiveMaxPooling"):
                    self.adaptive_maxima.append(result.node)
            self.inference = outer
        if not self.prefix:
            ends = keras.tree.flatten(result)
            self.ends.append((name, ends[-1].node))
        return result

    def _use(self, operation: Any, name: str, tensors: Sequence[Tensor] = ()) -> Use:
        return Use(
            layer=operation,
            name=name,
            shapes=tuple(self.shapes[tensor.node] for tensor in tensors),
            layout=self.layout,
            inference=self.inference,
            shape_of=lambda tensor: self.shapes[tensor.node],
        )

    def _tensors(self, layer: Any, name: str, args: tuple[Any, ...]) -> list[Tensor]:
        import keras

        flat = keras.tree.flatten(args[0]) if args else []
        if len(args) != 1 or not all(isinstance(tensor, Tensor) for tensor in flat):
            raise CannotTranslate(name, "it is called with more than tensors")
        return flat

    def _chain(
        self, operation: Any, name: str, found: Sequence[Found], tensors: Sequence[Tensor]
    ) -> Tensor:
        """Append nodes one behind the other; the first takes all the tensors.

        What is found for one of several inputs alone (`only`) is put in front of it.
        """
        inputs = [tensor.node for tensor in tensors]
        for place, part in enumerate(found):
            full = f"{name}_{part.suffix}" if part.suffix else name
            home = self.homes.setdefault((id(operation), place), "") if part.weights else ""
            trainable = part.trainable and self.trains
            options = {"weights": part.weights, "module": home, "trainable": trainable}
            if part.only is not None:
                made = self.add(full, part.layer, (inputs[part.only],), **options)
                inputs[part.only] = made.node
                continue
            made = self.add(full, part.layer, tuple(inputs), **options)
            if part.weights and not home:
                self.homes[id(operation), place] = made.node
            inputs = [made.node]
        if len(inputs) != 1:
            raise CannotTranslate(name, f"it takes one input, got {len(inputs)}")
        return Tensor(inputs[0])


def _runs_in_inference(kwargs: dict[str, Any], name: str) -> bool:
    """Tell whether a layer was called with training=False; refuse any other argument."""
    given = {key: value for key, value in kwargs.items() if value is not None}
    training = given.pop("training", None)
    if given:
        raise CannotTranslate(name, f"it is called with {', '.join(sorted(given))}")
    if training:
        raise CannotTranslate(name, "it is called with training=True: model(x) and predict differ")
    return training is False
