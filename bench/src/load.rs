//! Many connections asking as fast as they are answered, for a fixed time.

use std::time::{Duration, Instant};

use tokio::task::JoinSet;

use crate::Trouble;
use crate::client::Connection;
use crate::plan::Plan;

/// How a load went.
#[derive(Debug, Clone)]
pub struct Load {
    pub answered: usize,
    /// Answers that were not 200. They do not count as answered.
    pub refused: usize,
    /// From the first request after warming up to the last answer.
    pub elapsed: Duration,
    /// How long each answer took, shortest first.
    times: Vec<Duration>,
}

impl Load {
    pub fn per_second(&self) -> f64 {
        f64::from(u32::try_from(self.answered).unwrap_or(u32::MAX)) / self.elapsed.as_secs_f64()
    }

    /// The time within which so many of a hundred answers came.
    pub fn percentile(&self, percent: usize) -> Duration {
        let last = self.times.len().saturating_sub(1);
        self.times.get((self.times.len() * percent / 100).min(last)).copied().unwrap_or_default()
    }
}

/// Asks for a while without measuring, so that caches and connections are as they are in use.
pub async fn warm_up(plan: &Plan, address: &str, requests: &[Vec<u8>]) -> Result<(), Trouble> {
    if !plan.warm_up.is_zero() {
        ask_for(plan.warm_up, plan.connections, address, requests).await?;
    }
    Ok(())
}

/// Sends the requests in turn over every connection and measures each answer.
pub async fn measure(plan: &Plan, address: &str, requests: &[Vec<u8>]) -> Result<Load, Trouble> {
    ask_for(plan.duration, plan.connections, address, requests).await
}

async fn ask_for(
    time: Duration,
    connections: usize,
    address: &str,
    requests: &[Vec<u8>],
) -> Result<Load, Trouble> {
    let mut open = Vec::new();
    for _ in 0..connections {
        open.push(Connection::open(address).await?);
    }
    let began = Instant::now();
    let end = began + time;
    let mut askers = JoinSet::new();
    for (index, connection) in open.into_iter().enumerate() {
        // Each connection begins elsewhere in the list, so that they do not all ask for the same page at once.
        let mut order = requests.to_vec();
        order.rotate_left(index % requests.len().max(1));
        askers.spawn(ask_until(end, connection, order));
    }
    let mut load = Load { answered: 0, refused: 0, elapsed: Duration::ZERO, times: Vec::new() };
    while let Some(asked) = askers.join_next().await {
        let (times, refused) = asked.map_err(|error| error.to_string())??;
        load.refused += refused;
        load.times.extend(times);
    }
    load.elapsed = began.elapsed();
    load.answered = load.times.len();
    load.times.sort_unstable();
    Ok(load)
}

async fn ask_until(
    end: Instant,
    mut connection: Connection,
    requests: Vec<Vec<u8>>,
) -> Result<(Vec<Duration>, usize), Trouble> {
    let mut times = Vec::with_capacity(1 << 16);
    let mut refused = 0;
    for request in requests.iter().cycle() {
        let sent = Instant::now();
        if sent >= end {
            break;
        }
        let answer = connection.ask(request).await?;
        if answer.status == 200 {
            times.push(sent.elapsed());
        } else {
            refused += 1;
        }
    }
    Ok((times, refused))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_times_that_were_measured() {
        let times: Vec<Duration> = (1..=200).map(Duration::from_millis).collect();
        let load = Load { answered: 200, refused: 0, elapsed: Duration::from_secs(2), times };
        assert_eq!(load.percentile(50), Duration::from_millis(101));
        assert_eq!(load.percentile(99), Duration::from_millis(199));
        assert_eq!(load.percentile(100), Duration::from_millis(200));
        assert!((load.per_second() - 100.0).abs() < f64::EPSILON);
    }

    #[test]
    fn a_load_without_answers_has_no_times() {
        let load = Load { answered: 0, refused: 3, elapsed: Duration::from_secs(1), times: vec![] };
        assert_eq!(load.percentile(99), Duration::ZERO);
    }
}
