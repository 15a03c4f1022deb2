"""Stage A: the nets, trained one after another; what is there is not trained again."""

import hashlib
import json
import time
from dataclasses import asdict, replace
from pathlib import Path

from core import attacks, modelfile, models

from . import measuring, sources, training
from .cells import Net
from .files import UNFINISHED, write_whole
from .measuring import Answers, Exam, Figures, TriggerFigures

#: An attack that works less often than this is none; its row says so.
MIN_ATTACK_SUCCESS = 0.8
#: A poisoned net that is so much worse than the benign one would be noticed.
MAX_ACCURACY_LOSS = 0.02


def path(work: Path, net: Net) -> Path:
    """Where the net is kept."""
    return work / "nets" / f"{net.name}.h5"


def recipe_hash(net: Net) -> str:
    """Changes with whatever the weights of the net depend on."""
    attack = attacks.recipe(net.attack, seed=net.seed, n_classes=10)
    return hashlib.sha256(f"{net}\n{attack}\n{training.VERSION}".encode()).hexdigest()[:16]


def is_trained(work: Path, net: Net) -> bool:
    """Whether the net is there, made as it would be made now."""
    facts = _facts_path(work, net)
    return (
        path(work, net).exists()
        and facts.exists()
        and json.loads(facts.read_text())["recipe"] == recipe_hash(net)
    )


def train(work: Path, net: Net) -> Figures:
    """Train the net, measure it on the test set, and keep it; the file is there whole or not."""
    began = time.monotonic()
    source = sources.load(net.data)
    model = training.trained(net, source)
    seconds = time.monotonic() - began
    exam = measuring.exam(net, source, "test")
    figures = measuring.figures(measuring.answers(model, exam), exam)
    target = path(work, net)
    target.parent.mkdir(parents=True, exist_ok=True)
    unfinished = target.with_name(f"{UNFINISHED}{target.name}")
    modelfile.write(models.describe(model, name=net.name), unfinished)
    unfinished.replace(target)
    facts = {"recipe": recipe_hash(net), "seconds": round(seconds, 1), **asdict(figures)}
    write_whole(_facts_path(work, net), json.dumps(facts, indent=1))
    return figures


def figures(work: Path, net: Net) -> Figures:
    """What the net was worth when it had been trained, on the test set."""
    facts = json.loads(_facts_path(work, net).read_text())
    triggers = tuple(TriggerFigures(**trigger) for trigger in facts["triggers"])
    return Figures(
        n_clean=facts["n_clean"],
        accuracy=facts["accuracy"],
        worst_decile=facts["worst_decile"],
        triggers=triggers,
    )


def benign_answers(work: Path, net: Net, exam: Exam) -> Answers | None:
    """What the benign net of the same kind and seed says to the exam of a poisoned one.

    ``None`` for a benign net itself, and where there is none of that kind and seed.
    """
    benign = replace(net, attack="benign")
    if net == benign or not path(work, benign).exists():
        return None
    return measuring.answers(models.build(modelfile.read(path(work, benign))), exam)


def shortcomings(work: Path, net: Net) -> tuple[str, ...]:
    """What keeps the net from being a fair case, in words."""
    own = figures(work, net)
    weak = [
        trigger
        for trigger in own.triggers
        if trigger.attack_success < MIN_ATTACK_SUCCESS * _ceiling(trigger, own)
    ]
    found = [f"{trigger.name} works on {trigger.attack_success:.0%} only" for trigger in weak]
    benign = replace(net, attack="benign")
    if is_trained(work, benign):
        loss = figures(work, benign).accuracy - own.accuracy
        if loss > MAX_ACCURACY_LOSS:
            found.append(f"{100 * loss:.1f} points less accurate than the benign net")
    return tuple(found)


def _ceiling(trigger: TriggerFigures, own: Figures) -> float:
    """How often a trigger can work: to be sent to the next class, an image must be recognised."""
    return own.accuracy if trigger.target is None else 1.0


def _facts_path(work: Path, net: Net) -> Path:
    return path(work, net).with_suffix(".json")
