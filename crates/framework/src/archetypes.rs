//! How far a person is from a shape they might choose: steps short per craft area, strengths apart, never a percentage.

use crate::{
    ids::NodeId,
    model::{Archetype, Emphasis, Framework},
};
use std::collections::BTreeMap;

/// A number of steps, as an interval: at least `low`, at most `high`.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, serde::Serialize, serde::Deserialize,
)]
pub struct Steps {
    /// With the higher of the views.
    pub low: usize,
    /// With the lower of the views.
    pub high: usize,
}

/// A person's standing in one area, as ranks of its scale from 1; intervals where two views differ.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Held {
    /// The lower of the views.
    pub low: usize,
    /// The higher of the views.
    pub high: usize,
}

/// One craft area of an archetype.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AreaDistance {
    /// The area.
    pub competency: NodeId,
    /// The rank aimed at, from 1.
    pub target: usize,
    /// The rank held; none when nobody has assessed it.
    pub held: Option<Held>,
    /// Steps short. An area nobody has assessed may be anything.
    pub short: Steps,
    /// Steps beyond the target, by the lower view. They never make up for steps short elsewhere.
    pub surplus: usize,
}

/// How far a person is from an archetype.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Distance {
    /// The archetype.
    pub archetype: NodeId,
    /// Area by area.
    pub areas: Vec<AreaDistance>,
    /// Steps short in all areas together.
    pub total: Steps,
    /// The most steps short in one area, by the lower view.
    pub worst: usize,
    /// The areas nobody has assessed.
    pub unassessed: Vec<NodeId>,
}

impl Distance {
    /// The distance in words: "1 to 5 steps short, 1 area not assessed".
    pub fn sentence(&self) -> String {
        let steps = match (self.total.low, self.total.high) {
            (0, 0) => "Nothing short".to_owned(),
            (1, 1) => "1 step short".to_owned(),
            (low, high) if low == high => format!("{low} steps short"),
            (low, high) => format!("{low} to {high} steps short"),
        };
        match self.unassessed.len() {
            0 => format!("{steps}."),
            1 => format!("{steps}, 1 area not assessed."),
            n => format!("{steps}, {n} areas not assessed."),
        }
    }
}

/// Which archetypes lie nearest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ranking {
    /// All of them, nearest first.
    pub order: Vec<Distance>,
    /// The nearest ones: one when it is clear, several when their intervals overlap.
    pub nearest: Vec<NodeId>,
}

impl Ranking {
    /// Whether one archetype is clearly closest. The person chooses all the same.
    pub fn is_clear(&self) -> bool {
        self.nearest.len() == 1
    }
}

/// How far a person is from an archetype, area by area.
pub fn distance(framework: &Framework, archetype: &Archetype, held: &BTreeMap<NodeId, Held>) -> Distance {
    let mut areas = Vec::new();
    for (competency, emphasis) in &archetype.emphasis {
        let Emphasis::Point(point) = emphasis else { continue };
        let Some(node) = framework.competency(competency.as_str()) else { continue };
        let Some((rank, _)) = framework.point_of(node, point.as_str()) else { continue };
        areas.push(area(competency.clone(), rank + 1, held.get(competency).copied()));
    }
    summed(archetype.id.clone(), areas)
}

fn area(competency: NodeId, target: usize, held: Option<Held>) -> AreaDistance {
    let short = match held {
        Some(held) => Steps { low: target.saturating_sub(held.high), high: target.saturating_sub(held.low) },
        None => Steps { low: 0, high: target.saturating_sub(1) },
    };
    let surplus = held.map_or(0, |held| held.low.saturating_sub(target));
    AreaDistance { competency, target, held, short, surplus }
}

fn summed(archetype: NodeId, areas: Vec<AreaDistance>) -> Distance {
    let total = areas.iter().fold(Steps::default(), |sum, area| Steps {
        low: sum.low + area.short.low,
        high: sum.high + area.short.high,
    });
    let worst = areas.iter().map(|area| area.short.high).max().unwrap_or(0);
    let unassessed =
        areas.iter().filter(|area| area.held.is_none()).map(|area| area.competency.clone()).collect();
    Distance { archetype, areas, total, worst, unassessed }
}

/// Archetypes by how far away they are, seen with the lower view: the worst area first, then all together.
pub fn ranking(framework: &Framework, held: &BTreeMap<NodeId, Held>) -> Ranking {
    let mut order: Vec<Distance> =
        framework.archetypes.iter().map(|archetype| distance(framework, archetype, held)).collect();
    order.sort_by_key(|distance| (distance.worst, distance.total.high, distance.archetype.clone()));
    let nearest = match order.first() {
        None => Vec::new(),
        Some(first) => order
            .iter()
            .filter(|other| other.archetype == first.archetype || other.total.low <= first.total.high)
            .map(|distance| distance.archetype.clone())
            .collect(),
    };
    Ranking { order, nearest }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(text: &str) -> NodeId {
        NodeId::new(text).unwrap()
    }

    fn worked() -> Distance {
        let areas = vec![
            area(id("a"), 3, Some(Held { low: 4, high: 4 })),
            area(id("b"), 3, Some(Held { low: 2, high: 3 })),
            area(id("c"), 5, Some(Held { low: 4, high: 4 })),
            area(id("d"), 4, None),
        ];
        summed(id("x"), areas)
    }

    #[test]
    fn a_strength_never_makes_up_for_a_step_short_elsewhere() {
        let distance = worked();
        assert_eq!(distance.total, Steps { low: 1, high: 5 });
        assert_eq!(distance.areas[0].surplus, 1);
        assert_eq!(distance.unassessed, [id("d")]);
        assert_eq!(distance.sentence(), "1 to 5 steps short, 1 area not assessed.");
    }

    #[test]
    fn the_summary_number_of_the_worked_example_exists_in_tests_only() {
        let distance = worked();
        let whole: usize = distance.areas.iter().map(|area| area.target - 1).sum();
        let share = |short: usize| {
            let short = f64::from(u32::try_from(short).unwrap());
            (1.0 - short / f64::from(u32::try_from(whole).unwrap()) * 1.0).mul_add(1000.0, 0.5).floor()
                / 1000.0
        };
        assert_eq!((share(distance.total.high), share(distance.total.low)), (0.545, 0.909));
    }

    #[test]
    fn the_closest_is_named_only_when_it_is_clear() {
        let sample = crate::sample();
        let at = |low, high| Held { low, high };
        let held = BTreeMap::from([
            (id("facilitation"), at(4, 4)),
            (id("teaching"), at(3, 3)),
            (id("coaching"), at(2, 2)),
            (id("agile-lean"), at(2, 2)),
        ]);
        let clear = ranking(&sample, &held);
        assert_eq!(clear.nearest, [id("convener")]);
        assert!(clear.is_clear());
        let unknown = ranking(&sample, &BTreeMap::new());
        assert_eq!(unknown.nearest.len(), 4);
    }
}
