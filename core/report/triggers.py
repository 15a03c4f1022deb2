"""Pictures of triggers that were found by search: their files, and what is said below them."""

import base64
import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ..percentages import percent
from ..results import Diagnosis, InvertedTrigger, Suspect, TriggerKind
from . import pictures, wording
from .tables import Table

#: Folder beside the page that they lie in.
FOLDER = "triggers"

#: How a picture is to be read; said once on the page.
HOW_TO_READ = (
    "A patch replaces pixels; it is shown on grey, which stands for pixels it leaves alone. "
    "An added pattern changes every pixel a little; it is shown amplified, grey for no change: "
    "as it was used it can hardly be seen. They are what a search found, not what an attacker "
    "used: a backdoor may answer to several patterns, and classes without one have patterns too, "
    "larger or less successful."
)


#: What a diagnosis does not show; printed on every one.
CAVEAT = (
    "A suspect is a class that looks like the target of a backdoor to somebody who has nothing but "
    "the weights and some clean images; that is no proof. Benign models have suspects at times, "
    "and no suspect is no proof that there is no backdoor: one whose trigger covers the whole "
    "image, depends on the image, or leads to many classes may leave no trace that is looked for "
    "here."
)


@dataclass(frozen=True, kw_only=True, eq=False)
class TriggerPicture:
    """One trigger as a picture."""

    kind: TriggerKind
    label: int
    #: ``(height, width, channels)``.
    image: npt.NDArray[np.uint8]

    @property
    def file(self) -> str:
        """Where it lies, as seen from the page."""
        return f"{FOLDER}/class-{self.label}-{self.kind}.png"

    @property
    def png(self) -> bytes:
        """As large as it can be seen, every pixel kept."""
        return pictures.png(self.image)

    @property
    def data_uri(self) -> str:
        """The picture inside an address."""
        return f"data:image/png;base64,{base64.b64encode(self.png).decode('ascii')}"


@dataclass(frozen=True, kw_only=True)
class Told:
    """A class on the page: its evidence, and its triggers with what is said below them."""

    suspect: Suspect
    pictures: Sequence[tuple[TriggerPicture, str]]


def told(diagnosis: Diagnosis, drawn: Sequence[TriggerPicture], *, most: int) -> list[Told]:
    """The first classes with their pictures: all that are suspected, and some to compare with.

    Args:
        diagnosis: What was found.
        drawn: Pictures of its triggers.
        most: Classes to show where fewer are suspected.
    """
    by_place = {(picture.label, picture.kind): picture for picture in drawn}
    count = max(len(diagnosis.targets), most)
    return [
        Told(
            suspect=suspect,
            pictures=[
                (by_place[suspect.label, found.kind], caption(found))
                for found in (suspect.patch, suspect.additive)
                if found and (suspect.label, found.kind) in by_place
            ],
        )
        for suspect in diagnosis.suspects[:count]
    ]


def with_files(diagnosis: Diagnosis, drawn: Sequence[TriggerPicture]) -> Diagnosis:
    """The diagnosis, with the names of the files that show its triggers."""
    files = {(picture.label, picture.kind): picture.file for picture in drawn}
    return dataclasses.replace(
        diagnosis,
        suspects=tuple(
            dataclasses.replace(
                suspect,
                patch=_with_file(suspect.patch, files),
                additive=_with_file(suspect.additive, files),
            )
            for suspect in diagnosis.suspects
        ),
    )


def caption(found: InvertedTrigger) -> str:
    """What is said below the picture of a trigger."""
    if found.kind == "patch":
        return f"patch of {found.size:.3g} pixels: {percent(found.success)} succeed"
    return f"added, of length {found.size:.3g}: {percent(found.success)} succeed"


def headline(diagnosis: Diagnosis) -> str:
    """The finding in one line."""
    targets = diagnosis.targets
    if not targets:
        return "No class is suspected to be the target of a backdoor"
    named = ", ".join(str(label) for label in targets[:8])
    more = f" and {len(targets) - 8} more" if len(targets) > 8 else ""
    if len(targets) == 1:
        return f"Class {named} is suspected to be the target of a backdoor"
    return f"Classes {named}{more} are suspected to be targets of a backdoor"


def of_circumstances(diagnosis: Diagnosis) -> Table | None:
    """What the diagnosis was made from; ``None`` where a report around it says so."""
    known = diagnosis.circumstances
    if known is None:
        return None
    rows = [
        ("Model", f"{known.model.name} (SHA-256 {known.model.sha256})"),
        (
            "Clean images",
            f"{known.clean_validation.name}, {wording.count(known.clean_validation.n or 0)} "
            f"(SHA-256 {known.clean_validation.sha256})",
        ),
        ("Preprocessing", f"{known.preprocessing.name}: {known.preprocessing.reason}"),
        ("Seed", str(known.seed)),
        ("Device", known.device),
        *known.versions.items(),
    ]
    return Table(
        caption="What the diagnosis was made from",
        columns=("What", "Value"),
        rows=tuple((wording.printable(name), wording.printable(value)) for name, value in rows),
    )


def _with_file(
    found: InvertedTrigger | None, files: Mapping[tuple[int, TriggerKind], str]
) -> InvertedTrigger | None:
    if found is None:
        return None
    return dataclasses.replace(found, picture=files.get((found.label, found.kind)))
