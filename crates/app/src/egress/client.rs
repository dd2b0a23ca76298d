//! The one outbound HTTP client: takes a loaded parcel, connects to a number that was checked, over TLS, and
//! reads no more than the status of the answer.
//!
//! Why its own: the number that was checked is the number that is connected to, so a name that changes its mind
//! in between reaches nothing. A redirect is an answer like any other and is not followed.
//! Must not know: who may send what; `mod.rs` asks the policy.

use std::{io, net::SocketAddr, pin::Pin, sync::Arc, time::Duration};

use bytes::Bytes;
use http_body_util::Full;
use hyper::{Request, header};
use hyper_util::rt::TokioIo;
use policy::{Outbound, Parcel, Provider, Require};
use rustls::{
    ClientConfig, RootCertStore,
    crypto::ring,
    pki_types::{CertificateDer, ServerName, pem::PemObject},
    version::{TLS12, TLS13},
};
use tokio::{net::TcpStream, time::timeout};
use tokio_rustls::{TlsConnector, client::TlsStream};

use super::address::{Address, is_public};

/// Longest wait for name, connection and TLS together.
const CONNECT_WAIT: Duration = Duration::from_secs(5);
/// Longest wait for the head of an answer.
const ANSWER_WAIT: Duration = Duration::from_secs(10);
/// Numbers tried of one name.
const NUMBERS_MAX: usize = 4;
/// Bytes of the head of an answer.
const HEAD_BYTES_MAX: usize = 16 * 1_024;
/// Lines of the head of an answer.
const HEAD_LINES_MAX: usize = 64;
/// Bytes of a body.
const BODY_BYTES_MAX: usize = 1_024 * 1_024;

/// The answer of a resolver.
pub type Resolving<'a> = Pin<Box<dyn Future<Output = io::Result<Vec<SocketAddr>>> + Send + 'a>>;

/// Finds the numbers behind a name.
pub trait Resolver: Send + Sync {
    /// The numbers of a host.
    fn resolve<'a>(&'a self, name: &'a str, port: u16) -> Resolving<'a>;
}

/// The system's resolver.
struct SystemResolver;

impl Resolver for SystemResolver {
    fn resolve<'a>(&'a self, name: &'a str, port: u16) -> Resolving<'a> {
        Box::pin(async move {
            let name = name.trim_start_matches('[').trim_end_matches(']');
            Ok(tokio::net::lookup_host((name, port)).await?.collect())
        })
    }
}

/// A receiver of tests on this machine: connections to the host go there instead. Refused by the binary unless it
/// listens on loopback itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TestReceiver {
    /// `name:port`, as the policy lists it.
    pub host: String,
    /// Where the receiver listens; loopback.
    pub at: SocketAddr,
}

impl TestReceiver {
    /// Reads `name:port=127.0.0.1:port`; none if it is something else, or not on loopback.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (host, at) = text.split_once('=')?;
        let at: SocketAddr = at.parse().ok()?;
        let named = host.rsplit_once(':')?.1.parse::<u16>().is_ok();
        (named && at.ip().is_loopback()).then(|| Self {
            host: host.to_owned(),
            at,
        })
    }
}

/// What the composition decides about the way out.
#[derive(Default)]
pub struct EgressSettings {
    /// Receivers of tests.
    pub test_receivers: Vec<TestReceiver>,
    /// A further root certificate for receivers of tests, PEM.
    pub test_root_pem: Option<Vec<u8>>,
    /// How names are resolved; none: as the system does.
    pub resolver: Option<Arc<dyn Resolver>>,
}

/// Why nothing arrived. Says nothing of what was sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Failure {
    /// The name stands for a number that is refused.
    NotPublic,
    /// Nobody could be reached under the name.
    Unreachable,
    /// No TLS as the policy requires it, or a certificate that is not good.
    Tls,
    /// No answer in time.
    Late,
    /// The connection ended, or what came is no answer.
    Broken,
    /// More than may go at once.
    TooLarge,
}

