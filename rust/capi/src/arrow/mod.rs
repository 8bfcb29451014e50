//! Arrow: columns taken where they are, and columns handed out.
//!
//! Source: Arrow's C data interface and C stream interface. The structs are theirs, under
//! names of our own, so that a caller may include Arrow's header too.
mod answer;
mod calls;
mod capsule;
mod made;
mod schema;
mod share;
mod stream;
mod taken;

use std::ffi::{c_char, c_int, c_void};

use smspoh_core::Error;
use smspoh_core::column::{Flaw, Wrong};

use crate::SmspohStatus;
use crate::guard::guard;
use crate::input::slice_mut;

pub use answer::*;
pub use calls::*;
pub use capsule::*;
pub use share::*;

/// `struct ArrowSchema`: the type of a column.
#[repr(C)]
pub struct SmspohArrowSchema {
    /// The type, as Arrow writes it.
    pub format: *const c_char,
    /// The name, or null.
    pub name: *const c_char,
    /// Further pairs of names and values, or null.
    pub metadata: *const c_char,
    /// 2 where there may be nulls.
    pub flags: i64,
    /// How many fields a struct has.
    pub n_children: i64,
    /// The fields.
    pub children: *mut *mut SmspohArrowSchema,
    /// The type of the texts of a dictionary, or null.
    pub dictionary: *mut SmspohArrowSchema,
    /// What lets it go; null once that was called.
    pub release: Option<unsafe extern "C" fn(schema: *mut SmspohArrowSchema)>,
    /// The maker's own.
    pub private_data: *mut c_void,
}

/// `struct ArrowArray`: the rows of a column.
#[repr(C)]
pub struct SmspohArrowArray {
    /// Rows.
    pub length: i64,
    /// Rows that are null, -1 where nobody counted.
    pub null_count: i64,
    /// Rows of the buffers before the first.
    pub offset: i64,
    /// How many buffers there are.
    pub n_buffers: i64,
    /// How many fields a struct has.
    pub n_children: i64,
    /// The buffers.
    pub buffers: *mut *const c_void,
    /// The fields.
    pub children: *mut *mut SmspohArrowArray,
    /// The texts of a dictionary, or null.
    pub dictionary: *mut SmspohArrowArray,
    /// What lets it go; null once that was called.
    pub release: Option<unsafe extern "C" fn(array: *mut SmspohArrowArray)>,
    /// The maker's own.
    pub private_data: *mut c_void,
}

/// `struct ArrowArrayStream`: arrays of one type, one after another.
#[repr(C)]
pub struct SmspohArrowStream {
    /// Writes the type; 0, or an error of `errno.h`.
    pub get_schema: Option<
        unsafe extern "C" fn(stream: *mut SmspohArrowStream, out: *mut SmspohArrowSchema) -> c_int,
    >,
    /// Writes the next array, a released one behind the last; 0, or an error of `errno.h`.
    pub get_next: Option<
        unsafe extern "C" fn(stream: *mut SmspohArrowStream, out: *mut SmspohArrowArray) -> c_int,
    >,
    /// What the last error was, or null.
    pub get_last_error:
        Option<unsafe extern "C" fn(stream: *mut SmspohArrowStream) -> *const c_char>,
    /// What lets it go; null once that was called.
    pub release: Option<unsafe extern "C" fn(stream: *mut SmspohArrowStream)>,
    /// The maker's own.
    pub private_data: *mut c_void,
}

/// A column of the caller's.
#[repr(C)]
#[derive(Clone, Copy)]
pub struct SmspohArrowColumn {
    /// Its type.
    pub schema: *const SmspohArrowSchema,
    /// Its rows.
    pub array: *const SmspohArrowArray,
}

/// Flaw of a column: it was released, or is not there.
pub const SMSPOH_ARROW_FLAW_RELEASED: u32 = 1;
/// Flaw of a column: a type that is not taken.
pub const SMSPOH_ARROW_FLAW_FORMAT: u32 = 2;
/// Flaw of a column: not the buffers or children of its type.
pub const SMSPOH_ARROW_FLAW_SHAPE: u32 = 3;
/// Flaw of a column: a length, an offset or a count of nulls out of range.
pub const SMSPOH_ARROW_FLAW_LENGTH: u32 = 4;
/// Flaw of a column: a buffer that is not there, or not aligned.
pub const SMSPOH_ARROW_FLAW_BUFFER: u32 = 5;
/// Flaw of a column: an offset below the one before it, or below 0.
pub const SMSPOH_ARROW_FLAW_OFFSETS: u32 = 6;
/// Flaw of a column: a view outside of its buffer.
pub const SMSPOH_ARROW_FLAW_VIEW: u32 = 7;
/// Flaw of a column: a code that is not in the dictionary.
pub const SMSPOH_ARROW_FLAW_CODE: u32 = 8;
/// Flaw of a column: more rows than the one beside it, or fewer.
pub const SMSPOH_ARROW_FLAW_ROWS: u32 = 9;
/// Flaw of a column: it becomes one of 2 GiB or more.
pub const SMSPOH_ARROW_FLAW_SIZE: u32 = 10;
/// Added to a flaw of the column of keys.
pub const SMSPOH_ARROW_FLAW_OF_KEYS: u32 = 256;

const _: () = {
    assert!(SMSPOH_ARROW_FLAW_RELEASED == Flaw::Released as u32);
    assert!(SMSPOH_ARROW_FLAW_FORMAT == Flaw::Format as u32);
    assert!(SMSPOH_ARROW_FLAW_SHAPE == Flaw::Shape as u32);
    assert!(SMSPOH_ARROW_FLAW_LENGTH == Flaw::Length as u32);
    assert!(SMSPOH_ARROW_FLAW_BUFFER == Flaw::Buffer as u32);
    assert!(SMSPOH_ARROW_FLAW_OFFSETS == Flaw::Offsets as u32);
    assert!(SMSPOH_ARROW_FLAW_VIEW == Flaw::View as u32);
    assert!(SMSPOH_ARROW_FLAW_CODE == Flaw::Code as u32);
    assert!(SMSPOH_ARROW_FLAW_ROWS == Flaw::Rows as u32);
    assert!(SMSPOH_ARROW_FLAW_SIZE == Flaw::Size as u32);
};

/// Run the body of a call that makes an array; write the array to `out`, or the flaw of the
/// caller's column to `flaw`, which is 0 where there is none.
///
/// # Safety
/// `out` and `flaw` are null or valid for writing one item that nothing else uses.
unsafe fn made(
    out: *mut *mut SmspohArrowArray,
    flaw: *mut u32,
    body: impl FnOnce() -> Result<made::Node, Wrong>,
) -> SmspohStatus {
    guard(|| {
        // SAFETY: each is null or valid for one item, as the caller promises.
        let (out, flaw) = unsafe { (slice_mut(out, 1)?, slice_mut(flaw, 1)?) };
        let ([out], [flaw]) = (out, flaw) else { return Err(Error::Argument) };
        (*out, *flaw) = (std::ptr::null_mut(), 0);
        match body() {
            Ok(node) => {
                *out = Box::into_raw(Box::new(made::hand_out(&std::sync::Arc::new(node))));
                Ok(())
            }
            Err(Wrong::Error(error)) => Err(error),
            Err(Wrong::Flaw(found)) => {
                *flaw = found as u32;
                Err(Error::Argument)
            }
        }
    })
}
