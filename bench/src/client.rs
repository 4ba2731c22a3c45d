//! As much of HTTP/1.1 as a client that knows its server needs, and no more: every cycle spent here is missing there.

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::Trouble;

/// One connection that is kept open from request to request.
pub struct Connection {
    stream: TcpStream,
    read: Vec<u8>,
}

/// What came back. The body stays in the connection until the next request.
#[derive(Debug, Clone, Copy)]
pub struct Answer {
    pub status: u16,
    head: usize,
    end: usize,
    is_chunked: bool,
}

impl Connection {
    pub async fn open(address: &str) -> Result<Self, Trouble> {
        let stream = TcpStream::connect(address)
            .await
            .map_err(|error| format!("{address} does not answer: {error}"))?;
        stream.set_nodelay(true).map_err(|error| error.to_string())?;
        Ok(Self { stream, read: Vec::with_capacity(256 << 10) })
    }

    /// Sends a request and reads the whole answer.
    pub async fn ask(&mut self, request: &[u8]) -> Result<Answer, Trouble> {
        self.read.clear();
        self.stream.write_all(request).await.map_err(|error| format!("a request was not taken: {error}"))?;
        let head = loop {
            // Most heads come whole with the first read.
            if let Some(end) = find(&self.read, b"\r\n\r\n") {
                break end + 4;
            }
            self.more().await?;
        };
        let status = std::str::from_utf8(self.read.get(9..12).unwrap_or_default())
            .ok()
            .and_then(|status| status.parse().ok())
            .ok_or("an answer has no status")?;
        let length = self.header(head, "content-length").and_then(|length| length.parse::<usize>().ok());
        let is_chunked = self
            .header(head, "transfer-encoding")
            .is_some_and(|coding| coding.eq_ignore_ascii_case("chunked"));
        let end = match length {
            Some(length) => {
                while self.read.len() < head + length {
                    self.more().await?;
                }
                head + length
            }
            None if is_chunked => self.last_chunk(head).await?,
            None if status == 304 || status == 204 => head,
            None => return Err("an answer has neither a length nor chunks".to_owned()),
        };
        Ok(Answer { status, head, end, is_chunked })
    }

    /// A header of the last answer.
    pub fn header_of(&self, answer: &Answer, name: &str) -> Option<String> {
        self.header(answer.head, name).map(str::to_owned)
    }

    /// The body of the last answer, its chunks joined.
    pub fn body_of(&self, answer: &Answer) -> Vec<u8> {
        let sent = &self.read[answer.head..answer.end];
        if !answer.is_chunked {
            return sent.to_vec();
        }
        let mut body = Vec::new();
        let mut at = 0;
        while let Some((size, start)) = chunk(sent, at) {
            body.extend_from_slice(sent.get(start..start + size).unwrap_or_default());
            at = start + size + 2;
            if size == 0 {
                break;
            }
        }
        body
    }

    async fn more(&mut self) -> Result<(), Trouble> {
        match self.stream.read_buf(&mut self.read).await {
            Ok(0) => Err("the connection was closed in the middle of an answer".to_owned()),
            Ok(_) => Ok(()),
            Err(error) => Err(format!("an answer broke off: {error}")),
        }
    }

    fn header(&self, head: usize, name: &str) -> Option<&str> {
        let head = std::str::from_utf8(&self.read[..head]).ok()?;
        head.lines()
            .filter_map(|line| line.split_once(':'))
            .find(|(key, _)| key.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.trim())
    }

    async fn last_chunk(&mut self, head: usize) -> Result<usize, Trouble> {
        let mut at = head;
        loop {
            match chunk(&self.read, at) {
                Some((size, start)) if self.read.len() >= start + size + 2 => {
                    at = start + size + 2;
                    if size == 0 {
                        return Ok(at);
                    }
                }
                Some(_) | None => self.more().await?,
            }
        }
    }
}

/// The size of the chunk that begins here and where its bytes begin, once its first line is whole.
fn chunk(bytes: &[u8], at: usize) -> Option<(usize, usize)> {
    let line = at + find(bytes.get(at..)?, b"\r\n")?;
    let size = std::str::from_utf8(&bytes[at..line]).ok()?.split(';').next()?;
    Some((usize::from_str_radix(size.trim(), 16).ok()?, line + 2))
}

fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes.windows(wanted.len()).position(|window| window == wanted)
}

#[cfg(test)]
mod tests {
    use super::*;
    use tokio::net::TcpListener;

    /// Answers every request with these bytes, in two parts so that an answer is never whole at once.
    async fn asked(bytes: &'static str) -> (u16, String) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let server = tokio::spawn(async move {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut request = [0; 64];
            let _read = stream.read(&mut request).await.unwrap();
            let (one, two) = bytes.split_at(bytes.len() / 2);
            stream.write_all(one.as_bytes()).await.unwrap();
            stream.flush().await.unwrap();
            tokio::task::yield_now().await;
            stream.write_all(two.as_bytes()).await.unwrap();
        });
        let mut connection = Connection::open(&address).await.unwrap();
        let answer = connection.ask(b"GET / HTTP/1.1\r\n\r\n").await.unwrap();
        server.await.unwrap();
        (answer.status, String::from_utf8(connection.body_of(&answer)).unwrap())
    }

    #[tokio::test]
    async fn an_answer_with_a_length_is_read_whole() {
        assert_eq!(
            asked("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello").await,
            (200, "hello".to_owned())
        );
    }

    #[tokio::test]
    async fn chunks_are_joined() {
        let sent =
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n2;x=y\r\nlo\r\n0\r\n\r\n";
        assert_eq!(asked(sent).await, (200, "hello".to_owned()));
    }

    #[tokio::test]
    async fn an_empty_answer_has_no_body() {
        assert_eq!(asked("HTTP/1.1 303 See Other\r\ncontent-length: 0\r\n\r\n").await, (303, String::new()));
    }
}
