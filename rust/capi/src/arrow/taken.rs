//! Columns of a caller: looked at, and read where they are.
use std::ffi::{c_char, c_void};

use smspoh_core::column::{Bits, Codes, Column, Cut, Flaw, Input, View, Views, Wrong};
use smspoh_core::rows::Offset;

use super::{SmspohArrowArray, SmspohArrowColumn, SmspohArrowSchema};
use crate::input::slice;

/// The buffers of a column of views, which has any number.
#[derive(Default)]
pub(super) struct Room<'a>(Vec<&'a [u8]>);

/// The column of a caller.
///
/// # Safety
/// What is not null and not released is as Arrow's C data interface says, for as long as
/// `'a`; the sizes of buffers are those that lengths and offsets say.
pub(super) unsafe fn input<'r, 'a: 'r>(
    column: SmspohArrowColumn,
    room: &'r mut Room<'a>,
) -> Result<Input<'r>, Wrong> {
    // SAFETY: each is null or valid for one item, as the caller promises.
    let (schema, array) = unsafe { there(column.schema, column.array, Flaw::Released)? };
    // SAFETY: as the caller promises.
    unsafe {
        if format(schema)? == *b"+s\0" {
            let (schema, array) = only_field(schema, array)?;
            plain(schema, &array, room)
        } else {
            plain(schema, array, room)
        }
    }
}

/// A type and its array; `absent` where one of them is null, or not aligned.
///
/// A field or a dictionary may have been moved out of its parent, which leaves it released: what
/// it says of its buffers is not true any more.
///
/// # Safety
/// Each is null or valid for one item, for as long as `'a`.
unsafe fn there<'a>(
    schema: *const SmspohArrowSchema,
    array: *const SmspohArrowArray,
    absent: Flaw,
) -> Result<(&'a SmspohArrowSchema, &'a SmspohArrowArray), Flaw> {
    // SAFETY: as the caller promises.
    let (schema, array) = unsafe { (slice(schema, 1), slice(array, 1)) };
    let (Ok([schema]), Ok([array])) = (schema, array) else { return Err(absent) };
    if schema.release.is_none() || array.release.is_none() {
        return Err(Flaw::Released);
    }
    Ok((schema, array))
}

/// The field of a struct that has one and no nulls of its own.
///
/// # Safety
/// As for [`input`].
unsafe fn only_field<'a>(
    schema: &'a SmspohArrowSchema,
    array: &SmspohArrowArray,
) -> Result<(&'a SmspohArrowSchema, SmspohArrowArray), Wrong> {
    match (schema.n_children, array.n_children) {
        (1, 1) => {}
        (types, fields) if types == fields => return Err(Flaw::Format.into()),
        _ => return Err(Flaw::Shape.into()),
    }
    // SAFETY: a struct has as many fields as it says.
    let (types, fields) = unsafe { (slice(schema.children, 1)?, slice(array.children, 1)?) };
    let (&[kind], &[field]) = (types, fields) else { return Err(Flaw::Shape.into()) };
    // SAFETY: each of them is null or valid.
    let (kind, field) = unsafe { there(kind, field, Flaw::Shape)? };
    let rows = Rows::of(array)?;
    // SAFETY: as the caller promises.
    let bits = unsafe { validity(array, rows)? };
    // A slice has the bits of the whole, and as a rule nobody counted those that are its own.
    if bits.is_some_and(|bits| !(0..rows.count).all(|row| bits.get(row))) {
        return Err(Flaw::Format.into());
    }
    let there = Rows::of(field)?;
    if rows.end() > there.count {
        return Err(Flaw::Length.into());
    }
    let count = |n: usize| i64::try_from(n).map_err(|_| Flaw::Length);
    let offset = count(there.offset + rows.offset)?;
    Ok((kind, SmspohArrowArray { length: array.length, offset, null_count: -1, ..*field }))
}

/// # Safety
/// As for [`input`].
unsafe fn plain<'r, 'a: 'r>(
    schema: &SmspohArrowSchema,
    array: &SmspohArrowArray,
    room: &'r mut Room<'a>,
) -> Result<Input<'r>, Wrong> {
    // SAFETY: as the caller promises of all below.
    unsafe {
        if schema.dictionary.is_null() {
            return Ok(Input { values: texts(schema, array, room)?, codes: None });
        }
        let (kind, values) = there(schema.dictionary, array.dictionary, Flaw::Shape)?;
        if !kind.dictionary.is_null() {
            return Err(Flaw::Format.into());
        }
        let values = texts(kind, values, room)?;
        let codes = codes(format(schema)?, array, values.rows())?;
        Ok(Input { values, codes: Some(codes) })
    }
}

