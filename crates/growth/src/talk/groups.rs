//! Counts of people in groups: five or more, or not at all.

/// The fewest people of whom a count is shown.
pub const FEWEST: i64 = 5;

/// Counts of a group of five or more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GroupCount {
    /// What it is called.
    pub name: String,
    /// How many people are in it.
    pub people: i64,
    /// Of how many a talk is planned.
    pub planned: i64,
    /// Of how many it is open.
    pub open: i64,
    /// Of how many it is signed.
    pub signed: i64,
}

impl GroupCount {
    /// A group of nobody yet.
    #[must_use]
    pub fn named(name: &str) -> Self {
        Self { name: name.to_owned(), people: 0, planned: 0, open: 0, signed: 0 }
    }

    /// More people: how many, and of how many a talk is planned, open and signed.
    pub const fn add(&mut self, (people, planned, open, signed): (i64, i64, i64, i64)) {
        self.people += people;
        self.planned += planned;
        self.open += open;
        self.signed += signed;
    }

    /// Of how many there is no talk.
    #[must_use]
    pub const fn none(&self) -> i64 {
        self.people - self.planned - self.open - self.signed
    }

    fn plus(&self, other: &Self) -> Self {
        Self {
            name: self.name.clone(),
            people: self.people + other.people,
            planned: self.planned + other.planned,
            open: self.open + other.open,
            signed: self.signed + other.signed,
        }
    }
}

/// The groups that may be shown, and all others as one where those too are enough. Nothing is ever the difference
/// between two numbers on the page: there is no total.
#[must_use]
pub fn shown(groups: Vec<GroupCount>) -> (Vec<GroupCount>, Option<GroupCount>) {
    let (large, small): (Vec<_>, Vec<_>) = groups.into_iter().partition(|group| group.people >= FEWEST);
    let rest = small.iter().fold(GroupCount::named("All others"), |sum, group| sum.plus(group));
    (large, (rest.people >= FEWEST).then_some(rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn group(name: &str, people: i64) -> GroupCount {
        GroupCount { name: name.to_owned(), people, planned: people, open: 0, signed: 0 }
    }

    #[test]
    fn fewer_than_five_are_never_counted_alone() {
        let (large, rest) = shown(vec![group("a", 5), group("b", 4), group("c", 12)]);
        assert_eq!(large.iter().map(|one| one.people).collect::<Vec<_>>(), [5, 12]);
        assert_eq!(rest, None);
        let (large, rest) = shown(vec![group("a", 4), group("b", 1)]);
        assert!(large.is_empty());
        assert_eq!(rest.unwrap().people, 5);
        assert_eq!(shown(vec![group("a", 4)]), (vec![], None));
    }
}
