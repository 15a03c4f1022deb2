"""How an attempt at a job ends when it is neither done nor at fault."""


class Stopped(Exception):
    """This attempt is over; whatever it has made is thrown away."""


class LeaseLost(Stopped):
    """The job is somebody else's by now, or may be: nothing more may be written about it."""


class ChildLost(Stopped):
    """The child was killed from outside, as the system does when memory runs out."""


class CancelWanted(Stopped):
    """Somebody wants the job canceled."""


class Draining(Stopped):
    """This worker is to end; another one takes the job."""
