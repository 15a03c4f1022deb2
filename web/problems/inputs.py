"""What to do about inputs that are not what they should be."""

import types
from collections.abc import Mapping

from core import errors as core_errors
from core.errors import ProjectError

from .advice import Advice

BAD_INPUT: Mapping[type[ProjectError], Advice] = types.MappingProxyType(
    {
        core_errors.InvalidInput: Advice(
            when="An input is not what it should be, in a way that none of the codes below names.",
            mend="Read the message; it says what was expected.",
        ),
        core_errors.InvalidParams: Advice(
            when=(
                "A method, a parameter or a name such as a preprocessing is unknown, out of range "
                "or of the wrong type."
            ),
            mend=(
                "`netmend methods` lists what there is, with ranges; so does "
                "[methods.md](methods.md)."
            ),
        ),
        core_errors.UnreadableFile: Advice(
            when="The file is not there or may not be read.",
            mend="Check path and permissions.",
        ),
        core_errors.UnsupportedFormat: Advice(
            mend="Models: `.h5` or `.keras`. Images: `.h5`, `.npz` or a zip of class folders.",
        ),
        core_errors.NotHdf5: Advice(
            when="The file is called `.h5` but is not HDF5.",
            mend=(
                "Perhaps a download ended in an error page, or Git LFS left a pointer: get the "
                "file again."
            ),
        ),
        core_errors.CorruptFile: Advice(
            mend="Copy or download it again and compare its size or checksum.",
        ),
        core_errors.TooLarge: Advice(
            mend="The details name the limit. Give fewer images, or a smaller model.",
        ),
        core_errors.UnsafeFile: Advice(
            when=(
                "The file contains links, external or virtual storage, compressed weights or the "
                "like, which are never followed."
            ),
            mend="Save the model or the data again, plainly, with a program that you trust.",
        ),
        core_errors.NotAModel: Advice(
            when="The file holds something else; often a data set was given as model.",
            mend="Give a Keras model here; on the command line, check the order of the arguments.",
        ),
        core_errors.UnsafeModel: Advice(
            when=(
                "A layer, an option or an object is not on the allow-list, for example a `Lambda` "
                "or a custom layer."
            ),
            mend=(
                "The message says where. Replace that layer by a standard one; models with code "
                "in them are never run."
            ),
        ),
        core_errors.WeightsOnlyModel: Advice(
            when="The file holds weights without an architecture, and no built-in one fits alone.",
            mend=(
                "Add `--architecture` with a name from the message or a file that "
                "`model.to_json()` wrote."
            ),
        ),
        core_errors.IncompatibleWeights: Advice(
            mend=(
                "The message names the first layer that differs. Give the architecture that the "
                "weights were trained with."
            ),
        ),
        core_errors.NonFiniteWeights: Advice(
            when="A weight of the model is NaN or infinite.",
            mend=(
                "The training that made the file diverged, or the file is damaged; get another "
                "copy."
            ),
        ),
        core_errors.UnknownLayer: Advice(
            when="A parameter names a layer that the model does not have.",
            mend="`netmend inspect MODEL` lists them.",
        ),
        core_errors.NoPrunableLayer: Advice(mend="Use `--method fine-tuning`."),
        core_errors.NoReadout: Advice(mend="Use `--method forget-and-distil`."),
        core_errors.NotADataset: Advice(
            when="The file is not a set of labelled images; often a model was given as data.",
            mend="An `.h5` or `.npz` needs `data` and `label`; a zip needs one folder a class.",
        ),
        core_errors.InvalidDataset: Advice(
            when="The data set is empty, has values that are not finite, or its meaning is open.",
            mend="The message says which, and the option that settles it.",
        ),
        core_errors.LabelOutOfRange: Advice(
            when="A label is negative, fractional or not below the number of classes of the model.",
            mend="Labels are 0 to N-1. Check that data and model belong together.",
        ),
        core_errors.WrongImageShape: Advice(
            when="The images do not have the height, width or channels that the model takes.",
            mend=(
                "The message says whether another `--layout` would fit; otherwise resize the "
                "images."
            ),
        ),
        core_errors.ClassCountMismatch: Advice(
            when="The data declare another number of classes than the model has.",
            mend="Check that data and model belong together.",
        ),
        core_errors.BaselineAtChance: Advice(
            when=(
                "On clean images the model is right about as often as guessing would be, under "
                "every preprocessing tried."
            ),
            mend=(
                "Usually preprocessing, layout or labels are wrong: declare them. If not, there "
                "is nothing to repair."
            ),
        ),
        core_errors.OutputExists: Advice(mend="Name another one, or remove it."),
        core_errors.OutputNotWritable: Advice(
            when=(
                "The results could not be written, perhaps because the disk is full. The partial "
                "output was removed. On a server the job is tried again after a while, and fails "
                "at the third time."
            ),
            mend="Make room or name another folder, and run it again.",
        ),
    }
)
