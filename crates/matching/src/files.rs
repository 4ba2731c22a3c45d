//! Reading an instance: `mentees.csv`, `mentors.csv`, `edges.csv`, and `pins.csv`, `blocks.csv`, `current.csv` where
//! they are there. What is wrong is named with its file and line.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::fmt::Display;
use std::io::BufRead;

use crate::instance::{Instance, LARGEST, MOST_MENTEES, MenteeId, MentorId, Offer, Pair};
use crate::table::{BadLine, Table};

/// The files of an instance, opened.
#[derive(Debug)]
pub struct Sources<R> {
    /// `mentee,demand`
    pub mentees: R,
    /// `mentor,capacity,load1,load2,load3,load4,load5`
    pub mentors: R,
    /// `mentee,mentor,weight`
    pub edges: R,
    /// `mentee,mentor`: pairs that stay
    pub pins: Option<R>,
    /// `mentee,mentor`: pairs that must not be
    pub blocks: Option<R>,
    /// `mentee,mentor`: pairs there are now
    pub current: Option<R>,
}

/// Reads an instance.
///
/// # Errors
///
/// The first line that cannot be taken.
pub fn read<R: BufRead>(sources: Sources<R>) -> Result<Instance, BadLine> {
    let (mentees, demand) = in_order(read_mentees(sources.mentees)?);
    let (mentors, offers) = in_order(read_mentors(sources.mentors)?);
    let names = Names { mentees: Name::of(&mentees, |id| id.0), mentors: Name::of(&mentors, |id| id.0) };
    let mut instance = Instance { mentees, demand, mentors, offers, ..Instance::default() };

    read_edges(&mut instance, &names, sources.edges)?;
    if let Some(from) = sources.blocks {
        instance.blocks = read_pairs("blocks.csv", from, &names, |_| None)?;
    }
    if let Some(from) = sources.pins {
        let mut left = Left::of(&instance);
        instance.pins = read_pairs("pins.csv", from, &names, |pair| left.take(&instance, pair))?;
    }
    if let Some(from) = sources.current {
        instance.current = read_pairs("current.csv", from, &names, |_| None)?;
        let mut current = std::mem::take(&mut instance.current);
        current.retain(|pair| instance.fit(*pair).is_some());
        instance.current = current;
    }
    Ok(instance)
}

fn read_mentees(from: impl BufRead) -> Result<Vec<(MenteeId, u8)>, BadLine> {
    let mut table = Table::open("mentees.csv", from, &["mentee", "demand"])?;
    let mut people = Vec::new();
    let mut seen = Seen::default();
    while let Some([id, demand]) = table.next()? {
        let id = seen.take(&table, "mentee", id)?;
        let demand = match demand {
            1 => 1,
            2 => 2,
            _ => return Err(table.wrong(format!("The demand of mentee {id} is {demand}; it is 1 or 2."))),
        };
        people.push((MenteeId(id), demand));
    }
    Ok(people)
}

fn read_mentors(from: impl BufRead) -> Result<Vec<(MentorId, Offer)>, BadLine> {
    let names = &["mentor", "capacity", "load1", "load2", "load3", "load4", "load5"];
    let mut table = Table::open("mentors.csv", from, names)?;
    let mut people = Vec::new();
    let mut seen = Seen::default();
    while let Some([id, capacity, costs @ ..]) = table.next::<7>()? {
        let id = seen.take(&table, "mentor", id)?;
        if capacity < 0 {
            return Err(table.wrong(format!("The capacity of mentor {id} is negative.")));
        }
        let capacity = u8::try_from(capacity).ok().filter(|capacity| *capacity <= MOST_MENTEES);
        let Some(capacity) = capacity else {
            return Err(table.wrong(format!("Mentor {id} takes more than {MOST_MENTEES} mentees.")));
        };
        let mut load = [0; 5];
        for (step, cost) in load.iter_mut().zip(costs) {
            *step = small(cost).ok_or_else(|| {
                table.wrong(format!("A load of mentor {id} is too large: at most {LARGEST}, up and down."))
            })?;
        }
        if !load.is_sorted() {
            return Err(
                table.wrong(format!("The loads of mentor {id} fall; each is at least the one before."))
            );
        }
        people.push((MentorId(id), Offer { capacity, load }));
    }
    Ok(people)
}

