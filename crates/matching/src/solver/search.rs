//! Searches along shortest paths that make a nearly right matching exact, one path at a time.
//!
//! Successive shortest paths with potentials (Edmonds and Karp, Theoretical improvements in algorithmic efficiency for
//! network flow problems, 1972): every step keeps prices under which nobody wants anything else.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::holdings::{Holdings, NOBODY};
use super::market::{Arc, Market};
use crate::instance::{Mentee, Mentor};

/// How a mentor was reached: whose arc led there, and from which mentor that mentee would come.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Came {
    pub mentee: Mentee,
    pub arc: Arc,
    pub from: Mentor,
}

/// Room for one search after another; forgetting the last one costs nothing.
#[derive(Debug)]
pub(crate) struct Search {
    distance: Vec<i64>,
    round: Vec<u32>,
    now: u32,
    pub came: Vec<Came>,
    heap: BinaryHeap<Reverse<(i64, Mentor)>>,
    /// Mentors whose distance is final, in the order in which they became so.
    pub settled: Vec<(Mentor, i64)>,
    /// Mentees who changed mentors, over all searches.
    pub moved: Vec<Mentee>,
    /// Nothing at this distance or beyond matters any more.
    pub best: i64,
}

impl Search {
    pub fn new(mentors: usize) -> Self {
        Self {
            distance: vec![0; mentors],
            round: vec![0; mentors],
            now: 0,
            came: vec![Came { mentee: NOBODY, arc: Arc::NONE, from: NOBODY }; mentors],
            heap: BinaryHeap::new(),
            settled: Vec::new(),
            moved: Vec::new(),
            best: 0,
        }
    }

    pub fn begin(&mut self, best: i64) {
        self.now += 1;
        self.heap.clear();
        self.settled.clear();
        self.best = best;
    }

    /// A mentor can be reached at this distance.
    pub fn reach(&mut self, mentor: Mentor, distance: i64, came: Came) {
        let place = mentor as usize;
        if distance < self.best && (self.round[place] != self.now || distance < self.distance[place]) {
            self.round[place] = self.now;
            self.distance[place] = distance;
            self.came[place] = came;
            self.heap.push(Reverse((distance, mentor)));
        }
    }

    /// The nearest mentor whose distance was not final.
    pub fn settle(&mut self) -> Option<(Mentor, i64)> {
        while let Some(Reverse((distance, mentor))) = self.heap.pop() {
            if distance >= self.best {
                return None;
            }
            if self.distance[mentor as usize] == distance {
                self.settled.push((mentor, distance));
                return Some((mentor, distance));
            }
        }
        None
    }
}

/// How a search for a place ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum End {
    /// It is worth more to nobody.
    Nowhere,
    /// At a free slot of this mentor.
    Free(Mentor),
    /// At a mentee who gives up their place with this mentor.
    GivenUp(Mentee, Mentor),
}

/// Finds a place for an open seat of a mentee, if it is worth it.
///
/// Returns whether a seat was filled; then the mentee may want another.
pub(crate) fn seat(
    market: &Market,
    holdings: &mut Holdings,
    search: &mut Search,
    mentee: Mentee,
    cheapest: impl Fn(Mentee) -> i64,
) -> bool {
    let count = holdings.count(mentee);
    if count >= holdings.open[mentee as usize] {
        return false;
    }
    let Some(top) = holdings.top(market, mentee, cheapest(mentee)) else { return false };
    let short = top + market.bonus(mentee, count);
    if short <= 0 {
        return false;
    }
    search.begin(short);
    relax(
        market,
        holdings,
        search,
        &Standing { mentee, from: NOBODY, distance: 0, utility: top },
        cheapest(mentee),
    );
    let end = explore(market, holdings, search, mentee, cheapest);
    follow(market, holdings, search, end);
    end != End::Nowhere
}

