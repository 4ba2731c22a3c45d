//! The trail: who read what about whom, and what was done. No content, ever. Reads are kept in groups, so that
//! many page views share one write; deeds are written in the transaction that does them and sealed later, in
//! batches, into a chain of hashes in which any change shows.

use espalier_access::Kind;
use espalier_kernel::{Id, Mint, Moment};
use espalier_store::{Fault, FromRow, Row, Store, Tx, queries};
use espalier_web::{Read, Viewer};
use sha2::{Digest as _, Sha256};
use tokio::sync::{mpsc, oneshot};

/// The word of the read log for somebody who opened a link that its owner passed on; who that was, nobody knows.
pub const BY_LINK: &str = "by-link";
/// The same for somebody who made a new way into an account that is in use.
pub const WAY_IN_MADE: &str = "way-in-made";
/// The same for whoever used it.
pub const WAY_IN_USED: &str = "way-in-used";

queries! {
    /// A read.
    ADD_READ = "insert into read_log (id, subject, reader, kind, rule, at) values ($1, $2, $3, $4, $5, $6)";
    /// Who read what is somebody's, newest first, before a moment.
    READS_OF = "select r.id, r.at, coalesce(p.name, ''), r.kind, r.rule from read_log r \
                left join person p on p.id = r.reader where r.subject = $1 and r.at < $2 order by r.at desc, r.id desc limit $3";
    /// A deed.
    ADD_ENTRY = "insert into audit_entry (id, at, actor, action, kind, subject, place, seal) \
                 values ($1, $2, $3, $4, $5, $6, null, null)";
    /// Deeds that are not sealed yet.
    UNSEALED = "select id, at, actor, action, kind, subject from audit_entry where place is null order by id limit 1000";
    /// The chain begins.
    BEGIN_CHAIN = "insert into audit_head (id, place, seal) values ('chain', 0, '') on conflict (id) do nothing";
    /// The end of the chain, held until the transaction ends.
    HOLD_HEAD = "update audit_head set place = place where id = 'chain'";
    /// The end of the chain.
    HEAD = "select place, seal from audit_head where id = 'chain'";
    /// A new end.
    MOVE_HEAD = "update audit_head set place = $1, seal = $2 where id = 'chain'";
    /// A deed with its seal.
    SEAL = "update audit_entry set place = $2, seal = $3 where id = $1";
    /// The oldest sealed deeds.
    OLDEST = "select place, at, seal from audit_entry where place is not null order by place limit $1";
    /// Where the chain begins, once its oldest deeds went.
    START = "select place, seal from audit_head where id = 'start'";
    /// A later start.
    MOVE_START = "insert into audit_head (id, place, seal) values ('start', $1, $2) \
                  on conflict (id) do update set place = excluded.place, seal = excluded.seal";
    /// Deeds up to a place go.
    FORGET_UP_TO = "delete from audit_entry where place <= $1";
    /// The chain from a place on.
    CHAIN = "select id, at, actor, action, kind, subject, place, seal from audit_entry where place > $1 \
             order by place limit 1000";
}

/// Writes down a deed in the transaction that does it.
///
/// # Errors
///
/// When the database fails.
pub async fn note(
    tx: &mut Tx,
    mint: &Mint,
    viewer: &Viewer,
    action: &str,
    kind: &Kind,
    subject: Id,
) -> Result<(), Fault> {
    note_by(tx, mint, viewer.now, viewer.person, action, kind, subject).await
}

/// The same where there is no viewer: a sign-in, a command line.
///
/// # Errors
///
/// When the database fails.
pub async fn note_by(
    tx: &mut Tx,
    mint: &Mint,
    now: Moment,
    actor: Id,
    action: &str,
    kind: &Kind,
    subject: Id,
) -> Result<(), Fault> {
    tx.run(&ADD_ENTRY, &[&mint.id(now), &now, &actor, &action, &kind.name, &subject]).await?;
    Ok(())
}

