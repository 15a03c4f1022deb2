import numpy as np
import pytest

import netmend
from core import errors


def test_everything_but_clean_validation_may_be_left_out(demo_files):
    data = netmend.RepairData.from_files(clean_validation=demo_files.clean_validation)
    assert (data.tests.clean, data.tests.poisoned) == (None, ())


def test_a_single_poisoned_set_needs_no_list(demo_files):
    data = netmend.RepairData.from_files(
        clean_validation=demo_files.clean_validation, poisoned_test=str(demo_files.poisoned_test)
    )
    assert len(data.tests.poisoned) == 1


def test_original_labels_need_the_target(demo_files):
    data = netmend.RepairData.from_files(
        clean_validation=demo_files.clean_validation,
        poisoned_test=demo_files.clean_test,
        poisoned_labels="original",
        target_labels=3,
    )
    assert np.unique(data.tests.poisoned[0].targets).tolist() == [3]


def test_a_model_given_as_images_is_refused(demo_files):
    with pytest.raises(errors.NotADataset):
        netmend.RepairData.from_files(clean_validation=demo_files.model)


def test_it_describes_itself_in_one_line(repair_data):
    assert repr(repair_data) == (
        "RepairData(400 clean validation images, 600 clean test images, "
        "poisoned: 'bright_corner_poisoned.h5')"
    )
