//! What the solver works on: rows of arcs, best first, and what seats and slots are worth.

use crate::instance::{Instance, Mentee, Mentor, Pair};
use crate::rules::{Room, Weights};

/// An edge as the solver reads it, in eight bytes: what it is worth and to whom it leads. Smaller comes first, and the
/// smallest is worth most.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Arc(u64);

impl Arc {
    /// No arc.
    pub const NONE: Self = Self(u64::MAX);
    const MIDDLE: i64 = 1 << 30;
    const WEAK: u64 = 1 << 31;

    /// `points` lie within 2^30 of nothing.
    pub fn new(mentor: Mentor, points: i64, is_weak: bool) -> Self {
        let from_top = (Self::MIDDLE - points).unsigned_abs();
        debug_assert!(from_top < Self::WEAK, "points fit into 31 bits");
        Self((from_top | if is_weak { Self::WEAK } else { 0 }) << 32 | u64::from(mentor))
    }

    /// To whom it leads.
    #[expect(clippy::cast_possible_truncation, reason = "the lower half is a mentor")]
    pub fn mentor(self) -> Mentor {
        self.0 as u32
    }

    /// What it is worth when being weak costs this much.
    #[expect(clippy::cast_possible_wrap, reason = "32 bits fit into 63")]
    pub fn worth(self, weak: i64) -> i64 {
        let top = (self.0 >> 32) as i64;
        Self::MIDDLE - (top & (Self::WEAK as i64 - 1)) - (weak & -(top >> 31))
    }

    pub fn is_some(self) -> bool {
        self != Self::NONE
    }

    /// The same arc seen from the mentor's side.
    pub fn turned(self, mentee: Mentee) -> Self {
        Self(self.0 & !0xffff_ffff | u64::from(mentee))
    }
}

/// Mentees with their seats and arcs, mentors with their slots. What is pinned is already taken away.
#[derive(Debug, Clone, Default)]
pub(crate) struct Market {
    pub rows: Vec<u32>,
    pub arcs: Vec<Arc>,
    /// How many seats each mentee has left to fill, at most two.
    pub seats: Vec<u8>,
    /// What a mentee's first seat is worth.
    pub first: Vec<i64>,
    /// What a mentee's second seat is worth by itself; an empty list means nothing.
    pub second: Vec<i64>,
    /// Where the slots of each mentor begin; one entry more than there are mentors.
    pub slots: Vec<u32>,
    /// What each slot costs, never falling within a mentor.
    pub costs: Vec<i64>,
    /// How many of their slots mentors can fill.
    pub capacity: Vec<u32>,
    /// What a weak arc costs.
    pub weak: i64,
}

impl Market {
    /// The market of an instance.
    pub fn of(instance: &Instance, weights: &Weights) -> Self {
        Self::with_room(instance, weights, Room::Now)
    }

    /// The same, with as many slots for each mentor as they may ever have.
    pub fn with_room(instance: &Instance, weights: &Weights, room: Room) -> Self {
        let mut market = Self {
            seats: instance.demand.clone(),
            first: vec![weights.first; instance.mentee_count()],
            weak: weights.weak,
            ..Self::default()
        };
        let mut taken = vec![0_u8; instance.mentor_count()];
        for pin in &instance.pins {
            market.seats[pin.mentee as usize] -= 1;
            market.first[pin.mentee as usize] = 0;
            taken[pin.mentor as usize] += 1;
        }
        market.slots.reserve_exact(instance.mentor_count() + 1);
        market.slots.push(0);
        for (offer, taken) in instance.offers.iter().zip(&taken) {
            market.costs.extend((*taken..room.slots(offer)).map(|already| offer.cost(already)));
            market.capacity.push(u32::from(offer.capacity - taken));
            market.slots.push(index(market.costs.len()));
        }
        market.take_arcs(instance, weights);
        market
    }

    fn take_arcs(&mut self, instance: &Instance, weights: &Weights) {
        let is_plain = instance.pins.is_empty() && instance.blocks.is_empty();
        let knows_current = weights.stay != 0 && !instance.current.is_empty();
        self.rows.reserve_exact(instance.mentee_count() + 1);
        self.arcs.reserve_exact(instance.edge_count());
        self.rows.push(0);
        for mentee in instance.all_mentees() {
            let start = self.arcs.len();
            for edge in instance.edges(mentee) {
                let pair = Pair { mentee, mentor: edge.mentor };
                if !is_plain && (instance.is_pinned(pair) || instance.is_blocked(pair)) {
                    continue;
                }
                let points = weights.points(edge.fit, knows_current && instance.is_current(pair));
                self.arcs.push(Arc::new(edge.mentor, points, weights.is_weak(edge.fit)));
            }
            self.arcs[start..].sort_unstable();
            self.rows.push(index(self.arcs.len()));
        }
    }

    pub fn mentees(&self) -> Mentee {
        index(self.seats.len())
    }

    pub fn mentors(&self) -> Mentor {
        index(self.slots.len() - 1)
    }

    /// The arcs of a mentee, best first.
    pub fn row(&self, mentee: Mentee) -> &[Arc] {
        &self.arcs[self.rows[mentee as usize] as usize..self.rows[mentee as usize + 1] as usize]
    }

    pub fn worth(&self, arc: Arc) -> i64 {
        arc.worth(self.weak)
    }

    /// What the seat after so many others is worth to a mentee.
    pub fn bonus(&self, mentee: Mentee, already: u8) -> i64 {
        match already {
            0 => self.first[mentee as usize],
            _ => self.second.get(mentee as usize).copied().unwrap_or(0),
        }
    }

    /// Where the slots of a mentor stand.
    pub fn slots_of(&self, mentor: Mentor) -> std::ops::Range<usize> {
        self.slots[mentor as usize] as usize..self.slots[mentor as usize + 1] as usize
    }

    /// How many mentees a mentor can take.
    pub fn capacity(&self, mentor: Mentor) -> u32 {
        self.capacity[mentor as usize]
    }

    /// What the slot after so many others costs a mentor, while there is one.
    pub fn cost(&self, mentor: Mentor, already: u32) -> i64 {
        self.costs[(self.slots[mentor as usize] + already) as usize]
    }

    /// A price that nobody pays.
    pub fn dearest(&self) -> i64 {
        let most = |bonus: &[i64]| bonus.iter().max().copied().unwrap_or(0);
        most(&self.first) + most(&self.second) + self.weak + (1 << 31)
    }

    /// The widest that two arcs of the market lie apart, costs included.
    pub fn span(&self) -> i64 {
        let bonus = self.second.iter().max().copied().unwrap_or(0);
        let best = self.arcs.iter().min().map_or(0, |arc| self.worth(*arc));
        let worst = self.arcs.iter().max().map_or(0, |arc| self.worth(*arc));
        let cheap = self.costs.iter().min().copied().unwrap_or(0);
        let dear = self.costs.iter().max().copied().unwrap_or(0);
        best - worst + dear - cheap + bonus
    }
}

/// A place in a list that is known to be short enough: reading an instance refuses longer ones.
pub(crate) fn index(length: usize) -> u32 {
    u32::try_from(length).expect("reading an instance refuses what cannot be counted in 32 bits")
}
