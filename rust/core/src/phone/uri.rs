//! `tel:` URIs. Source: RFC 3966.
use super::Verdict;
use super::digits::{Class, class, decimal};

const CONTEXT: &str = ";phone-context=";

/// The number in `chars`, without its scheme, before its first parameter.
pub(super) struct Uri<'a> {
    pub(super) number: &'a [char],
    /// The parameters, each with its semicolon.
    pub(super) parameters: &'a [char],
}

/// Read `chars` as a URI; `None` where it is none.
///
/// A space behind the scheme makes it a word: `Tel: 09 …` is a text with letters. So
/// is a scheme in capitals before a phone-context, which libphonenumber reads nothing of.
pub(super) fn parse(chars: &[char]) -> Option<Uri<'_>> {
    let junk = |&&c: &&char| matches!(class(c), Class::Joins | Class::Foreign);
    let chars = chars.get(chars.iter().take_while(junk).count()..)?;
    let ([t, e, l, ':'], body) = chars.split_at_checked(4)? else { return None };
    let scheme = [t, e, l].map(char::to_ascii_lowercase) == ['t', 'e', 'l'];
    if !scheme || body.first().is_none_or(|c| c.is_whitespace()) {
        return None;
    }
    let end = body.iter().position(|&c| c == ';').unwrap_or(body.len());
    let (number, parameters) = body.split_at(end);
    if (t, e, l) != (&'t', &'e', &'l') && find(parameters, CONTEXT).is_some() {
        return None;
    }
    Some(Uri { number, parameters })
}

/// Where the phone-context parameter begins, and its value.
///
/// A context that RFC 3966 does not allow makes the text no number.
pub(super) fn context(chars: &[char]) -> Result<Option<(usize, &[char])>, Verdict> {
    let Some(at) = find(chars, CONTEXT) else { return Ok(None) };
    let value = chars.get(at + CONTEXT.len()..).unwrap_or_default();
    let end = value.iter().position(|&c| c == ';').unwrap_or(value.len());
    let value = value.get(..end).unwrap_or_default();
    if is_global(value) || is_domain(value) {
        Ok(Some((at, value)))
    } else {
        Err(Verdict::NotANumber)
    }
}

/// Where `word`, which is ASCII, first stands in `chars`.
pub(super) fn find(chars: &[char], word: &str) -> Option<usize> {
    chars.windows(word.len()).position(|at| at.iter().copied().eq(word.chars()))
}

/// `"+" *phonedigit DIGIT *phonedigit`
fn is_global(value: &[char]) -> bool {
    let ['+', digits @ ..] = value else { return false };
    digits.iter().any(|&c| decimal(c).is_some())
        && digits.iter().all(|&c| decimal(c).is_some() || matches!(c, '-' | '.' | '(' | ')'))
}

/// `*( domainlabel "." ) toplabel [ "." ]`, with digits of any script, as
/// libphonenumber has it.
fn is_domain(value: &[char]) -> bool {
    let value = value.strip_suffix(&['.']).unwrap_or(value);
    let is_inside = |c: char| c.is_ascii_alphabetic() || decimal(c).is_some();
    let label = |label: &[char]| {
        let [first, .., last] = label else {
            return label.iter().all(|&c| is_inside(c)) && !label.is_empty();
        };
        is_inside(*first) && is_inside(*last) && label.iter().all(|&c| is_inside(c) || c == '-')
    };
    let top = value.rsplit(|&c| c == '.').next().unwrap_or_default();
    value.split(|&c| c == '.').all(label) && top.first().is_some_and(char::is_ascii_alphabetic)
}
