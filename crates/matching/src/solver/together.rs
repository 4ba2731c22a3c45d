//! Many open seats at once, for markets full of ties: where hundreds of mentors are equally good, looking for one place
//! after another would look at the same people again and again.
//!
//! Prices rise just so far that somebody finds a place; then as many as can have one along arcs that leave everybody
//! what they have (phases as Hopcroft and Karp's, within the prices of Kuhn, The Hungarian method, 1955).

use super::holdings::{Holdings, NOBODY};
use super::market::Market;
use super::search::{Came, End, Search, follow, raise};
use crate::instance::Mentee;

/// Seats mentees who have no mentor, many at once, until only a few are left.
pub(crate) fn seat_many(
    market: &Market,
    holdings: &mut Holdings,
    search: &mut Search,
    without: &[Mentee],
    cheapest: impl Fn(Mentee) -> i64,
) {
    let mut wanting = without.to_vec();
    let few = market.seats.len() / FEW;
    let mut seen = vec![false; holdings.prices.len()];
    loop {
        seen.fill(false);
        wanting.retain(|mentee| {
            let top = holdings.top(market, *mentee, cheapest(*mentee));
            match top.filter(|top| top + market.bonus(*mentee, 0) > 0) {
                None => false,
                Some(top) => !seat(market, holdings, search, &mut seen, (*mentee, top), &cheapest),
            }
        });
        if wanting.len() <= few {
            break;
        }
        raise(market, holdings, search, &wanting, &cheapest);
    }
    for mentee in without {
        holdings.open[*mentee as usize] = holdings.count(*mentee);
    }
}

/// Looks for a place along arcs that leave everybody what they have; whether one was found. Mentors once seen are not
/// looked at again in the same phase.
fn seat(
    market: &Market,
    holdings: &mut Holdings,
    search: &mut Search,
    seen: &mut [bool],
    (mentee, top): (Mentee, i64),
    cheapest: &impl Fn(Mentee) -> i64,
) -> bool {
    let mut ahead: Vec<Came> = Vec::new();
    look(market, holdings, seen, &mut ahead, (mentee, NOBODY, top), cheapest(mentee));
    while let Some(came) = ahead.pop() {
        let mentor = came.arc.mentor();
        if std::mem::replace(&mut seen[mentor as usize], true) {
            continue;
        }
        search.came[mentor as usize] = came;
        let price = holdings.prices[mentor as usize];
        if holdings.next_cost(market, mentor).is_some_and(|cost| cost <= price) {
            follow(market, holdings, search, End::Free(mentor));
            return true;
        }
        for at in 0..holdings.load[mentor as usize] as usize {
            let holder = holdings.holders[market.slots_of(mentor).start + at];
            let utility = holdings.utility(market, holder);
            if holdings.net(market, holdings.arc_to(holder, mentor)) > utility {
                continue;
            }
            if market.bonus(holder, holdings.count(holder) - 1) + utility == 0 {
                follow(market, holdings, search, End::GivenUp(holder, mentor));
                return true;
            }
            look(market, holdings, seen, &mut ahead, (holder, mentor, utility), cheapest(holder));
        }
    }
    false
}

/// All arcs that leave a mentee what they have now.
fn look(
    market: &Market,
    holdings: &Holdings,
    seen: &[bool],
    ahead: &mut Vec<Came>,
    (mentee, from, utility): (Mentee, u32, i64),
    cheapest: i64,
) {
    for arc in market.row(mentee) {
        let worth = market.worth(*arc);
        if worth - cheapest < utility {
            break;
        }
        let mentor = arc.mentor();
        let is_even = worth - holdings.prices[mentor as usize] == utility;
        if is_even && !seen[mentor as usize] && !holdings.holds(mentee, mentor) {
            ahead.push(Came { mentee, arc: *arc, from });
        }
    }
}

/// Below one mentee in so many, one place after another is quicker.
const FEW: usize = 200;
