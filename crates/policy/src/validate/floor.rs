//! The floors: how loose a file may be, and the exceptions it may take.
//!
//! Why: `floor = "strict"` accepts only the strictest reading; a looser setting needs an `[[exception]]`
//! that names clause, setting and value, has a reason and an end, and stands on top of the public page.
//! Must not know: the clock; an exception that has ended is refused at start and at every decision.

use std::fmt::Display;

use super::basis::{self, starts};
use crate::{
    model::{
        Agreement, Basis, BelowMinimum, File, Floor, Gate, NotifySubject, Objection, Pixel,
        ProcessorKind, Proof, Protect, PurposeRule, Records, Require, Set, TransferObjection,
        VisitStart,
    },
    reader::Report,
    refusal::RefusalCode,
};

/// A rule of a floor at one setting.
struct Rule {
    clause: u32,
    path: String,
    value: String,
    mend: String,
}

/// The floor, the file under it, and which exceptions were needed.
struct Ground<'f, 'r, 't> {
    file: &'f File,
    report: &'r mut Report<'t>,
    needed: Vec<bool>,
}

pub(super) fn check(file: &File, report: &mut Report<'_>) {
    let mut ground = Ground {
        file,
        report,
        needed: vec![false; file.exception.len()],
    };
    ground.notice();
    ground.requests();
    ground.age();
    ground.visit();
    for rule in &file.purpose {
        ground.purpose(rule);
    }
    ground.parties();
    ground.release();
    ground.exceptions();
}

