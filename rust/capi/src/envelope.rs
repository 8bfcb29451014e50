//! The encrypted message.
use smspoh_core::Error;
use smspoh_core::envelope::{self, Base64, Cipher, Profile, Salt};

use crate::SmspohStatus;
use crate::guard::guard;
use crate::input::{Gathered, flag, slice, slice_mut};
use crate::run::{Run, SmspohRun};

/// Salt mode: a random salt for each message.
pub const SMSPOH_SALT_FRESH: u32 = 0;
/// Salt mode: one random salt for the batch.
pub const SMSPOH_SALT_SHARED: u32 = 1;
/// Salt mode: HKDF of a secret and each message's context.
pub const SMSPOH_SALT_DERIVED: u32 = 2;

/// Verdict on a row: the text was authentic and is in the output.
pub const SMSPOH_OPENED: u8 = 0;
/// Verdict on a row: not the message format at all.
pub const SMSPOH_MALFORMED: u8 = 1;
/// Verdict on a row: a wrong key or a changed message.
pub const SMSPOH_REFUSED: u8 = 2;

// The numbers of the ABI are those of the core.
const _: () = {
    assert!(SMSPOH_OPENED == envelope::Verdict::Opened as u8);
    assert!(SMSPOH_MALFORMED == envelope::Verdict::Malformed as u8);
    assert!(SMSPOH_REFUSED == envelope::Verdict::Refused as u8);
};

/// What sender and reader agree on.
#[repr(C)]
pub struct SmspohProfile {
    /// HKDF's info for the MAC key.
    pub info: *const u8,
    /// Bytes of `info`.
    pub info_size: usize,
    /// Bytes of the AES key, which choose the cipher: 16, 24 or 32.
    pub key_size: u32,
    /// PBKDF2 iterations, 1 to 2^32 - 1.
    pub iterations: u32,
}

/// Where the salts of a batch come from.
#[repr(C)]
pub struct SmspohSalt {
    /// The secret of `SMSPOH_SALT_DERIVED`, else null.
    pub secret: *const u8,
    /// Bytes of `secret`.
    pub secret_size: usize,
    /// The contexts of `SMSPOH_SALT_DERIVED`, else null.
    pub contexts: *const *const u8,
    /// Bytes of each context.
    pub context_sizes: *const usize,
    /// The rows of the batch, or 1.
    pub contexts_count: usize,
    /// One of the `SMSPOH_SALT_` numbers.
    pub mode: u32,
}

fn cipher(key_size: u32) -> Result<Cipher, Error> {
    match key_size {
        16 => Ok(Cipher::Aes128Cbc),
        24 => Ok(Cipher::Aes192Cbc),
        32 => Ok(Cipher::Aes256Cbc),
        _ => Err(Error::Argument),
    }
}

/// # Safety
/// `profile` is null or valid, and its `info` is valid for `info_size`, for as
/// long as `'a`.
pub(crate) unsafe fn profile<'a>(profile: *const SmspohProfile) -> Result<Profile<'a>, Error> {
    // SAFETY: one item is valid to read unless null, as the caller promises.
    let [profile] = (unsafe { slice(profile, 1)? }) else {
        return Err(Error::Argument);
    };
    // SAFETY: `info` is valid for `info_size`, as the caller promises.
    let info = unsafe { slice(profile.info, profile.info_size)? };
    Ok(Profile { cipher: cipher(profile.key_size)?, iterations: profile.iterations, info })
}

/// Write to `*out_size` the bytes that `smspoh_encrypt_batch` needs for texts of
/// these sizes: each row's message and a newline.
///
/// # Safety
/// `text_sizes` holds `rows` items; `out_size` is valid to write.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn smspoh_encrypted_size(
    key_size: u32,
    text_sizes: *const usize,
    rows: usize,
    out_size: *mut usize,
) -> SmspohStatus {
    guard(|| {
        let cipher = cipher(key_size)?;
        // SAFETY: both are valid for what they hold, as the caller promises.
        let (sizes, out) = unsafe { (slice(text_sizes, rows)?, slice_mut(out_size, 1)?) };
        let add = |sum: usize, &size: &usize| sum.checked_add(cipher.wire_size(size)? + 1);
        out[0] = sizes.iter().try_fold(0, add).ok_or(Error::Argument)?;
        Ok(())
    })
}

/// Write to `*out_size` the bytes that `smspoh_decrypt_batch` needs for messages
/// of these sizes.
///
/// # Safety
/// `token_sizes` holds `rows` items; `out_size` is valid to write.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn smspoh_decrypted_size_max(
    key_size: u32,
    token_sizes: *const usize,
    rows: usize,
    out_size: *mut usize,
) -> SmspohStatus {
    guard(|| {
        let cipher = cipher(key_size)?;
        // SAFETY: both are valid for what they hold, as the caller promises.
        let (sizes, out) = unsafe { (slice(token_sizes, rows)?, slice_mut(out_size, 1)?) };
        let add = |sum: usize, &size: &usize| sum.checked_add(cipher.text_size_max(size));
        out[0] = sizes.iter().try_fold(0, add).ok_or(Error::Argument)?;
        Ok(())
    })
}

