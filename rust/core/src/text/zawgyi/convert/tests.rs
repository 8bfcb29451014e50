//! Each rule on a word that has it, and what holds for every text.
use proptest::prelude::*;

use super::{unicode_to_zawgyi, zawgyi_to_unicode};

fn to_unicode(text: &str) -> String {
    let mut out = String::new();
    zawgyi_to_unicode(text, &mut out);
    out
}

fn to_zawgyi(text: &str) -> String {
    let mut out = String::new();
    unicode_to_zawgyi(text, &mut out);
    out
}

/// Each word in Unicode, and in Zawgyi as it is written.
fn both_ways(words: &[(&str, &str)]) {
    for (unicode, zawgyi) in words {
        assert_eq!(to_unicode(zawgyi), *unicode, "{zawgyi}");
        assert_eq!(to_zawgyi(unicode), *zawgyi, "{unicode}");
    }
}

/// Each word in Zawgyi, and what it is read as.
fn reads(words: &[(&str, &str)]) {
    for (zawgyi, unicode) in words {
        assert_eq!(to_unicode(zawgyi), *unicode, "{zawgyi}");
    }
}

#[test]
fn conversions_append() {
    let mut out = String::from("SMS ");
    zawgyi_to_unicode("ေန", &mut out);
    unicode_to_zawgyi("နေ", &mut out);
    assert_eq!(out, "SMS နေေန");
}

#[test]
fn e_and_medial_ra_stand_before_their_base_in_zawgyi() {
    both_ways(&[
        ("ကျေးဇူးတင်ပါတယ်", "ေက်းဇူးတင္ပါတယ္"),
        ("မြန်မာနိုင်ငံ", "ျမန္မာႏိုင္ငံ"),
        ("ပြောကြား", "ေျပာၾကား"),
    ]);
    reads(&[("ျေပာ", "ပြော"), ("ေ", "ေ"), ("ကေ က", "ကေ က")]);
}

#[test]
fn a_kinzi_is_spelled_before_its_base_in_unicode() {
    both_ways(&[
        ("မင်္ဂလာပါ", "မဂၤလာပါ"),
        ("သင်္ကြန်", "သႀကၤန္"),
        ("သင်္ဘော", "သေဘၤာ"),
        ("အင်္ဂလိပ်", "အဂၤလိပ္"),
        ("င်္ကိ", "က\u{108B}"),
        ("အင်္ဂျီ", "အဂ\u{108C}\u{103A}"),
        ("င်္ကံ", "က\u{108D}"),
        ("င်္ကိံ", "က\u{1064}\u{108E}"),
    ]);
    reads(&[("အဂ\u{103A}\u{108C}", "အင်္ဂျီ"), ("ေၤက", "င်္ကေ"), ("ၤ", "င်္")]);
}

#[test]
fn letters_are_stacked() {
    both_ways(&[
        ("ဥက္ကဋ္ဌ", "ဥကၠ႒"),
        ("ပစ္စည်း", "ပစၥည္း"),
        ("ဗုဒ္ဓ", "ဗုဒၶ"),
        ("အန္တရာယ်", "အႏၲရာယ္"),
        ("သတ္တဝါ", "သတၱဝါ"),
        ("ဝတ္ထု", "ဝတၳဳ"),
        ("ကမ္ဘာ", "ကမၻာ"),
        ("တက္ကသိုလ်", "တကၠသိုလ္"),
        ("ပြဿနာ", "ျပႆနာ"),
        ("မဏ္ဍပ်", "မ႑ပ္"),
        ("ဝဍ္ဍ", "ဝၮ"),
        ("သန္တွေ", "သေႏ႖"),
    ]);
    // Typists set the letter below behind a vowel as well.
    reads(&[("ကမာၻ", "ကမ္ဘာ"), ("သတိၱ", "သတ္တိ"), ("ၠ", "္က"), ("ကၠၡ", "က္က္ခ")]);
}

#[test]
fn a_letter_below_without_a_glyph_is_written_behind_an_asat() {
    assert_eq!(to_zawgyi("က္သ"), "က\u{1039}သ");
    assert_eq!(to_zawgyi("က္"), "က\u{1039}");
}

