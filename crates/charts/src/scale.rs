use std::fmt;

/// Steps with an order and no distances, lowest first: levels of a framework, points of a rating.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scale(Vec<String>);

impl Scale {
    /// A scale from the names of its steps, lowest first.
    ///
    /// # Errors
    ///
    /// When there is no step, for nothing can stand on it.
    pub fn new<S: Into<String>>(steps: impl IntoIterator<Item = S>) -> Result<Self, NotDrawable> {
        let steps: Vec<String> = steps.into_iter().map(Into::into).collect();
        if steps.is_empty() { Err(NotDrawable::EmptyScale) } else { Ok(Self(steps)) }
    }

    /// The names of the steps, lowest first.
    #[must_use]
    pub fn steps(&self) -> &[String] {
        &self.0
    }

    /// The highest step.
    pub(crate) fn last(&self) -> usize {
        self.0.len() - 1
    }

    /// How far up the scale a step stands, above nought and up to one: the first step is not nothing.
    pub(crate) fn share(&self, step: usize) -> f64 {
        as_f64(step + 1) / as_f64(self.0.len())
    }

    /// A value in words.
    pub(crate) fn words(&self, value: Value) -> String {
        match value {
            Value::Known(step) => self.0[step].clone(),
            Value::Between(low, high) => format!("between {} and {}", self.0[low], self.0[high]),
            Value::Unknown => "not known".to_owned(),
            Value::Nothing => "asks nothing".to_owned(),
        }
    }

    /// Refuses what does not stand on this scale.
    pub(crate) fn check(&self, value: Value) -> Result<(), NotDrawable> {
        let steps = self.0.len();
        match value {
            Value::Known(step) if step >= steps => Err(NotDrawable::OffTheScale { step, steps }),
            Value::Between(_, high) if high >= steps => Err(NotDrawable::OffTheScale { step: high, steps }),
            Value::Between(low, high) if low > high => Err(NotDrawable::UpsideDown { low, high }),
            Value::Known(_) | Value::Between(..) | Value::Unknown | Value::Nothing => Ok(()),
        }
    }
}

/// Where something stands on a [`Scale`]. Steps count from nought, the lowest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Value {
    /// On this step.
    Known(usize),
    /// On one of the steps from the first to the second, both included.
    Between(usize, usize),
    /// Nobody knows. It is not the lowest step.
    Unknown,
    /// On no step, and that is known: a target that asks nothing here.
    Nothing,
}

/// Why there is no chart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NotDrawable {
    /// The scale has no step.
    EmptyScale,
    /// A value stands above the highest step.
    OffTheScale {
        /// The step asked for, counted from nought.
        step: usize,
        /// How many steps the scale has.
        steps: usize,
    },
    /// The lower end of a value is above its upper end.
    UpsideDown {
        /// The end named first.
        low: usize,
        /// The end named second.
        high: usize,
    },
    /// A radar needs three to eight axes.
    Axes {
        /// How many there are.
        found: usize,
    },
    /// A radar shows one to three series.
    SeriesCount {
        /// How many there are.
        found: usize,
    },
    /// A series does not have one value for each axis.
    Uneven {
        /// The name of the series.
        series: String,
        /// How many values it has.
        found: usize,
        /// How many axes there are.
        axes: usize,
    },
    /// There is nothing to show; a page says so in words.
    Nothing,
}

impl fmt::Display for NotDrawable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::EmptyScale => write!(f, "A scale needs at least one step."),
            Self::OffTheScale { step, steps } => {
                write!(f, "Step {step} is off the scale: it has {steps} steps, counted from 0.")
            }
            Self::UpsideDown { low, high } => {
                write!(f, "A value between {low} and {high} has its ends the wrong way round.")
            }
            Self::Axes { found } => {
                write!(f, "A radar shows 3 to 8 areas and was given {found}; a dot strip shows any number.")
            }
            Self::SeriesCount { found } => write!(f, "A radar shows 1 to 3 series and was given {found}."),
            Self::Uneven { series, found, axes } => {
                write!(f, "“{series}” has {found} values for {axes} areas; it needs one for each.")
            }
            Self::Nothing => write!(f, "There is nothing to draw yet."),
        }
    }
}

impl std::error::Error for NotDrawable {}

/// Counts in a chart are small; past this many, precision is not what is wrong.
pub(crate) fn as_f64(count: usize) -> f64 {
    f64::from(u32::try_from(count).unwrap_or(u32::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lowest_step_is_not_nothing() {
        let scale = Scale::new(["Junior", "Mid", "Senior"]).unwrap();
        assert!(scale.share(0) > 0.0);
        assert!((scale.share(2) - 1.0).abs() < f64::EPSILON);
    }

    #[test]
    fn a_scale_without_steps_is_refused() {
        assert_eq!(Scale::new(Vec::<String>::new()), Err(NotDrawable::EmptyScale));
    }

    #[test]
    fn values_off_the_scale_are_refused_in_a_sentence() {
        let scale = Scale::new(["Junior", "Mid"]).unwrap();
        let refusal = scale.check(Value::Known(2)).unwrap_err();
        assert_eq!(refusal.to_string(), "Step 2 is off the scale: it has 2 steps, counted from 0.");
        assert_eq!(scale.check(Value::Between(1, 0)), Err(NotDrawable::UpsideDown { low: 1, high: 0 }));
        assert_eq!(scale.check(Value::Between(0, 1)), Ok(()));
    }

    #[test]
    fn a_value_has_words() {
        let scale = Scale::new(["Junior", "Mid", "Senior"]).unwrap();
        assert_eq!(scale.words(Value::Known(1)), "Mid");
        assert_eq!(scale.words(Value::Between(1, 2)), "between Mid and Senior");
        assert_eq!(scale.words(Value::Unknown), "not known");
        assert_eq!(scale.words(Value::Nothing), "asks nothing");
    }
}
