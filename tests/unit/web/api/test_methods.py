"""The methods there are, with the schemas of their parameters."""

from core import catalogue

URL = "/api/v1/methods"


def test_all_methods_are_listed(client):
    methods = client.get(URL).get_json()["data"]
    assert [method["name"] for method in methods] == list(catalogue.METHODS)
    assert [m["name"] for m in methods if m["is_default"]] == [catalogue.DEFAULT_METHOD]


def test_a_method_tells_its_parameters(client):
    method = client.get(f"{URL}/fine-pruning").get_json()
    assert method["params"] == catalogue.json_schema(catalogue.FinePruning)


def test_a_method_that_is_not_there_names_those_that_are(client):
    answer = client.get(f"{URL}/magic")
    assert (answer.status_code, answer.get_json()["code"]) == (404, "not-found")
    assert answer.get_json()["details"]["expected"] == list(catalogue.METHODS)