#[test]
fn every_glyph_of_medial_ra_is_one() {
    for glyph in ['\u{103B}'].into_iter().chain('\u{107E}'..='\u{1084}') {
        assert_eq!(to_unicode(&format!("{glyph}က")), "ကြ");
    }
    both_ways(&[
        ("ခြ", "\u{103B}ခ"),
        ("ကြ", "\u{107E}က"),
        ("ခြံ", "\u{107F}ခံ"),
        ("ကြီး", "\u{1080}ကီး"),
        ("ဂြွ", "\u{1081}ဂ\u{103C}"),
        ("ကြွ", "\u{1082}က\u{103C}"),
        ("ဂြွံ", "\u{1083}ဂ\u{103C}ံ"),
        ("ကြွီ", "\u{1084}က\u{103C}ီ"),
    ]);
}

#[test]
fn letters_are_cut_where_something_is_below() {
    both_ways(&[
        ("နု", "\u{108F}ု"),
        ("ညု", "\u{106B}ု"),
        ("ဉုံ", "\u{106A}ံု"),
        ("ရွာ", "\u{1090}\u{103C}ာ"),
        ("ရှိ", "ရ\u{103D}ိ"),
        ("ရှု", "ရ\u{1088}"),
    ]);
}

#[test]
fn marks_below_make_room_for_each_other() {
    both_ways(&[
        ("မှု", "မ\u{1088}"),
        ("မှူး", "မ\u{1089}း"),
        ("ရွှေ", "ေ\u{1090}\u{108A}"),
        ("ကျွန်တော်", "က\u{103C}\u{107D}န္ေတာ္"),
        ("လျှောက်", "ေလ\u{103D}\u{103A}ာက္"),
        ("ကျူး", "က\u{103A}\u{1034}း"),
        ("ပြု", "\u{103B}ပ\u{1033}"),
        ("မြှုပ်နှံ", "\u{103B}မ\u{1087}\u{1033}ပ္\u{108F}\u{103D}ံ"),
    ]);
}

#[test]
fn the_dot_below_goes_where_there_is_room() {
    both_ways(&[
        ("ခဲ့", "ခဲ\u{1037}"),
        ("နေ့", "ေန\u{1094}"),
        ("တို့", "တို\u{1094}"),
        ("တွေ့", "ေတ\u{103C}\u{1095}"),
        ("မြို့", "\u{107F}မိ\u{1033}\u{1095}"),
        ("ရဲ့", "ရဲ\u{1095}"),
    ]);
}

#[test]
fn dot_below_and_asat_are_in_the_order_of_nfc() {
    both_ways(&[("ဖွင\u{1037}\u{103A}", "ဖ\u{103C}င့္"), ("ပြန\u{1037}\u{103A}", "ျပန္႔")]);
    reads(&[("င\u{1039}\u{1037}", "င\u{1037}\u{103A}")]);
}

#[test]
fn vowels_above_come_before_those_below() {
    both_ways(&[("ကုံ", "ကံု"), ("သိံ", "သ\u{108E}"), ("ကို", "ကို")]);
    reads(&[("ကုံ", "ကုံ"), ("ကုိ", "ကို"), ("သိံ", "သိံ")]);
}

#[test]
fn an_asat_stays_early_in_a_contraction_alone() {
    both_ways(&[
        ("ယောက်ျား", "ေယာက္\u{103A}ား"),
        ("ကျွန်ုပ်", "က\u{103C}\u{107D}\u{108F}္ုပ္"),
        ("လက်ျာ", "လက္\u{103A}ာ"),
        ("ဂျော့ချ်", "ေဂ\u{103A}ာ့ခ\u{103A}္"),
        ("သော်", "ေသာ္"),
        ("ခေါ်", "ေခ\u{105A}"),
    ]);
    reads(&[("ေယာက\u{103A}္ား", "ယောက်ျား"), ("ႏု္ပ္", "န်ုပ်"), ("ေသ္ာ", "သော်")]);
}

