//! Mentees bid for places until everybody has what they want at the prices that came about.
//!
//! The auction for transportation problems (Bertsekas and Castañón, The auction algorithm for the transportation problem,
//! 1989): each slot has its bid, and a mentor's price is what the cheapest slot would cost a newcomer. Rounds with large
//! steps find prices that are nearly right; the last round has no step at all, so that whoever holds a place at its end
//! wants no other more.

use std::collections::VecDeque;

use super::holdings::Holdings;
use super::market::{Arc, Market};
use super::reach::Reach;
use crate::instance::{Mentee, Mentor};

pub(crate) struct Auction<'a> {
    market: &'a Market,
    /// Which mentees compete for places of which there are too few; `None` where nobody was asked.
    reach: Option<&'a Reach>,
    holdings: Holdings,
    /// The bid on each slot that is taken.
    bids: Vec<i64>,
    /// Below this price a mentor takes nobody in this round.
    starts: Vec<i64>,
    /// Prices below which no mentor is, outside and inside the over-demanded part.
    cheapest: [i64; 2],
    queue: VecDeque<Mentee>,
    /// By how much more than needed a bid rises in this round.
    step: i64,
    /// The most that a bid rises at once: whoever has only one mentor to go to need not offer everything.
    cap: i64,
}

impl<'a> Auction<'a> {
    /// Before the first bid. Mentors begin at the cost of their first slot; those who are over-demanded begin where a
    /// first seat is just worth it.
    pub fn new(market: &'a Market, reach: Option<&'a Reach>) -> Self {
        let first = market.first.iter().max().copied().unwrap_or(0);
        let dearest = market.dearest();
        let starts: Vec<i64> = (0..market.mentors())
            .map(|mentor| {
                let is_short = reach.is_some_and(|reach| reach.mentors[mentor as usize]);
                match market.capacity(mentor) {
                    // Too dear for anybody.
                    0 => dearest,
                    _ if is_short => first.max(market.cost(mentor, 0)),
                    _ => market.cost(mentor, 0),
                }
            })
            .collect();
        let mut auction = Self {
            market,
            reach,
            holdings: Holdings::empty(market, starts.clone()),
            bids: vec![0; market.costs.len()],
            starts,
            cheapest: [0; 2],
            queue: VecDeque::with_capacity(market.seats.len()),
            step: 0,
            cap: 0,
        };
        for mentor in 0..market.mentors() {
            auction.set_price(mentor);
        }
        auction
    }

    /// All rounds.
    pub fn run(mut self) -> Holdings {
        let span = self.market.span().max(1);
        self.cap = span;
        let mut step = span / FIRST;
        while step > LAST {
            self.round(step);
            self.begin_again(step * BACK);
            step = (step / FALL).max(LAST);
        }
        self.round(LAST);
        self.begin_again(LAST * BACK);
        self.round(0);
        self.holdings
    }

    /// Everybody gives back what they hold; prices go back by a little, so that mentors who were bid up too far are found.
    fn begin_again(&mut self, back: i64) {
        for mentor in 0..self.market.mentors() {
            if self.market.capacity(mentor) == 0 {
                continue;
            }
            let price = self.holdings.prices[mentor as usize] - back;
            self.starts[mentor as usize] = price.max(self.market.cost(mentor, 0));
            self.holdings.load[mentor as usize] = 0;
            self.set_price(mentor);
        }
        self.holdings.held.fill([Arc::NONE; 2]);
    }

    fn round(&mut self, step: i64) {
        self.step = step;
        self.find_cheapest();
        self.queue.clear();
        for mentee in 0..self.market.mentees() {
            for _ in 0..self.market.seats[mentee as usize] {
                self.queue.push_back(mentee);
            }
        }
        let mut bids: usize = 0;
        let often = self.market.slots.len() * 2;
        // Without a step, rivals may raise each other by one point at a time; what is left then is settled by searching.
        let most = self.market.seats.len() * 20;
        while let Some(mentee) = self.queue.pop_front() {
            self.bid(mentee);
            bids += 1;
            if bids.is_multiple_of(often) {
                self.find_cheapest();
            }
            if step == 0 && bids > most {
                break;
            }
        }
    }