impl Ground<'_, '_, '_> {
    /// The value for the floor that the file chose.
    fn by<T>(&self, strict: T, gdpr: T, us_2014: T) -> T {
        match self.file.policy.floor {
            Floor::Strict => strict,
            Floor::Gdpr => gdpr,
            Floor::Us2014 => us_2014,
        }
    }

    /// A fault unless the setting holds or an exception names exactly it.
    fn hold(&mut self, holds: bool, rule: Rule) {
        if holds {
            return;
        }
        let Rule {
            clause,
            path,
            value,
            mend,
        } = rule;
        let setting = format!("{path} = {value}");
        let mut exceptions = self.file.exception.iter();
        let excuse = exceptions.position(|one| one.clause == clause && one.value == setting);
        if let Some(needed) = excuse.and_then(|index| self.needed.get_mut(index)) {
            *needed = true;
            return;
        }
        let floor = self.file.policy.floor;
        let what = format!("`{setting}` is looser than the floor \"{floor}\" (clause {clause})");
        let mend = format!(
            "{mend}, or add an [[exception]] with clause = {clause}, value = \"{setting}\", a \
             reason and an end"
        );
        self.report
            .at(&path, RefusalCode::LooserThanFloor.key(), what, mend);
    }

    fn at_least(&mut self, clause: u32, path: &str, value: u32, least: u32) {
        let mend = format!("write at least {least}");
        self.hold(value >= least, rule(clause, path, value, &mend));
    }

    fn at_most(&mut self, clause: u32, path: &str, value: u32, most: u32) {
        let mend = format!("write at most {most}");
        self.hold(value <= most, rule(clause, path, value, &mend));
    }

    /// Words are ordered loosest first.
    fn not_below<W: Display + Ord + Copy>(&mut self, clause: u32, path: &str, value: W, least: W) {
        let mend = format!("write \"{least}\"");
        self.hold(value >= least, rule(clause, path, value, &mend));
    }

    fn yes(&mut self, clause: u32, path: &str, value: bool) {
        self.hold(value, rule(clause, path, value, "write `true`"));
    }

    fn notice(&mut self) {
        let notice = self.file.notice;
        let days = self.by(30, 14, 14);
        self.at_least(75, "notice.material_days", notice.material_days, days);
        let asked = self.by(true, true, false);
        self.yes(76, "notice.home_prompt", notice.home_prompt || !asked);
        self.yes(73, "notice.email_accounts", notice.email_accounts || !asked);
        let objection = self.by(
            Objection::KeepOldTermsOrErase,
            Objection::Erase,
            Objection::OnRequest,
        );
        self.not_below(77, "notice.objection", notice.objection, objection);
        let agreement = self.by(Agreement::Act, Agreement::Act, Agreement::Deemed);
        self.not_below(4, "notice.agreement", notice.agreement, agreement);
        let records = self.by(
            Records::KeepVersion,
            Records::KeepVersion,
            Records::FollowAfterNotice,
        );
        self.not_below(74, "notice.records", notice.records, records);
    }

    fn requests(&mut self) {
        let requests = self.file.requests;
        self.at_most(59, "requests.answer_days", requests.answer_days, 30);
        let extend = self.by(0, 60, 60);
        self.at_most(59, "requests.extend_days", requests.extend_days, extend);
        let minutes = self.by(5, 2_880, 2_880);
        self.at_most(
            32,
            "requests.optout_minutes",
            requests.optout_minutes,
            minutes,
        );
        self.yes(
            32,
            "requests.suppress_after_erase",
            requests.suppress_after_erase,
        );
        let copies = self.by(30, 90, 365);
        self.at_most(60, "backup.keep_days", self.file.backup.keep_days, copies);
    }

    fn age(&mut self) {
        let Some(age) = self.file.age else {
            let mend = "add `[age]` with the youngest age you serve";
            self.hold(false, rule(61, "age", "none", mend));
            return;
        };
        let minimum = self.by(18, 16, 13);
        self.at_least(61, "age.minimum", age.minimum, minimum);
        self.at_least(65, "age.child_line", age.child_line, 13);
        let gate = self.by(Gate::Neutral, Gate::Neutral, Gate::Statement);
        self.not_below(61, "age.gate", age.gate, gate);
        let below = self.by(
            BelowMinimum::RefuseAndKeepNothing,
            BelowMinimum::RefuseAndKeepNothing,
            BelowMinimum::FreezeOnKnowledge,
        );
        self.not_below(62, "age.below_minimum", age.below_minimum, below);
        let found = age.found_child;
        let hours = self.by(1, 24, 720);
        self.at_most(65, "age.found_child.hold_hours", found.hold_hours, hours);
        let days = self.by(14, 30, 30);
        self.at_most(65, "age.found_child.erase_days", found.erase_days, days);
        self.yes(65, "age.found_child.notify_parent", found.notify_parent);
    }

    fn visit(&mut self) {
        let start = self.by(
            VisitStart::FirstAct,
            VisitStart::FirstAct,
            VisitStart::PageView,
        );
        self.not_below(3, "visit.start", self.file.visit.start, start);
        let silent = !self.file.chat.typing_preview;
        let open = self.by(false, true, true);
        let preview = rule(34, "chat.typing_preview", true, "write `false`");
        self.hold(silent || open, preview);
        let kept = self.by(
            Protect::MemoryHmac24h,
            Protect::MemoryHmac24h,
            Protect::DayKey,
        );
        let addresses = self
            .file
            .category
            .iter()
            .filter(|rule| rule.key == "user.device.ip_address")
            .filter(|rule| matches!(rule.protect, Protect::MemoryHmac24h | Protect::DayKey));
        for category in addresses {
            let path = "category.user.device.ip_address.protect";
            self.not_below(41, path, category.protect, kept);
        }
    }

    fn purpose(&mut self, purpose: &PurposeRule) {
        let path = |key: &str| format!("purpose.{}.{key}", purpose.key);
        if starts(&purpose.use_key, "marketing") {
            self.promotion(purpose);
        }
        let holds = basis::why_not(purpose).is_none();
        if holds && starts(&purpose.use_key, "analytics") {
            let needed = self.by(Basis::Consent, Basis::LegitimateInterest, Basis::OptOut);
            let fine = purpose.basis == Basis::NoneNeeded || purpose.basis >= needed;
            let mend = format!("write \"{needed}\"");
            self.hold(fine, rule(36, &path("basis"), purpose.basis, &mend));
        }
        if let Some(output) = purpose.output {
            let k = self.by(10, 5, 5);
            self.at_least(44, &path("output.k"), output.k, k);
        }
        let pixel = self.by(Pixel::Off, Pixel::Recipient, Pixel::Recipient);
        self.not_below(39, &path("pixel"), purpose.pixel, pixel);
        let bought = purpose.sources.iter().find(|source| *source != "self");
        if let Some(source) = bought {
            let fine = self.by(false, purpose.basis == Basis::Consent, true);
            self.hold(fine, rule(31, &path("sources"), source, "write [\"self\"]"));
        }
    }

    fn promotion(&mut self, purpose: &PurposeRule) {
        let path = |key: &str| format!("purpose.{}.{key}", purpose.key);
        let least = self.by(Basis::Consent, Basis::Consent, Basis::OptOut);
        // A basis that cannot hold at all is told already, and no exception would help it.
        if basis::why_not(purpose).is_none() {
            self.not_below(14, &path("basis"), purpose.basis, least);
        }
        let is_letter = starts(&purpose.use_key, "marketing.communications");
        if is_letter && purpose.basis == Basis::Consent {
            let needed = self.by(Proof::DoubleOptIn, Proof::SingleOptIn, Proof::SingleOptIn);
            let value = purpose.proof.map_or("none", Proof::word);
            let mend = format!("write \"{needed}\"");
            self.hold(
                purpose.proof >= Some(needed),
                rule(14, &path("proof"), value, &mend),
            );
        }
        let stopped = |honour| purpose.honours.contains(&honour);
        let honours = if is_letter {
            stopped(crate::Honour::OptoutEmail) && stopped(crate::Honour::Suppression)
        } else {
            stopped(crate::Honour::Gpc)
        };
        let wanted = if is_letter {
            "honour \"optout.email\" and \"suppression\""
        } else {
            "honour \"gpc\""
        };
        let named: Vec<_> = purpose.honours.iter().map(|honour| honour.word()).collect();
        let value = if named.is_empty() {
            "none".to_owned()
        } else {
            named.join(",")
        };
        self.hold(honours, rule(32, &path("honours"), value, wanted));
    }

    fn parties(&mut self) {
        for processor in &self.file.processor {
            let path = |key: &str| format!("processor.{}.{key}", processor.key);
            let (clause, least) = match processor.kind {
                ProcessorKind::Advertiser => (45, ProcessorKind::Advertiser),
                _ => (50, ProcessorKind::ThirdParty),
            };
            let least = self.by(ProcessorKind::ServiceProvider, least, least);
            self.not_below(clause, &path("kind"), processor.kind, least);
            let tls = self.by(Require::Tls13, Require::Tls12, Require::Tls12);
            let has = processor.require.contains(&Require::Tls13)
                || processor.require.contains(&tls)
                || processor.require.is_empty();
            self.hold(
                has,
                rule(68, &path("require"), "tls1.2", "write \"tls1.3\""),
            );
        }
        for cookie in &self.file.cookie {
            let set = self.by(Set::AfterAct, Set::AfterAct, Set::FirstPage);
            let path = format!("cookie.{}.set", cookie.name);
            self.not_below(36, &path, cookie.set, set);
        }
    }

    fn release(&mut self) {
        if let Some(disclosure) = self.file.disclosure.clone() {
            let approvals = self.by(2, 2, 1);
            self.at_least(51, "disclosure.approvals", disclosure.approvals, approvals);
            self.at_most(55, "disclosure.review_hours", disclosure.review_hours, 24);
            let told = self.by(
                NotifySubject::UnlessGagged,
                NotifySubject::UnlessGagged,
                NotifySubject::NotOwed,
            );
            self.not_below(
                53,
                "disclosure.notify_subject",
                disclosure.notify_subject,
                told,
            );
        }
        if let Some(transfer) = self.file.transfer {
            let days = self.by(30, 14, 0);
            self.at_least(57, "transfer.notify_days", transfer.notify_days, days);
            let objection = self.by(
                TransferObjection::EraseBeforeTransfer,
                TransferObjection::EraseBeforeTransfer,
                TransferObjection::RightsSurvive,
            );
            self.not_below(58, "transfer.objection", transfer.objection, objection);
        }
    }

    /// Each exception must loosen something, say why and end after the policy begins.
    fn exceptions(&mut self) {
        let (needed, file) = (self.needed.clone(), self.file);
        for (exception, needed) in file.exception.iter().zip(needed) {
            let path = format!("exception.{}", exception.value);
            if exception.until <= file.policy.effective {
                let what = "the exception ends before the policy takes effect";
                let mend = "write a later `until`, or remove the exception";
                self.report
                    .at(&format!("{path}.until"), "exception_over", what, mend);
            }
            if !needed && !exception.value.is_empty() {
                let what = format!("no setting needs the exception \"{}\"", exception.value);
                let mend = "copy clause and value from the message of `policy check`, or remove it";
                self.report
                    .at(&format!("{path}.value"), "exception_unneeded", what, mend);
            }
        }
    }
}

fn rule(clause: u32, path: &str, value: impl Display, mend: &str) -> Rule {
    Rule {
        clause,
        path: path.to_owned(),
        value: value.to_string(),
        mend: mend.to_owned(),
    }
}
