//! The derived keys of a batch: one for all rows of the same password and salt.
use zeroize::Zeroizing;

use super::Profile;
use super::message::Keys;
use crate::kdf::{self, Options};
use crate::{Error, Rows, Watch, memory};

/// PBKDF2's output for each different password and salt, and which row has which.
pub(super) struct Derived<'a> {
    profile: &'a Profile<'a>,
    /// The outputs, each in the place of the first row that has it. Wiped on drop.
    outputs: Zeroizing<Vec<u8>>,
    /// For each row, the first that has the same output.
    first: Vec<usize>,
}

impl<'a> Derived<'a> {
    /// Derive the keys of `rows` rows.
    pub(super) fn new(
        rows: usize,
        passwords: Rows<'_>,
        salts: Rows<'_>,
        profile: &'a Profile<'a>,
        options: &Options,
        watch: &mut Watch<'_>,
    ) -> Result<Self, Error> {
        let mut outputs = memory::secret_zeros(rows, options.length)?;
        let first = kdf::derive_firsts(rows, passwords, salts, options, watch, &mut outputs)?;
        Ok(Self { profile, outputs, first })
    }

    /// Sort `items` so that rows of the same keys are neighbours; `row` tells an item's.
    pub(super) fn group<T>(&self, items: &mut [T], row: impl Fn(&T) -> usize) {
        // Most batches are grouped as they come: one key for all, or one each.
        if !self.first.is_sorted() {
            items.sort_unstable_by_key(|item| self.first[row(item)]);
        }
    }

    /// The keys row by row, for one task.
    pub(super) fn ring(&self) -> Ring<'_> {
        Ring { derived: self, latest: None }
    }
}

/// The keys of one row after another. Those of the row before are used again where
/// they are the same, because expanding them costs as much as a message does.
pub(super) struct Ring<'a> {
    derived: &'a Derived<'a>,
    latest: Option<(usize, Keys)>,
}

impl Ring<'_> {
    /// The keys of row `row`.
    pub(super) fn keys(&mut self, row: usize) -> Result<&Keys, Error> {
        let first = self.derived.first[row];
        if self.latest.as_ref().is_none_or(|latest| latest.0 != first) {
            let profile = self.derived.profile;
            let size = profile.cipher.key_size();
            let output = &self.derived.outputs[first * size..][..size];
            self.latest = Some((first, Keys::new(output, profile)?));
        }
        let latest = self.latest.as_ref().map(|latest| &latest.1);
        latest.ok_or(Error::Argument) // never: it was set above
    }
}
