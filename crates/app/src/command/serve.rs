use std::net::SocketAddr;
use std::process::ExitCode;

use clap::Args;
use espalier_kernel::{Clock, Mint};
use espalier_notify::Sender;
use espalier_notify::chat::Hosts;
use espalier_people::demo::PERSONAS;
use espalier_people::person::PersonId;
use espalier_people::queries as people;
use espalier_store::{Database, Store};
use espalier_web::Settings;
use tokio::net::TcpListener;

use super::{DEFAULT_DATABASE, DEMO_DATABASE, Fault, Place, doctor, make_folder, say};
use crate::settings::{WaysOut, proxies};
use crate::{demo, first, house, worker};

/// Serve the pages and the API.
#[derive(Debug, Args)]
pub struct Serve {
    /// Show an invented organisation in which visitors may be anybody
    #[arg(long)]
    demo: bool,
    /// How many people the invented organisation has
    #[arg(long, default_value_t = 60, requires = "demo")]
    people: usize,
    /// Where to listen [default: 127.0.0.1:8080]
    #[arg(long, env = "ESPALIER_LISTEN")]
    listen: Option<String>,
    /// The address under which people reach this server [default: http:// and where it listens]
    #[arg(long, env = "ESPALIER_BASE_URL")]
    base_url: Option<String>,
    /// The addresses of your own servers in front of this one, with commas between: their X-Forwarded-For says who
    /// tries to sign in [default: none; the header counts for nothing]
    #[arg(long, env = "ESPALIER_PROXY")]
    proxy: Option<String>,
    #[command(flatten)]
    ways_out: WaysOut,
}

impl Serve {
    /// Serves until somebody stops it.
    ///
    /// # Errors
    ///
    /// When the database or the address cannot be opened.
    pub async fn run(self, place: &Place) -> Result<ExitCode, Fault> {
        tracing_subscriber::fmt()
            .with_env_filter(
                tracing_subscriber::EnvFilter::try_from_env("ESPALIER_LOG").unwrap_or_else(|_| "info".into()),
            )
            .with_writer(std::io::stderr)
            .init();
        let proxies = proxies(self.proxy.as_deref(), &place.file)?;
        let database = place.database(if self.demo { DEMO_DATABASE } else { DEFAULT_DATABASE })?;
        make_folder(&database)?;
        let store = Store::open(&database).await?;
        store.migrate(&house::migrations()).await?;
        let (clock, mint) = (Clock::System, Mint::from_system());

        let listen =
            self.listen.or_else(|| place.file.listen.clone()).unwrap_or_else(|| "127.0.0.1:8080".to_owned());
        let listener = TcpListener::bind(&listen)
            .await
            .map_err(|error| format!("cannot listen on {listen}: {error}"))?;
        let address = listener.local_addr()?;
        let base_url = self
            .base_url
            .or_else(|| place.file.base_url.clone())
            .unwrap_or_else(|| format!("http://{address}"));
        let base_url = base_url.trim_end_matches('/').to_owned();

        let is_new = is_empty(&store).await?;
        if self.demo && !is_new && !is_invented(&store).await? {
            return Err(format!(
                "the data in {database} were not invented, and in the demo everybody may be anybody; give the demo a \
                 database of its own with --database"
            )
            .into());
        }
        if self.demo && is_new {
            say(format_args!("Inventing an organisation of {} people …", self.people));
            // Invented things have the same ids each time; what opens a door is drawn from chance.
            let (seeded, now) = (Mint::seeded(1), clock.now());
            demo::fill(&store, &seeded, now, self.people).await?;
            say(format_args!("… and a year and a half in it …"));
            demo::live(&store, &seeded, now).await?;
        }
        let mail = self.ways_out.mail(&place.file, &base_url)?;
        let chat_hosts = self.ways_out.chat_hosts(&place.file);
        let hosts: Hosts = chat_hosts.parse()?;
        let mut tx = store.write().await?;
        espalier_notify::open_channels(&mut tx, clock.now(), mail.is_some(), !hosts.is_empty()).await?;
        tx.commit().await?;
        if proxies.is_empty() && base_url.starts_with("https://") {
            tracing::warn!(
                "the base URL is https, but no --proxy is named: attempts to sign in are then counted for all visitors \
                 together"
            );
        }
        let settings = Settings { base_url: base_url.clone(), demo: self.demo, chat_hosts, proxies };
        let outside = house::outside(&settings);
        let (router, kit) = house::build(store.clone(), clock, mint.clone(), settings)?;
        for warning in doctor::warnings(&database, &base_url) {
            tracing::warn!("{warning}");
        }
        if self.demo {
            greet_visitors(&base_url);
        } else if is_new || !first::is_there(&store).await? {
            greet_first_administrator(&store, &kit, &base_url, &database).await?;
        } else {
            say(format_args!("Espalier is at {base_url}"));
        }
        let sender = Sender {
            store: store.clone(),
            clock,
            mint,
            base_url,
            kinds: outside.kinds,
            directory: outside.directory,
            mail,
            hosts,
        };
        tokio::spawn(worker::work(sender, house::keeping(&kit.policy)));
        axum::serve(listener, router.into_make_service_with_connect_info::<SocketAddr>())
            .with_graceful_shutdown(ended(store.clone()))
            .await?;
        if store.is_lost() {
            return Err("the disk did not keep what was written, and nobody knows what else it loses; nothing more was \
                        acknowledged. Look after the disk, then start again"
                .into());
        }
        store.close().await;
        Ok(ExitCode::SUCCESS)
    }
}

