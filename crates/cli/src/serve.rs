//! `chatham serve`: from a configuration to an open port, and to its graceful end.

use std::{future::pending, net::SocketAddr, sync::Arc};

use anyhow::Context;
use api::{AcmeSettings, ConnectionSettings, Connections, RouterSettings, Tls, TrustedProxies};
use app::App;
use tokio::{net::TcpListener, task::JoinHandle};

use crate::{compose::compose, config::Config};

/// Clients come back within this many milliseconds, each at a random moment, after a drain.
const RECONNECT_MS: u32 = 2_000;
/// Connections to the counts at once.
const METRICS_CONNECTIONS_MAX: usize = 16;

/// What whoever starts it with a test clock is told, on both outputs.
const TEST_CLOCK: &str = "\
*** TEST CLOCK: the time of this server is moved by a file. Notices, retention and sessions follow it.
*** Never start a server for real people with --test-clock.";

/// Serves until it is told to stop.
///
/// # Errors
/// What keeps it from starting, with the line to mend it.
pub(crate) async fn run(config: Config) -> anyhow::Result<()> {
    config.check()?;
    crate::rule_switch::apply(&config);
    let mailer = crate::letters::mailer(&config)?;
    let app = compose(&config, mailer, false).await?;
    let owner_link = start(&app).await?;
    let listener = bind(config.listen).await?;
    let metrics = match config.metrics_listen {
        Some(address) => Some(bind(address).await?),
        None => None,
    };
    print_start(&app, owner_link.as_deref());
    serve_on(app, &config, (listener, metrics), stop_signal()).await;
    Ok(())
}

/// Everything that must be done before the port opens; a link for the owner while there is none.
pub(crate) async fn start(app: &Arc<App>) -> anyhow::Result<Option<String>> {
    let owner_link = app.first_owner_link().await?;
    app.enter_policy_versions().await?;
    app.renew_policy().await?;
    app.resume_erasures().await?;
    Ok(owner_link)
}

/// Opens a port.
pub(crate) async fn bind(address: SocketAddr) -> anyhow::Result<TcpListener> {
    TcpListener::bind(address).await.with_context(|| {
        format!("listen on {address}: choose another with --listen 127.0.0.1:PORT")
    })
}

/// Serves and works in the background until `stop`, then drains.
pub(crate) async fn serve_on(
    app: Arc<App>,
    config: &Config,
    (listener, metrics): (TcpListener, Option<TcpListener>),
    stop: impl Future<Output = ()>,
) {
    let settings = RouterSettings {
        rate_factor: config.rate_factor.max(1),
        proxies: config.trusted_proxies.clone(),
    };
    let counted = Connections::default();
    let connections = ConnectionSettings {
        per_address_max: config.connections_per_address.max(1),
        proxies: config.trusted_proxies.clone(),
        tls: tls(config),
        connections: counted.clone(),
    };
    let measured = metrics.map(|listener| measure(listener, Arc::clone(&app), counted));
    let router = api::router(Arc::clone(&app), &settings);
    let jobs = jobs::start(Arc::clone(&app));
    let bus = app.bus.clone();
    let tell = move || bus.publish_all(&bus::Signal::Drain(RECONNECT_MS));
    api::serve(listener, router, connections, stop, tell).await;
    jobs.stop().await;
    if let Some(measured) = measured {
        measured.abort();
    }
}

/// Counts for Prometheus, on a listener of their own, until it is aborted.
fn measure(listener: TcpListener, app: Arc<App>, counted: Connections) -> JoinHandle<()> {
    let settings = ConnectionSettings {
        per_address_max: METRICS_CONNECTIONS_MAX,
        proxies: TrustedProxies::default(),
        tls: None,
        connections: Connections::default(),
    };
    let router = api::metrics_router(app, counted);
    tokio::spawn(api::serve(listener, router, settings, pending(), || {}))
}

/// TLS by ACME, if the operator gave an address for the authority.
fn tls(config: &Config) -> Option<Tls> {
    let email = config.acme_email.clone()?;
    let url = config.public_url();
    let host = url.split("://").last()?.split(':').next()?;
    Some(Tls::acme(&AcmeSettings {
        domain: host.to_owned(),
        email,
        directory: config.acme_directory.clone(),
        cache: config.data.join("acme"),
    }))
}

/// Where it is, how to become its owner, what to do next.
fn print_start(app: &App, owner_link: Option<&str>) {
    println!("Chatham is at {}", app.settings.public_url);
    if let Some(link) = owner_link {
        println!("Become the owner (once, within 30 minutes): {link}");
    }
    if app.has_test_clock() {
        println!("{TEST_CLOCK}");
        eprintln!("{TEST_CLOCK}");
    }
    crate::rule_switch::warn();
    println!("Next: paste the tag of Settings, Install into your page, or try `chatham demo`");
}

/// SIGINT or SIGTERM.
pub(crate) async fn stop_signal() {
    #[cfg(unix)]
    let terminate = async {
        match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            Ok(mut signal) => signal.recv().await,
            Err(_) => pending().await,
        }
    };
    #[cfg(not(unix))]
    let terminate = pending::<Option<()>>();
    let interrupt = async {
        if tokio::signal::ctrl_c().await.is_err() {
            pending::<()>().await;
        }
    };
    tokio::select! {
        _ = terminate => {}
        () = interrupt => {}
    }
}
