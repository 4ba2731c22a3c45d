//! Measures the solver by itself: processor time of one thread, and memory as the allocator counts it. Started by
//! `cargo xtask bench matching`.
//!
//!     measure solve DIR RUNS          one line: mentees, edges, matched, net fit, then seconds (solve, certificate, draw)
//!                                     and the most bytes per edge beyond the instance
//!     measure repair DIR CHANGES      mentors leave, one after another: milliseconds (median, 90 of 100, most)
//!     measure scoring ASKS GIVES      seconds for the hundred best candidates of everybody, on two threads
//!     measure pairs DIR FILE          writes mentee,mentor lines and prints the seconds as JSON, for other programs
#![expect(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a measurement talks, and stops when it cannot be taken"
)]
#![expect(clippy::cast_precision_loss, reason = "measurements are read by people")]

use std::fs::File;
use std::io::{BufReader, Write as _};
use std::path::Path;
use std::time::Instant;

use espalier_matching::files::{self, Sources};
use espalier_matching::scoring::{Ask, Candidates, Desk, Give, Hours, Line, Person, Wanted, Weighting};
use espalier_matching::{Instance, Repair, Rules, draw, solve};
use peak_alloc::PeakAlloc;
use rustix::time::{ClockId, clock_gettime};

#[global_allocator]
static MEMORY: PeakAlloc = PeakAlloc;

fn main() {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["solve", folder, runs] => measure_solve(&read(folder.as_ref()), runs.parse().unwrap()),
        ["repair", folder, changes] => measure_repair(&read(folder.as_ref()), changes.parse().unwrap()),
        ["scoring", asks, gives] => measure_scoring(asks.parse().unwrap(), gives.parse().unwrap()),
        ["pairs", folder, out] => write_pairs(&read(folder.as_ref()), out.as_ref()),
        _ => println!("Started by `cargo xtask bench matching`."),
    }
}

fn read(folder: &Path) -> Instance {
    let open = |name: &str| BufReader::with_capacity(1 << 18, File::open(folder.join(name)).unwrap());
    files::read(Sources {
        mentees: open("mentees.csv"),
        mentors: open("mentors.csv"),
        edges: open("edges.csv"),
        pins: None,
        blocks: None,
        current: None,
    })
    .unwrap()
}

/// What this thread had of the processor, in seconds.
fn processor() -> f64 {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    time.tv_sec as f64 + time.tv_nsec as f64 / 1e9
}

fn timed<T>(least: &mut f64, run: impl FnOnce() -> T) -> T {
    let before = processor();
    let done = run();
    *least = least.min(processor() - before);
    done
}

fn measure_solve(instance: &Instance, runs: usize) {
    let rules = Rules::default();
    let (mut solving, mut proving, mut drawing) = (f64::MAX, f64::MAX, f64::MAX);
    let (mut matched, mut net_fit, mut bytes) = (0, 0, 0);
    for _ in 0..runs.max(1) {
        let before = MEMORY.current_usage();
        MEMORY.reset_peak_usage();
        let found = timed(&mut solving, || solve(instance, &rules)).unwrap();
        let proof = timed(&mut proving, || found.prove(instance, &rules)).unwrap();
        bytes = MEMORY.peak_usage() - before;
        let drawn = timed(&mut drawing, || draw(instance, &rules, &found, 1)).unwrap();
        assert_eq!(drawn.prove(instance, &rules).unwrap(), proof);
        (matched, net_fit) = (proof.matched, proof.net_fit);
    }
    let per_edge = bytes as f64 / instance.edge_count() as f64;
    println!(
        "{} {} {matched} {net_fit} {solving:.4} {proving:.4} {drawing:.4} {per_edge:.1}",
        instance.mentee_count(),
        instance.edge_count()
    );
}

