//! Configuration: flags, each with its environment variable. The only reader of the environment.
//!
//! The policy is a separate file: configuration is the operator's, the policy is the promise.

use std::{net::SocketAddr, path::PathBuf};

use api::TrustedProxies;
use clap::Args;

/// Where the installation is and how it is reached.
#[derive(Debug, Clone, Args)]
pub(crate) struct Config {
    /// Address to listen on
    #[arg(long, env = "CHATHAM_LISTEN", default_value = "127.0.0.1:8080")]
    pub(crate) listen: SocketAddr,

    /// Address people use, such as https://chat.example.com (default: http:// and the listening address)
    #[arg(long, env = "CHATHAM_PUBLIC_URL")]
    pub(crate) public_url: Option<String>,

    /// Folder of the databases and the policy
    #[arg(long, env = "CHATHAM_DATA", default_value = "chatham-data")]
    pub(crate) data: PathBuf,

    /// The policy file (default: policy.toml in the data folder, written at the first start)
    #[arg(long, env = "CHATHAM_POLICY")]
    pub(crate) policy: Option<PathBuf>,

    /// Origins of your web sites, written into the first policy, such as https://shop.example
    #[arg(long = "site", env = "CHATHAM_SITES", value_delimiter = ',')]
    pub(crate) sites: Vec<String>,

    /// PostgreSQL for the data instead of the embedded database (with --keys-database-url)
    #[arg(
        long,
        env = "DATABASE_URL",
        requires = "keys_database_url",
        hide_env_values = true
    )]
    pub(crate) database_url: Option<String>,

    /// PostgreSQL for the keys: another database than the data's
    #[arg(
        long,
        env = "KEYS_DATABASE_URL",
        requires = "database_url",
        hide_env_values = true
    )]
    pub(crate) keys_database_url: Option<String>,

    /// Mail server: smtps://USER:PASSWORD@HOST, smtp://HOST for STARTTLS (none: no letters are sent)
    #[arg(long, env = "CHATHAM_SMTP_URL", hide_env_values = true)]
    pub(crate) smtp_url: Option<String>,

    /// Sender of letters, such as "Shop <chat@shop.example>"
    #[arg(long, env = "CHATHAM_MAIL_FROM")]
    pub(crate) mail_from: Option<String>,

    /// Certificate authority of the mail server, a PEM file (default: the public ones)
    #[arg(long, env = "CHATHAM_SMTP_CA")]
    pub(crate) smtp_ca: Option<PathBuf>,

    /// Keys that sign letters (DKIM), each SELECTOR:FILE, a PKCS #8 PEM file that only its owner reads; at most two
    #[arg(
        long = "dkim",
        env = "CHATHAM_DKIM",
        value_delimiter = ',',
        value_name = "SELECTOR:FILE"
    )]
    pub(crate) dkim: Vec<String>,

    /// Mailbox of the policy's contact address: imaps://USER:PASSWORD@HOST (none: a person reads it elsewhere)
    #[arg(long, env = "CHATHAM_IMAP_URL", hide_env_values = true)]
    pub(crate) imap_url: Option<String>,

    /// Certificate authority of the mailbox's server, a PEM file (default: the public ones)
    #[arg(long, env = "CHATHAM_IMAP_CA")]
    pub(crate) imap_ca: Option<PathBuf>,

    /// Proxies whose X-Forwarded-For is believed, such as 127.0.0.1/32,10.0.0.0/8
    #[arg(long, env = "CHATHAM_TRUSTED_PROXIES", default_value = "", value_parser = TrustedProxies::parse)]
    pub(crate) trusted_proxies: TrustedProxies,

    /// Connections one address may hold (a trusted proxy has no such cap)
    #[arg(long, env = "CHATHAM_CONNECTIONS_PER_ADDRESS", default_value_t = 256)]
    pub(crate) connections_per_address: usize,

    /// Multiplies every rate limit; 1 is what the documents say
    #[arg(long, env = "CHATHAM_RATE_FACTOR", default_value_t = 1)]
    pub(crate) rate_factor: u32,

    /// Get a TLS certificate for the public address by ACME and listen with it (needs port 443)
    #[arg(long, env = "CHATHAM_ACME_EMAIL")]
    pub(crate) acme_email: Option<String>,

    /// ACME directory (default: Let's Encrypt)
    #[arg(long, env = "CHATHAM_ACME_DIRECTORY")]
    pub(crate) acme_directory: Option<String>,

    /// Address where Prometheus finds /metrics, on loopback only (none: nowhere)
    #[arg(long, env = "CHATHAM_METRICS_LISTEN")]
    pub(crate) metrics_listen: Option<SocketAddr>,

    /// File with the seconds to move the clock by, or a time: for tests, on loopback only
    #[arg(long, env = "CHATHAM_TEST_CLOCK", value_name = "FILE")]
    pub(crate) test_clock: Option<PathBuf>,

    /// Clause whose rule is taken out: for tests, on loopback only
    #[cfg(feature = "rule-switch")]
    #[arg(long, env = "CHATHAM_RULE_OFF", value_name = "CLAUSE")]
    pub(crate) rule_off: Option<u8>,

    /// Host that sendings reach on this machine instead, NAME:PORT=127.0.0.1:PORT: for tests, with --test-clock only
    #[arg(
        long = "test-receiver",
        env = "CHATHAM_TEST_RECEIVER",
        value_delimiter = ',',
        value_name = "HOST=ADDRESS"
    )]
    pub(crate) test_receivers: Vec<String>,

    /// Root certificate of the receivers of tests, PEM
    #[arg(long, env = "CHATHAM_TEST_RECEIVER_CA", value_name = "FILE")]
    pub(crate) test_receiver_ca: Option<PathBuf>,

    /// What is logged, such as warn, info or chatham=debug (never personal data)
    #[arg(long, env = "CHATHAM_LOG", default_value = "warn")]
    pub(crate) log: String,
}

