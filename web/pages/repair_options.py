"""What can be asked of a repair beside its inputs and its method, as fields of forms.

A new repair, a retry and a batch have them. A field is called by its place in the request.
"""

import types
from collections.abc import Mapping
from typing import Any

from core.requests import MAX_SEEDS

from . import forms
from .forms import Field, Form

N_SEEDS, REACTIVATION, TRACES = "n_seeds", "reactivation", "traces"
TARGETS = "goodnet.targets"
_PREPROCESSING, _QUEUE, _PRIORITY = "preprocessing", "queue", "priority"
_GATE_ATTACK, _GATE_DROP = "gate.max_attack_success_rate", "gate.max_accuracy_drop"
_RULE, _FALSE_POSITIVES = "goodnet.rule", "goodnet.false_positive_rate"
_SHARES = (_GATE_ATTACK, _GATE_DROP, _FALSE_POSITIVES)

PERCENT_PROBLEM = "write percent from 0 to 100, such as 4"
COUNT_PROBLEM = "a whole number from 0 on"

SEED = Field(
    name="seed",
    label="Seed",
    help="The same seed gives the same repair.",
    kind="whole",
    minimum=0,
    maximum=2**32 - 1,
    default="0",
)
#: How the repair is done and measured.
REPAIR = (
    Field(
        name=N_SEEDS,
        label="Number of seeds",
        help="Repairs once for each, to show how much is luck; the first one is delivered.",
        kind="whole",
        minimum=1,
        maximum=MAX_SEEDS,
        default="1",
        refreshes=True,
    ),
    Field(
        name=_PREPROCESSING,
        label="Scaling of pixels",
        help="What the model was trained on. Found out by trying which one fits.",
        kind="choice",
        choices=(
            ("auto", "Find out"),
            ("none", "None: 0 to 255 as they are"),
            ("/255", "/255: 0 to 1"),
            ("[-1,1]", "[-1,1]"),
            ("imagenet-caffe", "ImageNet, as in Caffe"),
            ("imagenet-torch", "ImageNet, as in torchvision"),
        ),
        default="auto",
    ),
    Field(
        name=REACTIVATION,
        label="Try to bring the backdoor back",
        help="Trains a copy of the repaired model with five poisoned images: does the attack "
        "return? Only where there is a poisoned set.",
        kind="switch",
        default="true",
    ),
    Field(
        name=TRACES,
        label="Look at the suspects once more",
        help="Gathers the evidence of the diagnosis again in the repaired model, to show what is "
        "left of it. Only with methods that begin with a diagnosis.",
        kind="switch",
        default="true",
    ),
    Field(
        name=_GATE_ATTACK,
        label="Most attack success, %",
        help="Optional. A result above it has missed the gate.",
        kind="percent",
    ),
    Field(
        name=_GATE_DROP,
        label="Most accuracy lost, points",
        help="Optional. A larger loss has missed the gate.",
        kind="percent",
    ),
)
#: Where and when it is done.
WORK = (
    Field(
        name=_QUEUE,
        label="Runs on",
        kind="choice",
        choices=(("cpu", "A processor"), ("gpu", "A graphics card")),
        default="cpu",
        refreshes=True,
    ),
    Field(
        name=_PRIORITY,
        label="Priority",
        kind="choice",
        choices=(("low", "Low"), ("normal", "Normal"), ("high", "High")),
        default="normal",
    ),
)
#: How the N+1 model decides, which says of a picture whether it carries a trigger.
GOOD_NET = (
    Field(
        name=_RULE,
        label="What it flags",
        help="Pictures on which the model as it came and the repaired one disagree; or of them "
        "only the clear cases, or those that go to a suspected target.",
        kind="choice",
        choices=(
            ("auto", "Choose by itself"),
            ("target-aware", "Suspected targets"),
            ("calibrated", "Clear disagreement"),
            ("disagreement", "Any disagreement"),
        ),
        default="auto",
    ),
    Field(
        name=_FALSE_POSITIVES,
        label="Clean pictures flagged, %",
        help="So many may be flagged by mistake; where any disagreement is, there may be more.",
        kind="percent",
        default="1",
    ),
    Field(
        name=TARGETS,
        label="Known targets",
        help="Optional. Classes that you know a trigger to lead to, such as 0 or 1, 5, in place "
        "of those suspected.",
    ),
)
ALL = (*REPAIR, *WORK, *GOOD_NET)
#: What they are called, and what they are if nobody says anything.
LABELS: Mapping[str, str] = types.MappingProxyType(
    {field.name: field.label for field in (SEED, *ALL)}
)
USUAL: Mapping[str, str] = types.MappingProxyType(
    {field.name: field.default for field in (SEED, *ALL)}
)


