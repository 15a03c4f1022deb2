"""The options of all commands, each with its help; what they are called is in the commands."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from core import preprocessing
from core.requests import MAX_SEEDS, GoodNetRule

from .. import testfiles
from . import parsing, uploads

_REPAIR = "Repair"
_MEASURE = "What it is measured on"
_FILES = "What the files hold"
_GOOD_NET = "N+1 model"
_GATE = "Gate: exit code 1 where a limit is not met"

ModelFile = Annotated[Path, typer.Argument(metavar="MODEL", help="Model file: .h5 or .keras.")]
AnyFile = Annotated[Path, typer.Argument(metavar="FILE", help="A model or a set of images.")]
GoodNetFile = Annotated[
    Path,
    typer.Argument(metavar="GOODNET", help="goodnet.h5 of a repair; any other model will do."),
]
Images = Annotated[
    list[Path],
    typer.Argument(metavar="IMAGE...", help="Pictures (PNG, JPEG, BMP), or one .h5 or .npz file."),
]
MethodName = Annotated[
    str | None, typer.Argument(metavar="[NAME]", help="Show the parameters of this one.")
]
Output = Annotated[
    Path,
    typer.Option("--output", "-o", metavar="FOLDER", help="Folder to make for the results."),
]
OptionalOutput = Annotated[
    Path | None,
    typer.Option(
        "--output", "-o",
        metavar="FOLDER", help="Folder to make for the results; netmend-demo if not given.",
    ),
]  # fmt: skip
AsJson = Annotated[bool, typer.Option("--json", help="Print the result as JSON.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Show no progress.")]

CleanValidation = Annotated[
    Path,
    typer.Option(metavar="FILE", help="Clean images that the repair may use: .h5, .npz or .zip."),
]
Unlabelled = Annotated[
    Path | None,
    typer.Option(
        metavar="FILE|FOLDER",
        help="More images of the same kind; labels are not read, so a folder of pictures will do.",
        rich_help_panel=_REPAIR,
    ),
]
ForDiagnosis = Annotated[
    Path,
    typer.Option(
        "--clean-validation",
        metavar="FILE", help="Clean images to search triggers with: .h5, .npz or .zip.",
    ),
]  # fmt: skip
DiagnosisOutput = Annotated[
    Path | None,
    typer.Option(
        "--output", "-o",
        metavar="FOLDER", help="Folder to make for the page and the pictures; none if not given.",
    ),
]  # fmt: skip
ForPreprocessing = Annotated[
    Path | None,
    typer.Option(metavar="FILE", help="Clean images to try the preprocessings on."),
]
CleanTest = Annotated[
    Path | None,
    typer.Option(metavar="FILE", help="Clean images to measure on.", rich_help_panel=_MEASURE),
]
PoisonedTest = Annotated[
    list[Path] | None,
    typer.Option(
        metavar="FILE",
        help="Images with a trigger, to measure on; once for each trigger.",
        rich_help_panel=_MEASURE,
    ),
]
Method = Annotated[
    str,
    typer.Option(metavar="NAME", help="Method; see 'netmend methods'.", rich_help_panel=_REPAIR),
]
Settings = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="NAME=VALUE",
        help="Parameter of the method; once for each.",
        rich_help_panel=_REPAIR,
    ),
]
MaxAccuracyDrops = Annotated[
    list[float],
    typer.Option(
        parser=parsing.fraction,
        metavar="SHARE",
        help="Clean accuracy that the repair may cost, as 0.04 or 4%; "
        "given several times, there is a repair for each.",
        rich_help_panel=_REPAIR,
    ),
]
Seed = Annotated[
    int,
    typer.Option(min=0, max=2**32 - 1, help="Same seed, same result.", rich_help_panel=_REPAIR),
]
_SEEDS = typer.Option(
    "--seeds",
    min=1,
    max=MAX_SEEDS,
    metavar="N",
    help="Repair with N seeds, counted up from --seed, and report how they differ; "
    "the first is delivered.",
    rich_help_panel=_REPAIR,
)
_REACTIVATION = typer.Option(
    "--reactivation/--no-reactivation",
    help="Try whether five poisoned images bring the backdoor back.",
    rich_help_panel=_MEASURE,
)
_TRACES = typer.Option(
    "--traces/--no-traces",
    help="Look at the suspects of a diagnosis once more in the repaired model.",
    rich_help_panel=_MEASURE,
)
_QUEUE = typer.Option(help="The workers that are to do it.")
Seeds = Annotated[int, _SEEDS]
Reactivation = Annotated[bool, _REACTIVATION]
Traces = Annotated[bool, _TRACES]
Queue = Annotated[Literal["cpu", "gpu"], _QUEUE]
#: The same where a file or an older job says what holds if nothing is given.
OtherSeeds = Annotated[int | None, _SEEDS]
OtherReactivation = Annotated[bool | None, _REACTIVATION]
OtherTraces = Annotated[bool | None, _TRACES]
OtherQueue = Annotated[Literal["cpu", "gpu"] | None, _QUEUE]
Preprocessing = Annotated[
    str,
    typer.Option(
        metavar="NAME",
        help="How stored pixels become what the model takes: auto, "
        f"{', '.join(preprocessing.PREPROCESSINGS)}.",
        rich_help_panel=_FILES,
    ),
]
KnownPreprocessing = Annotated[
    str | None,
    typer.Option(
        metavar="NAME",
        help="How stored pixels become what the model takes; a good net knows by itself.",
    ),
]
Layout = Annotated[
    uploads.Layout,
    typer.Option(help="Where the channels of the images are.", rich_help_panel=_FILES),
]
Classes = Annotated[
    int | None,
    typer.Option(
        min=1,
        metavar="N",
        help="Number of classes that the model must have.",
        rich_help_panel=_FILES,
    ),
]
PoisonedLabelsMean = Annotated[
    list[str] | None,
    typer.Option(
        metavar=f"[{'|'.join(testfiles.LABEL_MEANINGS)}]",
        help="Labels of a poisoned set: where the trigger sends its images, or their "
        "original classes. For each set in order, or once for all.",
        rich_help_panel=_FILES,
    ),
]
TargetLabel = Annotated[
    list[int] | None,
    typer.Option(
        min=0,
        metavar="K",
        help="Class that the trigger forces, where the labels are the original ones. "
        "For each set in order, or once for all.",
        rich_help_panel=_FILES,
    ),
]
Architecture = Annotated[
    str | None,
    typer.Option(
        metavar="NAME|FILE",
        help="For a file of weights alone: a built-in architecture, or a file that "
        "model.to_json() wrote.",
        rich_help_panel=_FILES,
    ),
]
BuiltInArchitecture = Annotated[
    str | None,
    typer.Option(
        "--architecture",
        metavar="NAME",
        help="For a file of weights alone: a built-in architecture.",
        rich_help_panel=_FILES,
    ),
]
Rule = Annotated[
    GoodNetRule,
    typer.Option(
        help="What is flagged: every disagreement of the two models; so many that a declared share "
        "of clean images is among them; only those where the model as it came answers a suspected "
        "target. Auto takes the last one where there are suspects.",
        rich_help_panel=_GOOD_NET,
    ),
]
FalsePositiveRate = Annotated[
    float,
    typer.Option(
        parser=parsing.fraction,
        metavar="SHARE",
        help="Share of clean images that the calibrated and the target-aware rule may flag.",
        rich_help_panel=_GOOD_NET,
    ),
]
GoodNetTargets = Annotated[
    list[int] | None,
    typer.Option(
        "--goodnet-target",
        min=0,
        metavar="K",
        help="Class known to be a target, in the place of those suspected; once for each.",
        rich_help_panel=_GOOD_NET,
    ),
]
GateAttackSuccess = Annotated[
    float | None,
    typer.Option(
        parser=parsing.fraction,
        metavar="SHARE",
        help="Largest attack success rate, by the upper end of its 95 % interval.",
        rich_help_panel=_GATE,
    ),
]
GateDrop = Annotated[
    float | None,
    typer.Option(
        parser=parsing.fraction,
        metavar="SHARE",
        help="Largest drop of clean accuracy on the test images.",
        rich_help_panel=_GATE,
    ),
]
