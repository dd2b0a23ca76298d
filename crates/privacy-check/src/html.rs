//! The report as one page: no script, no other file.

use crate::finding::{Finding, Outcome};
use crate::report::Report;

const STYLE: &str = ":root{color-scheme:light dark;font:16px/1.5 system-ui,sans-serif}\
body{margin:2rem auto;padding:0 1rem;max-width:72rem}.scroll{overflow-x:auto}\
table{border-collapse:collapse;width:100%}\
th,td{text-align:start;vertical-align:top;padding:.5rem;border-top:1px solid #8886}\
code{overflow-wrap:anywhere}.failed{font-weight:700;color:light-dark(#a40000,#ff9a9a)}";

/// The page.
pub(crate) fn page(report: &Report) -> String {
    let row = |one: &Finding| {
        let class = if one.outcome == Outcome::Failed {
            " class=\"failed\""
        } else {
            ""
        };
        let cells = [one.rule, one.did].map(escape);
        format!(
            "<tr><th scope=\"row\">{}</th><td>{}</td><td{class}>{}</td><td>{}</td></tr>\n",
            one.clause,
            cells.join("</td><td>"),
            one.outcome.key(),
            escape(&one.saw),
        )
    };
    let rows: String = report.findings.iter().map(row).collect();
    format!(
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
         <title>privacy-check: {url}</title><style>{STYLE}</style></head><body><main>\n\
         <h1>What an outsider found</h1>\n\
         <p>{url}, policy version {version}, {date}</p><p><code>{hash}</code></p><p>{counts}</p>\n\
         <div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Clauses\"><table><thead><tr>\
         <th scope=\"col\">Clause</th><th scope=\"col\">Rule</th><th scope=\"col\">Done</th>\
         <th scope=\"col\">Result</th><th scope=\"col\">Seen</th></tr></thead><tbody>\n{rows}\
         </tbody></table></div></main></body></html>\n",
        url = escape(&report.url),
        version = report.policy_version,
        date = escape(&report.date),
        hash = escape(&report.policy_hash),
        counts = report.counts(),
    )
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use crate::finding::{Finding, Outcome};
    use crate::report::Report;

    #[test]
    fn what_an_instance_says_is_escaped() {
        let report = Report {
            url: "http://a.example/\"><script>".to_owned(),
            date: "<b>".to_owned(),
            policy_version: 1,
            policy_hash: "sha256:0".to_owned(),
            findings: vec![Finding {
                clause: 1,
                rule: "r",
                did: "d",
                saw: "<img src=x>".to_owned(),
                outcome: Outcome::Failed,
            }],
        };

        let page = report.html();

        assert!(!page.contains("<script>") && !page.contains("<img") && !page.contains("<b>"));
        assert!(page.contains("&lt;img src=x&gt;"));
        assert!(!report.is_clean());
    }
}
