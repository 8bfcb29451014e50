//! The fast path against its slow twin: the general path.
use proptest::prelude::*;

use super::arch::portable::Portable;
use super::arch::{Cpu, Work, dispatch};
use super::plan::Ways;
use super::{Number, One, Options, Region, clean, general, judge, normalize};

/// The first bytes of what goes on behind them, as a batch has its texts.
struct Cut<'a> {
    data: &'a [u8],
    cut: usize,
    options: Options,
}

impl Work for Cut<'_> {
    type Output = Number;

    fn run(self, cpu: impl Cpu) -> Number {
        let Self { data, cut, options } = self;
        let read = clean::read(cpu, data, cut, options.strict);
        let mut number = None;
        let ways = options.region.map(Ways::of);
        judge(read, &data[..cut], &options, ways.as_ref(), &mut number);
        number.unwrap()
    }
}

fn both(text: &[u8], options: Options) {
    let slow = general(text, &options);
    let verdict = if options.sms { slow.verdict_for_sms() } else { slow.verdict };
    let slow = slow.refused_for(verdict);
    let portable = One { text, options: &options }.run(Portable);
    assert_eq!(portable, slow, "{:?}", String::from_utf8_lossy(text));
    assert_eq!(normalize(text, &options), slow, "{:?}", String::from_utf8_lossy(text));
}

fn options() -> impl Strategy<Value = Options> {
    let region = (0..Region::all().count() * 2).prop_map(|at| Region::all().nth(at));
    let region = prop_oneof![Just(Some(Region::MYANMAR)), region];
    (region, any::<bool>(), any::<bool>()).prop_map(|(region, strict, sms)| Options {
        region,
        strict,
        sms,
    })
}

proptest! {
    #![proptest_config(crate::campaign::cases(20_000))]

    #[test]
    fn clean_texts_are_judged_alike(text in "\\+?[0-9 ().-]{0,24}", options in options()) {
        both(text.as_bytes(), options);
    }

    #[test]
    fn numbers_of_myanmar_are_judged_alike(
        text in "(09|9|959|\\+959|00959|\\+95 0?9|0|95)[0-9]{5,10}[ .-]?[0-9]{0,3}",
        options in options(),
    ) {
        both(text.as_bytes(), options);
    }

    #[test]
    fn dates_and_tails_are_judged_alike(
        text in "(\\+|[.-]{0,2})[0-9]{1,4}[ .()-]{1,3}[0-9]{1,9}[ .()-]{1,3}[0-9]{0,4}[ .()-]{0,3}[0-9]{0,2}[.)-]{0,2}",
        options in options(),
    ) {
        both(text.as_bytes(), options);
    }

    #[test]
    fn letters_among_digits_are_judged_alike(
        text in "\\+?[a-zA-Z]{0,2}[ ]?[0-9]{0,5}[ ().-]{0,2}[0-9]{0,5}[a-zA-Z]{0,3}[ ().-]{0,2}[0-9]{0,5}",
        options in options(),
    ) {
        both(text.as_bytes(), options);
    }

    #[test]
    fn dirty_texts_are_judged_alike(text in "[-+0-9a-z ./~,;#*x\\n\u{1040}-\u{1049}]{0,30}", options in options()) {
        both(text.as_bytes(), options);
    }

    #[test]
    fn numbers_of_every_region_are_judged_alike(
        before in "(|0|1|8|00|\\+|\\+|011|00[0-9]|0[0-9]{2})",
        code in 0..Region::all().count() * 2,
        digits in "[0-9]{3,11}",
        at in 0..Region::all().count(),
        options in options(),
    ) {
        let codes: Vec<_> = Region::all().map(|region| region.place().calling_code()).collect();
        let code = codes.get(code).map_or_else(String::new, ToString::to_string);
        let text = format!("{before}{code}{digits}");
        both(text.as_bytes(), Options { region: Region::all().nth(at), ..options });
        both(text.as_bytes(), options);
    }

    #[test]
    fn other_scripts_are_judged_alike(
        before in "(|0|\\+|\u{200E}\\+|\u{FF0B})",
        text in "([0-9]|[\u{1040}-\u{1049}]{1,3}|[\u{1090}-\u{1099}\u{FF10}-\u{FF19}\u{660}-\u{669}]|[ ().-]|[\u{A0}\u{2010}-\u{2015}\u{200B}-\u{200F}\u{2060}\u{AD}\u{FEFF}\u{2066}]|[\u{1050}a]){3,24}",
        options in options(),
    ) {
        both(format!("{before}{text}").as_bytes(), options);
        both(text.as_bytes(), options);
    }

    #[test]
    fn a_text_is_not_read_on_behind_its_end(
        text in "\\+?[0-9 ().-]{0,14}[\u{1040}-\u{1049}\u{2014}\u{200B}]{0,16}[0-9]{0,14}",
        cut in 0_usize..4,
        behind in "[-+0-9 ().\na\u{1040}-\u{1049}]{0,24}",
        options in options(),
    ) {
        let options = Options { sms: false, ..options };
        // The cut may be inside a character.
        let cut = text.len().saturating_sub(cut);
        let alone = normalize(&text.as_bytes()[..cut], &options);
        let joined = [text.as_bytes(), behind.as_bytes()].concat();
        prop_assert_eq!(dispatch(Cut { data: &joined, cut, options }), alone);
    }

    #[test]
    fn bytes_that_are_no_text_are_judged_alike(
        text in proptest::collection::vec(any::<u8>(), 0..40),
        options in options(),
    ) {
        both(&text, options);
    }
}

#[test]
fn texts_of_the_longest_size_and_one_more_are_judged_alike() {
    for size in [249, 250, 251] {
        let text = format!("{:>size$}", "09420123456");
        both(text.as_bytes(), Options::default());
    }
}

#[test]
fn texts_of_two_windows_and_a_little_more_are_judged_alike() {
    for (digit, sign) in [("\u{1049}", "-"), ("9", "\u{2014}"), ("\u{FF11}", " ")] {
        for (count, signs) in (3..=20).flat_map(|count| (0..=24).map(move |signs| (count, signs))) {
            let groups: Vec<_> = (0..count).map(|_| digit.to_owned()).collect();
            let text =
                format!("+{}{}", sign.repeat(signs % 3), groups.join(&sign.repeat(signs / 3)));
            for strict in [false, true] {
                both(text.as_bytes(), Options { strict, ..Options::default() });
            }
        }
    }
}