impl Failure {
    /// In words, for the log of deliveries.
    pub(crate) const fn told(&self) -> &'static str {
        match self {
            Self::NotPublic => "the host's address is private, local or special: refused",
            Self::Unreachable => "the host cannot be reached",
            Self::Tls => "no acceptable TLS or certificate",
            Self::Late => "no answer in time",
            Self::Broken => "the connection ended without an answer",
            Self::TooLarge => "the body is too large",
        }
    }
}

/// A connection to a receiver, ready for one parcel.
pub(crate) struct Connection(TlsStream<TcpStream>);

/// The client.
pub(crate) struct Client {
    resolver: Arc<dyn Resolver>,
    test_receivers: Vec<TestReceiver>,
    tls12: Arc<ClientConfig>,
    tls13: Arc<ClientConfig>,
}

impl Client {
    /// A client with the public root certificates.
    pub(crate) fn new(settings: EgressSettings) -> Result<Self, rustls::Error> {
        let mut roots = RootCertStore::empty();
        roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
        if let Some(pem) = settings.test_root_pem {
            let certificates = CertificateDer::pem_slice_iter(&pem);
            for certificate in certificates.filter_map(Result::ok) {
                roots.add(certificate)?;
            }
        }
        let roots = Arc::new(roots);
        Ok(Self {
            resolver: settings
                .resolver
                .unwrap_or_else(|| Arc::new(SystemResolver)),
            test_receivers: settings.test_receivers,
            tls12: config(&roots, &[&TLS13, &TLS12])?,
            tls13: config(&roots, &[&TLS13])?,
        })
    }

    /// Connects as the policy requires it. Nothing personal has left when this fails.
    pub(crate) async fn connect(
        &self,
        address: &Address,
        way: &Outbound<Provider>,
    ) -> Result<Connection, Failure> {
        let tls = if way.requires(Require::Tls13) {
            &self.tls13
        } else {
            &self.tls12
        };
        let connecting = async {
            let numbers = self.numbers(address).await?;
            let stream = reach(&numbers).await?;
            let name = address.name.trim_start_matches('[').trim_end_matches(']');
            let name = ServerName::try_from(name.to_owned()).map_err(|_| Failure::Tls)?;
            let connector = TlsConnector::from(Arc::clone(tls));
            let stream = connector.connect(name, stream).await;
            stream.map(Connection).map_err(|_| Failure::Tls)
        };
        let connected = timeout(CONNECT_WAIT, connecting).await;
        connected.unwrap_or(Err(Failure::Late))
    }

    /// The numbers of a host; one that is not public refuses them all.
    async fn numbers(&self, address: &Address) -> Result<Vec<SocketAddr>, Failure> {
        let host = address.host();
        let mut receivers = self.test_receivers.iter();
        if let Some(receiver) = receivers.find(|receiver| receiver.host == host) {
            return Ok(vec![receiver.at]);
        }
        let found = self.resolver.resolve(&address.name, address.port).await;
        let found = found.map_err(|_| Failure::Unreachable)?;
        if found.iter().any(|number| !is_public(number.ip())) {
            return Err(Failure::NotPublic);
        }
        Ok(found)
    }
}

