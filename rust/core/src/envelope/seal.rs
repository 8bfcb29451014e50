//! Texts to messages: derive every key together, then seal row by row.
use zeroize::Zeroize;

use super::batch::{ROW_WORK, Run, in_tasks};
use super::derived::Derived;
use super::message::{self, Keys};
use super::wire::Codec;
use super::{Base64, Profile, Salt};
use crate::primitive::{BLOCK, hkdf_sha256};
use crate::{Error, Rows, Watch, memory};

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
#[allow(clippy::too_many_arguments)]
pub fn encrypt_batch(
    rows: usize,
    texts: Rows<'_>,
    keys: Rows<'_>,
    profile: &Profile<'_>,
    salt: Salt<'_>,
    run: Run,
    watch: &mut Watch<'_>,
    out: &mut [u8],
) -> Result<(), Error> {
    let contexts_fit = match salt {
        Salt::Derived { contexts, .. } => contexts.fits(rows),
        Salt::Fresh | Salt::Shared => true,
    };
    if !(texts.fits(rows) && keys.fits(rows) && contexts_fit) {
        return Err(Error::Argument);
    }
    // Before anything is made for the rows: is there a place for each of them?
    let sealings = split(rows, texts, profile, out)?;
    if (0..rows).any(|row| matches!(keys.get(row).last(), None | Some(0))) {
        return Err(Error::Argument);
    }
    let salts = make_salts(rows, profile.cipher.key_size(), salt)?;
    let mut ivs = memory::zeros(rows, BLOCK)?;
    random(&mut ivs)?;
    seal_rows(sealings, texts, keys, profile, (&salts, &ivs), run, watch)
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
    let texts = Rows::Same(text);
    let sealings = split(1, texts, profile, out)?;
    let (run, watch) = (Run::on(1), &mut Watch::none());
    seal_rows(sealings, texts, Rows::Same(key), profile, (salt, iv), run, watch)
}

fn random(out: &mut [u8]) -> Result<(), Error> {
    getrandom::fill(out).map_err(|_| Error::Entropy)
}

/// The salts of a batch, side by side: one a row, or a single one for all.
fn make_salts(rows: usize, size: usize, salt: Salt<'_>) -> Result<Vec<u8>, Error> {
    let count = if matches!(salt, Salt::Shared) { 1 } else { rows };
    let mut salts = memory::zeros(count, size)?;
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

impl Sealing<'_> {
    /// Seal the text; `raw` is room that is used again.
    fn seal(
        &mut self,
        text: &[u8],
        keys: &Keys,
        (salt, iv): (&[u8], &[u8]),
        codec: &Codec,
        raw: &mut Vec<u8>,
    ) -> Result<(), Error> {
        message::seal(text, keys, salt, iv, raw)?;
        let [token @ .., newline] = &mut *self.out else {
            return Err(Error::Argument);
        };
        *newline = b'\n';
        codec.encode(raw, token)
    }
}

fn seal_rows(
    mut sealings: Vec<Sealing<'_>>,
    texts: Rows<'_>,
    keys: Rows<'_>,
    profile: &Profile<'_>,
    (salts, ivs): (&[u8], &[u8]),
    run: Run,
    watch: &mut Watch<'_>,
) -> Result<(), Error> {
    let rows = sealings.len();
    watch.expect(ROW_WORK * rows as u64);
    let key_size = profile.cipher.key_size();
    let salts: Vec<&[u8]> = memory::collect(rows.max(1), salts.chunks(key_size))?;
    let salts = match salts[..] {
        [only] => Rows::Same(only),
        _ => Rows::Each(&salts),
    };
    let derived = Derived::new(rows, keys, salts, profile, &run.derive(profile), watch)?;
    derived.group(&mut sealings, |sealing| sealing.row);
    let codec = Codec::new(Base64::Strict);
    in_tasks(&mut sealings, run, watch, |task| {
        let (mut keys, mut raw) = (derived.ring(), Vec::new());
        for sealing in task {
            let row = sealing.row;
            let public = (salts.get(row), &ivs[row * BLOCK..][..BLOCK]);
            sealing.verdict = keys
                .keys(row)
                .and_then(|keys| sealing.seal(texts.get(row), keys, public, &codec, &mut raw));
        }
        raw.zeroize();
    })?;
    sealings.into_iter().try_for_each(|sealing| sealing.verdict)
}

/// Cut `out` into the place of each row's message and its newline.
fn split<'a>(
    rows: usize,
    texts: Rows<'_>,
    profile: &Profile<'_>,
    mut out: &'a mut [u8],
) -> Result<Vec<Sealing<'a>>, Error> {
    // No row takes less than a byte, so more rows than bytes cannot fit.
    if rows > out.len() {
        return Err(Error::Argument);
    }
    let mut sealings = memory::with_room(rows)?;
    for row in 0..rows {
        let size = profile.cipher.wire_size(texts.get(row).len()).ok_or(Error::Argument)?;
        let (head, rest) = out.split_at_mut_checked(size + 1).ok_or(Error::Argument)?;
        sealings.push(Sealing { row, out: head, verdict: Ok(()) });
        out = rest;
    }
    if out.is_empty() { Ok(sealings) } else { Err(Error::Argument) }
}