impl Config {
    /// The public address, without a slash at the end.
    pub(crate) fn public_url(&self) -> String {
        let given = self.public_url.clone();
        let url = given.unwrap_or_else(|| format!("http://{}", self.listen));
        url.trim_end_matches('/').to_owned()
    }

    /// The policy file.
    pub(crate) fn policy_path(&self) -> PathBuf {
        self.policy
            .clone()
            .unwrap_or_else(|| self.data.join("policy.toml"))
    }

    /// Settings that would break the promise are refused (clause 67).
    ///
    /// # Errors
    /// A sentence that ends with the line to use instead.
    pub(crate) fn check(&self) -> anyhow::Result<()> {
        let url = self.public_url();
        let (scheme, rest) = url.split_once("://").unwrap_or(("", &url));
        if !matches!(scheme, "http" | "https") || rest.is_empty() || rest.contains('/') {
            anyhow::bail!(
                "the public address \"{url}\" is not one: use --public-url https://chat.example.com"
            );
        }
        if scheme == "http" && !self.listen.ip().is_loopback() {
            anyhow::bail!(
                "listening on {} without TLS would send conversations readable over the network: \
                 use --public-url https://YOUR-NAME with --acme-email you@example.com, or listen on \
                 loopback behind a proxy: --listen 127.0.0.1:8080 --trusted-proxies 127.0.0.1/32",
                self.listen
            );
        }
        if self
            .metrics_listen
            .is_some_and(|address| !address.ip().is_loopback())
        {
            anyhow::bail!(
                "how busy this installation is concerns nobody outside: use \
                 --metrics-listen 127.0.0.1:9464, and a proxy with a password where another machine \
                 asks for it"
            );
        }
        let receives = !self.test_receivers.is_empty() || self.test_receiver_ca.is_some();
        if receives && self.test_clock.is_none() {
            anyhow::bail!(
                "a receiver on this machine is for tests: use --test-clock FILE with --test-receiver, or leave \
                 it out"
            );
        }
        if self.test_clock.is_some() && !self.listen.ip().is_loopback() {
            anyhow::bail!(
                "a test clock on {} would let notices and retention of real people be moved: take \
                 --test-clock away, or listen on loopback: --listen 127.0.0.1:8080",
                self.listen
            );
        }
        crate::rule_switch::check(self)?;
        if self.acme_email.is_some() && scheme != "https" {
            anyhow::bail!("a certificate needs a name: use --public-url https://chat.example.com");
        }
        Ok(())
    }
}
