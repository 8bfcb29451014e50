//! What was made, handed out once more; and let go.
//!
//! What lets go returns a status, and has so another type than the `release` of a struct: cffi
//! takes no function whose type a field of a struct has too.
use std::ptr::null_mut;

use smspoh_core::Error;

use super::{SmspohArrowArray, SmspohArrowSchema, SmspohArrowStream, answer, made, schema, stream};
use crate::SmspohStatus;
use crate::guard::guard;
use crate::input::{slice, slice_mut};

/// Write to `*out` the type of an answer, a `SMSPOH_ARROW_…` with `fields` by their numbers (none
/// of texts), in a box of this library that `smspoh_arrow_schema_free` lets go.
///
/// # Safety
/// `fields` is valid for `fields_count` bytes, and `out` for one item.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn smspoh_arrow_schema(
    answer: u32,
    fields: *const u8,
    fields_count: usize,
    out: *mut *mut SmspohArrowSchema,
) -> SmspohStatus {
    guard(|| {
        // SAFETY: both are valid for their sizes, as the caller promises.
        let (fields, out) = unsafe { (slice(fields, fields_count)?, slice_mut(out, 1)?) };
        out[0] = null_mut();
        out[0] = Box::into_raw(Box::new(answer::kind(answer, fields)?.hand_out()));
        Ok(())
    })
}

/// Write to `*out` an array that shares the memory of one that a call made, in a box like it.
/// `Argument` where that was released.
///
/// # Safety
/// `array` is null, or came from a call of this library and was not moved in parts; `out` is
/// valid for one item.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn smspoh_arrow_share(
    array: *const SmspohArrowArray,
    out: *mut *mut SmspohArrowArray,
) -> SmspohStatus {
    guard(|| {
        // SAFETY: both are valid for one item, as the caller promises.
        let (array, out) = unsafe { (slice(array, 1)?, slice_mut(out, 1)?) };
        let ([array], [out]) = (array, out) else { return Err(Error::Argument) };
        *out = null_mut();
        // SAFETY: it is one of ours, as the caller promises.
        let node = unsafe { made::shared(array) }.ok_or(Error::Argument)?;
        *out = Box::into_raw(Box::new(made::hand_out(&node)));
        Ok(())
    })
}

/// Write to `*out` a stream of `count` arrays of an answer with `fields`, whose memory it shares, in a
/// box of this library that `smspoh_arrow_stream_free` lets go.
///
/// # Safety
/// `arrays` holds `count` items, each as in `smspoh_arrow_share`; the rest is as in
/// `smspoh_arrow_schema`.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn smspoh_arrow_stream(
    answer: u32,
    fields: *const u8,
    fields_count: usize,
    arrays: *const *const SmspohArrowArray,
    count: usize,
    out: *mut *mut SmspohArrowStream,
) -> SmspohStatus {
    guard(|| {
        // SAFETY: each is valid for its size, as the caller promises.
        let (fields, arrays, out) =
            unsafe { (slice(fields, fields_count)?, slice(arrays, count)?, slice_mut(out, 1)?) };
        out[0] = null_mut();
        let mut nodes = Vec::new();
        nodes.try_reserve_exact(count).map_err(|_| Error::Memory)?;
        for &array in arrays {
            // SAFETY: each is null, or one of ours, as the caller promises.
            let node = unsafe { slice(array, 1)?.first().and_then(|array| made::shared(array)) };
            nodes.push(node.ok_or(Error::Argument)?);
        }
        let kind = answer::kind(answer, fields)?;
        out[0] = Box::into_raw(Box::new(stream::hand_out(kind, nodes)));
        Ok(())
    })
}

/// Move an array of anybody's into a box of this library, which `smspoh_arrow_array_free` lets
/// go with what it holds; `*array` is released then. `Argument` where it was before.
///
/// # Safety
/// Both are valid for one item that nothing else uses.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn smspoh_arrow_move(
    array: *mut SmspohArrowArray,
    out: *mut *mut SmspohArrowArray,
) -> SmspohStatus {
    guard(|| {
        // SAFETY: both are valid for one item, as the caller promises.
        let (array, out) = unsafe { (slice_mut(array, 1)?, slice_mut(out, 1)?) };
        let ([array], [out]) = (array, out) else { return Err(Error::Argument) };
        *out = null_mut();
        let release = array.release.take().ok_or(Error::Argument)?;
        *out = Box::into_raw(Box::new(SmspohArrowArray { release: Some(release), ..*array }));
        Ok(())
    })
}

/// Move a type of anybody's into a box of this library, as `smspoh_arrow_move` does an array.
///
/// # Safety
/// Both are valid for one item that nothing else uses.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn smspoh_arrow_move_schema(
    schema: *mut SmspohArrowSchema,
    out: *mut *mut SmspohArrowSchema,
) -> SmspohStatus {
    guard(|| {
        // SAFETY: both are valid for one item, as the caller promises.
        let (schema, out) = unsafe { (slice_mut(schema, 1)?, slice_mut(out, 1)?) };
        let ([schema], [out]) = (schema, out) else { return Err(Error::Argument) };
        *out = null_mut();
        let release = schema.release.take().ok_or(Error::Argument)?;
        *out = Box::into_raw(Box::new(SmspohArrowSchema { release: Some(release), ..*schema }));
        Ok(())
    })
}

/// Let go an array in a box of this library, if it was not released, and the box.
///
/// # Safety
/// `array` is null, or in a box of this library, and not used again.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn smspoh_arrow_array_free(array: *mut SmspohArrowArray) -> SmspohStatus {
    guard(|| {
        // SAFETY: as the caller promises.
        unsafe { made::free(array) };
        Ok(())
    })
}

/// Let go a type in a box of this library, if it was not released, and the box.
///
/// # Safety
/// `schema` is null, or in a box of this library, and not used again.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn smspoh_arrow_schema_free(schema: *mut SmspohArrowSchema) -> SmspohStatus {
    guard(|| {
        // SAFETY: as the caller promises.
        unsafe { schema::free(schema) };
        Ok(())
    })
}

/// Let go a stream in a box of this library, if it was not released, and the box.
///
/// # Safety
/// `stream` is null, or in a box of this library, and not used again.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn smspoh_arrow_stream_free(stream: *mut SmspohArrowStream) -> SmspohStatus {
    guard(|| {
        // SAFETY: as the caller promises.
        unsafe { stream::free(stream) };
        Ok(())
    })
}