/// Encrypt `rows` texts into `out`: each row's message in base64 and a newline,
/// `smspoh_encrypted_size` bytes in all.
///
/// `keys_count` is `rows`, or 1 for one key that serves every row. A key that is
/// empty or ends in a NUL is refused with `Argument`.
///
/// # Safety
/// `texts` and `text_sizes` hold `rows` items and each text is valid for its
/// size; likewise the keys; `profile` and `salt` are valid with all they point
/// to, and so is `run` unless null; `out` is valid for `out_size` bytes and not otherwise in use.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn smspoh_encrypt_batch(
    texts: *const *const u8,
    text_sizes: *const usize,
    rows: usize,
    keys: *const *const u8,
    key_sizes: *const usize,
    keys_count: usize,
    profile_: *const SmspohProfile,
    salt: *const SmspohSalt,
    run: *const SmspohRun,
    out: *mut u8,
    out_size: usize,
) -> SmspohStatus {
    guard(|| {
        // SAFETY: the caller promises of both what `Gathered::new` asks.
        let (texts, keys) = unsafe {
            (
                Gathered::new(texts, text_sizes, rows, rows)?,
                Gathered::new(keys, key_sizes, keys_count, rows)?,
            )
        };
        // SAFETY: all are valid with what they point to, as the caller promises.
        let (profile, salt, run, out) = unsafe {
            (profile(profile_)?, slice(salt, 1)?, Run::new(run)?, slice_mut(out, out_size)?)
        };
        let [salt] = salt else {
            return Err(Error::Argument);
        };
        let how = envelope::Run { threads: run.threads, backend: run.backend };
        let (texts, keys) = (texts.rows(), keys.rows());
        let mut encrypt = |salt| {
            run.watched(|watch| {
                envelope::encrypt_batch(rows, texts, keys, &profile, salt, how, watch, out)
            })
        };
        match salt.mode {
            SMSPOH_SALT_FRESH => encrypt(Salt::Fresh),
            SMSPOH_SALT_SHARED => encrypt(Salt::Shared),
            SMSPOH_SALT_DERIVED => {
                // SAFETY: secret and contexts are valid for their sizes, as the
                // caller promises.
                let (secret, contexts) = unsafe {
                    (
                        slice(salt.secret, salt.secret_size)?,
                        Gathered::new(
                            salt.contexts,
                            salt.context_sizes,
                            salt.contexts_count,
                            rows,
                        )?,
                    )
                };
                encrypt(Salt::Derived { secret, contexts: contexts.rows() })
            }
            _ => Err(Error::Argument),
        }
    })
}

/// Decrypt `rows` messages into `out`, which has `smspoh_decrypted_size_max`
/// bytes: row `i` becomes `out[offsets[i]..offsets[i + 1]]`, and `verdicts[i]` is
/// one of `SMSPOH_OPENED`, `SMSPOH_MALFORMED`, `SMSPOH_REFUSED`.
///
/// `keys_count` is `rows`, or 1 for one key that serves every row. `lenient`, 0 or 1,
/// takes the base64 that PHP takes. A bad row is no error.
///
/// # Safety
/// `tokens` and `token_sizes` hold `rows` items and each message is valid for its
/// size; likewise the keys; `profile` is valid with what it points to, and so is `run`
/// unless null; `out`,
/// `offsets` (`rows + 1` items) and `verdicts` (`rows` items) are valid to write
/// and not otherwise in use.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn smspoh_decrypt_batch(
    tokens: *const *const u8,
    token_sizes: *const usize,
    rows: usize,
    keys: *const *const u8,
    key_sizes: *const usize,
    keys_count: usize,
    profile_: *const SmspohProfile,
    lenient: u8,
    run: *const SmspohRun,
    out: *mut u8,
    out_size: usize,
    offsets: *mut i64,
    verdicts: *mut u8,
) -> SmspohStatus {
    guard(|| {
        // SAFETY: the caller promises of both what `Gathered::new` asks.
        let (tokens, keys) = unsafe {
            (
                Gathered::new(tokens, token_sizes, rows, rows)?,
                Gathered::new(keys, key_sizes, keys_count, rows)?,
            )
        };
        let offsets_count = rows.checked_add(1).ok_or(Error::Argument)?;
        // SAFETY: all are valid for their sizes, as the caller promises.
        let (profile, run, out, offsets, verdicts) = unsafe {
            (
                profile(profile_)?,
                Run::new(run)?,
                slice_mut(out, out_size)?,
                slice_mut(offsets, offsets_count)?,
                slice_mut(verdicts, rows)?,
            )
        };
        let base64 = if flag(lenient)? { Base64::Lenient } else { Base64::Strict };
        let how = envelope::Run { threads: run.threads, backend: run.backend };
        let (tokens, keys) = (tokens.rows(), keys.rows());
        run.watched(|watch| {
            envelope::decrypt_batch(
                tokens, keys, &profile, base64, how, watch, out, offsets, verdicts,
            )
        })
    })
}

/// For the test suite alone: encrypt one text with a salt and an initialization
/// vector of the caller's. `out` has `smspoh_encrypted_size` bytes.
///
/// # Safety
/// Each pointer is valid for the size beside it, `salt` for the profile's key
/// size and `iv` for 16 bytes; `out` is not otherwise in use.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn smspoh_testing_encrypt(
    text: *const u8,
    text_size: usize,
    key: *const u8,
    key_size: usize,
    profile_: *const SmspohProfile,
    salt: *const u8,
    iv: *const u8,
    out: *mut u8,
    out_size: usize,
) -> SmspohStatus {
    guard(|| {
        // SAFETY: `profile_` is valid with what it points to, as the caller promises.
        let profile = unsafe { profile(profile_)? };
        // SAFETY: all are valid for their sizes, as the caller promises.
        let (text, key, salt, iv, out) = unsafe {
            (
                slice(text, text_size)?,
                slice(key, key_size)?,
                slice(salt, profile.cipher.key_size())?,
                slice(iv, 16)?,
                slice_mut(out, out_size)?,
            )
        };
        envelope::encrypt_exact(text, key, &profile, salt, iv, out)
    })
}
