//! Chance among equals: where several matchings are equally good, a seeded draw decides, the same for the same seed.
//!
//! Prices that prove one matching the best show all that are: exactly those in which everybody takes what leaves them
//! most at these prices. Among them the one with the largest sum of tickets is chosen, by the same solver, on the arcs
//! that are left.

use super::holdings::Holdings;
use super::market::{Arc, Market, index};
use super::{Matching, settle};
use crate::instance::{Instance, Mentee, MenteeId, Mentor, MentorId, Pair};
use crate::rules::{Rules, TooLarge, Weights};

/// The ticket of a pair in the draw of a seed: thirty bits that look like chance.
///
/// The mixing steps are those of SplitMix64 (Steele, Lea and Flood, Fast splittable pseudorandom number generators, 2014).
#[must_use]
pub fn ticket(seed: u64, mentee: MenteeId, mentor: MentorId) -> i64 {
    let mixed = mix(mix(mix(seed) ^ mentee.0) ^ mentor.0);
    i64::try_from(mixed >> 34).unwrap_or(0)
}

fn mix(number: u64) -> u64 {
    let number = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let number = (number ^ (number >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let number = (number ^ (number >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    number ^ (number >> 31)
}

/// Of all matchings as good as this one, the one that the draw of a seed prefers. The prices stay: they prove all of them.
///
/// # Errors
///
/// When the numbers are too large to be added up exactly.
pub fn draw(instance: &Instance, rules: &Rules, found: &Matching, seed: u64) -> Result<Matching, TooLarge> {
    let weights = Weights::of(instance, rules)?;
    let market = Market::of(instance, &weights);
    let mut face = Face::begin(&market, &found.prices);
    for mentee in 0..market.mentees() {
        face.take(mentee, |mentor| ticket(seed, instance.mentee_id(mentee), instance.mentor_id(mentor)));
    }
    let (equals, mut pairs) = face.end();
    drop(market);
    let holdings: Holdings = settle(&equals, None);
    pairs.extend(&instance.pins);
    pairs.extend(holdings.pairs());
    pairs.sort_unstable();
    Ok(Matching { pairs, prices: found.prices.clone() })
}

/// The market of everything that is as good.
struct Face<'a> {
    market: &'a Market,
    prices: &'a [i64],
    equals: Market,
    /// Pairs that every matching as good has.
    sure: Vec<Pair>,
    taken: Vec<u32>,
    /// More than all tickets together, so that what must be filled is filled.
    must: i64,
}

impl<'a> Face<'a> {
    fn begin(market: &'a Market, prices: &'a [i64]) -> Self {
        let pairs: i64 = market.seats.iter().map(|seats| i64::from(*seats)).sum();
        Self {
            market,
            prices,
            equals: Market { rows: vec![0], slots: vec![0], ..Market::default() },
            sure: Vec::new(),
            taken: vec![0; prices.len()],
            must: (pairs + 1) << 31,
        }
    }

    /// What a mentee may take: surely what leaves more than their last seat, perhaps what leaves just as much.
    fn take(&mut self, mentee: Mentee, ticket: impl Fn(Mentor) -> i64) {
        let net = |arc: &Arc| self.market.worth(*arc) - self.prices[arc.mentor() as usize];
        let row = self.market.row(mentee);
        let mut best = [None; 2];
        for arc in row {
            let net = net(arc);
            if best[0].is_none_or(|best| net > best) {
                best = [Some(net), best[0]];
            } else if best[1].is_none_or(|best| net > best) {
                best[1] = Some(net);
            }
        }
        let seats = self.market.seats[mentee as usize];
        let first = self.market.first[mentee as usize];
        // How many seats are filled, what the last of them leaves, and whether each of them must be.
        let (mut seats, last, mut musts) = match (seats, best) {
            (2, [Some(one), Some(two)]) if two >= 0 => (2_u8, two, [one + first > 0, two > 0]),
            (1 | 2, [Some(one), _]) if one + first >= 0 => (1, one, [one + first > 0, false]),
            _ => (0, 0, [false; 2]),
        };
        let start = self.equals.arcs.len();
        if seats > 0 {
            for arc in row {
                let (mentor, net) = (arc.mentor(), net(arc));
                if net > last {
                    self.sure.push(Pair { mentee, mentor });
                    self.taken[mentor as usize] += 1;
                    seats -= 1;
                    musts = [musts[1], false];
                } else if net == last {
                    self.equals.arcs.push(Arc::new(mentor, ticket(mentor), false));
                }
            }
        }
        let row = &mut self.equals.arcs[start..];
        if row.len() == usize::from(seats) && musts[..row.len()].iter().all(|must| *must) {
            for arc in row.iter() {
                self.sure.push(Pair { mentee, mentor: arc.mentor() });
                self.taken[arc.mentor() as usize] += 1;
            }
            self.equals.arcs.truncate(start);
            seats = 0;
        } else {
            row.sort_unstable();
        }
        self.equals.rows.push(index(self.equals.arcs.len()));
        self.equals.seats.push(seats);
        self.equals.first.push(if musts[0] { self.must } else { 0 });
        self.equals.second.push(if musts[1] { self.must } else { 0 });
    }

    /// Slots cheaper than the price must be taken, those that cost the price may be.
    fn end(mut self) -> (Market, Vec<Pair>) {
        for (mentor, price) in (0..self.market.mentors()).zip(self.prices) {
            let costs =
                &self.market.costs[self.market.slots_of(mentor)][..self.market.capacity(mentor) as usize];
            let open = costs.iter().skip(self.taken[mentor as usize] as usize);
            for cost in open.filter(|cost| *cost <= price) {
                self.equals.costs.push(if cost < price { -self.must } else { 0 });
            }
            let before = self.equals.slots.last().copied().unwrap_or(0);
            self.equals.slots.push(index(self.equals.costs.len()));
            self.equals.capacity.push(index(self.equals.costs.len()) - before);
        }
        (self.equals, self.sure)
    }
}
