//! Messages by the batch: derive every key together, then seal or open row by row.
use core::ops::Range;

use zeroize::{Zeroize, Zeroizing};

use super::message::{self, Keys};
use super::{Base64, Profile, Salt, Verdict, wire};
use crate::kdf::{self, Backend};
use crate::primitive::{BLOCK, hkdf_sha256};
use crate::{Error, Rows, threads};

/// Rows that one thread seals or opens before it takes more. Source: measured;
/// a row costs about a microsecond, taking work about a tenth of that.
const ROWS_PER_TASK: usize = 256;

/// Encrypt `texts` under `keys` (one key a row, or one for all).
///
/// `out` takes each row's message followed by a newline, in order, so its size
/// is the sum of [`wire_size`](super::Cipher::wire_size) plus one over the rows.
///
/// # Errors
/// [`Error::Argument`] when the shapes do not fit, or a key is empty or ends in a
/// NUL: HMAC cannot tell such a key from one without it. [`Error::Kdf`] when the
/// profile's iterations are 0, [`Error::Entropy`] when the system has no random
/// bytes. Nothing in `out` is to be used after an error.
pub fn encrypt_batch(
    rows: usize,
    texts: Rows<'_>,
    keys: Rows<'_>,
    profile: &Profile<'_>,
    salt: Salt<'_>,
    threads: usize,
    out: &mut [u8],
) -> Result<(), Error> {
    let contexts_fit = match salt {
        Salt::Derived { contexts, .. } => contexts.fits(rows),
        Salt::Fresh | Salt::Shared => true,
    };
    if !(texts.fits(rows) && keys.fits(rows) && contexts_fit) {
        return Err(Error::Argument);
    }
    if (0..rows).any(|row| matches!(keys.get(row).last(), None | Some(0))) {
        return Err(Error::Argument);
    }
    let salts = make_salts(rows, profile.cipher.key_size(), salt)?;
    let mut ivs = vec![0; rows * BLOCK];
    random(&mut ivs)?;
    seal_rows(rows, texts, keys, profile, (&salts, &ivs), threads, out)
}

/// Encrypt one text with a salt and an initialization vector of the caller's.
///
/// For tests against published vectors only: a salt or vector that is used twice
/// shows which messages begin alike. Any key is taken, also an empty one.
///
/// # Errors
/// [`Error::Argument`] when `salt` or `iv` has the wrong size, or `out` is not
/// the message's size plus one; [`Error::Kdf`] as in [`encrypt_batch`].
#[doc(hidden)]
pub fn encrypt_exact(
    text: &[u8],
    key: &[u8],
    profile: &Profile<'_>,
    salt: &[u8],
    iv: &[u8],
    out: &mut [u8],
) -> Result<(), Error> {
    if salt.len() != profile.cipher.key_size() || iv.len() != BLOCK {
        return Err(Error::Argument);
    }
    seal_rows(1, Rows::Same(text), Rows::Same(key), profile, (salt, iv), 1, out)
}

/// How a batch is decrypted.
#[derive(Clone, Copy, Debug)]
pub struct DecryptOptions {
    /// How much is forgiven in the base64.
    pub base64: Base64,
    /// Threads; 0 is one a CPU, 1 stays on the calling thread.
    pub threads: usize,
}

/// Decrypt `tokens` under `keys` (one key a row, or one for all).
///
/// The texts go side by side into `out`, row `i` at `offsets[i]..offsets[i + 1]`,
/// and `verdicts[i]` says what became of it; a row that is not opened takes no
/// bytes. `out` has room for [`text_size_max`](super::Cipher::text_size_max) a row.
///
/// # Errors
/// [`Error::Argument`] when the shapes do not fit, [`Error::Kdf`] when the
/// profile's iterations are 0. A bad row is no error.
#[allow(clippy::too_many_arguments)]
pub fn decrypt_batch(
    tokens: Rows<'_>,
    keys: Rows<'_>,
    profile: &Profile<'_>,
    options: DecryptOptions,
    out: &mut [u8],
    offsets: &mut [i64],
    verdicts: &mut [u8],
) -> Result<(), Error> {
    let rows = verdicts.len();
    let cipher = profile.cipher;
    let room: usize = (0..rows).map(|row| cipher.text_size_max(tokens.get(row).len())).sum();
    let shapes = tokens.fits(rows) && keys.fits(rows) && offsets.len() == rows + 1;
    if !shapes || out.len() < room {
        return Err(Error::Argument);
    }
    let mut messages: Vec<Opening<'_>> = (0..rows)
        .map(|row| Opening { token: tokens.get(row), key: keys.get(row), ..Opening::default() })
        .collect();
    each_chunk(&mut messages, options.threads, |message| message.decode(profile, options.base64));

    let whole: Vec<usize> = (0..rows).filter(|&row| messages[row].verdict.is_ok()).collect();
    let passwords: Vec<&[u8]> = whole.iter().map(|&row| messages[row].key).collect();
    let key_size = cipher.key_size();
    let mut derived = Zeroizing::new(vec![0; whole.len() * key_size]);
    {
        let salts: Vec<&[u8]> = whole.iter().map(|&row| &messages[row].raw[..key_size]).collect();
        let how = derive_options(profile, options.threads);
        let (passwords, salts) = (Rows::Each(&passwords), Rows::Each(&salts));
        kdf::derive_batch(whole.len(), passwords, salts, &how, &mut derived)?;
    }
    for (&row, derived) in whole.iter().zip(derived.chunks(key_size)) {
        messages[row].derived = derived;
    }
    each_chunk(&mut messages, options.threads, |message| message.open(profile));

    let mut end = 0;
    for (row, message) in messages.iter().enumerate() {
        offsets[row] = offset(end)?;
        verdicts[row] = Verdict::Opened as u8;
        match &message.verdict {
            Ok(text) => {
                let text = &message.raw[text.clone()];
                out[end..end + text.len()].copy_from_slice(text);
                end += text.len();
            }
            Err(error) => verdicts[row] = Verdict::from(*error) as u8,
        }
    }
    offsets[rows] = offset(end)?;
    Ok(())
}

