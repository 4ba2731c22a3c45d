use std::fmt;
use std::str::FromStr;

/// Crockford's alphabet: no `i`, `l`, `o` or `u`, so that an id read aloud is heard right.
const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// 128 bits, written as 26 lower-case letters and digits that sort as text in the order they were made.
///
/// The first 48 bits are the milliseconds since 1970, the rest is chance. Kinds have their own types, made
/// with [`id!`](crate::id!); this one is what they share.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Id(u128);

impl Id {
    /// An id from its 128 bits.
    #[must_use]
    pub const fn from_bits(bits: u128) -> Self {
        Self(bits)
    }

    /// The 128 bits.
    #[must_use]
    pub const fn bits(self) -> u128 {
        self.0
    }
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = [0_u8; 26];
        for (place, letter) in text.iter_mut().enumerate() {
            let shift = 5 * (25 - place);
            *letter = ALPHABET[(self.0 >> shift) as usize & 31];
        }
        f.write_str(std::str::from_utf8(&text).expect("the alphabet is ASCII"))
    }
}

impl fmt::Debug for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// The text is not an id: 26 letters and digits of Crockford's alphabet, the first at most `7`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this is not an id")]
pub struct NotAnId;

impl FromStr for Id {
    type Err = NotAnId;

    fn from_str(text: &str) -> Result<Self, NotAnId> {
        if text.len() != 26 || text.as_bytes()[0] > b'7' {
            return Err(NotAnId);
        }
        let mut bits = 0_u128;
        for letter in text.bytes() {
            let value = ALPHABET.iter().position(|&known| known == letter).ok_or(NotAnId)?;
            bits = bits << 5 | value as u128;
        }
        Ok(Self(bits))
    }
}

/// Makes the id type of one kind, so that a `TeamId` does not fit where a `PersonId` belongs.
///
/// ```
/// espalier_kernel::id! {
///     /// One apple.
///     pub struct AppleId;
/// }
/// let apple: AppleId = "01hzzzzzzzzzzzzzzzzzzzzzzz".parse().unwrap();
/// assert_eq!(apple.to_string(), "01hzzzzzzzzzzzzzzzzzzzzzzz");
/// ```
#[macro_export]
macro_rules! id {
    ($(#[$doc:meta])* $vis:vis struct $name:ident;) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        $vis struct $name($crate::Id);

        impl $name {
            /// The id of this kind with the given bits.
            #[must_use]
            pub const fn new(id: $crate::Id) -> Self {
                Self(id)
            }

            /// The id without its kind.
            #[must_use]
            pub const fn id(self) -> $crate::Id {
                self.0
            }
        }

        impl ::std::fmt::Display for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                ::std::fmt::Display::fmt(&self.0, f)
            }
        }

        impl ::std::fmt::Debug for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self.0)
            }
        }

        impl ::std::str::FromStr for $name {
            type Err = $crate::NotAnId;

            fn from_str(text: &str) -> ::std::result::Result<Self, Self::Err> {
                text.parse().map(Self)
            }
        }

        impl $crate::__serde::Serialize for $name {
            fn serialize<S: $crate::__serde::Serializer>(&self, to: S) -> ::std::result::Result<S::Ok, S::Error> {
                to.collect_str(self)
            }
        }

        impl<'de> $crate::__serde::Deserialize<'de> for $name {
            fn deserialize<D: $crate::__serde::Deserializer<'de>>(from: D) -> ::std::result::Result<Self, D::Error> {
                let text = <::std::borrow::Cow<'de, str> as $crate::__serde::Deserialize>::deserialize(from)?;
                text.parse().map_err($crate::__serde::de::Error::custom)
            }
        }
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_reads_back_as_it_was_written() {
        for bits in [0, 1, 31, 32, u128::MAX, 0x0123_4567_89ab_cdef_0123_4567_89ab_cdef] {
            assert_eq!(Id::from_bits(bits).to_string().parse(), Ok(Id::from_bits(bits)));
        }
    }

    #[test]
    fn ids_sort_as_text_in_the_order_of_their_bits() {
        let texts: Vec<String> =
            [1, 5, 1 << 64, u128::MAX - 1].map(|bits| Id::from_bits(bits).to_string()).into();
        assert!(texts.is_sorted());
    }

    #[test]
    fn what_is_not_an_id_is_refused() {
        for text in [
            "",
            "abc",
            "81hzzzzzzzzzzzzzzzzzzzzzzz",
            "01HZZZZZZZZZZZZZZZZZZZZZZZ",
            "01hzzzzzzzzzzzzzzzzzzzzzzé",
        ] {
            assert_eq!(text.parse::<Id>(), Err(NotAnId), "{text}");
        }
    }
}
