//! The rest of the world: country calling codes and the limits of E.164.
//!
//! No national plan but Myanmar's is known here, so a number that fits is
//! UNCONFIRMED. A plan of the world takes the place of this file behind
//! [`judge`].
//!
//! Source: libphonenumber 9.0.43 (calling codes, regions and leading zeros),
//! read on 2026-11-23; ITU-T E.164 (lengths).
use super::{Number, Verdict, myanmar};
use Zero::{Never, Part, Trunk};

/// The most digits of a number, calling code included. Source: ITU-T E.164, 6.1.
pub(super) const DIGITS_MAX: usize = 15;
/// The fewest digits of a national number anywhere: four, as in Niue (683).
const NSN_MIN: usize = 4;

/// What a 0 behind a calling code is.
#[derive(Clone, Copy)]
enum Zero {
    /// Part of the number: it stays.
    Part,
    /// The prefix dialled inside the country, as in `+44 (0) 20`: it goes.
    Trunk,
    /// Neither: no number of this country begins with 0.
    Never,
}

/// A country calling code.
#[derive(Clone, Copy)]
struct CallingCode {
    code: u16,
    /// The region, where the code has exactly one; "001" is no country at all.
    region: &'static str,
    zero: Zero,
}

const fn code(code: u16, region: &'static str, zero: Zero) -> CallingCode {
    CallingCode { code, region, zero }
}

#[rustfmt::skip]
const CODES: &[CallingCode] = &[
    code(1, "", Never),
    code(7, "", Never),
    code(20, "EG", Trunk),
    code(27, "ZA", Trunk),
    code(30, "GR", Never),
    code(31, "NL", Trunk),
    code(32, "BE", Trunk),
    code(33, "FR", Trunk),
    code(34, "ES", Never),
    code(36, "HU", Never),
    code(39, "", Part),
    code(40, "RO", Trunk),
    code(41, "CH", Trunk),
    code(43, "AT", Trunk),
    code(44, "", Trunk),
    code(45, "DK", Never),
    code(46, "SE", Trunk),
    code(47, "", Part),
    code(48, "PL", Never),
    code(49, "DE", Trunk),
    code(51, "PE", Trunk),
    code(52, "MX", Never),
    code(53, "CU", Trunk),
    code(54, "AR", Trunk),
    code(55, "BR", Trunk),
    code(56, "CL", Never),
    code(57, "CO", Trunk),
    code(58, "VE", Trunk),
    code(60, "MY", Trunk),
    code(61, "", Trunk),
    code(62, "ID", Trunk),
    code(63, "PH", Trunk),
    code(64, "NZ", Trunk),
    code(65, "SG", Never),
    code(66, "TH", Trunk),
    code(81, "JP", Trunk),
    code(82, "KR", Trunk),
    code(84, "VN", Trunk),
    code(86, "CN", Trunk),
    code(90, "TR", Trunk),
    code(91, "IN", Trunk),
    code(92, "PK", Trunk),
    code(93, "AF", Trunk),
    code(94, "LK", Trunk),
    code(95, "MM", Trunk),
    code(98, "IR", Trunk),
    code(211, "SS", Trunk),
    code(212, "", Trunk),
    code(213, "DZ", Trunk),
    code(216, "TN", Never),
    code(218, "LY", Trunk),
    code(220, "GM", Never),
    code(221, "SN", Never),
    code(222, "MR", Never),
    code(223, "ML", Never),
    code(224, "GN", Never),
    code(225, "CI", Part),
    code(226, "BF", Part),
    code(227, "NE", Part),
    code(228, "TG", Never),
    code(229, "BJ", Part),
    code(230, "MU", Never),
    code(231, "LR", Trunk),
    code(232, "SL", Trunk),
    code(233, "GH", Trunk),
    code(234, "NG", Trunk),
    code(235, "TD", Never),
    code(236, "CF", Never),
    code(237, "CM", Never),
    code(238, "CV", Never),
    code(239, "ST", Never),
    code(240, "GQ", Never),
    code(241, "GA", Part),
    code(242, "CG", Part),
    code(243, "CD", Trunk),
    code(244, "AO", Never),
    code(245, "GW", Never),
    code(246, "IO", Never),
    code(247, "AC", Part),
    code(248, "SC", Never),
    code(249, "SD", Trunk),
    code(250, "RW", Trunk),
    code(251, "ET", Trunk),
    code(252, "SO", Trunk),
    code(253, "DJ", Never),
    code(254, "KE", Trunk),
    code(255, "TZ", Trunk),
    code(256, "UG", Trunk),
    code(257, "BI", Never),
    code(258, "MZ", Never),
    code(260, "ZM", Trunk),
    code(261, "MG", Trunk),
    code(262, "", Trunk),
    code(263, "ZW", Trunk),
    code(264, "NA", Trunk),
    code(265, "MW", Trunk),
    code(266, "LS", Never),
    code(267, "BW", Part),
    code(268, "SZ", Part),
    code(269, "KM", Never),
    code(290, "", Never),
    code(291, "ER", Trunk),
    code(297, "AW", Never),
    code(298, "FO", Never),
    code(299, "GL", Never),
    code(350, "GI", Never),
    code(351, "PT", Never),
    code(352, "LU", Never),
    code(353, "IE", Trunk),
    code(354, "IS", Never),
    code(355, "AL", Trunk),
    code(356, "MT", Never),
    code(357, "CY", Never),
    code(358, "", Trunk),
    code(359, "BG", Trunk),
    code(370, "LT", Trunk),
    code(371, "LV", Never),
    code(372, "EE", Never),
    code(373, "MD", Trunk),
    code(374, "AM", Trunk),
    code(375, "BY", Trunk),
    code(376, "AD", Never),
    code(377, "MC", Trunk),
    code(378, "SM", Part),
    code(380, "UA", Trunk),
    code(381, "RS", Trunk),
    code(382, "ME", Trunk),
    code(383, "XK", Trunk),
    code(385, "HR", Trunk),
    code(386, "SI", Trunk),
    code(387, "BA", Trunk),
    code(389, "MK", Trunk),
    code(420, "CZ", Never),
    code(421, "SK", Trunk),
    code(423, "LI", Trunk),
    code(500, "FK", Never),
    code(501, "BZ", Part),
    code(502, "GT", Never),
    code(503, "SV", Never),
    code(504, "HN", Never),
    code(505, "NI", Never),
    code(506, "CR", Never),
    code(507, "PA", Part),
    code(508, "PM", Trunk),
    code(509, "HT", Never),
    code(590, "", Trunk),
    code(591, "BO", Trunk),
    code(592, "GY", Never),
    code(593, "EC", Trunk),
    code(594, "GF", Trunk),
    code(595, "PY", Trunk),
    code(596, "MQ", Trunk),
    code(597, "SR", Never),
    code(598, "UY", Trunk),
    code(599, "", Never),
    code(670, "TL", Never),
    code(672, "NF", Never),
    code(673, "BN", Never),
    code(674, "NR", Never),
    code(675, "PG", Never),
    code(676, "TO", Part),
    code(677, "SB", Never),
    code(678, "VU", Never),
    code(679, "FJ", Part),
    code(680, "PW", Never),
    code(681, "WF", Never),
    code(682, "CK", Never),
    code(683, "NU", Never),
    code(685, "WS", Never),
    code(686, "KI", Trunk),
    code(687, "NC", Part),
    code(688, "TV", Never),
    code(689, "PF", Never),
    code(690, "TK", Never),
    code(691, "FM", Never),
    code(692, "MH", Never),
    code(800, "001", Part),
    code(808, "001", Never),
    code(850, "KP", Trunk),
    code(852, "HK", Never),
    code(853, "MO", Part),
    code(855, "KH", Trunk),
    code(856, "LA", Trunk),
    code(870, "001", Never),
    code(878, "001", Never),
    code(880, "BD", Trunk),
    code(881, "001", Part),
    code(882, "001", Never),
    code(883, "001", Never),
    code(886, "TW", Trunk),
    code(888, "001", Part),
    code(960, "MV", Never),
    code(961, "LB", Trunk),
    code(962, "JO", Trunk),
    code(963, "SY", Trunk),
    code(964, "IQ", Trunk),
    code(965, "KW", Never),
    code(966, "SA", Trunk),
    code(967, "YE", Trunk),
    code(968, "OM", Never),
    code(970, "PS", Trunk),
    code(971, "AE", Trunk),
    code(972, "IL", Trunk),
    code(973, "BH", Never),
    code(974, "QA", Part),
    code(975, "BT", Never),
    code(976, "MN", Trunk),
    code(977, "NP", Trunk),
    code(979, "001", Never),
    code(992, "TJ", Part),
    code(993, "TM", Never),
    code(994, "AZ", Trunk),
    code(995, "GE", Trunk),
    code(996, "KG", Trunk),
    code(998, "UZ", Never),
];

