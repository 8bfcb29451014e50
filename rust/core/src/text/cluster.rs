//! Whether a cut goes through a Myanmar syllable.
//!
//! A syllable is a letter with its marks, the letters stacked below it, and the letter
//! with a killed vowel (asat) or a stacked letter that ends it. Phones put the parts of a
//! message together again, so a cut is no fault; but a phone that shows parts one by one,
//! or loses one, shows a dotted circle there.
//!
//! Source: The Unicode Standard, 16.3 (Myanmar); Unicode Technical Note 11.

use super::script::{ASAT, DOT_BELOW, VIRAMA, is_consonant, is_mark, is_myanmar};

/// Whether the cut between `before` and `behind` divides a syllable.
pub(super) fn is_cut(before: &str, behind: &str) -> bool {
    let mut next = behind.chars();
    let (Some(last), Some(first)) = (before.chars().next_back(), next.next()) else {
        return false;
    };
    if !is_myanmar(last) {
        return false;
    }
    if is_mark(first) || last == VIRAMA {
        return true;
    }
    // A consonant that ends the syllable before it, as in ချ် with its medials.
    let follower = next.find(|&c| c != DOT_BELOW && !matches!(c, '\u{103B}'..='\u{103E}'));
    is_consonant(first) && matches!(follower, Some(ASAT | VIRAMA))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each place of a text where it may be cut between syllables, as a space.
    fn syllables(text: &str) -> String {
        let mut out = String::new();
        for (at, c) in text.char_indices() {
            if at > 0 && !is_cut(&text[..at], &text[at..]) {
                out.push(' ');
            }
            out.push(c);
        }
        out
    }

    #[test]
    fn words_are_cut_between_syllables_alone() {
        assert_eq!(syllables("မြန်မာ"), "မြန် မာ");
        assert_eq!(syllables("မင်္ဂလာပါ"), "မင်္ဂ လာ ပါ"); // kinzi
        assert_eq!(syllables("ကမ္ဘာ"), "ကမ္ဘာ"); // a stack hangs on the syllable before it
        assert_eq!(syllables("ခွင့်ကို"), "ခွင့် ကို"); // a dot below before the asat
        assert_eq!(syllables("ဂျော့ချ်ကျွန်"), "ဂျော့ချ် ကျွန်"); // a final with a medial
        assert_eq!(syllables("၁၂၃၊ က"), "၁ ၂ ၃ ၊   က");
        assert_eq!(syllables("abက"), "a b က");
    }

    #[test]
    fn nothing_is_cut_at_the_ends_and_outside_the_script() {
        assert!(!is_cut("", "က") && !is_cut("က", "") && !is_cut("e", "\u{301}"));
    }
}
