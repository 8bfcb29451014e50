//! Conversion between Zawgyi and Unicode, a syllable at a time.
//!
//! A syllable is read into its parts, whatever the order of its marks, and written in the
//! order of the other encoding. The rules are in `docs/spec/zawgyi.md`.
//!
//! Well-formed Unicode comes back from Zawgyi as it was, but for what Zawgyi cannot tell
//! apart or cannot write:
//!
//! - စ with medial ya comes back as ဈ, ဥ with ii as ဦ, and ဥ with an asat, aa or a letter
//!   below as ဉ;
//! - a letter below without a glyph comes back as a letter behind an asat;
//! - ၎ without င်း comes back as the digit ၄;
//! - a digit zero among letters comes back as ဝ, and zero and seven with a mark as ဝ and ရ;
//! - marks in another order, repeated ones, and those without a base or before it, come back
//!   in the order of a syllable;
//! - letters of other languages of Myanmar come back as what Zawgyi has in their place.
mod chart;
mod digits;
mod glyphs;
mod reader;
mod syllable;
#[cfg(test)]
mod tests;
mod to_unicode;
mod to_zawgyi;

pub use to_unicode::zawgyi_to_unicode;
pub use to_zawgyi::unicode_to_zawgyi;
