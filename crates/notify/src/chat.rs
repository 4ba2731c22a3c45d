//! Chat, told over a webhook as Slack and its kin take it. Only hosts that the operator named are spoken to, over HTTPS,
//! at an address outside of our own network, which is looked at on the very connection. Nobody is followed elsewhere.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use hyper::Request;
use hyper::Uri;
use hyper::client::conn::http1;
use hyper::header::{CONTENT_TYPE, HOST};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::{ClientConfig, RootCertStore, pki_types::ServerName};

use crate::attempt::{self, Outcome};

/// How long the other side may take.
const PATIENCE: Duration = Duration::from_secs(15);

/// A host that the operator allows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Host {
    name: String,
    place: Where,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Where {
    /// Somewhere outside: HTTPS, and no address of our own network.
    Outside,
    /// In our own network, at this port, as the operator said.
    Inside(u16),
}

/// The hosts that chat may be told at.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Hosts(Vec<Host>);

/// The list of hosts cannot be understood.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "“{0}” is no host for chat; write hooks.example.com, or inside:HOST:PORT for one in your own network"
)]
pub struct NoHost(String);

impl std::str::FromStr for Hosts {
    type Err = NoHost;

    fn from_str(text: &str) -> Result<Self, NoHost> {
        let is_name = |name: &str| {
            !name.is_empty()
                && name.chars().all(|letter| letter.is_ascii_alphanumeric() || matches!(letter, '.' | '-'))
        };
        text.split(',')
            .map(str::trim)
            .filter(|part| !part.is_empty())
            .map(|part| {
                let refused = || NoHost(part.to_owned());
                let (name, place) = match part.strip_prefix("inside:") {
                    Some(rest) => {
                        let (name, port) = rest.rsplit_once(':').ok_or_else(refused)?;
                        (name, Where::Inside(port.parse().map_err(|_| refused())?))
                    }
                    None => (part, Where::Outside),
                };
                let host = Host { name: name.to_ascii_lowercase(), place };
                if is_name(name) { Ok(host) } else { Err(refused()) }
            })
            .collect::<Result<_, _>>()
            .map(Self)
    }
}

impl Hosts {
    /// Whether there are none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Their names, for the page on which somebody chooses.
    #[must_use]
    pub fn names(&self) -> String {
        self.0.iter().map(|host| host.name.as_str()).collect::<Vec<_>>().join(", ")
    }

    /// The address behind a text that somebody typed, if chat may be told there.
    #[must_use]
    pub fn place(&self, typed: &str) -> Option<Place> {
        let uri: Uri = typed.trim().parse().ok()?;
        let (scheme, authority) = (uri.scheme_str()?, uri.authority()?);
        // A name and a password in an address deceive about the host.
        if authority.as_str().contains('@') {
            return None;
        }
        let name = authority.host().to_ascii_lowercase();
        let is_safe = scheme == "https";
        let port = authority.port_u16().unwrap_or(if is_safe { 443 } else { 80 });
        let host = self.0.iter().find(|host| {
            host.name == name
                && match host.place {
                    Where::Outside => is_safe && port == 443,
                    Where::Inside(allowed) => port == allowed,
                }
        })?;
        let path = uri.path_and_query().map_or("/", |path| path.as_str()).to_owned();
        Some(Place { host: host.clone(), port, is_safe, path })
    }
}

/// Where chat is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    host: Host,
    port: u16,
    is_safe: bool,
    path: String,
}

/// Whether an address lies in a network that nobody reaches from outside, or is none of a single machine.
#[must_use]
pub fn is_special(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => {
            let [a, b, c, _] = v4.octets();
            v4.is_private()
                || v4.is_loopback()
                || v4.is_link_local()
                || v4.is_multicast()
                || v4.is_broadcast()
                || v4.is_documentation()
                || a == 0
                || a >= 240
                || (a == 100 && (64..128).contains(&b))
                || (a == 192 && b == 0 && c == 0)
                || (a == 192 && b == 88 && c == 99)
                || (a == 198 && (b == 18 || b == 19))
        }
        IpAddr::V6(v6) => {
            if let Some(v4) = v6.to_ipv4() {
                return is_special(IpAddr::V4(v4));
            }
            let [a, b, ..] = v6.segments();
            // Only 2000::/3 is given to single machines; in it, documentation, Teredo and 6to4 are not what they say.
            a & 0xe000 != 0x2000 || (a == 0x2001 && (b < 0x200 || b == 0xdb8)) || a == 0x2002 || a == 0x3fff
        }
    }
}

/// Tells a place something, once. The name of the delivery lets the other side see that it is the same again.
pub(crate) async fn tell(place: &Place, body: String, delivery: &str) -> Outcome {
    match tokio::time::timeout(PATIENCE, post(place, body, delivery)).await {
        Ok(Ok(status)) => attempt::of_web(status),
        Ok(Err(Refused::Address)) => Outcome::Never("address".to_owned()),
        Ok(Err(Refused::Lost)) => Outcome::Later("lost".to_owned()),
        Err(_) => Outcome::Later("silent".to_owned()),
    }
}

enum Refused {
    /// It leads into our own network.
    Address,
    /// It was not reached, or went away.
    Lost,
}

