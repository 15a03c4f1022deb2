"""`netmend batch` and `netmend batches`."""

import csv
import json

import pytest

from core.errors import TrainingDiverged
from netmend import cli


@pytest.fixture
def described(tmp_path, files):
    """A file that describes a batch of four jobs."""
    path = tmp_path / "lab.toml"
    path.write_text("""
name = "lab 3"
models = ["model.h5", {file = "other.h5", architecture = "deepid-1283"}]
max_accuracy_drops = ["2%"]
seeds = [0, 1]
[[data]]
clean_validation = "clean_validation.h5"
poisoned_test = [{file = "poisoned_test.h5", labels = "original", target_label = 3}]
[[methods]]
name = "fine-tuning"
params = {epochs = 1}
""")
    return path


@pytest.fixture
def batch_id(run, described):
    return run("batch", described, "--json")[1]["id"]


@pytest.fixture
def failing(service):
    """Lets the first repair fail."""
    service.failures = [TrainingDiverged()]


def test_a_file_describes_a_batch(run, described):
    code, batch = run("batch", described, "--json")
    assert (code, batch["n_jobs"], batch["name"]) == (0, 4, "lab 3")
    assert batch["request"]["max_accuracy_drops"] == [0.02]
    assert batch["request"]["labels"]["models"] == ["model.h5", "other.h5"]


def test_the_same_may_be_said_in_json(run, tmp_path, files):
    path = tmp_path / "lab.json"
    data = [{"clean_validation": "clean_validation.h5"}]
    path.write_text(json.dumps({"models": ["model.h5"], "data": data}))
    assert run("batch", path, "--json")[1]["n_jobs"] == 1


def test_options_describe_a_batch_too(run, files):
    code, batch = run(
        "batch", "--model", files["model"], "--model", files["other"],
        "--clean-validation", files["clean_validation"], "--method", "fine-pruning",
        "--method", "fine-tuning", "--budget", "1%", "--budget", "0.2", "--seed", "5", "--json",
    )  # fmt: skip
    assert (code, batch["n_jobs"]) == (0, 8)
    assert batch["request"]["max_accuracy_drops"] == [0.01, 0.2]


def test_options_take_the_place_of_what_the_file_says(run, described):
    _, batch = run("batch", described, "--seed", "7", "--name", "other", "--json")
    assert (batch["request"]["seeds"], batch["name"], batch["n_jobs"]) == ([7], "other", 2)


def test_the_same_bytes_are_one_model(run, tmp_path, files):
    (tmp_path / "copy.h5").write_bytes(files["model"].read_bytes())
    options = ("--clean-validation", files["clean_validation"], "--json")
    code, answer = run(
        "batch", "--model", files["model"], "--model", tmp_path / "copy.h5", *options
    )
    assert (code, answer["error"]["message"]) == (2, "models.1: names something twice")


def test_a_dry_run_submits_nothing(run, described):
    _, before = run("batches", "--json")
    code, plan = run("batch", described, "--dry-run", "--json")
    _, after = run("batches", "--json")
    assert (code, plan["n_jobs"], len(after) - len(before)) == (0, 4, 0)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("models = 3", "models must be a list"),
        ("models = [3]", "models are files or ids"),
        ('models = ["a.h5"]', "there are no data"),
        ("seeds = [0", "is no TOML"),
        ("[[data]]\nx = 1", "needs clean_validation"),
        ('[[data]]\nclean_validation = "a"\nx = 1', "data know no x"),
        ('[[data]]\nclean_validation = {file = "a", role = "x"}', "data know no role"),
        ('models = [{file = "a.h5", x = 1}]', "models know no x"),
        ('models = ["model.h5"]\ncolour = 1\n[[data]]\nclean_validation = "model.h5"', "colour"),
        ('models = ["model.h5"]\nseeds = [-1]\n[[data]]\nclean_validation = "model.h5"', "seeds.0"),
    ],
)
def test_a_description_that_makes_no_sense_is_refused(run, files, text, told):
    path = files["model"].with_name("lab.toml")
    path.write_text(text)
    code, answer = run("batch", path, "--json")
    assert (code, told in answer["error"]["message"]) == (2, True)


