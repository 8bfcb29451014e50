//! The calls: a column in, an array out.
use std::cell::Cell;

use smspoh_core::column::Wrong;
use smspoh_core::envelope::{self, Base64, Keys};
use smspoh_core::text::zawgyi::Direction;
use smspoh_core::{Error, phone, text};

use super::made::Node;
use super::taken::{Room, input};
use super::{SMSPOH_ARROW_FLAW_OF_KEYS, SmspohArrowArray, SmspohArrowColumn, answer, made};
use crate::envelope::{SmspohProfile, profile};
use crate::input::{flag, slice, slice_mut};
use crate::run::{Run, SmspohRun};
use crate::{SmspohPhoneOptions, SmspohStatus};

/// The key of each row of a column, or one for all.
#[repr(C)]
pub struct SmspohArrowKeys {
    /// A column of keys; both null for `key`.
    pub column: SmspohArrowColumn,
    /// The key of all rows.
    pub key: *const u8,
    /// Bytes of `key`.
    pub key_size: usize,
}

/// The one column that `column` points to.
///
/// # Safety
/// `column` is null or valid for one item.
unsafe fn one(column: *const SmspohArrowColumn) -> Result<SmspohArrowColumn, Error> {
    // SAFETY: as the caller promises.
    let [column] = (unsafe { slice(column, 1)? }) else { return Err(Error::Argument) };
    Ok(*column)
}

/// Judge a column of phone numbers, as `smspoh_normalize_batch` judges its rows.
///
/// `column` is of texts: `utf8`, `binary`, their large forms and their views, a dictionary of
/// one of them, `null`, or a struct of one such field. `fields` are the fields of the answer
/// by their numbers: 0 `e164`, 1 `verdict`, 2 `operator`, 3 `kind`, 4 `region`,
/// 5 `calling_code`; each once. `threads` is the most to use, 0 for one a CPU.
///
/// `*out` becomes a struct of them, in a box of this library that `smspoh_arrow_array_free`
/// lets go; what it holds may be moved out of it. A null row is null in each field.
///
/// Returns `Argument` where the column has a flaw, and writes which to `*flaw`: a
/// `SMSPOH_ARROW_FLAW_…`; it writes 0 where something else is wrong, or nothing.
///
/// # Safety
/// Every pointer is valid for the size it names for the length of the call. The column is null, released
/// or as Arrow's C data interface says, with buffers of the sizes that its lengths and
/// offsets say.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn smspoh_arrow_normalize(
    column: *const SmspohArrowColumn,
    options: *const SmspohPhoneOptions,
    threads: usize,
    fields: *const u8,
    fields_count: usize,
    out: *mut *mut SmspohArrowArray,
    flaw: *mut u32,
) -> SmspohStatus {
    let body = || {
        // SAFETY: each is valid for its size, as the caller promises.
        let (column, options, fields) =
            unsafe { (one(column)?, slice(options, 1)?, slice(fields, fields_count)?) };
        let options = options.first().ok_or(Error::Argument)?.try_into()?;
        let asked = answer::asked(fields)?;
        let mut room = Room::default();
        // SAFETY: the column is as the caller promises.
        let input = unsafe { input(column, &mut room)? };
        let found = phone::normalize_column(&input, &options, threads, asked)?;
        Ok(answer::numbers(found, fields))
    };
    // SAFETY: both are valid, as the caller promises.
    unsafe { made(out, flaw, body) }
}

