//! The best candidates of each mentee, without looking at every pair.

use super::criteria::ahead;
use super::{Ask, Give, HardRule, Points, Weighting};
use crate::instance::Edge;

/// Mentors, ordered by what they offer.
#[derive(Debug)]
pub struct Candidates<'a> {
    gives: &'a [Give],
    weighting: Weighting,
    /// Who offers each skill, and at which level.
    by_skill: Vec<Vec<(u32, u8)>>,
}

/// Room for one mentee after another.
#[derive(Debug, Default)]
pub struct Desk {
    skills: Vec<i32>,
    met: Vec<u32>,
    found: Vec<(i32, u32)>,
}

impl<'a> Candidates<'a> {
    /// Orders the mentors.
    #[must_use]
    pub fn new(gives: &'a [Give], weighting: Weighting) -> Self {
        let mut by_skill: Vec<Vec<(u32, u8)>> = Vec::new();
        for (give, mentor) in gives.iter().zip(0..) {
            for (skill, level) in &give.skills {
                let skill = usize::from(*skill);
                if by_skill.len() <= skill {
                    by_skill.resize_with(skill + 1, Vec::new);
                }
                by_skill[skill].push((mentor, *level));
            }
        }
        Self { gives, weighting, by_skill }
    }

    /// The points of one pair, or the hard rule that forbids it.
    ///
    /// # Errors
    ///
    /// The hard rule.
    pub fn judge(&self, ask: &Ask, mentor: u32) -> Result<Points, HardRule> {
        self.weighting.judge(ask, &self.gives[mentor as usize], mentor)
    }

    /// The mentors who fit best, at most so many, in the order of the mentors. Of equals, the earlier ones.
    #[must_use]
    pub fn best(&self, ask: &Ask, most: usize) -> Vec<Edge> {
        self.best_with(ask, most, &mut Desk::default())
    }

    /// The same, at a desk that is used again.
    pub fn best_with(&self, ask: &Ask, most: usize, desk: &mut Desk) -> Vec<Edge> {
        desk.skills.resize(self.gives.len(), 0);
        desk.found.clear();
        // Whoever offers nothing that is asked for is forbidden by a hard rule, so only the others are met at all.
        for (wanted, points) in ask.wanted.iter().zip(self.weighting.skills) {
            for (mentor, level) in self.by_skill.get(usize::from(wanted.skill)).into_iter().flatten() {
                let points = ahead(*level, wanted.level, points);
                let skills = &mut desk.skills[*mentor as usize];
                if points > 0 {
                    if *skills == 0 {
                        desk.met.push(*mentor);
                    }
                    *skills += points;
                }
            }
        }
        let mut least = i32::MIN;
        for mentor in desk.met.drain(..) {
            let skills = std::mem::take(&mut desk.skills[mentor as usize]);
            let give = &self.gives[mentor as usize];
            if skills + self.weighting.most_beside() < least
                || self.weighting.may_be(ask, give, mentor).is_err()
            {
                continue;
            }
            let fit = self.weighting.beside(ask, give, mentor, skills).fit();
            if fit >= least {
                desk.found.push((-fit, mentor));
            }
            if desk.found.len() >= most * 4 && most > 0 {
                desk.found.select_nth_unstable(most - 1);
                desk.found.truncate(most);
                least = -desk.found[most - 1].0;
            }
        }
        desk.found.sort_unstable();
        desk.found.truncate(most);
        desk.found.sort_unstable_by_key(|(_, mentor)| *mentor);
        desk.found.iter().map(|(fit, mentor)| Edge { mentor: *mentor, fit: -fit }).collect()
    }
}