/// The first bytes of a format; those behind its end are zeros, and one that is longer is
/// none that is taken.
///
/// # Safety
/// `format` is null, or ends in a NUL.
unsafe fn format(schema: &SmspohArrowSchema) -> Result<[u8; 3], Flaw> {
    const SIZE_MAX: usize = 2;
    if schema.format.is_null() {
        return Err(Flaw::Format);
    }
    let mut found = [0; SIZE_MAX + 1];
    for (at, place) in found.iter_mut().enumerate() {
        // SAFETY: no byte before it was the NUL at the end.
        let byte: c_char = unsafe { schema.format.add(at).read() };
        *place = u8::from_ne_bytes(byte.to_ne_bytes());
        if byte == 0 {
            return Ok(found);
        }
    }
    Err(Flaw::Format)
}

/// The rows of an array in its buffers.
#[derive(Clone, Copy)]
struct Rows {
    offset: usize,
    count: usize,
    /// -1 where nobody counted.
    nulls: i64,
}

impl Rows {
    fn of(array: &SmspohArrowArray) -> Result<Self, Flaw> {
        let count = |n: i64| usize::try_from(n).map_err(|_| Flaw::Length);
        let rows = Self {
            offset: count(array.offset)?,
            count: count(array.length)?,
            nulls: array.null_count,
        };
        let end = rows.offset.checked_add(rows.count).ok_or(Flaw::Length)?;
        let fits = end < isize::MAX as usize && (-1..=array.length).contains(&rows.nulls);
        if fits { Ok(rows) } else { Err(Flaw::Length) }
    }

    /// Rows that the buffers have at least.
    fn end(self) -> usize {
        self.offset + self.count
    }
}

/// The buffers of an array.
///
/// # Safety
/// As for [`input`].
unsafe fn buffers(array: &SmspohArrowArray) -> Result<&[*const c_void], Flaw> {
    let count = usize::try_from(array.n_buffers).map_err(|_| Flaw::Shape)?;
    // SAFETY: an array has as many buffers as it says.
    unsafe { slice(array.buffers.cast_const(), count) }.map_err(|_| Flaw::Buffer)
}

/// `size` items of a buffer.
///
/// # Safety
/// As for [`input`]; the buffer has so many.
unsafe fn items<'a, T>(buffer: *const c_void, size: usize) -> Result<&'a [T], Flaw> {
    // SAFETY: as the caller promises.
    unsafe { slice(buffer.cast(), size) }.map_err(|_| Flaw::Buffer)
}

/// Which rows are not null; `None` where all are there.
///
/// # Safety
/// As for [`input`].
unsafe fn validity<'a>(array: &SmspohArrowArray, rows: Rows) -> Result<Option<Bits<'a>>, Flaw> {
    // SAFETY: as the caller promises.
    let bits = unsafe { buffers(array)? }.first().copied().ok_or(Flaw::Shape)?;
    match (rows.nulls, bits.is_null()) {
        (0, _) | (-1, true) => Ok(None),
        (_, true) => Err(Flaw::Buffer),
        _ => {
            // SAFETY: there is a bit for each row.
            let bytes = unsafe { items(bits, rows.end().div_ceil(8))? };
            Ok(Some(Bits::new(bytes, rows.offset)))
        }
    }
}

/// # Safety
/// As for [`input`].
unsafe fn texts<'r, 'a: 'r>(
    schema: &SmspohArrowSchema,
    array: &SmspohArrowArray,
    room: &'r mut Room<'a>,
) -> Result<Column<'r>, Wrong> {
    let rows = Rows::of(array)?;
    // SAFETY: as the caller promises of all below.
    let column = unsafe {
        match &format(schema)? {
            b"u\0\0" | b"z\0\0" => Column::Cut32(cut::<i32>(array, rows)?),
            b"U\0\0" | b"Z\0\0" => Column::Cut64(cut::<i64>(array, rows)?),
            b"vu\0" | b"vz\0" => Column::Views(views(array, rows, room)?),
            // It has no buffer; Polars says that it has one, as Arrow did before 1.0.
            b"n\0\0" if (0..=1).contains(&array.n_buffers) => Column::Null(rows.count),
            b"n\0\0" => return Err(Flaw::Shape.into()),
            _ => return Err(Flaw::Format.into()),
        }
    };
    if array.n_children == 0 { Ok(column) } else { Err(Flaw::Shape.into()) }
}