/// Do `work` with the keys of a call; where their column has a flaw, `flaw_of_keys` is set.
///
/// # Safety
/// `keys` is valid, and so is what it points to, as for [`smspoh_arrow_normalize`].
unsafe fn with_keys<T>(
    keys: *const SmspohArrowKeys,
    flaw_of_keys: &Cell<bool>,
    work: impl FnOnce(&Keys<'_>) -> Result<T, Wrong>,
) -> Result<T, Wrong> {
    // SAFETY: as the caller promises.
    let [keys] = (unsafe { slice(keys, 1)? }) else { return Err(Error::Argument.into()) };
    let mut room = Room::default();
    if keys.column.schema.is_null() && keys.column.array.is_null() {
        // SAFETY: as the caller promises.
        return work(&Keys::Same(unsafe { slice(keys.key, keys.key_size)? }));
    }
    // SAFETY: as the caller promises.
    let input = unsafe { input(keys.column, &mut room) };
    flaw_of_keys.set(input.is_err());
    work(&Keys::Each(&input?))
}

/// Say that a flaw is one of the keys, if it is.
///
/// # Safety
/// `flaw` is null or valid for one item that nothing else uses.
unsafe fn tell_of_keys(flaw: *mut u32, flaw_of_keys: &Cell<bool>) {
    // SAFETY: as the caller promises.
    if let (true, Ok([flaw])) = (flaw_of_keys.get(), unsafe { slice_mut(flaw, 1) }) {
        *flaw |= SMSPOH_ARROW_FLAW_OF_KEYS;
    }
}

/// Do `work` as the caller wants it done, told how far it is.
fn watched<T>(
    run: &Run,
    work: impl FnOnce(envelope::Run, &mut smspoh_core::Watch<'_>) -> Result<T, Wrong>,
) -> Result<T, Wrong> {
    let how = envelope::Run { threads: run.threads, backend: run.backend };
    let mut found = Err(Wrong::Error(Error::Argument));
    run.watched(|watch| {
        found = work(how, watch);
        match found {
            Err(Wrong::Error(error)) => Err(error),
            _ => Ok(()),
        }
    })?;
    found
}

/// Encrypt a column of texts, each with a fresh salt; `*out` becomes a column of tokens.
///
/// A token is null where the text is, and where its key in a column is null, empty or ends in
/// a NUL. A flaw of the column of keys has `SMSPOH_ARROW_FLAW_OF_KEYS` too. A single key that is empty or ends in a NUL is refused with `Argument`. `*is_weak`
/// becomes 1 where a key can be guessed, else 0. `out` and `flaw` are as in
/// `smspoh_arrow_normalize`.
///
/// # Safety
/// As for `smspoh_arrow_normalize`; `profile_` is valid with what it points to, and so is `run`
/// unless null.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn smspoh_arrow_encrypt(
    texts: *const SmspohArrowColumn,
    keys: *const SmspohArrowKeys,
    profile_: *const SmspohProfile,
    run: *const SmspohRun,
    is_weak: *mut u8,
    out: *mut *mut SmspohArrowArray,
    flaw: *mut u32,
) -> SmspohStatus {
    let flaw_of_keys = Cell::new(false);
    let body = || {
        // SAFETY: each is valid for its size, as the caller promises.
        let (column, profile, run, weak) =
            unsafe { (one(texts)?, profile(profile_)?, Run::new(run)?, slice_mut(is_weak, 1)?) };
        let mut room = Room::default();
        // SAFETY: the column is as the caller promises.
        let texts = unsafe { input(column, &mut room)? };
        let seal = |keys: &Keys<'_>| {
            watched(&run, |how, watch| envelope::encrypt_column(&texts, keys, &profile, how, watch))
        };
        // SAFETY: the keys are as the caller promises.
        let sealed = unsafe { with_keys(keys, &flaw_of_keys, seal)? };
        weak[0] = u8::from(sealed.has_weak_key);
        Ok(Node::texts(sealed.tokens))
    };
    // SAFETY: both are valid, as the caller promises.
    unsafe {
        let status = made(out, flaw, body);
        tell_of_keys(flaw, &flaw_of_keys);
        status
    }
}

