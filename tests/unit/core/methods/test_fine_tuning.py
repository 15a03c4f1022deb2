from core import catalogue, methods


def test_the_curve_and_the_kept_epoch_are_reported(tiny_case, validation):
    done = methods.METHODS["fine-tuning"](
        tiny_case.model, validation, params=catalogue.FineTuning(epochs=3),
        max_accuracy_drop=1.0, execution=methods.Execution(seed=0, on_event=lambda event: None),
    )  # fmt: skip
    assert len(done.training_curve) == 4
    assert done.selection.epoch == 3  # any accuracy is within a budget of 1
    assert done.pruning_curve == ()
