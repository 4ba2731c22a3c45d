use std::fs::File;
use std::io::{BufReader, BufWriter, Write as _};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;

use clap::{Args, Subcommand, ValueEnum};
use espalier_matching::certificate::{self, Objective};
use espalier_matching::files::{self, Sources};
use espalier_matching::{Instance, Matching, Mode, Rules, draw, solve};
use rustix::time::{ClockId, clock_gettime};
use serde_json::{Value, json};

use super::{Fault, say};

/// Mentees and mentors as files, without a server or a database.
#[derive(Debug, Subcommand)]
pub enum Match {
    /// Find the best matching of mentees and mentors, and the prices that prove it
    Solve(Solve),
    /// Check from pairs and prices alone that no matching is better; exit code 1 when that is not proved
    Verify(Verify),
}

/// What to match, and by which rules.
#[derive(Debug, Args)]
pub struct Solve {
    /// The folder with mentees.csv, mentors.csv, edges.csv, and pins.csv, blocks.csv, current.csv where there are any
    folder: PathBuf,
    /// The folder to write pairs.csv, prices.csv and summary.json into
    #[arg(long)]
    out: PathBuf,
    /// Decides between matchings that are equally good
    #[arg(long, default_value_t = 0)]
    seed: u64,
    #[command(flatten)]
    asked: Asked,
}

/// What to check.
#[derive(Debug, Args)]
pub struct Verify {
    /// The folder that was matched
    folder: PathBuf,
    /// The folder with pairs.csv and prices.csv; what is not said below is taken from its summary.json
    results: PathBuf,
    #[command(flatten)]
    asked: Asked,
}

/// The rules, as far as they are said.
#[derive(Debug, Args)]
pub struct Asked {
    /// A mentor for as many as possible, or only where it is worth it [default: participation]
    #[arg(long, value_enum)]
    mode: Option<Aim>,
    /// With --mode score: what having a mentor at all is worth, in points of fit [default: 0]
    #[arg(long)]
    reserve: Option<u32>,
    /// Avoid pairs that fit worse than this
    #[arg(long, allow_negative_numbers = true)]
    floor: Option<i32>,
    /// What it is worth when a pair of current.csv stays together, in points of fit [default: 0]
    #[arg(long)]
    stay: Option<u32>,
}

/// What comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Aim {
    /// As many mentees as possible have a mentor
    Participation,
    /// The sum of fits is as large as possible
    Score,
}

impl Match {
    /// Runs the verb.
    ///
    /// # Errors
    ///
    /// When a file cannot be read or written.
    pub fn run(self) -> Result<ExitCode, Fault> {
        match self {
            Self::Solve(solve) => solve.run(),
            Self::Verify(verify) => verify.run(),
        }
    }
}

impl Solve {
    fn run(self) -> Result<ExitCode, Fault> {
        let rules = self.asked.rules(&Value::Null)?;
        let instance = read(&self.folder)?;

        let clock = Timing::begin();
        let found = solve(&instance, &rules)?;
        found.prove(&instance, &rules)?;
        let solving = clock.end();

        let clock = Timing::begin();
        let drawn = draw(&instance, &rules, &found, self.seed)?;
        let proof = drawn.prove(&instance, &rules)?;
        let drawing = clock.end();

        let summary = json!({
            "matched": proof.matched,
            "net_fit": proof.net_fit.to_string().parse::<serde_json::Number>()?,
            "value": proof.value.to_string(),
            "bound": proof.bound.to_string(),
            "certified": proof.value == proof.bound,
            "seconds": solving.seconds,
            "cpu_seconds": solving.cpu_seconds,
            "peak_bytes": most_memory(),
            "lottery": {"seed": self.seed, "seconds": drawing.seconds, "cpu_seconds": drawing.cpu_seconds},
            "pairs": drawn.pairs.len(),
            "below_floor": proof.weak,
            "mentees": instance.mentee_count(),
            "mentors": instance.mentor_count(),
            "edges": instance.edge_count(),
            "rules": said(&rules),
        });
        std::fs::create_dir_all(&self.out).map_err(at(&self.out))?;
        write(&instance, &drawn, &self.out)?;
        let path = self.out.join("summary.json");
        std::fs::write(&path, format!("{summary:#}\n")).map_err(at(&path))?;
        say(format_args!(
            "{} of {} mentees have a mentor; the net fit is {}. No matching is better, which the prices prove.",
            proof.matched,
            instance.mentee_count(),
            proof.net_fit
        ));
        Ok(ExitCode::SUCCESS)
    }
}

