//! The policy file as types: one struct for each section, names as in the file.
//!
//! Why: `diff`, the page and the decisions all work on the same parsed value; it serialises to exactly the
//! keys of the file, so a path such as `purpose.support.reply.retain` means the same everywhere.
//! Must not know: TOML, places in the text, what is lawful (`validate.rs`, `floor.rs`).

use std::collections::BTreeMap;

use serde::Serialize;

use crate::{
    actor::{Channel, Role},
    retention::Retention,
    time::Timestamp,
    word::words,
};

words! {
    /// Which table of today's rules a file must keep within.
    Floor or Strict {
        /// Rules of the United States as of 2014.
        Us2014 = "us-2014",
        /// The general data protection regulation.
        Gdpr = "gdpr",
        /// The strictest reading.
        Strict = "strict",
    }
    /// What counts as agreement.
    Agreement or Act {
        /// Use after notice.
        Deemed = "deemed",
        /// An affirmative act.
        Act = "act",
    }
    /// Which version old records are under.
    Records or KeepVersion {
        /// The new one, after its notice period.
        FollowAfterNotice = "follow-after-notice",
        /// The one they were collected under.
        KeepVersion = "keep-version",
    }
    /// What a person may do about a new version.
    Objection or KeepOldTermsOrErase {
        /// Write and ask.
        OnRequest = "on-request",
        /// One click: erase.
        Erase = "erase",
        /// One click: keep the old terms, or erase.
        KeepOldTermsOrErase = "keep-old-terms-or-erase",
    }
    /// How a request is verified.
    Verify or LoopToKnownAddress {
        /// A letter to an address already known, with a link back.
        LoopToKnownAddress = "loop-to-known-address",
    }
    /// How age is asked.
    Gate or Neutral {
        /// Not asked; a statement stands on the page.
        Statement = "statement",
        /// Month and year, no hint, retry locked.
        Neutral = "neutral",
    }
    /// What happens below the minimum age.
    BelowMinimum or RefuseAndKeepNothing {
        /// A record known to be a minor's is frozen.
        FreezeOnKnowledge = "freeze-on-knowledge",
        /// Refused, and nothing is written.
        RefuseAndKeepNothing = "refuse-and-keep-nothing",
    }
    /// Whom a site is made for.
    Audience or General {
        /// Grown-ups.
        General = "general",
        /// Children may like it too: the gate comes before any field.
        Mixed = "mixed",
    }
    /// How data of a category is protected.
    Protect or MemoryHmac24h {
        /// Under a pseudonym of the session.
        SessionPseudonym = "session-pseudonym",
        /// Sealed under the key of the day.
        DayKey = "day-key",
        /// Sealed under the person's own key.
        SubjectKey = "subject-key",
        /// As a slow one-way hash.
        OneWayHash = "one-way-hash",
        /// In memory only, under a random key of 24 hours.
        MemoryHmac24h = "memory-hmac-24h",
    }
    /// What makes a use lawful.
    Basis or Consent {
        /// Nothing personal is touched.
        NoneNeeded = "none-needed",
        /// Told, and free to opt out.
        OptOut = "opt-out",
        /// An interest of the controller that outweighs.
        LegitimateInterest = "legitimate-interest",
        /// A duty by law.
        LegalObligation = "legal-obligation",
        /// Life is at stake.
        VitalInterest = "vital-interest",
        /// Needed for what the person asked for.
        Contract = "contract",
        /// The person said yes.
        Consent = "consent",
    }
    /// How a consent is proved.
    Proof or DoubleOptIn {
        /// The form was sent.
        SingleOptIn = "single-opt-in",
        /// The link in the letter was used.
        DoubleOptIn = "double-opt-in",
    }
    /// Pixel tags.
    Pixel or Off {
        /// One for each recipient, by consent.
        Recipient = "recipient",
        /// One for the whole campaign.
        Campaign = "campaign",
        /// None.
        Off = "off",
    }
    /// A signal or an opt-out that stops a purpose.
    Honour or Gpc {
        /// The browser sent `Sec-GPC: 1`.
        Gpc = "gpc",
        /// Opted out of statistics.
        OptoutStats = "optout.stats",
        /// Opted out of letters.
        OptoutEmail = "optout.email",
        /// Opted out of advertisements.
        OptoutAds = "optout.ads",
        /// The address is on the suppression list.
        Suppression = "suppression",
    }
    /// What leaves a purpose.
    OutputKind or Aggregate {
        /// Counts of at least `k` people.
        Aggregate = "aggregate",
    }
    /// Who a processor is.
    ProcessorKind or ServiceProvider {
        /// Shows advertisements.
        Advertiser = "advertiser",
        /// Acts for itself.
        ThirdParty = "third-party",
        /// Acts for the controller.
        ServiceProvider = "service-provider",
    }
    /// What a connection to a processor must have.
    Require or Tls13 {
        /// TLS 1.2 or newer.
        Tls12 = "tls1.2",
        /// TLS 1.3.
        Tls13 = "tls1.3",
        /// Signing in.
        Auth = "auth",
    }
    /// Where a register entry is kept in the browser.
    Store or Cookie {
        /// A cookie.
        Cookie = "cookie",
        /// Storage of the tab.
        SessionStorage = "session-storage",
        /// Storage of the browser.
        LocalStorage = "local-storage",
    }
    /// From when a register entry is set.
    Set or AfterAct {
        /// From the first page on, told but not asked.
        FirstPage = "first-page",
        /// After a deliberate act it is needed for.
        AfterAct = "after-act",
        /// After the person chose exactly this.
        OnChoice = "on-choice",
    }
    /// What a register entry holds.
    Holds or Choice {
        /// A random id.
        RandomId = "random-id",
        /// Proof of a sign-in.
        Credential = "credential",
        /// One of a few choices, the same for all who chose it.
        Choice = "choice",
    }
    /// From when a visitor exists on the server.
    VisitStart or FirstAct {
        /// The first page view.
        PageView = "page-view",
        /// The first deliberate act.
        FirstAct = "first-act",
    }
    /// Grounds for a release.
    Ground or CourtOrGovernment {
        /// Breach of terms, illegal activity.
        TermsOrIllegal = "terms-or-illegal",
        /// Court, government, subpoena.
        CourtOrGovernment = "court-or-government",
        /// Rights, property, safety.
        ProtectRightsSafety = "protect-rights-safety",
        /// Emergency.
        Emergency = "emergency",
    }
    /// Whether the subject is told of a release.
    NotifySubject or UnlessGagged {
        /// Not owed.
        NotOwed = "not-owed",
        /// Yes, unless an order forbids it, and then when it ends.
        UnlessGagged = "unless-gagged",
    }
    /// What a person may do about a change of control.
    TransferObjection or EraseBeforeTransfer {
        /// Rights travel with the data.
        RightsSurvive = "rights-survive",
        /// Erased before the transfer.
        EraseBeforeTransfer = "erase-before-transfer",
    }
}

