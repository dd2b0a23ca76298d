//! What is held about a person's choices, requests and what became of them, in words.
//!
//! Must not know: sealed columns.

use crate::held::Held;

impl Held {
    /// What the person chose for this browser and for answers, in words.
    pub(crate) fn chosen(&self) -> Vec<(&'static str, String)> {
        let remembered = self.visitor.remembered_at.map(|since| {
            let since = since.date();
            ("visitor.remembered", format!("since {since}"))
        });
        let channel = self.visitor.widget_only_at.map(|since| {
            let since = since.date();
            (
                "visitor.channel",
                format!("in the chat only, since {since}"),
            )
        });
        remembered.into_iter().chain(channel).collect()
    }

    /// What is held about requests, and what stands since, in words.
    pub(crate) fn requested(&self) -> Vec<(&'static str, String)> {
        let standing = &self.standing;
        let mut said = Vec::new();
        if !self.requests.is_empty() {
            let count = self.requests.len();
            let plural = if count == 1 { "" } else { "s" };
            said.push(format!("{count} request{plural}"));
        }
        if let Some(since) = standing.restricted_at {
            said.push(format!("restricted since {}", since.date()));
        }
        if let Some(since) = standing.opted_out_at {
            said.push(format!("opted out since {}", since.date()));
        }
        if !standing.objections.is_empty() {
            said.push(format!("objected to {}", standing.objections.join(", ")));
        }
        let mut fields = Vec::new();
        if !said.is_empty() {
            fields.push(("request.kind", said.join("; ")));
        }
        let waits = "waits in a request until it is put right".to_owned();
        if self.requests.iter().any(|request| request.name.is_some()) {
            fields.push(("request.name", waits.clone()));
        }
        if self.requests.iter().any(|request| request.email.is_some()) {
            fields.push(("request.email", waits));
        }
        let holds = self.holds.iter().map(|hold| {
            let (ground, until) = (&hold.ground, hold.deadline_at.date());
            format!("a legal hold ({ground}) until {until} at the latest; its reason is sealed")
        });
        let holds: Vec<_> = holds.collect();
        if !holds.is_empty() {
            fields.push(("hold.reason", holds.join("; ")));
        }
        fields.extend(crate::child::told_lifted(self.child.as_ref()));
        let released = self.disclosures.iter().map(|row| {
            let (ground, at) = (&row.ground, row.closed_at.unwrap_or(row.created_at).date());
            format!(
                "released on a legal ground ({ground}) on {at}; reason and recipient are sealed"
            )
        });
        let released: Vec<_> = released.collect();
        if !released.is_empty() {
            fields.push(("disclosure.reason", released.join("; ")));
        }
        fields
    }
}
