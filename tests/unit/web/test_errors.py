"""What can be wrong with a request."""

import inspect

from core import errors as core_errors
from service import errors as service_errors
from web import errors


def _codes(module):
    kinds = [kind for _, kind in inspect.getmembers(module, inspect.isclass)]
    return {kind.code for kind in kinds if kind.__module__ == module.__name__}


def test_each_has_a_code_that_nobody_else_has():
    assert not _codes(errors) & (_codes(core_errors) | _codes(service_errors))
