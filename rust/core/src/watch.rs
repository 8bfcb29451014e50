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

    /// A call that `observer` watches at every moment where it could be asked.
    #[cfg(test)]
    pub(crate) fn eager(observer: &'a mut Observer<'a>) -> Self {
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
    pub(crate) fn split(&mut self) -> (&Work, Pause<'_>) {
        (&self.work, Pause { work: &self.work, beat: Some(&mut self.beat) })
    }
}

/// What a pause asks of a [`Beat`], whatever its observer lives for.
trait Ask {
    /// Tell the observer, if it is time, and stop `work` if it says so.
    fn ask(&mut self, work: &Work);
}

impl Ask for Beat<'_> {
    fn ask(&mut self, work: &Work) {
        let Some(observer) = &mut self.observer else { return };
        if Instant::now() < self.next {
            return;
        }
        self.told = true;
        let (done, total) = (&work.done, &work.total);
        let (done, total) = (done.load(Ordering::Relaxed), total.load(Ordering::Relaxed));
        if !observer(done.min(total), total) {
            work.stopped.store(true, Ordering::Relaxed);
        }
        // From after the observer's own time, or a slow one would be all there is.
        self.next = Instant::now() + self.period;
    }
}

/// A thread's place to pause: it notes what is done, and learns whether to go on.
pub(crate) struct Pause<'a> {
    work: &'a Work,
    /// What the calling thread alone has.
    beat: Option<&'a mut dyn Ask>,
}

impl<'a> Pause<'a> {
    /// The pause of a thread that is not the caller's.
    pub(crate) fn other(work: &'a Work) -> Self {
        Self { work, beat: None }
    }

    /// Note that `units` of work are done; whether to go on.
    pub(crate) fn after(&mut self, units: u64) -> bool {
        self.work.done.fetch_add(units, Ordering::Relaxed);
        // Who said no is not asked again: what it looks at may be gone.
        if let (Some(beat), false) = (&mut self.beat, self.work.stopped()) {
            beat.ask(self.work);
        }
        !self.work.stopped()
    }
}
