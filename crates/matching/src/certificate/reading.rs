//! The certificate's own reading of the files: slower than the solver's, and sharing nothing with it.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::io::BufRead;

use super::case::Case;

/// A file that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{file}:{line}: {message}")]
pub struct NotReadable {
    /// The file's name.
    pub file: String,
    /// The line, counted from 1.
    pub line: usize,
    /// A whole sentence.
    pub message: String,
}

/// Pairs and prices, as somebody claims that they are the best.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    /// Mentee and mentor, as places.
    pub pairs: Vec<(u32, u32)>,
    /// The price of each mentor.
    pub prices: Vec<i128>,
}

/// The people of a case under their numbers in the files.
#[derive(Debug, Clone, Default)]
pub struct People {
    mentees: BTreeMap<i128, u32>,
    mentors: BTreeMap<i128, u32>,
}

/// Reads what is to be matched: mentees, mentors, edges, then pins, blocks and current pairs where they are there.
///
/// # Errors
///
/// The first line that cannot be taken.
pub fn read_case<R: BufRead>(
    [mentees, mentors, edges]: [R; 3],
    [pins, blocks, current]: [Option<R>; 3],
) -> Result<(Case<'static>, People), NotReadable> {
    let mut demand = BTreeMap::new();
    each_line("mentees.csv", mentees, &["mentee", "demand"], |row| {
        let wanted = u8::try_from(row[1]).ok().filter(|wanted| (1..=2).contains(wanted)).ok_or("demand")?;
        demand.insert(row[0], wanted).map_or(Ok(()), |_| Err("twice"))
    })?;
    let mut offers = BTreeMap::new();
    let names = ["mentor", "capacity", "load1", "load2", "load3", "load4", "load5"];
    each_line("mentors.csv", mentors, &names, |row| {
        let capacity = u8::try_from(row[1]).ok().filter(|capacity| *capacity <= 20).ok_or("capacity")?;
        let mut load = [0; 5];
        for (step, cost) in load.iter_mut().zip(&row[2..]) {
            *step = i64::try_from(*cost).map_err(|_| "load")?;
        }
        if load.windows(2).any(|both| both[0] > both[1]) {
            return Err("falling loads");
        }
        offers.insert(row[0], (capacity, load)).map_or(Ok(()), |_| Err("twice"))
    })?;
    let people = People {
        mentees: demand.keys().copied().zip(0..).collect(),
        mentors: offers.keys().copied().zip(0..).collect(),
    };
    let mut all = Vec::new();
    each_line("edges.csv", edges, &["mentee", "mentor", "weight"], |row| {
        let (mentee, mentor) = people.pair(row)?;
        all.push((mentee, mentor, i32::try_from(row[2]).map_err(|_| "weight")?));
        Ok(())
    })?;
    all.sort_unstable();
    if all.windows(2).any(|both| (both[0].0, both[0].1) == (both[1].0, both[1].1)) {
        return Err(wrong("edges.csv", 0, "an edge stands there twice"));
    }
    let mut rows = vec![0_u32; demand.len() + 1];
    for (mentee, ..) in &all {
        rows[*mentee as usize + 1] += 1;
    }
    for at in 1..rows.len() {
        rows[at] += rows[at - 1];
    }
    let case = Case {
        demand: demand.into_values().collect(),
        offers: offers.into_values().collect(),
        rows: rows.into(),
        to: all.iter().map(|edge| edge.1).collect::<Vec<_>>().into(),
        fit: Cow::Owned(all.iter().map(|edge| edge.2).collect()),
        pins: people.pairs("pins.csv", pins)?,
        blocks: people.pairs("blocks.csv", blocks)?,
        current: people.pairs("current.csv", current)?,
    };
    Ok((case, people))
}

/// Reads what is claimed: `pairs.csv` and `prices.csv`.
///
/// # Errors
///
/// The first line that cannot be taken.
pub fn read_claim<R: BufRead>(people: &People, pairs: R, prices: R) -> Result<Claim, NotReadable> {
    let pairs = people.pairs("pairs.csv", Some(pairs))?;
    let mut said = BTreeMap::new();
    each_line("prices.csv", prices, &["mentor", "price"], |row| {
        let mentor = people.mentors.get(&row[0]).ok_or("unknown mentor")?;
        said.insert(*mentor, row[1]).map_or(Ok(()), |_| Err("twice"))
    })?;
    if said.len() != people.mentors.len() {
        return Err(wrong("prices.csv", 0, "not every mentor has a price"));
    }
    Ok(Claim { pairs, prices: said.into_values().collect() })
}

impl People {
    fn pair(&self, row: &[i128]) -> Result<(u32, u32), &'static str> {
        let mentee = self.mentees.get(&row[0]).ok_or("unknown mentee")?;
        let mentor = self.mentors.get(&row[1]).ok_or("unknown mentor")?;
        Ok((*mentee, *mentor))
    }

    fn pairs(&self, file: &str, from: Option<impl BufRead>) -> Result<Vec<(u32, u32)>, NotReadable> {
        let mut pairs = Vec::new();
        if let Some(from) = from {
            each_line(file, from, &["mentee", "mentor"], |row| {
                pairs.push(self.pair(row)?);
                Ok(())
            })?;
        }
        pairs.sort_unstable();
        Ok(pairs)
    }
}

/// Hands the wanted cells of each line on.
fn each_line(
    file: &str,
    mut from: impl BufRead,
    names: &[&str],
    mut take: impl FnMut(&[i128]) -> Result<(), &'static str>,
) -> Result<(), NotReadable> {
    let mut text = String::new();
    let mut places: Vec<usize> = Vec::new();
    let mut row = vec![0_i128; names.len()];
    for line in 1.. {
        text.clear();
        if from.read_line(&mut text).map_err(|_| wrong(file, line, "the line is not readable text"))? == 0 {
            break;
        }
        let cells = text.trim().trim_start_matches('\u{feff}').split(',').map(str::trim);
        if line == 1 {
            let header: Vec<&str> = cells.collect();
            for name in names {
                let place = header.iter().position(|cell| cell == name);
                places.push(place.ok_or_else(|| wrong(file, line, &format!("no column {name}")))?);
            }
        } else if !text.trim().is_empty() {
            row.fill(i128::MIN);
            for (at, cell) in cells.enumerate() {
                if let Some(place) = places.iter().position(|place| *place == at) {
                    row[place] = cell.parse().map_err(|_| wrong(file, line, "no whole number"))?;
                }
            }
            if row.contains(&i128::MIN) {
                return Err(wrong(file, line, "a cell is missing"));
            }
            take(&row).map_err(|what| wrong(file, line, what))?;
        }
    }
    if places.is_empty() { Err(wrong(file, 1, "the file is empty")) } else { Ok(()) }
}

fn wrong(file: &str, line: usize, message: &str) -> NotReadable {
    NotReadable { file: file.to_owned(), line, message: message.to_owned() }
}
