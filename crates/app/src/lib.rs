//! The application: it joins the rooms, serves them, and offers what needs no browser on the command line.
//!
//! What it never does: hold a rule of its own. What a page says is decided in a room.

pub mod command;
pub mod demo;
pub mod first;
mod home;
pub mod house;
mod settings;
mod worker;
