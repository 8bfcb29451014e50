//! Columns of tokens, against one row at a time.
#![allow(clippy::unwrap_used, clippy::cast_possible_truncation, clippy::cast_possible_wrap)]
use proptest::prelude::*;
use smspoh_core::column::{Bits, Column, Cut, Flaw, Input, VIEW, Views, Wrong};
use smspoh_core::envelope::{
    Base64, Cipher, Keys, Profile, Run, VERDICT_NAMES, decrypt_batch, decrypt_column,
    encrypt_column, is_weak,
};
use smspoh_core::{Error, Rows, Watch};

const PROFILE: Profile<'_> = Profile { cipher: Cipher::Aes256Cbc, iterations: 1, info: b"info" };
type Row = Option<Vec<u8>>;

/// Rows as a column holds them.
struct Held {
    data: Vec<u8>,
    offsets: Vec<i32>,
    bits: Vec<u8>,
}

impl Held {
    fn new(rows: &[Row]) -> Self {
        let (mut data, mut offsets) = (Vec::new(), vec![0]);
        let mut bits = vec![0; rows.len() / 8 + 1];
        for (row, text) in rows.iter().enumerate() {
            data.extend_from_slice(text.as_deref().unwrap_or(b"rubble"));
            offsets.push(data.len() as i32);
            bits[row / 8] |= u8::from(text.is_some()) << (row % 8);
        }
        Self { data, offsets, bits }
    }

    fn input(&self) -> Input<'_> {
        let cut = Cut::new(&self.data, &self.offsets, Some(Bits::new(&self.bits, 0))).unwrap();
        Input { values: Column::Cut32(cut), codes: None }
    }
}

/// What one token opens to, and the name of its verdict.
fn open(token: &Row, key: &Row) -> (Row, Option<&'static str>) {
    let Some(token) = token else { return (None, None) };
    let Some(key) = key else { return (None, Some("BAD_KEY")) };
    let mut out = vec![0; PROFILE.cipher.text_size_max(token.len())];
    let (mut offsets, mut verdicts) = ([0; 2], [9]);
    let (tokens, keys) = (Rows::Same(token), Rows::Same(key));
    let (run, none) = (Run::on(1), &mut Watch::none());
    let strict = Base64::Strict;
    decrypt_batch(tokens, keys, &PROFILE, strict, run, none, &mut out, &mut offsets, &mut verdicts)
        .unwrap();
    let text = &out[..usize::try_from(offsets[1]).unwrap()];
    match (verdicts[0], std::str::from_utf8(text)) {
        (0, Ok(_)) => (Some(text.to_vec()), Some("OK")),
        (0, Err(_)) => (None, Some("NOT_UTF8")),
        (verdict, _) => (None, Some(VERDICT_NAMES[usize::from(verdict)])),
    }
}

