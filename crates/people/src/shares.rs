//! What people share: one record, with one named colleague, until a day, and taken back at once when they like.
//!
//! What it never does: share a share, share with a group, or let anybody ask for one.

use espalier_access::{Action, Record, State};
use espalier_kernel::{Date, Id, Mint, Moment, id, words_of};
use espalier_store::{Fault, FromRow, Row, Tx, queries};
use espalier_web::{About, Problems, Viewer, WebError};
use jiff::ToSpan as _;

use crate::person::PersonId;
use crate::trail;

id! {
    /// A share.
    pub struct ShareId;
}

/// The longest a share lasts; it can be given again.
pub const LONGEST: i64 = 90;

queries! {
    /// A share given.
    ADD = "insert into share (id, owner, grantee, kind, record, path, from_on, until_on, ended_at) \
           values ($1, $2, $3, $4, $5, $6, $7, $8, null)";
    /// The shares of one record that are in force, by the name of who reads.
    OF_RECORD = "select s.id, s.kind, s.path, p.id, p.name, s.from_on, s.until_on from share s \
                 join person p on p.id = s.grantee where s.record = $1 and s.owner = $2 and s.ended_at is null \
                 and s.until_on > $3 order by p.sort_key, s.id limit 100";
    /// All that somebody shares, newest first.
    BY_OWNER = "select s.id, s.kind, s.path, p.id, p.name, s.from_on, s.until_on from share s \
                join person p on p.id = s.grantee where s.owner = $1 and s.ended_at is null and s.until_on > $2 \
                order by s.from_on desc, s.id desc limit 200";
    /// All that is shared with somebody, newest first.
    BY_GRANTEE = "select s.id, s.kind, s.path, p.id, p.name, s.from_on, s.until_on from share s \
                  join person p on p.id = s.owner where s.grantee = $1 and s.ended_at is null and s.until_on > $2 \
                  order by s.from_on desc, s.id desc limit 200";
    /// A share taken back by its owner.
    END = "update share set ended_at = $3 where id = $1 and owner = $2 and ended_at is null";
    /// An active member by address.
    MEMBER = "select id from person where email = $1 and kind = 'member' and (left_on is null or left_on > $2)";
    /// Active members by the beginning of a word, for a name typed.
    NAMED = "select distinct p.id from person_word w join person p on p.id = w.person where w.word = $1 \
             and p.kind = 'member' and (p.left_on is null or p.left_on > $2) and p.folded_name = $3 limit 2";
}

/// A share as one side sees it: with whom, or from whom.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShareLine {
    /// The share.
    pub id: ShareId,
    /// The kind of what is shared.
    pub kind: String,
    /// Where it is read.
    pub path: String,
    /// The other person.
    pub other: PersonId,
    /// Their name.
    pub name: String,
    /// The first day.
    pub from_on: Date,
    /// The first day on which it is over.
    pub until_on: Date,
}

impl FromRow for ShareLine {
    fn from_row(row: &mut Row<'_>) -> Result<Self, Fault> {
        Ok(Self {
            id: row.take()?,
            kind: row.take()?,
            path: row.take()?,
            other: row.take()?,
            name: row.take()?,
            from_on: row.take()?,
            until_on: row.take()?,
        })
    }
}