fn measure_repair(instance: &Instance, changes: u32) {
    let mut repair = Repair::begin(instance, &Rules::default()).unwrap();
    let mentors = u32::try_from(instance.mentor_count()).unwrap();
    let mut taken: Vec<f64> = Vec::new();
    let mut moved = 0;
    for change in 0..changes {
        let mentor = (change * 7919 + 13) % mentors;
        let before = processor();
        let mended = repair.set_capacity(mentor, 0);
        taken.push((processor() - before) * 1e3);
        assert!(mended.certified, "the rows that were touched are right");
        moved += mended.moved.len();
    }
    repair.prove().unwrap();
    taken.sort_by(f64::total_cmp);
    let at = |share: usize| taken[(taken.len() - 1) * share / 100];
    println!("{:.2} {:.2} {:.2} {moved}", at(50), at(90), at(100));
}

fn write_pairs(instance: &Instance, out: &Path) {
    let (wall, before) = (Instant::now(), processor());
    let found = solve(instance, &Rules::default()).unwrap();
    found.prove(instance, &Rules::default()).unwrap();
    let (wall, taken) = (wall.elapsed().as_secs_f64(), processor() - before);
    let mut file = std::io::BufWriter::new(File::create(out).unwrap());
    for pair in &found.pairs {
        writeln!(file, "{},{}", instance.mentee_id(pair.mentee).0, instance.mentor_id(pair.mentor).0)
            .unwrap();
    }
    file.flush().unwrap();
    println!("{{\"solve_s\": {wall:.6}, \"solve_cpu_s\": {taken:.6}}}");
}

/// People by chance: a third speaks another language besides, offices stand around the world.
fn measure_scoring(asks: u32, gives: u32) {
    let mut state = 1_u64;
    let mut below = |end: u64| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((state >> 33) * end) >> 31
    };
    let leads: Vec<Option<u32>> =
        (0..asks + gives).map(|person| (person > 0).then(|| (person - 1) / 7)).collect();
    let lines = Line::of_all(&leads);
    let person = |person: u32, below: &mut dyn FnMut(u64) -> u64| Person {
        person,
        line: lines[person as usize],
        hours: Hours::new(u32::try_from(below(9) * 5).unwrap(), 16),
        languages: u64::from(below(10) > 0) | 2 << below(5),
        area: person / 50,
        group: Some(u8::try_from(below(4)).unwrap()),
    };
    // Some skills are wanted and offered far more often than others.
    let skill = |below: &mut dyn FnMut(u64) -> u64| u16::try_from(below(60).min(below(60))).unwrap();
    let level = |below: &mut dyn FnMut(u64) -> u64, end| u8::try_from(below(end)).unwrap();
    let askers: Vec<Ask> = (0..asks)
        .map(|one| Ask {
            of: person(one, &mut below),
            wanted: (0..3)
                .map(|_| Wanted { skill: skill(&mut below), level: level(&mut below, 4) })
                .collect(),
            same_group: below(7) == 0,
            named: vec![u32::try_from(below(u64::from(gives))).unwrap()],
            ..Ask::default()
        })
        .collect();
    let givers: Vec<Give> = (0..gives)
        .map(|one| Give {
            of: person(asks + one, &mut below),
            skills: (0..4).map(|_| (skill(&mut below), 2 + level(&mut below, 4))).collect(),
            is_open: below(100) > 0,
        })
        .collect();
    let wall = Instant::now();
    let candidates = Candidates::new(&givers, Weighting::default());
    let (one, other) = askers.split_at(askers.len() / 2);
    let half = |half: &[Ask]| {
        let mut desk = Desk::default();
        let before = processor();
        let edges: usize = half.iter().map(|ask| candidates.best_with(ask, 100, &mut desk).len()).sum();
        (edges, processor() - before)
    };
    let (one, other) = std::thread::scope(|scope| {
        let one = scope.spawn(|| half(one));
        (half(other), one.join().unwrap())
    });
    println!("{} {:.2} {:.2}", one.0 + other.0, wall.elapsed().as_secs_f64(), one.1.max(other.1));
}
