//! People from a file: read it, hold it against who is here, and say exactly what would change before anything
//! does. A file with errors changes nothing unless somebody decides to leave the bad rows out; the same file twice
//! changes nothing the second time.

mod apply;
mod plan;
mod sheet;

pub use apply::{Applied, STATEMENTS, apply, existing};
pub use plan::{Change, Existing, Plan, Row, plan};
pub(crate) use plan::{is_address, is_hours};
pub use sheet::{BadRow, Field, Mapping, Sheet, SheetFault};
