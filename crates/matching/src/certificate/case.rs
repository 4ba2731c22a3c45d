use std::borrow::Cow;

/// What is to be proved best. The same as `Rules`, said again so that nothing is shared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Objective {
    /// `None` puts the number of mentees with a mentor first; else what a first mentor is worth.
    pub reserve: Option<i64>,
    /// Pairs below this fit are avoided.
    pub floor: Option<i64>,
    /// What a pair that stays together gains.
    pub stay: i64,
}

/// Everything a proof looks at. Mentees and mentors are places in these lists.
#[derive(Debug, Clone)]
pub struct Case<'a> {
    /// How many mentors each mentee asks for.
    pub demand: Cow<'a, [u8]>,
    /// How many mentees each mentor takes, and the loads of the first five.
    pub offers: Vec<(u8, [i64; 5])>,
    /// Where the edges of each mentee begin, and where the last end.
    pub rows: Cow<'a, [u32]>,
    /// The mentor of each edge, rising within a row.
    pub to: Cow<'a, [u32]>,
    /// The fit of each edge.
    pub fit: Cow<'a, [i32]>,
    /// Pairs that have to be, in order.
    pub pins: Vec<(u32, u32)>,
    /// Pairs that must not be, in order.
    pub blocks: Vec<(u32, u32)>,
    /// Pairs there were before, in order.
    pub current: Vec<(u32, u32)>,
}

/// A matching that is proved to be the best.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Proof {
    /// Mentees with at least one mentor.
    pub matched: u64,
    /// Pairs below the floor.
    pub weak: u64,
    /// The sum of fits less the loads.
    pub net_fit: i128,
    /// What the matching is worth under the weights.
    pub value: i128,
    /// What no matching can exceed.
    pub bound: i128,
}

/// Why there is no proof.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unproved {
    /// It is no matching.
    #[error("This is no matching: {0}")]
    Infeasible(String),
    /// It may be one, but a better one is not ruled out.
    #[error("Not proved: the matching is worth {} and the prices allow up to {}.", .0.value, .0.bound)]
    Open(Proof),
}

