//! What sealing and opening share: how the work of a batch is done, and done in tasks.
use super::Profile;
use crate::kdf::{self, Backend};
use crate::watch::{Pause, Watch};
use crate::{Error, memory, threads};

/// Rows that one thread seals or opens before it takes more. Source: measured;
/// a row costs under half a microsecond, taking work about a tenth of one.
const ROWS_PER_TASK: usize = 256;

/// What a watch counts for sealing or opening a row, which takes about as long as
/// this many iterations.
pub(super) const ROW_WORK: u64 = 8;

/// How the work of a batch is done.
#[derive(Clone, Copy, Debug)]
pub struct Run {
    /// Threads; 0 is one a CPU, 1 stays on the calling thread.
    pub threads: usize,
    /// The one backend that derives the keys; `None` is right unless a test says otherwise.
    pub backend: Option<Backend>,
}

impl Run {
    /// The best backends, on `threads` threads.
    #[must_use]
    pub fn on(threads: usize) -> Self {
        Self { threads, backend: None }
    }

    pub(super) fn derive(self, profile: &Profile<'_>) -> kdf::Options {
        let (threads, backend) = (self.threads, self.backend);
        let length = profile.cipher.key_size();
        kdf::Options { iterations: profile.iterations, length, threads, backend }
    }
}

/// Do `work` on all items, some at a time, over the run's threads; and overwrite
/// the stack below it.
pub(super) fn in_tasks<T: Send>(
    items: &mut [T],
    run: Run,
    watch: &mut Watch<'_>,
    work: impl Fn(&mut [T]) + Sync,
) -> Result<(), Error> {
    let tasks = items.len().div_ceil(ROWS_PER_TASK);
    let task = |task: &mut [T], pause: &mut Pause<'_>| {
        memory::scrubbed(|| work(task));
        pause.after(ROW_WORK * task.len() as u64);
    };
    let items = items.chunks_mut(ROWS_PER_TASK);
    memory::scrubbed(|| threads::for_each(items, tasks, run.threads, watch, task))
}