impl Verify {
    fn run(self) -> Result<ExitCode, Fault> {
        let path = self.results.join("summary.json");
        let summary: Value = match std::fs::read(&path) {
            Ok(bytes) => {
                serde_json::from_slice(&bytes).map_err(|error| format!("{}: {error}", path.display()))?
            }
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Value::Null,
            Err(error) => return Err(at(&path)(error).into()),
        };
        let objective = self.asked.objective(&summary["rules"])?;
        let open = |name: &str| open(&self.folder.join(name));
        let open_if = |name: &str| open_if_there(&self.folder.join(name));
        let (case, people) = certificate::read_case(
            [open("mentees.csv")?, open("mentors.csv")?, open("edges.csv")?],
            [open_if("pins.csv")?, open_if("blocks.csv")?, open_if("current.csv")?],
        )?;
        let results = |name: &str| self::open(&self.results.join(name));
        let claim = certificate::read_claim(&people, results("pairs.csv")?, results("prices.csv")?)?;
        match case.prove(&objective, &claim.pairs, &claim.prices) {
            Ok(proof) => {
                say(format_args!(
                    "Proved: {} mentees have a mentor and the net fit is {}; no matching is better.",
                    proof.matched, proof.net_fit
                ));
                Ok(ExitCode::SUCCESS)
            }
            Err(reason) => {
                say(reason);
                Ok(ExitCode::FAILURE)
            }
        }
    }
}

impl Asked {
    /// The rules: as said, else as they stand in an earlier summary, else the usual ones.
    fn rules(&self, earlier: &Value) -> Result<Rules, Fault> {
        let Objective { reserve, floor, stay } = self.objective(earlier)?;
        let mode = reserve.map_or(Mode::Participation, |reserve| Mode::Score { reserve });
        Ok(Rules { mode, floor: floor.map(i32::try_from).transpose()?, stay })
    }

    fn objective(&self, earlier: &Value) -> Result<Objective, Fault> {
        let by_score = match self.mode {
            Some(aim) => aim == Aim::Score,
            None => earlier["mode"] == "score",
        };
        if self.reserve.is_some() && !by_score {
            return Err("--reserve goes with --mode score.".into());
        }
        let number = |said: Option<i64>, name: &str| said.or(earlier[name].as_i64());
        Ok(Objective {
            reserve: by_score.then(|| number(self.reserve.map(i64::from), "reserve").unwrap_or(0)),
            floor: number(self.floor.map(i64::from), "floor"),
            stay: number(self.stay.map(i64::from), "stay").unwrap_or(0),
        })
    }
}

fn said(rules: &Rules) -> Value {
    let (mode, reserve) = match rules.mode {
        Mode::Participation => ("participation", None),
        Mode::Score { reserve } => ("score", Some(reserve)),
    };
    json!({"mode": mode, "reserve": reserve, "floor": rules.floor, "stay": rules.stay})
}

fn read(folder: &Path) -> Result<Instance, Fault> {
    let open = |name: &str| open(&folder.join(name));
    let open_if = |name: &str| open_if_there(&folder.join(name));
    Ok(files::read(Sources {
        mentees: open("mentees.csv")?,
        mentors: open("mentors.csv")?,
        edges: open("edges.csv")?,
        pins: open_if("pins.csv")?,
        blocks: open_if("blocks.csv")?,
        current: open_if("current.csv")?,
    })?)
}

fn write(instance: &Instance, matching: &Matching, folder: &Path) -> Result<(), Fault> {
    let path = folder.join("pairs.csv");
    let mut file = BufWriter::new(File::create(&path).map_err(at(&path))?);
    writeln!(file, "mentee,mentor")?;
    for pair in &matching.pairs {
        writeln!(file, "{},{}", instance.mentee_id(pair.mentee).0, instance.mentor_id(pair.mentor).0)?;
    }
    file.flush().map_err(at(&path))?;

    let path = folder.join("prices.csv");
    let mut file = BufWriter::new(File::create(&path).map_err(at(&path))?);
    writeln!(file, "mentor,price")?;
    for (mentor, price) in instance.all_mentors().zip(&matching.prices) {
        writeln!(file, "{},{price}", instance.mentor_id(mentor).0)?;
    }
    file.flush().map_err(at(&path))?;
    Ok(())
}

fn open(path: &Path) -> Result<BufReader<File>, Fault> {
    Ok(BufReader::with_capacity(1 << 18, File::open(path).map_err(at(path))?))
}

fn open_if_there(path: &Path) -> Result<Option<BufReader<File>>, Fault> {
    if path.exists() { open(path).map(Some) } else { Ok(None) }
}

/// A fault of the disk, with the file it concerns.
fn at(path: &Path) -> impl Fn(std::io::Error) -> String {
    move |error| format!("{}: {error}", path.display())
}

/// How long something takes, on the wall and of the processor.
struct Timing {
    wall: Instant,
    processor: f64,
}

struct Taken {
    seconds: f64,
    cpu_seconds: f64,
}

impl Timing {
    fn begin() -> Self {
        Self { wall: Instant::now(), processor: processor_time() }
    }

    fn end(self) -> Taken {
        let round = |seconds: f64| (seconds * 1e6).round() / 1e6;
        Taken {
            seconds: round(self.wall.elapsed().as_secs_f64()),
            cpu_seconds: round(processor_time() - self.processor),
        }
    }
}

/// What this thread had of the processor so far.
#[expect(clippy::cast_precision_loss, reason = "seconds since the thread began")]
fn processor_time() -> f64 {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    time.tv_sec as f64 + time.tv_nsec as f64 / 1e9
}

/// The most memory that the program had at once, as the system counts it, where it does.
fn most_memory() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    Some(line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok()? * 1024)
}
