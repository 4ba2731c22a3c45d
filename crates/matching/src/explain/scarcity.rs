//! Of whom there are too few, and what one more would be worth.

use super::{Difference, compare};
use crate::instance::{Instance, Mentee, Mentor, MentorId, Offer};
use crate::rules::{Rules, TooLarge};
use crate::solver::{Matching, over_demanded};

/// Mentees who share fewer places than they are. That is a complete reason for each of them to have no mentor: there is
/// nobody else they could go to (Dulmage and Mendelsohn's split; Hall's condition fails here and nowhere else).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shortage {
    /// Everybody who competes, in order.
    pub mentees: Vec<Mentee>,
    /// The mentors for whom they compete, in order: all of them, and all are full.
    pub mentors: Vec<Mentor>,
    /// How many places these mentors have left beside pinned pairs.
    pub places: usize,
}

impl Shortage {
    /// How many of the mentees cannot have a mentor, whoever is chosen.
    #[must_use]
    pub fn without(&self) -> usize {
        self.mentees.len() - self.places
    }

    /// In words.
    #[must_use]
    pub fn words(&self) -> String {
        let (mentees, mentors, places) = (self.mentees.len(), self.mentors.len(), self.places);
        match (mentees, mentors) {
            (1, 0) => "This mentee has nobody to go to.".to_owned(),
            (_, 0) => format!("These {mentees} mentees have nobody to go to."),
            _ => {
                let place = if places == 1 { "place" } else { "places" };
                let mentor = if mentors == 1 { "mentor" } else { "mentors" };
                format!(
                    "These {mentees} mentees share {places} {place} with {mentors} {mentor}; {} of them cannot have one.",
                    self.without()
                )
            }
        }
    }
}

/// All shortages, each apart from the others.
///
/// # Errors
///
/// When the numbers are too large to be added up exactly.
pub fn shortages(instance: &Instance) -> Result<Vec<Shortage>, TooLarge> {
    let split = over_demanded(instance)?;
    let mut group_of_mentor: Vec<Option<usize>> = vec![None; instance.mentor_count()];
    let mut mentees_of: Vec<Vec<Mentee>> = vec![Vec::new(); instance.mentor_count()];
    for (mentee, mentors) in &split {
        for mentor in mentors {
            mentees_of[*mentor as usize].push(*mentee);
        }
    }
    let rows: std::collections::BTreeMap<Mentee, &Vec<Mentor>> =
        split.iter().map(|(mentee, mentors)| (*mentee, mentors)).collect();
    let mut seen = std::collections::BTreeSet::new();
    let mut all = Vec::new();
    for (mentee, _) in &split {
        if !seen.insert(*mentee) {
            continue;
        }
        let mut group = Shortage { mentees: vec![*mentee], mentors: Vec::new(), places: 0 };
        let mut next = 0;
        while let Some(mentee) = group.mentees.get(next).copied() {
            next += 1;
            for mentor in rows[&mentee] {
                if group_of_mentor[*mentor as usize].replace(all.len()).is_none() {
                    group.mentors.push(*mentor);
                    group
                        .mentees
                        .extend(mentees_of[*mentor as usize].iter().filter(|one| seen.insert(**one)));
                }
            }
        }
        group.mentees.sort_unstable();
        group.mentors.sort_unstable();
        group.places = group.mentors.iter().map(|mentor| places(instance, *mentor)).sum();
        all.push(group);
    }
    Ok(all)
}

fn places(instance: &Instance, mentor: Mentor) -> usize {
    let pinned = instance.pins.iter().filter(|pin| pin.mentor == mentor).count();
    usize::from(instance.offer(mentor).capacity) - pinned
}

/// What one more place with a mentor would be worth.
///
/// # Errors
///
/// When the numbers are too large to be added up exactly.
pub fn one_more_place(
    instance: &Instance,
    rules: &Rules,
    matching: &Matching,
    mentor: Mentor,
) -> Result<Difference, TooLarge> {
    let mut changed = instance.clone();
    changed.offers[mentor as usize].capacity += 1;
    Ok(compare(&changed, rules, Difference::of(instance, rules, &matching.pairs))?.1)
}

/// What one more mentor of some kind would be worth: who they could help, and how well that would fit.
///
/// # Errors
///
/// When the numbers are too large to be added up exactly.
pub fn one_more_mentor(
    instance: &Instance,
    rules: &Rules,
    matching: &Matching,
    offer: Offer,
    edges: &[(Mentee, i32)],
) -> Result<Difference, TooLarge> {
    let mut changed = instance.clone();
    // Behind all others, so that everybody else keeps their place in the lists.
    let mentor = Mentor::try_from(instance.mentor_count()).map_err(|_| TooLarge)?;
    changed.mentors.push(MentorId(instance.mentors.last().map_or(0, |last| last.0 + 1)));
    changed.offers.push(offer);
    (changed.rows, changed.to, changed.fit) = (vec![0], Vec::new(), Vec::new());
    for mentee in instance.all_mentees() {
        for edge in instance.edges(mentee) {
            changed.to.push(edge.mentor);
            changed.fit.push(edge.fit);
        }
        if let Some((_, fit)) = edges.iter().find(|(one, _)| *one == mentee) {
            changed.to.push(mentor);
            changed.fit.push(*fit);
        }
        changed.rows.push(u32::try_from(changed.to.len()).map_err(|_| TooLarge)?);
    }
    Ok(compare(&changed, rules, Difference::of(instance, rules, &matching.pairs))?.1)
}
