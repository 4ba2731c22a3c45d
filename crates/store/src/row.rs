use std::borrow::Cow;

use espalier_kernel::{Shape, Stored, Value};
use rusqlite::types::ValueRef;
use sqlx::Row as _;
use sqlx::postgres::PgRow;

use crate::Fault;
use crate::fault::DriverError;

/// One row of an answer, read column by column from the left.
pub struct Row<'r> {
    inner: Engine<'r>,
    next: usize,
    statement: &'static str,
}

enum Engine<'r> {
    Sqlite(&'r rusqlite::Row<'r>),
    Postgres(&'r PgRow),
}

/// A type that a row can be read into.
pub trait FromRow: Sized {
    /// Takes its columns in the order in which the statement names them.
    ///
    /// # Errors
    ///
    /// When a stored value is not what the type expects.
    fn from_row(row: &mut Row<'_>) -> Result<Self, Fault>;
}

impl<'r> Row<'r> {
    pub(crate) fn sqlite(row: &'r rusqlite::Row<'r>, statement: &'static str) -> Self {
        Self { inner: Engine::Sqlite(row), next: 0, statement }
    }

    pub(crate) fn postgres(row: &'r PgRow, statement: &'static str) -> Self {
        Self { inner: Engine::Postgres(row), next: 0, statement }
    }

    /// The next column.
    ///
    /// # Errors
    ///
    /// When there is no such column, or its value is not what the type expects.
    pub fn take<T: Stored>(&mut self) -> Result<T, Fault> {
        let place = self.next;
        self.next += 1;
        T::read(self.value(place, T::SHAPE)?)
            .ok_or_else(|| Fault::unreadable(format!("reading column {} of {}", place + 1, self.statement)))
    }

    /// How many columns it has.
    #[must_use]
    pub fn width(&self) -> usize {
        match self.inner {
            Engine::Sqlite(row) => row.as_ref().column_count(),
            Engine::Postgres(row) => row.len(),
        }
    }

    /// The value of a column, which must be of a shape.
    pub(crate) fn value(&self, place: usize, shape: Shape) -> Result<Value<'r>, Fault> {
        match self.inner {
            Engine::Sqlite(row) => of_sqlite(row, place, shape),
            Engine::Postgres(row) => of_postgres(row, place, shape),
        }
        .map_err(|source| Fault::new(format!("reading column {} of {}", place + 1, self.statement), source))
    }
}

fn of_sqlite<'r>(row: &'r rusqlite::Row<'_>, place: usize, shape: Shape) -> Result<Value<'r>, DriverError> {
    let found = row.get_ref(place)?;
    Ok(match (shape, found) {
        (_, ValueRef::Null) => Value::Null(shape),
        (Shape::Text, ValueRef::Text(text)) => {
            let text = std::str::from_utf8(text).map_err(|error| rusqlite::Error::Utf8Error(place, error))?;
            Value::Text(Cow::Borrowed(text))
        }
        (Shape::Whole, ValueRef::Integer(number)) => Value::Whole(number),
        (Shape::Double, ValueRef::Real(number)) => Value::Double(number),
        (Shape::Bytes, ValueRef::Blob(bytes)) => Value::Bytes(Cow::Borrowed(bytes)),
        _ => return Err(rusqlite::Error::InvalidColumnType(place, String::new(), found.data_type()).into()),
    })
}

fn of_postgres(row: &PgRow, place: usize, shape: Shape) -> Result<Value<'_>, DriverError> {
    let value = match shape {
        Shape::Text => row.try_get::<Option<&str>, _>(place)?.map(|text| Value::Text(Cow::Borrowed(text))),
        Shape::Whole => row.try_get::<Option<i64>, _>(place)?.map(Value::Whole),
        Shape::Double => row.try_get::<Option<f64>, _>(place)?.map(Value::Double),
        Shape::Bytes => {
            row.try_get::<Option<&[u8]>, _>(place)?.map(|bytes| Value::Bytes(Cow::Borrowed(bytes)))
        }
    };
    Ok(value.unwrap_or(Value::Null(shape)))
}

macro_rules! tuples {
    ($(($($name:ident)+))*) => {$(
        impl<$($name: Stored),+> FromRow for ($($name,)+) {
            fn from_row(row: &mut Row<'_>) -> Result<Self, Fault> {
                Ok(($(row.take::<$name>()?,)+))
            }
        }
    )*};
}
tuples! { (A) (A B) (A B C) (A B C D) (A B C D E) (A B C D E F) }
