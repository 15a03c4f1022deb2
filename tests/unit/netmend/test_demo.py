import netmend


def test_it_writes_a_model_and_three_sets(demo_files):
    assert all(path.is_file() for path in vars(demo_files).values())


def test_the_model_is_good_and_has_a_backdoor(result):
    assert result.before.clean_accuracy.value > 0.9
    assert result.before.attacks[0].attack_success_rate.value > 0.9


def test_the_folder_is_made(tmp_path, monkeypatch):
    monkeypatch.setattr("core.demo.make", lambda request, on_event: request.output)
    assert netmend.make_demo(tmp_path / "a" / "b") == str(tmp_path / "a" / "b")
    assert (tmp_path / "a" / "b").is_dir()
