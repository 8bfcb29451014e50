"""Characters and words that texts of messages are made of."""

from __future__ import annotations

from typing import Final

# Source: 3GPP TS 23.038, 6.2.1, row by row, without the escape; and 6.2.1.1.
BASIC: Final = (
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
EXTENSION: Final = "\f^{}\\[~]|€"
ESCAPE: Final = "\x1b"

EMOJI: Final = "😀🙏👍🎉🇲🇲🛺"
ASTRAL: Final = EMOJI + "𐐷𝒳𠮷𑄑\U0010ffff"
TYPOGRAPHIC: Final = "‘’‚‛′“”„‟″‐‑‒–—―−\t\u00a0\u2002\u2009\u200b\u202f\u3000\ufeff…"


def _block(first: int, last: int) -> str:
    return "".join(map(chr, range(first, last + 1)))


MYANMAR: Final = _block(0x1000, 0x109F)
EXTENDED_A: Final = _block(0xAA60, 0xAA7F)
EXTENDED_B: Final = _block(0xA9E0, 0xA9FF)
SPACES: Final = _block(0x2000, 0x200B)
SHAN: Final = "ၵၶငၸသၺတထၼပၽၾမယရလဝႁဢႃိီုူေႄႅႆႇႈႉႊ်ွ႐႑႒႓"
MON: Final = "ကခဂဃၚစဆဇဉၛညတထဒဓနပဖဗဘမယရလဝသဟၜအၝဴဵၞၟၠ"
KAREN: Final = "ကခဂဃငစဆၡညတထဒနပဖဘမယရလဝသဟအဧါံၢ့ုူၣၤၥၦၧၨၩၪၫၬၭ်"
SCRIPTS: Final = (
    _block(0x20, 0x7E),
    _block(0xA0, 0x17F),  # Latin
    _block(0x370, 0x3FF),  # Greek
    _block(0x400, 0x45F),  # Cyrillic
    _block(0x5D0, 0x5EA),  # Hebrew
    _block(0x620, 0x64A),  # Arabic
    _block(0x905, 0x939),  # Devanagari
    _block(0xE01, 0xE30),  # Thai
    _block(0x1780, 0x17B3),  # Khmer
    _block(0x4E00, 0x4E80),  # Chinese
    _block(0x3041, 0x3096),  # Hiragana
    _block(0xAC00, 0xAC60),  # Hangul
    MYANMAR,
    EXTENDED_A,
    EXTENDED_B,
    SPACES,
    ASTRAL,
    TYPOGRAPHIC,
    "e\u0301\u0308\u200d\ufe0f",  # joined to what stands before them
    "\0\x01\x7f\x85\ufffd\uffff",
)

_LATIN: Final = (
    "Your code is 482913 Do not share it with anyone Order #77 paid 12,500 Ks Thanks "
    "https://example.com/a?b=1&c=2 SMSPoh Mingalabar dear customer, call 09-420-123-456 now"
)
LATIN_WORDS: Final = tuple(_LATIN.split())
_BURMESE: Final = (
    "မြန်မာ မင်္ဂလာပါ ကျေးဇူးတင်ပါတယ် ကမ္ဘာ ခွင့်ကို ယောက်ျား ဥက္ကဋ္ဌ အင်္ဂလိပ် ကျွန်တော် သွားမယ် "
    "နေကောင်းလား။ သင့်ကုဒ်မှာ ၁၂၃၄၅၆ ဖြစ်ပါသည်။ ငွေပေးချေမှု အောင်မြင်ပါသည်၊ ဖုန်းနံပါတ် ရန်ကုန် လူ အ တို"
)
BURMESE_WORDS: Final = tuple(_BURMESE.split())
_ZAWGYI: Final = (
    "ျမန္မာ မဂၤလာပါ ေက်းဇူးတင္ပါတယ္ ကမၻာ လူ႔အခြင့္အေရး ေယာက္်ား ကၽြန္ေတာ္ သြားမယ္ ေနေကာင္းလား။ "
    "သင့္ကုဒ္မွာ ၁၂၃၄၅၆ ျဖစ္ပါသည္။ ေငြေပးေခ်မႈ ေအာင္ျမင္ပါသည္၊ ဖုန္းနံပါတ္ ရန္ကုန္ လူ အ တို႔ ေ၀့"
)
ZAWGYI_WORDS: Final = tuple(_ZAWGYI.split())
_OTHER: Final = "ထၢမ်တွပ်ႇ ၶူးႁိုၼ် ဂလာန်ညးဒါန်လိက် ဍုၚ်မွဲမွဲ ဝိနယပိဋကေ ပါရာဇိကပါဠိ တၢ်ကစီၣ် တၢ်ထံၣ်တၢ်ပၥ်သး"
OTHER_WORDS: Final = tuple(_OTHER.split())
"""Of Shan, Mon, Pali and Karen."""
