//! People come, leave and change their minds: the matching is mended where that matters, and is the best again.
//!
//! Every change disturbs a few places. What is left is still right at the prices there are, so one shortest path for each
//! seat or slot that a change opened makes everything right again (as in `search` and `lower`).

use super::auction::cheapest;
use super::holdings::Holdings;
use super::lower::{Columns, lower};
use super::market::Market;
use super::reach::Reach;
use super::search::{Search, seat};
use super::{Matching, settle};
use crate::certificate::{self, Proof, Unproved};
use crate::instance::{Instance, MOST_MENTEES, Mentee, Mentor, Offer, Pair};
use crate::rules::{Mode, Room, Rules, TooLarge, Weights};

/// A matching that can be mended. It knows all who may ever take part, and who of them does now.
#[derive(Debug)]
pub struct Repair {
    instance: Instance,
    rules: Rules,
    weights: Weights,
    market: Market,
    holdings: Holdings,
    columns: Columns,
    search: Search,
    /// No price is below this.
    cheapest: i64,
}

/// What a change came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mended {
    /// Mentees whose mentors are not the same as before, in order.
    pub moved: Vec<Mentee>,
    /// Whether everybody whose prices changed has what they want: the certificate of the rows that were touched.
    pub certified: bool,
}

impl Repair {
    /// The best matching of an instance, ready to be mended.
    ///
    /// # Errors
    ///
    /// When the numbers are too large to be added up exactly.
    pub fn begin(instance: &Instance, rules: &Rules) -> Result<Self, TooLarge> {
        // Weights for as many places as there may ever be, so that prices keep their meaning through all changes.
        let weights = Weights::with_room(instance, rules, Room::Ever)?;
        let market = Market::with_room(instance, &weights, Room::Ever);
        let reach = (rules.mode == Mode::Participation).then(|| Reach::of(&market));
        let holdings = settle(&market, reach.as_ref());
        let columns = Columns::of(&market);
        let search = Search::new(holdings.prices.len());
        let cheapest = cheapest(&holdings.prices, None)[0];
        Ok(Self {
            instance: instance.clone(),
            rules: *rules,
            weights,
            market,
            holdings,
            columns,
            search,
            cheapest,
        })
    }

    /// A mentor takes this many mentees from now on; none, when they leave.
    pub fn set_capacity(&mut self, mentor: Mentor, capacity: u8) -> Mended {
        self.search.moved.clear();
        let mut touched = vec![mentor];
        let place = mentor as usize;
        let pinned = self.instance.pins.iter().filter(|pin| pin.mentor == mentor).count();
        let most = self.market.slots_of(mentor).len();
        let capacity = usize::from(capacity).saturating_sub(pinned).min(most);
        self.market.capacity[place] = super::market::index(capacity);
        if capacity == 0 {
            self.holdings.prices[place] = self.market.dearest();
        }
        let mut out = Vec::new();
        let mut free = vec![mentor];
        while self.holdings.load[place] > self.market.capacity[place] {
            let last = self.market.slots_of(mentor).start + self.holdings.load[place] as usize - 1;
            let mentee = self.holdings.holders[last];
            free.extend(self.put_out(mentee, mentor));
            out.push(mentee);
        }
        self.search.moved.extend(&out);
        for mentee in out {
            self.seat(mentee, &mut touched);
        }
        for mentor in free {
            touched.push(mentor);
            self.lower(mentor, &mut touched);
        }
        self.set_offer(mentor, capacity + pinned);
        self.mended(&touched)
    }

    /// A mentee asks for this many mentors from now on; for none, when they leave.
    pub fn set_demand(&mut self, mentee: Mentee, demand: u8) -> Mended {
        self.search.moved.clear();
        let mut touched = Vec::new();
        let place = mentee as usize;
        let pinned = self.instance.pins.iter().filter(|pin| pin.mentee == mentee).count();
        let demand = demand.min(2).saturating_sub(u8::try_from(pinned).unwrap_or(2));
        self.market.seats[place] = demand;
        let mut free = Vec::new();
        while self.holdings.count(mentee) > demand {
            let held = self.holdings.held[place].into_iter().filter(|arc| arc.is_some());
            let least = held.min_by_key(|arc| self.holdings.net(&self.market, *arc));
            let mentor = least.map_or(0, super::market::Arc::mentor);
            self.holdings.leave(&self.market, mentee, mentor);
            self.search.moved.push(mentee);
            free.push(mentor);
        }
        self.holdings.open[place] = self.holdings.count(mentee);
        self.seat(mentee, &mut touched);
        for mentor in free {
            touched.push(mentor);
            self.lower(mentor, &mut touched);
        }
        self.instance.demand[place] = demand + u8::try_from(pinned).unwrap_or(0);
        self.mended(&touched)
    }

    /// The matching as it is now.
    #[must_use]
    pub fn matching(&self) -> Matching {
        let mut pairs = self.instance.pins.clone();
        pairs.extend(self.holdings.pairs());
        pairs.sort_unstable();
        Matching { pairs, prices: self.holdings.prices.clone() }
    }

    /// Who takes part now.
    #[must_use]
    pub fn instance(&self) -> &Instance {
        &self.instance
    }

    /// The full certificate: a pass over everything.
    ///
    /// # Errors
    ///
    /// When it is not proved, which would be a fault of the repair.
    pub fn prove(&self) -> Result<Proof, Unproved> {
        let Matching { pairs, prices } = self.matching();
        let pairs: Vec<_> = pairs.iter().map(|pair| (pair.mentee, pair.mentor)).collect();
        let prices: Vec<_> = prices.iter().map(|price| i128::from(*price)).collect();
        let weights = certificate::Weights {
            first: i128::from(self.weights.first),
            weak: i128::from(self.weights.weak),
        };
        self.instance.case().prove_under(&self.rules.objective(), weights, &pairs, &prices)
    }

