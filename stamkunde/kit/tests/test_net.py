"""The one way out: to public addresses and the shop's own allowed ones, to what was checked, with an end."""

import datetime
import ipaddress
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests  # noqa: TID251
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from django.test import override_settings

from stamkunde.kit import net
from stamkunde.kit.net_session import WayOutSession
from tests.receiver import LOOPBACK, Receiver, receiving


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as receiver:
        yield receiver


def names(monkeypatch: pytest.MonkeyPatch, *answers: list[str]) -> list[str]:
    """Let names resolve to these addresses, one list after the other, and return what was asked for."""
    asked: list[str] = []

    def look_up(host: Any, port: int, *rest: Any, **more: Any) -> list[Any]:
        try:
            ipaddress.ip_address(host)
            found = [host]
        except ValueError:
            found = answers[min(len(asked), len(answers) - 1)]
            asked.append(host)
        return [
            (socket.AF_INET6 if ":" in ip else socket.AF_INET, socket.SOCK_STREAM, 6, "", (ip, port)) for ip in found
        ]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    return asked


PRIVATE = [
    "0.0.0.0", "10.1.2.3", "100.64.0.1", "100.100.100.200", "127.0.0.1", "127.8.8.8", "169.254.169.254", "172.16.0.1",
    "172.31.255.255", "192.0.0.192", "192.168.1.1", "198.18.0.1", "203.0.113.7", "224.0.1.1", "239.1.1.1", "240.0.0.1",
    "255.255.255.255", "168.63.129.16", "::", "::1", "::127.0.0.1", "::ffff:127.0.0.1", "::ffff:10.0.0.1",
    "64:ff9b::10.0.0.1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::1", "fc00::1", "fd00:ec2::254", "fe80::1", "fec0::1",
    "ff02::1", "2001::1", "2001:db8::1", "2002:7f00:1::", "2002:a00:1::", "3fff::1", "5f00::1",
]  # fmt: skip


@pytest.mark.parametrize("ip", PRIVATE)
def test_an_address_of_an_inner_network_is_never_gone_to(ip: str, monkeypatch: pytest.MonkeyPatch) -> None:
    names(monkeypatch, [ip])

    with pytest.raises(net.NotAllowed, match="leads into an inner network"):
        net.send("GET", "https://partner.example/")


@pytest.mark.parametrize("ip", ["9.9.9.9", "93.184.216.34", "::ffff:9.9.9.9", "64:ff9b::909:909", "2606:4700::1111"])
def test_a_public_address_may_be_gone_to(ip: str) -> None:
    assert net.may_be_reached(ipaddress.ip_address(ip))


@pytest.mark.parametrize(
    "host", ["localhost", "127.1", "0x7f.0.0.1", "2130706433", "0177.0.0.1", "[::1]", "[::ffff:7f00:1]", "localhost."]
)
def test_no_way_of_writing_the_machine_itself_leads_to_it(host: str) -> None:
    with receiving(allowed=False) as receiver:
        with pytest.raises(net.NotReached):
            net.send("GET", f"http://{host}:{receiver.port}/")

        assert receiver.received == []


@pytest.mark.parametrize(
    "url",
    [
        "", "partner.example", "//partner.example/", "ftp://partner.example/", "file:///etc/passwd", "https:///path",
        "gopher://127.0.0.1/", "https://user:word@partner.example/", "https://partner.example:99999/",
        "https://partner.example\r\nX: y/", "https://partner.example\\@inner/", "https://fe80::1%25eth0/",
        "https://exa mple/", "https://[::1/", "https://" + "a" * 3_000, "https://-/", "https://..%2f/",
    ],
)  # fmt: skip
def test_an_address_that_is_none_is_refused_with_a_sentence(url: str) -> None:
    with pytest.raises(net.NotAllowed) as refused:
        net.send("GET", url)

    assert refused.value.sentence.endswith(".")


@pytest.mark.parametrize("port", [22, 25, 5432, 6379, 8080])
def test_only_the_ports_of_the_web_are_used(port: int) -> None:
    with pytest.raises(net.NotAllowed, match=f"port {port}"):
        net.send("GET", f"https://partner.example:{port}/")


def test_the_shop_can_allow_a_network_of_its_own_and_never_the_keys_of_the_machine() -> None:
    inner = ipaddress.ip_address("192.168.7.20")

    with override_settings(INNER_NETWORKS=(ipaddress.ip_network("192.168.7.0/24"),)):
        assert net.may_be_reached(inner)
        assert net.may_be_reached(ipaddress.ip_address("::ffff:192.168.7.20"))
        assert not net.may_be_reached(ipaddress.ip_address("192.168.8.20"))
    with override_settings(INNER_NETWORKS=(ipaddress.ip_network("0.0.0.0/0"),)):
        assert not net.may_be_reached(ipaddress.ip_address("169.254.169.254"))
    assert not net.may_be_reached(inner)


def test_a_name_that_turns_inward_after_it_was_checked_gains_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """K-3: public when it is looked at, the machine itself a moment later; the connection goes to what was checked."""
    asked = names(monkeypatch, ["93.184.216.34"], ["127.0.0.1"])
    gone_to: list[Any] = []

    def refuse(address: Any, **more: Any) -> socket.socket:
        gone_to.append(address)
        raise ConnectionRefusedError

    monkeypatch.setattr(socket, "create_connection", refuse)
    with pytest.raises(net.NotReached):
        net.send("POST", "https://rebind.example/", body=b"{}")

    assert gone_to == [("93.184.216.34", 443)]
    assert asked == ["rebind.example"], "the name was asked for once"