/// Somebody stops the server, or the disk no longer keeps what it is given.
async fn ended(store: Store) {
    tokio::select! {
        () = stopped() => {}
        () = store.lost() => tracing::error!("the disk did not keep what was written; the server ends"),
    }
}

/// Ctrl-C, or a polite kill.
async fn stopped() {
    let interrupted = async {
        if let Err(error) = tokio::signal::ctrl_c().await {
            tracing::error!(%error, "cannot listen for ctrl-c");
        }
    };
    #[cfg(unix)]
    let asked = async {
        match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            Ok(mut signal) => {
                signal.recv().await;
            }
            Err(_) => std::future::pending().await,
        }
    };
    #[cfg(not(unix))]
    let asked = std::future::pending::<()>();
    tokio::select! {
        () = interrupted => {}
        () = asked => {}
    }
}

async fn is_empty(store: &Store) -> Result<bool, Fault> {
    let mut tx = store.read().await?;
    let count: Option<(i64,)> = tx.first(&people::COUNT, &[]).await?;
    Ok(count.is_none_or(|(count,)| count == 0))
}

/// Whether people of the demo live here; some of them may have been erased since.
async fn is_invented(store: &Store) -> Result<bool, Fault> {
    let mut tx = store.read().await?;
    for persona in PERSONAS {
        if tx.first::<(PersonId, String)>(&people::BY_EMAIL, &[&persona.email()]).await?.is_some() {
            return Ok(true);
        }
    }
    Ok(false)
}

fn greet_visitors(base_url: &str) {
    say(format_args!("\nEspalier is at {base_url}\n\nOpen {base_url}/demo and choose who you want to be:\n"));
    for persona in PERSONAS {
        say(format_args!("    {:<16} {}", persona.name, persona.title));
    }
    say("\nEverything is invented and kept in one file; delete it to begin again. Stop with ctrl-c.");
}

/// The first start, and each one until somebody has used the link: a new link, good once.
async fn greet_first_administrator(
    store: &Store,
    kit: &espalier_web::Kit,
    base_url: &str,
    database: &Database,
) -> Result<(), Fault> {
    let secret = first::invite(store, &kit.mint, kit.now()).await?;
    say(format_args!(
        "\nEspalier is at {base_url}, with its data in {database}.\n\nNobody runs this installation yet. Open this link \
         to become its administrator; it works once, within seven days:\n\n    {base_url}/invitations/{}\n",
        secret.reveal()
    ));
    Ok(())
}
