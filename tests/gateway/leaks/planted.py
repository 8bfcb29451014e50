"""What is planted: sixteen secrets, none of which may be seen anywhere."""

from __future__ import annotations

import base64
from typing import Final

from smspoh.gateway import derive_encrypt_key

API_KEY: Final = "visible-api-key-55"
API_SECRET: Final = "hidden~api+secret/77"
TOKEN: Final = base64.b64encode(f"{API_KEY}:{API_SECRET}".encode()).decode()
MASTER: Final = bytes(range(201, 233))
REFERENCE: Final = "job-0001"  # not secret: it is how a caller finds a message
KEY: Final = "correct-horse+battery/staple~9931"
DERIVED: Final = derive_encrypt_key(MASTER, REFERENCE)
NUMBER: Final = "09250781364"
SECOND: Final = "+66817329504"
TEXT: Final = "Qvx kodu tfz48x2 wjhm"
OTP: Final = "zj5813"
CODE_TEXT: Final = f"Your code {OTP}"
BURMESE: Final = "မင်္ဂလာပါ သင့်ကုဒ် ကိုမပြပါနှင့်"
ZAWGYI: Final = "ျမန္မာႏိုင္ငံကို ခ်စ္ပါသည္"
RECEIPT_PATH: Final = "rcpt7Hq0vVxT3wLk"
RECEIPT_URL: Final = f"https://hooks.example.com/in/{RECEIPT_PATH}?t=kw9Zq4rTn1"
PROXY_PASSWORD: Final = "pw@rt:nhq~82"
FILTER: Final = "wanted & hgzq = pnwt"
STORED: Final = "stored ksgj / mbvd"

NUMBERS: Final = {"number": NUMBER, "second number": SECOND}
SECRETS: Final[dict[str, str | bytes]] = {
    "API secret": API_SECRET,
    "token": TOKEN,
    "master key": MASTER,
    "encrypt key": KEY,
    "derived key": DERIVED,
    "text": TEXT,
    "one-time code": OTP,
    "Burmese text": BURMESE,
    "Zawgyi text": ZAWGYI,
    "receipt path": RECEIPT_PATH,
    "receipt query": "kw9Zq4rTn1",
    "proxy password": PROXY_PASSWORD,
    "filter of the history": FILTER,
    "text of the history": STORED,
}