/// # Safety
/// As for [`input`]; `O` is the type of the offsets.
unsafe fn cut<'a, O: Offset>(array: &SmspohArrowArray, rows: Rows) -> Result<Cut<'a, O>, Flaw> {
    // SAFETY: as the caller promises.
    let &[_, offsets, data] = (unsafe { buffers(array)? }) else { return Err(Flaw::Shape) };
    // SAFETY: as the caller promises.
    let validity = unsafe { validity(array, rows)? };
    if offsets.is_null() && rows.end() == 0 {
        return Cut::new(&[], O::ZERO, validity); // an array without rows may leave it out
    }
    // SAFETY: there is an offset more than there are rows.
    let offsets = unsafe { items::<O>(offsets, rows.end() + 1)? };
    let offsets = offsets.get(rows.offset..).unwrap_or_default();
    let size = offsets.last().and_then(|last| last.at()).ok_or(Flaw::Offsets)?;
    // SAFETY: the data reaches to the last offset.
    Cut::new(unsafe { items(data, size)? }, offsets, validity)
}

/// # Safety
/// As for [`input`].
unsafe fn views<'r, 'a: 'r>(
    array: &SmspohArrowArray,
    rows: Rows,
    room: &'r mut Room<'a>,
) -> Result<Views<'r>, Wrong> {
    // SAFETY: as the caller promises.
    let [_, views, data @ .., sizes] = (unsafe { buffers(array)? }) else {
        return Err(Flaw::Shape.into());
    };
    // SAFETY: as the caller promises; there is a view for each row and a size for each buffer.
    let (validity, views, sizes) = unsafe {
        (
            validity(array, rows)?,
            items::<View>(*views, rows.end())?,
            items::<i64>(*sizes, data.len())?,
        )
    };
    room.0.try_reserve_exact(data.len()).map_err(|_| smspoh_core::Error::Memory)?;
    for (&buffer, &size) in data.iter().zip(sizes) {
        let size = usize::try_from(size).map_err(|_| Flaw::Length)?;
        // SAFETY: each is as large as its size says.
        room.0.push(unsafe { items(buffer, size)? });
    }
    Ok(Views::new(views.get(rows.offset..).unwrap_or_default(), &room.0, validity)?)
}

/// The codes of a dictionary of `values` texts.
///
/// # Safety
/// As for [`input`].
unsafe fn codes(format: [u8; 3], array: &SmspohArrowArray, values: usize) -> Result<Codes, Wrong> {
    let rows = Rows::of(array)?;
    // SAFETY: as the caller promises of all below.
    unsafe {
        match &format {
            b"c\0\0" => codes_of::<i8>(array, rows, values),
            b"C\0\0" => codes_of::<u8>(array, rows, values),
            b"s\0\0" => codes_of::<i16>(array, rows, values),
            b"S\0\0" => codes_of::<u16>(array, rows, values),
            b"i\0\0" => codes_of::<i32>(array, rows, values),
            b"I\0\0" => codes_of::<u32>(array, rows, values),
            b"l\0\0" => codes_of::<i64>(array, rows, values),
            b"L\0\0" => codes_of::<u64>(array, rows, values),
            _ => Err(Flaw::Format.into()),
        }
    }
}

/// # Safety
/// As for [`input`]; `T` is the type of the codes.
unsafe fn codes_of<T: Copy + TryInto<usize> + 'static>(
    array: &SmspohArrowArray,
    rows: Rows,
    values: usize,
) -> Result<Codes, Wrong> {
    // SAFETY: as the caller promises.
    let (&[_, codes], 0) = (unsafe { buffers(array)? }, array.n_children) else {
        return Err(Flaw::Shape.into());
    };
    // SAFETY: as the caller promises; there is a code for each row.
    let (validity, codes) = unsafe { (validity(array, rows)?, items::<T>(codes, rows.end())?) };
    let codes = codes.get(rows.offset..).unwrap_or_default();
    let is_valid = |row| validity.is_none_or(|bits| bits.get(row));
    Codes::new(rows.count, values, is_valid, |row| codes.get(row).copied()?.try_into().ok())
}