def test_a_name_that_leads_both_ways_at_once_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    names(monkeypatch, ["93.184.216.34", "10.0.0.1"])

    with pytest.raises(net.NotAllowed):
        net.send("GET", "https://partner.example/")


def test_an_address_that_nobody_checked_cannot_be_connected_to() -> None:
    with pytest.raises(net.NotAllowed):
        net.connect("partner.example", "10.0.0.1", 443, seconds=1, tls=False)


def test_a_request_arrives_with_its_body_under_the_name_it_was_sent_to(receiver: Receiver) -> None:
    answer = net.send("POST", f"{receiver.url}føre?q=å", body=b"hello", headers={"X-From": "Stamkunde"})

    assert (answer.status, answer.body) == (200, b"ok")
    (received,) = receiver.received
    assert (received.method, received.path, received.body) == ("POST", "/f%C3%B8re?q=%C3%A5", b"hello")
    assert received.headers["host"] == f"localhost:{receiver.port}"
    assert received.headers["x-from"] == "Stamkunde"


def test_a_redirect_is_an_answer_and_is_not_followed(receiver: Receiver) -> None:
    receiver.reply = lambda _received: (302, {"Location": "http://169.254.169.254/"}, b"")

    assert net.send("GET", receiver.url).status == 302
    assert len(receiver.received) == 1


def test_a_header_cannot_bring_a_second_one_along(receiver: Receiver) -> None:
    with pytest.raises(ValueError, match="header"):
        net.send("GET", receiver.url, headers={"X-From": "a\r\nX-Evil: b"})

    assert receiver.received == []


def test_an_answer_without_end_is_given_up(receiver: Receiver) -> None:
    receiver.reply = lambda _received: (200, {}, b"x" * 5_000)

    with pytest.raises(net.NotReached, match="too large"):
        net.send("GET", receiver.url, most_bytes=4_999)


def test_a_receiver_that_drips_is_given_up_when_the_time_is_over() -> None:
    """Each byte comes well within a socket's own limit; the whole has an end nevertheless."""
    listening = socket.create_server(("127.0.0.1", 0))
    port = listening.getsockname()[1]

    def drip() -> None:
        one, _address = listening.accept()
        with one:
            for byte in b"HTTP/1.1 200 OK\r\nX: " + b"y" * 100:
                time.sleep(0.05)
                try:
                    one.sendall(bytes([byte]))
                except OSError:
                    return

    threading.Thread(target=drip, daemon=True).start()
    began = time.monotonic()
    reachable = override_settings(INNER_NETWORKS=LOOPBACK, OUTGOING_PORTS=frozenset({port}))
    with reachable, listening, pytest.raises(net.NotReached, match="in time"):
        net.send("GET", f"http://127.0.0.1:{port}/", seconds=0.4)

    assert time.monotonic() - began < 3


def certificate(folder: Path, name: str) -> tuple[Path, Path]:
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    today = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(today - datetime.timedelta(days=1))
        .not_valid_after(today + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    files = folder / f"{name}.pem", folder / f"{name}.key"
    files[0].write_bytes(made.public_bytes(serialization.Encoding.PEM))
    files[1].write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return files


@pytest.mark.parametrize(("name", "reached"), [("localhost", True), ("partner.example", False)])
def test_the_certificate_is_held_against_the_name_and_not_the_address(
    name: str, reached: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file, key = certificate(tmp_path, name)
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(file, key)
    monkeypatch.setattr(net, "_trust", lambda: ssl.create_default_context(cafile=str(file)))

    with receiving(server) as receiver:
        if reached:
            assert net.send("GET", receiver.url).status == 200
        else:
            with pytest.raises(net.NotReached, match="certificate"):
                net.send("GET", receiver.url)
            assert receiver.received == []


def test_a_certificate_that_nobody_vouches_for_is_refused(tmp_path: Path) -> None:
    file, key = certificate(tmp_path, "localhost")
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(file, key)

    with receiving(server) as receiver, pytest.raises(net.NotReached, match="certificate"):
        net.send("GET", receiver.url)


def test_a_library_with_sessions_goes_the_same_way(receiver: Receiver) -> None:
    receiver.reply = lambda _received: (302, {"Location": "/elsewhere", "Content-Type": "text/plain"}, b"hei")
    session = WayOutSession()

    response = session.post(receiver.url, data={"code": "æ"}, verify=False, proxies={"http": "http://127.0.0.1:1"})

    assert (response.status_code, response.text) == (302, "hei")
    assert receiver.received[0].body == b"code=%C3%A6"
    assert len(receiver.received) == 1
    with pytest.raises(requests.ConnectionError, match="inner network"):
        session.get("https://192.168.1.1/")
    with pytest.raises(requests.exceptions.InvalidSchema):
        session.get("file:///etc/passwd")


def test_a_mail_server_is_looked_at_like_any_other_and_reached_on_the_ports_of_mail_only(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked = names(monkeypatch, ["93.184.215.14"], ["10.0.0.5"])

    assert net.mail_server("imap.example.org", 993) == "93.184.215.14"
    with pytest.raises(net.NotAllowed):
        net.mail_server("imap.example.org", 993)
    with pytest.raises(net.NotAllowed, match="port 22"):
        net.mail_server("imap.example.org", 22)
    with pytest.raises(net.NotAllowed, match="name of the mail server"):
        net.mail_server("imap.example.org/..", 993)

    assert asked == ["imap.example.org", "imap.example.org"]
