//! How the lanes of a batch are cut into groups, so that every thread is at work to
//! the end and every group is one that a backend is at its best with.
use std::time::Instant;

use super::backend::{Backend, Width};
use super::lanes::Lane;

/// A width of a backend.
#[derive(Clone, Copy, Debug)]
pub(super) struct Choice {
    pub(super) backend: Backend,
    pub(super) width: Width,
}

/// The widths of `backends`, at what they are guessed to cost.
pub(super) fn choices(backends: impl Iterator<Item = Backend>) -> Vec<Choice> {
    let widths =
        |backend: Backend| backend.widths().iter().map(move |&width| Choice { backend, width });
    backends.flat_map(widths).collect()
}

/// Iterations of one run that is timed: some ten microseconds.
const TIMED: u32 = 32;
/// Runs that are timed; the fastest counts, since others only ever slow one down.
const RUNS: usize = 3;
/// A width that is guessed to cost so many times more a lane than another is not timed:
/// no CPU makes up for that, and the slowest would take the most time.
const HOPELESS: u64 = 4;

/// Work, in iterations of one lane, that is worth measuring for: measuring takes about
/// a tenth of a millisecond, and so much work some hundred times that.
pub(super) const WORTH_MEASURING: u64 = 1 << 18;

/// Put in what each width costs on this CPU, now.
///
/// Which of two backends is the faster one, and by how much a group must be filled
/// before the wider one pays, differs from one generation of a CPU to the next.
pub(super) fn measure(choices: &mut [Choice]) {
    let by_lane = |width: Width| width.cost / width.lanes as u64;
    let best = choices.iter().map(|choice| by_lane(choice.width)).min().unwrap_or(0);
    let hopeful = |choice: &&mut Choice| by_lane(choice.width) <= HOPELESS * best;
    for choice in choices.iter_mut().filter(hopeful) {
        let mut lanes: Vec<Lane> =
            (0..choice.width.lanes).map(|_| Lane::new(b"password", b"salt", 1)).collect();
        let mut time = || {
            let start = Instant::now();
            choice.backend.iterate(&mut lanes, TIMED);
            start.elapsed().as_nanos()
        };
        let best = (0..RUNS).map(|_| time()).min().unwrap_or(0) * 1000 / u128::from(TIMED);
        choice.width.cost = u64::try_from(best).unwrap_or(u64::MAX).max(1);
    }
}

/// Wide groups at the end of a batch that may be cut up. A window of one for each
/// thread is all that can pay; more threads than this are looked after no further.
const WINDOW: usize = 16;

/// The groups of a batch: `wide_count` of one width, the rest of another.
#[derive(Clone, Copy, Debug)]
pub(super) struct Plan {
    wide: Choice,
    wide_count: usize,
    narrow: Choice,
    lanes: usize,
}

impl Plan {
    /// The plan for `lanes` lanes over `threads` threads that ends first.
    ///
    /// Groups are handed out one at a time, the wide ones first. What the last
    /// thread ends with is what counts, so at the end of a batch some lanes may go
    /// into narrower groups than would be the fastest a lane.
    pub(super) fn new(lanes: usize, threads: usize, choices: &[Choice]) -> Option<Self> {
        let by_lane = |choice: &&Choice| {
            let Width { lanes, cost } = choice.width;
            // Per lane, and with a wide one before a narrow one that costs the same.
            (cost.saturating_mul(1 << 10) / lanes as u64, usize::MAX - lanes)
        };
        let wide = *choices.iter().min_by_key(by_lane)?;
        let most = lanes.div_ceil(wide.width.lanes);
        let mut best: Option<(u64, usize, Self)> = None;
        for narrow in choices {
            for wide_count in most.saturating_sub(threads.min(WINDOW))..=most {
                let plan = Self { wide, wide_count, narrow: *narrow, lanes };
                let (end, groups) = (plan.end(threads, choices), plan.groups());
                if best.is_none_or(|(other, count, _)| (end, groups) < (other, count)) {
                    best = Some((end, groups, plan));
                }
            }
        }
        best.map(|(_, _, plan)| plan)
    }

    /// Lanes that are left to narrow groups.
    fn rest(&self) -> usize {
        self.lanes.saturating_sub(self.wide_count * self.wide.width.lanes)
    }

    /// How many groups there are.
    pub(super) fn groups(&self) -> usize {
        self.wide_count + self.rest().div_ceil(self.narrow.width.lanes)
    }

    /// The backend and the most lanes of group `index`; the last may have fewer.
    pub(super) fn group(&self, index: usize) -> (Backend, usize) {
        let choice = if index < self.wide_count { self.wide } else { self.narrow };
        (choice.backend, choice.width.lanes)
    }

    /// When the last thread ends.
    fn end(&self, threads: usize, choices: &[Choice]) -> u64 {
        let wide = self.wide.width.cost;
        let each = (self.wide_count / threads) as u64;
        let first = self.wide_count % threads;
        let mut ends: Vec<u64> =
            (0..threads).map(|thread| wide * (each + u64::from(thread < first))).collect();
        let mut rest = self.rest();
        while rest > 0 {
            let taken = rest.min(self.narrow.width.lanes);
            if let Some(end) = ends.iter_mut().min() {
                *end += cost_of(taken, self.narrow.backend, choices);
            }
            rest -= taken;
        }
        ends.into_iter().max().unwrap_or(0)
    }
}

/// What a group of `lanes` lanes costs on `backend`.
fn cost_of(lanes: usize, backend: Backend, choices: &[Choice]) -> u64 {
    let hold =
        |choice: &&Choice| choice.backend.name() == backend.name() && choice.width.lanes >= lanes;
    choices.iter().filter(hold).map(|choice| choice.width.cost).min().unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests;