def test_a_file_that_is_not_there_is_refused_before_anything_is_sent(run, described, files):
    files["poisoned_test"].unlink()
    code, answer = run("batch", described, "--json")
    assert (code, answer["error"]["code"]) == (2, "unreadable-file")


def test_a_batch_is_shown_with_a_row_for_each_job(run, service, batch_id):
    service.work()
    code, out = run("batches", batch_id)
    rows = [" ".join(line.split()) for line in out.splitlines()]
    assert (code, "4 succeeded" in out) == (0, True)
    assert "other.h5 poisoned_test.h5 seed 1 repaired 98.0% → 95.0% 99.0% → 10.0%" in rows, rows


def test_progress_is_a_line_for_each_change(service, batch_id, capsys, monkeypatch):
    looks = iter([lambda: None, service.work])
    monkeypatch.setattr("netmend.client.batches.time.sleep", lambda _: next(looks)())
    assert cli.run(["batches", batch_id, "--watch"]) == 0
    lines = capsys.readouterr().err.splitlines()
    assert lines == ["jobs: 1 succeeded, 3 queued", "jobs: 4 succeeded"]


def test_results_are_in_csv(run, service, batch_id):
    service.work()
    _, out = run("batches", batch_id, "--csv")
    rows = list(csv.DictReader(out.splitlines()))
    assert [row["seed 1: attack_success_rate_after"] for row in rows] == ["0.1", "0.1"]


def test_batches_are_listed(run, batch_id):
    code, out = run("batches", "-n", "1")
    assert (code, batch_id in out, "lab 3" in out) == (0, True, True)


def test_watching_ends_with_the_batch(run, service, batch_id):
    service.work()
    assert run("batches", batch_id, "--watch", "--quiet")[0] == 0


def test_a_batch_with_a_job_that_failed_is_exit_code_3(run, failing, service, batch_id):
    service.work()
    assert run("batches", batch_id, "--watch", "--quiet")[0] == 3


def test_what_failed_is_tried_again(run, failing, service, batch_id):
    service.work()
    run("batches", batch_id, "--retry-failed")
    service.work()
    code, found = run("batches", batch_id, "--watch", "--json")
    assert (code, found["n_replaced"], found["states"]) == (0, 1, {"succeeded": 4})


def test_a_batch_that_is_canceled_is_exit_code_5(run, batch_id):
    _, found = run("batches", batch_id, "--cancel", "--json")
    assert found["states"] == {"succeeded": 1, "canceled": 3}
    assert run("batches", batch_id, "--watch", "--quiet")[0] == 5


def test_a_wait_that_is_over_is_exit_code_6(run, batch_id):
    code, answer = run("batches", batch_id, "--watch", "--timeout", "0", "--json")
    assert (code, answer["error"]["code"]) == (6, "wait-timed-out")


def test_something_to_do_needs_a_batch(run):
    assert run("batches", "--cancel")[0] == 2


def test_seeds_reactivation_and_known_targets_count_for_every_job(run, described):
    options = ("--seeds", "3", "--no-reactivation", "--goodnet-target", "5", "--queue", "gpu")
    code, batch = run("batch", described, *options, "--json")
    asked = batch["request"]
    assert (code, batch["n_jobs"], asked["n_seeds"], asked["reactivation"]) == (0, 4, 3, False)
    assert asked["goodnet"]["targets"] == [5]


def test_targets_of_the_command_line_leave_the_rest_of_the_n_plus_1_model_to_the_file(
    run, described
):
    said = "n_seeds = 2\ngoodnet = {rule = 'target-aware', targets = [1]}\n"
    described.write_text(said + described.read_text())
    asked = run("batch", described, "--goodnet-target", "5", "--json")[1]["request"]
    assert (asked["n_seeds"], asked["goodnet"]["rule"]) == (2, "target-aware")
    assert asked["goodnet"]["targets"] == [5]