/// For each three digits, one more than the place in [`CODES`] of the code they
/// begin with; 0 is none. No calling code begins with another.
static INDEX: [u8; 1000] = {
    let mut index = [0; 1000];
    let mut place: u8 = 0;
    while (place as usize) < CODES.len() {
        let code = CODES[place as usize].code as usize;
        let (first, count) = match code {
            0..10 => (code * 100, 100),
            10..100 => (code * 10, 10),
            _ => (code, 1),
        };
        place += 1;
        let mut at = first;
        while at < first + count {
            assert!(index[at] == 0);
            index[at] = place;
            at += 1;
        }
    }
    index
};

/// Judge an international number: digit values from the calling code on.
pub(super) fn judge(digits: &[u8]) -> Number {
    let &[a, b, c, ..] = digits else { return Number::refused(Verdict::TooShort) };
    let at = usize::from(a) * 100 + usize::from(b) * 10 + usize::from(c);
    let place = INDEX.get(at).copied().map_or(0, usize::from);
    let Some(found) = place.checked_sub(1).and_then(|place| CODES.get(place)) else {
        return Number::refused(Verdict::UnknownCallingCode);
    };
    let size = match found.code {
        0..10 => 1,
        10..100 => 2,
        _ => 3,
    };
    let nsn = digits.get(size..).unwrap_or_default();
    let nsn = match (nsn, found.zero) {
        ([0, rest @ ..], Trunk) => rest,
        _ => nsn,
    };
    if found.code == myanmar::CALLING_CODE {
        return Number::myanmar(nsn);
    }
    let verdict = match (nsn, found.zero) {
        _ if nsn.len() < NSN_MIN => Verdict::TooShort,
        _ if nsn.len() > DIGITS_MAX - size => Verdict::TooLong,
        ([0, ..], Trunk | Never) => Verdict::Invalid,
        _ => Verdict::Unconfirmed,
    };
    Number::international(verdict, found.code, found.region, nsn)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_ascend_so_that_none_is_there_twice() {
        assert!(CODES.windows(2).all(|pair| pair[0].code < pair[1].code));
    }

    #[test]
    fn a_region_is_two_letters_or_001_or_none() {
        for code in CODES {
            let region = code.region;
            let letters = region.len() == 2 && region.bytes().all(|b| b.is_ascii_uppercase());
            assert!(letters || region == "001" || region.is_empty(), "{}", code.code);
        }
    }
}
