//! Who mentors whom: reading, an exact solver, its certificate, explanations, repair and fit scoring.
//!
//! What it never does: read a disk, a clock or chance, or use a number that is not whole. The same people and the same
//! rules give the same matching, to the byte.

pub mod certificate;
pub mod explain;
pub mod files;
mod instance;
mod rules;
pub mod scoring;
mod solver;
mod table;

pub use instance::*;
pub use rules::{Mode, Rules, TooLarge, Weights};
pub use solver::{Matching, Mended, Move, Repair, draw, moves, solve, ticket};
pub use table::BadLine;

impl Instance {
    /// The same, as the certificate looks at it.
    #[must_use]
    pub fn case(&self) -> certificate::Case<'_> {
        let pairs = |pairs: &[Pair]| pairs.iter().map(|pair| (pair.mentee, pair.mentor)).collect();
        certificate::Case {
            demand: (&self.demand).into(),
            offers: (self.offers.iter()).map(|offer| (offer.capacity, offer.load.map(i64::from))).collect(),
            rows: (&self.rows).into(),
            to: (&self.to).into(),
            fit: (&self.fit).into(),
            pins: pairs(&self.pins),
            blocks: pairs(&self.blocks),
            current: pairs(&self.current),
        }
    }
}

impl Rules {
    /// The same, as the certificate is told.
    #[must_use]
    pub fn objective(&self) -> certificate::Objective {
        let reserve = match self.mode {
            Mode::Participation => None,
            Mode::Score { reserve } => Some(reserve),
        };
        certificate::Objective { reserve, floor: self.floor.map(i64::from), stay: self.stay }
    }
}

impl Matching {
    /// Proves that no matching is better.
    ///
    /// # Errors
    ///
    /// When it is not proved, which would be a fault of the solver.
    pub fn prove(
        &self,
        instance: &Instance,
        rules: &Rules,
    ) -> Result<certificate::Proof, certificate::Unproved> {
        let pairs: Vec<_> = self.pairs.iter().map(|pair| (pair.mentee, pair.mentor)).collect();
        let prices: Vec<_> = self.prices.iter().map(|price| i128::from(*price)).collect();
        instance.case().prove(&rules.objective(), &pairs, &prices)
    }
}
