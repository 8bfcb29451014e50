//! Reading that refuses what may reach the wrong person: letters, extensions,
//! two numbers in one text, masked digits.
use super::digits::{Class, class, decimal};
use super::extension::{self, Tilde};
use super::parse::{
    Buffer, CLEAN_DIGITS_MAX, DECIMALS_MAX, Dialled, judge, push_digits, strip_plus,
};
use super::{Number, Region, Verdict, uri};

/// Digits that are enough to be a number where a comma or a line break parts two.
const APART_DIGITS_MIN: usize = 6;
/// Digits that are enough to be a number where nothing parts two.
const TOGETHER_DIGITS_MIN: usize = 8;
// The fast path does not tell two numbers that run together from one too long.
const _: () = assert!(CLEAN_DIGITS_MAX < 2 * TOGETHER_DIGITS_MIN);
/// Digits that make a number complete whose plan is not known.
const COMPLETE_DIGITS_MIN: usize = 10;

/// The digits in `chars`, and whether a plus stands before them.
pub(super) fn read(
    chars: &[char],
    region: Option<Region>,
    digits: &mut Buffer<u8>,
) -> Result<bool, Verdict> {
    let mut plus = false;
    let body = match uri::parse(chars) {
        Some(found) => {
            plus = push_context(&found, digits)?;
            found.number
        }
        None => chars,
    };
    let context = digits.as_slice().len();
    let seen = Seen::read(body, plus, digits)?;
    let parts =
        Parts { body, context, dialled: Dialled { digits: digits.as_slice(), plus: seen.plus } };
    if parts.dialled.digits.len() == context || seen.lost {
        return Err(Verdict::NotANumber);
    }
    if seen.parted && parts.any_apart() {
        return Err(Verdict::Several);
    }
    if seen.foreign && extension::find(trim(body), Tilde::Joins).is_some() {
        return Err(Verdict::Extension);
    }
    if seen.letters {
        return Err(Verdict::Letters);
    }
    if seen.parted && parts.any_complete(region) {
        return Err(Verdict::Several);
    }
    if seen.foreign || is_decimal_number(body) {
        return Err(Verdict::NotANumber);
    }
    Ok(seen.plus)
}

/// Put the digits of a URI's context before its own; true if there are some.
fn push_context(uri: &uri::Uri<'_>, digits: &mut Buffer<u8>) -> Result<bool, Verdict> {
    for parameter in uri.parameters.split(|&c| c == ';').skip(1) {
        let end = parameter.iter().position(|&c| c == '=').unwrap_or(parameter.len());
        let name: String = parameter.iter().take(end).collect();
        match name.as_str() {
            "phone-context" => {}
            _ if name.eq_ignore_ascii_case("ext") || name.eq_ignore_ascii_case("isub") => {
                return Err(Verdict::Extension);
            }
            _ => return Err(Verdict::NotANumber),
        }
    }
    match uri::context(uri.parameters)? {
        Some((_, context @ ['+', ..])) => push_digits(context, digits).map(|()| true),
        _ => Ok(false),
    }
}

/// What a text has, besides digits.
struct Seen {
    plus: bool,
    letters: bool,
    /// A character that may hide a digit, or a sign where no number has it.
    lost: bool,
    /// Something inside the number that no number has.
    foreign: bool,
    /// Something between two digits that may part two numbers.
    parted: bool,
}

impl Seen {
    fn read(body: &[char], plus: bool, digits: &mut Buffer<u8>) -> Result<Self, Verdict> {
        let mut seen = Self { plus, letters: false, lost: false, foreign: false, parted: false };
        let mut behind_plus = false;
        let (mut parting, mut foreign) = (false, false);
        let mut begun = plus;
        for &c in body {
            let class = class(c);
            match class {
                Class::Digit(value) => {
                    digits.push(value)?;
                    seen.parted |= begun && parting;
                    seen.foreign |= begun && foreign;
                    (parting, foreign, begun) = (false, false, true);
                }
                Class::Joins => {}
                Class::MayPart => parting = true,
                Class::Plus if begun => (parting, foreign) = (true, true),
                Class::Plus => {
                    seen.lost |= seen.plus && !behind_plus;
                    seen.plus = true;
                }
                Class::Foreign => {
                    seen.lost |= seen.plus && !begun;
                    (parting, foreign) = (true, true);
                }
                Class::Mark => seen.foreign = true,
                Class::Letter => (seen.letters, seen.foreign) = (true, true),
                Class::Lost => seen.lost = true,
            }
            behind_plus = class == Class::Plus;
        }
        Ok(seen)
    }
}

