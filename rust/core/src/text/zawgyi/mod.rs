//! Zawgyi: the font encoding that many a Burmese text is still typed in, and that a phone
//! with Unicode shows as rubble.
mod batch;
mod convert;
mod detect;
mod model;

pub use batch::{DetectionColumns, Direction, GROWTH, convert_batch, detect_batch};
pub use convert::{unicode_to_zawgyi, zawgyi_to_unicode};
pub use detect::{Detection, FontEncoding, UNICODE_MAX, ZAWGYI_MIN};
pub use model::VERSION as MODEL_VERSION;
