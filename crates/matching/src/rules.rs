//! What is asked of a matching, and the weights that put first things first.
//!
//! In this order: as many mentees as possible have a mentor; as few pairs as possible fit worse than the floor; the sum
//! of fits, less the loads of mentors, is as large as possible. One weight for each makes it one sum, in which nothing
//! later ever outweighs anything earlier.

use crate::instance::{Instance, LARGEST, MOST_MENTEES, Offer, Pair};

/// Whether everybody who can have a mentor gets one, or only where it is worth it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Mode {
    /// As many mentees as possible have a mentor, whatever it costs in fit.
    #[default]
    Participation,
    /// A mentee's first mentor is worth this much, and no more.
    Score {
        /// What having a mentor at all is worth, in points of fit.
        reserve: i64,
    },
}

/// What is asked of a matching.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Rules {
    /// Everybody, or only where it is worth it.
    pub mode: Mode,
    /// Pairs below this fit are avoided before anything else but leaving somebody without a mentor.
    pub floor: Option<i32>,
    /// What it is worth when a pair that works together now stays together.
    pub stay: i64,
}

/// The numbers are too large to be added up without loss.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("The weights, loads and bonuses are too large together to be added up exactly.")]
pub struct TooLarge;

/// What one seat and one weak pair weigh, beside the points of fit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Weights {
    /// The bonus of a mentee's first seat.
    pub first: i64,
    /// What a pair below the floor costs.
    pub weak: i64,
    /// What a pair that stays together gains.
    pub stay: i64,
    /// Fits below this are weak.
    pub floor: i32,
}

impl Weights {
    /// With at most S pairs, and at most W points between the best and the worst that a pair can do, all pairs together
    /// move the sum by no more than `2·S·W`. A weak pair costs more than that, a first seat more than all weak pairs.
    ///
    /// # Errors
    ///
    /// When the sums would not fit into 60 bits.
    pub fn of(instance: &Instance, rules: &Rules) -> Result<Self, TooLarge> {
        Self::with_room(instance, rules, Room::Now)
    }

    /// The same, and just as strict while everybody stays within their room.
    ///
    /// # Errors
    ///
    /// When the sums would not fit into 60 bits.
    pub(crate) fn with_room(instance: &Instance, rules: &Rules, room: Room) -> Result<Self, TooLarge> {
        let seats: i64 = instance.demand.iter().map(|seats| i64::from(room.seats(*seats))).sum();
        let slots: i64 = instance.offers.iter().map(|offer| i64::from(room.slots(offer))).sum();
        let fit = instance.fit.iter().map(|fit| i64::from(*fit).abs()).max().unwrap_or(0);
        let load = (instance.offers.iter().filter(|offer| room.slots(offer) > 0))
            .map(|offer| offer.cost(0).abs().max(offer.cost(room.slots(offer) - 1).abs()))
            .max()
            .unwrap_or(0);
        let (reserve, is_strict) = match rules.mode {
            Mode::Participation => (0, false),
            Mode::Score { reserve } => (reserve, true),
        };
        if rules.stay.unsigned_abs() > LARGEST.unsigned_abs() || !(0..=LARGEST).contains(&reserve) {
            return Err(TooLarge);
        }
        let points = rules.stay.checked_abs().ok_or(TooLarge)?.checked_add(fit + load + 1).ok_or(TooLarge)?;
        let points = points.checked_add(reserve.checked_abs().ok_or(TooLarge)?).ok_or(TooLarge)?;
        let all =
            seats.min(slots).checked_mul(points).and_then(|all| all.checked_mul(2)).ok_or(TooLarge)? + 1;
        let weak = if rules.floor.is_some() { all } else { 0 };
        let first = weak.checked_mul(seats.min(slots) + 1).and_then(|weak| weak.checked_add(all));
        let first = first.filter(|first| *first < MOST).ok_or(TooLarge)?;
        Ok(Self {
            first: if is_strict { reserve } else { first },
            weak,
            stay: rules.stay,
            floor: rules.floor.unwrap_or(i32::MIN),
        })
    }

    /// What a pair is worth without the bonus of a seat and without what it costs to be weak.
    pub(crate) fn points(&self, fit: i32, is_current: bool) -> i64 {
        i64::from(fit) + if is_current { self.stay } else { 0 }
    }

    /// Whether a fit is below the floor.
    #[must_use]
    pub fn is_weak(&self, fit: i32) -> bool {
        fit < self.floor
    }

    /// What a pair is worth without the bonus of a seat.
    #[must_use]
    pub fn worth(&self, instance: &Instance, pair: Pair) -> Option<i64> {
        let fit = instance.fit(pair)?;
        let weak = if self.is_weak(fit) { self.weak } else { 0 };
        Some(self.points(fit, instance.is_current(pair)) - weak)
    }
}

/// How far demands and capacities may change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Room {
    /// They are what they are.
    Now,
    /// Whoever is there may ask for two mentors and take as many mentees as anybody may.
    Ever,
}

impl Room {
    fn seats(self, demand: u8) -> u8 {
        match self {
            Self::Now => demand,
            Self::Ever => 2,
        }
    }

    /// The most mentees that a mentor may take.
    pub fn slots(self, offer: &Offer) -> u8 {
        match self {
            Self::Now => offer.capacity,
            Self::Ever => MOST_MENTEES,
        }
    }
}

/// Sums stay below this, so that prices, which add a few of them, fit into 64 bits.
const MOST: i64 = 1 << 60;
