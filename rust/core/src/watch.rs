//! A long call, seen from outside: how far it is, and whether it shall go on.
use core::time::Duration;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Instant;

use crate::Error;

/// Between two calls of an observer: often enough that a caller who wants to stop
/// waits for less than a tenth of a second.
pub(crate) const PERIOD: Duration = Duration::from_millis(40);

/// Told `(done, total)` in units of work, one unit about as much as an iteration
/// of PBKDF2; returns whether to go on. It runs on the calling thread alone.
pub type Observer<'a> = dyn FnMut(u64, u64) -> bool + 'a;

/// The work of a call, shared by its threads.
#[derive(Debug, Default)]
pub(crate) struct Work {
    total: AtomicU64,
    done: AtomicU64,
    stopped: AtomicBool,
}

impl Work {
    /// Whether the call shall end.
    pub(crate) fn stopped(&self) -> bool {
        self.stopped.load(Ordering::Relaxed)
    }

    fn advance(&self, units: u64) {
        self.done.fetch_add(units, Ordering::Relaxed);
    }
}

/// The observer of a call, if it has one, and when to ask it next.
struct Beat<'a> {
    observer: Option<&'a mut Observer<'a>>,
    next: Instant,
    period: Duration,
    /// Whether it was asked at all.
    told: bool,
}

/// What watches a call. Nothing does unless an observer is given.
pub struct Watch<'a> {
    work: Work,
    beat: Beat<'a>,
}

impl<'a> Watch<'a> {
    /// A call that nothing watches and nothing stops.
    #[must_use]
    pub fn none() -> Self {
        Self::new(None)
    }

    /// A call that `observer` watches at every moment where it could be asked: for tests.
    #[must_use]
    pub fn eager(observer: &'a mut Observer<'a>) -> Self {
        let mut watch = Self::new(Some(observer));
        (watch.beat.period, watch.beat.next) = (Duration::ZERO, Instant::now());
        watch
    }

    /// A call that `observer` watches: asked some twenty times a second while the
    /// call lasts, first when it has lasted for 40 ms.
    #[must_use]
    pub fn new(observer: Option<&'a mut Observer<'a>>) -> Self {
        let next = Instant::now() + PERIOD;
        Self { work: Work::default(), beat: Beat { observer, next, period: PERIOD, told: false } }
    }

    /// Say that `units` more of work are to come.
    pub(crate) fn expect(&self, units: u64) {
        // A total past 2^64 is never reached, so it may as well be the largest.
        let add = |total: u64| Some(total.saturating_add(units));
        let _ = self.work.total.fetch_update(Ordering::Relaxed, Ordering::Relaxed, add);
    }

    /// Tell an observer that was told of the call before that all of it is done.
    ///
    /// For whoever made the watch, once the call has returned well.
    pub fn finish(&mut self) {
        let total = self.work.total.load(Ordering::Relaxed);
        if self.beat.told
            && let Some(observer) = &mut self.beat.observer
        {
            observer(total, total);
        }
    }

    /// [`Error::Cancelled`] once the observer has said so.
    pub(crate) fn check(&self) -> Result<(), Error> {
        if self.work.stopped() { Err(Error::Cancelled) } else { Ok(()) }
    }

    /// Where the threads of the call note their work, and where its caller does.
    pub(crate) fn split<'b>(&'b mut self) -> (&'b Work, Pause<'b>)
    where
        'a: 'b,
    {
        let Self { work, beat } = self;
        let observer = beat.observer.as_deref_mut().map(shorten);
        let caller = Some(Caller {
            observer,
            next: &mut beat.next,
            period: beat.period,
            told: &mut beat.told,
        });
        (work, Pause { work, caller })
    }
}

/// Lend an observer for less time than it lives.
fn shorten<'short, 'long: 'short>(
    observer: &'short mut Observer<'long>,
) -> &'short mut Observer<'short> {
    observer
}

/// A thread's place to pause: it notes what is done, and learns whether to go on.
pub(crate) struct Pause<'a> {
    work: &'a Work,
    caller: Option<Caller<'a>>,
}

/// What the calling thread alone has: the [`Beat`], lent to its pause.
struct Caller<'a> {
    observer: Option<&'a mut Observer<'a>>,
    next: &'a mut Instant,
    period: Duration,
    told: &'a mut bool,
}

impl<'a> Pause<'a> {
    /// The pause of a thread that is not the caller's.
    pub(crate) fn other(work: &'a Work) -> Self {
        Self { work, caller: None }
    }

    /// Note that `units` of work are done; whether to go on.
    pub(crate) fn after(&mut self, units: u64) -> bool {
        self.work.advance(units);
        // Who said no is not asked again: what it looks at may be gone.
        if self.work.stopped() {
            return false;
        }
        if let Some(Caller { observer: Some(observer), next, period, told }) = &mut self.caller {
            let now = Instant::now();
            if now >= **next {
                **told = true;
                let done = self.work.done.load(Ordering::Relaxed);
                let total = self.work.total.load(Ordering::Relaxed);
                if !observer(done.min(total), total) {
                    self.work.stopped.store(true, Ordering::Relaxed);
                }
                // From after the observer's own time, or a slow one would be all there is.
                **next = Instant::now() + *period;
            }
        }
        !self.work.stopped()
    }
}
