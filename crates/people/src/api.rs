//! The same as JSON.
