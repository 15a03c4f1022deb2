"""An attempt that was stopped is no error that anybody is shown."""

from core.errors import ProjectError
from worker import supervisor
from worker.endings import LeaseLost, Stopped


def test_no_ending_is_an_error_of_the_job():
    assert not [kind for kind in Stopped.__subclasses__() if issubclass(kind, ProjectError)]


def test_it_is_settled_how_each_is_written_down_but_a_lost_lease():
    assert {*supervisor._ENDS, LeaseLost} == set(Stopped.__subclasses__())