impl Connection {
    /// Sends the parcel; the status of the answer. The answer's body is not read.
    pub(crate) async fn post(
        self,
        address: &Address,
        headers: &[(&'static str, String)],
        parcel: &Parcel<Provider>,
    ) -> Result<u16, Failure> {
        if parcel.bytes().len() > BODY_BYTES_MAX {
            return Err(Failure::TooLarge);
        }
        let mut request = Request::post(address.path.as_str())
            .header(header::HOST, authority(address))
            .header(header::USER_AGENT, "Chatham")
            .header(header::CONTENT_TYPE, "application/json");
        for (name, value) in headers {
            request = request.header(*name, value.as_str());
        }
        let body = Full::new(Bytes::copy_from_slice(parcel.bytes()));
        let request = request.body(body).map_err(|_| Failure::Broken)?;
        let exchange = async {
            let mut builder = hyper::client::conn::http1::Builder::new();
            let builder = builder
                .max_buf_size(HEAD_BYTES_MAX)
                .max_headers(HEAD_LINES_MAX);
            let shaken = builder.handshake(TokioIo::new(self.0)).await;
            let (mut sender, connection) = shaken.map_err(|_| Failure::Broken)?;
            let driving = tokio::spawn(connection);
            let answer = sender.send_request(request).await;
            driving.abort();
            let answer = answer.map_err(|_| Failure::Broken)?;
            Ok(answer.status().as_u16())
        };
        let answered = timeout(ANSWER_WAIT, exchange).await;
        answered.unwrap_or(Err(Failure::Late))
    }
}

fn authority(address: &Address) -> String {
    match address.port {
        443 => address.name.clone(),
        _ => address.host(),
    }
}

async fn reach(numbers: &[SocketAddr]) -> Result<TcpStream, Failure> {
    for number in numbers.iter().take(NUMBERS_MAX) {
        if let Ok(stream) = TcpStream::connect(number).await {
            return Ok(stream);
        }
    }
    Err(Failure::Unreachable)
}

fn config(
    roots: &Arc<RootCertStore>,
    versions: &[&'static rustls::SupportedProtocolVersion],
) -> Result<Arc<ClientConfig>, rustls::Error> {
    let provider = Arc::new(ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_protocol_versions(versions)?
        .with_root_certificates(Arc::clone(roots))
        .with_no_client_auth();
    Ok(Arc::new(config))
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    /// Says something else each time it is asked.
    struct Fickle {
        answers: Vec<Vec<SocketAddr>>,
        asked: AtomicUsize,
    }

    impl Resolver for Fickle {
        fn resolve<'a>(&'a self, _name: &'a str, _port: u16) -> Resolving<'a> {
            let turn = self.asked.fetch_add(1, Ordering::SeqCst);
            let answer = self.answers[turn.min(self.answers.len() - 1)].clone();
            Box::pin(async move { Ok(answer) })
        }
    }

    fn client(answers: &[&[&str]]) -> (Client, Arc<Fickle>) {
        let numbers = |list: &&[&str]| list.iter().map(|text| text.parse().unwrap()).collect();
        let resolver = Arc::new(Fickle {
            answers: answers.iter().map(numbers).collect(),
            asked: AtomicUsize::new(0),
        });
        let settings = EgressSettings {
            resolver: Some(Arc::clone(&resolver) as Arc<dyn Resolver>),
            ..EgressSettings::default()
        };
        (Client::new(settings).unwrap(), resolver)
    }

    #[tokio::test]
    async fn name_that_stands_for_this_machine_is_refused_even_beside_a_public_number() {
        let address = Address::parse("https://crm.example/").unwrap();
        for answer in [
            &["127.0.0.1:443"][..],
            &["1.1.1.1:443", "[::ffff:10.0.0.1]:443"],
            &["169.254.169.254:443"],
        ] {
            let (client, _) = client(&[answer]);
            assert_eq!(client.numbers(&address).await, Err(Failure::NotPublic));
        }
    }

    #[tokio::test]
    async fn name_is_asked_for_once_and_the_number_that_was_checked_is_connected_to() {
        let (client, resolver) = client(&[&["1.1.1.1:443"], &["127.0.0.1:443"]]);
        let address = Address::parse("https://crm.example/").unwrap();

        let numbers = client.numbers(&address).await.unwrap();

        assert_eq!(numbers, ["1.1.1.1:443".parse().unwrap()]);
        assert_eq!(resolver.asked.load(Ordering::SeqCst), 1);
        // The next sending asks again, and finds the name turned.
        assert_eq!(client.numbers(&address).await, Err(Failure::NotPublic));
    }

    #[test]
    fn receiver_of_tests_is_on_this_machine_only() {
        let receiver = TestReceiver::parse("crm.example:443=127.0.0.1:9000").unwrap();
        assert_eq!(receiver.host, "crm.example:443");
        for text in [
            "crm.example:443=10.0.0.1:9000",
            "crm.example:443=crm.example:9000",
            "crm.example=127.0.0.1:9000",
            "crm.example:443",
        ] {
            assert_eq!(TestReceiver::parse(text), None, "{text}");
        }
    }
}
