//! The numbers that stand for verdicts, operators and kinds.
use smspoh_core::phone::{self, Kind, Operator, Verdict};

/// Bytes of the E.164 column that one row takes at most, its line break included.
pub const SMSPOH_E164_SLOT: usize = 24;

/// A number of a plan that is known.
pub const SMSPOH_VERDICT_VALID: u8 = 0;
/// A number in shape; no good source says that it is, or is not, in use.
pub const SMSPOH_VERDICT_UNCONFIRMED: u8 = 1;
/// A number that cannot take an SMS, where one that can was asked for.
pub const SMSPOH_VERDICT_NOT_MOBILE: u8 = 2;
/// Nothing that could be a number.
pub const SMSPOH_VERDICT_NOT_A_NUMBER: u8 = 3;
/// Letters among the digits.
pub const SMSPOH_VERDICT_LETTERS: u8 = 4;
/// A number with an extension.
pub const SMSPOH_VERDICT_EXTENSION: u8 = 5;
/// More than one number.
pub const SMSPOH_VERDICT_SEVERAL: u8 = 6;
/// Fewer digits than its block has.
pub const SMSPOH_VERDICT_TOO_SHORT: u8 = 7;
/// More digits than its block has.
pub const SMSPOH_VERDICT_TOO_LONG: u8 = 8;
/// A number of digits between those that its block has.
pub const SMSPOH_VERDICT_INVALID_LENGTH: u8 = 9;
/// No such country calling code, or none given and no region to assume.
pub const SMSPOH_VERDICT_UNKNOWN_CALLING_CODE: u8 = 10;
/// A block that is not in use.
pub const SMSPOH_VERDICT_INVALID: u8 = 11;

/// Not a mobile number of Myanmar, or a block whose holder is not known.
pub const SMSPOH_OPERATOR_UNKNOWN: u8 = 0;
/// MPT.
pub const SMSPOH_OPERATOR_MPT: u8 = 1;
/// ATOM, once Telenor.
pub const SMSPOH_OPERATOR_ATOM: u8 = 2;
/// U9, once Ooredoo.
pub const SMSPOH_OPERATOR_U9: u8 = 3;
/// Mytel.
pub const SMSPOH_OPERATOR_MYTEL: u8 = 4;
/// MEC.
pub const SMSPOH_OPERATOR_MEC: u8 = 5;

/// A kind that is not known.
pub const SMSPOH_KIND_UNKNOWN: u8 = 0;
/// A mobile phone.
pub const SMSPOH_KIND_MOBILE: u8 = 1;
/// A fixed line.
pub const SMSPOH_KIND_FIXED_LINE: u8 = 2;
/// Free for the caller.
pub const SMSPOH_KIND_TOLL_FREE: u8 = 3;
/// A telephone service over the internet.
pub const SMSPOH_KIND_VOIP: u8 = 4;
/// A fixed line or a mobile phone: the digits do not tell.
pub const SMSPOH_KIND_FIXED_LINE_OR_MOBILE: u8 = 5;
/// Dearer than an ordinary call.
pub const SMSPOH_KIND_PREMIUM_RATE: u8 = 6;
/// The cost is shared between caller and called.
pub const SMSPOH_KIND_SHARED_COST: u8 = 7;
/// A number that follows its owner from line to line.
pub const SMSPOH_KIND_PERSONAL_NUMBER: u8 = 8;
/// A pager.
pub const SMSPOH_KIND_PAGER: u8 = 9;
/// A company's number that leads to any of its offices.
pub const SMSPOH_KIND_UAN: u8 = 10;
/// A voice mailbox.
pub const SMSPOH_KIND_VOICEMAIL: u8 = 11;

// The header needs numbers it can read; these keep them equal to the core's.
const _: () = {
    assert!(SMSPOH_E164_SLOT == phone::E164_SLOT);
    assert!(SMSPOH_VERDICT_VALID == Verdict::Valid as u8);
    assert!(SMSPOH_VERDICT_UNCONFIRMED == Verdict::Unconfirmed as u8);
    assert!(SMSPOH_VERDICT_NOT_MOBILE == Verdict::NotMobile as u8);
    assert!(SMSPOH_VERDICT_NOT_A_NUMBER == Verdict::NotANumber as u8);
    assert!(SMSPOH_VERDICT_LETTERS == Verdict::Letters as u8);
    assert!(SMSPOH_VERDICT_EXTENSION == Verdict::Extension as u8);
    assert!(SMSPOH_VERDICT_SEVERAL == Verdict::Several as u8);
    assert!(SMSPOH_VERDICT_TOO_SHORT == Verdict::TooShort as u8);
    assert!(SMSPOH_VERDICT_TOO_LONG == Verdict::TooLong as u8);
    assert!(SMSPOH_VERDICT_INVALID_LENGTH == Verdict::InvalidLength as u8);
    assert!(SMSPOH_VERDICT_UNKNOWN_CALLING_CODE == Verdict::UnknownCallingCode as u8);
    assert!(SMSPOH_VERDICT_INVALID == Verdict::Invalid as u8);
    assert!(Verdict::ALL.len() == 12);
    assert!(SMSPOH_OPERATOR_UNKNOWN == Operator::Unknown as u8);
    assert!(SMSPOH_OPERATOR_MPT == Operator::Mpt as u8);
    assert!(SMSPOH_OPERATOR_ATOM == Operator::Atom as u8);
    assert!(SMSPOH_OPERATOR_U9 == Operator::U9 as u8);
    assert!(SMSPOH_OPERATOR_MYTEL == Operator::Mytel as u8);
    assert!(SMSPOH_OPERATOR_MEC == Operator::Mec as u8);
    assert!(Operator::ALL.len() == 6);
    assert!(SMSPOH_KIND_UNKNOWN == Kind::Unknown as u8);
    assert!(SMSPOH_KIND_MOBILE == Kind::Mobile as u8);
    assert!(SMSPOH_KIND_FIXED_LINE == Kind::FixedLine as u8);
    assert!(SMSPOH_KIND_TOLL_FREE == Kind::TollFree as u8);
    assert!(SMSPOH_KIND_VOIP == Kind::Voip as u8);
    assert!(SMSPOH_KIND_FIXED_LINE_OR_MOBILE == Kind::FixedLineOrMobile as u8);
    assert!(SMSPOH_KIND_PREMIUM_RATE == Kind::PremiumRate as u8);
    assert!(SMSPOH_KIND_SHARED_COST == Kind::SharedCost as u8);
    assert!(SMSPOH_KIND_PERSONAL_NUMBER == Kind::PersonalNumber as u8);
    assert!(SMSPOH_KIND_PAGER == Kind::Pager as u8);
    assert!(SMSPOH_KIND_UAN == Kind::Uan as u8);
    assert!(SMSPOH_KIND_VOICEMAIL == Kind::Voicemail as u8);
    assert!(Kind::ALL.len() == 12);
};
