//! Columns of texts to columns of tokens, and back.
use zeroize::{Zeroize, Zeroizing};

use super::{Base64, Profile, Run, Salt, Verdict, decrypt_batch, encrypt_batch, is_weak};
use crate::column::{Flaw, Input, TextColumn, Validity, Wrong, offset};
use crate::rows::range_of;
use crate::{Rows, Watch, memory};

/// The key of each row, or the one of all.
pub enum Keys<'a> {
    /// One for all.
    Same(&'a [u8]),
    /// One a row; null or not.
    Each(&'a Input<'a>),
}

/// The rows that are sealed or opened.
struct Admitted<'a> {
    /// Their places, in order.
    places: Vec<usize>,
    values: Vec<&'a [u8]>,
    /// The key of each, or the one of all.
    keys: Vec<&'a [u8]>,
    has_one_key: bool,
}

impl<'a> Admitted<'a> {
    /// Those that are not null, with a key that is not null and that `is_usable` admits; a
    /// single key is not asked about.
    fn new(
        input: &Input<'a>,
        keys: &Keys<'a>,
        is_usable: impl Fn(&[u8]) -> bool,
    ) -> Result<Self, Wrong> {
        let rows = input.rows();
        let has_one_key = match keys {
            Keys::Each(keys) if keys.rows() != rows => return Err(Flaw::Rows.into()),
            Keys::Each(_) => false,
            Keys::Same(_) => true,
        };
        let mut places = memory::with_room(rows)?;
        let mut values = memory::with_room(rows)?;
        let mut keys_ = memory::with_room(if has_one_key { 1 } else { rows })?;
        if let Keys::Same(key) = keys {
            keys_.push(*key);
        }
        for row in 0..rows {
            let Some(value) = input.get(row) else { continue };
            if let Keys::Each(keys) = keys {
                let Some(key) = keys.get(row).filter(|key| is_usable(key)) else { continue };
                keys_.push(key);
            }
            places.push(row);
            values.push(value);
        }
        Ok(Self { places, values, keys: keys_, has_one_key })
    }

    fn keys(&self) -> Rows<'_> {
        match (self.has_one_key, self.keys.first()) {
            (true, Some(key)) => Rows::Same(key),
            _ => Rows::Each(&self.keys),
        }
    }
}

/// The tokens of a column of texts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SealedColumn {
    /// A token a row.
    pub tokens: TextColumn,
    /// Whether a key can be guessed: [`super::is_weak`].
    pub has_weak_key: bool,
}

/// Encrypt each text with a fresh salt. A token is null where the text is, and where its key
/// in a column is null, empty or ends in a NUL.
///
/// # Errors
/// [`Flaw::Rows`] where the keys are not as many, [`Flaw::Size`] where the tokens have 2 GiB or
/// more; and those of [`encrypt_batch`].
pub fn encrypt_column(
    texts: &Input<'_>,
    keys: &Keys<'_>,
    profile: &Profile<'_>,
    run: Run,
    watch: &mut Watch<'_>,
) -> Result<SealedColumn, Wrong> {
    let rows = texts.rows();
    let admitted = Admitted::new(texts, keys, |key| !matches!(key.last(), None | Some(0)))?;
    let Admitted { places, values, .. } = &admitted;
    let size = |text: &&[u8]| profile.cipher.wire_size(text.len());
    let add = |sum: usize, text| sum.checked_add(size(text)?);
    let whole = values.iter().try_fold(0, add).ok_or(Flaw::Size)?;
    offset(whole)?; // before the work, which may take hours
    let mut data = memory::zeros(1, whole + values.len())?; // with a line break behind each
    let (texts, keys) = (Rows::Each(values), admitted.keys());
    encrypt_batch(values.len(), texts, keys, profile, Salt::Fresh, run, watch, &mut data)?;

    // Without the line breaks.
    let validity = validity_of(rows, places.iter().copied())?;
    let mut offsets = memory::with_room(rows + 1)?;
    offsets.push(0);
    let (mut from, mut end, mut sizes) = (0, 0, values.iter().filter_map(size));
    for row in 0..rows {
        if validity.get(row) {
            let size = sizes.next().unwrap_or(0);
            data.copy_within(from..from + size, end);
            (from, end) = (from + size + 1, end + size);
        }
        offsets.push(offset(end)?);
    }
    data.truncate(end);
    let has_weak_key = admitted.keys.iter().any(|key| is_weak(key));
    Ok(SealedColumn { tokens: TextColumn { offsets, data, validity }, has_weak_key })
}

