"""`netmend submit`, and the jobs that come of it."""

import pytest


@pytest.fixture
def submit(run, files):
    """A function: what `netmend submit` with these options answers."""

    def submit(*options):
        return run(
            "submit", files["model"], "--clean-validation", files["clean_validation"],
            "--poisoned-test", files["poisoned_test"], *options, "--json",
        )  # fmt: skip

    return submit


def _dataset(service, request, place=0):
    client = service.app.test_client()
    headers = {"Authorization": f"Bearer {service.token}"}
    dataset_id = request["data"]["poisoned_test"][place]
    return client.get(f"/api/v1/datasets/{dataset_id}", headers=headers).get_json()


def test_what_is_said_of_files_goes_with_them(service, submit):
    code, job = submit("--poisoned-labels", "original", "--target-label", "3", "--layout", "NCHW")
    dataset = _dataset(service, job["request"])
    assert (code, dataset["name"]) == (0, "poisoned_test.h5")
    said = {"role": "poisoned", "labels": "original", "target_label": 3, "layout": "NCHW"}
    assert said.items() <= dataset["options"].items()


def test_a_file_that_was_sent_before_is_the_same_model(submit):
    (_, first), (_, second) = submit(), submit()
    assert first["request"]["model"] == second["request"]["model"]
    assert first["request"]["data"] == second["request"]["data"]


def test_a_file_of_weights_names_its_architecture(run, service, files):
    code, job = run(
        "submit", files["model"], "--clean-validation", files["clean_validation"],
        "--architecture", "deepid-1283", "--json",
    )  # fmt: skip
    assert code == 0
    assert job["request"]["model"] != files["model"]


def test_nothing_is_said_of_what_the_server_has(run, files, submit):
    _, job = submit()
    code, answer = run(
        "submit", job["request"]["model"], "--clean-validation", files["clean_validation"],
        "--architecture", "deepid-1283", "--json",
    )  # fmt: skip
    assert (code, answer["error"]["code"]) == (2, "method-params-invalid")
    assert "was declared when it was uploaded" in answer["error"]["message"]


def test_a_dry_run_makes_no_job(run, submit):
    _, before = run("jobs", "--json")
    code, plan = submit("--dry-run")
    _, after = run("jobs", "--json")
    assert (code, plan["n_jobs"], len(after) - len(before)) == (0, 1, 0)


def test_a_dry_run_is_told_to_people(run, files, service):
    arguments = ("submit", files["model"], "--clean-validation", files["clean_validation"])
    code, out = run(*arguments, "--dry-run", "--quiet")
    assert (code, "Nothing was submitted." in out) == (0, True)
    assert "Warning: no poisoned test set" in out


@pytest.mark.parametrize(("sort", "places"), [("created_at", [0, 1]), ("-created_at", [1, 0])])
def test_jobs_are_listed_in_the_order_that_is_asked_for(run, submit, sort, places):
    ids = [submit()[1]["id"] for _ in range(2)]
    _, listed = run("jobs", "--sort", sort, "--json")
    found = [job["id"] for job in listed if job["id"] in ids]
    assert found == [ids[place] for place in places]


def test_the_trash_is_shown_apart(run, submit):
    submit()
    assert run("jobs", "--trash", "--json") == (0, [])


def test_one_job_is_shown_to_people(run, job_id):
    code, out = run("jobs", job_id)
    assert code == 0
    assert ["Verdict", "repaired"] in [line.split() for line in out.splitlines()]


def test_a_job_is_done_again_with_changes(run, job_id):
    changes = ("--seed", "3", "--set", "epochs=1", "--max-accuracy-drop", "10%")
    code, job = run("retry", job_id, *changes, "--json")
    assert (code, job["retry_of"], job["request"]["seed"]) == (0, job_id, 3)
    assert job["request"]["max_accuracy_drops"] == [0.1]
    assert job["request"]["params"]["epochs"] == 1


def test_a_retry_prints_the_id_of_the_new_job(run, job_id):
    code, out = run("retry", job_id)
    assert (code, len(out.strip()), out.strip() != job_id) == (0, 36, True)


