//! Why these two, and why not those.

use super::{Difference, compare};
use crate::instance::{Instance, Mentee, Mentor, Pair};
use crate::rules::{Rules, TooLarge, Weights};
use crate::solver::{Matching, Move, moves};

/// Why two people are a pair.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WhyPair {
    /// Somebody pinned them.
    Pinned,
    /// At the prices there are, nobody leaves the mentee more.
    Best {
        /// How well the two fit.
        fit: i32,
        /// The mentor who comes next, and by how many points they are behind, after prices.
        next: Option<(Mentor, i64)>,
    },
}

/// Says why two people are a pair. `None` when they are none.
///
/// # Errors
///
/// When the numbers are too large to be added up exactly.
pub fn why_pair(
    instance: &Instance,
    rules: &Rules,
    matching: &Matching,
    pair: Pair,
) -> Result<Option<WhyPair>, TooLarge> {
    if matching.pairs.binary_search(&pair).is_err() {
        return Ok(None);
    }
    let (false, Some(fit)) = (instance.is_pinned(pair), instance.fit(pair)) else {
        return Ok(Some(WhyPair::Pinned));
    };
    let weights = Weights::of(instance, rules)?;
    let mine = net(instance, &weights, matching, pair);
    let others = instance.edges(pair.mentee).map(|edge| Pair { mentor: edge.mentor, ..pair });
    let next = others
        .filter(|other| matching.pairs.binary_search(other).is_err() && !instance.is_blocked(*other))
        .map(|other| (other.mentor, mine - net(instance, &weights, matching, other)))
        .min_by_key(|(mentor, behind)| (*behind, *mentor));
    Ok(Some(WhyPair::Best { fit, next }))
}

/// What a pair leaves its mentee after paying the mentor's price.
fn net(instance: &Instance, weights: &Weights, matching: &Matching, pair: Pair) -> i64 {
    weights.worth(instance, pair).unwrap_or(0) - matching.prices[pair.mentor as usize]
}

/// What stands in the way of a pair whatever is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hindrance {
    /// A hard rule took the edge away.
    NoEdge,
    /// Somebody blocked it.
    Blocked,
    /// All places of the mentor are pinned to others.
    NoPlace,
    /// The mentee is pinned to as many mentors as they ask for.
    NoSeat,
}

/// Why two people are no pair.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WhyNot {
    /// They are one.
    TheyAre,
    /// They cannot be.
    Cannot(Hindrance),
    /// They could be, and this is what it would cost.
    Regret(Regret),
}

/// What it would cost to make two people a pair.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Regret {
    /// How the best matching with the pair differs from the best one: never better.
    pub cost: Difference,
    /// Who would have other mentors then; the mentee of the pair among them.
    pub displaced: Vec<Move>,
}

impl Regret {
    /// In words.
    #[must_use]
    pub fn words(&self, instance: &Instance, pair: Pair) -> String {
        let others = self.displaced.iter().filter(|one| one.mentee != pair.mentee).count();
        let (mentee, mentor) = (instance.mentee_id(pair.mentee).0, instance.mentor_id(pair.mentor).0);
        let people = if others == 1 { "person" } else { "people" };
        format!(
            "With mentee {mentee} at mentor {mentor} there would be {}, and {others} other {people} would change mentors.",
            self.cost.words()
        )
    }
}

/// Says why a mentee does not have a mentor, and what it would cost if they had.
///
/// # Errors
///
/// When the numbers are too large to be added up exactly.
pub fn why_not(
    instance: &Instance,
    rules: &Rules,
    matching: &Matching,
    mentee: Mentee,
    mentor: Mentor,
) -> Result<WhyNot, TooLarge> {
    let pair = Pair { mentee, mentor };
    if matching.pairs.binary_search(&pair).is_ok() {
        return Ok(WhyNot::TheyAre);
    }
    if let Some(hindrance) = hindrance(instance, pair) {
        return Ok(WhyNot::Cannot(hindrance));
    }
    let mut pinned = instance.clone();
    let at = pinned.pins.partition_point(|pin| *pin < pair);
    pinned.pins.insert(at, pair);
    let (after, cost) = compare(&pinned, rules, Difference::of(instance, rules, &matching.pairs))?;
    Ok(WhyNot::Regret(Regret { cost, displaced: moves(instance, &matching.pairs, &after.pairs) }))
}

fn hindrance(instance: &Instance, pair: Pair) -> Option<Hindrance> {
    let pins =
        |is_same: fn(&Pair, &Pair) -> bool| instance.pins.iter().filter(|pin| is_same(pin, &pair)).count();
    if instance.fit(pair).is_none() {
        Some(Hindrance::NoEdge)
    } else if instance.is_blocked(pair) {
        Some(Hindrance::Blocked)
    } else if pins(|pin, pair| pin.mentor == pair.mentor) >= usize::from(instance.offer(pair.mentor).capacity)
    {
        Some(Hindrance::NoPlace)
    } else if pins(|pin, pair| pin.mentee == pair.mentee) >= usize::from(instance.demand(pair.mentee)) {
        Some(Hindrance::NoSeat)
    } else {
        None
    }
}
