//! Career frameworks as data.