def test_a_change_that_does_not_fit_is_refused(run, job_id):
    code, answer = run("retry", job_id, "--set", "colour=red", "--json")
    assert (code, answer["error"]["code"]) == (2, "method-params-invalid")


def test_unlabelled_images_go_with_a_repair(submit, files):
    code, job = submit("--method", "fine-tuning", "--unlabelled", files["clean_test"])
    assert (code, bool(job["request"]["data"]["unlabelled"])) == (0, True)


def test_a_diagnosis_is_submitted_in_place_of_a_repair(run, files):
    code, job = run(
        "submit", files["model"], "--clean-validation", files["clean_validation"],
        "--diagnose", "--preprocessing", "/255", "--seed", "3", "--json",
    )  # fmt: skip
    assert (code, job["kind"]) == (0, "diagnose")
    assert (job["request"]["preprocessing"], job["request"]["seed"]) == ("/255", 3)


def test_what_a_diagnosis_found_is_told_to_people(run, files):
    code, out = run(
        "submit", files["model"], "--clean-validation", files["clean_validation"], "--diagnose",
        "--wait", "--quiet",
    )  # fmt: skip
    assert (code, "1 of them is suspected" in out, "no proof" in out) == (0, True, True)


@pytest.mark.parametrize(
    "option",
    [
        ("--set", "epochs=1"),
        ("--dry-run",),
        ("--gate-asr", "5%"),
        ("--classes", "4"),
        ("--seeds", "2"),
        ("--no-reactivation",),
        ("--no-traces",),
        ("--goodnet-target", "0"),
    ],
)
def test_what_says_nothing_to_a_diagnosis_is_refused(submit, run, files, option):
    code, answer = run(
        "submit", files["model"], "--clean-validation", files["clean_validation"],
        "--method", "fine-tuning", "--diagnose", *option, "--json",
    )  # fmt: skip
    assert (code, "says nothing to a diagnosis" in answer["error"]["message"]) == (2, True)


OPTIONS = ("--seeds", "3", "--no-reactivation", "--goodnet-target", "5", "--goodnet-target", "0")


def _said(job):
    asked = job["request"]
    return asked["n_seeds"], asked["reactivation"], asked["goodnet"]["targets"]


def test_seeds_reactivation_and_known_targets_go_with_a_repair(submit):
    code, job = submit(*OPTIONS, "--goodnet-target", "5")
    assert (code, *_said(job)) == (0, 3, False, [5, 0])


def test_without_them_a_repair_is_asked_for_as_on_this_machine(submit):
    assert _said(submit()[1]) == (1, True, [])


def test_another_look_at_the_suspects_may_be_left_out(submit):
    assert submit("--no-traces")[1]["request"]["traces"] is False


@pytest.mark.parametrize("kind", [(), ("--diagnose",)], ids=["repair", "diagnosis"])
def test_a_gpu_can_be_asked_for(run, files, kind):
    code, out = run(
        "submit", files["model"], "--clean-validation", files["clean_validation"], *kind,
        "--queue", "gpu", "--json",
    )  # fmt: skip
    assert (code, out["queue"]) == (0, "gpu")


def test_a_target_that_is_no_class_of_the_model_is_refused(submit):
    code, answer = submit("--goodnet-target", "10")
    assert (code, answer["error"]["code"]) == (2, "method-params-invalid")
    assert "the target 10 is none of the 10 classes" in answer["error"]["message"]


def test_seeds_that_cannot_be_are_refused_before_a_file_is_sent(run, files, submit):
    _, before = run("jobs", "--json")
    code, answer = submit("--seeds", "3", "--seed", "4294967294")
    assert (code, answer["error"]["details"]["field"]) == (2, "n_seeds")
    assert run("jobs", "--json")[1] == before


def test_a_retry_keeps_them_and_may_change_each(run, submit):
    _, job = submit(*OPTIONS)
    _, again = run("retry", job["id"], "--json")
    assert _said(again) == (3, False, [5, 0])
    changes = ("--seeds", "2", "--reactivation", "--goodnet-target", "1")
    assert _said(run("retry", job["id"], *changes, "--json")[1]) == (2, True, [1])
