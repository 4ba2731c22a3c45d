use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// What is slow to work out and asked for again and again, kept for a short while. Nobody waits for anybody: who comes
/// while it is worked out does the same. Whoever asks is permitted before; the key says for whom it was worked out.
#[derive(Debug)]
pub struct Remembered<K, V> {
    kept: Mutex<HashMap<K, (Instant, V)>>,
    span: Duration,
}

impl<K: Eq + Hash, V: Clone> Remembered<K, V> {
    /// Nothing yet, and each for so long.
    #[must_use]
    pub fn new(span: Duration) -> Self {
        Self { kept: Mutex::default(), span }
    }

    /// What is kept under a key, or else what comes of the work, which is kept unless it fails.
    ///
    /// # Errors
    ///
    /// Those of the work.
    pub async fn get<E>(&self, key: K, work: impl Future<Output = Result<V, E>>) -> Result<V, E> {
        let known = self.kept().get(&key).map(|(_, value)| value.clone());
        match known {
            Some(value) => Ok(value),
            None => {
                let value = work.await?;
                self.kept().insert(key, (Instant::now(), value.clone()));
                Ok(value)
            }
        }
    }

    /// What is still fresh.
    fn kept(&self) -> MutexGuard<'_, HashMap<K, (Instant, V)>> {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.retain(|_, (since, _)| since.elapsed() < self.span);
        kept
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_is_kept_is_not_worked_out_again_and_what_failed_is() {
        let minute = Remembered::new(Duration::from_secs(60));
        let say = |word: &'static str| async move { Ok::<_, ()>(word) };
        assert_eq!(minute.get(1, async { Err::<&str, _>("not now") }).await, Err("not now"));
        assert_eq!(minute.get(1, say("first")).await, Ok("first"));
        assert_eq!(minute.get(1, say("again")).await, Ok("first"));
        assert_eq!(minute.get(2, say("another")).await, Ok("another"));
        let nothing = Remembered::new(Duration::ZERO);
        assert_eq!(nothing.get(1, say("first")).await, Ok("first"));
        assert_eq!(nothing.get(1, say("again")).await, Ok("again"));
    }
}
