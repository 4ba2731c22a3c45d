//! The points of a pair, criterion by criterion.

use super::{AreaWish, Ask, Give, HardRule};

/// One thing that speaks for a pair.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Criterion {
    /// The mentor is ahead in what the mentee wants to learn.
    Skills,
    /// They share working hours.
    Hours,
    /// The mentor is from where the mentee wished.
    Area,
    /// Both count themselves to one group, and the mentee would welcome that.
    Group,
    /// The mentee named the mentor.
    Named,
}

/// The points of a pair; together at most 10,000.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Points {
    /// For skills.
    pub skills: i32,
    /// For shared hours.
    pub hours: i32,
    /// For the area.
    pub area: i32,
    /// For the group.
    pub group: i32,
    /// For having been named.
    pub named: i32,
}

impl Points {
    /// All together: the fit.
    #[must_use]
    pub fn fit(&self) -> i32 {
        self.skills + self.hours + self.area + self.group + self.named
    }

    /// What speaks for the pair, the strongest first.
    #[must_use]
    pub fn reasons(&self) -> Vec<(Criterion, i32)> {
        let mut reasons = vec![
            (Criterion::Skills, self.skills),
            (Criterion::Hours, self.hours),
            (Criterion::Area, self.area),
            (Criterion::Group, self.group),
            (Criterion::Named, self.named),
        ];
        reasons.retain(|(_, points)| *points > 0);
        reasons.sort_by_key(|(criterion, points)| (std::cmp::Reverse(*points), *criterion));
        reasons
    }
}

/// How much each criterion can give. Wishes that can be played (`named`) are kept to a fifth of everything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Weighting {
    /// For the first, second and third skill, when the mentor is just far enough ahead.
    pub skills: [i32; 3],
    /// For a full working day in common.
    pub hours: i32,
    /// For the area.
    pub area: i32,
    /// For the group.
    pub group: i32,
    /// For having been named.
    pub named: i32,
    /// The fewest half hours that two people have to share.
    pub least_hours: u32,
}

impl Default for Weighting {
    fn default() -> Self {
        Self { skills: [3200, 1800, 1000], hours: 1500, area: 500, group: 500, named: 1500, least_hours: 6 }
    }
}

/// Half hours of a working day.
const WORKDAY: u32 = 16;

/// How much of a skill's points the distance between two levels gives, in percent: two levels ahead teach best, and
/// further ahead less, because too much lies between.
const AHEAD: [i32; 6] = [0, 60, 100, 90, 70, 50];

impl Weighting {
    /// The points of a pair, or the first hard rule that forbids it.
    ///
    /// # Errors
    ///
    /// The hard rule.
    pub fn judge(&self, ask: &Ask, give: &Give, mentor: u32) -> Result<Points, HardRule> {
        self.may_be(ask, give, mentor)?;
        let mut skills = 0;
        for (wanted, points) in ask.wanted.iter().zip(self.skills) {
            let offered = give.skills.iter().find(|(skill, _)| *skill == wanted.skill);
            skills += offered.map_or(0, |(_, level)| ahead(*level, wanted.level, points));
        }
        if skills == 0 { Err(HardRule::Skill) } else { Ok(self.beside(ask, give, mentor, skills)) }
    }

    /// Every hard rule but that of skills.
    pub(super) fn may_be(&self, ask: &Ask, give: &Give, mentor: u32) -> Result<(), HardRule> {
        let (one, other) = (&ask.of, &give.of);
        if one.person == other.person {
            Err(HardRule::Oneself)
        } else if !give.is_open {
            Err(HardRule::NotOffering)
        } else if ask.blocked.binary_search(&mentor).is_ok() {
            Err(HardRule::Blocked)
        } else if one.line.is_one_with(other.line) {
            Err(HardRule::ReportingLine)
        } else if one.languages & other.languages == 0 {
            Err(HardRule::Language)
        } else if one.hours.shared(other.hours) < self.least_hours {
            Err(HardRule::Hours)
        } else {
            Ok(())
        }
    }

    /// What there is beside the points for skills.
    pub(super) fn beside(&self, ask: &Ask, give: &Give, mentor: u32, skills: i32) -> Points {
        let (one, other) = (&ask.of, &give.of);
        let is_wished = match ask.area {
            AreaWish::Any => false,
            AreaWish::Same => one.area == other.area,
            AreaWish::Other => one.area != other.area,
        };
        let is_group = ask.same_group && one.group.is_some() && one.group == other.group;
        let hours = i32::try_from(one.hours.shared(other.hours).min(WORKDAY)).unwrap_or(0);
        let if_so = |is_so: bool, points: i32| if is_so { points } else { 0 };
        Points {
            skills,
            hours: self.hours * hours / WORKDAY.cast_signed(),
            area: if_so(is_wished, self.area),
            group: if_so(is_group, self.group),
            named: if_so(ask.named.contains(&mentor), self.named),
        }
    }

    /// The most that a pair can have beside the points for skills.
    pub(super) fn most_beside(&self) -> i32 {
        self.hours + self.area + self.group + self.named
    }
}

/// The points of a skill at these levels.
pub(super) fn ahead(offered: u8, have: u8, points: i32) -> i32 {
    let distance = usize::from(offered.saturating_sub(have)).min(AHEAD.len() - 1);
    points * AHEAD[distance] / 100
}
