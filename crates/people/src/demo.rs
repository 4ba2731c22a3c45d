//! An invented organisation.
