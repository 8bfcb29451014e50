"""One SDK after the other: a client made from credentials alone, and one message.

Each imports what it needs when it is called, because each runs in a process of its own, in
the environment of requirements/sdks.txt. Nothing about retries or timeouts is set.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

TO: Final = "+959450000000"
# Not adapters of this file, because the environment of the SDKs does not have it.
OURS: Final = ("smspoh, and asking", "smspoh, send alone")


@dataclass(frozen=True, slots=True)
class Adapter:
    """Hold how one SDK is asked to send.

    Attributes:
        package: on PyPI.
        host: that its code connects to.
        timeout_s: for a reply, by default; None is no limit.
        send: sends a text, and returns what the SDK returns or raises what it raises.
    """

    package: str
    host: str
    timeout_s: float | None
    send: Callable[[str], object]


def africastalking(text: str) -> object:
    import africastalking as sdk

    sdk.initialize("username", "api_key")
    return sdk.SMS.send(text, [TO])


def azure(text: str) -> object:
    from azure.communication.sms import SmsClient

    endpoint = "endpoint=https://faults.communication.azure.com/;accesskey=a2V5"
    client = SmsClient.from_connection_string(endpoint)
    return client.send(from_="+12065550100", to=TO, message=text)


def bandwidth(text: str) -> object:
    import bandwidth as sdk

    configuration = sdk.Configuration(username="username", password="password")
    with sdk.ApiClient(configuration) as client:
        request = sdk.MessageRequest(
            applicationId="application", to=[TO], **{"from": "+12065550100"}, text=text
        )
        return sdk.MessagesApi(client).create_message("9900000", request)


def sns(text: str) -> object:
    import boto3

    # Of its own, because the default session may not be used from many threads.
    session = boto3.session.Session("key", "secret", region_name="us-east-1")
    return session.client("sns").publish(PhoneNumber=TO, Message=text)


def clicksend(text: str) -> object:
    import clicksend as sdk

    configuration = sdk.Configuration(username="username", password="key")
    message = {"source": "sdk", "body": text, "to": TO}
    with sdk.ApiClient(configuration) as client:
        return sdk.SmsApi(client).send_sms(send_sms_request={"messages": [message]})


def direct7(text: str) -> object:
    from direct7 import Client

    message = {"recipients": [TO], "content": text, "unicode": False}
    return Client(api_token="token").sms.send_messages(message, originator="Sender")


def infobip(text: str) -> object:
    import infobip_api_client as sdk
    from infobip_api_client.api.sms_api import SmsApi

    configuration = sdk.Configuration(
        host="https://faults.api.infobip.com",
        api_key={"APIKeyHeader": "key"},
        api_key_prefix={"APIKeyHeader": "App"},
    )
    message = sdk.SmsMessage(
        destinations=[sdk.SmsDestination(to=TO[1:])],
        sender="InfoSMS",
        content=sdk.SmsMessageContent(actual_instance=sdk.SmsTextContent(text=text)),
    )
    with sdk.ApiClient(configuration) as client:
        request = sdk.SmsRequest(messages=[message])
        return SmsApi(client).send_sms_messages(sms_request=request)


def messagebird(text: str) -> object:
    import messagebird as sdk

    return sdk.Client("key").message_create("MyShop", TO[1:], text, {"reference": "Foobar"})


def plivo(text: str) -> object:
    import plivo as sdk

    client = sdk.RestClient("MAXXXXXXXXXXXXXXXXXX", "token")
    return client.messages.create(src="12065550100", dst=TO[1:], text=text)


def sinch(text: str) -> object:
    from sinch import SinchClient

    client = SinchClient(service_plan_id="plan", sms_api_token="token", sms_region="us")
    return client.sms.batches.send_sms(to=[TO[1:]], from_="12065550100", body=text)


def smsapi(text: str) -> object:
    from smsapi.client import SmsApiComClient

    return SmsApiComClient(access_token="token").sms.send(to=TO[1:], message=text)


def telnyx(text: str) -> object:
    from telnyx import Telnyx

    return Telnyx(api_key="key").messages.send(to=TO, from_="+12065550100", text=text)


def twilio(text: str) -> object:
    from twilio.rest import Client

    client = Client("AC" + "0" * 32, "token")
    return client.messages.create(to=TO, from_="+12065550100", body=text)


def vonage(text: str) -> object:
    from vonage import Auth, Vonage
    from vonage_sms import SmsMessage

    client = Vonage(Auth(api_key="key", api_secret="secret"))
    return client.sms.send(SmsMessage(to=TO[1:], from_="Vonage", text=text))


ADAPTERS: Final = {
    adapter.package: adapter
    for adapter in (
        Adapter("africastalking", "api.africastalking.com", 9.05, africastalking),
        Adapter("azure-communication-sms", "faults.communication.azure.com", 300, azure),
        Adapter("bandwidth-sdk", "messaging.bandwidth.com", None, bandwidth),
        Adapter("boto3", "sns.us-east-1.amazonaws.com", 60, sns),
        Adapter("clicksend-client", "rest.clicksend.com", None, clicksend),
        Adapter("direct7", "api.d7networks.com", 30, direct7),
        Adapter("infobip-api-python-client", "faults.api.infobip.com", None, infobip),
        Adapter("messagebird", "rest.messagebird.com", None, messagebird),
        Adapter("plivo", "api.plivo.com", 5, plivo),
        Adapter("sinch", "us.sms.api.sinch.com", 10, sinch),
        Adapter("smsapi-client", "api.smsapi.com", 30, smsapi),
        Adapter("telnyx", "api.telnyx.com", 60, telnyx),
        Adapter("twilio", "api.twilio.com", None, twilio),
        Adapter("vonage", "rest.nexmo.com", None, vonage),
    )
}