impl Case<'_> {
    /// Proves that no matching is better than these pairs, or says why not.
    ///
    /// # Errors
    ///
    /// When the pairs are no matching, or the prices leave room for a better one.
    pub fn prove(&self, asked: &Objective, pairs: &[(u32, u32)], prices: &[i128]) -> Result<Proof, Unproved> {
        self.prove_under(asked, self.weights(asked), pairs, prices)
    }

    /// The same under weights of somebody else's choice, which must be at least as strict.
    ///
    /// # Errors
    ///
    /// When the weights are not strict enough, the pairs are no matching, or the prices leave room for a better one.
    pub fn prove_under(
        &self,
        asked: &Objective,
        weights: Weights,
        pairs: &[(u32, u32)],
        prices: &[i128],
    ) -> Result<Proof, Unproved> {
        let least = self.weights(asked);
        let (pairs_at_most, all) = self.sway(asked);
        let is_strict = match asked.reserve {
            Some(_) => weights.first == least.first,
            None => weights.first >= weights.weak * (pairs_at_most + 1) + all,
        };
        if !is_strict || weights.weak < least.weak {
            return Err(Unproved::Infeasible("the weights do not put first things first".to_owned()));
        }
        let mut pairs = pairs.to_vec();
        pairs.sort_unstable();
        self.look_at(&pairs, prices).map_err(Unproved::Infeasible)?;

        let mut proof = self.sum(asked, &weights, &pairs);
        proof.bound = self.bound(asked, &weights, prices);
        if proof.value == proof.bound { Ok(proof) } else { Err(Unproved::Open(proof)) }
    }

    /// Whether the pairs are a matching at all.
    fn look_at(&self, pairs: &[(u32, u32)], prices: &[i128]) -> Result<(), String> {
        if prices.len() != self.offers.len() {
            return Err(format!("there are {} prices for {} mentors", prices.len(), self.offers.len()));
        }
        if pairs.windows(2).any(|both| both[0] == both[1]) {
            return Err("a pair stands there twice".to_owned());
        }
        let mut seats = self.demand.to_vec();
        let mut slots: Vec<u8> = self.offers.iter().map(|offer| offer.0).collect();
        for pair in pairs {
            let (mentee, mentor) = (pair.0 as usize, pair.1 as usize);
            if mentee >= seats.len() || mentor >= slots.len() || self.fit_of(*pair).is_none() {
                return Err(format!("the pair in places {mentee} and {mentor} has no edge"));
            }
            if self.blocks.binary_search(pair).is_ok() {
                return Err(format!("the pair in places {mentee} and {mentor} is blocked"));
            }
            seats[mentee] = seats[mentee]
                .checked_sub(1)
                .ok_or_else(|| format!("the mentee in place {mentee} has more mentors than they ask for"))?;
            slots[mentor] = slots[mentor]
                .checked_sub(1)
                .ok_or_else(|| format!("the mentor in place {mentor} has more mentees than they take"))?;
        }
        match self.pins.iter().find(|pin| pairs.binary_search(pin).is_err()) {
            Some(pin) => Err(format!("the pinned pair in places {} and {} is missing", pin.0, pin.1)),
            None => Ok(()),
        }
    }

    fn sum(&self, asked: &Objective, weights: &Weights, pairs: &[(u32, u32)]) -> Proof {
        let mut proof = Proof { matched: 0, weak: 0, net_fit: 0, value: 0, bound: 0 };
        let mut load = vec![0_u8; self.offers.len()];
        let mut last = None;
        for pair in pairs {
            let fit = i128::from(self.fit_of(*pair).unwrap_or(0));
            proof.matched += u64::from(last.replace(pair.0) != Some(pair.0));
            proof.weak += u64::from(asked.floor.is_some_and(|floor| fit < i128::from(floor)));
            proof.net_fit += fit;
            proof.value += self.worth(asked, weights, *pair, fit);
            load[pair.1 as usize] += 1;
        }
        for (offer, load) in self.offers.iter().zip(load) {
            let cost: i128 = (0..load).map(|slot| cost(offer, slot)).sum();
            proof.net_fit -= cost;
            proof.value -= cost;
        }
        proof.value += i128::from(proof.matched) * weights.first;
        proof
    }

    fn bound(&self, asked: &Objective, weights: &Weights, prices: &[i128]) -> i128 {
        let mut bound = 0;
        let mut pinned = vec![0_u8; self.offers.len()];
        let mut pins = self.pins.iter().peekable();
        for (mentee, seats) in self.demand.iter().enumerate() {
            let mut seats = *seats;
            let mut first = weights.first;
            while let Some(pin) = pins.next_if(|pin| pin.0 as usize == mentee) {
                let fit = i128::from(self.fit_of(*pin).unwrap_or(0));
                bound += self.worth(asked, weights, *pin, fit) + std::mem::take(&mut first);
                seats = seats.saturating_sub(1);
                pinned[pin.1 as usize] += 1;
            }
            bound += self.best_bundle(asked, weights, mentee, seats, first, prices);
        }
        for ((offer, price), pinned) in self.offers.iter().zip(prices).zip(pinned) {
            bound -= (0..pinned).map(|slot| cost(offer, slot)).sum::<i128>();
            bound += (pinned..offer.0).map(|slot| (price - cost(offer, slot)).max(0)).sum::<i128>();
        }
        bound
    }

    /// The best that a mentee could do with the seats that pins leave, at these prices.
    fn best_bundle(
        &self,
        asked: &Objective,
        weights: &Weights,
        mentee: usize,
        seats: u8,
        first: i128,
        prices: &[i128],
    ) -> i128 {
        let mut best: [Option<i128>; 2] = [None, None];
        let row = self.rows[mentee] as usize..self.rows[mentee + 1] as usize;
        let mentee = u32::try_from(mentee).unwrap_or(u32::MAX);
        for (mentor, fit) in self.to[row.clone()].iter().zip(&self.fit[row]) {
            let pair = (mentee, *mentor);
            if self.pins.binary_search(&pair).is_ok() || self.blocks.binary_search(&pair).is_ok() {
                continue;
            }
            let net = self.worth(asked, weights, pair, i128::from(*fit)) - prices[*mentor as usize];
            if best[0].is_none_or(|best| net > best) {
                best = [Some(net), best[0]];
            } else if best[1].is_none_or(|best| net > best) {
                best[1] = Some(net);
            }
        }
        let one = best[0].filter(|_| seats > 0).map_or(0, |net| first + net);
        let two = best[1].filter(|_| seats > 1).map_or(0, |net| one + net);
        one.max(two).max(0)
    }

    fn fit_of(&self, pair: (u32, u32)) -> Option<i32> {
        let start = self.rows[pair.0 as usize] as usize;
        let row = &self.to[start..self.rows[pair.0 as usize + 1] as usize];
        row.binary_search(&pair.1).ok().map(|at| self.fit[start + at])
    }

    fn worth(&self, asked: &Objective, weights: &Weights, pair: (u32, u32), fit: i128) -> i128 {
        let stays = asked.stay != 0 && self.current.binary_search(&pair).is_ok();
        let is_weak = asked.floor.is_some_and(|floor| fit < i128::from(floor));
        fit + if stays { i128::from(asked.stay) } else { 0 } - if is_weak { weights.weak } else { 0 }
    }

    /// Weights under which nothing later outweighs anything earlier. They are part of what prices mean, so the solver
    /// computes the same numbers, by code of its own.
    #[must_use]
    pub fn weights(&self, asked: &Objective) -> Weights {
        let (pairs, all) = self.sway(asked);
        let weak = if asked.floor.is_some() { all } else { 0 };
        let first = asked.reserve.map_or(weak * (pairs + 1) + all, i128::from);
        Weights { first, weak }
    }

    /// The most pairs there can be, and more than all of them together move the sum of fits and loads.
    fn sway(&self, asked: &Objective) -> (i128, i128) {
        let seats: i128 = self.demand.iter().map(|seats| i128::from(*seats)).sum();
        let slots: i128 = self.offers.iter().map(|offer| i128::from(offer.0)).sum();
        let pairs = seats.min(slots);
        let fit = self.fit.iter().map(|fit| i128::from(fit.unsigned_abs())).max().unwrap_or(0);
        let load = (self.offers.iter().filter(|offer| offer.0 > 0))
            .map(|offer| cost(offer, 0).abs().max(cost(offer, offer.0 - 1).abs()))
            .max()
            .unwrap_or(0);
        let reserve = i128::from(asked.reserve.unwrap_or(0));
        let all = 2 * pairs * (i128::from(asked.stay).abs() + fit + load + 1 + reserve.abs()) + 1;
        (pairs, all)
    }
}

/// What puts first things first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Weights {
    /// What a mentee's first mentor is worth.
    pub first: i128,
    /// What a pair below the floor costs.
    pub weak: i128,
}

/// What the mentee after so many others costs. Beyond the fifth, each costs the last step more.
fn cost(offer: &(u8, [i64; 5]), already: u8) -> i128 {
    let [.., fourth, fifth] = offer.1.map(i128::from);
    match offer.1.get(usize::from(already)) {
        Some(cost) => i128::from(*cost),
        None => fifth + (i128::from(already) - 4) * (fifth - fourth),
    }
}
