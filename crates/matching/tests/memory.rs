//! How much memory a solve takes, as the allocator counts it.
#![allow(clippy::unwrap_used, reason = "a test may fail")]

mod support;

use espalier_matching::{Rules, solve};
use peak_alloc::PeakAlloc;
use support::families::{Family, family};

#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

#[test]
fn a_solve_takes_at_most_twenty_four_bytes_an_edge_beyond_what_it_was_given() {
    let mut texts = family(Family::Common, 4000, 300, 2);
    texts.mentees =
        "mentee,demand\n".to_owned() + &(0..4000).map(|one| format!("{one},1\n")).collect::<String>();
    let instance = texts.read().unwrap();
    drop(texts);
    // People take room as well: here there are some dozen edges for each of them, as in a real programme.
    let edges = instance.edge_count();
    let people = instance.mentee_count() + instance.mentor_count();
    let before = MEMORY.current_usage();
    MEMORY.reset_peak_usage();
    let found = solve(&instance, &Rules::default()).unwrap();
    let peak = MEMORY.peak_usage() - before;
    assert!(found.prove(&instance, &Rules::default()).is_ok());
    assert!(peak <= 24 * edges + 100 * people, "{peak} bytes for {edges} edges and {people} people");
    assert!(peak >= 8 * edges, "{peak} bytes cannot hold {edges} arcs: the allocator was not asked");
}
