//! Passwords are hashed slowly on purpose, with 19 MiB for each. So a few are hashed at a time, some wait, and whoever
//! comes when too many wait is asked to come again: nobody fills the memory from outside.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, LazyLock, Mutex, PoisonError, mpsc};

use argon2::password_hash::rand_core::OsRng;
use argon2::password_hash::{PasswordHash, PasswordHasher as _, PasswordVerifier as _, SaltString};
use argon2::{Argon2, Params};
use espalier_kernel::Mint;
use espalier_store::Tx;
use espalier_web::{Kit, WebError};
use tokio::sync::oneshot;

use crate::account::{self, Attempt};

/// So many are hashed or wait for it in one process; they come before the hundredth attempt of one address.
const MOST_WAITING: usize = 64;

/// argon2id as OWASP recommends for interactive sign-in: 19 MiB, two passes, one lane.
static ARGON: LazyLock<Argon2<'static>> = LazyLock::new(|| {
    let params = Params::new(19 * 1024, 2, 1, None).expect("these parameters are within argon2's bounds");
    Argon2::new(argon2::Algorithm::Argon2id, argon2::Version::V0x13, params)
});

/// Compared against when nobody has the address, so that the answer takes as long.
static NOBODY: LazyLock<String> = LazyLock::new(|| hash_password("nobody has this password"));

/// How a password is kept. Slow on purpose; doors use [`hash`].
///
/// # Panics
///
/// Never for passwords of a form's length.
#[must_use]
pub fn hash_password(password: &str) -> String {
    let salt = SaltString::generate(&mut OsRng);
    ARGON
        .hash_password(password.as_bytes(), &salt)
        .expect("a password of a form's length can be hashed")
        .to_string()
}

/// Whether a password is the kept one. Takes as long when there is none.
fn password_matches(password: &str, kept: Option<&str>) -> bool {
    let hash = kept.unwrap_or(&NOBODY);
    let is_right =
        PasswordHash::new(hash).is_ok_and(|hash| ARGON.verify_password(password.as_bytes(), &hash).is_ok());
    is_right && kept.is_some()
}

/// Where passwords are hashed in this process.
static DESKS: LazyLock<Desks> = LazyLock::new(|| {
    Desks::new(std::thread::available_parallelism().map_or(2, std::num::NonZero::get), MOST_WAITING)
});

type Job = Box<dyn FnOnce() + Send>;

/// A few threads that do nothing else, and a bounded queue before them. Threads that come and go would each leave the
/// memory of their last password behind.
struct Desks {
    queue: mpsc::Sender<Job>,
    present: Arc<AtomicUsize>,
    most: usize,
}

/// A place in the queue; it is given up when dropped.
struct Place {
    queue: mpsc::Sender<Job>,
    present: Arc<AtomicUsize>,
}

impl Desks {
    fn new(desks: usize, most: usize) -> Self {
        let (queue, jobs) = mpsc::channel::<Job>();
        let jobs = Arc::new(Mutex::new(jobs));
        for _ in 0..desks {
            let jobs = jobs.clone();
            std::thread::spawn(move || {
                loop {
                    let job = jobs.lock().unwrap_or_else(PoisonError::into_inner).recv();
                    let Ok(job) = job else { return };
                    // A desk outlives whatever goes wrong at it; whoever waits hears nothing and is told so.
                    drop(catch_unwind(AssertUnwindSafe(job)));
                }
            });
        }
        Self { queue, present: Arc::default(), most }
    }

    /// A place in the queue, unless too many are there.
    fn place(&self) -> Option<Place> {
        let place = Place { queue: self.queue.clone(), present: self.present.clone() };
        (place.present.fetch_add(1, Ordering::Relaxed) < self.most).then_some(place)
    }
}

impl Place {
    /// Waits for a desk and does something slow there, away from the threads that answer. It keeps its place until it
    /// is done, also when nobody waits for it any more.
    async fn run<T: Send + 'static>(self, work: impl FnOnce() -> T + Send + 'static) -> Result<T, WebError> {
        let (answer, done) = oneshot::channel();
        let queue = self.queue.clone();
        let job = move || {
            let outcome = work();
            drop(self);
            // Whoever hung up no longer waits for the answer.
            drop(answer.send(outcome));
        };
        queue.send(Box::new(job)).map_err(|_| WebError::Crowded)?;
        done.await.map_err(WebError::fault)
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.present.fetch_sub(1, Ordering::Relaxed);
    }
}

/// How a new password is kept.
///
/// # Errors
///
/// [`WebError::Crowded`] when too many wait.
pub async fn hash(password: String) -> Result<String, WebError> {
    DESKS.place().ok_or(WebError::Crowded)?.run(move || hash_password(&password)).await
}

/// Who tries to prove what: the keys under which attempts are counted.
#[derive(Debug, Clone, Copy)]
pub struct Claim<'a> {
    /// An e-mail address, or whoever is signed in already.
    pub key: &'a str,
    /// The network address it comes from.
    pub address: &'a str,
}

/// Compares a password with the kept one, without holding the database meanwhile. The attempt counts from before, and is
/// handed back when it was right, to be taken back in the transaction of what it was for.
///
/// # Errors
///
/// [`WebError::TooMany`] after too many wrong ones; [`WebError::Crowded`] when too many wait.
pub async fn prove(
    kit: &Kit,
    mut tx: Tx,
    claim: Claim<'_>,
    password: String,
    kept: Option<String>,
) -> Result<Option<Attempt>, WebError> {
    let place = DESKS.place().ok_or(WebError::Crowded)?;
    let mint: &Mint = &kit.mint;
    let attempt = account::count_attempt(&mut tx, mint, claim.key, claim.address, kit.now())
        .await?
        .map_err(WebError::TooMany)?;
    tx.commit().await?;
    let is_right = place.run(move || password_matches(&password, kept.as_deref())).await?;
    Ok(is_right.then_some(attempt))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_right_password_matches_and_no_password_matches_nothing() {
        let kept = hash_password("a cart of blue onions");
        assert!(kept.starts_with("$argon2id$"));
        assert!(password_matches("a cart of blue onions", Some(&kept)));
        assert!(!password_matches("a cart of red onions", Some(&kept)));
        assert!(!password_matches("nobody has this password", None));
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn as_many_are_hashed_at_a_time_as_there_are_desks_and_the_queue_is_bounded() {
        let desks = Desks::new(2, 5);
        let running = Arc::new(AtomicUsize::new(0));
        let (come, arrived) = mpsc::channel();
        let mut tasks = Vec::new();
        let mut releases = Vec::new();
        for _ in 0..5 {
            let (release, wait) = mpsc::channel::<()>();
            let (place, running, come) = (desks.place().unwrap(), running.clone(), come.clone());
            releases.push(release);
            tasks.push(tokio::spawn(place.run(move || {
                let beside = running.fetch_add(1, Ordering::SeqCst) + 1;
                come.send(beside).unwrap();
                wait.recv().unwrap();
                running.fetch_sub(1, Ordering::SeqCst);
            })));
        }
        assert!(desks.place().is_none(), "the sixth is asked to come again");
        for release in releases {
            release.send(()).unwrap();
        }
        for task in tasks {
            task.await.unwrap().unwrap();
        }
        let most = arrived.try_iter().max();
        assert!(most <= Some(2), "{most:?} at a time");
        assert!(desks.place().is_some(), "places are given up");
    }
}