/// The whole file.
#[derive(Debug, Clone, Default, Serialize)]
#[expect(
    missing_docs,
    reason = "the fields are the sections of the file and named after them"
)]
pub struct File {
    pub policy: Head,
    pub notice: Notice,
    pub requests: Requests,
    pub age: Option<Age>,
    pub visit: Visit,
    pub chat: Chat,
    pub category: Vec<CategoryRule>,
    pub purpose: Vec<PurposeRule>,
    pub source: Vec<SourceRule>,
    pub processor: Vec<ProcessorRule>,
    pub cookie: Vec<CookieRule>,
    pub form: Vec<FormRule>,
    pub disclosure: Option<Disclosure>,
    pub transfer: Option<Transfer>,
    pub backup: Backup,
    pub exception: Vec<Exception>,
    pub words: BTreeMap<String, BTreeMap<String, String>>,
}

/// `[policy]`: which version this is, whose, for which sites.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Head {
    /// Version of the language, 1.
    pub schema: u32,
    /// Version of the policy, from 1.
    pub version: u32,
    /// The server may act on it from here.
    pub effective: Timestamp,
    /// `sha256:` and the hash of the version before; none for version 1.
    pub predecessor: Option<String>,
    /// Who answers for it.
    pub controller: Controller,
    /// Where people write.
    pub contact: Contact,
    /// Origins the widget and the API answer.
    pub sites: Vec<String>,
    /// The table of rules it keeps within.
    pub floor: Floor,
}

