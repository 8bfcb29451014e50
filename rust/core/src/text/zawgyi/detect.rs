//! Whether a text is Zawgyi.
//!
//! Source: the Markov model of Google's Myanmar Tools and its thresholds; what is asked
//! where the model is not sure is ours (docs/spec/zawgyi.md).
use super::super::form::Form;
use super::super::script::is_well_formed;
use super::convert::zawgyi_to_unicode;
use super::model::{STRANGER, class, ratio};

/// At or below this a text is Unicode, by the model. Source: Myanmar Tools.
pub const UNICODE_MAX: f64 = 0.05;
/// At or above this a text is Zawgyi, by the model. Source: Myanmar Tools.
pub const ZAWGYI_MIN: f64 = 0.95;
/// How sure the model must be, as a logarithm, where it says what the marks do not: that
/// pieces of a text are of both, or that one is Zawgyi that Unicode could be. 10,000 to 1.
const SURE_MIN: f64 = 9.21;

/// What the code points of a text are meant for. The numbers are stable and never used
/// again. Last added: 3. Retired: none.
#[repr(u8)]
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FontEncoding {
    /// Nothing of the Myanmar script that could tell; or no text.
    None = 0,
    /// Unicode; or it reads the same in both.
    Unicode = 1,
    /// Zawgyi.
    Zawgyi = 2,
    /// Not to be told, or pieces of both.
    Ambiguous = 3,
}

impl FontEncoding {
    /// Every font encoding, in the order of its number.
    pub const ALL: [Self; 4] = [Self::None, Self::Unicode, Self::Zawgyi, Self::Ambiguous];
}

/// What a text is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Detection {
    /// The answer.
    pub encoding: FontEncoding,
    /// How likely the text as a whole is Zawgyi by the model, 0 to 1, given that it is that
    /// or Unicode; `None` where the model knows nothing of it.
    pub probability: Option<f64>,
}

impl Detection {
    /// What a row that is no text is.
    pub const NONE: Self = Self { encoding: FontEncoding::None, probability: None };

    /// Detect the font encoding of a text.
    #[must_use]
    pub fn of(text: &str) -> Self {
        Self::of_form(text, &mut Rooms::default())
    }

    pub(super) fn of_form(text: impl Form, rooms: &mut Rooms) -> Self {
        let Some(sum) = Sum::of(text.chars()) else { return Self::NONE };
        let probability = sum.probability();
        let encoding = if sum.is_mixed() {
            FontEncoding::Ambiguous
        } else if probability <= UNICODE_MAX {
            FontEncoding::Unicode
        } else if sum.total <= -SURE_MIN && text.chars().any(never_stays) {
            FontEncoding::Zawgyi
        } else {
            let text = text.utf8(&mut rooms.text);
            rooms.converted.clear();
            zawgyi_to_unicode(text, &mut rooms.converted);
            judge(text, &rooms.converted, &sum)
        };
        Self { encoding, probability: Some(probability) }
    }
}

/// Room for a text that is looked at again, kept for the next.
#[derive(Default)]
pub(super) struct Rooms {
    text: String,
    converted: String,
}

/// Whether a text that has this character cannot be the same in Unicode.
///
/// Each becomes another character. Those from U+1060 come of nothing; U+1039 comes of some of
/// those, and each of the rest of the one before it. So the text has one, the last of these
/// in that order, that its conversion lacks.
fn never_stays(c: char) -> bool {
    matches!(c, '\u{1033}' | '\u{1034}' | '\u{1039}'..='\u{103D}' | '\u{105A}' | '\u{1060}'..='\u{1097}')
}

/// What a text is that the model does not take for Unicode; `converted` is how it reads as
/// Zawgyi.
fn judge(text: &str, converted: &str, sum: &Sum) -> FontEncoding {
    if text == converted {
        return FontEncoding::Unicode; // whatever it was meant to be
    }
    let could_be_unicode = is_well_formed(text);
    if sum.probability() >= ZAWGYI_MIN {
        let is_sure = sum.total <= -SURE_MIN || !could_be_unicode;
        return if is_sure { FontEncoding::Zawgyi } else { FontEncoding::Ambiguous };
    }
    match (could_be_unicode, is_well_formed(converted)) {
        (true, false) => FontEncoding::Unicode,
        (false, true) => FontEncoding::Zawgyi,
        _ => FontEncoding::Ambiguous,
    }
}

/// Ratios of the model, added up: of the text, and of the pieces between strangers.
struct Sum {
    total: f64,
    /// Of the piece that is the likeliest to be Unicode, and of that to be Zawgyi.
    most: f64,
    least: f64,
}