fn read_edges(instance: &mut Instance, names: &Names, from: impl BufRead) -> Result<(), BadLine> {
    let mut table = Table::open("edges.csv", from, &["mentee", "mentor", "weight"])?;
    // In order, as a rule: then edges go straight to where they belong. Otherwise they are sorted once at the end.
    let mut unsorted: Vec<(Pair, i32, usize)> = Vec::new();
    let mut last: Option<Pair> = None;
    instance.rows.push(0);
    while let Some([mentee, mentor, weight]) = table.next()? {
        let pair = names.pair(&table, mentee, mentor)?;
        let Some(fit) = small(weight) else {
            return Err(
                table.wrong(format!("The weight {weight} is too large: at most {LARGEST}, up and down."))
            );
        };
        if last == Some(pair) {
            return Err(table.wrong(twice(mentee, mentor)));
        }
        if !unsorted.is_empty() || last.is_some_and(|last| last > pair) {
            unsorted.push((pair, fit, table.line()));
            continue;
        }
        last = Some(pair);
        if instance.to.len() >= MOST_EDGES {
            return Err(table.wrong("There are more edges than can be counted."));
        }
        begin_rows(instance, pair.mentee as usize);
        instance.to.push(pair.mentor);
        instance.fit.push(fit);
    }
    if unsorted.is_empty() {
        begin_rows(instance, instance.mentees.len());
        return Ok(());
    }
    match sort_edges(instance, unsorted) {
        Ok(()) => Ok(()),
        Err((pair, line)) => {
            let (mentee, mentor) = (instance.mentee_id(pair.mentee), instance.mentor_id(pair.mentor));
            Err(table.wrong_at(line, twice(mentee.0, mentor.0)))
        }
    }
}

/// Sorts what came in order together with what did not; else the pair that stands there twice, and the later line.
fn sort_edges(instance: &mut Instance, unsorted: Vec<(Pair, i32, usize)>) -> Result<(), (Pair, usize)> {
    begin_rows(instance, instance.mentees.len());
    let mut all = unsorted;
    for mentee in instance.all_mentees() {
        all.extend(instance.edges(mentee).map(|edge| (Pair { mentee, mentor: edge.mentor }, edge.fit, 0)));
    }
    all.sort_unstable_by_key(|(pair, _, line)| (*pair, *line));
    if let Some(both) = all.windows(2).find(|both| both[0].0 == both[1].0) {
        return Err((both[1].0, both[1].2));
    }
    instance.rows.truncate(1);
    instance.to.clear();
    instance.fit.clear();
    for (pair, fit, _) in all {
        begin_rows(instance, pair.mentee as usize);
        instance.to.push(pair.mentor);
        instance.fit.push(fit);
    }
    begin_rows(instance, instance.mentees.len());
    Ok(())
}

/// The rows up to this one begin where the edges end now.
fn begin_rows(instance: &mut Instance, row: usize) {
    let end = u32::try_from(instance.to.len()).unwrap_or(u32::MAX);
    while instance.rows.len() <= row {
        instance.rows.push(end);
    }
}

fn read_pairs(
    file: &'static str,
    from: impl BufRead,
    names: &Names,
    mut why_not: impl FnMut(Pair) -> Option<&'static str>,
) -> Result<Vec<Pair>, BadLine> {
    let mut table = Table::open(file, from, &["mentee", "mentor"])?;
    let mut pairs = BTreeSet::new();
    while let Some([mentee, mentor]) = table.next()? {
        let pair = names.pair(&table, mentee, mentor)?;
        if !pairs.insert(pair) {
            return Err(table.wrong(twice(mentee, mentor)));
        }
        if let Some(reason) = why_not(pair) {
            return Err(table.wrong(format!("Mentee {mentee} and mentor {mentor}: {reason}")));
        }
    }
    Ok(pairs.into_iter().collect())
}

