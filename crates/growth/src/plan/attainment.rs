//! Goal attainment: how far several goals were reached, each on a ladder of five steps that was written before the work.
//!
//! Kiresuk and Sherman, “Goal attainment scaling: a general method for evaluating comprehensive community mental health
//! programs”, Community Mental Health Journal 4 (1968). The goals of one person are taken to go together by ρ = 0.30, as
//! there.
//!
//! What it never does: compare people. Goals differ in how hard they are, and so does the same number on them.

/// How much the goals of one person go together.
const RHO: f64 = 0.30;

/// A step of a ladder: 0 is what was expected, −2 much less, +2 much more.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Step(i8);

impl Step {
    /// The steps from the lowest.
    pub const ALL: [Self; 5] = [Self(-2), Self(-1), Self(0), Self(1), Self(2)];

    /// A step by its number.
    #[must_use]
    pub const fn new(number: i64) -> Option<Self> {
        match number {
            -2 => Some(Self(-2)),
            -1 => Some(Self(-1)),
            0 => Some(Self(0)),
            1 => Some(Self(1)),
            2 => Some(Self(2)),
            _ => None,
        }
    }

    /// Its number.
    #[must_use]
    pub const fn number(self) -> i8 {
        self.0
    }

    /// What pages call it.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self.0 {
            -2 => "Much less than expected",
            -1 => "Less than expected",
            0 => "As expected",
            1 => "More than expected",
            _ => "Much more than expected",
        }
    }
}

/// A goal that was rated, and how much it weighs.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Rated {
    /// Where it stands on its ladder.
    pub step: Step,
    /// How much it weighs beside the others; more than nothing.
    pub weight: f64,
}

/// The T value of several goals: 50 when all went as expected. Nothing without a goal, or when none weighs anything.
#[must_use]
pub fn t_value(goals: &[Rated]) -> Option<f64> {
    let usable = |goal: &Rated| goal.weight.is_finite() && goal.weight > 0.0;
    if goals.is_empty() || !goals.iter().all(usable) {
        return None;
    }
    let sum: f64 = goals.iter().map(|goal| goal.weight).sum();
    let squares: f64 = goals.iter().map(|goal| goal.weight * goal.weight).sum();
    let reached: f64 = goals.iter().map(|goal| goal.weight * f64::from(goal.step.number())).sum();
    Some(50.0 + 10.0 * reached / ((1.0 - RHO) * squares + RHO * sum * sum).sqrt())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn t(goals: &[(i64, f64)]) -> f64 {
        let goals: Vec<Rated> =
            goals.iter().map(|&(step, weight)| Rated { step: Step::new(step).unwrap(), weight }).collect();
        t_value(&goals).unwrap()
    }

    #[test]
    fn the_published_values_come_out() {
        for (goals, value) in [
            (&[(1, 1.0), (0, 1.0), (-1, 1.0)][..], 50.0),
            (&[(1, 1.0), (1, 1.0), (1, 1.0)], 63.69),
            (&[(1, 3.0), (0, 2.0), (-1, 1.0)], 54.41),
            (&[(2, 1.0)], 70.0),
        ] {
            assert!((t(goals) - value).abs() < 0.005, "{goals:?} gives {}", t(goals));
        }
    }

    #[test]
    fn only_the_proportion_of_weights_matters() {
        assert!((t(&[(1, 3.0), (-1, 1.0)]) - t(&[(1, 30.0), (-1, 10.0)])).abs() < 1e-9);
    }

    #[test]
    fn without_a_goal_that_weighs_something_there_is_no_value() {
        assert_eq!(t_value(&[]), None);
        for weight in [0.0, -1.0, f64::NAN, f64::INFINITY] {
            assert_eq!(t_value(&[Rated { step: Step::ALL[2], weight }]), None, "{weight}");
        }
        assert_eq!(Step::new(3), None);
        assert_eq!(Step::ALL.map(Step::number), [-2, -1, 0, 1, 2]);
    }
}
