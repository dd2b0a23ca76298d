//! TLS on the accept loop: certificates by ACME (RFC 8555, TLS-ALPN-01), or a plain connection.
//!
//! Must not know: HTTP.

use std::{path::PathBuf, sync::Arc, time::Duration};

use futures_util::StreamExt;
use rustls::ServerConfig;
use rustls_acme::{AcmeConfig, caches::DirCache, is_tls_alpn_challenge};
use tokio::{
    io::{AsyncRead, AsyncWrite, AsyncWriteExt},
    net::TcpStream,
};
use tokio_rustls::LazyConfigAcceptor;

/// Time a client has for its handshake.
const HANDSHAKE_TIMEOUT: Duration = Duration::from_secs(10);

/// How certificates are got.
#[derive(Debug, Clone)]
pub struct AcmeSettings {
    /// The name people use.
    pub domain: String,
    /// Address the certificate authority may write to.
    pub email: String,
    /// The authority's directory; none is Let's Encrypt.
    pub directory: Option<String>,
    /// Folder the account and the certificates are kept in.
    pub cache: PathBuf,
}

/// Accepts TLS connections.
#[derive(Clone)]
pub struct Tls {
    challenge: Arc<ServerConfig>,
    server: Arc<ServerConfig>,
}

/// A connection, encrypted or not.
pub(crate) trait Stream: AsyncRead + AsyncWrite + Unpin + Send {}

impl<T: AsyncRead + AsyncWrite + Unpin + Send> Stream for T {}

impl Tls {
    /// Gets certificates and renews them for as long as the process runs.
    #[must_use]
    pub fn acme(settings: &AcmeSettings) -> Self {
        let config = AcmeConfig::new([&settings.domain])
            .contact_push(format!("mailto:{}", settings.email))
            .cache(DirCache::new(settings.cache.clone()));
        let config = match &settings.directory {
            Some(directory) => config.directory(directory),
            None => config.directory_lets_encrypt(true),
        };
        let mut state = config.state();
        let tls = Self {
            challenge: state.challenge_rustls_config(),
            server: state.default_rustls_config(),
        };
        tokio::spawn(async move {
            while let Some(event) = state.next().await {
                match event {
                    Ok(event) => tracing::info!(?event, "certificate"),
                    Err(error) => tracing::error!(?error, "cannot get a certificate"),
                }
            }
        });
        tls
    }

    /// The encrypted connection; `None` if the handshake failed or was only the authority's challenge.
    pub(crate) async fn accept(&self, tcp: TcpStream) -> Option<Box<dyn Stream>> {
        let accepted = tokio::time::timeout(HANDSHAKE_TIMEOUT, self.handshake(tcp)).await;
        match accepted {
            Ok(Ok(stream)) => stream,
            Ok(Err(error)) => {
                tracing::debug!(%error, "handshake failed");
                None
            }
            Err(_) => None,
        }
    }

    async fn handshake(&self, tcp: TcpStream) -> std::io::Result<Option<Box<dyn Stream>>> {
        let start = LazyConfigAcceptor::new(rustls::server::Acceptor::default(), tcp).await?;
        if is_tls_alpn_challenge(&start.client_hello()) {
            let mut challenge = start.into_stream(Arc::clone(&self.challenge)).await?;
            challenge.shutdown().await?;
            return Ok(None);
        }
        let stream = start.into_stream(Arc::clone(&self.server)).await?;
        Ok(Some(Box::new(stream)))
    }
}
