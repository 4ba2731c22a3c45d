//! Who holds which slot, at which prices: where the solver stands.

use super::market::{Arc, Market};
use crate::instance::{Mentee, Mentor, Pair};

/// A matching in the making, with a price for each mentor.
#[derive(Debug, Clone)]
pub(crate) struct Holdings {
    /// The arcs each mentee holds; empty ones last.
    pub held: Vec<[Arc; 2]>,
    /// Who holds each slot; of each mentor, the first `load` ones are taken.
    pub holders: Vec<Mentee>,
    pub load: Vec<u32>,
    pub prices: Vec<i64>,
    /// How many seats of each mentee are in play: those still to come want nothing yet.
    pub open: Vec<u8>,
}

pub(crate) const NOBODY: u32 = u32::MAX;

impl Holdings {
    pub fn empty(market: &Market, prices: Vec<i64>) -> Self {
        Self {
            held: vec![[Arc::NONE; 2]; market.seats.len()],
            holders: vec![NOBODY; market.costs.len()],
            load: vec![0; market.slots.len() - 1],
            prices,
            open: market.seats.clone(),
        }
    }

    /// Who holds whom.
    pub fn pairs(&self) -> impl Iterator<Item = Pair> + '_ {
        self.held.iter().zip(0..).flat_map(|(held, mentee)| {
            let held = held.iter().filter(|arc| arc.is_some());
            held.map(move |arc| Pair { mentee, mentor: arc.mentor() })
        })
    }

    /// How many mentors a mentee holds.
    pub fn count(&self, mentee: Mentee) -> u8 {
        let [first, second] = self.held[mentee as usize];
        u8::from(first.is_some()) + u8::from(second.is_some())
    }

    pub fn holds(&self, mentee: Mentee, mentor: Mentor) -> bool {
        let [first, second] = self.held[mentee as usize];
        first.mentor() == mentor || second.mentor() == mentor
    }

    /// What an arc leaves a mentee after paying the price.
    pub fn net(&self, market: &Market, arc: Arc) -> i64 {
        market.worth(arc) - self.prices[arc.mentor() as usize]
    }

    /// The most that another seat may leave a mentee before they would want it: the least that a held arc leaves, and no
    /// more than an open seat is short of being worth it.
    pub fn utility(&self, market: &Market, mentee: Mentee) -> i64 {
        let [first, second] = self.held[mentee as usize];
        let open = self.open[mentee as usize];
        if open == 1 && first.is_some() {
            return self.net(market, first);
        }
        let count = self.count(mentee);
        let mut least = if count < open { -market.bonus(mentee, count) } else { i64::MAX };
        for arc in [first, second] {
            if arc.is_some() {
                least = least.min(self.net(market, arc));
            }
        }
        least
    }

    /// The most that an arc leaves a mentee who does not hold it. `cheapest` is a price below which no arc of theirs leads.
    pub fn top(&self, market: &Market, mentee: Mentee, cheapest: i64) -> Option<i64> {
        let mut top = None;
        for arc in market.row(mentee) {
            let worth = market.worth(*arc);
            if top.is_some_and(|top| worth - cheapest <= top) {
                break;
            }
            if !self.holds(mentee, arc.mentor()) {
                let net = worth - self.prices[arc.mentor() as usize];
                if top.is_none_or(|top| net > top) {
                    top = Some(net);
                }
            }
        }
        top
    }

    /// The arc by which a mentee holds this mentor.
    pub fn arc_to(&self, mentee: Mentee, mentor: Mentor) -> Arc {
        let [first, second] = self.held[mentee as usize];
        if first.mentor() == mentor { first } else { second }
    }

    pub fn holders_of(&self, market: &Market, mentor: Mentor) -> &[Mentee] {
        let start = market.slots_of(mentor).start;
        &self.holders[start..start + self.load[mentor as usize] as usize]
    }

    /// What the next slot costs, while there is one.
    pub fn next_cost(&self, market: &Market, mentor: Mentor) -> Option<i64> {
        let load = self.load[mentor as usize];
        (load < market.capacity(mentor)).then(|| market.cost(mentor, load))
    }

    /// A mentee takes a slot that is free.
    pub fn enter(&mut self, market: &Market, mentee: Mentee, arc: Arc) {
        let mentor = arc.mentor();
        let slot = market.slots_of(mentor).start + self.load[mentor as usize] as usize;
        self.holders[slot] = mentee;
        self.load[mentor as usize] += 1;
        self.take(mentee, arc);
    }

    /// A mentee leaves, and nobody comes.
    pub fn leave(&mut self, market: &Market, mentee: Mentee, mentor: Mentor) {
        let slot = self.slot_of(market, mentee, mentor);
        let last = market.slots_of(mentor).start + self.load[mentor as usize] as usize - 1;
        self.holders[slot] = self.holders[last];
        self.holders[last] = NOBODY;
        self.load[mentor as usize] -= 1;
        self.let_go(mentee, mentor);
    }

    /// A mentee leaves, and another takes the place.
    pub fn replace(&mut self, market: &Market, old: Mentee, new: Mentee, arc: Arc) {
        let slot = self.slot_of(market, old, arc.mentor());
        self.holders[slot] = new;
        self.let_go(old, arc.mentor());
        self.take(new, arc);
    }

    fn slot_of(&self, market: &Market, mentee: Mentee, mentor: Mentor) -> usize {
        let start = market.slots_of(mentor).start;
        let place = self.holders_of(market, mentor).iter().position(|holder| *holder == mentee);
        start + place.expect("whoever leaves a mentor held a slot there")
    }

    pub fn take(&mut self, mentee: Mentee, arc: Arc) {
        let held = &mut self.held[mentee as usize];
        held[usize::from(held[0].is_some())] = arc;
    }

    pub fn let_go(&mut self, mentee: Mentee, mentor: Mentor) {
        let held = &mut self.held[mentee as usize];
        if held[0].mentor() == mentor {
            *held = [held[1], Arc::NONE];
        } else if held[1].mentor() == mentor {
            held[1] = Arc::NONE;
        }
    }
}
