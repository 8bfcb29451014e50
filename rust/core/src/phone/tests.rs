//! The fast path against its slow twin: the general path.
use proptest::prelude::*;

use super::{Options, Region, general, normalize};

fn both(text: &[u8], options: Options) {
    let slow = general(text, &options);
    let slow = if options.sms { slow.for_sms() } else { slow };
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