    /// A mentee leaves a mentor, and asks for as many as they hold then. Whoever holds a worse one would rather have kept
    /// this: they leave that one too, who is given back, and choose again.
    fn put_out(&mut self, mentee: Mentee, mentor: Mentor) -> Option<Mentor> {
        let lost = self.holdings.net(&self.market, self.holdings.arc_to(mentee, mentor));
        self.holdings.leave(&self.market, mentee, mentor);
        let [other, _] = self.holdings.held[mentee as usize];
        let is_worse = other.is_some() && self.holdings.net(&self.market, other) < lost;
        let given_back = is_worse.then(|| other.mentor());
        if let Some(other) = given_back {
            self.holdings.leave(&self.market, mentee, other);
        }
        self.holdings.open[mentee as usize] = self.holdings.count(mentee);
        given_back
    }

    /// Fills the open seats of a mentee.
    fn seat(&mut self, mentee: Mentee, touched: &mut Vec<Mentor>) {
        while self.holdings.open[mentee as usize] < self.market.seats[mentee as usize] {
            self.holdings.open[mentee as usize] += 1;
            let cheapest = self.cheapest;
            seat(&self.market, &mut self.holdings, &mut self.search, mentee, |_| cheapest);
            touched.extend(self.search.settled.drain(..).map(|(mentor, _)| mentor));
        }
    }

    /// Fills the free slots of a mentor, or makes them as cheap as they are.
    fn lower(&mut self, mentor: Mentor, touched: &mut Vec<Mentor>) {
        loop {
            let goes_on = lower(&self.market, &mut self.holdings, &self.columns, &mut self.search, mentor);
            for (mentor, _) in self.search.settled.drain(..) {
                self.cheapest = self.cheapest.min(self.holdings.prices[mentor as usize]);
                touched.push(mentor);
            }
            if !goes_on {
                return;
            }
        }
    }

    fn set_offer(&mut self, mentor: Mentor, capacity: usize) {
        let offer: &mut Offer = &mut self.instance.offers[mentor as usize];
        offer.capacity = u8::try_from(capacity).unwrap_or(MOST_MENTEES);
    }

    fn mended(&mut self, touched: &[Mentor]) -> Mended {
        let mut moved = std::mem::take(&mut self.search.moved);
        moved.sort_unstable();
        moved.dedup();
        let mut touched = touched.to_vec();
        touched.sort_unstable();
        touched.dedup();
        let certified = moved.iter().all(|mentee| self.has_what_they_want(*mentee))
            && touched.iter().all(|mentor| self.is_right(*mentor));
        Mended { moved, certified }
    }

    /// Whether a mentor's price lies between what the last filled and the next free slot cost, and nobody with an arc to
    /// them wants more than they have.
    fn is_right(&self, mentor: Mentor) -> bool {
        let (market, holdings) = (&self.market, &self.holdings);
        let (load, price) = (holdings.load[mentor as usize], holdings.prices[mentor as usize]);
        let is_filled = load == 0 || market.cost(mentor, load - 1) <= price;
        let is_open = holdings.next_cost(market, mentor).is_none_or(|cost| price <= cost);
        is_filled
            && is_open
            && self.columns.of_mentor(mentor).iter().all(|turned| {
                let mentee = turned.mentor();
                let wants = || market.worth(*turned) - price > holdings.utility(market, mentee);
                market.seats[mentee as usize] == 0 || holdings.holds(mentee, mentor) || !wants()
            })
            && holdings.holders_of(market, mentor).iter().all(|mentee| self.has_what_they_want(*mentee))
    }

    fn has_what_they_want(&self, mentee: Mentee) -> bool {
        if self.market.seats[mentee as usize] == 0 {
            return self.holdings.count(mentee) == 0;
        }
        let count = self.holdings.count(mentee);
        let utility = self.holdings.utility(&self.market, mentee);
        let is_kept = count == 0 || self.market.bonus(mentee, count - 1) + utility >= 0;
        let top = self.holdings.top(&self.market, mentee, self.cheapest);
        is_kept && top.is_none_or(|top| top <= utility)
    }
}

/// Everybody whose mentors are not the same in two matchings, with what each lost and gained.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Move {
    /// Who.
    pub mentee: Mentee,
    /// Mentors they had and have no longer.
    pub from: Vec<Mentor>,
    /// Mentors they have now and had not.
    pub to: Vec<Mentor>,
    /// How much better their fits add up now; less than nothing when they made room for others.
    pub gain: i64,
}

/// What a re-match changes, mentee by mentee, where both matchings are of this instance.
#[must_use]
pub fn moves(instance: &Instance, before: &[Pair], after: &[Pair]) -> Vec<Move> {
    let mut moves: std::collections::BTreeMap<Mentee, Move> = std::collections::BTreeMap::new();
    let mut note = |pair: &Pair, is_new: bool| {
        let fit = instance.fit(*pair).map_or(0, i64::from);
        let empty = Move { mentee: pair.mentee, from: Vec::new(), to: Vec::new(), gain: 0 };
        let entry = moves.entry(pair.mentee).or_insert(empty);
        if is_new {
            entry.to.push(pair.mentor);
            entry.gain += fit;
        } else {
            entry.from.push(pair.mentor);
            entry.gain -= fit;
        }
    };
    let had: std::collections::BTreeSet<&Pair> = before.iter().collect();
    let has: std::collections::BTreeSet<&Pair> = after.iter().collect();
    had.difference(&has).for_each(|pair| note(pair, false));
    has.difference(&had).for_each(|pair| note(pair, true));
    moves.into_values().collect()
}
