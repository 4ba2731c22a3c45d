//! Free slots whose price is above their cost: the price falls, and whoever now wants the slot comes.

use super::holdings::{Holdings, NOBODY};
use super::market::{Arc, Market};
use super::search::{Came, Search};
use crate::instance::{Mentee, Mentor};

/// Arcs seen from the mentors' side.
#[derive(Debug)]
pub(crate) struct Columns {
    starts: Vec<u32>,
    arcs: Vec<Arc>,
}

impl Columns {
    pub fn of(market: &Market) -> Self {
        let mut starts = vec![0_u32; market.slots.len()];
        for arc in &market.arcs {
            starts[arc.mentor() as usize] += 1;
        }
        let mut end = 0;
        for start in &mut starts {
            end += *start;
            *start = end;
        }
        let mut arcs = vec![Arc::NONE; market.arcs.len()];
        for mentee in (0..market.mentees()).rev() {
            for arc in market.row(mentee) {
                let start = &mut starts[arc.mentor() as usize];
                *start -= 1;
                arcs[*start as usize] = arc.turned(mentee);
            }
        }
        Self { starts, arcs }
    }

    /// The arcs to a mentor, each leading to its mentee.
    pub fn of_mentor(&self, mentor: Mentor) -> &[Arc] {
        let start = self.starts[mentor as usize] as usize;
        let end = self.starts.get(mentor as usize + 1).map_or(self.arcs.len(), |end| *end as usize);
        &self.arcs[start..end]
    }
}

/// How a search from a free slot ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum End {
    /// Nobody comes; the price is what the slot costs.
    AtCost,
    /// A mentee with an open seat comes to this mentor.
    Open(Mentee, Mentor, Arc),
    /// This mentor is better off with one mentee less.
    Vacated(Mentor),
}

/// Lowers the price of a mentor with a free slot until the slot is taken or the price is its cost. Returns whether there
/// may be more to do.
pub(crate) fn lower(
    market: &Market,
    holdings: &mut Holdings,
    columns: &Columns,
    search: &mut Search,
    mentor: Mentor,
) -> bool {
    let Some(cost) = holdings.next_cost(market, mentor) else { return false };
    let above = holdings.prices[mentor as usize] - cost;
    if above <= 0 {
        return false;
    }
    search.begin(above);
    search.reach(mentor, 0, Came { mentee: NOBODY, arc: Arc::NONE, from: NOBODY });
    let mut end = End::AtCost;
    while let Some((at, distance)) = search.settle() {
        let price = holdings.prices[at as usize];
        if at != mentor {
            let there = distance + price - market.cost(at, holdings.load[at as usize] - 1);
            if there < search.best {
                (search.best, end) = (there, End::Vacated(at));
            }
        }
        for turned in columns.of_mentor(at) {
            let mentee = turned.mentor();
            if market.seats[mentee as usize] == 0 {
                continue;
            }
            let utility = holdings.utility(market, mentee);
            let distance = distance + utility - (market.worth(*turned) - price);
            if distance >= search.best || holdings.holds(mentee, at) {
                continue;
            }
            let arc = turned.turned(at);
            let count = holdings.count(mentee);
            if count < holdings.open[mentee as usize] {
                let there = distance - market.bonus(mentee, count) - utility;
                if there < search.best {
                    (search.best, end) = (there, End::Open(mentee, at, arc));
                }
            }
            for held in holdings.held[mentee as usize] {
                if held.is_some() {
                    let there = distance + holdings.net(market, held) - utility;
                    search.reach(held.mentor(), there, Came { mentee, arc, from: at });
                }
            }
        }
    }
    for (mentor, distance) in &search.settled {
        holdings.prices[*mentor as usize] -= (search.best - distance).max(0);
    }
    follow(market, holdings, search, end);
    end != End::AtCost
}

/// Everybody on the path comes one place nearer to the free slot.
fn follow(market: &Market, holdings: &mut Holdings, search: &mut Search, end: End) {
    let (mut at, mut arriving) = match end {
        End::AtCost => return,
        End::Open(mentee, at, arc) => {
            search.moved.push(mentee);
            (at, (mentee, arc))
        }
        End::Vacated(at) => {
            let came = search.came[at as usize];
            holdings.leave(market, came.mentee, at);
            search.moved.push(came.mentee);
            (came.from, (came.mentee, came.arc))
        }
    };
    loop {
        let came = search.came[at as usize];
        if came.mentee == NOBODY {
            holdings.enter(market, arriving.0, arriving.1);
            return;
        }
        holdings.replace(market, came.mentee, arriving.0, arriving.1);
        search.moved.push(came.mentee);
        arriving = (came.mentee, came.arc);
        at = came.from;
    }
}
