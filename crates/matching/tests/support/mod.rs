//! Small instances as the files they would come from, and every matching of them by hand.
#![allow(dead_code, clippy::unwrap_used, reason = "each test uses a part, and tests may unwrap")]

pub mod families;

use std::fmt::Write as _;

use espalier_matching::certificate::{self, Case, People};
use espalier_matching::files::{self, Sources};
use espalier_matching::{BadLine, Instance, Mode, Pair, Rules};
use proptest::prelude::*;

/// The texts of an instance.
#[derive(Debug, Clone, Default)]
pub struct Texts {
    pub mentees: String,
    pub mentors: String,
    pub edges: String,
    pub pins: Option<String>,
    pub blocks: Option<String>,
    pub current: Option<String>,
}

impl Texts {
    pub fn read(&self) -> Result<Instance, BadLine> {
        files::read(Sources {
            mentees: self.mentees.as_bytes(),
            mentors: self.mentors.as_bytes(),
            edges: self.edges.as_bytes(),
            pins: self.pins.as_ref().map(String::as_bytes),
            blocks: self.blocks.as_ref().map(String::as_bytes),
            current: self.current.as_ref().map(String::as_bytes),
        })
    }

    pub fn read_apart(&self) -> (Case<'static>, People) {
        certificate::read_case(
            [self.mentees.as_bytes(), self.mentors.as_bytes(), self.edges.as_bytes()],
            [&self.pins, &self.blocks, &self.current].map(|text| text.as_ref().map(String::as_bytes)),
        )
        .expect("what one reading takes, the other takes")
    }
}

/// A mentee and what edges they have: mentor, fit.
pub type Row = (u8, Vec<Option<i32>>);

/// Some mentees and mentors, few enough to try everything.
pub fn small() -> impl Strategy<Value = (Texts, Rules)> {
    let mentor = (0..4_u8, -3..4_i32, prop::collection::vec(0..4_i32, 4));
    let mentors = prop::collection::vec(mentor, 1..4);
    (mentors, 1..5_usize).prop_flat_map(|(mentors, mentees)| {
        let fit =
            prop_oneof![2 => Just(None), 3 => (0..8_i32).prop_map(Some), 1 => (-2..100_i32).prop_map(Some)];
        let row = (1..3_u8, prop::collection::vec(fit, mentors.len()));
        let mode = prop_oneof![
            3 => Just(Mode::Participation),
            1 => (0..12_i64).prop_map(|reserve| Mode::Score { reserve })
        ];
        let rules = (mode, prop::option::weighted(0.4, 0..9_i32), 0..5_i64)
            .prop_map(|(mode, floor, stay)| Rules { mode, floor, stay });
        let marks = prop::collection::vec((0..mentees, 0..mentors.len(), 0..6_u8), 0..4);
        (Just(mentors), prop::collection::vec(row, mentees), rules, marks)
            .prop_map(|(mentors, rows, rules, marks)| (texts(&mentors, &rows, &marks), rules))
    })
}

fn texts(mentors: &[(u8, i32, Vec<i32>)], rows: &[Row], marks: &[(usize, usize, u8)]) -> Texts {
    let mut texts = Texts {
        mentees: "mentee,demand\n".to_owned(),
        mentors: "mentor,capacity,load1,load2,load3,load4,load5\n".to_owned(),
        edges: "mentee,mentor,weight\n".to_owned(),
        ..Texts::default()
    };
    for (mentor, (capacity, first, steps)) in mentors.iter().enumerate() {
        let mut load = *first;
        write!(texts.mentors, "{mentor},{capacity},{load}").unwrap();
        for step in steps {
            load += step;
            write!(texts.mentors, ",{load}").unwrap();
        }
        texts.mentors.push('\n');
    }
    for (mentee, (demand, edges)) in rows.iter().enumerate() {
        writeln!(texts.mentees, "{mentee},{demand}").unwrap();
        for (mentor, fit) in edges.iter().enumerate().filter_map(|(mentor, fit)| Some((mentor, (*fit)?))) {
            writeln!(texts.edges, "{mentee},{mentor},{fit}").unwrap();
        }
    }
    mark(&mut texts, rows, mentors, marks);
    texts
}

