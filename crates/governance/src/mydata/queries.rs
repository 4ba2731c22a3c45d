//! What is asked about books, erasures and times.

use espalier_store::queries;

queries! {
    /// Times that an administrator chose.
    CHOICES = "select purpose, months from keeping_choice order by purpose";
    /// A time chosen.
    CHOOSE = "insert into keeping_choice (purpose, months, changed_at, changed_by) values ($1, $2, $3, $4) \
              on conflict (purpose) do update set months = excluded.months, changed_at = excluded.changed_at, \
              changed_by = excluded.changed_by";
    /// Where somebody stands: their name and address, whether they left, and whether they asked.
    SUBJECT = "select p.name, p.email, p.left_on, q.asked_at from person p \
               left join erasure_request q on q.person = p.id where p.id = $1";
    /// Somebody asks.
    ASK = "insert into erasure_request (person, asked_at) values ($1, $2) on conflict (person) do nothing";
    /// They ask no longer.
    UNASK = "delete from erasure_request where person = $1";
    /// Who asked, the longest waiting first.
    ASKED = "select p.id, p.name, q.asked_at from erasure_request q join person p on p.id = q.person \
             order by q.asked_at, q.person limit 200";
    /// Who left last and is not erased.
    LEAVERS = "select id, name, left_on from person where left_on <= $1 and email not like '%@erased.invalid' \
               order by left_on desc, id limit 200";
    /// Somebody was erased.
    ENTER = "insert into erasure (hash, kinds, erased_at) values ($1, $2, $3) on conflict (hash) do nothing";
    /// The ledger.
    LEDGER = "select hash, kinds, erased_at from erasure order by erased_at, hash";
    /// Everybody who is not erased.
    NAMED = "select id from person where email not like '%@erased.invalid' order by id";
}
