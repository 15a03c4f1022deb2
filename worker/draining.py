"""Whether this worker is to end; told in the main process, asked in those that do the jobs."""

import mmap


class DrainingFlag:
    """A flag that processes share which were forked after it was made.

    One byte of shared memory and no lock: a process that is killed while it looks at the flag
    leaves nothing locked behind.
    """

    def __init__(self) -> None:
        self._memory = mmap.mmap(-1, 1)

    def is_set(self) -> bool:
        """Whether it was raised."""
        return self._memory[0] != 0

    def set(self) -> None:
        """Raise it, for good."""
        self._memory[0] = 1
