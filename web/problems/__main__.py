"""Prints docs/errors.md: ``python -m web.problems > docs/errors.md``."""

import sys

from . import markdown

sys.stdout.write(markdown())