/// A text whose digits something may part into numbers.
struct Parts<'a> {
    body: &'a [char],
    /// How many of the digits come from the context of a URI.
    context: usize,
    dialled: Dialled<'a>,
}

impl Parts<'_> {
    /// Whether something foreign has digits enough for a number on both sides.
    fn any_apart(&self) -> bool {
        self.any(|before, after, parted| {
            parted == Class::Foreign
                && before.len() >= APART_DIGITS_MIN
                && after.len() >= APART_DIGITS_MIN
        })
    }

    /// Whether a number is complete before something that may part two: in
    /// `01 512345/6` the 6 is another ending, not another digit.
    fn any_complete(&self, region: Option<Region>) -> bool {
        self.any(|before, _, _| is_complete(Dialled { digits: before, ..self.dialled }, region))
    }

    fn any(&self, is_several: impl Fn(&[u8], &[u8], Class) -> bool) -> bool {
        let mut count = self.context;
        let mut parted = Class::Joins;
        for &c in self.body {
            match class(c) {
                Class::Digit(_) => {
                    let (before, after) = self.dialled.digits.split_at(count);
                    if count > 0 && parted != Class::Joins && is_several(before, after, parted) {
                        return true;
                    }
                    (count, parted) = (count + 1, Class::Joins);
                }
                Class::Foreign | Class::Plus => parted = Class::Foreign,
                Class::MayPart if parted == Class::Joins => parted = Class::MayPart,
                _ => {}
            }
        }
        false
    }
}

/// Whether `dialled` is a number as it stands.
fn is_complete(dialled: Dialled<'_>, region: Option<Region>) -> bool {
    match judge(dialled, region).verdict {
        Verdict::Valid => true,
        Verdict::Unconfirmed => dialled.digits.len() >= COMPLETE_DIGITS_MIN,
        _ => false,
    }
}

/// Tell two numbers that run together from one that is too long.
pub(super) fn too_long(number: Number, digits: &[u8], region: Option<Region>) -> Number {
    let begins = |digits: &[u8]| {
        matches!(digits, [0, 9, ..] | [9, 5, 9, ..] | [0, 0, 9, 5, 9, ..])
            || is_complete(Dialled { digits, plus: false }, region)
    };
    let ends = TOGETHER_DIGITS_MIN..=digits.len().saturating_sub(TOGETHER_DIGITS_MIN);
    let several = ends.into_iter().any(|at| {
        let (first, second) = digits.split_at(at);
        begins(first) && begins(second)
    });
    if several { Number::refused(Verdict::Several) } else { number }
}

/// `chars` from the first digit or plus to the last character of meaning.
fn trim(chars: &[char]) -> &[char] {
    let starts = |&c: &char| matches!(class(c), Class::Digit(_) | Class::Plus);
    let ends = |&c: &char| !matches!(class(c), Class::Joins | Class::MayPart | Class::Foreign);
    let start = chars.iter().position(starts).unwrap_or(chars.len());
    let end = chars.iter().rposition(ends).map_or(start, |at| (at + 1).max(start));
    chars.get(start..end).unwrap_or_default()
}

/// Whether the text is a decimal number without a fraction, `959420123456.0`:
/// the zero behind the dot is none of the phone number's.
fn is_decimal_number(chars: &[char]) -> bool {
    let number = strip_plus(trim(chars)).0;
    let whole = number.iter().take_while(|&&c| decimal(c).is_some()).count();
    match number.split_at(whole).1 {
        ['.' | '\u{FF0E}', fraction @ ..] => {
            fraction.len() <= DECIMALS_MAX && fraction.iter().all(|&c| decimal(c) == Some(0))
        }
        _ => false,
    }
}
