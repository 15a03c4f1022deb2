"""The command line; each command has a file of its own."""

import importlib.metadata
import io
import os
import shlex
import signal
import sys
from collections.abc import Sequence
from types import FrameType
from typing import Annotated, NoReturn

import typer

from core import errors
from service import errors as service_errors

from ..client.errors import ProblemError, WaitTimedOut
from . import (
    audit,
    backup,
    batch,
    batches,
    cancel,
    compare,
    db,
    demo,
    diagnose,
    dispatcher,
    doctor,
    download,
    evaluate,
    gc,
    inspect,
    jobs,
    login,
    methods,
    predict,
    repair,
    retry,
    submit,
    terminal,
    tries,
    up,
    upload,
    user,
    watch,
    web,
    worker,
)

#: Exit codes; 1 is a gate that was not met.
_BAD_INPUT, _FAILED, _NO_SERVER, _CANCELED, _TIMED_OUT, _INTERRUPTED = 2, 3, 4, 5, 6, 130

#: What the caller can mend: also where the results go, by another folder or a disk with room.
_MENDABLE = (
    errors.InvalidInput, errors.OutputNotWritable,
    service_errors.InvalidSettings, service_errors.InvalidRequest, service_errors.NotFound,
    service_errors.Conflict, service_errors.Forbidden,
)  # fmt: skip

_SERVICE, _SERVER = "Run the service", "Work with a server"


def main() -> NoReturn:
    """What `netmend` runs: a command with the arguments of this process."""
    signal.signal(signal.SIGTERM, _interrupt)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")  # a file name need not be text
    try:
        exit_code = run(sys.argv[1:])
        sys.stdout.flush()
    except BrokenPipeError:  # whoever read the output has read enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        exit_code = _FAILED
    sys.exit(exit_code)


def run(arguments: Sequence[str]) -> int:
    """Run a command and tell of errors.

    Args:
        arguments: What stands behind `netmend`.

    Returns:
        Exit code: 0 done, 1 a gate was not met, 2 bad input, 3 failed, 4 no answer from the
        server or none for us, 5 canceled, 6 the wait timed out, 130 interrupted.
    """
    as_json = "--json" in arguments
    try:
        return _invoke(arguments)
    except KeyboardInterrupt:
        terminal.print_error(errors.Canceled("interrupted; nothing was written"), as_json=as_json)
        return _INTERRUPTED
    except errors.InternalError as error:
        return _tell_of_a_bug(error, as_json=as_json)
    except errors.ProjectError as error:
        terminal.print_error(error, as_json=as_json)
        return _exit_code(error)
    except Exception as error:  # noqa: BLE001 - the border to people: they get one line and a log
        return _tell_of_a_bug(error, as_json=as_json)


def make_app() -> typer.Typer:
    """All commands as one application."""
    app = typer.Typer(add_completion=False, rich_markup_mode="rich")
    app.callback(invoke_without_command=True)(_netmend)
    app.command()(repair.repair)
    app.command()(diagnose.diagnose)
    app.command()(evaluate.evaluate)
    app.command()(inspect.inspect)
    app.command()(predict.predict)
    app.command()(methods.methods)
    app.command()(demo.demo)
    _add_server_commands(app)
    return app


def _add_server_commands(app: typer.Typer) -> None:
    for own in (login.login, submit.submit, batch.batch, jobs.jobs, batches.batches, watch.watch):
        app.command(rich_help_panel=_SERVER)(own)
    for other in (compare.compare, retry.retry, cancel.cancel):
        app.command(rich_help_panel=_SERVER)(other)
    app.command(rich_help_panel=_SERVER)(download.download)
    app.command("try", rich_help_panel=_SERVER)(tries.try_)
    app.add_typer(upload.make_app(), name="upload", rich_help_panel=_SERVER)
    for part in (up.up, web.web, worker.worker, dispatcher.dispatcher):
        app.command(rich_help_panel=_SERVICE)(part)
    app.add_typer(db.make_app(), name="db", rich_help_panel=_SERVICE)
    app.add_typer(user.make_app(), name="user", rich_help_panel=_SERVICE)
    app.add_typer(audit.make_app(), name="audit", rich_help_panel=_SERVICE)
    for care in (doctor.doctor, backup.backup, gc.gc):
        app.command(rich_help_panel=_SERVICE)(care)


def _exit_code(error: errors.ProjectError) -> int:
    if isinstance(error, WaitTimedOut):
        return _TIMED_OUT
    if isinstance(error, errors.Canceled):
        return _CANCELED
    if isinstance(error, ProblemError):
        return _BAD_INPUT if error.is_mendable else _NO_SERVER
    return _BAD_INPUT if isinstance(error, _MENDABLE) else _FAILED


def _invoke(arguments: Sequence[str]) -> int:
    command = typer.main.get_command(make_app())
    as_typed = shlex.join(["netmend", *arguments])
    try:
        with command.make_context("netmend", list(arguments), obj=as_typed) as context:
            exit_code: int = command.invoke(context)
            return exit_code
    except typer.Exit as end:
        return end.exit_code
    except typer.TyperException as error:
        raise errors.InvalidInput(error.format_message(), hint=_where_to_look(error)) from error


def _netmend(
    context: typer.Context,
    *,
    version: Annotated[bool, typer.Option("--version", help="Show the version.")] = False,
) -> int:
    """Repair backdoored Keras image classifiers: prune, fine-tune, measure, report.

    \b
    netmend demo
    netmend repair bad.h5 --clean-validation valid.h5 -o repaired
    """  # noqa: D301 - \b keeps the lines of the examples apart
    if version:
        terminal.say(f"netmend {importlib.metadata.version('netmend')}")
        raise typer.Exit
    if context.invoked_subcommand is None:
        terminal.print_lines([context.get_help()])
        raise typer.Exit(_BAD_INPUT)
    return 0


def _tell_of_a_bug(error: Exception, *, as_json: bool) -> int:
    log = terminal.keep_trace(error)
    told = errors.InternalError(f"something went wrong inside netmend; please report it with {log}")
    terminal.print_error(told, as_json=as_json)
    return _FAILED


def _where_to_look(error: typer.TyperException) -> str:
    context = getattr(error, "ctx", None)
    return f"see {context.command_path if context else 'netmend'} --help"


def _interrupt(_signal: int, _frame: FrameType | None) -> NoReturn:
    raise KeyboardInterrupt
