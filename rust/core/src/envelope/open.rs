//! Messages to texts: check all, derive every key together, then open row by row.
use zeroize::{Zeroize, Zeroizing};

use super::batch::{ROW_WORK, Run, in_tasks};
use super::derived::Derived;
use super::message::{self, Keys};
use super::wire::{self, Codec};
use super::{Base64, Cipher, Profile, Verdict};
use crate::memory::Unfinished;
use crate::{Error, Rows, Watch, memory};

/// Decrypt `tokens` under `keys` (one key a row, or one for all).
///
/// The texts go side by side into `out`, row `i` at `offsets[i]..offsets[i + 1]`,
/// and `verdicts[i]` says what became of it; a row that is not opened takes no
/// bytes. `out` has room for [`text_size_max`](super::Cipher::text_size_max) a row.
///
/// # Errors
/// [`Error::Argument`] when the shapes do not fit, [`Error::Kdf`] when the
/// profile's iterations are 0, [`Error::Cancelled`] when the observer said so. A bad
/// row is no error. After one, `out` is zeros.
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
    let mut unfinished = Unfinished::new(out);
    let out = unfinished.bytes();
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
    collect(&opened, room, out, offsets, verdicts)?;
    unfinished.finished();
    Ok(())
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

#[cfg(test)]
mod tests {
    use super::super::{Salt, encrypt_batch};
    use super::*;

    /// Nobody gets the half of a batch that was opened before it was stopped.
    #[test]
    fn a_stopped_batch_leaves_no_text_behind() {
        let profile = Profile { cipher: Cipher::Aes128Cbc, iterations: 1, info: b"" };
        let rows = 2000;
        let mut messages = vec![0; rows * 153];
        let (texts, keys, run) = (Rows::Same(b"text"), Rows::Same(b"key"), Run::on(1));
        let none = &mut Watch::none();
        encrypt_batch(rows, texts, keys, &profile, Salt::Shared, run, none, &mut messages).unwrap();
        let tokens: Vec<&[u8]> = messages.chunks(153).map(|token| &token[..152]).collect();
        // Stopped at the first moment, or later and later, until it is through.
        for allowed in 0.. {
            let mut calls = 0;
            let mut observer = |_, _| {
                calls += 1;
                calls <= allowed
            };
            let (mut out, mut offsets) = (vec![1; rows * 18], vec![0; rows + 1]);
            let mut verdicts = vec![0; rows];
            let mut watch = Watch::eager(&mut observer);
            let (tokens, strict) = (Rows::Each(&tokens), Base64::Strict);
            let to = (&mut out, &mut offsets, &mut verdicts);
            let done =
                decrypt_batch(tokens, keys, &profile, strict, run, &mut watch, to.0, to.1, to.2);
            if done.is_ok() {
                assert!(allowed > 2, "it was never stopped");
                assert_eq!(out[..4], *b"text");
                break;
            }
            assert_eq!(done, Err(Error::Cancelled));
            assert!(out.iter().all(|&byte| byte == 0));
        }
    }
}
