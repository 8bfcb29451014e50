//! Arrays that are handed out: what they hold, and what lets them go.
use std::ffi::c_void;
use std::sync::Arc;

use smspoh_core::column::{TextColumn, Validity};

use super::SmspohArrowArray;

/// Memory of an array.
pub(super) enum Memory {
    /// Bytes, wiped or not when they are let go.
    Bytes(Box<dyn AsRef<[u8]> + Send + Sync>),
    /// Integers of 16 bits.
    Short(Vec<i16>),
    /// The same without a sign; none of them needs the highest bit.
    Unsigned(Vec<u16>),
    /// Integers of 32 bits.
    Int(Vec<i32>),
}

/// What memory of no bytes points to: an empty vector's own pointer is aligned to nothing.
#[repr(align(64))]
struct Nothing([u8; 64]);
static NOTHING: Nothing = Nothing([0; 64]);

impl Memory {
    fn pointer(&self) -> *const c_void {
        let (pointer, size): (*const c_void, usize) = match self {
            Self::Bytes(bytes) => {
                let bytes = (**bytes).as_ref();
                (bytes.as_ptr().cast(), bytes.len())
            }
            Self::Short(items) => (items.as_ptr().cast(), items.len()),
            Self::Unsigned(items) => (items.as_ptr().cast(), items.len()),
            Self::Int(items) => (items.as_ptr().cast(), items.len()),
        };
        if size == 0 { (&raw const NOTHING.0).cast() } else { pointer }
    }
}

/// An array that was made. Each that is handed out shares it, and the last lets it go.
pub(super) struct Node {
    pub(super) rows: usize,
    /// Which rows are not null; `None` of a type that has no buffer for it.
    pub(super) validity: Arc<Validity>,
    pub(super) memory: Vec<Memory>,
    pub(super) children: Vec<Arc<Node>>,
    pub(super) dictionary: Option<Arc<Node>>,
}

impl Node {
    /// A column of values of one size.
    pub(super) fn flat(rows: usize, validity: Arc<Validity>, memory: Memory) -> Self {
        Self { rows, validity, memory: vec![memory], children: Vec::new(), dictionary: None }
    }

    /// A column of texts.
    pub(super) fn texts<D: AsRef<[u8]> + Send + Sync + 'static>(texts: TextColumn<D>) -> Self {
        let rows = texts.offsets.len().saturating_sub(1);
        let memory = vec![Memory::Int(texts.offsets), Memory::Bytes(Box::new(texts.data))];
        let validity = Arc::new(texts.validity);
        Self { rows, validity, memory, children: Vec::new(), dictionary: None }
    }

    /// A column of codes, each the place of a name.
    pub(super) fn coded(
        rows: usize,
        validity: Arc<Validity>,
        codes: Memory,
        names: impl Iterator<Item = impl AsRef<str>>,
    ) -> Self {
        let mut texts = TextColumn { offsets: vec![0], ..TextColumn::<Vec<u8>>::default() };
        for name in names {
            texts.data.extend_from_slice(name.as_ref().as_bytes());
            texts.offsets.push(i32::try_from(texts.data.len()).unwrap_or(i32::MAX));
        }
        let dictionary = Some(Arc::new(Self::texts(texts)));
        Self { dictionary, ..Self::flat(rows, validity, codes) }
    }

    /// A struct without nulls of its own.
    pub(super) fn fields(rows: usize, children: Vec<Self>) -> Self {
        let children = children.into_iter().map(Arc::new).collect();
        let (validity, memory) = (Arc::default(), Vec::new());
        Self { rows, validity, memory, children, dictionary: None }
    }
}

/// What an array that was handed out owns.
struct Held {
    node: Arc<Node>,
    buffers: Vec<*const c_void>,
    children: Vec<*mut SmspohArrowArray>,
}

/// An array that shares the memory of `node`.
pub(super) fn hand_out(node: &Arc<Node>) -> SmspohArrowArray {
    let count = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
    let boxed = |node: &Arc<Node>| Box::into_raw(Box::new(hand_out(node)));
    let bits = match node.validity.nulls {
        0 => std::ptr::null(),
        _ => node.validity.bits.as_ptr().cast(),
    };
    let buffers = std::iter::once(bits).chain(node.memory.iter().map(Memory::pointer)).collect();
    let children = node.children.iter().map(boxed).collect();
    let mut held = Box::new(Held { node: Arc::clone(node), buffers, children });
    SmspohArrowArray {
        length: count(node.rows),
        null_count: count(node.validity.nulls),
        offset: 0,
        n_buffers: count(held.buffers.len()),
        n_children: count(held.children.len()),
        buffers: held.buffers.as_mut_ptr(),
        children: held.children.as_mut_ptr(),
        dictionary: node.dictionary.as_ref().map_or(std::ptr::null_mut(), boxed),
        release: Some(release),
        private_data: Box::into_raw(held).cast(),
    }
}

/// What an array of ours shares, `None` where it was released.
///
/// # Safety
/// `array` is one that [`hand_out`] made, wherever it was moved to.
pub(super) unsafe fn shared(array: &SmspohArrowArray) -> Option<Arc<Node>> {
    array.release?;
    // SAFETY: `hand_out` put a `Held` there, and who released it would have taken `release`.
    let held = unsafe { &*array.private_data.cast::<Held>() };
    Some(Arc::clone(&held.node))
}

/// Let an array of ours go.
unsafe extern "C" fn release(array: *mut SmspohArrowArray) {
    // SAFETY: Arrow calls it with an array of ours, that nothing else uses.
    let Some(array) = (unsafe { array.as_mut() }) else { return };
    if array.release.take().is_none() {
        return;
    }
    // SAFETY: `hand_out` made it of a box, and `release` was taken, so this is the first time.
    let held = unsafe { Box::from_raw(array.private_data.cast::<Held>()) };
    array.private_data = std::ptr::null_mut();
    let dictionary = std::mem::replace(&mut array.dictionary, std::ptr::null_mut());
    for &child in held.children.iter().chain([&dictionary]) {
        // SAFETY: `hand_out` made it of a box; a caller who moved a child left it released.
        unsafe { free(child) };
    }
}

/// Let go an array in a box of ours, and the box; nothing where it is null.
///
/// # Safety
/// `array` is null, or was made by `Box::into_raw` and is not used again.
pub(super) unsafe fn free(array: *mut SmspohArrowArray) {
    if array.is_null() {
        return;
    }
    // SAFETY: it was made of a box, as the caller promises.
    let mut array = unsafe { Box::from_raw(array) };
    if let Some(release) = array.release {
        // SAFETY: what is not released may be released, by the function that it names.
        unsafe { release(&raw mut *array) };
    }
}
