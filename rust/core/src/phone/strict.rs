//! Reading that refuses what may reach the wrong person: letters, extensions,
//! two numbers in one text, masked digits.
use super::buffer::Buffer;
use super::clean::{CLEAN_DIGITS_MAX, DAY_DIGITS_MAX, TAIL_DIGITS_MAX};
use super::dial::{Dialled, judge};
use super::digits::{Bracket, Class, bracket, class, decimal, is_dash, is_dot};
use super::{Number, Region, Verdict, extension, lenient, uri};

/// The calling code of Myanmar. Source: ITU-T E.164.
const MYANMAR: u16 = 95;
/// Digits that a text has at least. Source: libphonenumber 9.0.43, which takes two
/// that stand alone as well.
const DIGITS_MIN: usize = 3;

/// Digits that are enough to be a number where a comma or a line break parts two.
const APART_DIGITS_MIN: usize = 6;
/// Digits that are enough to be a number where nothing parts two.
const TOGETHER_DIGITS_MIN: usize = 8;
// The fast path does not tell two numbers that run together from one too long.
const _: () = assert!(CLEAN_DIGITS_MAX < 2 * TOGETHER_DIGITS_MIN);
/// Digits that make a number complete that is not confirmed.
const COMPLETE_DIGITS_MIN: usize = 10;
/// Digits in a row that are a number and no group of one.
const RUN_DIGITS_MIN: usize = 7;
/// Dots and dashes in a row that part groups, at most; at an end it is one.
const SIGNS_MAX: usize = 2;
/// The years of a date: those of Myanmar's era, the common one and the Buddhist one.
const YEARS: std::ops::Range<u32> = 1300..2600;

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
    let parts = Parts { body, context, digits: digits.as_slice(), plus: seen.plus };
    if parts.digits.len() == context || is_date(trim(body)) {
        return Err(Verdict::NotANumber);
    }
    if seen.parted && parts.any_apart() {
        return Err(Verdict::Several);
    }
    if (seen.foreign || seen.parted) && extension::find(trim(body)).is_some() {
        return Err(Verdict::Extension);
    }
    if seen.letters {
        return Err(Verdict::Letters);
    }
    if seen.parted && parts.any_complete(region) {
        return Err(Verdict::Several);
    }
    if seen.lost || seen.foreign || is_decimal(body) || is_cut(body) || !is_paired(body) {
        return Err(Verdict::NotANumber);
    }
    if parts.digits.len() < DIGITS_MIN {
        return Err(Verdict::NotANumber);
    }
    if parts.have_tail(region) {
        return Err(Verdict::Several);
    }
    // Nothing is accepted that lenient reading makes another number of, or none.
    let mut again = Buffer::new();
    if lenient::read(chars, &mut again) != Ok(seen.plus) || again.as_slice() != digits.as_slice() {
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
        Some((_, context @ ['+', ..])) => {
            let values = context.iter().filter_map(|&c| decimal(c));
            values.into_iter().try_for_each(|digit| digits.push(digit)).map(|()| true)
        }
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
                Class::Lost => (seen.lost, parting, foreign) = (true, true, true),
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
    digits: &'a [u8],
    plus: bool,
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
        self.any(|before, _, _| is_complete(Dialled::new(before, self.plus), region))
    }

    /// Whether a number is complete before a last group that is too short for
    /// one, `096123456 (2)`, or before several of them.
    fn have_tail(&self, region: Option<Region>) -> bool {
        let (mut before, mut group) = (self.digits, 0);
        for (at, &c) in self.body.iter().enumerate().rev() {
            match (class(c), before) {
                (Class::Digit(_), [rest @ .., _]) => {
                    (before, group) = (rest, group + 1);
                    if group > TAIL_DIGITS_MAX {
                        return false;
                    }
                }
                _ if group > 0 => {
                    if self.ends_before(at, before, region) {
                        return true;
                    }
                    group = 0;
                }
                _ => {}
            }
        }
        false
    }

    /// Whether the digits `before` the sign at `at` are a number of their own.
    ///
    /// Other countries have numbers of many sizes, and groups of two may end one,
    /// `+49 30 1234 56 78`: a bracket or a long row of digits has to tell.
    fn ends_before(&self, at: usize, before: &[u8], region: Option<Region>) -> bool {
        let dialled = Dialled::new(before, self.plus);
        if judge(dialled, region).calling_code == MYANMAR {
            return judge(dialled, region).verdict.is_accepted();
        }
        let (head, sign) = self.body.split_at(at);
        let opens = sign.first().is_some_and(|&c| matches!(bracket(c), Some((_, true))));
        let is_digit = |&&c: &&char| decimal(c).is_some();
        let run = head.iter().rev().skip_while(|c| !is_digit(c)).take_while(is_digit).count();
        (opens || run >= RUN_DIGITS_MIN) && is_complete(dialled, region)
    }

    fn any(&self, is_several: impl Fn(&[u8], &[u8], Class) -> bool) -> bool {
        let mut count = self.context;
        let mut parted = Class::Joins;
        for &c in self.body {
            match class(c) {
                Class::Digit(_) => {
                    let (before, after) = self.digits.split_at(count);
                    if count > 0 && parted != Class::Joins && is_several(before, after, parted) {
                        return true;
                    }
                    (count, parted) = (count + 1, Class::Joins);
                }
                Class::Foreign | Class::Lost | Class::Plus => parted = Class::Foreign,
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
            || is_complete(Dialled::new(digits, false), region)
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
/// the zero behind the dot is none of the phone number's. A second dot makes
/// groups of it, `09.789.123.400`.
fn is_decimal(chars: &[char]) -> bool {
    let is_digit = |&&c: &&char| decimal(c).is_some();
    let number = trim(chars);
    let number = number.get(..=number.iter().rposition(|c| is_digit(&c)).unwrap_or(0));
    let number = number.unwrap_or_default();
    let zeros = number.iter().rev().take_while(|&&c| decimal(c) == Some(0)).count();
    let (head, _) = number.split_at(number.len() - zeros);
    let joins = head.iter().rev().take_while(|c| !is_digit(c));
    (1..=TAIL_DIGITS_MAX).contains(&zeros)
        && joins.filter(|&&c| is_dot(c)).count() == 1
        && head.iter().filter(|&&c| is_dot(c)).count() == 1
}

/// Whether dots or dashes in a row stand for digits: `096712345...`, `0967---12345`.
fn is_cut(chars: &[char]) -> bool {
    let (mut signs, mut signs_max) = (0, 1);
    for &c in chars {
        if decimal(c).is_some() {
            if signs > signs_max {
                return true;
            }
            (signs, signs_max) = (0, SIGNS_MAX);
        } else if is_sign(c) {
            signs += 1;
        }
    }
    signs > 1
}

/// A sign that parts groups of digits, and is no space and no bracket.
fn is_sign(c: char) -> bool {
    is_dot(c) || is_dash(c) || class(c) == Class::MayPart
}

/// Whether every bracket has its other half. A lone one is a slip of the finger:
/// `(` and `)` are 9 and 0 with Shift.
fn is_paired(chars: &[char]) -> bool {
    let (mut round, mut square) = (0_usize, 0_usize);
    for (kind, opens) in chars.iter().filter_map(|&c| bracket(c)) {
        let open = if kind == Bracket::Round { &mut round } else { &mut square };
        match open.checked_sub(1) {
            _ if opens => *open += 1,
            Some(fewer) => *open = fewer,
            None => return false,
        }
    }
    (round, square) == (0, 0)
}

/// Whether the text is a date, `17/1/2024` or `2024-01-17`, alone or before a time.
fn is_date(chars: &[char]) -> bool {
    let read = || {
        let (first, rest) = Field::split(chars)?;
        let (sign, rest) = split_sign(rest)?;
        let (month, rest) = Field::split(rest)?;
        let (again, rest) = split_sign(rest)?;
        let (last, rest) = Field::split(rest)?;
        let ends = first.is_day() && last.is_year() || first.is_year() && last.is_day();
        Some(sign == again && month.is_month() && ends && (rest.is_empty() || is_time(rest)))
    };
    read().unwrap_or(false)
}

/// Whether a time follows a date: ` 10:30`, `T10:30:00`.
fn is_time(chars: &[char]) -> bool {
    let gap = chars.iter().take_while(|&&c| matches!(c, ' ' | ',' | 'T' | 't')).count();
    let Some((hour, [':' | '.', rest @ ..])) = chars.get(gap..).and_then(Field::split) else {
        return false;
    };
    let minute = Field::split(rest).is_some_and(|(minute, _)| minute.size == 2);
    gap > 0 && hour.size <= 2 && hour.value <= 24 && minute
}

/// The sign between two fields of a date, which may have spaces around it.
fn split_sign(chars: &[char]) -> Option<(char, &[char])> {
    let skip = |chars: &'_ [char]| chars.iter().take_while(|&&c| c == ' ').count();
    let (&sign, rest) = chars.get(skip(chars)..)?.split_first()?;
    is_sign(sign).then_some((sign, rest.get(skip(rest)..)?))
}

/// Digits of a date or a time.
struct Field {
    value: u32,
    size: usize,
}

impl Field {
    /// The digits that `chars` begins with, at most four, and the rest.
    fn split(chars: &[char]) -> Option<(Self, &[char])> {
        let size = chars.iter().take_while(|&&c| decimal(c).is_some()).count();
        let (digits, rest) = chars.split_at(size);
        let digits = digits.iter().filter_map(|&c| decimal(c));
        let value = || digits.fold(0, |value, digit| value * 10 + u32::from(digit));
        (1..=4).contains(&size).then(|| (Self { value: value(), size }, rest))
    }

    fn is_day(&self) -> bool {
        self.size <= DAY_DIGITS_MAX && (1..=31).contains(&self.value)
    }

    fn is_month(&self) -> bool {
        self.size <= DAY_DIGITS_MAX && (1..=12).contains(&self.value)
    }

    fn is_year(&self) -> bool {
        self.size == 2 || self.size == 4 && YEARS.contains(&self.value)
    }
}
