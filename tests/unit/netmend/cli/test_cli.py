import json
import signal

import pytest

from core import catalogue, errors
from netmend import cli
from netmend.cli import methods
from netmend.client import ProblemError, ServerUnreachable, WaitTimedOut
from service.errors import InvalidSettings

COMMANDS = (
    "repair", "diagnose", "evaluate", "inspect", "predict", "methods", "demo", "up", "web",
    "worker",
    "dispatcher", "doctor", "backup", "gc", "db upgrade", "login",
    "upload model", "upload dataset", "submit",
    "batch", "batches", "jobs", "watch", "compare", "retry", "cancel", "download",
)  # fmt: skip


@pytest.fixture
def raising(monkeypatch):
    """Lets `netmend methods` end with an error."""

    def arrange(error):
        def fail(*_, **__):
            raise error

        monkeypatch.setattr(methods.catalogue, "json_schema", fail)

    return arrange


def test_the_version_is_told(capsys):
    assert cli.run(["--version"]) == 0
    assert capsys.readouterr().out.startswith("netmend 0.")


def test_without_a_command_there_is_help(capsys):
    assert cli.run([]) == 2
    printed = capsys.readouterr().out
    assert all(command.split()[0] in printed for command in COMMANDS)


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help_with_an_example(command, capsys):
    assert cli.run([*command.split(), "--help"]) == 0
    assert f"netmend {command}" in capsys.readouterr().out.replace("Usage: netmend", "")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["nonsense"], "No such command 'nonsense'; see netmend --help"),
        (["repair"], "Missing"),
        (["repair", "--nonsense"], "No such option: --nonsense"),
        (["methods", "a", "b"], "unexpected extra argument"),
        (["demo", "--seed", "x"], "--seed"),
        (["methods", "nonsense"], "there is no method 'nonsense'"),
    ],
)
def test_wrong_usage_is_one_line_and_exit_code_2(arguments, message, capsys):
    assert cli.run(arguments) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line.startswith("error: ")
    assert message in line


def test_with_json_an_error_is_an_object_on_stdout(capsys):
    assert cli.run(["methods", "nonsense", "--json"]) == 2
    assert json.loads(capsys.readouterr().out)["error"]["code"] == "method-params-invalid"


@pytest.mark.parametrize(
    ("error", "exit_code"),
    [
        (errors.NotHdf5(), 2),
        (errors.OutputNotWritable(), 2),
        (errors.TrainingDiverged(), 3),
        (errors.ChildFailed(), 3),
        (errors.InternalError(), 3),
        (KeyboardInterrupt(), 130),
    ],
)
def test_each_error_has_its_exit_code(error, exit_code, raising, capsys):
    raising(error)
    assert cli.run(["methods"]) == exit_code
    assert len(capsys.readouterr().err.splitlines()) == 1


def test_sigterm_is_an_interruption():
    with pytest.raises(KeyboardInterrupt):
        cli._interrupt(signal.SIGTERM, None)


def test_methods_are_listed(capsys):
    assert cli.run(["methods"]) == 0
    printed = capsys.readouterr().out
    assert all(name in printed for name in catalogue.METHODS)


def test_a_method_is_shown_with_defaults_and_limits(capsys):
    assert cli.run(["methods", "fine-pruning"]) == 0
    printed = capsys.readouterr().out
    assert "integer, 1 to 4096" in printed
    assert "mean-activation or apoz" in printed


def test_methods_as_json_are_their_schemas(capsys):
    assert cli.run(["methods", "fine-tuning", "--json"]) == 0
    schema = catalogue.json_schema(catalogue.FineTuning)
    assert json.loads(capsys.readouterr().out) == schema


def test_a_bug_is_one_line_and_its_trace_is_kept_in_a_log(raising, capsys, tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    raising(ZeroDivisionError("secret"))
    assert cli.run(["methods", "fine-tuning", "--json"]) == 3
    told = capsys.readouterr()
    (log,) = tmp_path.iterdir()
    assert told.err.count("\n") == 1 and str(log) in told.err
    assert "secret" not in told.err + told.out
    assert "ZeroDivisionError: secret" in log.read_text()


def test_what_a_child_said_of_its_own_bug_is_in_the_log(raising, tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    bug = errors.InternalError()
    bug.add_note("trace of the child")
    raising(bug)
    assert cli.run(["methods", "fine-tuning", "--json"]) == 3
    (log,) = tmp_path.iterdir()
    assert "trace of the child" in log.read_text()


@pytest.mark.parametrize(
    ("error", "exit_code"),
    [
        (ProblemError("the token is not valid", code="unauthenticated", status=401), 4),
        (ProblemError("it has ended", code="job-not-cancelable", status=409), 2),
        (ServerUnreachable("no answer"), 4),
        (errors.Canceled("the job was canceled"), 5),
        (WaitTimedOut("it goes on"), 6),
        (InvalidSettings("NETMEND_WEB_PORT: not a number"), 2),
    ],
)
def test_what_goes_wrong_with_a_server_has_exit_codes_of_its_own(raising, error, exit_code, capsys):
    raising(error)
    assert cli.run(["methods", "--json"]) == exit_code
    assert json.loads(capsys.readouterr().out)["error"]["code"] == error.code
