"""docker-compose.yml and Dockerfile say what they should; nothing is started here."""

import re

import pytest
from check_jsonschema.builtin_schemas import get_builtin_schema
from jsonschema.validators import validator_for

from service.settings import PREFIX, Settings
from tests import compose

DOCKERFILE = (compose.REPOSITORY / "Dockerfile").read_text()
IGNORED = (compose.REPOSITORY / ".dockerignore").read_text().splitlines()
#: How the file names what it wants of .env, and does not need.
OPTIONAL = {"NETMEND_S3_ENDPOINT_URL", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"}
SERVICES = compose.services()
OURS = compose.ours()


def complaints(document):
    """What the Compose specification has against it."""
    schema = get_builtin_schema("vendor.compose-spec")
    return [error.message for error in validator_for(schema)(schema).iter_errors(document)]


@pytest.mark.parametrize("profile", compose.PROFILES)
def test_the_file_has_the_form_of_the_specification(profile):
    assert complaints(compose.document(profile)) == []


def test_the_form_is_really_checked():
    broken = compose.document("cpu")
    broken["services"]["web"]["prots"] = []
    assert complaints(broken) != []


@pytest.mark.parametrize(
    ("profile", "workers"),
    [("cpu", {"worker-cpu"}), ("gpu", {"worker-gpu-0"}), ("s3", {"objects"})],
)
def test_a_profile_adds_its_own_services_to_the_common_ones(profile, workers):
    common = {"database", "broker", "migrate", "web", "dispatcher", "worker-quick"}
    assert set(compose.document(profile)["services"]) == common | workers


@pytest.mark.parametrize("profile", compose.PROFILES)
def test_what_a_service_waits_for_is_there(profile):
    services = compose.document(profile)["services"]
    needed = {
        other
        for service in services.values()
        for other, how in service.get("depends_on", {}).items()
        if how.get("required", True)
    }
    assert needed <= set(services)


def test_the_processor_is_the_default():
    assert compose.example()["COMPOSE_PROFILES"] == "cpu"


def test_every_variable_is_in_the_example():
    named = set(re.findall(r"^#?([A-Z][A-Z0-9_]+)=", compose.EXAMPLE.read_text(), re.MULTILINE))
    assert compose.variables() | OPTIONAL | {"COMPOSE_PROFILES"} == named


def test_no_password_works_that_nobody_chose():
    assert {name: compose.example()[name] for name in compose.SECRETS} == dict.fromkeys(
        compose.SECRETS, ""
    )
    with pytest.raises(LookupError, match=r"set it in \.env"):
        compose.document("cpu", POSTGRES_PASSWORD="")
    with pytest.raises(LookupError, match=r"set it in \.env"):
        compose.document("cpu", BROKER_PASSWORD="")


def test_every_setting_there_is_one():
    known = {PREFIX + name.upper() for name in Settings.model_fields}
    given = {name for service in OURS.values() for name in service["environment"]}
    assert {name for name in given if name.startswith(PREFIX)} <= known


@pytest.mark.parametrize("name", SERVICES)
def test_every_container_may_do_as_little_as_possible(name):
    service = SERVICES[name]
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["read_only"] is True
    assert service["init"] is True
    assert service["user"] not in {"root", "0", "0:0"}
    assert "privileged" not in service and "cap_add" not in service


@pytest.mark.parametrize("name", OURS)
def test_no_part_of_ours_loads_plug_ins_of_hdf5_or_writes_outside_its_volume(name):
    assert OURS[name]["environment"]["HDF5_PLUGIN_PRELOAD"] == "::"
    assert OURS[name]["volumes"] == ["state:/var/lib/netmend"]
    assert OURS[name]["pids_limit"] == 1024


def test_a_lock_that_is_required_is_required_in_every_container_of_ours():
    services = compose.document("gpu", NETMEND_REQUIRE_SANDBOX="true")["services"]
    ours = services.keys() & OURS.keys()
    told = {services[name]["environment"]["NETMEND_REQUIRE_SANDBOX"] for name in ours}
    assert (told, "worker-gpu-0" in ours) == ({"true"}, True)


@pytest.mark.parametrize("name", sorted(SERVICES.keys() - {"migrate"}))
def test_every_service_that_stays_has_a_health_check_and_is_started_again(name):
    check = SERVICES[name]["healthcheck"]
    assert check["test"][0] == "CMD"
    assert "inspect" not in check["test"]  # it would wake every worker, and each answers slowly
    assert SERVICES[name]["restart"] == "unless-stopped"


def test_only_the_web_server_is_reached_from_outside_and_only_from_this_machine():
    published = {name: it["ports"] for name, it in SERVICES.items() if "ports" in it}
    assert published == {"web": ["127.0.0.1:8400:8400"]}
    assert {name for name, it in SERVICES.items() if "outside" in it["networks"]} == {"web"}
    assert compose.document("cpu")["networks"]["inside"] == {"internal": True}


def test_all_but_the_migration_wait_for_the_migration():
    waiting = {
        name
        for name, service in OURS.items()
        if "migrate" in service["depends_on"]
        and service["depends_on"]["migrate"]["condition"] == "service_completed_successfully"
    }
    assert waiting == OURS.keys() - {"migrate"}


def test_only_the_worker_of_a_gpu_reserves_one():
    reserving = {name: it["deploy"] for name, it in SERVICES.items() if "deploy" in it}
    (device,) = reserving.pop("worker-gpu-0")["resources"]["reservations"]["devices"]
    assert reserving == {}
    assert device == {"driver": "nvidia", "device_ids": ["0"], "capabilities": ["gpu"]}


@pytest.mark.parametrize("name", [name for name in OURS if name.startswith("worker")])
def test_a_worker_has_the_time_to_give_its_job_back(name):
    longest_s = Settings().cancel_grace_s + Settings().heartbeat_s
    assert compose.seconds(OURS[name]["stop_grace_period"]) > 3 * longest_s


def test_the_image_runs_as_a_user_that_compose_names():
    assert re.findall(r"^USER (.*)$", DOCKERFILE, re.MULTILINE) == ["10001:10001"]
    assert {service["user"] for service in OURS.values()} == {"10001:10001"}


def test_the_image_holds_only_what_is_pinned_and_needed():
    copied = re.findall(r"^COPY (?!--from)(.*) \S+$", DOCKERFILE, re.MULTILINE)
    packages = {"core", "migrations", "netmend", "service", "web", "worker"}
    files = {"requirements/${DEVICE}.txt", "pyproject.toml", "README.md", "LICENSE"}
    assert {word for line in copied for word in line.split()} == packages | files
    assert "--require-hashes" in DOCKERFILE
    assert not re.search(r"^(ADD|FROM \S+:latest)", DOCKERFILE, re.MULTILINE)


def test_nothing_else_gets_near_the_image():
    assert IGNORED[1] == "*"
    let_in = {line.removeprefix("!") for line in IGNORED if line.startswith("!")}
    assert let_in == {
        "LICENSE", "README.md", "core", "migrations", "netmend", "pyproject.toml",
        "requirements/*.txt", "service", "web", "worker",
    }  # fmt: skip


def test_both_kinds_of_image_have_a_file_of_requirements():
    devices = {service["build"]["args"]["DEVICE"] for service in OURS.values()}
    assert devices == {"cpu", "gpu"}
    assert all((compose.REPOSITORY / f"requirements/{device}.txt").exists() for device in devices)
