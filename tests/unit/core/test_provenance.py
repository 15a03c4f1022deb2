from core import provenance


def test_the_versions_are_those_installed():
    versions = provenance.versions()
    assert versions["tf-keras"].startswith("2.")
    assert all(versions.values())


def test_a_library_that_is_not_installed_is_left_out():
    assert provenance._version("no-such-library") is None
