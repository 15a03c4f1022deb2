"""What can keep `netmend up` from running."""

from core.errors import InvalidInput, ProjectError


class AlreadyRunning(InvalidInput):
    """Another `netmend up` uses this state folder."""

    code = "already-running"


class AddressNotFree(InvalidInput):
    """The address that the server should listen on cannot be had."""

    code = "address-not-free"


class BrokerMissing(ProjectError):
    """There is no Valkey or Redis server to start."""

    code = "broker-missing"


class ProcessKeepsEnding(ProjectError):
    """One of the processes of the service ends again and again."""

    code = "process-keeps-ending"
