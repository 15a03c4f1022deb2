"""The flag is seen across a fork."""

import os

from worker.draining import DrainingFlag


def test_it_is_down_until_it_is_raised():
    flag = DrainingFlag()
    assert not flag.is_set()
    flag.set()
    assert flag.is_set()


def test_a_forked_process_shares_it():
    flag = DrainingFlag()
    child = os.fork()
    if child == 0:
        flag.set()
        os._exit(0)
    os.waitpid(child, 0)
    assert flag.is_set()
