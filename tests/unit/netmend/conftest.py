import pytest

import netmend


@pytest.fixture(scope="session")
def demo_files(tmp_path_factory):
    """Paths of the demo's model and image sets."""
    return netmend.make_demo(tmp_path_factory.mktemp("demo"))


@pytest.fixture(scope="session")
def repair_data(demo_files):
    return netmend.RepairData.from_files(
        clean_validation=demo_files.clean_validation,
        clean_test=demo_files.clean_test,
        poisoned_test=[demo_files.poisoned_test],
    )


@pytest.fixture(scope="session")
def result(demo_files, repair_data):
    """A repair with hardly any training: quick, and not good."""
    method = netmend.FinePruning(epochs=1, flip=False, shift=0)
    return method.repair(netmend.read_model(demo_files.model), repair_data)