def asked(form: Form) -> dict[str, Any]:
    """The fields of `schemas.JobOptions`; texts that are no numbers stay texts, to be refused.

    A field that was left empty takes its default.
    """
    typed = _typed(form)
    limits = {_last(name): forms.share(typed[name]) for name in (_GATE_ATTACK, _GATE_DROP)}
    return {
        **{name: typed[name] for name in (_PREPROCESSING, _QUEUE, _PRIORITY)},
        N_SEEDS: forms.count(typed[N_SEEDS]),
        **{name: typed[name] == "true" for name in (REACTIVATION, TRACES)},
        "goodnet": {
            "rule": typed[_RULE],
            "false_positive_rate": forms.share(typed[_FALSE_POSITIVES]),
            "targets": list(dict.fromkeys(forms.counts(typed[TARGETS]))),
        },
        "gate": limits if any(limit is not None for limit in limits.values()) else None,
    }


def n_seeds(form: Form) -> int:
    """Number of seeds; 1 where something else stands there."""
    typed = forms.count(_typed(form)[N_SEEDS])
    return typed if isinstance(typed, int) and 1 <= typed <= MAX_SEEDS else 1


def problems(form: Form) -> dict[str, str]:
    """Field to what can be seen to be wrong with it before anybody else is asked."""
    typed = _typed(form)
    found = {name: PERCENT_PROBLEM for name in _SHARES if not is_share(forms.share(typed[name]))}
    if forms.count(typed[N_SEEDS]) != n_seeds(form):
        found[N_SEEDS] = f"a whole number from 1 to {MAX_SEEDS}"
    if any(isinstance(target, str) for target in forms.counts(typed[TARGETS])):
        found[TARGETS] = "write whole numbers from 0 on, such as 0 or 1, 5"
    return found


def written(request: Mapping[str, Any]) -> dict[str, str]:
    """Field to its value as it would be typed; of what was not asked yet, the default."""
    gate, goodnet = request.get("gate") or {}, request.get("goodnet") or {}
    said = {
        **{name: request.get(name) for name in ("seed", _PREPROCESSING, _QUEUE, _PRIORITY)},
        N_SEEDS: request.get(N_SEEDS),
        **{name: str(request.get(name, True)).lower() for name in (REACTIVATION, TRACES)},
        _GATE_ATTACK: percent(gate.get(_last(_GATE_ATTACK))),
        _GATE_DROP: percent(gate.get(_last(_GATE_DROP))),
        _RULE: goodnet.get("rule"),
        _FALSE_POSITIVES: percent(goodnet.get("false_positive_rate")),
        TARGETS: ", ".join(map(str, goodnet.get("targets", ()))),
    }
    return {name: USUAL[name] if said[name] in (None, "") else str(said[name]) for name in said}


def is_share(value: float | str | None) -> bool:
    """Whether it is from 0 to 1, or nothing."""
    return value is None or (not isinstance(value, str) and 0 <= value <= 1)


def percent(share: float | None) -> str:
    """0.04 as ``4``, nothing as an empty text."""
    return "" if share is None else f"{share * 100:.10g}"


def _typed(form: Form) -> dict[str, str]:
    return {item.name: forms.last(form, item.name).strip() or item.default for item in ALL}


def _last(name: str) -> str:
    return name.rpartition(".")[2]
