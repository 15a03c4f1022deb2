import socket
import stat

import pytest

from netmend.embedded import address, errors


def test_port_zero_is_any_that_is_free():
    with address.listen("127.0.0.1", 0) as listener:
        assert address.url(listener) == f"http://127.0.0.1:{listener.getsockname()[1]}"


def test_a_port_that_is_taken_is_refused():
    with address.listen("127.0.0.1", 0) as listener:
        port = listener.getsockname()[1]
        with pytest.raises(errors.AddressNotFree, match=f"cannot listen on 127.0.0.1:{port}"):
            address.listen("127.0.0.1", port)


@pytest.mark.parametrize("host", ["192.0.2.1", "no such host"])
def test_an_address_of_another_machine_is_refused(host):
    with pytest.raises(errors.AddressNotFree):
        address.listen(host, 0)


def test_a_server_that_takes_all_addresses_is_reached_on_this_machine():
    with address.listen("0.0.0.0", 0) as listener:
        assert address.url(listener).startswith("http://127.0.0.1:")


def test_a_socket_that_nobody_serves_does_not_answer():
    listener = socket.create_server(("127.0.0.1", 0))
    listener.close()
    with address.listen("127.0.0.1", 0) as other:
        other.settimeout(0)
        assert not address.answers(other)


def test_what_is_published_is_private_and_can_be_withdrawn(tmp_path):
    address.publish(tmp_path, "http://server", "token")
    (file,) = tmp_path.iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    address.withdraw(tmp_path)
    address.withdraw(tmp_path)
    assert list(tmp_path.iterdir()) == []
