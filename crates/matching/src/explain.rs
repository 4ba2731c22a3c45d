//! Why a matching is as it is, in facts and in words.
//!
//! A price by itself explains nothing, and there are many that prove the same matching. So whatever is said here to be
//! worth or to cost something is the difference between two matchings that are both the best of their kind.

mod pair;
mod scarcity;
mod stability;

pub use pair::{Hindrance, Regret, WhyNot, WhyPair, why_not, why_pair};
pub use scarcity::{Shortage, one_more_mentor, one_more_place, shortages};
pub use stability::{Blocking, blocking};

use crate::instance::{Instance, Pair};
use crate::rules::{Mode, Rules, TooLarge};
use crate::solver::{Matching, solve};

/// How one matching differs from another in what matters, first things first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Difference {
    /// More mentees with a mentor. Nothing in score mode, where that is worth points.
    pub matched: i64,
    /// Fewer pairs below the floor.
    pub strong: i64,
    /// More points of fit, less loads, with what staying together and, in score mode, having a mentor is worth.
    pub points: i64,
}

impl Difference {
    /// What the second is better by.
    fn between(before: Self, after: Self) -> Self {
        Self {
            matched: after.matched - before.matched,
            strong: after.strong - before.strong,
            points: after.points - before.points,
        }
    }

    /// What a matching comes to by itself.
    #[must_use]
    pub fn of(instance: &Instance, rules: &Rules, pairs: &[Pair]) -> Self {
        let mut sum = Self::default();
        let mut load = vec![0_u8; instance.mentor_count()];
        let mut mentees: Vec<_> = pairs.iter().map(|pair| pair.mentee).collect();
        mentees.sort_unstable();
        mentees.dedup();
        for pair in pairs {
            let fit = instance.fit(*pair).unwrap_or(0);
            let load = &mut load[pair.mentor as usize];
            sum.strong -= i64::from(rules.floor.is_some_and(|floor| fit < floor));
            sum.points += i64::from(fit) - instance.offer(pair.mentor).cost(*load);
            sum.points += if instance.is_current(*pair) { rules.stay } else { 0 };
            *load += 1;
        }
        let matched = i64::try_from(mentees.len()).unwrap_or(i64::MAX);
        match rules.mode {
            Mode::Participation => sum.matched = matched,
            Mode::Score { reserve } => sum.points += reserve * matched,
        }
        sum
    }

    /// In words: what comes first, and nothing that comes after it.
    #[must_use]
    pub fn words(&self) -> String {
        let (number, one, many) = match self {
            Self { matched, .. } if *matched != 0 => {
                (*matched, "mentee with a mentor", "mentees with a mentor")
            }
            Self { strong, .. } if *strong != 0 => (-strong, "pair below the floor", "pairs below the floor"),
            Self { points: 0, .. } => return "no difference".to_owned(),
            Self { points, .. } => (*points, "point of fit", "points of fit"),
        };
        let more = if number > 0 { "more" } else { "fewer" };
        format!("{} {more} {}", number.abs(), if number.abs() == 1 { one } else { many })
    }
}

/// The best matching of an instance that was changed, and what it is better by than the one before.
fn compare(
    changed: &Instance,
    rules: &Rules,
    before: Difference,
) -> Result<(Matching, Difference), TooLarge> {
    let after = solve(changed, rules)?;
    let sum = Difference::of(changed, rules, &after.pairs);
    Ok((after, Difference::between(before, sum)))
}
