//! Messages by the batch: derive every key together, then seal or open row by row.
use core::ops::Range;

use zeroize::Zeroize;

use super::message::{self, Keys};
use super::{Base64, Profile, Salt, Verdict, wire};
use crate::kdf::{self, Backend};
use crate::primitive::{BLOCK, hkdf_sha256};
use crate::watch::{Pause, Watch};
use crate::{Error, Rows, memory, threads};

/// Rows that one thread seals or opens before it takes more. Source: measured;
/// a row costs about a microsecond, taking work about a tenth of that.
const ROWS_PER_TASK: usize = 256;

/// What a watch counts for sealing or opening a row, which takes about as long as
/// this many iterations.
const ROW_WORK: u64 = 8;

/// How the work of a batch is done.
#[derive(Clone, Copy, Debug)]
pub struct Run {
    /// Threads; 0 is one a CPU, 1 stays on the calling thread.
    pub threads: usize,
    /// The one backend that derives the keys; `None` is right unless a test says otherwise.
    pub backend: Option<Backend>,
}

impl Run {
    /// The best backends, on `threads` threads.
    #[must_use]
    pub fn on(threads: usize) -> Self {
        Self { threads, backend: None }
    }

    fn derive(self, profile: &Profile<'_>) -> kdf::Options {
        let (threads, backend) = (self.threads, self.backend);
        let length = profile.cipher.key_size();
        kdf::Options { iterations: profile.iterations, length, threads, backend }
    }
}

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
    base64: Base64,
    run: Run,
    watch: &mut Watch<'_>,
    out: &mut [u8],
    offsets: &mut [i64],
    verdicts: &mut [u8],
) -> Result<(), Error> {
    let rows = verdicts.len();
    if !(tokens.fits(rows) && keys.fits(rows) && offsets.len() == rows + 1) {
        return Err(Error::Argument);
    }
    let sum = |size: fn(&Profile<'_>, usize) -> usize| {
        let sizes = (0..rows).map(|row| size(profile, tokens.get(row).len()));
        sizes.into_iter().try_fold(0, usize::checked_add).ok_or(Error::Argument)
    };
    if out.len() < sum(|profile, size| profile.cipher.text_size_max(size))? {
        return Err(Error::Argument);
    }
    let mut raw = memory::secret_zeros(1, sum(|_, size| wire::decoded_size_max(size))?)?;
    let mut messages = memory::with_room(rows)?;
    let mut rest = raw.as_mut_slice();
    for row in 0..rows {
        let token = tokens.get(row);
        let (raw, after) = rest.split_at_mut(wire::decoded_size_max(token.len()));
        messages.push(Opening { token, raw, verdict: Ok(0..0), derived: &[] });
        rest = after;
    }
    watch.expect(2 * (ROW_WORK * rows as u64));
    each(&mut messages, run, watch, |message| message.decode(profile, base64))?;

    let key_size = profile.cipher.key_size();
    let whole = messages.iter().enumerate().filter(|(_, message)| message.verdict.is_ok());
    let whole: Vec<usize> = memory::collect(rows, whole.map(|(row, _)| row))?;
    let mut derived = memory::secret_zeros(whole.len(), key_size)?;
    {
        let passwords = memory::collect(whole.len(), whole.iter().map(|&row| keys.get(row)))?;
        let salts = whole.iter().map(|&row| &messages[row].raw[..key_size]);
        let salts: Vec<&[u8]> = memory::collect(whole.len(), salts)?;
        let passwords = match keys {
            Rows::Same(_) => keys,
            Rows::Each(_) => Rows::Each(&passwords),
        };
        let how = run.derive(profile);
        kdf::derive_batch(whole.len(), passwords, Rows::Each(&salts), &how, watch, &mut derived)?;
    }
    for (&row, derived) in whole.iter().zip(derived.chunks(key_size)) {
        messages[row].derived = derived;
    }
    each(&mut messages, run, watch, |message| message.open(profile))?;
    memory::scrub_stack();
    collect(&messages, out, offsets, verdicts)
}

/// Put the texts side by side and say what became of each row.
fn collect(
    messages: &[Opening<'_>],
    out: &mut [u8],
    offsets: &mut [i64],
    verdicts: &mut [u8],
) -> Result<(), Error> {
    let offset = |end: usize| i64::try_from(end).map_err(|_| Error::Argument);
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
    offsets[messages.len()] = offset(end)?;
    Ok(())
}

/// One row on its way from token to text.
struct Opening<'a> {
    token: &'a [u8],
    /// The raw message and what is left of its room; once it is opened, the text.
    raw: &'a mut [u8],
    derived: &'a [u8],
    /// Where in `raw` the message is, then the text; or why there is none.
    verdict: Result<Range<usize>, Error>,
}

impl Opening<'_> {
    fn decode(&mut self, profile: &Profile<'_>, base64: Base64) {
        self.verdict = wire::decode(self.token, base64, self.raw).and_then(|size| {
            message::check(&self.raw[..size], profile.cipher)?;
            Ok(0..size)
        });
    }

    fn open(&mut self, profile: &Profile<'_>) {
        if let Ok(whole) = self.verdict.clone() {
            self.verdict = Keys::new(self.derived, profile)
                .and_then(|keys| message::open(&mut self.raw[whole], profile.cipher, &keys));
        }
    }
}

/// Do `work` on each item, over the run's threads.
fn each<T: Send>(
    items: &mut [T],
    run: Run,
    watch: &mut Watch<'_>,
    work: impl Fn(&mut T) + Sync,
) -> Result<(), Error> {
    let tasks = items.len().div_ceil(ROWS_PER_TASK);
    let each = |task: &mut [T], pause: &mut Pause<'_>| {
        task.iter_mut().for_each(&work);
        pause.after(ROW_WORK * task.len() as u64);
    };
    threads::for_each(items.chunks_mut(ROWS_PER_TASK), tasks, run.threads, watch, each)
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
    /// Seal the text under the derived key; `raw` is room that is used again.
    fn seal(
        &mut self,
        text: &[u8],
        derived: &[u8],
        profile: &Profile<'_>,
        (salt, iv): (&[u8], &[u8]),
        raw: &mut Vec<u8>,
    ) -> Result<(), Error> {
        let keys = Keys::new(derived, profile)?;
        message::seal(text, &keys, salt, iv, raw)?;
        let [token @ .., newline] = &mut *self.out else {
            return Err(Error::Argument);
        };
        *newline = b'\n';
        wire::encode(raw, token)
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
    let mut derived = memory::secret_zeros(rows, key_size)?;
    kdf::derive_batch(rows, keys, salts, &run.derive(profile), watch, &mut derived)?;

    let tasks = rows.div_ceil(ROWS_PER_TASK);
    let seal = |task: &mut [Sealing<'_>], pause: &mut Pause<'_>| {
        let mut raw = Vec::new();
        for sealing in &mut *task {
            let row = sealing.row;
            let derived = &derived[row * key_size..][..key_size];
            let iv = &ivs[row * BLOCK..][..BLOCK];
            sealing.verdict =
                sealing.seal(texts.get(row), derived, profile, (salts.get(row), iv), &mut raw);
        }
        raw.zeroize();
        pause.after(ROW_WORK * task.len() as u64);
    };
    let sealed =
        threads::for_each(sealings.chunks_mut(ROWS_PER_TASK), tasks, run.threads, watch, seal);
    memory::scrub_stack();
    sealed?;
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
