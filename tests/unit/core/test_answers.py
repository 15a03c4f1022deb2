"""What models say goes to JSON and back."""

from core.answers import Answers, ModelAnswer, PictureAnswer, Score


def test_answers_come_back_as_they_were():
    answer = ModelAnswer(label=1, top=(Score(label=1, probability=0.75),))
    picture = PictureAnswer(name="a", resized_from=(3, 2), label=None, before=answer)
    answers = Answers(pictures=(picture,), n_classes=4, preprocessing="/255", notes=("resized",))
    assert Answers.from_json(answers.to_json()) == answers
