//! Mobile operators of Myanmar.

/// A mobile operator of Myanmar. The numbers are stable and never used again.
/// Last added: 5. Retired: none.
#[repr(u8)]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Operator {
    /// Not a mobile number of Myanmar, or a block whose holder is not known.
    #[default]
    Unknown = 0,
    /// Myanma Posts and Telecommunications.
    Mpt = 1,
    /// ATOM; Telenor until 2022.
    Atom = 2,
    /// U9; Ooredoo until the sale announced in 2022.
    U9 = 3,
    /// Mytel.
    Mytel = 4,
    /// MEC, also written `MECTel`.
    Mec = 5,
}

impl Operator {
    /// Every operator, in the order of its number.
    pub const ALL: [Self; 6] =
        [Self::Unknown, Self::Mpt, Self::Atom, Self::U9, Self::Mytel, Self::Mec];

    /// The stable identifier.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::Unknown => "UNKNOWN",
            Self::Mpt => "MPT",
            Self::Atom => "ATOM",
            Self::U9 => "U9",
            Self::Mytel => "MYTEL",
            Self::Mec => "MEC",
        }
    }
}
