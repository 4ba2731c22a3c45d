//! How many mentees can have a mentor at all, and who stands in the way.
//!
//! A largest set of first seats (Hopcroft and Karp, An n^5/2 algorithm for maximum matchings in bipartite graphs, 1973),
//! then the split of Dulmage and Mendelsohn (Coverings of bipartite graphs, 1958): whoever can be reached from a mentee
//! without a mentor, by giving up one mentor for another, competes for places of which there are too few.

use super::market::{Arc, Market};
use crate::instance::{Mentee, Mentor};

/// The over-demanded part: mentees who share fewer places than they are, and the mentors who have those places.
#[derive(Debug, Clone)]
pub(crate) struct Reach {
    /// Whether a mentee competes for places of which there are too few.
    pub mentees: Vec<bool>,
    /// Whether a mentor is over-demanded.
    pub mentors: Vec<bool>,
}

impl Reach {
    /// Splits the market.
    pub fn of(market: &Market) -> Self {
        let mut seats = FirstSeats::new(market);
        seats.fill_plainly();
        while seats.layer() {
            seats.augment();
        }
        seats.split()
    }
}

const NOBODY: u32 = u32::MAX;

/// A set of first seats that grows.
struct FirstSeats<'a> {
    market: &'a Market,
    /// The mentor of each mentee.
    of: Vec<Mentor>,
    /// Who holds each slot.
    holders: Vec<Mentee>,
    load: Vec<u32>,
    /// How many changes of mentor lie between a mentee and one without a mentor.
    layer: Vec<u32>,
    /// How far each row was tried in this round.
    tried: Vec<u32>,
    queue: Vec<Mentee>,
}

impl<'a> FirstSeats<'a> {
    fn new(market: &'a Market) -> Self {
        let mentees = market.seats.len();
        Self {
            market,
            of: vec![NOBODY; mentees],
            holders: vec![NOBODY; market.costs.len()],
            load: vec![0; market.slots.len() - 1],
            layer: vec![NOBODY; mentees],
            tried: vec![0; mentees],
            queue: Vec::with_capacity(mentees),
        }
    }

    /// Everybody takes the best mentor who is still free.
    fn fill_plainly(&mut self) {
        for mentee in self.wanting() {
            let free = self.market.row(mentee).iter().find(|arc| self.is_free(arc.mentor()));
            if let Some(arc) = free {
                self.seat(mentee, arc.mentor());
            }
        }
    }

    /// Layers of mentees around those without a mentor; whether a free slot was reached.
    fn layer(&mut self) -> bool {
        self.layer.fill(NOBODY);
        self.queue.clear();
        for mentee in self.wanting() {
            if self.of[mentee as usize] == NOBODY {
                self.layer[mentee as usize] = 0;
                self.queue.push(mentee);
            }
        }
        let mut seen = vec![false; self.load.len()];
        let mut last = NOBODY;
        let mut next = 0;
        while let Some(&mentee) = self.queue.get(next) {
            next += 1;
            let layer = self.layer[mentee as usize];
            if layer >= last {
                break;
            }
            for arc in self.market.row(mentee) {
                let mentor = arc.mentor();
                if std::mem::replace(&mut seen[mentor as usize], true) {
                    continue;
                }
                if self.is_free(mentor) {
                    last = layer + 1;
                }
                let held = self.market.slots_of(mentor).start;
                for holder in &self.holders[held..held + self.load[mentor as usize] as usize] {
                    if self.layer[*holder as usize] == NOBODY {
                        self.layer[*holder as usize] = layer + 1;
                        self.queue.push(*holder);
                    }
                }
            }
        }
        last != NOBODY
    }

    /// Along paths that do not meet, mentees change mentors until a free slot is taken.
    fn augment(&mut self) {
        self.tried.fill(0);
        let mut path: Vec<Mentee> = Vec::new();
        for mentee in self.wanting() {
            if self.of[mentee as usize] != NOBODY {
                continue;
            }
            path.clear();
            path.push(mentee);
            while let Some(&last) = path.last() {
                match self.step(last) {
                    Step::Free(mentor) => {
                        self.shift(&path, mentor);
                        break;
                    }
                    Step::On(next) => path.push(next),
                    Step::Back => {
                        path.pop();
                    }
                }
            }
        }
    }

    fn step(&mut self, mentee: Mentee) -> Step {
        let layer = self.layer[mentee as usize];
        let row = self.market.row(mentee);
        while let Some(arc) = row.get(self.tried[mentee as usize] as usize) {
            let mentor = arc.mentor();
            if self.is_free(mentor) {
                return Step::Free(mentor);
            }
            let start = self.market.slots_of(mentor).start;
            let next = self.holders[start..start + self.load[mentor as usize] as usize]
                .iter()
                .find(|holder| {
                    self.layer[**holder as usize] == layer + 1
                        && (self.tried[**holder as usize] as usize) < self.market.row(**holder).len()
                })
                .copied();
            match next {
                Some(next) => return Step::On(next),
                None => self.tried[mentee as usize] += 1,
            }
        }
        Step::Back
    }

    /// The last of the path takes the free slot, each other the slot of the one after.
    fn shift(&mut self, path: &[Mentee], free: Mentor) {
        let mut to = free;
        for &mentee in path.iter().rev() {
            let from = self.of[mentee as usize];
            if from == NOBODY {
                self.seat(mentee, to);
                break;
            }
            // Whoever comes next on the path takes the place that is left.
            let start = self.market.slots_of(from).start;
            let end = start + self.load[from as usize] as usize;
            let at = (start..end).find(|slot| self.holders[*slot] == mentee).unwrap_or(start);
            self.holders.swap(at, end - 1);
            self.load[from as usize] -= 1;
            self.seat(mentee, to);
            to = from;
        }
    }

    fn seat(&mut self, mentee: Mentee, mentor: Mentor) {
        let slot = self.market.slots_of(mentor).start + self.load[mentor as usize] as usize;
        self.holders[slot] = mentee;
        self.load[mentor as usize] += 1;
        self.of[mentee as usize] = mentor;
        self.layer[mentee as usize] = NOBODY;
    }

    fn is_free(&self, mentor: Mentor) -> bool {
        self.load[mentor as usize] < self.market.capacity(mentor)
    }

    /// Mentees whose first seat is to be filled; what is pinned needs nothing more.
    fn wanting(&self) -> impl Iterator<Item = Mentee> + use<'a> {
        let market = self.market;
        (0..market.mentees())
            .filter(|mentee| market.seats[*mentee as usize] > 0 && market.first[*mentee as usize] > 0)
    }

    fn split(mut self) -> Reach {
        // No free slot was reached, so the last layering went all the way.
        let mentees: Vec<bool> = self.layer.iter().map(|layer| *layer != NOBODY).collect();
        let mut mentors = vec![false; self.load.len()];
        for mentee in self.queue.drain(..) {
            for arc in self.market.row(mentee) {
                mentors[Arc::mentor(*arc) as usize] = true;
            }
        }
        Reach { mentees, mentors }
    }
}

enum Step {
    Free(Mentor),
    On(Mentee),
    Back,
}
