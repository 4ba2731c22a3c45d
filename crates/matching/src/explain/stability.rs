//! Pairs who would rather have each other: the best for all is not always what two people would choose.

use crate::instance::{Instance, Mentee, Pair};
use crate::solver::Matching;

/// Two people who fit better than what each of them has to give up for it (Gale and Shapley, College admissions and the
/// stability of marriage, 1962). What it would cost everybody else says `why_not`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Blocking {
    /// The two.
    pub pair: Pair,
    /// How much better the mentee would fit; all of it, when a seat of theirs is open.
    pub gain: i32,
    /// Who would have to go; nobody, when the mentor has room.
    pub instead_of: Option<Mentee>,
}

/// All blocking pairs, those with the largest gain first.
#[must_use]
pub fn blocking(instance: &Instance, matching: &Matching) -> Vec<Blocking> {
    let mut worst_of_mentee = vec![None; instance.mentee_count()];
    let mut worst_of_mentor = vec![None; instance.mentor_count()];
    let mut seats = instance.demand.clone();
    let mut places: Vec<u8> = instance.offers.iter().map(|offer| offer.capacity).collect();
    for pair in &matching.pairs {
        seats[pair.mentee as usize] -= 1;
        places[pair.mentor as usize] -= 1;
        if instance.is_pinned(*pair) {
            continue;
        }
        let fit = instance.fit(*pair).unwrap_or(i32::MIN);
        let mine = &mut worst_of_mentee[pair.mentee as usize];
        if mine.is_none_or(|worst| fit < worst) {
            *mine = Some(fit);
        }
        let theirs = &mut worst_of_mentor[pair.mentor as usize];
        if theirs.is_none_or(|(worst, _)| fit < worst) {
            *theirs = Some((fit, pair.mentee));
        }
    }
    let mut all = Vec::new();
    for mentee in instance.all_mentees() {
        for edge in instance.edges(mentee) {
            let pair = Pair { mentee, mentor: edge.mentor };
            let gain = match (seats[mentee as usize], worst_of_mentee[mentee as usize]) {
                (1.., _) => edge.fit,
                (0, Some(worst)) => edge.fit - worst,
                (0, None) => continue,
            };
            let instead_of = match (places[edge.mentor as usize], worst_of_mentor[edge.mentor as usize]) {
                (1.., _) => None,
                (0, Some((worst, mentee))) if worst < edge.fit => Some(mentee),
                (0, _) => continue,
            };
            let is_new = matching.pairs.binary_search(&pair).is_err() && !instance.is_blocked(pair);
            if gain > 0 && is_new {
                all.push(Blocking { pair, gain, instead_of });
            }
        }
    }
    all.sort_unstable_by_key(|one| (std::cmp::Reverse(one.gain), one.pair));
    all
}
