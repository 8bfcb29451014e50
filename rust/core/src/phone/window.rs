//! The first bytes of a text, to be looked at side by side.

/// Bytes of a window.
pub(super) const WINDOW: usize = 32;

/// The first bytes of a text; what is behind its end is there too, and means nothing.
#[inline(always)]
pub(super) fn window(data: &[u8]) -> [u8; WINDOW] {
    match data.first_chunk() {
        Some(window) => *window,
        None => padded(data),
    }
}

/// The window of a text that ends in it, with nothing behind it.
#[cold]
fn padded(data: &[u8]) -> [u8; WINDOW] {
    let mut window = [0; WINDOW];
    window.iter_mut().zip(data).for_each(|(place, byte)| *place = *byte);
    window
}
