use std::net::{IpAddr, SocketAddr};

use axum::extract::{ConnectInfo, FromRequestParts, OptionalFromRequestParts};
use axum::http::header::{AUTHORIZATION, COOKIE};
use axum::http::{HeaderMap, HeaderName, Method, request::Parts};
use espalier_kernel::Secret;
use espalier_store::Tx;
use serde::de::DeserializeOwned;

use crate::{Frame, Kit, Passage, PassageKind, Reads, Scope, Viewer, WebError};

/// Somebody known stands at the door, and a transaction is open for them: a reading one for GET, a writing one
/// for everything else. What is decided and what is done happen in it together.
pub struct Door {
    /// Who.
    pub viewer: Viewer,
    /// In which transaction.
    pub tx: Tx,
    /// With what.
    pub kit: Kit,
}

/// Somebody stands at the door, perhaps unknown: the pages before sign-in.
pub struct Lobby {
    /// Who, when known.
    pub viewer: Option<Viewer>,
    /// In which transaction.
    pub tx: Tx,
    /// With what.
    pub kit: Kit,
}

impl Door {
    /// The frame of a page with this title, at this place of the menu.
    #[must_use]
    pub fn frame(&self, title: impl Into<String>, place: &str) -> Frame {
        Frame::new(&self.kit, Some(&self.viewer), title.into(), place)
    }
}

impl Lobby {
    /// The frame of a page with this title.
    #[must_use]
    pub fn frame(&self, title: impl Into<String>) -> Frame {
        Frame::new(&self.kit, self.viewer.as_ref(), title.into(), "")
    }
}

impl FromRequestParts<Kit> for Door {
    type Rejection = WebError;

    async fn from_request_parts(parts: &mut Parts, kit: &Kit) -> Result<Self, WebError> {
        let Lobby { viewer, tx, kit } = Lobby::from_request_parts(parts, kit).await?;
        let viewer = viewer.ok_or_else(|| WebError::SignInFirst { back: way_back(parts) })?;
        if viewer.scope == Scope::Read && !parts.method.is_safe() {
            return Err(WebError::NotEnough(
                "This token may only read. Make one that may write under Account and sign-ins.".to_owned(),
            ));
        }
        Ok(Self { viewer, tx, kit })
    }
}

impl FromRequestParts<Kit> for Lobby {
    type Rejection = WebError;

    async fn from_request_parts(parts: &mut Parts, kit: &Kit) -> Result<Self, WebError> {
        let mut tx =
            if is_reading(&parts.method) { kit.store.read().await? } else { kit.store.write().await? };
        let viewer = match passage(&parts.headers, parts.uri.path(), kit) {
            Some(passage) => kit.gate.viewer(kit, &mut tx, &passage).await?,
            None => None,
        };
        let viewer = viewer.map(|mut viewer| {
            if let Some(reads) = parts.extensions.get::<Reads>() {
                viewer.access = viewer.access.noting(reads.clone());
            }
            viewer
        });
        Ok(Self { viewer, tx, kit: kit.clone() })
    }
}

impl OptionalFromRequestParts<Kit> for Door {
    type Rejection = WebError;

    async fn from_request_parts(parts: &mut Parts, kit: &Kit) -> Result<Option<Self>, WebError> {
        match <Self as FromRequestParts<Kit>>::from_request_parts(parts, kit).await {
            Ok(door) => Ok(Some(door)),
            Err(WebError::SignInFirst { .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }
}

/// A part of the address. One that is not even of the right form leads nowhere, like one that leads nowhere.
#[derive(Debug, Clone)]
pub struct Path<T>(pub T);

impl<T: DeserializeOwned + Send> FromRequestParts<Kit> for Path<T> {
    type Rejection = WebError;

    async fn from_request_parts(parts: &mut Parts, kit: &Kit) -> Result<Self, WebError> {
        <axum::extract::Path<T> as FromRequestParts<Kit>>::from_request_parts(parts, kit)
            .await
            .map(|axum::extract::Path(value)| Self(value))
            .map_err(|_| WebError::NotFound)
    }
}

/// What stands behind the question mark.
#[derive(Debug, Clone)]
pub struct Query<T>(pub T);

impl<T: DeserializeOwned> FromRequestParts<Kit> for Query<T> {
    type Rejection = WebError;

    async fn from_request_parts(parts: &mut Parts, _: &Kit) -> Result<Self, WebError> {
        serde_html_form::from_str(parts.uri.query().unwrap_or_default())
            .map(Self)
            .map_err(|_| WebError::Malformed("The end of this address is not understood.".to_owned()))
    }
}

fn is_reading(method: &Method) -> bool {
    method == Method::GET || method == Method::HEAD
}

/// Where to go after signing in: only reading requests can be gone back to.
fn way_back(parts: &Parts) -> String {
    if is_reading(&parts.method) {
        parts.uri.path_and_query().map_or_else(|| "/".to_owned(), ToString::to_string)
    } else {
        "/".to_owned()
    }
}

/// The name of the cookie. Browsers accept the first form only over HTTPS and only from this very host.
const fn cookie_name(is_https: bool) -> &'static str {
    if is_https { "__Host-espalier" } else { "espalier" }
}

/// The `Set-Cookie` value for a sign-in, or the one that ends it.
#[must_use]
pub fn session_cookie(kit: &Kit, secret: Option<&Secret>) -> String {
    let is_https = kit.settings.is_https();
    let name = cookie_name(is_https);
    let secure = if is_https { "; Secure" } else { "" };
    match secret {
        Some(secret) => {
            format!("{name}={}; Path=/; HttpOnly; SameSite=Lax; Max-Age=43200{secure}", secret.reveal())
        }
        None => format!("{name}=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0{secure}"),
    }
}

/// The secret that came with a request. Bearer tokens open the API only, and there a cookie serves as well.
pub(crate) fn passage(headers: &HeaderMap, path: &str, kit: &Kit) -> Option<Passage> {
    if path.starts_with("/api/")
        && let Some(token) = headers.get(AUTHORIZATION)
    {
        let (scheme, token) = token.to_str().ok()?.split_once(' ')?;
        return scheme.eq_ignore_ascii_case("bearer").then(|| Passage::new(PassageKind::Token, token.trim()));
    }
    session_secret(headers, kit).map(|secret| Passage::new(PassageKind::SignIn, secret))
}

pub(crate) fn session_secret<'a>(headers: &'a HeaderMap, kit: &Kit) -> Option<&'a str> {
    let name = cookie_name(kit.settings.is_https());
    headers
        .get_all(COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(key, value)| *key == name && !value.is_empty())
        .map(|(_, value)| value)
}

