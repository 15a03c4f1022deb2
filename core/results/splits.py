"""Which of the clean images were tuned on, and which were selected on."""

from dataclasses import dataclass

from .values import Value


@dataclass(frozen=True, kw_only=True)
class Split(Value):
    r"""The two parts of the clean validation images, so that anybody can tell them again.

    A row is the place of an image in the file that `Inputs.clean_validation` names, counted from 0.
    Each hash is the SHA-256 of the rows of a part, ascending, in decimal, one to a line, with a
    line feed after each: what ``printf '%s\n' 0 2 5 | sha256sum`` prints for three of them.
    """

    #: How the images were split, in one sentence.
    scheme: str
    #: Of the generator that drew the rows to select on.
    seed: int
    n_tune: int
    n_select: int
    tune_sha256: str
    select_sha256: str
