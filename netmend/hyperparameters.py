"""The hyper-parameters of a method, as Python shows them: signature and docstring."""

import dataclasses
import inspect

from core import catalogue
from core.requests import RepairOptions

#: What every method has beside its own parameters.
BUDGET, SEED = "max_accuracy_drop", "seed"


def signature(params: type[catalogue.Params]) -> inspect.Signature:
    """The signature of a constructor; names and defaults are those of the command line."""
    defaults = {item.name: item.default for item in dataclasses.fields(params)}
    defaults[BUDGET] = RepairOptions.max_accuracy_drops[0]
    defaults[SEED] = RepairOptions.seed
    return inspect.Signature(
        [
            inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=default)
            for name, default in defaults.items()
        ]
    )


def docstring(params: type[catalogue.Params]) -> str:
    """What a method does and what each parameter is, with the source."""
    texts = {item.name: item.metadata["help"] for item in dataclasses.fields(params)}
    texts[BUDGET] = "clean accuracy that the repair may cost, as a fraction"
    texts[SEED] = "same seed, same weights"
    arguments = "\n".join(f"    {name}: {text}" for name, text in texts.items())
    return f"{params.summary}\n\nArgs:\n{arguments}\n\nSource: {params.source}"
