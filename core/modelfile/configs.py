"""From a Keras configuration to a checked description; what is not on the allow-list is refused."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from .. import errors
from . import (
    allowlist,
    hard_activations,
    networks,
    nodes,
    operations,
    options,
    precision,
)
from .description import Architecture, Layer, Shape

_MAX_LAYERS = 2000
_MAX_NESTING = 5
_MAX_SIZE = 1 << 16

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.\-]*(/[A-Za-z0-9_.\-]+)*\Z")
_MAX_NAME = 128
_ENTRY_KEYS = frozenset({
    "class_name", "config", "name", "module", "registered_name", "inbound_nodes", "build_config",
    "compile_config", "shared_object_id", "keras_version", "backend",
})  # fmt: skip
_NOT_KEPT = frozenset({"compile_config", "keras_version", "backend"})
_NETWORK_KEYS = frozenset({
    "name", "trainable", "dtype", "layers", "input_layers", "output_layers", "build_input_shape",
})  # fmt: skip
_BUILD_KEYS = frozenset({"input_shape", "shapes_dict"})
#: Part of every layer's configuration.
_COMMON_KEYS = frozenset({"name", "trainable", "dtype", "batch_input_shape", "batch_shape"})
_INPUT_KEYS = frozenset({*_COMMON_KEYS, "sparse", "ragged", "optional"})


def architecture(config: Any, *, keras_version: str | None = None) -> Architecture:
    """The description of the model that a configuration says.

    Args:
        config: Parsed JSON, as in ``model_config``, ``config.json`` or ``model.to_json()``.
        keras_version: Who wrote it; a few words mean something else in Keras 3.

    Raises:
        UnsafeModel: A layer, an option, a module or an argument is not on the allow-list.
        NotAModel: It is not the configuration of a Keras model.
        TooLarge: It has too many layers, or they are nested too deep.
    """
    reader = _Reader(is_keras_3=(keras_version or "").startswith("3"))
    layer = reader.entry(config, prefix="", depth=0)
    if layer.network is None:
        raise errors.NotAModel(
            f"the file holds a single {layer.kind} layer, not a model", place=layer.name
        )
    return replace(
        layer.network,
        source_config=_kept(config),
        warnings=precision.warnings(reader.dtypes),
    )


@dataclass
class _Reader:
    """Reads entries; counts them, over all levels."""

    is_keras_3: bool
    n_layers: int = 0
    shared: set[int] = field(default_factory=set)
    #: Types of number that layers compute in.
    dtypes: set[str] = field(default_factory=set)

    def entry(self, entry: Any, *, prefix: str, depth: int) -> Layer:
        class_name, config = _class_and_config(entry, prefix)
        name = _name(entry, config, class_name)
        place = prefix + name
        self._count(entry, place, depth)
        _check_entry(entry, class_name, place)
        self.dtypes.add(precision.declared(config.get("dtype"), place))
        layer = Layer(kind=class_name, name=name, trainable=_trainable(config, place))
        inbound = entry.get("inbound_nodes") or []
        if operations.is_operation(class_name, entry.get("module")):
            return _operation(layer, config, inbound, place)
        _check_kind(class_name, place)
        calls = nodes.parse(inbound, place)
        if operations.is_operation_by_its_calls(class_name, calls):
            return _operation(layer, config, inbound, place)
        if class_name == "InputLayer" and calls:
            raise errors.NotAModel(f"input {place!r} is called like a layer", place=place)
        layer = replace(layer, calls=nodes.tensors_only(calls, place))
        if class_name in allowlist.NETWORKS:
            inner = f"{place}." if depth else ""  # the model itself is in no layer's name
            network = self._network(class_name, name, config, prefix=inner, depth=depth)
            return replace(layer, kind=network.kind, network=network)
        arguments = self._arguments(class_name, config, place)
        if arguments.get("activation") in hard_activations.NAMES:
            return _hard_activation(layer, arguments, place, is_keras_3=self.is_keras_3)
        return replace(layer, options=arguments)

    def _count(self, entry: Mapping[str, Any], place: str, depth: int) -> None:
        self.n_layers += 1
        if self.n_layers > _MAX_LAYERS or depth > _MAX_NESTING:
            raise errors.TooLarge(
                f"the model has more than {_MAX_LAYERS} layers, or networks nested more than"
                f" {_MAX_NESTING} deep",
                place=place,
            )
        shared_id = entry.get("shared_object_id")
        if shared_id is None:
            return
        if type(shared_id) is not int or shared_id in self.shared:
            raise errors.UnsafeModel(
                f"layer {place!r} is shared between two networks, which is not read", place=place
            )
        self.shared.add(shared_id)

    def _arguments(self, kind: str, config: Mapping[str, Any], place: str) -> dict[str, object]:
        if kind == "InputLayer":
            return {"shape": _input_shape(config, place)}
        own = {key: value for key, value in config.items() if key not in _COMMON_KEYS}
        return allowlist.constructor_arguments(kind, own, place)

    def _network(
        self, class_name: str, name: str, config: Mapping[str, Any], *, prefix: str, depth: int
    ) -> Architecture:
        entries = config.get("layers")
        _refuse_other_keys(config, _NETWORK_KEYS, name)
        if not isinstance(entries, list) or not entries:
            raise errors.NotAModel(f"{name!r} has no layers", place=name)
        layers = tuple(self.entry(item, prefix=prefix, depth=depth + 1) for item in entries)
        _check_distinct(layers, name)
        if allowlist.NETWORKS[class_name] == "Sequential":
            first = _class_and_config(entries[0], prefix)[1]
            return networks.chain(name, layers, _first_shape(first, layers[0], config, name))
        inputs = nodes.references(config.get("input_layers"), name)
        outputs = nodes.references(config.get("output_layers"), name)
        return networks.functional(name, layers, inputs, outputs)


def _kept(config: Mapping[str, Any]) -> dict[str, Any]:
    """A checked configuration in float32 and without what it says about training, at each level."""
    kept = {key: value for key, value in config.items() if key not in _NOT_KEPT}
    inner = kept.get("config")
    if isinstance(inner, dict):
        kept["config"] = inner = precision.in_float32(inner)
        if "layers" in inner:
            kept["config"] = {**inner, "layers": [_kept(layer) for layer in inner["layers"]]}
    elif isinstance(inner, list):
        kept["config"] = [_kept(layer) for layer in inner]
    return kept


def _class_and_config(entry: Any, prefix: str) -> tuple[str, dict[str, Any]]:
    class_name = entry.get("class_name") if isinstance(entry, dict) else None
    config = entry.get("config") if isinstance(entry, dict) else None
    if class_name == "Sequential" and isinstance(config, list):  # before Keras 2.2.3
        config = {"name": "sequential", "layers": config}
    if not isinstance(class_name, str) or not isinstance(config, dict):
        raise errors.NotAModel(
            f"an entry of {prefix.rstrip('.') or 'the model'} is not a layer: {str(entry)[:80]!r}",
            place=prefix.rstrip("."),
        )
    return class_name, config


def _name(entry: Mapping[str, Any], config: Mapping[str, Any], class_name: str) -> str:
    names = [item for item in (config.get("name"), entry.get("name")) if item is not None]
    name = names[0] if names else None
    fits = isinstance(name, str) and len(name) <= _MAX_NAME and _NAME.match(name)
    if not fits or any(other != name for other in names) or ".." in str(name):
        raise errors.UnsafeModel(
            f"a {class_name[:80]} has the name {str(name)[:80]!r}; a name is made of letters,"
            " digits and _ . - /, and begins with a letter or digit",
            place=str(name)[:80], received=str(name)[:80],
        )  # fmt: skip
    return str(name)


def _check_entry(entry: Mapping[str, Any], class_name: str, place: str) -> None:
    _refuse_other_keys(entry, _ENTRY_KEYS, place)
    plain = {"class_name": class_name, "module": entry.get("module")}
    is_own = entry.get("registered_name") in (None, class_name)
    if not is_own or not options.is_keras_object(plain):
        found = f"{entry.get('module')}, {entry.get('registered_name')}"[:160]
        raise errors.UnsafeModel(
            f"layer {place!r} is not one of Keras' own ({found})", place=place, received=found
        )
    build = entry.get("build_config") or {}
    if not isinstance(build, dict) or not set(build) <= _BUILD_KEYS or not _is_plain(build):
        raise errors.UnsafeModel(f"layer {place!r} has a build_config that Keras does not write",
                                 place=place)  # fmt: skip


def _is_plain(value: Any) -> bool:
    if isinstance(value, dict):
        return all(_is_plain(item) for item in value.values())
    return options.no_object(value)


def _check_kind(kind: str, place: str) -> None:
    if kind not in allowlist.LAYERS and kind not in allowlist.NETWORKS and kind != "InputLayer":
        raise errors.UnsafeModel(
            f"layer {place!r} is a {kind[:80]!r}, which is not on the allow-list of layers",
            place=place, received=kind[:80], expected=sorted(allowlist.LAYERS),
        )  # fmt: skip


def _operation(layer: Layer, config: Mapping[str, Any], inbound: Any, place: str) -> Layer:
    """Arithmetic with a constant, which is a `Rescaling` from here on."""
    rescale = operations.rescaling(layer.kind, config, place)
    calls = nodes.parse(inbound, place)
    return replace(
        layer,
        kind="Rescaling",
        file_class=layer.kind,
        options=operations.arguments(rescale, calls, place),
        calls=tuple(call.tensors for call in calls),
    )


def _hard_activation(
    layer: Layer, options: Mapping[str, object], place: str, *, is_keras_3: bool
) -> Layer:
    """An activation that Keras 2 and Keras 3 do not share, which is a network from here on."""
    activation = str(options["activation"])
    is_keras_3 = is_keras_3 or activation in hard_activations.ONLY_IN_KERAS_3
    if layer.kind == "Activation":
        network = hard_activations.network(layer.name, activation, is_keras_3=is_keras_3)
        return replace(layer, kind=network.kind, network=network, file_class=layer.kind)
    if is_keras_3:
        raise errors.UnsafeModel(
            f"layer {place!r} has Keras 3's {activation}, another function than Keras 2's; it is"
            " read as an Activation layer of its own",
            place=place, option="activation", received=activation,
        )  # fmt: skip
    return replace(layer, options=options)


def _refuse_other_keys(found: Mapping[str, Any], known: frozenset[str], place: str) -> None:
    for key in found:
        if key not in known:
            raise errors.UnsafeModel(
                f"{place!r} has a part {key[:80]!r} that Keras does not write",
                place=place, option=key[:80],
            )  # fmt: skip


def _trainable(config: Mapping[str, Any], place: str) -> bool:
    trainable = config.get("trainable", True)
    if type(trainable) is not bool:
        raise errors.UnsafeModel(
            f"layer {place!r}: trainable must be true or false, not {str(trainable)[:80]!r}",
            place=place, option="trainable",
        )  # fmt: skip
    return trainable


def _declared_shape(config: Mapping[str, Any]) -> Any:
    return config.get("batch_input_shape") or config.get("batch_shape")


def _shape(declared: Any, place: str) -> Shape:
    match declared:
        case [None, *sizes] if 0 < len(sizes) <= 4 and all(
            type(size) is int and 0 < size <= _MAX_SIZE for size in sizes
        ):
            return tuple(sizes)
    raise errors.UnsafeModel(
        f"input {place!r} has the shape {str(declared)[:80]}; it must be [null, height, width,"
        " channels], each a fixed size",
        place=place, option="batch_input_shape", received=str(declared)[:80],
    )  # fmt: skip


def _input_shape(config: Mapping[str, Any], place: str) -> Shape:
    _refuse_other_keys(config, _INPUT_KEYS, place)
    if any(config.get(flag) not in (None, False) for flag in ("sparse", "ragged", "optional")):
        raise errors.UnsafeModel(f"input {place!r} is not a plain dense tensor", place=place)
    return _shape(_declared_shape(config), place)


def _first_shape(
    first: Mapping[str, Any], layer: Layer, config: Mapping[str, Any], place: str
) -> Shape | None:
    if layer.kind == "InputLayer":
        return None
    if layer.network is not None:
        return layer.network.input_shape
    declared = _declared_shape(first) or config.get("build_input_shape")
    return None if declared is None else _shape(declared, place)


def _check_distinct(layers: tuple[Layer, ...], place: str) -> None:
    seen: set[str] = set()
    for layer in layers:
        if layer.name in seen:
            raise errors.NotAModel(f"{place!r} has two layers {layer.name!r}", place=layer.name)
        seen.add(layer.name)
