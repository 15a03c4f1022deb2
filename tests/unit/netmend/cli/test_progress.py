import io

import pytest
from rich.console import Console

from core.results import Event
from netmend.cli import progress, terminal

PRUNING = [Event(stage="prune", current=step, total=60) for step in range(61)]


@pytest.fixture
def screen(monkeypatch):
    """A terminal, as a file."""
    console = Console(file=io.StringIO(), force_terminal=True, width=100)
    monkeypatch.setattr(terminal, "stderr", lambda: console)
    return console


def _shown(events, *, quiet=False):
    with progress.shown(quiet=quiet) as on_event:
        list(map(on_event, events))


def test_quiet_shows_nothing(capsys):
    _shown(PRUNING, quiet=True)
    assert capsys.readouterr() == ("", "")


def test_a_pipe_gets_a_line_for_each_stage_however_many_steps_it_has(capsys):
    _shown([*PRUNING, Event(stage="finetune", current=0, total=20), *PRUNING])
    assert capsys.readouterr().err.splitlines() == ["prune", "fine-tune", "prune"]


def test_a_pipe_gets_what_there_is_to_say(capsys):
    _shown([Event(stage="baseline", message="trying\nall"), Event(stage="baseline", current=1)])
    assert capsys.readouterr().err.splitlines() == ["measure the model as it is: trying all"]


def test_a_stage_without_a_phrase_goes_by_its_name(capsys):
    _shown([Event(stage="distil")])
    assert capsys.readouterr().err == "distil\n"


def test_nothing_goes_to_stdout(capsys):
    _shown(PRUNING)
    assert capsys.readouterr().out == ""


def test_a_terminal_gets_bars_with_figures(screen):
    _shown([*PRUNING, Event(stage="finetune", current=3, total=20, metric={"loss": 0.25})])
    drawn = screen.file.getvalue()
    assert "fine-tune" in drawn
    assert "3/20" in drawn
    assert "loss 0.25" in drawn


def test_the_bar_of_a_stage_that_is_over_is_full(screen):
    _shown([Event(stage="prune", current=1, total=60), Event(stage="finetune", current=0, total=9)])
    assert "60/60" in screen.file.getvalue()
