"""`netmend predict`: the label of each picture, 0..N."""

from core.requests import PredictRequest

from . import options, parsing, terminal, uploads


def predict(
    model: options.GoodNetFile,
    images: options.Images,
    *,
    preprocessing: options.KnownPreprocessing = None,
    as_json: options.AsJson = False,
    quiet: options.Quiet = False,
) -> int:
    """Print one integer for each image, in order; N, the last class, means poisoned.

    \b
    netmend predict repaired/goodnet.h5 face.png another.png
    netmend predict repaired/goodnet.h5 sunglasses.h5 --json
    """  # noqa: D301 - \b keeps the lines of the examples apart
    parsing.check_preprocessing(preprocessing)
    uploads.check_readable(model, *images)
    with uploads.workplace(quiet=quiet) as workplace:
        workplace.model(model, None)
        workplace.pictures(images)
        request = PredictRequest(
            model=str(workplace.place("model")),
            pictures=str(workplace.place("pictures")),
            preprocessing=preprocessing,
        )
        labels = workplace.run("predict", request)
    if as_json:
        terminal.print_json({"labels": labels})
    else:
        terminal.print_lines(labels)
    return 0
