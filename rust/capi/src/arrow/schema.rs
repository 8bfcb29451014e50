//! Types that are handed out.
use std::ffi::CStr;
use std::ptr::{null, null_mut};

use super::SmspohArrowSchema;

/// There may be nulls. Source: Arrow's `ARROW_FLAG_NULLABLE`.
const NULLABLE: i64 = 2;

/// The type of a column.
#[derive(Clone)]
pub(super) struct Type {
    pub(super) name: &'static CStr,
    pub(super) format: &'static CStr,
    pub(super) is_dictionary: bool,
    pub(super) fields: Vec<Self>,
}

impl Type {
    /// A field.
    pub(super) fn field(name: &'static CStr, format: &'static CStr, is_dictionary: bool) -> Self {
        Self { name, format, is_dictionary, fields: Vec::new() }
    }

    /// A struct of `fields`.
    pub(super) fn of(fields: Vec<Self>) -> Self {
        Self { fields, ..Self::field(c"", c"+s", false) }
    }

    /// It as Arrow has it.
    pub(super) fn hand_out(&self) -> SmspohArrowSchema {
        let boxed = |of: &Self| Box::into_raw(Box::new(of.hand_out()));
        let mut children: Box<[_]> = self.fields.iter().map(boxed).collect();
        let is_struct = !self.fields.is_empty();
        SmspohArrowSchema {
            format: self.format.as_ptr(),
            name: self.name.as_ptr(),
            metadata: null(),
            flags: if is_struct { 0 } else { NULLABLE },
            n_children: i64::try_from(children.len()).unwrap_or(0),
            children: children.as_mut_ptr(),
            dictionary: if self.is_dictionary {
                boxed(&Self::field(c"", c"u", false))
            } else {
                null_mut()
            },
            release: Some(release),
            private_data: Box::into_raw(Box::new(children)).cast(),
        }
    }
}

/// Let a type of ours go.
unsafe extern "C" fn release(schema: *mut SmspohArrowSchema) {
    // SAFETY: Arrow calls it with a type of ours, that nothing else uses.
    let Some(schema) = (unsafe { schema.as_mut() }) else { return };
    if schema.release.take().is_none() {
        return;
    }
    let held = schema.private_data.cast::<Box<[*mut SmspohArrowSchema]>>();
    // SAFETY: `hand_out` made it of a box, and `release` was taken, so this is the first time.
    let children = unsafe { Box::from_raw(held) };
    schema.private_data = null_mut();
    let dictionary = std::mem::replace(&mut schema.dictionary, null_mut());
    for &child in children.iter().chain([&dictionary]) {
        // SAFETY: `hand_out` made it of a box; a caller who moved a child left it released.
        unsafe { free(child) };
    }
}

/// Let go a type in a box of ours, and the box; nothing where it is null.
///
/// # Safety
/// `schema` is null, or was made by `Box::into_raw` and is not used again.
pub(super) unsafe fn free(schema: *mut SmspohArrowSchema) {
    if schema.is_null() {
        return;
    }
    // SAFETY: it was made of a box, as the caller promises.
    let mut schema = unsafe { Box::from_raw(schema) };
    if let Some(release) = schema.release {
        // SAFETY: what is not released may be released, by the function that it names.
        unsafe { release(&raw mut *schema) };
    }
}
