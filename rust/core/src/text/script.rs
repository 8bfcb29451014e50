//! The Myanmar script, as far as the questions of this module go.
//!
//! Source: The Unicode Standard, 16.3 (Myanmar); Unicode Technical Note 11.

pub(super) const E: char = '\u{1031}'; // drawn before its letter, stored behind it
pub(super) const DOT_BELOW: char = '\u{1037}'; // stands before an asat
pub(super) const VIRAMA: char = '\u{1039}'; // stacks what comes next below what is before
pub(super) const ASAT: char = '\u{103A}';

pub(super) const fn is_myanmar(c: char) -> bool {
    matches!(c, '\u{1000}'..='\u{109F}' | '\u{A9E0}'..='\u{A9FF}' | '\u{AA60}'..='\u{AA7F}')
}

/// A letter that can end a syllable, or be stacked.
pub(super) const fn is_consonant(c: char) -> bool {
    matches!(c, '\u{1000}'..='\u{1021}' | '\u{1025}' | '\u{103F}')
}

/// The marks of the script: those whose general category is Mn or Mc.
pub(super) const fn is_mark(c: char) -> bool {
    matches!(c,
        '\u{102B}'..='\u{103E}' | '\u{1056}'..='\u{1059}' | '\u{105E}'..='\u{1060}'
        | '\u{1062}'..='\u{1064}' | '\u{1067}'..='\u{106D}' | '\u{1071}'..='\u{1074}'
        | '\u{1082}'..='\u{108D}' | '\u{108F}' | '\u{109A}'..='\u{109D}' | '\u{A9E5}'
        | '\u{AA7B}'..='\u{AA7D}')
}

/// Whether the marks of a text stand where Unicode can have them: each behind a letter, an
/// e behind a letter or a medial, and a virama before what it stacks.
///
/// What is not so is no Unicode, whatever a model says. Many a text of Zawgyi is not, for
/// its e stands before the letter and its asat is the virama's code point.
pub(super) fn is_well_formed(text: &str) -> bool {
    let mut last = ' ';
    for c in text.chars() {
        let bears = is_myanmar(last) && !matches!(last, '\u{1040}'..='\u{104F}');
        let fits = match c {
            // A virama stacks a consonant of any language of the script.
            _ if last == VIRAMA => is_myanmar(c) && !is_mark(c),
            E => bears && (!is_mark(last) || matches!(last, '\u{103B}'..='\u{103E}')),
            _ if is_mark(c) => bears,
            _ => true,
        };
        if !fits {
            return false;
        }
        last = c;
    }
    last != VIRAMA
}

#[cfg(test)]
mod tests {
    use super::*;
    use unicode_properties::{GeneralCategory, UnicodeGeneralCategory};

    #[test]
    fn marks_are_those_of_the_standard() {
        for c in ('\0'..=char::MAX).filter(|&c| is_myanmar(c)) {
            let category = c.general_category();
            let expected =
                matches!(category, GeneralCategory::NonspacingMark | GeneralCategory::SpacingMark);
            assert_eq!(is_mark(c), expected, "{c:?}");
        }
    }

    #[test]
    fn words_of_unicode_are_well_formed() {
        // Burmese, kinzi, a stack with an e, Shan, Mon, Karen, Pali.
        for text in [
            "",
            "abc 123",
            "မြန်မာ",
            "မင်္ဂလာပါ",
            "သင်္ဘော",
            "ကျေးဇူး",
            "၁၂၃၊ အိုး",
            "ထၢမ်တွပ်ႇ",
            "ဂလာန်ညးဒါန်လိက်",
            "တၢ်ကစီၣ်",
            "ဝိနယပိဋကေ",
            "ဥက္ကဋ္ဌ",
            "ယောက်ျား",
        ] {
            assert!(is_well_formed(text), "{text}");
        }
    }

    #[test]
    fn what_only_zawgyi_writes_is_not() {
        for text in
            ["ေ၀့", "ေက်း", "မ္း", "လူ႔အခြင့္", "တယ္", " \u{103B}မ", "abc\u{102F}", "\u{1031}\u{1031}"]
        {
            assert!(!is_well_formed(text), "{text}");
        }
    }
}
