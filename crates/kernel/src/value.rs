use std::borrow::Cow;

use crate::{Date, Id, Moment};

/// The four kinds of value that both databases keep in the same way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// Text; also ids, dates and moments, which sort as text.
    Text,
    /// A whole number of 64 bits.
    Whole,
    /// A number of double precision.
    Double,
    /// Bytes.
    Bytes,
}

/// One value on its way into or out of a database.
#[derive(Debug, Clone, PartialEq)]
pub enum Value<'a> {
    /// Nothing, of a known shape.
    Null(Shape),
    /// Text.
    Text(Cow<'a, str>),
    /// A whole number.
    Whole(i64),
    /// A number of double precision.
    Double(f64),
    /// Bytes.
    Bytes(Cow<'a, [u8]>),
}

impl Value<'_> {
    /// The same, borrowed from nothing.
    #[must_use]
    pub fn into_owned(self) -> Value<'static> {
        match self {
            Value::Null(shape) => Value::Null(shape),
            Value::Text(text) => Value::Text(text.into_owned().into()),
            Value::Whole(number) => Value::Whole(number),
            Value::Double(number) => Value::Double(number),
            Value::Bytes(bytes) => Value::Bytes(bytes.into_owned().into()),
        }
    }
}

/// What can stand in a column. `None` from [`read`](Stored::read) means the stored value is not one of these.
pub trait Stored: Sized {
    /// How it is kept.
    const SHAPE: Shape;

    /// On its way in.
    fn store(&self) -> Value<'_>;

    /// On its way out.
    fn read(value: Value<'_>) -> Option<Self>;
}

impl Stored for String {
    const SHAPE: Shape = Shape::Text;

    fn store(&self) -> Value<'_> {
        Value::Text(Cow::Borrowed(self))
    }

    fn read(value: Value<'_>) -> Option<Self> {
        match value {
            Value::Text(text) => Some(text.into_owned()),
            _ => None,
        }
    }
}

impl Stored for i64 {
    const SHAPE: Shape = Shape::Whole;

    fn store(&self) -> Value<'_> {
        Value::Whole(*self)
    }

    fn read(value: Value<'_>) -> Option<Self> {
        match value {
            Value::Whole(number) => Some(number),
            _ => None,
        }
    }
}

impl Stored for bool {
    const SHAPE: Shape = Shape::Whole;

    fn store(&self) -> Value<'_> {
        Value::Whole(i64::from(*self))
    }

    fn read(value: Value<'_>) -> Option<Self> {
        i64::read(value).map(|number| number != 0)
    }
}

impl Stored for f64 {
    const SHAPE: Shape = Shape::Double;

    fn store(&self) -> Value<'_> {
        Value::Double(*self)
    }

    fn read(value: Value<'_>) -> Option<Self> {
        match value {
            Value::Double(number) => Some(number),
            _ => None,
        }
    }
}

impl Stored for Vec<u8> {
    const SHAPE: Shape = Shape::Bytes;

    fn store(&self) -> Value<'_> {
        Value::Bytes(Cow::Borrowed(self))
    }

    fn read(value: Value<'_>) -> Option<Self> {
        match value {
            Value::Bytes(bytes) => Some(bytes.into_owned()),
            _ => None,
        }
    }
}

impl<T: Stored> Stored for Option<T> {
    const SHAPE: Shape = T::SHAPE;

    fn store(&self) -> Value<'_> {
        self.as_ref().map_or(Value::Null(T::SHAPE), T::store)
    }

    fn read(value: Value<'_>) -> Option<Self> {
        match value {
            Value::Null(_) => Some(None),
            value => T::read(value).map(Some),
        }
    }
}

/// Keeps a type as its text: what it displays is what it reads back.
#[macro_export]
macro_rules! stored_as_text {
    ($($name:ty),* $(,)?) => {$(
        impl $crate::Stored for $name {
            const SHAPE: $crate::Shape = $crate::Shape::Text;

            fn store(&self) -> $crate::Value<'_> {
                $crate::Value::Text(::std::borrow::Cow::Owned(self.to_string()))
            }

            fn read(value: $crate::Value<'_>) -> ::std::option::Option<Self> {
                match value {
                    $crate::Value::Text(text) => text.parse().ok(),
                    _ => ::std::option::Option::None,
                }
            }
        }
    )*};
}

stored_as_text!(Id, Date, Moment);

/// An enum whose cases are words: in the database, in forms and in the API.
///
/// ```
/// espalier_kernel::words! {
///     /// Where a plan stands.
///     pub enum PlanState { /// Being worked on.
///         Open = "open", /// Done.
///         Done = "done" }
/// }
/// assert_eq!("open".parse(), Ok(PlanState::Open));
/// assert_eq!(PlanState::Done.word(), "done");
/// ```
#[macro_export]
macro_rules! words {
    ($(#[$doc:meta])* $vis:vis enum $name:ident { $($(#[$case_doc:meta])* $case:ident = $word:literal),* $(,)? }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        $vis enum $name { $($(#[$case_doc])* $case),* }

        impl $name {
            /// All of them, in the order they are written.
            pub const ALL: &'static [Self] = &[$(Self::$case),*];

            /// The word for it.
            #[must_use]
            pub const fn word(self) -> &'static str {
                match self { $(Self::$case => $word),* }
            }
        }

        impl ::std::fmt::Display for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.write_str(self.word())
            }
        }

        impl ::std::str::FromStr for $name {
            type Err = $crate::UnknownWord;

            fn from_str(text: &str) -> ::std::result::Result<Self, Self::Err> {
                match text { $($word => Ok(Self::$case),)* _ => Err($crate::UnknownWord) }
            }
        }

        impl $crate::__serde::Serialize for $name {
            fn serialize<S: $crate::__serde::Serializer>(&self, to: S) -> ::std::result::Result<S::Ok, S::Error> {
                to.serialize_str(self.word())
            }
        }

        impl<'de> $crate::__serde::Deserialize<'de> for $name {
            fn deserialize<D: $crate::__serde::Deserializer<'de>>(from: D) -> ::std::result::Result<Self, D::Error> {
                let text = <::std::borrow::Cow<'de, str> as $crate::__serde::Deserialize>::deserialize(from)?;
                text.parse().map_err($crate::__serde::de::Error::custom)
            }
        }

        $crate::stored_as_text!($name);
    };
}

/// The word is none of those known here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this word is not one of the choices")]
pub struct UnknownWord;

/// What can be handed to a statement: anything [`Stored`], and borrowed text.
pub trait Bind: Sync {
    /// On its way in.
    fn bind(&self) -> Value<'_>;
}

impl<T: Stored + Sync> Bind for T {
    fn bind(&self) -> Value<'_> {
        self.store()
    }
}

impl Bind for &str {
    fn bind(&self) -> Value<'_> {
        Value::Text(Cow::Borrowed(self))
    }
}
