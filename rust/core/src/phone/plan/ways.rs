//! The shortest way from dialled digits to a valid number, by the first three of them.
use std::sync::OnceLock;

use super::data::{CODES, NO_CODE, TERRITORIES, Territory};
use super::place::begins;
use super::{CallingCode, Digits, Found, Place, Region, Verdict, lead, program, step};

/// Digits that a way is told by.
type Lead = [u8; 3];
/// The ways by their leads.
type Table = [Way; LEADS];
const LEADS: usize = 1000;

/// For each three first digits, how many of them come before a national number and which
/// calling code it has, if it is a valid one.
///
/// What depends on the digits behind is not here: for that the long way has to be asked,
/// and for all that is not valid, because how it fails depends on more.
#[derive(Clone, Copy)]
pub(in crate::phone) struct Ways {
    /// From the region.
    home: &'static Table,
    /// Behind a plus.
    abroad: &'static Table,
    /// As in an output: one more than the place of the region.
    territory: u8,
}

/// Where three digits lead.
#[derive(Clone, Copy)]
struct Way {
    /// How many of them come before the number, or before the calling code.
    before: u8,
    /// The place of the calling code; or one of these two.
    code: u8,
    /// The digits that the number may not begin with, a bit each: they may be a prefix.
    not_first: u16,
}

impl Way {
    /// The long way has to be asked.
    const LONG: Self = Self { before: 0, code: NO_CODE, not_first: 0 };
    /// In place of a calling code: it is behind a prefix that dials abroad.
    const ABROAD: u8 = NO_CODE - 1;
}

const _: () = assert!(CODES.len() < Way::ABROAD as usize);

impl Ways {
    /// The ways from `region`. The first call for a region finds them.
    pub(in crate::phone) fn of(region: Region) -> Self {
        static HOME: [OnceLock<Box<Table>>; TERRITORIES.len()] =
            [const { OnceLock::new() }; TERRITORIES.len()];
        static ABROAD: OnceLock<Box<Table>> = OnceLock::new();
        static NONE: Table = [Way::LONG; LEADS];
        let place = region.place();
        let home = HOME.get(usize::from(region.0));
        Self {
            home: home
                .map_or(&NONE, |home| home.get_or_init(|| find(|digits| from(place, digits)))),
            abroad: ABROAD.get_or_init(|| find(abroad)),
            territory: region.0 + 1,
        }
    }

    /// The valid number that `digits` are, without what is before it: one of the region, or
    /// behind a plus of any.
    #[inline(always)]
    pub(in crate::phone) fn valid<'a>(
        &self,
        digits: Digits<'a>,
        plus: bool,
    ) -> Option<(CallingCode, Digits<'a>, Found)> {
        let (mut digits, mut any) = (digits, plus);
        let mut way = look(if plus { self.abroad } else { self.home }, digits)?;
        if way.code == Way::ABROAD {
            digits = digits.skip(way.before.into())?;
            (way, any) = (look(self.abroad, digits)?, true);
        }
        let code = CallingCode(CODES.get(usize::from(way.code))?);
        let nsn = digits.skip(way.before.into())?;
        if way.not_first >> nsn.first()? & 1 != 0 {
            return None;
        }
        let output = code.output(nsn.as_slice())?;
        let is_here = output.territory == self.territory || output.territory == 0;
        ((any | is_here) && output.verdict == Verdict::Valid)
            .then(|| (code, nsn, code.found(output)))
    }
}

#[inline(always)]
fn look(table: &Table, digits: Digits<'_>) -> Option<Way> {
    let [a, b, c, ..] = *digits.as_slice() else { return None };
    table.get(lead([a, b, c])).copied()
}

fn find(way: impl Fn(Lead) -> Option<Way>) -> Box<Table> {
    let mut table = Box::new([Way::LONG; LEADS]);
    for (lead, place) in (0..).zip(table.iter_mut()) {
        let digit = |unit: u16| u8::try_from(lead / unit % 10).unwrap_or(0);
        *place = way([digit(100), digit(10), digit(1)]).unwrap_or(Way::LONG);
    }
    table
}

/// The way behind a plus.
fn abroad(lead: Lead) -> Option<Way> {
    let (code, size) = CallingCode::find(&lead)?;
    let main = code.main().0;
    Some(Way { before: u8::try_from(size).ok()?, code: main.code, not_first: main.national_first })
}

/// The way from `home`.
fn from(home: Place, lead: Lead) -> Option<Way> {
    let place = home.0;
    let way = |before: usize| {
        let before = u8::try_from(before).ok()?;
        Some(Way { before, code: place.code, not_first: 0 })
    };
    if begins(&lead, place.international_first)
        && program::may_match(place.international_prefix, &lead)
    {
        return match program::plain(place.international_prefix, &lead)? {
            0 => None,
            size => Some(Way { code: Way::ABROAD, ..way(size)? }),
        };
    }
    if let Some((code, size)) = CallingCode::find(&lead)
        && code.number() == place.calling_code
    {
        // The code was dialled where the digits with it are no number, and those
        // behind it are, without a prefix.
        let is_dead = is_dead(place, &lead);
        let is_home = std::ptr::eq(code.main().0, place);
        // Behind a code of three digits none is left to tell by.
        let rest = lead.get(size..).filter(|rest| !rest.is_empty())?;
        let has_prefix = begins(rest, place.national_first);
        return if is_dead && is_home && !has_prefix { way(size) } else { None };
    }
    if !begins(&lead, place.national_first) {
        return way(0);
    }
    match program::plain(place.national_prefix, &lead)? {
        // A longer prefix may begin like this.
        0 if program::may_match(place.national_prefix, &lead) => None,
        size => way(size),
    }
}

/// Whether no number in shape begins with `lead`.
fn is_dead(place: &Territory, lead: &[u8]) -> bool {
    lead.iter().try_fold(place.shape, |at, &digit| step(at, digit)) == Some(0)
}
