//! Who could help whom, and how well that would fit: from facts and wishes to edges.
//!
//! Hard rules come first, and each says by its name why two people are no pair. What is left is a sum of points, criterion
//! by criterion, so that a fit can always be told in words. Nobody gets a number for themselves: points belong to pairs.

mod candidates;
mod criteria;

pub use candidates::{Candidates, Desk};
pub use criteria::{Criterion, Points, Weighting};

/// Half hours of a day in UTC in which somebody works, as bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Hours(u64);

impl Hours {
    /// The half hours from `from` on, `length` of them, around midnight if need be.
    #[must_use]
    pub fn new(from: u32, length: u32) -> Self {
        Self((0..length.min(DAY)).fold(0, |hours, step| hours | 1 << ((from + step) % DAY)))
    }

    /// How many half hours two people share.
    #[must_use]
    pub fn shared(self, other: Self) -> u32 {
        (self.0 & other.0).count_ones()
    }
}

const DAY: u32 = 48;

/// Where somebody stands among those who work for each other: numbers from a walk through the whole tree of reporting lines,
/// given when a person is entered and when everybody below them was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Line {
    /// The number on entering.
    pub from: u32,
    /// The number after everybody below.
    pub to: u32,
}

impl Line {
    /// Whether one works for the other, directly or through others, in either direction.
    #[must_use]
    pub fn is_one_with(self, other: Self) -> bool {
        self.from <= other.from && other.from < self.to || other.from <= self.from && self.from < other.to
    }

    /// The numbers of everybody, from whom each works for; whoever works for nobody has `None`.
    #[must_use]
    pub fn of_all(leads: &[Option<u32>]) -> Vec<Self> {
        let mut below: Vec<Vec<usize>> = vec![Vec::new(); leads.len()];
        for (person, lead) in leads.iter().enumerate() {
            if let Some(lead) = lead {
                below[*lead as usize].push(person);
            }
        }
        let mut lines = vec![Self::default(); leads.len()];
        let mut next = 0;
        for top in (0..leads.len()).filter(|person| leads[*person].is_none()) {
            let mut open = vec![(top, 0)];
            lines[top].from = next;
            next += 1;
            while let Some((person, at)) = open.last_mut() {
                let person = *person;
                if let Some(child) = below[person].get(*at).copied() {
                    *at += 1;
                    lines[child].from = next;
                    next += 1;
                    open.push((child, 0));
                } else {
                    lines[person].to = next;
                    open.pop();
                }
            }
        }
        lines
    }
}

/// What both sides have in common.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Person {
    /// Who, so that nobody mentors themselves.
    pub person: u32,
    /// Their reporting line.
    pub line: Line,
    /// When they work.
    pub hours: Hours,
    /// Languages they speak, as bits.
    pub languages: u64,
    /// Where they work: a team area.
    pub area: u32,
    /// A group they count themselves to, where they said so.
    pub group: Option<u8>,
}

/// A skill that somebody wants to learn, and how far they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wanted {
    /// The skill.
    pub skill: u16,
    /// The level they have, 0 to 5.
    pub level: u8,
}

/// Which area a mentee would like their mentor to be from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum AreaWish {
    /// No matter.
    #[default]
    Any,
    /// The same area.
    Same,
    /// Another area.
    Other,
}

/// Somebody who asks.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Ask {
    /// Who they are.
    pub of: Person,
    /// What they want to learn, dearest first; the first three count.
    pub wanted: Vec<Wanted>,
    /// Where their mentor should be from.
    pub area: AreaWish,
    /// Whether a mentor of their own group would be welcome.
    pub same_group: bool,
    /// Mentors they named, in order of the list of offers.
    pub named: Vec<u32>,
    /// Mentors who are not to be proposed, whoever of the two said so and whyever; in order.
    pub blocked: Vec<u32>,
}

/// Somebody who offers.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Give {
    /// Who they are.
    pub of: Person,
    /// What they can teach: skill and level, 1 to 5.
    pub skills: Vec<(u16, u8)>,
    /// Whether they take mentees at all.
    pub is_open: bool,
}

/// Why two people are no pair, whatever else speaks for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum HardRule {
    /// Nobody mentors themselves.
    Oneself,
    /// The mentor takes nobody now.
    NotOffering,
    /// One of the two asked for it. That is all anybody hears.
    Blocked,
    /// One works for the other, directly or through others.
    ReportingLine,
    /// They speak no language together.
    Language,
    /// They share too few working hours.
    Hours,
    /// There is nothing to learn that was asked for.
    Skill,
}

impl HardRule {
    /// In words.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Oneself => "Nobody mentors themselves.",
            Self::NotOffering => "This mentor takes no mentees now.",
            Self::Blocked => "This pair is excluded.",
            Self::ReportingLine => "One of the two works for the other.",
            Self::Language => "They have no language in common.",
            Self::Hours => "They share too few working hours.",
            Self::Skill => "This mentor does not offer more of what is asked for.",
        }
    }
}
