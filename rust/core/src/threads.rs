//! Threads that live for one call. Never a pool: a pool does not survive `fork()`.
use std::num::NonZeroUsize;
use std::sync::{Mutex, PoisonError};
use std::thread::{Builder, available_parallelism, scope};

/// The number of threads for `requested`; 0 asks for one a CPU. At least 1 and
/// at most `jobs`.
#[must_use]
pub fn resolve(requested: usize, jobs: usize) -> usize {
    let wanted = match requested {
        0 => available_parallelism().map_or(1, NonZeroUsize::get),
        n => n,
    };
    wanted.min(jobs).max(1)
}

/// Run `work` on every item, over `threads` threads (0 is one a CPU); the calling
/// thread is one of them.
///
/// `jobs` is how many items there are, or more. They are handed out one at a
/// time, so a slow item leaves no thread idle. A thread that the system does not
/// give is done without: the others do its work. A panic in `work` is passed on
/// to the caller.
///
/// Never inlined, so that what `work` leaves on the stack lies below the caller's
/// frame, where the caller can overwrite it.
#[inline(never)]
pub fn for_each<T>(
    items: impl Iterator<Item = T> + Send,
    jobs: usize,
    threads: usize,
    work: impl Fn(T) + Sync,
) {
    let threads = resolve(threads, jobs);
    if threads == 1 {
        items.for_each(work);
        return;
    }
    let items = Mutex::new(items);
    // No lock is held while `work` runs, so none is poisoned by its panic.
    let next = || items.lock().unwrap_or_else(PoisonError::into_inner).next();
    let drain = || {
        while let Some(item) = next() {
            work(item);
        }
    };
    scope(|scope| {
        for _ in 1..threads {
            if Builder::new().spawn_scoped(scope, drain).is_err() {
                break;
            }
        }
        drain();
    });
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;
    use std::sync::{Condvar, Mutex};
    use std::time::Duration;

    use super::*;

    #[test]
    fn every_item_is_done_once_whatever_the_number_of_threads() {
        for threads in [0, 1, 2, 7, 100] {
            for jobs in [0, 1, 2, 50] {
                let done = Mutex::new(vec![0; jobs]);
                for_each(0..jobs, jobs, threads, |item| done.lock().unwrap()[item] += 1);
                assert_eq!(done.into_inner().unwrap(), vec![1; jobs]);
            }
        }
    }

    /// Each item waits until all three are at work, which one thread can never do.
    #[test]
    fn three_threads_work_at_once_and_the_caller_is_one_of_them() {
        let (at_work, changed) = (Mutex::new(HashSet::new()), Condvar::new());
        for_each(0..3, 3, 3, |_| {
            let mut ids = at_work.lock().unwrap();
            ids.insert(std::thread::current().id());
            changed.notify_all();
            let patience = Duration::from_secs(30);
            drop(changed.wait_timeout_while(ids, patience, |ids| ids.len() < 3).unwrap());
        });
        let ids = at_work.into_inner().unwrap();
        assert_eq!(ids.len(), 3);
        assert!(ids.contains(&std::thread::current().id()));
    }

    #[test]
    fn one_thread_is_the_callers_own() {
        let here = std::thread::current().id();
        for_each(0..10, 10, 1, |_| assert_eq!(std::thread::current().id(), here));
    }

    #[test]
    fn a_panic_reaches_the_caller() {
        for threads in [1, 2] {
            let caught = std::panic::catch_unwind(|| {
                for_each(0..4, 4, threads, |item| assert_ne!(item, 3, "on purpose"));
            });
            assert!(caught.is_err());
        }
    }
}
