use espalier_kernel::{Bind, Date, Id, Moment};
use espalier_store::Statement;

/// A statement and what its parameters stand for.
#[derive(Debug)]
pub(crate) struct Ask {
    pub(crate) statement: Statement,
    terms: Vec<&'static str>,
}

/// What parameters can stand for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Given<'a> {
    pub(crate) person: Id,
    pub(crate) today: Date,
    pub(crate) now: Moment,
    pub(crate) before: &'a str,
    pub(crate) most: i64,
}

const TERMS: [&str; 5] = ["{person}", "{today}", "{now}", "{before}", "{most}"];

impl Ask {
    /// Numbers the parameters that stand in the text. Each is said to be text once, because some stand only beside
    /// each other.
    pub(crate) fn new(name: &'static str, text: &str) -> Self {
        let mut sql = text.to_owned();
        let mut terms = Vec::new();
        for term in TERMS {
            if sql.contains(term) {
                terms.push(term);
                let kind = if term == "{most}" { "bigint" } else { "text" };
                sql = sql.replace(term, &format!("cast(${} as {kind})", terms.len()));
            }
        }
        Self { statement: Statement::compose(name, sql), terms }
    }

    pub(crate) fn values<'a>(&self, given: &'a Given<'a>) -> Vec<&'a dyn Bind> {
        self.terms
            .iter()
            .map(|&term| -> &dyn Bind {
                match term {
                    "{person}" => &given.person,
                    "{today}" => &given.today,
                    "{now}" => &given.now,
                    "{before}" => &given.before,
                    _ => &given.most,
                }
            })
            .collect()
    }
}
