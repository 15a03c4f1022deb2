"""What to do to a net, as it is named on a command line."""

import sys

from core import errors
from core.catalogue import parse

from .cells import Treatment


def named(text: str) -> Treatment:
    """What NAME or NAME:param=value,… says; where that is unknown, the program ends, saying so."""
    treatment = Treatment.parse(text)
    try:
        parse(treatment.method, treatment.params)
    except errors.InvalidParams as error:
        sys.exit(str(error))
    return treatment
