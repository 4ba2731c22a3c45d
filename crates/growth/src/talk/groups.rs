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

/// Whether the counts of all groups together are told somewhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sum {
    /// They are, so that what is left out could be worked out.
    Known,
    /// They are nowhere.
    Untold,
}

/// Which of several groups may be shown alone, by how many people are in each. Where their sum is known, the others are
/// together five or more, or nobody, so that nobody is found by subtracting: where they would be fewer, the smallest of
/// the large ones joins them.
#[must_use]
pub fn alone(people: &[i64], sum: Sum) -> Vec<bool> {
    let mut alone: Vec<bool> = people.iter().map(|count| *count >= FEWEST).collect();
    if sum == Sum::Untold {
        return alone;
    }
    loop {
        let places = || people.iter().zip(&alone).enumerate();
        let rest: i64 = places().filter(|(_, (_, alone))| !**alone).map(|(_, (count, _))| count).sum();
        let smallest = places().filter(|(_, (_, alone))| **alone).min_by_key(|(_, (count, _))| **count);
        match smallest.map(|(place, _)| place) {
            Some(place) if (1..FEWEST).contains(&rest) => alone[place] = false,
            _ => return alone,
        }
    }
}

/// The groups that may be shown, and all others as one where those too are enough.
#[must_use]
pub fn shown<T>(groups: Vec<(T, GroupCount)>, sum: Sum) -> (Vec<(T, GroupCount)>, Option<GroupCount>) {
    let people: Vec<i64> = groups.iter().map(|(_, group)| group.people).collect();
    let mut may = alone(&people, sum).into_iter();
    let (large, small): (Vec<_>, Vec<_>) = groups.into_iter().partition(|_| may.next().unwrap_or_default());
    let rest = small.iter().fold(GroupCount::named("All others"), |sum, (_, group)| sum.plus(group));
    (large, (rest.people >= FEWEST).then_some(rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn group(name: &str, people: i64) -> ((), GroupCount) {
        let count = GroupCount { name: name.to_owned(), people, planned: people, open: 0, signed: 0 };
        ((), count)
    }

    #[test]
    fn fewer_than_five_are_never_counted_alone() {
        let three = || vec![group("a", 5), group("b", 4), group("c", 12)];
        let (large, rest) = shown(three(), Sum::Untold);
        assert_eq!(large.iter().map(|(_, one)| one.people).collect::<Vec<_>>(), [5, 12]);
        assert_eq!(rest, None);
        let (large, rest) = shown(three(), Sum::Known);
        assert_eq!(large.iter().map(|(_, one)| one.people).collect::<Vec<_>>(), [12]);
        assert_eq!(rest.unwrap().people, 9);
        let (large, rest) = shown(vec![group("a", 4), group("b", 1)], Sum::Known);
        assert!(large.is_empty());
        assert_eq!(rest.unwrap().people, 5);
        assert_eq!(shown(vec![group("a", 4)], Sum::Known), (vec![], None));
    }

    #[test]
    fn what_is_not_shown_alone_is_five_or_nobody() {
        for people in
            [[0, 0, 0], [5, 5, 5], [6, 1, 0], [20, 1, 7], [5, 1, 5], [3, 1, 30], [4, 0, 0], [100, 4, 1]]
        {
            let alone = alone(&people, Sum::Known);
            let rest: i64 =
                people.iter().zip(&alone).filter(|(_, alone)| !**alone).map(|(count, _)| count).sum();
            let is_nobody_alone = !alone.contains(&true);
            assert!(rest == 0 || rest >= FEWEST || is_nobody_alone, "{people:?}: {alone:?}");
            assert!(people.iter().zip(&alone).all(|(count, alone)| !alone || *count >= FEWEST));
        }
        assert_eq!(alone(&[6, 1, 12], Sum::Known), [false, false, true]);
        assert_eq!(alone(&[6, 1, 12], Sum::Untold), [true, false, true]);
        assert_eq!(alone(&[], Sum::Known), Vec::<bool>::new());
    }
}