impl Sum {
    /// `None` where the model knows no character of the text.
    fn of(chars: impl Iterator<Item = char>) -> Option<Self> {
        let (mut total, mut most, mut least) = (0.0, 0.0_f64, 0.0_f64);
        let (mut last, mut piece, mut known) = (STRANGER, 0.0, false);
        for next in chars.map(class).chain([STRANGER]) {
            if last == STRANGER && next == STRANGER {
                continue;
            }
            let ratio = ratio(last, next);
            total += ratio;
            piece += ratio;
            if next == STRANGER {
                known = true;
                most = most.max(piece);
                least = least.min(piece);
                piece = 0.0;
            }
            last = next;
        }
        known.then_some(Self { total, most, least })
    }

    fn probability(&self) -> f64 {
        // 1 / (1 + e^total), without an overflow.
        if self.total >= 0.0 {
            let ratio = (-self.total).exp();
            ratio / (1.0 + ratio)
        } else {
            1.0 / (1.0 + self.total.exp())
        }
    }

    fn is_mixed(&self) -> bool {
        self.most >= SURE_MIN && self.least <= -SURE_MIN
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn detect(text: &str) -> FontEncoding {
        Detection::of(text).encoding
    }

    /// Source: `compatibility.tsv` of Myanmar Tools 1.2.1, of which these are some.
    #[test]
    fn probabilities_are_those_of_the_model() {
        for (text, expected) in [
            ("ascii mixed with စင်္ကာပူမှာ unicode", 1.757_881_604_859_333_6e-11),
            ("ascii mixed with ဘဂၤလားေဒရွ္႕ zawgyi", 0.999_999_999_972_005_1),
            ("လူခပ်သိမ်း၏", 0.262_113_599_630_03),
            ("မျိုးရိုးဂုဏ်သိက္ခာနှင့်တကွ", 5.313_234_364_380_16e-17),
            ("၏လွ", 0.993_495_218_766_918_7),
        ] {
            let found = Detection::of(text).probability.unwrap();
            assert!((found - expected).abs() < 1e-12, "{text}: {found}");
        }
    }

    #[test]
    fn nothing_of_the_script_is_none() {
        for text in ["", "all ascii", "digits ၅၂၀", "日本語", "12 345"] {
            assert_eq!(Detection::of(text), Detection::NONE, "{text}");
        }
    }

    #[test]
    fn sentences_are_told_by_the_model() {
        assert_eq!(detect("ကျေးဇူးတင်ပါတယ်"), FontEncoding::Unicode);
        assert_eq!(detect("ေက်းဇူးတင္ပါတယ္"), FontEncoding::Zawgyi);
    }

    #[test]
    fn what_reads_the_same_in_both_is_unicode() {
        for text in ["လူတို", "အ", "စား", "ပါ", "အညီ"] {
            assert_eq!(detect(text), FontEncoding::Unicode, "{text}");
        }
    }

    proptest::proptest! {
        #[test]
        fn what_never_stays_does_not(text in "[\u{1000}-\u{109F} a]{0,9}") {
            let mut converted = String::new();
            zawgyi_to_unicode(&text, &mut converted);
            proptest::prop_assert!(converted != text || !text.chars().any(never_stays));
        }
    }

    /// The model is not sure of it: google/myanmar-tools, issue 116.
    #[test]
    fn what_can_only_be_zawgyi_is() {
        let found = Detection::of("ေ၀့");
        assert!(found.probability.unwrap() < ZAWGYI_MIN);
        assert_eq!(found.encoding, FontEncoding::Zawgyi);
    }

    /// The model takes them for Zawgyi, 100 to 1 and more; converted they would be rubble.
    #[test]
    fn a_short_text_that_could_be_unicode_is_not_taken_for_zawgyi() {
        for text in ["ကြက်ဥ ဘူး", "၏ ကြက်ဥ", "သိက္ခာ ကြက်ဥ", "ကြ ကြ ကြ ကြ ကြ"]
        {
            assert!(Detection::of(text).probability.unwrap() >= ZAWGYI_MIN, "{text}");
            assert_eq!(detect(text), FontEncoding::Ambiguous, "{text}");
        }
    }

    /// The model has spaces of other widths, in which nothing of the script is.
    #[test]
    fn spaces_say_nothing() {
        assert_eq!(Detection::of("Hello\u{200B}World \u{2009}"), Detection::NONE);
        let text = "OK\u{2009}".repeat(200) + " ကျေးဇူး";
        assert_eq!(detect(&text), FontEncoding::Unicode);
    }

    #[test]
    fn pieces_of_both_are_ambiguous() {
        let (unicode, zawgyi) = ("ကျေးဇူးတင်ပါတယ်", "ေက်းဇူးတင္ပါတယ္");
        for text in [format!("{unicode} {zawgyi}"), format!("{zawgyi}, {unicode}")] {
            assert_eq!(detect(&text), FontEncoding::Ambiguous);
        }
    }
}
