//! Python's capsules: what lets go what one of them holds.
use std::ffi::{CStr, c_char, c_void};
use std::sync::OnceLock;

use super::{SmspohArrowArray, SmspohArrowSchema, SmspohArrowStream, made, schema, stream};

/// Python's `PyCapsule_GetPointer`.
pub type SmspohCapsuleGetter =
    Option<unsafe extern "C" fn(capsule: *mut c_void, name: *const c_char) -> *mut c_void>;

/// A process has one Python, and a destructor is told nothing but its capsule.
static GETTER: OnceLock<unsafe extern "C" fn(*mut c_void, *const c_char) -> *mut c_void> =
    OnceLock::new();

/// Tell where Python's `PyCapsule_GetPointer` is, before a capsule gets one of the
/// destructors below. What is told first stands.
#[unsafe(no_mangle)]
pub extern "C" fn smspoh_capsule_getter(getter: SmspohCapsuleGetter) {
    if let Some(getter) = getter {
        GETTER.get_or_init(|| getter);
    }
}

/// # Safety
/// `capsule` is a capsule of Python, whose lock the caller holds.
unsafe fn content<T>(capsule: *mut c_void, name: &CStr) -> *mut T {
    let Some(getter) = GETTER.get() else { return std::ptr::null_mut() };
    // SAFETY: as the caller promises.
    unsafe { getter(capsule, name.as_ptr()) }.cast()
}

/// The destructor of a capsule `arrow_schema`.
///
/// # Safety
/// Python calls it, with a capsule that holds what `smspoh_arrow_schema` made.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn smspoh_capsule_free_schema(capsule: *mut c_void) {
    // SAFETY: as the caller promises.
    unsafe { schema::free(content::<SmspohArrowSchema>(capsule, c"arrow_schema")) };
}

/// The destructor of a capsule `arrow_array`.
///
/// # Safety
/// Python calls it, with a capsule that holds an array in a box of this library.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn smspoh_capsule_free_array(capsule: *mut c_void) {
    // SAFETY: as the caller promises.
    unsafe { made::free(content::<SmspohArrowArray>(capsule, c"arrow_array")) };
}

/// The destructor of a capsule `arrow_array_stream`.
///
/// # Safety
/// Python calls it, with a capsule that holds what `smspoh_arrow_stream` made.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn smspoh_capsule_free_stream(capsule: *mut c_void) {
    // SAFETY: as the caller promises.
    unsafe { stream::free(content::<SmspohArrowStream>(capsule, c"arrow_array_stream")) };
}