/// Who answers for the policy.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Controller {
    /// Legal name.
    pub name: String,
    /// Postal address.
    pub post: String,
    /// Web address.
    pub web: String,
}

/// Where people write.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Contact {
    /// E-mail address.
    pub email: String,
    /// The subject line that opens a request.
    pub subject: String,
    /// Name or office to write to by post.
    pub attention: Option<String>,
}

/// `[notice]`: how new versions reach people.
#[derive(Debug, Clone, Copy, Default, Serialize)]
pub struct Notice {
    /// Days between publishing a material version and its effect.
    pub material_days: u32,
    /// A prompt until it is answered.
    pub home_prompt: bool,
    /// A letter to account holders.
    pub email_accounts: bool,
    /// What people may do about it.
    pub objection: Objection,
    /// What counts as agreement.
    pub agreement: Agreement,
    /// Which version old records are under.
    pub records: Records,
}

/// `[requests]`: people's rights and their clocks.
#[derive(Debug, Clone, Copy, Default, Serialize)]
pub struct Requests {
    /// Days to the answer, at most.
    pub answer_days: u32,
    /// Days more, with reasons.
    pub extend_days: u32,
    /// Minutes from an opt-out to the last possible sending.
    pub optout_minutes: u32,
    /// How identity is shown.
    pub verify: Verify,
    /// Whether a keyed hash keeps an erased address from being written to again.
    pub suppress_after_erase: bool,
}

/// `[age]`: children.
#[derive(Debug, Clone, Copy, Default, Serialize)]
pub struct Age {
    /// Youngest age served.
    pub minimum: u32,
    /// Below this, parents decide.
    pub child_line: u32,
    /// How age is asked.
    pub gate: Gate,
    /// What happens below the minimum.
    pub below_minimum: BelowMinimum,
    /// Whom the sites are made for.
    pub audience: Audience,
    /// What happens with a child found.
    pub found_child: FoundChild,
}

/// What happens when a child's data is found.
#[derive(Debug, Clone, Copy, Default, Serialize)]
pub struct FoundChild {
    /// Hours held while the parent is asked.
    pub hold_hours: u32,
    /// Whether the parent is told.
    pub notify_parent: bool,
    /// Days without an answer until it is erased.
    pub erase_days: u32,
}

/// `[visit]`: what happens before a visitor does anything.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Visit {
    /// From when a visitor exists on the server.
    pub start: VisitStart,
    /// The only purpose that may join a visit to a person.
    pub join_purpose: Option<String>,
}

/// `[chat]`: manners of the chat.
#[derive(Debug, Clone, Copy, Default, Serialize)]
pub struct Chat {
    /// Agents see what is typed before it is sent (memory only; the visitor is told).
    pub typing_preview: bool,
}

/// `[[category]]`: a kind of data, its fields, its protection.
#[derive(Debug, Clone, Default, Serialize)]
pub struct CategoryRule {
    /// Key of the taxonomy.
    pub key: String,
    /// Fields that may hold it; empty: none.
    pub fields: Vec<String>,
    /// How it is protected.
    pub protect: Protect,
}

/// `[[purpose]]`: a use of data.
#[derive(Debug, Clone, Default, Serialize)]
pub struct PurposeRule {
    /// Key of the closed list.
    pub key: String,
    /// Use of the taxonomy.
    #[serde(rename = "use")]
    pub use_key: String,
    /// What makes it lawful.
    pub basis: Basis,
    /// How consent is proved.
    pub proof: Option<Proof>,
    /// Whom the data is about.
    pub subjects: Vec<String>,
    /// Categories it may touch.
    pub categories: Vec<String>,
    /// Who may act for it.
    pub roles: Vec<Role>,
    /// How data may travel for it.
    pub channels: Vec<Channel>,
    /// Where data may come from: `self` or a `[[source]]`.
    pub sources: Vec<String>,
    /// What leaves it.
    pub output: Option<Output>,
    /// Pixel tags in its letters.
    pub pixel: Pixel,
    /// Signals and opt-outs that stop it.
    pub honours: Vec<Honour>,
    /// How long data is kept for it.
    pub retain: Retention,
    /// When the purpose itself ends.
    pub ends: Option<Timestamp>,
}

