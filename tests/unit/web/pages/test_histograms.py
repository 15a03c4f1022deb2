"""How many images each class has."""

from web.pages import histograms


def test_few_classes_have_a_bar_each():
    drawn = histograms.of_classes({"10": 1, "2": 4})
    assert drawn.rows == [(2, 4), (10, 1)]
    assert [bar.height for bar in drawn.bars] == [histograms.HEIGHT, histograms.HEIGHT / 4]
    assert drawn.sentence == "2 classes, with 1 to 4 images each."


def test_of_many_classes_their_sizes_are_counted():
    drawn = histograms.of_classes({str(label): 1 + label % 2 for label in range(100)})
    assert drawn.columns == ("Images of a class", "Classes")
    assert drawn.rows == [(1, 50), (2, 50)]


def test_one_class_and_equal_classes_have_words_of_their_own():
    assert histograms.of_classes({"0": 450}).sentence == "All 450 images are of one class."
    assert histograms.of_classes({"0": 2, "1": 2}).sentence == "2 classes, each with 2 images."


def test_what_was_not_counted_is_not_drawn():
    assert histograms.of_classes({}) is None