fn rows() -> impl Strategy<Value = Vec<(Row, Row)>> {
    let text = prop_oneof![
        3 => "[ -~]{0,40}".prop_map(String::into_bytes),
        1 => prop::collection::vec(any::<u8>(), 0..20),
    ];
    let key =
        prop_oneof![4 => Just(b"key".to_vec()), 1 => Just(vec![]), 1 => Just(b"a\0".to_vec())];
    let row = (prop::option::weighted(0.8, text), prop::option::weighted(0.8, key));
    prop::collection::vec(row, 0..12)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]
    #[test]
    fn columns_are_their_rows(rows in rows(), spoilt in any::<prop::sample::Index>()) {
        let (texts, keys): (Vec<Row>, Vec<Row>) = rows.into_iter().unzip();
        let (held, held_keys) = (Held::new(&texts), Held::new(&keys));
        let (input, key_input) = (held.input(), held_keys.input());
        let (each, run) = (Keys::Each(&key_input), Run::on(1));
        let sealed =
            encrypt_column(&input, &each, &PROFILE, run, &mut Watch::none()).unwrap().tokens;
        let mut tokens: Vec<Row> =
            (0..texts.len()).map(|row| sealed.get(row).map(<[u8]>::to_vec)).collect();
        for (row, token) in tokens.iter().enumerate() {
            let usable = keys[row].as_ref().filter(|key| !matches!(key.last(), None | Some(0)));
            prop_assert_eq!(token.is_some(), texts[row].is_some() && usable.is_some());
            if token.is_some() {
                let (opened, verdict) = open(token, &keys[row]);
                prop_assert!(opened == texts[row] || verdict == Some("NOT_UTF8"));
            }
        }
        if !tokens.is_empty() {
            let row = spoilt.index(tokens.len());
            tokens[row] = Some(b"spoilt".to_vec());
        }
        let held = Held::new(&tokens);
        let (input, none) = (held.input(), &mut Watch::none());
        let made = decrypt_column(&input, &each, &PROFILE, Base64::Strict, run, none).unwrap();
        for (row, token) in tokens.iter().enumerate() {
            let (text, verdict) = open(token, &keys[row]);
            let range = made.texts.offsets[row] as usize..made.texts.offsets[row + 1] as usize;
            let found = made.texts.validity.get(row).then(|| made.texts.data[range.clone()].to_vec());
            prop_assert_eq!(&found, &text);
            prop_assert!(text.is_some() || range.is_empty(), "a refused row takes no bytes");
            let name = VERDICT_NAMES[usize::from(made.verdicts[row])];
            prop_assert_eq!(made.validity.get(row).then_some(name), verdict);
        }
        prop_assert!(std::str::from_utf8(&made.texts.data).is_ok());
    }
}

#[test]
fn keys_are_as_many_as_rows_and_a_single_one_is_usable() {
    let (two, three) = (Held::new(&vec![Some(vec![1]); 2]), Held::new(&vec![Some(vec![1]); 3]));
    let (texts, keys, run) = (two.input(), three.input(), Run::on(1));
    let seal = |keys: &Keys<'_>| encrypt_column(&texts, keys, &PROFILE, run, &mut Watch::none());
    assert_eq!(seal(&Keys::Each(&keys)).err(), Some(Wrong::Flaw(Flaw::Rows)));
    assert_eq!(seal(&Keys::Same(b"")).err(), Some(Wrong::Error(Error::Argument)));
    assert!(seal(&Keys::Same(b"weak")).unwrap().has_weak_key);
    assert!(!seal(&Keys::Same(b"a key of more than twenty bytes")).unwrap().has_weak_key);
}

/// Each row is the same mebibyte, so that 2 GiB of tokens are asked for with little memory.
#[test]
fn tokens_of_two_gibibytes_are_refused_before_the_work() {
    const SIZE: usize = 1 << 20;
    let (text, mut view) = (vec![b'a'; SIZE], [0; VIEW]);
    view[..4].copy_from_slice(&(SIZE as i32).to_ne_bytes());
    let token = PROFILE.cipher.wire_size(SIZE).unwrap();
    let rows = i32::MAX as usize / token + 1;
    let (views, buffers) = (vec![view; rows], [&text[..]]);
    let values = Column::Views(Views::new(&views, &buffers, None).unwrap());
    let texts = Input { values, codes: None };
    let mut is_asked = false;
    let mut stop = |_, _| {
        is_asked = true;
        false
    };
    // It would be stopped if it began, as 40 ms are not enough for the work.
    let (keys, mut watch) = (Keys::Same(b"key"), Watch::new(Some(&mut stop)));
    let found = encrypt_column(&texts, &keys, &PROFILE, Run::on(1), &mut watch);
    assert_eq!(found.err(), Some(Wrong::Flaw(Flaw::Size)));
    assert!(!is_asked);
}

#[test]
fn a_key_is_weak_below_eighty_bits() {
    // Digits hold 3.32 bits each, letters of one case 4.70, any byte more than ASCII 7.32.
    for (key, is) in [
        (&b"1"[..], true),
        (&[b'1'; 24], true),
        (&[b'1'; 25], false),
        (&[b'a'; 17], true),
        (&[b'a'; 18], false),
        (&[0xFF; 10], true),
        (&[0xFF; 11], false),
        (b"", true),
    ] {
        assert_eq!(is_weak(key), is, "{key:?}");
    }
}