/// Decrypt a column of tokens; `*out` becomes a struct of `fields`, by their numbers: 0 `text`,
/// 1 `verdict`. A null row is null in each field. `lenient`, 0 or 1, takes the base64 that PHP takes.
///
/// `out` and `flaw` are as in `smspoh_arrow_normalize`.
///
/// # Safety
/// As for `smspoh_arrow_encrypt`.
#[unsafe(no_mangle)]
#[allow(clippy::too_many_arguments, reason = "as the other calls of this kind have them")]
pub unsafe extern "C" fn smspoh_arrow_decrypt(
    tokens: *const SmspohArrowColumn,
    keys: *const SmspohArrowKeys,
    profile_: *const SmspohProfile,
    lenient: u8,
    run: *const SmspohRun,
    fields: *const u8,
    fields_count: usize,
    out: *mut *mut SmspohArrowArray,
    flaw: *mut u32,
) -> SmspohStatus {
    let flaw_of_keys = Cell::new(false);
    let body = || {
        // SAFETY: each is valid for its size, as the caller promises.
        let (column, profile, run, fields) = unsafe {
            (one(tokens)?, profile(profile_)?, Run::new(run)?, slice(fields, fields_count)?)
        };
        answer::check_opened(fields)?;
        let base64 = if flag(lenient)? { Base64::Lenient } else { Base64::Strict };
        let mut room = Room::default();
        // SAFETY: the column is as the caller promises.
        let tokens = unsafe { input(column, &mut room)? };
        let open = |keys: &Keys<'_>| {
            watched(&run, |how, watch| {
                envelope::decrypt_column(&tokens, keys, &profile, base64, how, watch)
            })
        };
        // SAFETY: the keys are as the caller promises.
        let opened = unsafe { with_keys(keys, &flaw_of_keys, open)? };
        Ok(answer::opened(opened, fields))
    };
    // SAFETY: both are valid, as the caller promises.
    unsafe {
        let status = made(out, flaw, body);
        tell_of_keys(flaw, &flaw_of_keys);
        status
    }
}

/// Count the parts of a column of texts, as `smspoh_segments_batch` does; `*out` becomes a struct of
/// `fields`, by their numbers: 0 `encoding`, 1 `parts`, 2 `units`, 3 `units_left`, 4 `forced_at`.
/// A null row is null in each field, and `forced_at` where nothing forced it.
///
/// `ucs2` is 1 to write all of them as UCS-2, or 0. `out` and `flaw` are as in
/// `smspoh_arrow_normalize`.
///
/// # Safety
/// As for `smspoh_arrow_normalize`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn smspoh_arrow_segments(
    texts: *const SmspohArrowColumn,
    ucs2: u8,
    threads: usize,
    fields: *const u8,
    fields_count: usize,
    out: *mut *mut SmspohArrowArray,
    flaw: *mut u32,
) -> SmspohStatus {
    let body = || {
        // SAFETY: each is valid for its size, as the caller promises.
        let (column, fields) = unsafe { (one(texts)?, slice(fields, fields_count)?) };
        answer::check_parts(fields)?;
        let mut room = Room::default();
        // SAFETY: the column is as the caller promises.
        let input = unsafe { input(column, &mut room)? };
        Ok(answer::parts(text::segments_column(&input, flag(ucs2)?, threads)?, fields))
    };
    // SAFETY: both are valid, as the caller promises.
    unsafe { made(out, flaw, body) }
}

/// Convert a column of texts to the other font encoding, as `smspoh_zawgyi_convert_batch` does;
/// `*out` becomes a column of texts, null where the row is null or not UTF-8.
///
/// `to_zawgyi` is 1 to convert Unicode to Zawgyi, 0 for Zawgyi to Unicode. `out` and `flaw` are
/// as in `smspoh_arrow_normalize`.
///
/// # Safety
/// As for `smspoh_arrow_normalize`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn smspoh_arrow_zawgyi_convert(
    texts: *const SmspohArrowColumn,
    to_zawgyi: u8,
    out: *mut *mut SmspohArrowArray,
    flaw: *mut u32,
) -> SmspohStatus {
    let body = || {
        let direction = if flag(to_zawgyi)? { Direction::ToZawgyi } else { Direction::ToUnicode };
        let mut room = Room::default();
        // SAFETY: the column is as the caller promises.
        let input = unsafe { input(one(texts)?, &mut room)? };
        Ok(Node::texts(text::convert_column(&input, direction)?))
    };
    // SAFETY: both are valid, as the caller promises.
    unsafe { made(out, flaw, body) }
}
