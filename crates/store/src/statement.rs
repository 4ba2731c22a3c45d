/// One SQL text for both engines, with the name under which tests and faults speak of it.
#[derive(Debug, Clone, Copy)]
pub struct Statement {
    /// Its name.
    pub name: &'static str,
    /// Its text.
    pub sql: &'static str,
}

impl Statement {
    /// A statement that is put together once, when the application starts (from rules or from a list of
    /// columns), and lives as long as the process.
    #[must_use]
    pub fn compose(name: &'static str, sql: String) -> Self {
        Self { name, sql: Box::leak(sql.into_boxed_str()) }
    }
}

/// Names the statements of a room, and lists them as `STATEMENTS` for the test that prepares each on both
/// engines.
///
/// ```
/// espalier_store::queries! {
///     /// How many people there are.
///     PEOPLE = "select count(*) from person";
/// }
/// assert_eq!(STATEMENTS.len(), 1);
/// assert_eq!(PEOPLE.name, "PEOPLE");
/// ```
#[macro_export]
macro_rules! queries {
    ($($(#[$doc:meta])* $name:ident = $sql:expr;)*) => {
        $($(#[$doc])* pub const $name: $crate::Statement = $crate::Statement { name: stringify!($name), sql: $sql };)*

        /// All statements of this file, for the test that prepares each on both engines.
        pub const STATEMENTS: &[$crate::Statement] = &[$($name),*];
    };
}
