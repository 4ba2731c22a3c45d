//! The ceiling: the same bytes from memory, served by the same HTTP library with nothing behind it.

use axum::Router;
use axum::http::header;
use axum::routing::get;
use tokio::sync::oneshot;

use crate::Trouble;

/// A server in threads of its own, as many as the program would take.
pub struct Server {
    address: String,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<std::thread::JoinHandle<()>>,
}

impl Server {
    /// Serves these bytes at every address.
    pub async fn start(html: &[u8]) -> Result<Self, Trouble> {
        let (tell, told) = oneshot::channel();
        let (stop, stopped) = oneshot::channel();
        let html: &'static [u8] = Box::leak(html.to_vec().into_boxed_slice());
        let thread = std::thread::spawn(move || {
            let outcome = tokio::runtime::Builder::new_multi_thread().enable_all().build();
            let _outcome = outcome.map(|runtime| runtime.block_on(serve(html, tell, stopped)));
        });
        let address = told.await.map_err(|_| "the bare server did not start".to_owned())?;
        Ok(Self { address, stop: Some(stop), thread: Some(thread) })
    }

    pub fn address(&self) -> &str {
        &self.address
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _sent = self.stop.take().map(|stop| stop.send(()));
        let _joined = self.thread.take().map(std::thread::JoinHandle::join);
    }
}

async fn serve(html: &'static [u8], tell: oneshot::Sender<String>, stopped: oneshot::Receiver<()>) {
    let page = move || async move { ([(header::CONTENT_TYPE, "text/html; charset=utf-8")], html) };
    let router = Router::new().fallback(get(page));
    let Ok(listener) = tokio::net::TcpListener::bind("127.0.0.1:0").await else { return };
    let Ok(address) = listener.local_addr() else { return };
    let _told = tell.send(address.to_string());
    tokio::select! {
        _served = axum::serve(listener, router) => {}
        _stopped = stopped => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::client::Connection;

    #[tokio::test]
    async fn every_address_answers_with_the_same_bytes() {
        let server = Server::start(b"<p>hello</p>").await.unwrap();
        let mut connection = Connection::open(server.address()).await.unwrap();
        for path in ["/", "/people?q=a"] {
            let answer =
                connection.ask(format!("GET {path} HTTP/1.1\r\nhost: x\r\n\r\n").as_bytes()).await.unwrap();
            assert_eq!(answer.status, 200);
            assert_eq!(connection.body_of(&answer), b"<p>hello</p>");
        }
    }
}
