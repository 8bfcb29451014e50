"""What each gateway answers when it takes a message: the status, and the body as JSON or XML."""

from __future__ import annotations

import json
from typing import Any, Final

_XML: Final = (
    '<PublishResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><PublishResult>'
    "<MessageId>1</MessageId></PublishResult><ResponseMetadata><RequestId>1</RequestId>"
    "</ResponseMetadata></PublishResponse>"
)
_NOW: Final = "2026-11-27T00:00:00Z"
_BODIES: Final[dict[str, tuple[int, Any]]] = {
    "api.africastalking.com": (
        201,
        {
            "SMSMessageData": {
                "Message": "Sent to 1/1",
                "Recipients": [{"statusCode": 101, "number": "+959450000000", "status": "Success"}],
            }
        },
    ),
    "faults.communication.azure.com": (
        202,
        {
            "value": [
                {
                    "to": "+959450000000",
                    "messageId": "1",
                    "httpStatusCode": 202,
                    "repeatabilityResult": "accepted",
                    "successful": True,
                }
            ]
        },
    ),
    "messaging.bandwidth.com": (202, {"id": "1", "direction": "out", "segmentCount": 1}),
    "rest.clicksend.com": (
        200,
        {"http_code": 200, "response_code": "SUCCESS", "response_msg": "Queued", "data": {}},
    ),
    "api.d7networks.com": (
        200,
        {"request_id": "1", "status": "accepted", "created_at": _NOW},
    ),
    "faults.api.infobip.com": (
        200,
        {
            "messages": [
                {
                    "messageId": "1",
                    "destination": "959450000000",
                    "status": {
                        "groupId": 1,
                        "groupName": "PENDING",
                        "id": 26,
                        "name": "PENDING_ACCEPTED",
                        "description": "Message sent to next instance",
                    },
                }
            ]
        },
    ),
    "rest.messagebird.com": (
        201,
        {
            "id": "1",
            "direction": "mt",
            "type": "sms",
            "originator": "MyShop",
            "recipients": {"items": []},
        },
    ),
    "api.plivo.com": (
        202,
        {"api_id": "1", "message": "message(s) queued", "message_uuid": ["1"]},
    ),
    "us.sms.api.sinch.com": (
        201,
        {
            "id": "1",
            "to": ["959450000000"],
            "from": "12065550100",
            "canceled": False,
            "body": "text",
            "type": "mt_text",
            "created_at": _NOW,
            "modified_at": _NOW,
        },
    ),
    "api.smsapi.com": (
        200,
        {
            "count": 1,
            "list": [
                {"id": "1", "points": 1, "number": "959450000000", "status": "QUEUE", "error": None}
            ],
        },
    ),
    "api.telnyx.com": (
        200,
        {"data": {"id": "1", "record_type": "message", "direction": "outbound"}},
    ),
    "api.twilio.com": (
        201,
        {"sid": "SM1", "status": "queued", "error_code": None, "error_message": None},
    ),
    "rest.nexmo.com": (
        200,
        {
            "message-count": "1",
            "messages": [{"to": "959450000000", "message-id": "1", "status": "0"}],
        },
    ),
}
REPLIES: Final = {
    **{
        host: (status, "application/json", json.dumps(body))
        for host, (status, body) in _BODIES.items()
    },
    "sns.us-east-1.amazonaws.com": (200, "text/xml", _XML),
}