#[test]
fn the_vowel_u_was_typed_for_nya() {
    both_ways(&[("ဉာဏ်", "ဉာဏ္"), ("ပဉ္စမ", "ပ\u{106A}\u{1065}မ"), ("ဝိညာဉ်", "ဝိညာဉ္")]);
    reads(&[("ဥာဏ္", "ဉာဏ်"), ("ပဥၥမ", "ပဉ္စမ"), ("ဝိညာဥ္", "ဝိညာဉ်"), ("ဥပမာ", "ဥပမာ"), ("ဥတု", "ဥတု")]);
}

#[test]
fn letters_that_were_typed_in_two_parts_are_one() {
    both_ways(&[("ဦး", "ဦး"), ("ဈေး", "ေဈး")]);
    reads(&[
        ("ဥ\u{102E}း", "ဦး"),
        ("ေစ\u{103A}း", "ဈေး"),
        ("ေစ\u{103A}ာ္", "ဈော်"),
        ("စ္\u{103A}ား", "စ်ျား"),
    ]);
}

#[test]
fn aforesaid_is_one_glyph() {
    both_ways(&[("၎င်း", "၎"), ("၎င်းတို့", "၎တို႔")]);
    reads(&[("၎င္း", "၎င်း"), ("၄င္း", "၎င်း"), ("၁၄င္း", "၁၄င်း"), ("၄ ခု", "၄ ခု")]);
    assert_eq!(to_zawgyi("၎က"), "၄က");
}

#[test]
fn a_zero_is_wa_where_it_bears_something_or_is_among_letters() {
    reads(&[
        ("၀န္ေဆာင္မႈ", "ဝန်ဆောင်မှု"),
        ("ေန၀င္", "နေဝင်"),
        ("ေ၀း", "ဝေး"),
        ("၀ါ", "ဝါ"),
        ("၁၀ါ", "၁ဝါ"),
        ("န၀မ", "နဝမ"),
        ("၀တၳဳ", "ဝတ္ထု"),
        ("၀န္႔", "ဝန့်"),
        ("၀ကၤပါ", "ဝင်္ကပါ"),
        ("ေ၀ ၀ါး", "ဝေ ဝါး"),
    ]);
    for digits in ["၀", " ၀ ", "၀.၅", "၁၀၀၀", "၀က်ပ္", "(၀)", "၁၀င", "င၁၀"]
    {
        assert!(to_unicode(digits).contains('၀'), "{digits}");
    }
    reads(&[("လက္က်န္ ၀ က်ပ္", "လက်ကျန် ၀ ကျပ်"), ("၁၀း၃၀", "၁၀း၃၀"), ("၀း၃၀", "၀း၃၀")]);
    assert_eq!(to_unicode("၁၀ ေကာင္"), "၁၀ ကောင်");
    assert_eq!(to_unicode("၁၀ေကာင္"), "၁၀ကောင်");
}

#[test]
fn a_seven_is_ra_where_it_bears_something() {
    reads(&[("ေ၇", "ရေ"), ("၇ွိ", "ရှိ"), ("၇က္", "၇က်"), ("က၇က", "က၇က"), ("၇း၃၀", "၇း၃၀")]);
}

#[test]
fn a_repeated_mark_counts_once_but_not_aa_and_visarga() {
    reads(&[("ကိိ", "ကိ"), ("ေေက", "ကေ"), ("က္္", "က်"), ("ကား း", "ကား း"), ("ကာားး", "ကာားး")]);
    assert_eq!(to_zawgyi("ကိိေေ"), "ေကိ");
    assert_eq!(to_zawgyi("ကာားး"), "ကာားး");
}

#[test]
fn spaces_stay_and_so_does_what_is_not_burmese() {
    reads(&[("က ိ", "က ိ"), (" က\u{200B}က ", " က\u{200B}က "), ("က။ ေခ၊", "က။ ခေ၊")]);
    assert_eq!(to_zawgyi("ၵႃႇ"), "ၵႃႇ");
}

#[test]
fn a_word_is_read_among_others() {
    both_ways(&[("အတည်ပြုကုဒ် ၁၂၃၄၅၆ (OTP)", "အတည္ျပဳကုဒ္ ၁၂၃၄၅၆ (OTP)")]);
}

