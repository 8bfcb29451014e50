//! Threads that live for one call. Never a pool: a pool does not survive `fork()`.
use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicUsize, Ordering};

/// The number of threads for `requested`; 0 asks for one a CPU. At least 1 and
/// at most `jobs`.
#[must_use]
pub fn resolve(requested: usize, jobs: usize) -> usize {
    let wanted = match requested {
        0 => std::thread::available_parallelism().map_or(1, NonZeroUsize::get),
        n => n,
    };
    wanted.min(jobs).max(1)
}

/// Run `work` on every item of `items`, over `threads` threads (0 is one a CPU).
///
/// Items are handed out one at a time, so a slow item leaves no thread idle.
/// With one thread the work stays on the calling thread. A panic in `work` is
/// passed on to the caller.
pub fn for_each<T: Send>(items: Vec<T>, threads: usize, work: impl Fn(T) + Sync) {
    let threads = resolve(threads, items.len());
    if threads == 1 {
        items.into_iter().for_each(work);
        return;
    }
    let next = AtomicUsize::new(0);
    let slots: Vec<_> = items.into_iter().map(|item| std::sync::Mutex::new(Some(item))).collect();
    let drain = || {
        while let Some(slot) = slots.get(next.fetch_add(1, Ordering::Relaxed)) {
            let item = slot.lock().ok().and_then(|mut held| held.take());
            if let Some(item) = item {
                work(item);
            }
        }
    };
    std::thread::scope(|scope| {
        for _ in 1..threads {
            scope.spawn(drain);
        }
        drain();
    });
}