async fn post(place: &Place, body: String, delivery: &str) -> Result<u16, Refused> {
    let addresses: Vec<SocketAddr> = tokio::net::lookup_host((place.host.name.as_str(), place.port))
        .await
        .map_err(|_| Refused::Lost)?
        .collect();
    let is_outside = place.host.place == Where::Outside;
    // The address that was looked at is the one that is spoken to: a name cannot change in between.
    if is_outside && addresses.iter().any(|address| is_special(address.ip())) {
        return Err(Refused::Address);
    }
    let stream = TcpStream::connect(&*addresses).await.map_err(|_| Refused::Lost)?;
    if is_outside && stream.peer_addr().map_or(true, |peer| is_special(peer.ip())) {
        return Err(Refused::Address);
    }
    let authority = match (place.is_safe, place.port) {
        (true, 443) | (false, 80) => place.host.name.clone(),
        (_, port) => format!("{}:{port}", place.host.name),
    };
    let request = Request::post(&place.path)
        .header(HOST, authority)
        .header(CONTENT_TYPE, "application/json")
        .header("idempotency-key", delivery)
        .body(body)
        .map_err(|_| Refused::Lost)?;
    if place.is_safe {
        let name = ServerName::try_from(place.host.name.clone()).map_err(|_| Refused::Lost)?;
        let stream = TlsConnector::from(tls()).connect(name, stream).await.map_err(|_| Refused::Lost)?;
        speak(TokioIo::new(stream), request).await
    } else {
        speak(TokioIo::new(stream), request).await
    }
}

async fn speak<S>(stream: S, request: Request<String>) -> Result<u16, Refused>
where
    S: hyper::rt::Read + hyper::rt::Write + Unpin + Send + 'static,
{
    let (mut sender, connection) = http1::handshake(stream).await.map_err(|_| Refused::Lost)?;
    // The connection is driven beside the request and ends with it; what the other side writes back is not read.
    let asked = async move { sender.send_request(request).await.map(|answer| answer.status().as_u16()) };
    let (status, _) = futures_util::future::join(asked, connection).await;
    status.map_err(|_| Refused::Lost)
}

fn tls() -> Arc<ClientConfig> {
    static CONFIG: std::sync::LazyLock<Arc<ClientConfig>> = std::sync::LazyLock::new(|| {
        let roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.into() };
        let provider = Arc::new(tokio_rustls::rustls::crypto::ring::default_provider());
        let config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .expect("ring speaks the usual versions")
            .with_root_certificates(roots)
            .with_no_client_auth();
        Arc::new(config)
    });
    CONFIG.clone()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hosts() -> Hosts {
        "hooks.slack.example, inside:chat.local:8065".parse().unwrap()
    }

    #[test]
    fn only_named_hosts_are_spoken_to_and_only_over_https_unless_inside() {
        for (typed, is_allowed) in [
            ("https://hooks.slack.example/services/T/B/x", true),
            ("https://HOOKS.slack.example/services/T/B/x?y=1", true),
            ("http://hooks.slack.example/services/T/B/x", false),
            ("https://hooks.slack.example:8443/x", false),
            ("https://hooks.slack.example.evil.example/x", false),
            ("https://evil.example/hooks.slack.example", false),
            ("https://hooks.slack.example@evil.example/x", false),
            ("https://evil.example@hooks.slack.example/x", false),
            ("http://chat.local:8065/hooks/x", true),
            ("http://chat.local/hooks/x", false),
            ("file:///etc/passwd", false),
            ("/services/x", false),
            ("", false),
        ] {
            assert_eq!(hosts().place(typed).is_some(), is_allowed, "{typed}");
        }
    }

    #[test]
    fn addresses_of_our_own_network_are_known_in_every_disguise() {
        for text in [
            "127.0.0.1",
            "10.1.2.3",
            "172.16.0.1",
            "192.168.1.1",
            "169.254.169.254",
            "100.64.0.1",
            "0.0.0.0",
            "224.0.0.1",
            "255.255.255.255",
            "198.18.0.1",
            "::1",
            "::",
            "fe80::1",
            "fc00::1",
            "ff02::1",
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "2001:db8::1",
            "2002:7f00:1::",
            "64:ff9b::7f00:1",
        ] {
            assert!(is_special(text.parse().unwrap()), "{text}");
        }
        for text in ["1.1.1.1", "100.128.0.1", "172.32.0.1", "2606:4700::1111", "2a00:1450::1"] {
            assert!(!is_special(text.parse().unwrap()), "{text}");
        }
    }

    #[tokio::test]
    async fn a_named_host_that_leads_into_our_own_network_is_refused() {
        let hosts: Hosts = "localhost".parse().unwrap();
        let place = hosts.place("https://localhost/x").unwrap();
        assert_eq!(tell(&place, String::new(), "1").await, Outcome::Never("address".to_owned()));
    }

    #[test]
    fn a_list_with_something_else_in_it_is_refused() {
        for text in ["https://x.example", "x.example/y", "inside:x", "inside:x:port", "a b"] {
            assert!(text.parse::<Hosts>().is_err(), "{text}");
        }
        assert!("".parse::<Hosts>().unwrap().is_empty());
    }
}