/// Raises prices until one of these mentees, none of whom has a mentor, would find a place or no longer want one.
pub(crate) fn raise(
    market: &Market,
    holdings: &mut Holdings,
    search: &mut Search,
    wanting: &[Mentee],
    cheapest: impl Fn(Mentee) -> i64,
) {
    search.begin(i64::MAX);
    let mut shortest = i64::MAX;
    for mentee in wanting {
        if let Some(top) = holdings.top(market, *mentee, cheapest(*mentee)) {
            shortest = shortest.min(top + market.bonus(*mentee, 0));
            search.best = shortest;
            let standing = Standing { mentee: *mentee, from: NOBODY, distance: 0, utility: top };
            relax(market, holdings, search, &standing, cheapest(*mentee));
        }
    }
    explore(market, holdings, search, NOBODY, cheapest);
}

/// Goes on until nothing nearer can be found, and raises prices on the way; says how the best way ends.
fn explore(
    market: &Market,
    holdings: &mut Holdings,
    search: &mut Search,
    source: Mentee,
    cheapest: impl Fn(Mentee) -> i64,
) -> End {
    let mut end = End::Nowhere;
    while let Some((mentor, distance)) = search.settle() {
        let price = holdings.prices[mentor as usize];
        if let Some(cost) = holdings.next_cost(market, mentor) {
            // A slot that is still priced above its cost is taken at its price; later it is looked at from its own side.
            let there = distance + (cost - price).max(0);
            if there < search.best {
                (search.best, end) = (there, End::Free(mentor));
            }
        }
        for at in 0..holdings.load[mentor as usize] as usize {
            let holder = holdings.holders[market.slots_of(mentor).start + at];
            if holder == source {
                continue;
            }
            let utility = holdings.utility(market, holder);
            let distance = distance + holdings.net(market, holdings.arc_to(holder, mentor)) - utility;
            let there = distance + market.bonus(holder, holdings.count(holder) - 1) + utility;
            if there < search.best {
                (search.best, end) = (there, End::GivenUp(holder, mentor));
            }
            if distance < search.best {
                let standing = Standing { mentee: holder, from: mentor, distance, utility };
                relax(market, holdings, search, &standing, cheapest(holder));
            }
        }
    }
    for (mentor, distance) in &search.settled {
        holdings.prices[*mentor as usize] += (search.best - distance).max(0);
    }
    end
}

/// A mentee looking around, who would leave one mentor for another.
struct Standing {
    mentee: Mentee,
    from: Mentor,
    distance: i64,
    utility: i64,
}

fn relax(market: &Market, holdings: &Holdings, search: &mut Search, at: &Standing, cheapest: i64) {
    for arc in market.row(at.mentee) {
        let worth = market.worth(*arc);
        let base = at.distance + at.utility;
        if base - (worth - cheapest) >= search.best {
            break;
        }
        let mentor = arc.mentor();
        let distance = base - worth + holdings.prices[mentor as usize];
        if distance < search.best && !holdings.holds(at.mentee, mentor) {
            search.reach(mentor, distance, Came { mentee: at.mentee, arc: *arc, from: at.from });
        }
    }
}

/// Everybody on the path moves on by one place.
pub(crate) fn follow(market: &Market, holdings: &mut Holdings, search: &mut Search, end: End) {
    let mut came = match end {
        End::Nowhere => return,
        End::Free(mentor) => {
            let came = search.came[mentor as usize];
            holdings.let_go(came.mentee, came.from);
            holdings.enter(market, came.mentee, came.arc);
            came
        }
        End::GivenUp(mentee, mentor) => {
            search.moved.push(mentee);
            let came = search.came[mentor as usize];
            holdings.let_go(came.mentee, came.from);
            holdings.replace(market, mentee, came.mentee, came.arc);
            came
        }
    };
    search.moved.push(came.mentee);
    while came.from != NOBODY {
        let next = search.came[came.from as usize];
        holdings.let_go(next.mentee, next.from);
        holdings.replace(market, came.mentee, next.mentee, next.arc);
        search.moved.push(next.mentee);
        came = next;
    }
}
