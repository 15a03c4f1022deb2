"""What a training is given, and what it gives."""

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass

import tf_keras as keras

from ..data import LabelledImages
from ..preprocessing import Preprocessing
from ..results import Event, TrainingEpoch

OnEvent = Callable[[Event], None]


@dataclass(frozen=True, kw_only=True)
class Validation:
    """The clean images of a repair: train on *tune*, choose on *select*. There are no others."""

    tune: LabelledImages
    select: LabelledImages
    preprocessing: Preprocessing
    #: More images of the same kind whose classes nobody said; their labels must not be read.
    unlabelled: LabelledImages | None = None


@dataclass(frozen=True, kw_only=True)
class Execution:
    """How a repair is carried out, whatever the method."""

    #: Of everything that is left to chance.
    seed: int
    #: Told of progress; may raise `errors.Canceled` to stop the work.
    on_event: OnEvent

    def part(self, number: int, n_parts: int) -> "Execution":
        """The same for one of several like pieces of work, whose events count on.

        Args:
            number: Of the piece, counted from 0.
            n_parts: How many there are at most.
        """

        def on_event(event: Event) -> None:
            if event.current is not None and event.total is not None:
                current = number * event.total + event.current
                event = dataclasses.replace(event, current=current, total=n_parts * event.total)
            self.on_event(event)

        return dataclasses.replace(self, on_event=on_event)

    def steps(self, stage: str) -> Callable[[int, int], None]:
        """Tells how many steps of a stage are done, and of how many."""

        def on_step(done: int, total: int) -> None:
            self.on_event(Event(stage=stage, current=done, total=total))

        return on_step


@dataclass(frozen=True, kw_only=True)
class FineTuned:
    """A trained copy of a model, and how it got there."""

    model: keras.Model
    #: Epoch whose weights were kept; 0 is before the first step.
    epoch: int
    curve: tuple[TrainingEpoch, ...]
    #: Whether the weights that were kept are accurate enough.
    is_accurate: bool
    #: What was not as it had been wished for.
    warnings: tuple[str, ...] = ()

    @property
    def select_accuracy(self) -> float:
        """Of the weights that were kept, in [0, 1]."""
        return self.curve[self.epoch].select_accuracy

    @property
    def is_complete(self) -> bool:
        """Whether the training ended accurate enough, so that its last epoch was kept."""
        return self.is_accurate and self.epoch == self.curve[-1].epoch
