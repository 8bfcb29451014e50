//! Streams that are handed out: they hold all of their arrays, so each can be read at once.
use std::ffi::{c_char, c_int};
use std::ptr::{null, null_mut};
use std::sync::Arc;

use super::made::{self, Node};
use super::schema::Type;
use super::{SmspohArrowArray, SmspohArrowSchema, SmspohArrowStream};

/// What a stream owns.
struct Held {
    kind: Type,
    left: std::vec::IntoIter<Arc<Node>>,
}

/// An invalid argument. Source: `errno.h`, the same everywhere.
const EINVAL: c_int = 22;

/// A stream of arrays that were made.
pub(super) fn hand_out(kind: Type, nodes: Vec<Arc<Node>>) -> SmspohArrowStream {
    let held = Box::new(Held { kind, left: nodes.into_iter() });
    SmspohArrowStream {
        get_schema: Some(get_schema),
        get_next: Some(get_next),
        get_last_error: Some(get_last_error),
        release: Some(release),
        private_data: Box::into_raw(held).cast(),
    }
}

/// # Safety
/// `stream` is null, or one that [`hand_out`] made and nothing else uses.
unsafe fn held<'a>(stream: *mut SmspohArrowStream) -> Option<&'a mut Held> {
    // SAFETY: as the caller promises; and whoever released it took `release`.
    unsafe {
        let stream = stream.as_mut()?;
        stream.release?;
        stream.private_data.cast::<Held>().as_mut()
    }
}

unsafe extern "C" fn get_schema(
    stream: *mut SmspohArrowStream,
    out: *mut SmspohArrowSchema,
) -> c_int {
    // SAFETY: Arrow calls it with a stream of ours, that nothing else uses.
    let Some(held) = (unsafe { held(stream) }).filter(|_| !out.is_null()) else { return EINVAL };
    // SAFETY: Arrow calls it with room for a type, and what was there is nobody's.
    unsafe { out.write(held.kind.hand_out()) };
    0
}

unsafe extern "C" fn get_next(stream: *mut SmspohArrowStream, out: *mut SmspohArrowArray) -> c_int {
    // SAFETY: Arrow calls it with a stream of ours, that nothing else uses.
    let Some(held) = (unsafe { held(stream) }).filter(|_| !out.is_null()) else { return EINVAL };
    let next = held.left.next().map_or(END, |node| made::hand_out(&node));
    // SAFETY: Arrow calls it with room for an array, and what was there is nobody's.
    unsafe { out.write(next) };
    0
}

/// What is behind the last array.
const END: SmspohArrowArray = SmspohArrowArray {
    length: 0,
    null_count: 0,
    offset: 0,
    n_buffers: 0,
    n_children: 0,
    buffers: null_mut(),
    children: null_mut(),
    dictionary: null_mut(),
    release: None,
    private_data: null_mut(),
};

unsafe extern "C" fn get_last_error(_stream: *mut SmspohArrowStream) -> *const c_char {
    null()
}

unsafe extern "C" fn release(stream: *mut SmspohArrowStream) {
    // SAFETY: Arrow calls it with a stream of ours, that nothing else uses.
    let Some(stream) = (unsafe { stream.as_mut() }) else { return };
    if stream.release.take().is_some() {
        // SAFETY: `hand_out` made it of a box, and `release` was taken, so this is the first time.
        drop(unsafe { Box::from_raw(stream.private_data.cast::<Held>()) });
        stream.private_data = null_mut();
    }
}

/// Let go a stream in a box of ours, and the box; nothing where it is null.
///
/// # Safety
/// `stream` is null, or was made by `Box::into_raw` and is not used again.
pub(super) unsafe fn free(stream: *mut SmspohArrowStream) {
    if stream.is_null() {
        return;
    }
    // SAFETY: it was made of a box, as the caller promises.
    let mut stream = unsafe { Box::from_raw(stream) };
    if let Some(release) = stream.release {
        // SAFETY: what is not released may be released, by the function that it names.
        unsafe { release(&raw mut *stream) };
    }
}
