"""What models say to single pictures, side by side."""

import numpy as np
import pytest

from core import data, errors, goodnet, modelfile, models, trying
from core.answers import AskedPicture
from core.requests import TryRequest
from tests import tiny


@pytest.fixture(scope="module")
def folders(tiny_case, tmp_path_factory):
    """The backdoored model, an untrained one in the place of a repair, and both as a good net."""
    root = tmp_path_factory.mktemp("canonical")
    bad = models.describe(tiny_case.model, name="bad")
    other = models.describe(tiny.untrained(), name="other")
    both = goodnet.join(bad, other, goodnet.Rule(), metadata={"preprocessing": "[-1,1]"})
    for role, model_file in {"before": bad, "after": other, "goodnet": both}.items():
        (root / role).mkdir()
        modelfile.save_canonical(model_file, root / role)
    data.save_canonical(tiny_case.tests.poisoned[0].images, root / "pictures")
    return root


def asked(folders, *roles, n=20, pictures="pictures", **more):
    request = TryRequest(
        models={role: str(folders / role) for role in roles},
        pictures=str(folders / pictures),
        asked=tuple(AskedPicture(name=f"p{index}", index=index) for index in range(n)),
        **more,
    )
    return trying.answer(request, lambda event: None)


def test_every_model_answers_for_every_picture(folders):
    answers = asked(folders, "before", "after", "goodnet")
    assert [picture.name for picture in answers.pictures][:2] == ["p0", "p1"]
    assert {picture.before.label for picture in answers.pictures} == {tiny.TARGET}
    assert (answers.n_classes, answers.preprocessing) == (4, "[-1,1]")


def test_a_picture_is_flagged_where_the_models_disagree(folders):
    pictures = asked(folders, "before", "after", "goodnet").pictures
    disagree = [picture.before.label != picture.after.label for picture in pictures]
    assert [picture.backdoored for picture in pictures] == disagree
    assert {picture.goodnet.label for picture in pictures if picture.backdoored} == {4}


def test_probabilities_are_shares_the_largest_first(folders):
    (picture,) = asked(folders, "before", "goodnet", n=1, top=5).pictures
    found = [score.probability for score in picture.before.top]
    assert found == sorted(found, reverse=True)
    assert np.isclose(sum(found), 1)
    assert np.isclose(sum(score.probability for score in picture.goodnet.top), 1)


def test_who_is_not_asked_says_nothing(folders):
    (picture,) = asked(folders, "before", n=1, preprocessing="[-1,1]").pictures
    assert (picture.after, picture.goodnet, picture.backdoored) == (None, None, None)


def test_without_a_scaling_nobody_is_asked(folders):
    with pytest.raises(errors.InvalidParams, match="scaled"):
        asked(folders, "before")


def test_pictures_that_were_resized_are_told(folders):
    picture = AskedPicture(name="a", index=0, resized_from=(100, 50))
    request = TryRequest(
        models={"goodnet": str(folders / "goodnet")},
        pictures=str(folders / "pictures"), asked=(picture,),
    )  # fmt: skip
    (note,) = trying.answer(request, lambda event: None).notes
    assert "1 of 1 pictures were resized" in note
    assert "12 x 12" in note


def test_pictures_of_another_shape_are_refused(folders, tmp_path):
    data.save_canonical(data.from_arrays(np.zeros((1, 5, 5, 3)), [0]), folders / "small")
    with pytest.raises(errors.WrongImageShape) as caught:
        asked(folders, "goodnet", n=1, pictures="small")
    assert caught.value.details["role"] == "pictures"


def test_a_label_that_the_model_lacks_is_no_reason_not_to_look(folders):
    images = data.from_arrays(np.zeros((1, *tiny.SHAPE)), [77])
    data.save_canonical(images, folders / "strange")
    (picture,) = asked(folders, "goodnet", n=1, pictures="strange").pictures
    assert picture.label == 77
