//! The plan, on costs that are made up.
use super::super::backend::Backend;
use super::*;

fn choice(backend: Backend, lanes: usize, cost: u64) -> Choice {
    Choice { backend, width: Width { lanes, cost } }
}

const NARROW: Backend = Backend::RUSTCRYPTO;
const WIDE: Backend = Backend::PORTABLE;

/// As on a core with both kinds of instructions: one lane, two and three of the narrow
/// backend, and sixteen of a wide one that costs as much as `wide`.
fn both(wide: u64) -> Vec<Choice> {
    vec![
        choice(NARROW, 1, 161),
        choice(NARROW, 2, 177),
        choice(NARROW, 3, 227),
        choice(WIDE, 16, wide),
    ]
}

fn sizes(lanes: usize, threads: usize, choices: &[Choice]) -> Vec<(&'static str, usize)> {
    let plan = Plan::new(lanes, threads, choices).unwrap();
    let mut rest = lanes;
    let mut groups = Vec::new();
    for index in 0..plan.groups() {
        let (backend, size) = plan.group(index);
        groups.push((backend.name(), size.min(rest)));
        rest -= size.min(rest);
    }
    assert_eq!(rest, 0, "a lane is in no group");
    groups
}

fn end(groups: &[(&str, usize)], threads: usize, choices: &[Choice]) -> u64 {
    let mut ends = vec![0; threads];
    for &(name, lanes) in groups {
        let costs = choices.iter().filter(|c| c.backend.name() == name && c.width.lanes >= lanes);
        *ends.iter_mut().min().unwrap() += costs.map(|c| c.width.cost).min().unwrap();
    }
    ends.into_iter().max().unwrap()
}

#[test]
fn every_lane_is_in_one_group_and_no_group_is_empty() {
    for wide in [300, 571, 1000, 4000] {
        for threads in [1, 2, 3, 8, 64] {
            for lanes in (0..200).chain([1000, 1001, 4096, 100_000]) {
                let groups = sizes(lanes, threads, &both(wide));
                assert!(groups.iter().all(|&(_, size)| size > 0), "{lanes} lanes");
                assert_eq!(groups.iter().map(|&(_, size)| size).sum::<usize>(), lanes);
            }
        }
    }
}

/// Less than a batch's work on every thread, and a group more, is what no plan beats.
#[test]
fn no_thread_waits_at_the_end_for_longer_than_a_small_group_takes() {
    for wide in [300, 571, 1000] {
        let choices = both(wide);
        let by_lane = choices.iter().map(|c| c.width.cost as f64 / c.width.lanes as f64);
        let fastest = by_lane.fold(f64::MAX, f64::min);
        for threads in [1, 2, 4] {
            for lanes in 1..600 {
                let groups = sizes(lanes, threads, &choices);
                let ideal = lanes as f64 * fastest / threads as f64;
                let slack = 1.07 * end(&[("rustcrypto", 3), ("rustcrypto", 2)], 1, &choices) as f64;
                let end = end(&groups, threads, &choices) as f64;
                assert!(end <= ideal + slack, "{lanes} lanes, {threads} threads: {end} {ideal}");
            }
        }
    }
}

#[test]
fn small_batches_and_large_ones_are_cut_into_these_groups() {
    let choices = both(571);
    let narrow = |sizes: &[usize]| sizes.iter().map(|&n| ("rustcrypto", n)).collect::<Vec<_>>();
    assert_eq!(sizes(1, 2, &choices), narrow(&[1]));
    assert_eq!(sizes(2, 1, &choices), narrow(&[2]));
    assert_eq!(sizes(2, 2, &choices), narrow(&[1, 1]));
    assert_eq!(sizes(3, 2, &choices), narrow(&[2, 1]));
    assert_eq!(sizes(7, 2, &choices), narrow(&[2, 2, 2, 1]));
    assert_eq!(sizes(64, 1, &choices), [("portable", 16); 4]);
    assert_eq!(sizes(64, 2, &choices), [("portable", 16); 4]);
    let thousand = sizes(1000, 2, &choices);
    assert_eq!(thousand[..62], [("portable", 16); 62]);
    assert_eq!(thousand[62..], narrow(&[2, 2, 2, 2]));
    // More threads than wide groups, and wide ones that gain little: all are at work.
    let shared = sizes(64, 8, &both(1000));
    assert_eq!((shared.len(), end(&shared, 8, &both(1000))), (22, 681));
}

#[test]
fn a_wide_backend_that_costs_more_a_lane_is_not_used() {
    let groups = sizes(1000, 1, &both(16 * 100));
    assert!(groups.iter().all(|&(name, _)| name == "rustcrypto"));
}

#[test]
fn a_backend_that_is_forced_has_every_group() {
    for backend in Backend::available() {
        let choices = choices(core::iter::once(backend));
        for lanes in 1..50 {
            let groups = sizes(lanes, 3, &choices);
            assert!(groups.iter().all(|&(name, size)| name == backend.name() && size >= 1));
        }
    }
    assert!(Plan::new(5, 1, &[]).is_none());
}

#[test]
fn measuring_puts_a_cost_on_every_width_that_may_pay() {
    let mut choices = choices(Backend::available());
    choices.iter_mut().for_each(|choice| choice.width.cost = choice.width.lanes as u64);
    measure(&mut choices);
    assert!(choices.iter().all(|choice| choice.width.cost > 100));
    choices[0].width.cost = 1_000_000_000;
    measure(&mut choices);
    assert_eq!(choices[0].width.cost, 1_000_000_000, "it was hopeless");
}