/// Writes down in the read log of somebody what happened to their account, in the transaction that does it.
///
/// # Errors
///
/// When the database fails.
pub async fn note_way_in(
    tx: &mut Tx,
    mint: &Mint,
    now: Moment,
    (subject, reader): (Id, Id),
    rule: &'static str,
) -> Result<(), Fault> {
    let kind = crate::access::ACCOUNT.name;
    tx.run(&ADD_READ, &[&mint.id(now), &subject, &reader, &kind, &rule, &now]).await?;
    Ok(())
}

/// One line of the read log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadLine {
    /// Its id.
    pub id: Id,
    /// When.
    pub at: Moment,
    /// Who read; nothing for a stranger with a link.
    pub reader: String,
    /// The kind of record.
    pub kind: String,
    /// The rule that allowed it.
    pub rule: String,
}

impl FromRow for ReadLine {
    fn from_row(row: &mut Row<'_>) -> Result<Self, Fault> {
        Ok(Self {
            id: row.take()?,
            at: row.take()?,
            reader: row.take()?,
            kind: row.take()?,
            rule: row.take()?,
        })
    }
}

/// Who read what is somebody's, for that person alone.
///
/// # Errors
///
/// When the database fails.
pub async fn reads_of(
    tx: &mut Tx,
    _: &espalier_access::Permit<crate::access::ReadLog>,
    subject: Id,
    before: Moment,
) -> Result<Vec<ReadLine>, Fault> {
    tx.all(&READS_OF, &[&subject, &before, &100_i64]).await
}

/// Reads to be written down, and where the request waits to hear that they are.
type Waiting = (Vec<Read>, oneshot::Sender<Result<(), Fault>>);

/// Gathers reads from all requests and writes them together; each request waits until its own are on disk.
#[derive(Debug, Clone)]
pub struct ReadKeeper {
    queue: mpsc::Sender<Waiting>,
}

impl ReadKeeper {
    /// Starts gathering.
    #[must_use]
    pub fn start(store: Store, mint: Mint) -> Self {
        let (queue, mut waiting) = mpsc::channel::<Waiting>(1024);
        tokio::spawn(async move {
            while let Some(first) = waiting.recv().await {
                let mut group = vec![first];
                while group.len() < 256
                    && let Ok(next) = waiting.try_recv()
                {
                    group.push(next);
                }
                let outcome = write_reads(&store, &mint, group.iter().flat_map(|(reads, _)| reads)).await;
                let failed = outcome.err();
                if let Some(fault) = &failed {
                    tracing::error!(%fault, "reads could not be written down");
                }
                for (_, answer) in group {
                    let outcome = match &failed {
                        None => Ok(()),
                        Some(fault) => Err(fault.again()),
                    };
                    // Whoever hung up no longer waits for the answer.
                    drop(answer.send(outcome));
                }
            }
        });
        Self { queue }
    }

    /// Writes reads down; returns when they are on disk.
    ///
    /// # Errors
    ///
    /// When the database fails.
    pub async fn keep(&self, reads: Vec<Read>) -> Result<(), Fault> {
        let (answer, outcome) = oneshot::channel();
        if self.queue.send((reads, answer)).await.is_err() {
            return Err(Fault::closed("writing down reads"));
        }
        outcome.await.unwrap_or_else(|_| Err(Fault::closed("writing down reads")))
    }
}

async fn write_reads<'a>(
    store: &Store,
    mint: &Mint,
    reads: impl Iterator<Item = &'a Read> + Send,
) -> Result<(), Fault> {
    let reads: Vec<&Read> = reads.collect();
    let mut tx = store.write().await?;
    for read in reads {
        let id = mint.id(read.at);
        tx.run(&ADD_READ, &[&id, &read.subject, &read.reader, &read.kind, &read.rule, &read.at]).await?;
    }
    tx.commit().await
}

/// A deed as it is chained.
struct Entry {
    id: Id,
    at: String,
    actor: String,
    action: String,
    kind: String,
    subject: String,
}

