//! Raw pointers to slices: the only place that trusts the caller.
use smspoh_core::{Error, Rows};

/// A byte that stands for a truth value. Not a C `bool`: a caller that puts
/// anything but 0 or 1 into one has undefined behaviour before we can look.
pub(crate) fn flag(value: u8) -> Result<bool, Error> {
    match value {
        0 => Ok(false),
        1 => Ok(true),
        _ => Err(Error::Argument),
    }
}

/// A slice of `size` items at `data`; null is allowed where `size` is 0.
///
/// # Safety
/// `data` is null, or valid for reading `size` items for as long as `'a`.
pub(crate) unsafe fn slice<'a, T>(data: *const T, size: usize) -> Result<&'a [T], Error> {
    if size == 0 {
        return Ok(&[]);
    }
    if data.is_null() || !data.is_aligned() || size > isize::MAX as usize / size_of::<T>().max(1) {
        return Err(Error::Argument);
    }
    // SAFETY: `from_raw_parts` asks for a non-null, aligned pointer and a size in
    // bytes below isize::MAX, checked above, and for valid memory, which the
    // caller of this function promises.
    Ok(unsafe { std::slice::from_raw_parts(data, size) })
}

/// A mutable slice of `size` items at `data`; null is allowed where `size` is 0.
///
/// # Safety
/// `data` is null, or valid for reading and writing `size` items for as long as
/// `'a`, and nothing else reads or writes them in that time.
pub(crate) unsafe fn slice_mut<'a, T>(data: *mut T, size: usize) -> Result<&'a mut [T], Error> {
    if size == 0 {
        return Ok(&mut []);
    }
    if data.is_null() || !data.is_aligned() || size > isize::MAX as usize / size_of::<T>().max(1) {
        return Err(Error::Argument);
    }
    // SAFETY: as in `slice`; that nothing aliases is the caller's promise.
    Ok(unsafe { std::slice::from_raw_parts_mut(data, size) })
}

/// The column at `data`; `None` where the caller does not want it.
///
/// # Safety
/// As for [`slice_mut`].
pub(crate) unsafe fn column<'a, T>(
    data: *mut T,
    size: usize,
) -> Result<Option<&'a mut [T]>, Error> {
    if data.is_null() {
        return Ok(None);
    }
    // SAFETY: the caller promises what `slice_mut` wants.
    unsafe { slice_mut(data, size).map(Some) }
}

/// The rows of one input: `count` pointers and `count` sizes.
pub(crate) struct Gathered<'a>(Vec<&'a [u8]>, bool);

impl<'a> Gathered<'a> {
    /// Gather the rows at `data`. `count` is `rows`, or 1 for one value that
    /// serves every row.
    ///
    /// # Safety
    /// `data` and `sizes` hold `count` items, and each `data[i]` is valid for
    /// reading `sizes[i]` bytes for as long as `'a`.
    pub(crate) unsafe fn new(
        data: *const *const u8,
        sizes: *const usize,
        count: usize,
        rows: usize,
    ) -> Result<Self, Error> {
        if count != rows && count != 1 {
            return Err(Error::Argument);
        }
        // SAFETY: both hold `count` items, as the caller promises.
        let (data, sizes) = unsafe { (slice(data, count)?, slice(sizes, count)?) };
        let gather = |(&data, &size)| {
            // SAFETY: each row is valid for its size, as the caller promises.
            unsafe { slice(data, size) }
        };
        let mut gathered = Vec::new();
        gathered.try_reserve_exact(count).map_err(|_| Error::Memory)?;
        for row in data.iter().zip(sizes).map(gather) {
            gathered.push(row?);
        }
        Ok(Self(gathered, count == 1))
    }

    /// The gathered rows.
    pub(crate) fn rows(&self) -> Rows<'_> {
        match (self.1, self.0.first()) {
            (true, Some(value)) => Rows::Same(value),
            _ => Rows::Each(&self.0),
        }
    }
}
