//! How the work of a call is done, and who watches it.
use std::ffi::c_void;

use smspoh_core::kdf::Backend;
use smspoh_core::{Error, Watch};

use crate::SmspohStatus;
use crate::guard::guard;
use crate::input::{slice, slice_mut};

/// Called some twenty times a second while a long call lasts, on the thread that made
/// it: `done` units of work of `total`, a unit being about an iteration of PBKDF2; and,
/// if it was called before, once when all is done. It returns 1 to go on, and 0 to stop
/// the call, which then returns `Cancelled` and does not call it again. It must not
/// unwind.
pub type SmspohProgress =
    Option<unsafe extern "C" fn(context: *mut c_void, done: u64, total: u64) -> u8>;

/// How the work of a call is done. A null pointer in its place, like zeros in it,
/// takes what is best.
#[repr(C)]
pub struct SmspohRun {
    /// Threads, at most 1,024; 0 is one a CPU, 1 stays on the calling thread.
    pub threads: usize,
    /// The name of the one backend to use, one of `smspoh_backends`, or null.
    pub backend: *const u8,
    /// Bytes of `backend`; 0 takes what suits each group of rows on this CPU.
    pub backend_size: usize,
    /// Whom to tell how far the call is, or null.
    pub progress: SmspohProgress,
    /// What `progress` is given.
    pub context: *mut c_void,
}

/// More threads than any machine has use for.
const THREADS_MAX: usize = 1024;

/// A [`SmspohRun`] that was looked at.
pub(crate) struct Run {
    pub(crate) threads: usize,
    pub(crate) backend: Option<Backend>,
    progress: SmspohProgress,
    context: *mut c_void,
}

impl Run {
    /// # Safety
    /// `run` is null, or valid with the name that it points to; its `progress` can be
    /// called with its `context` for the length of the call.
    pub(crate) unsafe fn new(run: *const SmspohRun) -> Result<Self, Error> {
        // SAFETY: null or one item, as the caller promises.
        let run = match unsafe { slice(run, usize::from(!run.is_null()))? } {
            [run] => run,
            _ => &SmspohRun {
                threads: 0,
                backend: std::ptr::null(),
                backend_size: 0,
                progress: None,
                context: std::ptr::null_mut(),
            },
        };
        // SAFETY: the name is valid for its size, as the caller promises.
        let name = unsafe { slice(run.backend, run.backend_size)? };
        let backend = match std::str::from_utf8(name).map_err(|_| Error::Argument)? {
            "" => None,
            name => Some(Backend::named(name).ok_or(Error::Argument)?),
        };
        let SmspohRun { threads, progress, context, .. } = *run;
        let threads = threads.min(THREADS_MAX);
        Ok(Self { threads, backend, progress, context })
    }

    /// Do `work`, watched by the caller's observer if there is one.
    pub(crate) fn watched(
        &self,
        work: impl FnOnce(&mut Watch<'_>) -> Result<(), Error>,
    ) -> Result<(), Error> {
        let Some(progress) = self.progress else {
            return work(&mut Watch::none());
        };
        let context = self.context;
        let mut observer = |done, total| {
            // SAFETY: it can be called with its context, as the caller of `new` promised,
            // and a watch calls it on the thread of the call alone.
            unsafe { progress(context, done, total) != 0 }
        };
        let mut watch = Watch::new(Some(&mut observer));
        let result = work(&mut watch);
        if result.is_ok() {
            watch.finish();
        }
        result
    }
}

/// Write the names of the backends that this CPU can run to `out`, a newline between
/// them, and their size in bytes to `*size`. `Argument` when `out_size` is less; `*size` says then what is
/// needed.
///
/// # Safety
/// `out` is valid to write for `out_size` bytes, and `size` for one item.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn smspoh_backends(
    out: *mut u8,
    out_size: usize,
    size: *mut usize,
) -> SmspohStatus {
    guard(|| {
        let names: Vec<_> = Backend::available().map(|backend| backend.name()).collect();
        let names = names.join("\n");
        // SAFETY: both are valid for their sizes, as the caller promises.
        let (out, size) = unsafe { (slice_mut(out, out_size)?, slice_mut(size, 1)?) };
        size[0] = names.len();
        out.get_mut(..names.len()).ok_or(Error::Argument)?.copy_from_slice(names.as_bytes());
        Ok(())
    })
}