/// Of `rows` rows, those that are at `places`, which are in order.
fn validity_of(rows: usize, places: impl Iterator<Item = usize>) -> Result<Validity, Wrong> {
    let mut validity = Validity { bits: memory::zeros(rows.div_ceil(8), 1)?, nulls: rows };
    for row in places {
        if let Some(byte) = validity.bits.get_mut(row / 8) {
            *byte |= 1 << (row % 8);
            validity.nulls -= 1;
        }
    }
    Ok(validity)
}

/// The names of the verdicts of columns, by their numbers: those of [`Verdict`], and those of
/// rows that are refused before or after it.
pub const VERDICT_NAMES: [&str; 6] =
    ["OK", "MALFORMED", "REFUSED", "NOT_UTF8", "NOT_TEXT", "BAD_KEY"];
const OPENED: u8 = Verdict::Opened as u8;
/// Authentic, but not UTF-8.
const NOT_UTF8: u8 = 3;
/// The row has no key.
const BAD_KEY: u8 = 5;

/// What became of each token. The texts are wiped when they are let go.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OpenedColumns {
    /// Which rows are not null.
    pub validity: Validity,
    /// The texts; null where the row is refused.
    pub texts: TextColumn<Zeroizing<Vec<u8>>>,
    /// The place of each row's verdict in [`VERDICT_NAMES`].
    pub verdicts: Vec<u8>,
}

/// Decrypt each token. A null token is null; where it is not and its key is, the verdict is
/// that of a bad key.
///
/// # Errors
/// As for [`encrypt_column`], and those of [`decrypt_batch`].
pub fn decrypt_column(
    tokens: &Input<'_>,
    keys: &Keys<'_>,
    profile: &Profile<'_>,
    base64: Base64,
    run: Run,
    watch: &mut Watch<'_>,
) -> Result<OpenedColumns, Wrong> {
    let rows = tokens.rows();
    let admitted = Admitted::new(tokens, keys, |_| true)?;
    let Admitted { places, values, .. } = &admitted;
    let room = |token: &&[u8]| profile.cipher.text_size_max(token.len());
    let add = |sum: usize, token| sum.checked_add(room(token));
    let size = values.iter().try_fold(0, add).ok_or(Flaw::Size)?;
    let mut data = memory::secret_zeros(1, size)?;
    let mut ends = memory::collect(values.len() + 1, std::iter::repeat(0))?;
    let mut opened = memory::zeros(values.len(), 1)?;
    let (tokens_, keys) = (Rows::Each(values), admitted.keys());
    let out = (&mut data, &mut ends, &mut opened);
    decrypt_batch(tokens_, keys, profile, base64, run, watch, out.0, out.1, out.2)?;

    for (row, verdict) in opened.iter_mut().enumerate() {
        let text = data.get(range_of(&ends, row)).unwrap_or_default();
        if *verdict == OPENED && simdutf8::basic::from_utf8(text).is_err() {
            *verdict = NOT_UTF8;
        }
    }
    let mut verdicts = memory::collect(rows, std::iter::repeat(BAD_KEY))?;
    for (&row, &verdict) in places.iter().zip(&opened) {
        if let Some(place) = verdicts.get_mut(row) {
            *place = verdict;
        }
    }
    let texts = readable(rows, places, data, &ends, &opened)?;
    let validity = validity_of(rows, (0..rows).filter(|&row| tokens.get(row).is_some()))?;
    Ok(OpenedColumns { validity, texts, verdicts })
}

/// Make a column of those texts that were opened, of rows that are at `places`; what is not
/// one is taken out of `data`.
fn readable(
    rows: usize,
    places: &[usize],
    mut data: Zeroizing<Vec<u8>>,
    ends: &[i64],
    opened: &[u8],
) -> Result<TextColumn<Zeroizing<Vec<u8>>>, Wrong> {
    let is_open = |nth: &usize| opened.get(*nth) == Some(&OPENED);
    let kept = || places.iter().zip(0..).filter(|(_, nth)| is_open(nth));
    let validity = validity_of(rows, kept().map(|(&row, _)| row))?;
    let mut offsets = memory::with_room(rows + 1)?;
    offsets.push(0);
    let (mut end, mut kept) = (0, kept());
    for row in 0..rows {
        if validity.get(row) {
            let range = kept.next().map_or(0..0, |(_, nth)| range_of(ends, nth));
            let size = range.len();
            data.copy_within(range, end);
            end += size;
        }
        offsets.push(offset(end)?);
    }
    data.get_mut(end..).unwrap_or_default().zeroize();
    data.truncate(end);
    Ok(TextColumn { offsets, data, validity })
}
