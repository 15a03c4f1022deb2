"""How every process of the service logs: a line an event on stderr, without secrets."""

import logging
import re
import sys
from typing import Any

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

from .settings import Settings

#: They tell each packet and each header at the level ``debug``; nobody asked for those.
_TALKATIVE = ("amqp", "boto3", "botocore", "httpcore", "httpx", "kombu", "urllib3")
#: Passwords in the address of a server, and our tokens.
_SECRETS = re.compile(r"(?P<before>://[^\s:/@]*:)[^\s@]+(?=@)|(?P<kind>\bnmt_)[\w.-]+")
_HIDDEN = "***"


def configure(settings: Settings, **always: object) -> None:
    """Send what structlog and the standard library log to stderr, in the form of the settings.

    May be called again; the last call counts.

    Args:
        settings: How much is logged, and whether for people or for programs.
        always: What each line says beside its event, such as the process.
    """
    level = logging.getLevelNamesMapping()[settings.log_level.upper()]
    shared = _shared(always)
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[structlog.stdlib.ExtraAdder(), *shared],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                *_renderers(settings),
            ],
        )
    )
    logging.basicConfig(handlers=[handler], level=level, force=True)
    logging.captureWarnings(capture=True)
    for name in _TALKATIVE:
        logging.getLogger(name).setLevel(max(level, logging.INFO))
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
    )


def hide_secrets(text: str) -> str:
    """The same text, with stars for the passwords of addresses and for tokens."""
    return _SECRETS.sub(lambda found: (found["before"] or found["kind"]) + _HIDDEN, text)


def _shared(always: dict[str, object]) -> list[Processor]:
    """What is done to every event, whoever logs it."""

    def add_always(_: WrappedLogger, __: str, event: EventDict) -> EventDict:
        return {**always, **event}

    return [
        structlog.contextvars.merge_contextvars,
        add_always,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        # Not one that shows the locals of each frame: there are tokens and passwords among them.
        structlog.processors.format_exc_info,
    ]


def _renderers(settings: Settings) -> list[Processor]:
    if settings.log_format == "json":
        as_text: Processor = structlog.processors.JSONRenderer(default=str)
    else:
        as_text = structlog.dev.ConsoleRenderer(colors=False, pad_event_to=0)
    return [as_text, _hide]


def _hide(_: WrappedLogger, __: str, rendered: Any) -> str:
    return hide_secrets(rendered)  # the last processor gets the text, not the event