/// The network address a request came from, for limiting how often somebody may try. Behind the operator's own proxies
/// it is the last address that none of them is; what strangers write into the header counts for nothing.
#[must_use]
pub fn client_address(parts: &Parts, proxies: &[IpAddr]) -> IpAddr {
    let peer = parts
        .extensions
        .get::<ConnectInfo<SocketAddr>>()
        .map_or(IpAddr::from([0, 0, 0, 0]), |ConnectInfo(address)| address.ip().to_canonical());
    let is_proxy = |address: &IpAddr| proxies.contains(address);
    if !is_proxy(&peer) {
        return peer;
    }
    let told: Vec<&str> = parts
        .headers
        .get_all(&FORWARDED_FOR)
        .iter()
        .flat_map(|value| value.to_str().unwrap_or("?").split(','))
        .collect();
    let mut nearest = peer;
    // From the nearest proxy outwards, up to the first that is not ours or not an address.
    for text in told.into_iter().rev() {
        let Some(address) = address_in(text.trim()) else { break };
        nearest = address;
        if !is_proxy(&address) {
            break;
        }
    }
    nearest
}

static FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// An address as proxies write it: some with a port.
fn address_in(text: &str) -> Option<IpAddr> {
    let address = text.parse().or_else(|_| text.parse::<SocketAddr>().map(|address| address.ip()));
    address.ok().map(|address: IpAddr| address.to_canonical())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(peer: &str, told: &[&str], proxies: &[&str]) -> String {
        let peer = SocketAddr::new(peer.parse().unwrap(), 4000);
        let mut request = axum::http::Request::builder().extension(ConnectInfo(peer));
        for line in told {
            request = request.header(&FORWARDED_FOR, *line);
        }
        let (parts, ()) = request.body(()).unwrap().into_parts();
        let proxies: Vec<IpAddr> = proxies.iter().map(|proxy| proxy.parse().unwrap()).collect();
        client_address(&parts, &proxies).to_string()
    }

    #[test]
    fn the_header_counts_only_from_a_proxy_of_ours_and_only_its_last_stranger() {
        let ours = ["10.0.0.1", "10.0.0.2"];
        for (peer, told, address) in [
            ("192.0.2.7", &[][..], "192.0.2.7"),
            ("192.0.2.7", &["198.51.100.1"], "192.0.2.7"),
            ("10.0.0.1", &[], "10.0.0.1"),
            ("10.0.0.1", &["192.0.2.7"], "192.0.2.7"),
            ("::ffff:10.0.0.1", &["192.0.2.7"], "192.0.2.7"),
            ("10.0.0.1", &["192.0.2.7:5123"], "192.0.2.7"),
            ("10.0.0.1", &["[2001:db8::7]:5123"], "2001:db8::7"),
            // What stands before was written by whoever asked.
            ("10.0.0.1", &["198.51.100.1, 192.0.2.7"], "192.0.2.7"),
            ("10.0.0.1", &["198.51.100.1", "192.0.2.7, 10.0.0.2"], "192.0.2.7"),
            ("10.0.0.1", &["198.51.100.1, unknown"], "10.0.0.1"),
            ("10.0.0.1", &["10.0.0.2"], "10.0.0.2"),
        ] {
            assert_eq!(asked(peer, told, &ours), address, "{peer} {told:?}");
        }
        assert_eq!(asked("10.0.0.1", &["192.0.2.7"], &[]), "10.0.0.1");
    }
}