fn offset(end: usize) -> Result<i64, Error> {
    i64::try_from(end).map_err(|_| Error::Argument)
}

/// One row on its way from token to text.
struct Opening<'a> {
    token: &'a [u8],
    key: &'a [u8],
    derived: &'a [u8],
    /// The raw message, then, where it was opened, the text.
    raw: Zeroizing<Vec<u8>>,
    /// Where in `raw` the text is, or why there is none.
    verdict: Result<Range<usize>, Error>,
}

impl Default for Opening<'_> {
    fn default() -> Self {
        let raw = Zeroizing::new(Vec::new());
        Self { token: &[], key: &[], derived: &[], raw, verdict: Ok(0..0) }
    }
}

impl Opening<'_> {
    fn decode(&mut self, profile: &Profile<'_>, base64: Base64) {
        self.raw.resize(wire::decoded_size_max(self.token.len()), 0);
        self.verdict = wire::decode(self.token, base64, &mut self.raw).and_then(|size| {
            self.raw.truncate(size);
            message::check(&self.raw, profile.cipher)?;
            Ok(0..0)
        });
    }

    fn open(&mut self, profile: &Profile<'_>) {
        if self.verdict.is_ok() {
            self.verdict = Keys::new(self.derived, profile)
                .and_then(|keys| message::open(&mut self.raw, profile.cipher, &keys));
        }
    }
}

fn each_chunk<T: Send>(items: &mut [T], threads: usize, work: impl Fn(&mut T) + Sync) {
    let chunks = items.chunks_mut(ROWS_PER_TASK).collect();
    threads::for_each(chunks, threads, |chunk: &mut [T]| chunk.iter_mut().for_each(&work));
}

fn derive_options(profile: &Profile<'_>, threads: usize) -> kdf::Options {
    let length = profile.cipher.key_size();
    kdf::Options { iterations: profile.iterations, length, threads, backend: Backend::detect() }
}

fn random(out: &mut [u8]) -> Result<(), Error> {
    getrandom::fill(out).map_err(|_| Error::Entropy)
}

/// The salts of a batch, side by side: one a row, or a single one for all.
fn make_salts(rows: usize, size: usize, salt: Salt<'_>) -> Result<Vec<u8>, Error> {
    let count = if matches!(salt, Salt::Shared) { 1 } else { rows };
    let mut salts = vec![0; count * size];
    match salt {
        Salt::Fresh | Salt::Shared => random(&mut salts)?,
        Salt::Derived { secret, contexts } => {
            for (row, salt) in salts.chunks_mut(size).enumerate() {
                hkdf_sha256(secret, &[], contexts.get(row), salt)?;
            }
        }
    }
    Ok(salts)
}

/// One row on its way from text to message.
struct Sealing<'a> {
    row: usize,
    out: &'a mut [u8],
    verdict: Result<(), Error>,
}

fn seal_rows(
    rows: usize,
    texts: Rows<'_>,
    keys: Rows<'_>,
    profile: &Profile<'_>,
    (salts, ivs): (&[u8], &[u8]),
    threads: usize,
    out: &mut [u8],
) -> Result<(), Error> {
    let key_size = profile.cipher.key_size();
    let salts: Vec<&[u8]> = salts.chunks(key_size).collect();
    let salts = match salts[..] {
        [only] => Rows::Same(only),
        _ => Rows::Each(&salts),
    };
    let mut sealings = split(rows, texts, profile, out)?;

    let mut derived = Zeroizing::new(vec![0; rows * key_size]);
    kdf::derive_batch(rows, keys, salts, &derive_options(profile, threads), &mut derived)?;

    let chunks = sealings.chunks_mut(ROWS_PER_TASK).collect();
    threads::for_each(chunks, threads, |chunk: &mut [Sealing<'_>]| {
        let mut raw = Vec::new();
        for sealing in chunk {
            let row = sealing.row;
            let derived = &derived[row * key_size..][..key_size];
            let iv = &ivs[row * BLOCK..][..BLOCK];
            sealing.verdict = Keys::new(derived, profile)
                .and_then(|keys| message::seal(texts.get(row), &keys, salts.get(row), iv, &mut raw))
                .and_then(|()| {
                    let [token @ .., newline] = &mut *sealing.out else {
                        return Err(Error::Argument);
                    };
                    *newline = b'\n';
                    wire::encode(&raw, token)
                });
        }
        raw.zeroize();
    });
    sealings.into_iter().try_for_each(|sealing| sealing.verdict)
}

/// Cut `out` into the place of each row's message and its newline.
fn split<'a>(
    rows: usize,
    texts: Rows<'_>,
    profile: &Profile<'_>,
    mut out: &'a mut [u8],
) -> Result<Vec<Sealing<'a>>, Error> {
    let mut sealings = Vec::with_capacity(rows);
    for row in 0..rows {
        let size = profile.cipher.wire_size(texts.get(row).len()).ok_or(Error::Argument)?;
        let (head, rest) = out.split_at_mut_checked(size + 1).ok_or(Error::Argument)?;
        sealings.push(Sealing { row, out: head, verdict: Ok(()) });
        out = rest;
    }
    if out.is_empty() { Ok(sealings) } else { Err(Error::Argument) }
}