    /// One seat of a mentee bids for the best arc that they do not hold, up to where the next best is as good.
    fn bid(&mut self, mentee: Mentee) {
        let part = usize::from(self.reach.is_some_and(|reach| reach.mentees[mentee as usize]));
        let cheapest = self.cheapest[part];
        let count = self.holdings.count(mentee);
        let outside = -self.market.bonus(mentee, count);
        let mine = self.holdings.held[mentee as usize][0];
        let (best, net, next) = self.look(mentee, mine, cheapest);
        if best == Arc::NONE || net < outside {
            return;
        }
        let mentor = best.mentor();
        let price = self.holdings.prices[mentor as usize];
        let raise = (net - next.max(outside)).min(self.cap) + self.step;
        self.place(mentee, best, price + raise);
    }

    /// The best arc, what it leaves, and what the next best leaves.
    fn look(&self, mentee: Mentee, mine: Arc, cheapest: i64) -> (Arc, i64, i64) {
        let mut best = Arc::NONE;
        let (mut first, mut second) = (LEAST, LEAST);
        let prices = &self.holdings.prices[..];
        for arc in self.market.row(mentee) {
            let worth = self.market.worth(*arc);
            if worth - cheapest <= second {
                break;
            }
            let net = worth - prices[arc.mentor() as usize];
            if net > second && *arc != mine {
                if net > first {
                    second = first;
                    first = net;
                    best = *arc;
                } else {
                    second = net;
                }
            }
        }
        (best, first, second)
    }

    fn place(&mut self, mentee: Mentee, arc: Arc, bid: i64) {
        let mentor = arc.mentor();
        let slots = self.market.slots_of(mentor);
        let load = self.holdings.load[mentor as usize] as usize;
        let taken = slots.start..slots.start + load;
        let lowest = taken.min_by_key(|slot| self.bids[*slot]);
        let next = (load < self.market.capacity(mentor) as usize).then(|| self.free_price(mentor));
        let slot = match (lowest, next) {
            (_, Some(free)) if lowest.is_none_or(|lowest| free <= self.bids[lowest]) => {
                self.holdings.load[mentor as usize] += 1;
                slots.start + load
            }
            (Some(lowest), _) if bid > self.bids[lowest] => {
                let out = self.holdings.holders[lowest];
                self.holdings.let_go(out, mentor);
                self.queue.push_back(out);
                lowest
            }
            // Without a step, who bids only as much as others did waits.
            _ => return,
        };
        self.bids[slot] = bid;
        self.holdings.holders[slot] = mentee;
        self.holdings.take(mentee, arc);
        self.set_price(mentor);
    }

    /// What the next free slot costs a newcomer.
    fn free_price(&self, mentor: Mentor) -> i64 {
        let load = self.holdings.load[mentor as usize];
        self.market.cost(mentor, load).max(self.starts[mentor as usize])
    }

    fn set_price(&mut self, mentor: Mentor) {
        let slots = self.market.slots_of(mentor);
        let load = self.holdings.load[mentor as usize] as usize;
        let lowest = self.bids[slots.start..slots.start + load].iter().min().copied();
        let free = (load < self.market.capacity(mentor) as usize).then(|| self.free_price(mentor));
        self.holdings.prices[mentor as usize] = match (lowest, free) {
            (Some(lowest), Some(free)) => lowest.min(free),
            (Some(price), None) | (None, Some(price)) => price,
            // Nobody can be taken.
            (None, None) => self.starts[mentor as usize],
        };
    }

    fn find_cheapest(&mut self) {
        self.cheapest = cheapest(&self.holdings.prices, self.reach);
    }
}

/// Prices below which no mentor is, outside and inside the over-demanded part. Mentees inside have arcs to mentors inside
/// only; mentees outside may have arcs to both.
pub(crate) fn cheapest(prices: &[i64], reach: Option<&Reach>) -> [i64; 2] {
    let all = prices.iter().copied().min().unwrap_or(0);
    let inside = reach.and_then(|reach| {
        prices.iter().zip(&reach.mentors).filter(|(_, is_short)| **is_short).map(|(price, _)| *price).min()
    });
    [all, inside.unwrap_or(all)]
}

/// Less than any arc ever leaves.
const LEAST: i64 = i64::MIN / 4;

/// The first step is the span of the market by this.
const FIRST: i64 = 8;
/// Each step is the one before by this.
const FALL: i64 = 8;
/// The last step that is one.
const LAST: i64 = 2;
/// By how many steps prices go back between rounds. Less leaves too many slots too dear, more is bid up again in vain.
const BACK: i64 = 4;