impl FromRow for Entry {
    fn from_row(row: &mut Row<'_>) -> Result<Self, Fault> {
        Ok(Self {
            id: row.take()?,
            at: row.take()?,
            actor: row.take()?,
            action: row.take()?,
            kind: row.take()?,
            subject: row.take()?,
        })
    }
}

impl Entry {
    /// The hash of the seal before it, its place and everything it says.
    fn seal(&self, place: i64, before: &str) -> String {
        let mut digest = Sha256::new();
        for part in [
            before,
            &place.to_string(),
            &self.id.to_string(),
            &self.at,
            &self.actor,
            &self.action,
            &self.kind,
            &self.subject,
        ] {
            // The length stands before each part, so that parts cannot be shifted into each other.
            digest.update(part.len().to_be_bytes());
            digest.update(part);
        }
        digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

struct SealedEntry {
    entry: Entry,
    place: i64,
    seal: String,
}

impl FromRow for SealedEntry {
    fn from_row(row: &mut Row<'_>) -> Result<Self, Fault> {
        Ok(Self { entry: Entry::from_row(row)?, place: row.take()?, seal: row.take()? })
    }
}

/// Seals what was done since the last time. Says how many deeds it sealed.
///
/// # Errors
///
/// When the database fails.
pub async fn seal(store: &Store) -> Result<usize, Fault> {
    // Looking first keeps an idle server from writing.
    let mut tx = store.read().await?;
    if tx.first::<Entry>(&UNSEALED, &[]).await?.is_none() {
        return Ok(0);
    }
    drop(tx);
    let mut tx = store.write().await?;
    tx.run(&BEGIN_CHAIN, &[]).await?;
    tx.run(&HOLD_HEAD, &[]).await?;
    let (mut place, mut before): (i64, String) =
        tx.first(&HEAD, &[]).await?.ok_or_else(|| Fault::missing("the head of the audit chain"))?;
    let entries: Vec<Entry> = tx.all(&UNSEALED, &[]).await?;
    for entry in &entries {
        place += 1;
        before = entry.seal(place, &before);
        tx.run(&SEAL, &[&entry.id, &place, &before]).await?;
    }
    tx.run(&MOVE_HEAD, &[&place, &before]).await?;
    tx.commit().await?;
    Ok(entries.len())
}

/// Walks the whole chain. `Ok(Err(place))` names the first place where it does not hold.
///
/// # Errors
///
/// When the database fails.
pub async fn verify(tx: &mut Tx) -> Result<Result<i64, i64>, Fault> {
    let start: Option<(i64, String)> = tx.first(&START, &[]).await?;
    let (mut place, mut before) = start.unwrap_or_default();
    loop {
        let entries: Vec<SealedEntry> = tx.all(&CHAIN, &[&place]).await?;
        if entries.is_empty() {
            break;
        }
        for SealedEntry { entry, place: said, seal } in entries {
            place += 1;
            before = entry.seal(place, &before);
            if said != place || seal != before {
                return Ok(Err(place));
            }
        }
    }
    let head: Option<(i64, String)> = tx.first(&HEAD, &[]).await?;
    let head = head.unwrap_or_default();
    Ok(if head == (place, before) { Ok(place) } else { Err(place + 1) })
}

/// Lets the oldest deeds go, those from before a day, and keeps the seal of the last of them, so that the rest of the
/// chain still holds. Says how many went.
///
/// # Errors
///
/// When the database fails.
pub async fn expire(tx: &mut Tx, before: &str, most: i64) -> Result<u64, Fault> {
    let oldest: Vec<(i64, String, String)> = tx.all(&OLDEST, &[&most]).await?;
    let Some((place, _, seal)) = oldest.iter().take_while(|(_, at, _)| at.as_str() < before).last() else {
        return Ok(0);
    };
    tx.run(&MOVE_START, &[place, seal]).await?;
    tx.run(&FORGET_UP_TO, &[place]).await
}
