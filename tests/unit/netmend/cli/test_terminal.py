import json

from hypothesis import given
from hypothesis import strategies as st

from core import errors
from netmend.cli import terminal


def test_an_error_is_one_line_on_stderr(capsys):
    terminal.print_error(errors.NotHdf5("first\nsecond"), as_json=False)
    printed = capsys.readouterr()
    assert (printed.out, printed.err) == ("", "error: first second\n")


def test_a_hint_follows_the_message_unless_it_is_part_of_it(capsys):
    terminal.print_error(errors.NotHdf5("bad.", hint="mend it"), as_json=False)
    terminal.print_error(errors.NotHdf5("bad; mend it", hint="mend it"), as_json=False)
    assert capsys.readouterr().err.splitlines() == ["error: bad; mend it"] * 2


def test_for_programs_an_error_is_an_object_on_stdout_too(capsys):
    terminal.print_error(errors.NotHdf5("bad", expected="HDF5"), as_json=True)
    assert json.loads(capsys.readouterr().out) == {
        "error": {"code": "not-hdf5", "message": "bad", "details": {"expected": "HDF5"}}
    }


def test_what_a_file_calls_itself_cannot_command_the_terminal(capsys):
    terminal.say("\x1b[2Jgone [red]not markup[/red] \u202eabc")
    assert capsys.readouterr().out == "�[2Jgone [red]not markup[/red] �abc\n"


def test_nothing_in_a_table_is_markup(capsys):
    terminal.print_table(("Name",), [("[bold]x[/bold]\x07",)])
    assert "[bold]x[/bold]�" in capsys.readouterr().out


def test_long_lines_are_not_broken(capsys):
    terminal.say("word " * 100)
    assert len(capsys.readouterr().out.splitlines()) == 1


@given(st.text())
def test_one_line_is_one_printable_line(text):
    line = terminal.one_line(text)
    assert line == "" or line.isprintable()
