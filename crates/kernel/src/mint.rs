use std::fmt;
use std::sync::{Arc, Mutex};

use crate::{Id, Moment};

/// Chance as a value: makes new ids and secrets. The system's in the binary, a seeded one in tests.
#[derive(Clone)]
pub struct Mint(Source);

#[derive(Clone)]
enum Source {
    System,
    Seeded(Arc<Mutex<u64>>),
}

impl fmt::Debug for Mint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Mint")
    }
}

impl Mint {
    /// Draws from the operating system's generator.
    #[must_use]
    pub const fn from_system() -> Self {
        Self(Source::System)
    }

    /// Draws the same things in the same order for the same seed. For tests and demo data only.
    #[must_use]
    pub fn seeded(seed: u64) -> Self {
        Self(Source::Seeded(Arc::new(Mutex::new(seed))))
    }

    /// A new id that sorts after those made in earlier milliseconds.
    #[must_use]
    pub fn id(&self, now: Moment) -> Id {
        let mut chance = [0_u8; 16];
        self.fill(&mut chance);
        let millis = u128::try_from(now.as_millisecond()).unwrap_or(0) & 0xffff_ffff_ffff;
        Id::from_bits(millis << 80 | u128::from_be_bytes(chance) >> 48)
    }

    /// A new secret of 256 bits.
    #[must_use]
    pub fn secret(&self) -> Secret {
        let mut bytes = [0_u8; 32];
        self.fill(&mut bytes);
        Secret(bytes)
    }

    fn fill(&self, bytes: &mut [u8]) {
        match &self.0 {
            Source::System => getrandom::fill(bytes).expect("the operating system gives random bytes"),
            Source::Seeded(state) => {
                let mut state = state.lock().expect("nobody panics while drawing");
                for chunk in bytes.chunks_mut(8) {
                    chunk.copy_from_slice(&split_mix(&mut state).to_be_bytes()[..chunk.len()]);
                }
            }
        }
    }
}

/// SplitMix64 (Steele, Lea, Flood 2014): small, reproducible, good enough for test data.
fn split_mix(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut z = *state;
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// 256 random bits that open a door: a sign-in, an invitation, an API token. Never logged, stored only as a hash.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Secret([u8; 32]);

impl Secret {
    /// The raw bits.
    #[must_use]
    pub const fn bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// The text that a person or a browser carries: 64 lower-case hexadecimal digits.
    #[must_use]
    pub fn reveal(&self) -> String {
        self.0.iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seeded_mint_repeats_itself() {
        let now: Moment = "2026-03-02T08:30:00Z".parse().unwrap();
        assert_eq!(Mint::seeded(7).id(now), Mint::seeded(7).id(now));
        assert_ne!(Mint::seeded(7).id(now), Mint::seeded(8).id(now));
    }

    #[test]
    fn later_ids_sort_after_earlier_ones() {
        let mint = Mint::seeded(1);
        let now: Moment = "2026-03-02T08:30:00Z".parse().unwrap();
        assert!(mint.id(now).to_string() < mint.id(now.plus_seconds(1)).to_string());
    }

    #[test]
    fn a_secret_does_not_show_itself_when_debugged() {
        assert_eq!(format!("{:?}", Mint::seeded(1).secret()), "Secret(…)");
    }
}
