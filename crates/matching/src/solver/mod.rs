//! The exact solver: which pairs are the best there can be, and the prices that prove it.
//!
//! First who can have a mentor at all (`reach`), then an auction that finds nearly right prices (`auction`), then one
//! shortest path for each seat that is still open (`search`) and for each free slot that is still too dear (`lower`).
//! At the end nobody wants anything else at the prices there are, which is what the certificate checks.

mod auction;
mod holdings;
mod lottery;
mod lower;
mod market;
mod reach;
mod repair;
mod search;
mod together;

use crate::instance::{Instance, Mentee, Mentor, Pair};
use crate::rules::{Mode, Rules, TooLarge, Weights};
use auction::{Auction, cheapest};
use holdings::Holdings;
pub use lottery::{draw, ticket};
use lower::Columns;
use market::Market;
use reach::Reach;
pub use repair::{Mended, Move, Repair, moves};
use search::Search;

/// The best matching, and one price for each mentor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Matching {
    /// Who works with whom, in order, pinned pairs among them.
    pub pairs: Vec<Pair>,
    /// The price of each mentor: what a place there costs whoever wants one more.
    pub prices: Vec<i64>,
}

/// Finds the best matching.
///
/// # Errors
///
/// When the numbers are too large to be added up exactly.
pub fn solve(instance: &Instance, rules: &Rules) -> Result<Matching, TooLarge> {
    let weights = Weights::of(instance, rules)?;
    let market = Market::of(instance, &weights);
    let reach = match rules.mode {
        Mode::Participation => Some(Reach::of(&market)),
        Mode::Score { .. } => None,
    };
    let holdings = settle(&market, reach.as_ref());
    let mut pairs = instance.pins.clone();
    pairs.extend(holdings.pairs());
    pairs.sort_unstable();
    Ok(Matching { pairs, prices: holdings.prices })
}

/// The mentees who share fewer places than they are, each with everybody they could go to, without pinned and blocked
/// pairs.
pub(crate) fn over_demanded(instance: &Instance) -> Result<Vec<(Mentee, Vec<Mentor>)>, TooLarge> {
    let market = Market::of(instance, &Weights::of(instance, &Rules::default())?);
    let reach = Reach::of(&market);
    let short = (0..market.mentees()).filter(|mentee| reach.mentees[*mentee as usize]);
    let mentors = |mentee| market.row(mentee).iter().map(|arc| arc.mentor()).collect();
    Ok(short.map(|mentee| (mentee, mentors(mentee))).collect())
}

/// Pairs and prices that are exactly right.
fn settle(market: &Market, reach: Option<&Reach>) -> Holdings {
    let mut holdings = Auction::new(market, reach).run();
    finish(market, &mut holdings, reach);
    holdings
}

/// Makes a nearly right matching exact: open seats first, then slots that are too dear.
fn finish(market: &Market, holdings: &mut Holdings, reach: Option<&Reach>) {
    let mut search = Search::new(holdings.prices.len());
    let cheapest = cheapest(&holdings.prices, reach);
    let part =
        |mentee: Mentee| cheapest[usize::from(reach.is_some_and(|reach| reach.mentees[mentee as usize]))];
    let wanting: Vec<Mentee> =
        (0..market.mentees()).filter(|mentee| wants_more(market, holdings, *mentee, part(*mentee))).collect();
    let without: Vec<Mentee> =
        wanting.iter().copied().filter(|mentee| holdings.open[*mentee as usize] == 0).collect();
    if without.len() > market.seats.len() / MANY {
        together::seat_many(market, holdings, &mut search, &without, part);
    }
    for mentee in wanting {
        while holdings.open[mentee as usize] < market.seats[mentee as usize] {
            holdings.open[mentee as usize] += 1;
            search::seat(market, holdings, &mut search, mentee, part);
        }
    }
    let is_dear = |holdings: &Holdings, mentor: Mentor| {
        holdings.next_cost(market, mentor).is_some_and(|cost| cost < holdings.prices[mentor as usize])
    };
    let dear: Vec<Mentor> = (0..market.mentors()).filter(|mentor| is_dear(holdings, *mentor)).collect();
    if dear.is_empty() {
        return;
    }
    let columns = Columns::of(market);
    for mentor in dear {
        while lower::lower(market, holdings, &columns, &mut search, mentor) {}
    }
}

/// Whether a mentee wants more than they hold. Then what they hold and want less than something else is given back, and
/// the open seats are taken out of play until it is their turn.
fn wants_more(market: &Market, holdings: &mut Holdings, mentee: Mentee, cheapest: i64) -> bool {
    let Some(top) = holdings.top(market, mentee, cheapest) else { return false };
    if top <= holdings.utility(market, mentee) {
        return false;
    }
    for arc in holdings.held[mentee as usize] {
        if arc.is_some() && holdings.net(market, arc) < top {
            holdings.leave(market, mentee, arc.mentor());
        }
    }
    holdings.open[mentee as usize] = holdings.count(mentee);
    true
}

/// With more than one mentee in so many without a mentor, places are looked for together.
const MANY: usize = 10;