/// What leaves a purpose.
#[derive(Debug, Clone, Copy, Default, Serialize)]
pub struct Output {
    /// Its form.
    pub kind: OutputKind,
    /// People in a cell, at least.
    pub k: u32,
    /// Counts are rounded to multiples of this.
    pub round: u32,
}

/// `[[source]]`: a third party that data comes from.
#[derive(Debug, Clone, Default, Serialize)]
pub struct SourceRule {
    /// `third-party:` and a short name.
    pub key: String,
    /// Name of the vendor, as it is shown to the person.
    pub vendor: String,
    /// When it was handed over.
    pub date: Timestamp,
    /// What made that lawful.
    pub basis: Basis,
}

/// `[[processor]]`: anyone data is sent to.
#[derive(Debug, Clone, Default, Serialize)]
pub struct ProcessorRule {
    /// Short name.
    pub key: String,
    /// Full name.
    pub name: String,
    /// Two letters.
    pub country: String,
    /// Who it is.
    pub kind: ProcessorKind,
    /// What for.
    pub purposes: Vec<String>,
    /// Which data.
    pub categories: Vec<String>,
    /// Uses an advertiser may make of it.
    pub uses: Vec<String>,
    /// Where connections may go, `host:port`.
    pub hosts: Vec<String>,
    /// What a connection must have.
    pub require: Vec<Require>,
    /// Its own policy.
    pub privacy: Option<String>,
}

/// `[[cookie]]`: anything kept in a browser.
#[derive(Debug, Clone, Default, Serialize)]
pub struct CookieRule {
    /// Its name.
    pub name: String,
    /// What for.
    pub purpose: String,
    /// Where it is kept.
    pub store: Store,
    /// What it holds.
    pub holds: Holds,
    /// From when.
    pub set: Set,
    /// `session`, or hours and days.
    pub lifetime: String,
}

impl CookieRule {
    /// Seconds it may be kept; none if it goes when the tab or browser closes.
    #[must_use]
    pub fn max_age_s(&self) -> Option<i64> {
        crate::retention::parse_hours(&self.lifetime).map(|hours| i64::from(hours) * 3_600)
    }
}

/// `[[form]]`: the fields of a form.
#[derive(Debug, Clone, Default, Serialize)]
pub struct FormRule {
    /// Short name.
    pub key: String,
    /// Fields it accepts; any other is refused.
    pub fields: Vec<String>,
    /// Those of them that must be filled.
    pub needed: Vec<String>,
}

/// `[disclosure]`: release on a legal ground.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Disclosure {
    /// Grounds that may be used.
    pub grounds: Vec<Ground>,
    /// People who must approve.
    pub approvals: u32,
    /// Hours until a single approval is reviewed.
    pub review_hours: u32,
    /// Whether the subject is told.
    pub notify_subject: NotifySubject,
}

/// `[transfer]`: change of control.
#[derive(Debug, Clone, Copy, Default, Serialize)]
pub struct Transfer {
    /// Days after notice until it may happen.
    pub notify_days: u32,
    /// What a person may do.
    pub objection: TransferObjection,
}

/// `[backup]`: copies.
#[derive(Debug, Clone, Copy, Default, Serialize)]
pub struct Backup {
    /// Days a copy is kept.
    pub keep_days: u32,
    /// Whether a copy holds the keys.
    pub keys_included: bool,
    /// Whether a restore repeats the erasures done since.
    pub replay_erasures: bool,
}

/// `[[exception]]`: a setting looser than the floor, told on top of the page.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Exception {
    /// Clause it loosens.
    pub clause: u32,
    /// The setting and its value: `notice.material_days = 14`.
    pub value: String,
    /// Why.
    pub reason: String,
    /// When it ends.
    pub until: Timestamp,
}
