//! Connections to one lender, kept and used again.
//!
//! Whoever calls drives the connection within the call: no other task stands between the caller and the socket, so an
//! answer wakes the one who waits for it and nobody else. A call that is given up takes its connection with it. What
//! came between two calls (the lender closed) is seen before a connection is used again; what comes at the very moment
//! of use is a broken connection, which the guards may retry.

use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::task::Poll;
use std::time::Duration;

use bytes::Bytes;
use domain::refusal::Refusal;
use http::{Request, Response, Uri};
use http_body_util::Full;
use hyper::body::Incoming;
use hyper::client::conn::http1::{Connection, SendRequest, handshake};
use hyper_rustls::{HttpsConnector, MaybeHttpsStream};
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::time::Instant;
use tower::ServiceExt;

/// Idle connections kept, and for how long.
const IDLE_CONNECTIONS: usize = 64;
const IDLE_FOR: Duration = Duration::from_secs(90);

type Driver = Pin<Box<Connection<MaybeHttpsStream<TokioIo<TcpStream>>, Full<Bytes>>>>;

/// The address stays out of it, since it may carry a secret.
pub(super) fn broken(detail: &str) -> Refusal {
    Refusal::Unavailable { detail: detail.to_owned(), transient: true }
}

/// One connection, in the hands of one call.
#[derive(Debug)]
pub(super) struct Line {
    sender: SendRequest<Full<Bytes>>,
    driver: Driver,
    ended: bool,
}

impl Line {
    async fn connect(connector: HttpsConnector<HttpConnector>, uri: Uri) -> Result<Self, Refusal> {
        let no_connection = || broken("the connection could not be made");
        let stream = connector.oneshot(uri).await.map_err(|_| no_connection())?;
        let (sender, driver) = handshake(stream).await.map_err(|_| no_connection())?;
        Ok(Self { sender, driver: Box::pin(driver), ended: false })
    }

    /// Sends, and waits until the head of the answer is here.
    pub(super) async fn send(&mut self, request: Request<Full<Bytes>>) -> Result<Response<Incoming>, Refusal> {
        let answer = self.sender.send_request(request);
        drive(&mut self.driver, &mut self.ended, answer).await.map_err(|_| broken("the connection broke"))
    }

    /// Does `work`, which waits for this connection, and what the connection has to do for it.
    pub(super) async fn drive<T>(&mut self, work: impl Future<Output = T>) -> T {
        drive(&mut self.driver, &mut self.ended, work).await
    }

    /// Whether another request can be sent now. What the other side did meanwhile is looked at first.
    async fn is_free(&mut self) -> bool {
        poll_fn(|cx| {
            self.ended = self.ended || self.driver.as_mut().poll(cx).is_ready();
            let ready = !self.ended && matches!(self.sender.poll_ready(cx), Poll::Ready(Ok(())));
            Poll::Ready(ready)
        })
        .await
    }
}

async fn drive<T>(driver: &mut Driver, ended: &mut bool, work: impl Future<Output = T>) -> T {
    let mut work = pin!(work);
    poll_fn(|cx| {
        if let Poll::Ready(done) = work.as_mut().poll(cx) {
            return Poll::Ready(done);
        }
        *ended = *ended || driver.as_mut().poll(cx).is_ready();
        work.as_mut().poll(cx)
    })
    .await
}

/// The connections of one lender.
#[derive(Debug)]
pub(super) struct Lines {
    connector: HttpsConnector<HttpConnector>,
    /// Last used last.
    idle: Mutex<Vec<(Instant, Line)>>,
}

impl Lines {
    pub(super) fn new(connector: HttpsConnector<HttpConnector>) -> Self {
        Self { connector, idle: Mutex::default() }
    }

    fn idle(&self) -> MutexGuard<'_, Vec<(Instant, Line)>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A connection that stands, the one used last where there is one.
    pub(super) async fn take(&self, uri: &Uri) -> Result<Line, Refusal> {
        loop {
            let Some((since, mut line)) = self.idle().pop() else { break };
            if since.elapsed() < IDLE_FOR && line.is_free().await {
                return Ok(line);
            }
        }
        Line::connect(self.connector.clone(), uri.clone()).await
    }

    /// Keeps a connection whose answer was read to its end, if it can be used again.
    pub(super) async fn keep(&self, mut line: Line) {
        if !line.is_free().await {
            return;
        }
        let now = Instant::now();
        let mut idle = self.idle();
        let too_old = idle.partition_point(|(since, _)| now.duration_since(*since) >= IDLE_FOR);
        idle.drain(..too_old);
        if idle.len() < IDLE_CONNECTIONS {
            idle.push((now, line));
        }
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    use tokio::net::TcpListener;

    use super::super::HttpClient;
    use super::super::client::Endpoint;
    use super::*;

    const ANSWER: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n{}";

    async fn endpoint(listener: &TcpListener) -> Endpoint {
        let uri = format!("http://{}/quotes?a=b", listener.local_addr().unwrap());
        HttpClient::try_new().unwrap().endpoint(uri.parse().unwrap()).unwrap()
    }

    /// Reads one question and answers it; what was read.
    async fn answer(stream: &mut TcpStream) -> String {
        let mut question = Vec::new();
        while !question.ends_with(b"[]") {
            assert_ne!(stream.read_buf(&mut question).await.unwrap(), 0);
        }
        stream.write_all(ANSWER).await.unwrap();
        String::from_utf8(question).unwrap()
    }

    async fn ask(endpoint: &Endpoint) -> Result<(), Refusal> {
        endpoint.post_json(http::HeaderMap::new(), b"[]".to_vec(), 100).await.map(drop)
    }

    #[tokio::test]
    async fn a_connection_is_used_again_until_the_lender_closes_it() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let endpoint = endpoint(&listener).await;
        let lender = async {
            let (mut first, _) = listener.accept().await.unwrap();
            let question = answer(&mut first).await;
            assert!(question.starts_with("POST /quotes?a=b HTTP/1.1\r\n"), "{question}");
            assert!(question.contains(&format!("host: {}\r\n", listener.local_addr().unwrap())), "{question}");
            answer(&mut first).await;
            first.shutdown().await.unwrap();
            // The caller's end closes when it has seen ours closed.
            assert_eq!(first.read(&mut [0]).await.unwrap(), 0);
            let (mut second, _) = listener.accept().await.unwrap();
            answer(&mut second).await;
        };
        let caller = async {
            assert_eq!(ask(&endpoint).await, Ok(()));
            assert_eq!(ask(&endpoint).await, Ok(()));
            // Taking a connection looks at it: a closed one is dropped, and another is made.
            let mut asked = Err(Refusal::Unknown);
            while asked.is_err() {
                asked = ask(&endpoint).await;
            }
        };
        tokio::join!(lender, caller);
    }

    #[tokio::test]
    async fn a_call_that_is_given_up_closes_its_connection() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let endpoint = endpoint(&listener).await;
        let (mut call, mut stream) = (Box::pin(ask(&endpoint)), None);
        while stream.is_none() {
            tokio::select! {
                answered = &mut call => panic!("answered by nobody: {answered:?}"),
                accepted = listener.accept() => stream = accepted.ok(),
            }
        }
        drop(call);
        let (mut stream, mut read) = (stream.unwrap().0, Vec::new());
        // Ends only because the other end was closed.
        stream.read_to_end(&mut read).await.unwrap();
    }
}
