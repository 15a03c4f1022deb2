"""What a kind of hostile file is, and the list that each module adds its own to."""

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

Role = Literal["model", "data set", "picture"]

#: What a leak would show; the decoy holds nothing else.
SECRET = b"DECOY-SECRET-0123456789"


@dataclass(frozen=True)
class Traps:
    """What hostile files aim at, all of it in a folder of the test."""

    folder: Path

    @property
    def marker(self) -> Path:
        """Is made by whatever runs code that a file brings."""
        return self.folder / "the-code-ran"

    @property
    def decoy(self) -> Path:
        """A file that nothing may read."""
        return self.folder / "decoy"

    @property
    def decoy_hdf5(self) -> Path:
        """An HDF5 file that nothing may read; its array ``secret`` holds the secret as numbers."""
        return self.folder / "decoy.h5"


@dataclass(frozen=True, kw_only=True)
class Kind:
    """One kind of hostile file."""

    name: str
    #: What is wrong with it.
    sentence: str
    role: Role
    suffix: str
    #: The code it is refused with.
    code: str
    #: What stock tf_keras (or numpy) does with it, as far as that was tried; never tried here.
    stock: str
    make: Callable[[Path, Traps], object]


#: In the order in which they are written down.
ALL: list[Kind] = []


def hostile(
    code: str, *, role: Role = "model", suffix: str = ".h5", stock: str = ""
) -> Callable[[Callable[[Path, Traps], object]], Callable[[Path, Traps], object]]:
    """Add the function that makes a kind of file; its docstring is the sentence."""

    def add(make: Callable[[Path, Traps], object]) -> Callable[[Path, Traps], object]:
        kind = Kind(
            name=make.__name__.replace("_", " ").strip(),
            sentence=inspect.getdoc(make) or "",
            role=role,
            suffix=suffix,
            code=code,
            stock=stock,
            make=make,
        )
        ALL.append(kind)
        return make

    return add
