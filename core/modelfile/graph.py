"""One flat network out of nested ones, in an order in which it can be computed."""

import heapq
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from .. import errors
from .description import Architecture, Layer, TensorRef

_MAX_CALLS = 5000


def flat(architecture: Architecture) -> Architecture:
    """The same function as one Functional network without networks in it.

    Returns:
        Layers named ``outer.inner``, in an order in which each is computed after what it needs;
        a layer that a shared network holds is called once for each call of that network.

    Raises:
        NotAModel: The connections lead nowhere, or around in a circle.
        TooLarge: The layers are called more often than any real model needs.
    """
    inliner = _Inliner()
    for ref in architecture.inputs:
        layer = _layer(architecture, ref.layer)
        inliner.layers[layer.name] = layer
    outputs = inliner.inline(architecture, prefix="", sources=architecture.inputs, trainable=True)
    return Architecture(
        name=architecture.name,
        kind="Functional",
        layers=tuple(
            replace(layer, calls=tuple(inliner.calls.get(name, ())))
            for name, layer in inliner.layers.items()
        ),
        inputs=architecture.inputs,
        outputs=outputs,
        input_shape=architecture.input_shape,
    )


def ordered(network: Architecture) -> Iterator[tuple[Layer, int]]:
    """Every call of every layer, each after those it needs, else in the order of the file.

    Raises:
        NotAModel: The connections lead nowhere, or around in a circle.
    """
    calls = [(layer, index) for layer in network.layers for index in range(len(layer.calls))]
    place = {(layer.name, index): at for at, (layer, index) in enumerate(calls)}
    _check_used(network, calls)
    ready, waiting, followers = _dependencies(network, calls, place)
    done = 0
    while ready:
        at = heapq.heappop(ready)
        yield calls[at]
        done += 1
        for follower in followers[at]:
            waiting[follower] -= 1
            if waiting[follower] == 0:
                heapq.heappush(ready, follower)
    if done < len(calls):
        stuck = next(calls[at][0].name for at, left in enumerate(waiting) if left)
        raise errors.NotAModel(
            f"layer {stuck!r} of {network.name!r} needs its own result", place=stuck
        )


@dataclass
class _Inliner:
    """Collects flat layers and their calls."""

    layers: dict[str, Layer] = field(default_factory=dict)
    calls: dict[str, list[tuple[TensorRef, ...]]] = field(default_factory=dict)
    #: Nested layer that each flat name stands for; two must not share one.
    paths: dict[str, tuple[str, ...]] = field(default_factory=dict)
    n_calls: int = 0

    def inline(
        self,
        network: Architecture,
        *,
        prefix: str,
        sources: tuple[TensorRef, ...],
        trainable: bool,
    ) -> tuple[TensorRef, ...]:
        """Call a network on flat tensors; the flat tensors that come out."""
        known = dict(zip(network.inputs, sources, strict=True))
        for layer, index in ordered(network):
            tensors = _found(network, known, layer.calls[index])
            own = replace(layer, trainable=layer.trainable and trainable)
            outputs = self._call(own, prefix, tensors)
            known |= {TensorRef(layer.name, index, i): ref for i, ref in enumerate(outputs)}
        return _found(network, known, network.outputs)

    def _call(
        self, layer: Layer, prefix: str, tensors: tuple[TensorRef, ...]
    ) -> tuple[TensorRef, ...]:
        name = prefix + layer.name
        self._count()
        if layer.network is not None:
            if len(tensors) != len(layer.network.inputs):
                raise errors.NotAModel(
                    f"network {name!r} takes {len(layer.network.inputs)} tensors,"
                    f" not {len(tensors)}",
                    place=name,
                )
            return self.inline(
                layer.network, prefix=f"{name}.", sources=tensors, trainable=layer.trainable
            )
        self._register(layer, prefix, name)
        calls = self.calls.setdefault(name, [])
        calls.append(tensors)
        return (TensorRef(name, len(calls) - 1),)

    def _register(self, layer: Layer, prefix: str, name: str) -> None:
        path = (prefix, layer.name)
        if self.paths.setdefault(name, path) != path:
            raise errors.NotAModel(f"two layers are both called {name!r}", place=name)
        self.layers.setdefault(name, replace(layer, name=name))

    def _count(self) -> None:
        # Networks count as well: one that holds no layer is called in no time, but not for ever.
        self.n_calls += 1
        if self.n_calls > _MAX_CALLS:
            raise errors.TooLarge(
                f"the layers are called more than {_MAX_CALLS} times", expected=_MAX_CALLS
            )


def _dependencies(
    network: Architecture,
    calls: list[tuple[Layer, int]],
    place: dict[tuple[str, int], int],
) -> tuple[list[int], list[int], list[list[int]]]:
    waiting, followers = [0] * len(calls), [list[int]() for _ in calls]
    inputs = set(network.inputs)
    for at, (layer, index) in enumerate(calls):
        for ref in layer.calls[index]:
            if ref in inputs:
                continue
            if (ref.layer, ref.call) not in place:
                raise _dangling(network, ref)
            waiting[at] += 1
            followers[place[ref.layer, ref.call]].append(at)
    return [at for at, count in enumerate(waiting) if count == 0], waiting, followers


def _check_used(network: Architecture, calls: list[tuple[Layer, int]]) -> None:
    """Keras never writes a call that leads to no output; it would vanish when built."""
    used = set(network.outputs) | {ref for layer, index in calls for ref in layer.calls[index]}
    called = {(ref.layer, ref.call) for ref in used}
    for layer in network.layers:
        indices = range(len(layer.calls)) if layer.kind != "InputLayer" else range(1)
        if not indices or any((layer.name, index) not in called for index in indices):
            raise errors.NotAModel(
                f"layer {layer.name!r} of {network.name!r} leads to no output", place=layer.name
            )


def _found(
    network: Architecture, known: dict[TensorRef, TensorRef], refs: tuple[TensorRef, ...]
) -> tuple[TensorRef, ...]:
    for ref in refs:
        if ref not in known:
            raise _dangling(network, ref)
    return tuple(known[ref] for ref in refs)


def _layer(network: Architecture, name: str) -> Layer:
    return next(layer for layer in network.layers if layer.name == name)


def _dangling(network: Architecture, ref: TensorRef) -> errors.NotAModel:
    return errors.NotAModel(
        f"{network.name!r} refers to call {ref.call} of {ref.layer!r}, output {ref.output},"
        " which is not there",
        place=ref.layer,
    )  # fmt: skip
