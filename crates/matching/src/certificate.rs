//! The proof that a matching is the best there is: one price for each mentor.
//!
//! For any whole prices p, no matching is worth more than
//!
//! ```text
//! D(p) = Σ over mentees of the best bundle of at most d mentors at these prices (bonuses + worths − prices, or nothing)
//!      + Σ over mentors of Σ over slots k of max(0, p − load of slot k)
//! ```
//!
//! because adding and taking away `p · (mentees of the mentor)` lets each mentee and each mentor be bounded alone. So a
//! matching that is worth D(p) is the best (linear programming duality; Shapley and Shubik, The assignment game I, 1971).
//!
//! This module shares nothing with the solver: it has its own reading of the files, its own weights, and adds in 128 bits.

mod case;
mod reading;

pub use case::{Case, Objective, Proof, Unproved, Weights};
pub use reading::{Claim, NotReadable, People, read_case, read_claim};