/// What pins leave of demands and capacities.
struct Left {
    demand: Vec<u8>,
    capacity: Vec<u8>,
}

impl Left {
    fn of(instance: &Instance) -> Self {
        let capacity = instance.offers.iter().map(|offer| offer.capacity).collect();
        Self { demand: instance.demand.clone(), capacity }
    }

    fn take(&mut self, instance: &Instance, pair: Pair) -> Option<&'static str> {
        if instance.fit(pair).is_none() {
            return Some("the pair is pinned and has no edge.");
        }
        if instance.is_blocked(pair) {
            return Some("the pair is both pinned and blocked.");
        }
        let (demand, capacity) =
            (&mut self.demand[pair.mentee as usize], &mut self.capacity[pair.mentor as usize]);
        match (demand.checked_sub(1), capacity.checked_sub(1)) {
            (None, _) => Some("the mentee is pinned to more mentors than they ask for."),
            (_, None) => Some("the mentor is pinned to more mentees than they take."),
            (Some(wanted), Some(free)) => {
                (*demand, *capacity) = (wanted, free);
                None
            }
        }
    }
}

/// From the numbers of the files to places in the instance.
struct Names {
    mentees: Name,
    mentors: Name,
}

impl Names {
    fn pair<R: BufRead>(&self, table: &Table<R>, mentee: i64, mentor: i64) -> Result<Pair, BadLine> {
        match (self.mentees.find(mentee), self.mentors.find(mentor)) {
            (Some(mentee), Some(mentor)) => Ok(Pair { mentee, mentor }),
            (None, _) => Err(table.wrong(format!("There is no mentee {mentee} in mentees.csv."))),
            (_, None) => Err(table.wrong(format!("There is no mentor {mentor} in mentors.csv."))),
        }
    }
}

/// One side's numbers.
enum Name {
    /// 0, 1, 2, …: nothing to look up.
    Counted(u32),
    Listed(HashMap<u64, u32>),
}

impl Name {
    fn of<I>(ids: &[I], number: impl Fn(&I) -> u64) -> Self {
        let counted = ids.iter().map(&number).zip(0..).all(|(id, place)| id == place);
        if counted {
            Self::Counted(u32::try_from(ids.len()).unwrap_or(u32::MAX))
        } else {
            Self::Listed(ids.iter().map(number).zip(0..).collect())
        }
    }

    fn find(&self, id: i64) -> Option<u32> {
        match self {
            Self::Counted(count) => u32::try_from(id).ok().filter(|place| place < count),
            Self::Listed(places) => places.get(&u64::try_from(id).ok()?).copied(),
        }
    }
}

/// Numbers that were there before.
#[derive(Default)]
struct Seen(HashSet<u64>);

impl Seen {
    fn take<R: BufRead>(&mut self, table: &Table<R>, what: &str, id: i64) -> Result<u64, BadLine> {
        let Ok(id) = u64::try_from(id) else {
            return Err(table.wrong(format!("The number of {what} {id} is negative.")));
        };
        if self.0.len() >= MOST_PEOPLE {
            return Err(table.wrong("There are more people than can be counted."));
        }
        if self.0.insert(id) { Ok(id) } else { Err(table.wrong(format!("{what} {id} stands there twice."))) }
    }
}

/// Sorted by number, and taken apart.
fn in_order<I: Ord + Copy, T: Copy>(mut people: Vec<(I, T)>) -> (Vec<I>, Vec<T>) {
    people.sort_unstable_by_key(|(id, _)| *id);
    people.into_iter().unzip()
}

fn small(number: i64) -> Option<i32> {
    i32::try_from(number).ok().filter(|number| i64::from(*number).abs() <= LARGEST)
}

fn twice(mentee: impl Display, mentor: impl Display) -> String {
    format!("Mentee {mentee} and mentor {mentor} stand there twice.")
}

const MOST_EDGES: usize = u32::MAX as usize - 1;
const MOST_PEOPLE: usize = 1 << 30;
