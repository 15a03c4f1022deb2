"""What is said about a kind of error, beside what its class says."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Advice:
    """What to do about an error; in Markdown, one line."""

    mend: str
    #: When it happens, where the class itself says too little.
    when: str | None = None
