//! Texts of messages: what they cost, and whether they can be read.
mod batch;
mod cluster;
mod column;
mod form;
pub mod gsm;
mod rows;
mod script;
mod segments;
pub mod zawgyi;

pub use batch::{SegmentColumns, segments_batch};
pub use column::{PartColumns, convert_column, segments_column};
pub use rows::Texts;
pub use segments::{Boundary, Encoding, Segments, boundaries};

#[cfg(test)]
mod tests;
