"""Ready-made choices of method and budgets, for whoever does not want to read about parameters."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from core import catalogue

#: The method that finds out by itself what helps, where the catalogue has it.
_AUTO = "auto"
_BUDGET = 0.04
_LAB_BUDGETS = (0.02, 0.04, 0.10, 0.30)


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """A method with all its defaults, and the accuracy budgets to try it with."""

    key: str
    title: str
    text: str
    method: str
    #: Shares of clean accuracy that may be lost.
    budgets: tuple[float, ...] = (_BUDGET,)


def offered(*, own_method: str = catalogue.DEFAULT_METHOD) -> Sequence[Recipe]:
    """All of them, the first being what is chosen if nobody says anything.

    Args:
        own_method: What whoever wants none of the others has chosen.
    """
    best = _AUTO if _AUTO in catalogue.METHODS else catalogue.DEFAULT_METHOD
    return (
        Recipe(
            key="best",
            title="Best repair",
            text=f"{best.capitalize()} with its defaults. {catalogue.METHODS[best].summary}",
            method=best,
        ),
        Recipe(
            key="lab",
            title="Course lab: X = 2, 4, 10, 30 %",
            text="Fine-pruning, once for each accuracy budget: four repaired models to compare.",
            method="fine-pruning",
            budgets=_LAB_BUDGETS,
        ),
        Recipe(
            key="seed",
            title="Seed's recipe",
            text="Magnitude-pruning, as in the student report that netmend began with. "
            f"{catalogue.METHODS['magnitude-pruning'].summary}",
            method="magnitude-pruning",
        ),
        Recipe(
            key=OWN, title="Another method", text="Any method, chosen by name.", method=own_method
        ),
    )


def families() -> Mapping[str, Sequence[type[catalogue.Params]]]:
    """The methods by family, in the order of the catalogue, which has a module for each."""
    found: dict[str, list[type[catalogue.Params]]] = {}
    for method in catalogue.METHODS.values():
        family = method.__module__.rpartition(".")[2].replace("_", " ").capitalize()
        found.setdefault(family, []).append(method)
    return found


#: Key of the one whose method is chosen by name.
OWN = "own"