/// A million of one mark end at once where each is looked at a bounded number of times.
#[test]
fn a_million_marks_take_no_long_time() {
    let signs = ["ေ", "ိ", "း", "္က", "၀", "ၠ", "ၤ", "\u{1340}"];
    for sign in signs {
        let text = format!("က{}", sign.repeat(1_000_000));
        assert!(to_unicode(&text).len() <= text.len() * 4);
        assert!(to_zawgyi(&text).len() <= text.len());
    }
}

/// A text of the Myanmar block and some of what is around it.
fn any_text() -> impl Strategy<Value = String> {
    let block = (0x1000_u32..0x10A0).prop_map(|code| char::from_u32(code).unwrap());
    let burmese = prop_oneof![9 => block, 1 => any::<char>(), 1 => Just(' ')];
    proptest::collection::vec(burmese, 0..40).prop_map(String::from_iter)
}

fn one_of(choices: &'static str) -> impl Strategy<Value = &'static str> {
    let choices: Vec<_> = choices.split(' ').collect();
    proptest::sample::select(choices)
}

/// A well-formed syllable of Unicode that Zawgyi can tell from every other.
fn syllable() -> impl Strategy<Value = String> {
    let onset = one_of("က ခ င ည ဉ န ရ လ သ အ က္က န္တ တ္တ ဋ္ဌ ဍ္ဍ ပ္ဖ င်္ဂ င်္က");
    let medials = one_of(" ျ ြ ွ ှ ျွ ြွ ျှ ြှ ွှ ျွှ ြွှ");
    let vowels = one_of(" ေ ိ ီ ဲ ု ူ ါ ာ ေါ ော ို ံ ုံ ိံ");
    let rhyme = (vowels, one_of(" ့ း")).prop_map(|(vowels, tone)| format!("{vowels}{tone}"));
    let closed = one_of("် ့် ်း ေါ် ော် ော့်").prop_map(String::from);
    (onset, medials, prop_oneof![rhyme, closed])
        .prop_map(|(onset, medials, rhyme)| format!("{onset}{medials}{rhyme}"))
}

fn letters(text: &str) -> usize {
    let is_letter = |c: &char| matches!(c, '\u{1000}'..='\u{1021}' | '\u{103F}');
    text.chars().filter(is_letter).count()
}

proptest! {
    #![proptest_config(crate::campaign::cases(5_000))]

    #[test]
    fn any_text_stays_within_its_bound(text in any_text()) {
        prop_assert!(to_unicode(&text).len() <= text.len() * 4);
        prop_assert!(to_zawgyi(&text).len() <= text.len());
    }

    #[test]
    fn no_letter_is_lost(text in any_text()) {
        // Vowels are no letters here: U may be nya, and a number's digit wa.
        prop_assert!(letters(&to_unicode(&text)) >= letters(&text));
        let kinzis = text.matches("\u{1004}\u{103A}\u{1039}").count();
        let aforesaid = text.matches("\u{104E}\u{1004}\u{103A}\u{1038}").count();
        let written = to_unicode(&to_zawgyi(&text));
        prop_assert!(letters(&written) >= letters(&text) - kinzis - aforesaid);
    }

    #[test]
    fn what_is_not_of_the_block_is_copied(text in "[^\u{1000}-\u{10BF}]*") {
        prop_assert_eq!(&to_unicode(&text), &text);
        prop_assert_eq!(&to_zawgyi(&text), &text);
    }

    #[test]
    fn words_come_back(
        words in proptest::collection::vec((syllable(), one_of(" |၊ |a|၁၂၀|OTP 7")), 1..7),
    ) {
        let text: String = words.iter().flat_map(|(word, between)| [word, *between]).collect();
        let zawgyi = to_zawgyi(&text);
        prop_assert_eq!(&to_unicode(&zawgyi), &text);
        prop_assert_eq!(&to_zawgyi(&to_unicode(&zawgyi)), &zawgyi);
    }

    #[test]
    fn each_text_is_converted_by_itself(a in any_text(), b in any_text()) {
        let both = format!("{a}\n{b}");
        prop_assert_eq!(to_unicode(&both), format!("{}\n{}", to_unicode(&a), to_unicode(&b)));
        prop_assert_eq!(to_zawgyi(&both), format!("{}\n{}", to_zawgyi(&a), to_zawgyi(&b)));
    }
}
