//! Messages by the batch: derive every key together, then seal or open row by row.
use zeroize::{Zeroize, Zeroizing};

use super::derived::Derived;
use super::message::{self, Keys};
use super::wire::{self, Codec};
use super::{Base64, Cipher, Profile, Salt, Verdict};
use crate::kdf::{self, Backend};
use crate::primitive::{BLOCK, hkdf_sha256};
use crate::watch::{Pause, Watch};
use crate::{Error, Rows, memory, threads};

/// Rows that one thread seals or opens before it takes more. Source: measured;
/// a row costs under half a microsecond, taking work about a tenth of one.
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
    let room = |row| profile.cipher.text_size_max(tokens.get(row).len());
    if (0..rows).map(room).try_fold(0, usize::checked_add).is_none_or(|sum| sum > out.len()) {
        return Err(Error::Argument);
    }
    let key_size = profile.cipher.key_size();
    let mut salts = memory::zeros(rows, key_size)?;
    let mut messages = memory::with_room(rows)?;
    let mut rest = &mut *out;
    for (row, salt) in salts.chunks_mut(key_size).enumerate() {
        let token = tokens.get(row);
        let (text, after) = rest.split_at_mut(room(row));
        messages.push(Opening { token, salt, text, verdict: Ok(0) });
        rest = after;
    }
    watch.expect(2 * (ROW_WORK * rows as u64));
    let codec = Codec::new(base64);
    in_tasks(&mut messages, run, watch, |task| {
        let mut raw = Zeroizing::default();
        task.iter_mut().for_each(|message| message.check(profile, &codec, &mut raw));
    })?;

    let whole = messages.iter().enumerate().filter(|(_, message)| message.verdict.is_ok());
    let whole: Vec<usize> = memory::collect(rows, whole.map(|(row, _)| row))?;
    let derived = {
        let passwords = memory::collect(whole.len(), whole.iter().map(|&row| keys.get(row)))?;
        let salts = whole.iter().map(|&row| &*messages[row].salt);
        let salts: Vec<&[u8]> = memory::collect(whole.len(), salts)?;
        let passwords = match keys {
            Rows::Same(_) => keys,
            Rows::Each(_) => Rows::Each(&passwords),
        };
        let salts = Rows::Each(&salts);
        Derived::new(whole.len(), passwords, salts, profile, &run.derive(profile), watch)?
    };
    let whole = messages.iter_mut().filter(|message| message.verdict.is_ok()).enumerate();
    let mut whole = memory::collect(rows, whole)?;
    derived.group(&mut whole, |&(nth, _)| nth);
    in_tasks(&mut whole, run, watch, |task| {
        let (mut keys, mut raw) = (derived.ring(), Zeroizing::default());
        for (nth, message) in task {
            let opened = keys.keys(*nth);
            message.verdict =
                opened.and_then(|keys| message.open(profile.cipher, keys, &codec, &mut raw));
        }
    })?;
    let opened = memory::collect(rows, messages.iter().map(|message| message.verdict))?;
    collect(&opened, room, out, offsets, verdicts)
}

/// Move the texts side by side and say what became of each row; `room` is what a
/// row had in `out`.
fn collect(
    opened: &[Result<usize, Error>],
    room: impl Fn(usize) -> usize,
    out: &mut [u8],
    offsets: &mut [i64],
    verdicts: &mut [u8],
) -> Result<(), Error> {
    let offset = |end: usize| i64::try_from(end).map_err(|_| Error::Argument);
    let (mut from, mut end) = (0, 0);
    for (row, verdict) in opened.iter().enumerate() {
        offsets[row] = offset(end)?;
        let size = verdict.unwrap_or(0);
        verdicts[row] = match *verdict {
            Ok(_) => Verdict::Opened as u8,
            Err(error @ (Error::Malformed | Error::Decrypt)) => Verdict::from(error) as u8,
            Err(error) => return Err(error),
        };
        out.copy_within(from..from + size, end);
        end += size;
        from += room(row);
    }
    offsets[opened.len()] = offset(end)?;
    out[end..from].zeroize(); // where the last texts were
    Ok(())
}

/// One row on its way from token to text.
///
/// The token is decoded twice, before and after its key is derived: that is cheaper
/// than to keep the raw messages of a whole batch meanwhile.
struct Opening<'a> {
    token: &'a [u8],
    /// What the message says that its salt is.
    salt: &'a mut [u8],
    /// Room for the text.
    text: &'a mut [u8],
    /// The size of the text, or why there is none.
    verdict: Result<usize, Error>,
}

/// Room for one raw message after another. Wiped when it is let go or replaced.
type Raw = Zeroizing<Vec<u8>>;

impl Opening<'_> {
    /// The raw message in `raw`, if it can be one.
    fn decode<'r>(
        &self,
        cipher: Cipher,
        codec: &Codec,
        raw: &'r mut Raw,
    ) -> Result<&'r mut [u8], Error> {
        let room = wire::decoded_size_max(self.token.len());
        if raw.len() < room {
            *raw = memory::secret_zeros(1, room)?;
        }
        let size = codec.decode(self.token, raw)?;
        message::check(&raw[..size], cipher)?;
        Ok(&mut raw[..size])
    }

    /// Refuse what cannot be a message, and take the salt of what can.
    fn check(&mut self, profile: &Profile<'_>, codec: &Codec, raw: &mut Raw) {
        self.verdict = self.decode(profile.cipher, codec, raw).map(|raw| {
            self.salt.copy_from_slice(&raw[..self.salt.len()]);
            0
        });
    }

    /// Open the message; the size of its text.
    fn open(
        &mut self,
        cipher: Cipher,
        keys: &Keys,
        codec: &Codec,
        raw: &mut Raw,
    ) -> Result<usize, Error> {
        let raw = self.decode(cipher, codec, raw)?;
        let text = message::open(raw, cipher, keys)?;
        let size = text.len();
        self.text.get_mut(..size).ok_or(Error::Argument)?.copy_from_slice(&raw[text]);
        Ok(size)
    }
}

/// Do `work` on all items, some at a time, over the run's threads; and overwrite
/// the stack below it.
fn in_tasks<T: Send>(
    items: &mut [T],
    run: Run,
    watch: &mut Watch<'_>,
    work: impl Fn(&mut [T]) + Sync,
) -> Result<(), Error> {
    let tasks = items.len().div_ceil(ROWS_PER_TASK);
    let task = |task: &mut [T], pause: &mut Pause<'_>| {
        memory::scrubbed(|| work(task));
        pause.after(ROW_WORK * task.len() as u64);
    };
    let items = items.chunks_mut(ROWS_PER_TASK);
    memory::scrubbed(|| threads::for_each(items, tasks, run.threads, watch, task))
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
