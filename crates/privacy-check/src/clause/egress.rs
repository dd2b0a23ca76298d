//! What leaves: clauses 7 and 47.

use std::net::TcpListener;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use serde_json::json;

use super::Check;
use crate::finding::{Stop, Verdict, ensure, list, text};
use crate::instance::Instance;

pub(super) const UNDECLARED_HOST: Check = Check {
    clause: 7,
    rule: "nothing goes to anybody whom the policy does not name",
    did: "asked as an agent for a webhook to a host of the checker's own, wrote as a visitor, and counted who came",
    run: undeclared_host,
};

pub(super) const RECIPIENTS: Check = Check {
    clause: 47,
    rule: "whoever receives data is listed, each with what for, which data and where",
    did: "compared the list on the page with the entries of the published file",
    run: recipients,
};

/// How long somebody may take to come to the checker's own host.
const WAIT: Duration = Duration::from_secs(2);

fn undeclared_host(instance: &mut Instance) -> Verdict {
    let broken = |error: std::io::Error| Stop::Failed(format!("cannot listen: {error}"));
    let listener = TcpListener::bind("127.0.0.1:0").map_err(broken)?;
    let port = listener.local_addr().map_err(broken)?.port();
    let came = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&came);
    std::thread::spawn(move || {
        for _ in listener.incoming() {
            counted.fetch_add(1, Ordering::SeqCst);
        }
    });
    let body = json!({
        "url": format!("https://localhost:{port}/"),
        "events": ["conversation.created", "message.created"],
    });
    let asked = instance.agent()?.post("/api/console/webhooks", &body)?;
    if let Ok(id) = text(&asked.json(), "/webhook/id") {
        instance
            .agent()?
            .send("DELETE", &format!("/api/console/webhooks/{id}"), None)?;
    }
    asked.refusal(403, 7)?;
    instance.visitor().start()?;
    std::thread::sleep(WAIT);
    let came = came.load(Ordering::SeqCst);
    ensure(came == 0, || {
        format!("{came} connections to an undeclared host")
    })?;
    Ok("refused by clause 7; nobody came to the undeclared host".to_owned())
}

fn recipients(instance: &mut Instance) -> Verdict {
    let version = instance.policy().version();
    let stranger = instance.stranger();
    let shown = stranger
        .get(&format!("/privacy/v/{version}.json"))?
        .expect(200)?;
    let page = stranger.get("/privacy")?;
    page.expect(200)?;
    let html = page.text();
    let rows = list(&shown, "/page/processors");
    let rules = &instance.policy().file().processor;
    ensure(rows.len() == rules.len(), || {
        format!(
            "{} recipients on the page, {} in the file",
            rows.len(),
            rules.len()
        )
    })?;
    for (row, rule) in rows.iter().zip(rules) {
        ensure(text(row, "/name")? == rule.name, || {
            format!("{} is not listed", rule.name)
        })?;
        let hosts = list(row, "/hosts");
        let told = |host: &String| hosts.iter().any(|one| one == host) && html.contains(host);
        ensure(rule.hosts.iter().all(told), || {
            format!("hosts of {} are missing", rule.name)
        })?;
    }
    Ok(match rules.len() {
        0 => "the file names nobody, and neither does the page".to_owned(),
        count => format!("{count} recipients with all their hosts"),
    })
}
