//! Who could mentor whom: people, places and edges, as whole numbers.

/// The number a file gives a mentee.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MenteeId(pub u64);

/// The number a file gives a mentor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MentorId(pub u64);

/// A mentee, counted from 0 in the order of their numbers.
pub type Mentee = u32;

/// A mentor, counted from 0 in the order of their numbers.
pub type Mentor = u32;

/// The most mentees a mentor may take.
pub const MOST_MENTEES: u8 = 20;

/// The most a fit, a load or a bonus may be, up and down.
pub const LARGEST: i64 = 1_000_000;

/// What a mentor offers: how many mentees at most, and what each further one costs them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Offer {
    /// The most mentees they take.
    pub capacity: u8,
    /// The cost of the first to the fifth mentee, non-decreasing.
    pub load: [i32; 5],
}

impl Offer {
    /// What the next mentee costs a mentor who has `already` some. Beyond the fifth, each costs the last step more.
    #[must_use]
    pub fn cost(&self, already: u8) -> i64 {
        let last = i64::from(self.load[4]);
        let step = last - i64::from(self.load[3]);
        match self.load.get(usize::from(already)) {
            Some(cost) => i64::from(*cost),
            None => last + (i64::from(already) - 4) * step,
        }
    }

    /// What this many mentees cost together.
    #[must_use]
    pub fn cost_of(&self, mentees: u8) -> i64 {
        (0..mentees).map(|already| self.cost(already)).sum()
    }
}

/// A mentee and a mentor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Pair {
    /// Who learns.
    pub mentee: Mentee,
    /// From whom.
    pub mentor: Mentor,
}

/// Everything a matching is made from. Mentees, mentors and edges stand in the order of their numbers, so that the same
/// people always give the same matching, however the files were sorted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Instance {
    pub(crate) mentees: Vec<MenteeId>,
    pub(crate) demand: Vec<u8>,
    pub(crate) mentors: Vec<MentorId>,
    pub(crate) offers: Vec<Offer>,
    /// Where the edges of each mentee begin; one entry more than there are mentees.
    pub(crate) rows: Vec<u32>,
    pub(crate) to: Vec<Mentor>,
    pub(crate) fit: Vec<i32>,
    /// Pairs that stay whatever happens, in order.
    pub(crate) pins: Vec<Pair>,
    /// Pairs that must not be, in order.
    pub(crate) blocks: Vec<Pair>,
    /// Pairs there are now, in order; those that are no edge any more are left out.
    pub(crate) current: Vec<Pair>,
}

/// One edge: a mentor who could help, and how well that would fit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Edge {
    /// The mentor.
    pub mentor: Mentor,
    /// How well the two fit.
    pub fit: i32,
}

impl Instance {
    /// How many mentees there are.
    #[must_use]
    pub fn mentee_count(&self) -> usize {
        self.mentees.len()
    }

    /// How many mentors there are.
    #[must_use]
    pub fn mentor_count(&self) -> usize {
        self.mentors.len()
    }

    /// How many edges there are.
    #[must_use]
    pub fn edge_count(&self) -> usize {
        self.to.len()
    }

    /// The number of a mentee in the files.
    #[must_use]
    pub fn mentee_id(&self, mentee: Mentee) -> MenteeId {
        self.mentees[mentee as usize]
    }

    /// The number of a mentor in the files.
    #[must_use]
    pub fn mentor_id(&self, mentor: Mentor) -> MentorId {
        self.mentors[mentor as usize]
    }

    /// How many mentors a mentee asks for: one or two.
    #[must_use]
    pub fn demand(&self, mentee: Mentee) -> u8 {
        self.demand[mentee as usize]
    }

    /// What a mentor offers.
    #[must_use]
    pub fn offer(&self, mentor: Mentor) -> &Offer {
        &self.offers[mentor as usize]
    }

    /// The edges of a mentee, in the order of the mentors.
    pub fn edges(&self, mentee: Mentee) -> impl ExactSizeIterator<Item = Edge> + '_ {
        let row = self.rows[mentee as usize] as usize..self.rows[mentee as usize + 1] as usize;
        (self.to[row.clone()].iter().zip(&self.fit[row])).map(|(&mentor, &fit)| Edge { mentor, fit })
    }

    /// How well two people fit, when there is an edge.
    #[must_use]
    pub fn fit(&self, pair: Pair) -> Option<i32> {
        let start = self.rows[pair.mentee as usize] as usize;
        let row = start..self.rows[pair.mentee as usize + 1] as usize;
        self.to[row].binary_search(&pair.mentor).ok().map(|at| self.fit[start + at])
    }

    /// Whether the pair stays whatever happens.
    #[must_use]
    pub fn is_pinned(&self, pair: Pair) -> bool {
        self.pins.binary_search(&pair).is_ok()
    }

    /// Whether the pair must not be.
    #[must_use]
    pub fn is_blocked(&self, pair: Pair) -> bool {
        self.blocks.binary_search(&pair).is_ok()
    }

    /// Whether the two work together now.
    #[must_use]
    pub fn is_current(&self, pair: Pair) -> bool {
        self.current.binary_search(&pair).is_ok()
    }

    /// All mentees.
    pub fn all_mentees(&self) -> impl Iterator<Item = Mentee> + use<> {
        0..Mentee::try_from(self.mentees.len()).unwrap_or(Mentee::MAX)
    }

    /// All mentors.
    pub fn all_mentors(&self) -> impl Iterator<Item = Mentor> + use<> {
        0..Mentor::try_from(self.mentors.len()).unwrap_or(Mentor::MAX)
    }
}
