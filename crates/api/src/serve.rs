//! The accept loop: connections, their limits, and a graceful end.
//!
//! Why our own: the ready-made loop leaves 100 slowloris connections open for ever (measured). Here a
//! header has a deadline, an address has a cap, and a shutdown waits for what runs, but not for long.
//! Must not know: routes.

use std::{
    collections::HashMap,
    net::{IpAddr, SocketAddr},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use axum::Router;
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::{OwnedSemaphorePermit, Semaphore, watch},
};
use tower::ServiceExt;

use crate::{
    address::TrustedProxies,
    tls::{Stream, Tls},
};

/// Time a client has to send the head of a request; also how long an idle connection is kept.
const HEADER_TIMEOUT: Duration = Duration::from_secs(15);
/// Bytes of the head of a request.
const HEADER_BYTES_MAX: usize = 16 * 1024;
/// Header lines of a request.
const HEADERS_MAX: usize = 64;
/// Connections of the whole process; the file limit is 20,000.
const CONNECTIONS_MAX: usize = 19_000;
/// What a shutdown waits for (promise P8: under ten seconds).
const DRAIN_TIMEOUT: Duration = Duration::from_secs(8);
/// Pause after a failed accept, such as too many open files.
const ACCEPT_PAUSE: Duration = Duration::from_millis(50);

/// The connections of the process.
#[derive(Clone)]
pub struct Connections(Arc<Semaphore>);

impl Default for Connections {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(CONNECTIONS_MAX)))
    }
}

impl Connections {
    /// How many are open.
    #[must_use]
    pub fn open(&self) -> usize {
        CONNECTIONS_MAX.saturating_sub(self.0.available_permits())
    }
}

/// Who may connect, how often and how.
#[derive(Clone)]
pub struct ConnectionSettings {
    /// Connections of one address (a trusted proxy has no such cap).
    pub per_address_max: usize,
    /// Proxies that may say whom they speak for.
    pub proxies: TrustedProxies,
    /// TLS, unless a proxy in front or loopback makes it needless.
    pub tls: Option<Tls>,
    /// Where they are counted.
    pub connections: Connections,
}

/// The connection a request came by, as a request extension. Whoever keeps it (a WebSocket after its
/// upgrade) keeps the connection's place.
#[derive(Clone)]
pub(crate) struct Peer {
    pub(crate) address: SocketAddr,
    _place: Arc<(OwnedSemaphorePermit, Count)>,
}

/// Serves until `stop` is ready, then drains: `tell` asks the streams to end.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    settings: ConnectionSettings,
    stop: impl Future<Output = ()>,
    tell: impl FnOnce(),
) {
    let places = Arc::clone(&settings.connections.0);
    let (drain, draining) = watch::channel(());
    let counts = Counts::default();
    tokio::pin!(stop);
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = &mut stop => break,
        };
        match accepted {
            Ok((stream, address)) => {
                let Some(peer) = admit(&places, &counts, &settings, address) else {
                    continue;
                };
                let (router, draining) = (router.clone(), draining.clone());
                tokio::spawn(handle(stream, peer, settings.tls.clone(), router, draining));
            }
            Err(error) => {
                tracing::warn!(%error, "cannot accept a connection");
                tokio::time::sleep(ACCEPT_PAUSE).await;
            }
        }
    }
    drop(listener);
    tell();
    if drain.send(()).is_err() {
        return;
    }
    let all = u32::try_from(CONNECTIONS_MAX).unwrap_or(u32::MAX);
    if tokio::time::timeout(DRAIN_TIMEOUT, places.acquire_many(all))
        .await
        .is_err()
    {
        tracing::warn!("some connections did not end in time");
    }
}

/// A place for a connection, unless the process or its address has too many.
fn admit(
    places: &Arc<Semaphore>,
    counts: &Counts,
    settings: &ConnectionSettings,
    address: SocketAddr,
) -> Option<Peer> {
    let place = Arc::clone(places).try_acquire_owned().ok()?;
    let proxy = settings.proxies.is_proxy(address.ip());
    let cap = if proxy {
        usize::MAX
    } else {
        settings.per_address_max
    };
    let count = counts.enter(address.ip(), cap)?;
    Some(Peer {
        address,
        _place: Arc::new((place, count)),
    })
}

/// One connection from its handshake to its end.
async fn handle(
    tcp: TcpStream,
    peer: Peer,
    tls: Option<Tls>,
    router: Router,
    draining: watch::Receiver<()>,
) {
    if let Err(error) = tcp.set_nodelay(true) {
        tracing::debug!(%error, "cannot switch Nagle's algorithm off");
    }
    match tls {
        None => run(tcp, peer, router, draining).await,
        Some(tls) => {
            if let Some(stream) = tls.accept(tcp).await {
                run(stream, peer, router, draining).await;
            }
        }
    }
}

/// Speaks HTTP/1.1 (upgradable to WebSocket); when the server drains, to the end of the running request.
async fn run<S>(stream: S, peer: Peer, router: Router, mut draining: watch::Receiver<()>)
where
    S: Stream + 'static,
{
    let service = service_fn(move |request: hyper::Request<Incoming>| {
        let mut request = request.map(axum::body::Body::new);
        request.extensions_mut().insert(peer.clone());
        router.clone().oneshot(request)
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEADER_TIMEOUT)
        .max_buf_size(HEADER_BYTES_MAX)
        .max_headers(HEADERS_MAX)
        .serve_connection(TokioIo::new(stream), service)
        .with_upgrades();
    tokio::pin!(connection);
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        _ = draining.changed() => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = ended {
        tracing::debug!(%error, "connection ended");
    }
}

/// Connections held by each address, in memory only.
#[derive(Clone, Default)]
struct Counts(Arc<Mutex<HashMap<IpAddr, usize>>>);

struct Count {
    counts: Counts,
    address: IpAddr,
}

impl Counts {
    fn enter(&self, address: IpAddr, cap: usize) -> Option<Count> {
        let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let count = held.entry(address).or_insert(0);
        if *count >= cap {
            return None;
        }
        *count += 1;
        Some(Count {
            counts: self.clone(),
            address,
        })
    }
}

impl Drop for Count {
    fn drop(&mut self) {
        let mut held = self.counts.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = held.get_mut(&self.address) {
            *count -= 1;
            if *count == 0 {
                held.remove(&self.address);
            }
        }
    }
}
