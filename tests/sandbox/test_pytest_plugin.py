"""The fixture for users' tests, used as they would, and seen to fail as it should."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest

from smspoh import Client, Verdict, normalize
from smspoh.errors import DecryptError, ServerError, TransportError
from smspoh.sandbox.arrivals import Arrivals
from smspoh.sandbox.faults import Fault
from smspoh.sandbox.pytest_plugin import SandboxFixture, worker

if TYPE_CHECKING:
    from collections.abc import Iterator

pytest_plugins = ("pytester",)


@pytest.fixture
def client(smspoh_sandbox: SandboxFixture) -> Iterator[Client]:
    with smspoh_sandbox.client() as made:
        yield made


def test_a_code_that_was_sent_arrives(smspoh_sandbox: SandboxFixture, client: Client) -> None:
    number = smspoh_sandbox.unique_number()
    client.send(number, "Your code is 123456.", "SMSPoh", client_reference="otp-1")
    arrived = smspoh_sandbox.wait_for(to=number, contains="code", timeout_s=5)
    assert arrived.code() == "123456"
    assert arrived.text() == "Your code is 123456."
    assert (arrived.to, arrived.sender, arrived.reference) == (number, "SMSPoh", "otp-1")
    assert number not in repr(arrived)
    assert "123456" not in repr(arrived)


def test_a_message_is_found_once_and_the_next_is_waited_for(
    smspoh_sandbox: SandboxFixture, client: Client
) -> None:
    number = smspoh_sandbox.unique_number()
    for code in ("1111", "2222"):
        client.send(number, f"code {code}", "SMSPoh")
    assert [smspoh_sandbox.wait_for(to=number).code() for _ in range(2)] == ["1111", "2222"]
    smspoh_sandbox.assert_none(to=number)
    assert [arrival.code() for arrival in smspoh_sandbox.arrivals.all()] == ["1111", "2222"]


def test_a_message_of_another_thread_is_waited_for(
    smspoh_sandbox: SandboxFixture, client: Client
) -> None:
    number = smspoh_sandbox.unique_number()
    send = threading.Timer(0.1, client.send, (number, "late", "SMSPoh"))
    send.start()
    assert smspoh_sandbox.wait_for(to=number, timeout_s=60).text() == "late"
    send.join()


def test_what_is_scheduled_arrives_when_the_clock_is_moved(
    smspoh_sandbox: SandboxFixture, client: Client
) -> None:
    from datetime import timedelta

    clock, number = smspoh_sandbox.gateway.clock, smspoh_sandbox.unique_number()
    clock.freeze()
    client.send(number, "later", "SMSPoh", scheduled_at=clock.now() + timedelta(hours=1))
    smspoh_sandbox.assert_none(to=number)
    both = r"'later' \(arrives at [0-9 :-]+\+06:30, and it is [0-9 :-]+\+06:30\)"
    with pytest.raises(AssertionError, match=both):
        smspoh_sandbox.wait_for(to=number, timeout_s=0)
    clock.advance(3601)
    assert smspoh_sandbox.wait_for(to=number, timeout_s=0).text() == "later"


def test_an_encrypted_text_is_opened_with_its_key_alone(
    smspoh_sandbox: SandboxFixture, client: Client
) -> None:
    number, key = smspoh_sandbox.unique_number(), "a key of the caller's own making 42"
    client.send(number, "secret 9876", "SMSPoh", encrypt=True, encrypt_key=key)
    arrived = smspoh_sandbox.wait_for(to=number)
    assert arrived.encrypted
    assert arrived.text(key=key) == arrived.text() == "secret 9876"
    with pytest.raises(DecryptError):
        arrived.text(key="another key of the caller's making")
    client.send(number, "plain", "SMSPoh")
    with pytest.raises(AssertionError, match="not sent encrypted"):
        smspoh_sandbox.wait_for(to=number).text(key=key)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("ကုဒ် ၁၂၃၄၅၆ ဖြစ်သည်", "123456"),
        ("12345678", "12345678"),
        ("123 4567 and 4567 again", "4567"),
        ("call 09450000000, code 4321", "4321"),
        ("pay 1,500,1234 MMK or 15000.50 with code 4321", "4321"),
    ],
)
def test_a_code_is_found_in_any_digits(
    smspoh_sandbox: SandboxFixture, client: Client, text: str, code: str
) -> None:
    client.send(smspoh_sandbox.unique_number(), text, "SMSPoh")
    assert smspoh_sandbox.wait_for(contains=text).code() == code


@pytest.mark.parametrize(
    ("text", "found"), [("no code 123", "none"), ("1234 or 5678", "1234, 5678")]
)
def test_no_code_and_several_are_failures(
    smspoh_sandbox: SandboxFixture, client: Client, text: str, found: str
) -> None:
    client.send(smspoh_sandbox.unique_number(), text, "SMSPoh")
    with pytest.raises(AssertionError, match=f"and holds: {found}$"):
        smspoh_sandbox.wait_for().code()


def test_a_failure_lists_what_did_arrive(smspoh_sandbox: SandboxFixture, client: Client) -> None:
    with pytest.raises(AssertionError, match="nothing was accepted since the test began"):
        smspoh_sandbox.wait_for(timeout_s=0)
    number, other = smspoh_sandbox.unique_number(), smspoh_sandbox.unique_number()
    client.send(other, "x" * 70, "SMSPoh")
    with pytest.raises(AssertionError) as caught:
        smspoh_sandbox.wait_for(to=number, contains="hello", timeout_s=0)
    said = str(caught.value)
    assert f"no message to {number} that contains 'hello' arrived in 0 s\n1 accepted" in said
    assert f"{other} from SMSPoh: '{'x' * 60}…' (arrived)" in said
    with pytest.raises(AssertionError, match=r"a message to \+.* arrived\n1 accepted"):
        smspoh_sandbox.assert_none(to=other)


def test_what_never_arrives_is_said_to(smspoh_sandbox: SandboxFixture, client: Client) -> None:
    client.send("09000000002", "lost", "SMSPoh")
    with pytest.raises(AssertionError, match=r"'lost' \(never arrives\)"):
        smspoh_sandbox.wait_for(timeout_s=0)


@pytest.mark.parametrize(
    ("kind", "raised"),
    [("reset", TransportError), ("truncate", TransportError), ("html_502", ServerError)],
)
def test_faults_are_seen_without_a_socket(
    smspoh_sandbox: SandboxFixture, client: Client, kind: str, raised: type[Exception]
) -> None:
    smspoh_sandbox.gateway.faults.add(Fault(kind=kind, stage="after"))  # type: ignore[arg-type]
    with pytest.raises(raised):
        client.send(smspoh_sandbox.unique_number(), "text", "SMSPoh")
    assert smspoh_sandbox.wait_for().text() == "text"  # it was accepted before


def test_each_test_begins_with_nothing(smspoh_sandbox: SandboxFixture) -> None:
    """The test before left a fault and a message."""
    assert smspoh_sandbox.arrivals.all() == []
    with smspoh_sandbox.client() as client:
        client.send(smspoh_sandbox.unique_number(), "text", "SMSPoh")


def test_a_socket_and_the_process_see_the_same(smspoh_sandbox: SandboxFixture) -> None:
    number = smspoh_sandbox.unique_number()
    with Client(
        smspoh_sandbox.api_key, smspoh_sandbox.api_secret, base_url=smspoh_sandbox.base_url
    ) as outside:
        outside.send(number, "over a socket", "SMSPoh")
        assert smspoh_sandbox.wait_for(to=number).text() == "over a socket"
    with smspoh_sandbox.client() as inside:
        assert [entry.to for entry in inside.messages(to=number)] == [number.removeprefix("+")]


def test_numbers_are_valid_and_each_is_another(smspoh_sandbox: SandboxFixture) -> None:
    numbers = [smspoh_sandbox.unique_number() for _ in range(50)]
    assert len(set(numbers)) == 50
    assert all(normalize(number, sms=True).verdict is Verdict.VALID for number in numbers)


def test_processes_of_a_run_have_other_numbers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTEST_XDIST_WORKER", "gw7")
    assert worker() == 7
    monkeypatch.setenv("PYTEST_XDIST_WORKER", "gw100")
    with pytest.raises(AssertionError, match="this is process 100"):
        worker()


def test_arrivals_do_not_look_at_what_was_before(
    smspoh_sandbox: SandboxFixture, client: Client
) -> None:
    client.send(smspoh_sandbox.unique_number(), "before", "SMSPoh")
    later = Arrivals(smspoh_sandbox.gateway)
    assert later.all() == []
    client.send(smspoh_sandbox.unique_number(), "behind", "SMSPoh")
    assert later.wait_for().text() == "behind"


def test_pytest_finds_the_fixture_by_itself(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        import pytest
        from smspoh.sandbox import SandboxSettings

        @pytest.fixture(scope="session")
        def smspoh_sandbox_settings():
            return SandboxSettings(delivered_after_s=0, balance=10)

        def test_sends(smspoh_sandbox):
            with smspoh_sandbox.client() as client:
                number = smspoh_sandbox.unique_number()
                assert client.send(number, "code 1234", "Shop")[0].accepted
                assert smspoh_sandbox.wait_for(to=number).code() == "1234"
                assert client.send(number, "again", "Shop")[0].error == "Insufficient Balance"

        def test_fails(smspoh_sandbox):
            smspoh_sandbox.wait_for(contains="never", timeout_s=0)
        """
    )
    ran = pytester.runpytest_subprocess("-p", "no:cacheprovider")
    ran.assert_outcomes(passed=1, failed=1)
    ran.stdout.fnmatch_lines(["*AssertionError: no message that contains 'never' arrived in 0 s*"])
