//! Larger instances from a seed: the same kinds of difficulty as the measurements, in a size for tests.

use std::fmt::Write as _;

use super::Texts;

/// What makes an instance hard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Family {
    /// Fits as chance has it.
    Uniform,
    /// Everybody agrees who is a good mentor.
    Common,
    /// A dozen steps of fit, so that nearly everything is as good as something else.
    Ties,
    /// Fields of which nobody knows more than a few, with too few mentors in some.
    Fields,
}

/// Chance as a value: a small linear congruential generator (Knuth's constants).
pub struct Chance(u64);

impl Chance {
    pub fn below(&mut self, end: u32) -> u32 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let high = self.0 >> 33;
        u32::try_from((high * u64::from(end)) >> 31).unwrap()
    }
}

/// An instance of a family: so many mentees and mentors, of whom one in ten asks for two.
pub fn family(family: Family, mentees: u32, mentors: u32, seed: u64) -> Texts {
    let mut chance = Chance(seed);
    let mut texts = Texts {
        mentees: "mentee,demand\n".to_owned(),
        mentors: "mentor,capacity,load1,load2,load3,load4,load5\n".to_owned(),
        edges: "mentee,mentor,weight\n".to_owned(),
        ..Texts::default()
    };
    let mut renown = Vec::new();
    for mentor in 0..mentors {
        let (capacity, dislike) = (chance.below(5) + 1, chance.below(10) + 5);
        let load = [0, 15, 40, 80, 140].map(|step| (step * dislike).to_string()).join(",");
        writeln!(texts.mentors, "{mentor},{capacity},{load}").unwrap();
        renown.push(chance.below(9000));
    }
    for mentee in 0..mentees {
        writeln!(texts.mentees, "{mentee},{}", if chance.below(10) == 0 { 2 } else { 1 }).unwrap();
        let field = chance.below(7);
        for mentor in 0..mentors {
            let is_near = family == Family::Fields && (mentor * mentor + mentor) % 11 == field;
            let listed = if is_near {
                70
            } else if family == Family::Fields {
                0
            } else {
                2000 / mentors
            };
            if chance.below(100) < listed {
                let weight = match family {
                    Family::Uniform | Family::Fields => chance.below(10_001),
                    Family::Common => renown[mentor as usize] + chance.below(1001),
                    Family::Ties => chance.below(12) * 800,
                };
                writeln!(texts.edges, "{mentee},{mentor},{weight}").unwrap();
            }
        }
    }
    texts
}