/// Pins where they are possible, blocks and current pairs, each at most once.
fn mark(texts: &mut Texts, rows: &[Row], mentors: &[(u8, i32, Vec<i32>)], marks: &[(usize, usize, u8)]) {
    let mut files = [(); 3].map(|()| "mentee,mentor\n".to_owned());
    let mut wanted: Vec<u8> = rows.iter().map(|row| row.0).collect();
    let mut free: Vec<u8> = mentors.iter().map(|mentor| mentor.0).collect();
    let mut seen = Vec::new();
    for &(mentee, mentor, what) in marks {
        if seen.contains(&(mentee, mentor)) {
            continue;
        }
        seen.push((mentee, mentor));
        let kind = match what {
            0 if rows[mentee].1[mentor].is_some() && wanted[mentee] > 0 && free[mentor] > 0 => {
                wanted[mentee] -= 1;
                free[mentor] -= 1;
                0
            }
            1 | 2 => 1,
            _ => 2,
        };
        writeln!(files[kind], "{mentee},{mentor}").unwrap();
    }
    let [pins, blocks, current] = files;
    (texts.pins, texts.blocks, texts.current) = (Some(pins), Some(blocks), Some(current));
}

/// What a matching is judged by, first things first.
pub type Worth = (i64, i64, i64);

pub fn worth(instance: &Instance, rules: &Rules, pairs: &[Pair]) -> Worth {
    let mut loads = vec![0_u8; instance.mentor_count()];
    let mut mentees = std::collections::BTreeSet::new();
    let (mut weak, mut points) = (0, 0);
    for pair in pairs {
        let fit = instance.fit(*pair).unwrap();
        weak += i64::from(rules.floor.is_some_and(|floor| fit < floor));
        points += i64::from(fit) + if instance.is_current(*pair) { rules.stay } else { 0 };
        points -= instance.offer(pair.mentor).cost(loads[pair.mentor as usize]);
        loads[pair.mentor as usize] += 1;
        mentees.insert(pair.mentee);
    }
    let matched = i64::try_from(mentees.len()).unwrap();
    match rules.mode {
        Mode::Participation => (matched, -weak, points),
        Mode::Score { reserve } => (0, -weak, points + reserve * matched),
    }
}

/// Every matching that is allowed.
pub fn every(instance: &Instance) -> Vec<Vec<Pair>> {
    let mut free: Vec<u8> = instance.all_mentors().map(|mentor| instance.offer(mentor).capacity).collect();
    let mut all = Vec::new();
    choose(instance, 0, &mut free, &mut Vec::new(), &mut all);
    all
}

fn choose(
    instance: &Instance,
    mentee: u32,
    free: &mut [u8],
    pairs: &mut Vec<Pair>,
    all: &mut Vec<Vec<Pair>>,
) {
    if mentee as usize == instance.mentee_count() {
        all.push(pairs.clone());
        return;
    }
    let mentors: Vec<u32> = instance.edges(mentee).map(|edge| edge.mentor).collect();
    for set in 0..1_u32 << mentors.len() {
        let chosen = || mentors.iter().enumerate().filter(move |(at, _)| set >> at & 1 == 1).map(|(_, m)| *m);
        let pinned =
            instance.all_mentors().filter(|mentor| instance.is_pinned(Pair { mentee, mentor: *mentor }));
        let is_allowed = set.count_ones() <= u32::from(instance.demand(mentee))
            && chosen().all(|mentor| free[mentor as usize] > 0)
            && chosen().all(|mentor| !instance.is_blocked(Pair { mentee, mentor }))
            && pinned.into_iter().all(|mentor| chosen().any(|chosen| chosen == mentor));
        if is_allowed {
            let before = pairs.len();
            for mentor in chosen() {
                free[mentor as usize] -= 1;
                pairs.push(Pair { mentee, mentor });
            }
            choose(instance, mentee + 1, free, pairs, all);
            for pair in pairs.drain(before..) {
                free[pair.mentor as usize] += 1;
            }
        }
    }
}
