//! Threads that live for one call. Never a pool: a pool does not survive `fork()`.
use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread::{Builder, Thread, available_parallelism, current, park_timeout, scope};

use crate::Error;
use crate::watch::{PERIOD, Pause, Watch, Work};

/// The number of threads for `requested`; 0 asks for one a CPU. At least 1 and
/// at most `jobs`.
#[must_use]
pub fn resolve(requested: usize, jobs: usize) -> usize {
    if jobs <= 1 {
        return 1; // asking the system takes longer than many a job
    }
    let wanted = match requested {
        0 => available_parallelism().map_or(1, NonZeroUsize::get),
        n => n,
    };
    wanted.min(jobs).max(1)
}

/// Run `work` on every item, over `threads` threads (0 is one a CPU); the calling
/// thread is one of them, and with one thread the only one.
///
/// `jobs` is how many items there are, or more. They are handed out one at a
/// time, so a slow item leaves no thread idle. A thread that the system does not
/// give is done without: the others do its work. A panic in `work` is passed on
/// to the caller.
///
/// `work` notes what it has done at its [`Pause`], and leaves its item as it is
/// when that says no; no other item is begun then. While other threads finish,
/// the caller goes on asking the observer.
///
/// # Errors
/// [`Error::Cancelled`] when the observer of `watch` said so.
pub(crate) fn for_each<T>(
    items: impl Iterator<Item = T> + Send,
    jobs: usize,
    threads: usize,
    watch: &mut Watch<'_>,
    work: impl Fn(T, &mut Pause<'_>) + Sync,
) -> Result<(), Error> {
    let threads = resolve(threads, jobs);
    {
        let (shared, mut pause) = watch.split();
        if threads == 1 {
            drain(items, shared, &mut pause, &work);
        } else {
            share(items, threads, shared, &mut pause, &work);
        }
    }
    watch.check()
}

fn drain<T>(
    mut items: impl Iterator<Item = T>,
    shared: &Work,
    pause: &mut Pause<'_>,
    work: &impl Fn(T, &mut Pause<'_>),
) {
    while !shared.stopped() {
        let Some(item) = items.next() else { break };
        work(item, pause);
    }
}

fn share<T>(
    items: impl Iterator<Item = T> + Send,
    threads: usize,
    shared: &Work,
    pause: &mut Pause<'_>,
    work: &(impl Fn(T, &mut Pause<'_>) + Sync),
) {
    let items = Mutex::new(items);
    // No lock is held while `work` runs, so none is poisoned by its panic.
    let one_by_one =
        || core::iter::from_fn(|| items.lock().unwrap_or_else(PoisonError::into_inner).next());
    let running = AtomicUsize::new(0);
    let caller = current();
    scope(|scope| {
        for _ in 1..threads {
            let here = Running::begin(&running, &caller);
            let drain_here = || {
                let _here = here;
                drain(one_by_one(), shared, &mut Pause::other(shared), work);
            };
            let given = Builder::new().spawn_scoped(scope, drain_here).is_ok();
            // Starting a thousand threads takes seconds: not deaf to the observer either.
            if !given || !pause.after(0) {
                break;
            }
        }
        drain(one_by_one(), shared, pause, work);
        // Not left to the end of the scope, which would wait deaf to the observer.
        while running.load(Ordering::Acquire) > 0 {
            park_timeout(PERIOD);
            pause.after(0);
        }
    });
}

/// A thread that is at work; the caller is woken when it no longer is, also by a panic.
struct Running<'a>(&'a AtomicUsize, &'a Thread);

impl<'a> Running<'a> {
    fn begin(running: &'a AtomicUsize, caller: &'a Thread) -> Self {
        running.fetch_add(1, Ordering::Relaxed);
        Self(running, caller)
    }
}

impl Drop for Running<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Release);
        self.1.unpark();
    }
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
                let count = |item: usize, _: &mut Pause<'_>| done.lock().unwrap()[item] += 1;
                assert_eq!(for_each(0..jobs, jobs, threads, &mut Watch::none(), count), Ok(()));
                assert_eq!(done.into_inner().unwrap(), vec![1; jobs]);
            }
        }
    }

    /// Each item waits until all three are at work, which one thread can never do.
    #[test]
    fn three_threads_work_at_once_and_the_caller_is_one_of_them() {
        let (at_work, changed) = (Mutex::new(HashSet::new()), Condvar::new());
        let meet = |_, _: &mut Pause<'_>| {
            let mut ids = at_work.lock().unwrap();
            ids.insert(current().id());
            changed.notify_all();
            let patience = Duration::from_secs(30);
            drop(changed.wait_timeout_while(ids, patience, |ids| ids.len() < 3).unwrap());
        };
        for_each(0..3, 3, 3, &mut Watch::none(), meet).unwrap();
        let ids = at_work.into_inner().unwrap();
        assert_eq!(ids.len(), 3);
        assert!(ids.contains(&current().id()));
    }

    #[test]
    fn one_thread_is_the_callers_own() {
        let here = current().id();
        let same = |_, _: &mut Pause<'_>| assert_eq!(current().id(), here);
        for_each(0..10, 10, 1, &mut Watch::none(), same).unwrap();
    }

    #[test]
    fn a_panic_reaches_the_caller() {
        for threads in [1, 2] {
            let caught = std::panic::catch_unwind(|| {
                let fail = |item, _: &mut Pause<'_>| assert_ne!(item, 3, "on purpose");
                for_each(0..4, 4, threads, &mut Watch::none(), fail)
            });
            assert!(caught.is_err());
        }
    }

    /// The caller has done its own item; the other thread ends only once the
    /// observer, which the caller runs, has said no.
    #[test]
    fn an_observer_stops_a_thread_that_the_caller_waits_for() {
        let here = current().id();
        let mut stop = |_, _| {
            assert_eq!(current().id(), here);
            false
        };
        let mut watch = Watch::new(Some(&mut stop));
        let at_work = Mutex::new(HashSet::new());
        let work = |_: usize, pause: &mut Pause<'_>| {
            at_work.lock().unwrap().insert(current().id());
            while current().id() != here && pause.after(1) {
                std::thread::yield_now();
            }
            while at_work.lock().unwrap().len() < 2 {
                std::thread::yield_now();
            }
        };
        assert_eq!(for_each(0..2, 2, 2, &mut watch, work), Err(Error::Cancelled));
    }

    #[test]
    fn no_item_is_begun_once_the_observer_said_no() {
        for threads in [1, 3] {
            let mut stop = |_, _| false;
            let mut watch = Watch::new(Some(&mut stop));
            let begun = AtomicUsize::new(0);
            let work = |_: usize, pause: &mut Pause<'_>| {
                begun.fetch_add(1, Ordering::Relaxed);
                while pause.after(0) {
                    std::thread::yield_now();
                }
            };
            assert_eq!(for_each(0..50, 50, threads, &mut watch, work), Err(Error::Cancelled));
            assert!(begun.into_inner() <= threads);
        }
    }

    #[test]
    fn an_observer_is_told_how_much_is_done_of_how_much() {
        let mut seen = Vec::new();
        let mut note = |done, total| {
            seen.push((done, total));
            true
        };
        let mut watch = Watch::new(Some(&mut note));
        watch.expect(30);
        watch.expect(10);
        let work = |_: usize, pause: &mut Pause<'_>| {
            std::thread::sleep(PERIOD);
            assert!(pause.after(10));
        };
        assert_eq!(for_each(0..4, 4, 1, &mut watch, work), Ok(()));
        assert_eq!(seen, [(10, 40), (20, 40), (30, 40), (40, 40)]);
    }
}
