//! The decisions: who may do what with which data, now.
//!
//! Why: every use goes through here; permission is the intersection of code ceiling, file, consent, browser
//! signals and the person's state, and each layer can only narrow (clauses 6, 7, 69).
//! Must not know: how a refusal is shown, where data is.

use crate::{
    actor::{Ask, Channel, Role, Subject},
    category::Category,
    model::{Basis, Honour, ProcessorKind, ProcessorRule, PurposeRule},
    permit::{Permit, Reading},
    policy::Policy,
    purpose::{BUILT, ChildProtect, Purpose, RightsRequest, SupportLetter},
    refusal::{Refusal, RefusalCode, VersionRefusal},
    time::Timestamp,
};

/// Minutes a permit may be used; longer work asks again.
pub const PERMIT_MINUTES: u32 = 15;

impl Policy {
    /// Permission = ceiling ∩ file ∩ consent ∩ signals ∩ hold or age state (section 1).
    ///
    /// # Errors
    /// A refusal naming the clause of the first layer that says no.
    pub fn permit<'reading, P: Purpose>(
        &self,
        ask: &Ask<'_>,
        reading: &'reading Reading,
    ) -> Result<Permit<'reading, P>, Refusal> {
        let categories = self.decide(P::KEY, ask)?;
        let until = ask.now.plus_seconds(i64::from(PERMIT_MINUTES) * 60);
        Ok(Permit::new(reading, &categories, until))
    }

    /// The same decision for a purpose known only by its key: the categories it may touch now.
    ///
    /// # Errors
    /// A refusal naming the clause of the first layer that says no.
    pub fn decide(&self, purpose: &str, ask: &Ask<'_>) -> Result<Vec<Category>, Refusal> {
        let rule = self.standing(purpose, ask.now)?;
        let ceiling = built(purpose)?;
        of_person(rule, ask)?;
        self.of_role(rule, ask)?;
        of_channel(rule, ask)?;
        of_choice(rule, ask)?;
        let own = is_own_right(rule, ask.role);
        if !own {
            of_consent(rule, ask.subject)?;
            of_signals(rule, ask.subject)?;
        }
        let declared = |category: &&Category| {
            let key = category.key();
            rule.categories.iter().any(|named| named == key)
        };
        let mut categories: Vec<Category> = ceiling.iter().filter(declared).copied().collect();
        if let Some(terms) = ask.subject.terms.as_ref().filter(|_| !own) {
            let older = under_terms(terms, purpose, ask)?;
            categories.retain(|category| older.contains(category));
        }
        Ok(categories)
    }

    /// The purpose as declared, if the policy stands now.
    fn standing(&self, purpose: &str, now: Timestamp) -> Result<&PurposeRule, Refusal> {
        if now < self.effective() {
            return Err(RefusalCode::PolicyNotEffective.refuse(
                format!(
                    "version {} of the policy is not effective yet",
                    self.version()
                ),
                format!("wait until {}", self.effective()),
            ));
        }
        let rule = self.purpose(purpose).ok_or_else(|| {
            RefusalCode::PurposeNotDeclared.refuse(
                format!("the policy declares no purpose {purpose}"),
                format!("add a [[purpose]] with key \"{purpose}\" in a new version"),
            )
        })?;
        if rule.ends.is_some_and(|end| end <= now) {
            return Err(RefusalCode::PurposeEnded.refuse(
                format!("purpose {purpose} has ended"),
                "nothing to do: it ended as the policy says",
            ));
        }
        let setting = format!("purpose.{purpose}.");
        let ended = self
            .ended_exceptions(now)
            .find(|exception| exception.value.starts_with(&setting));
        match ended {
            Some(exception) => Err(RefusalCode::ExceptionEnded.refuse_under(
                u8::try_from(exception.clause).unwrap_or(6),
                format!(
                    "the exception for {purpose} ended on {}",
                    exception.until.date()
                ),
                "publish a version that keeps within the floor",
            )),
            None => Ok(rule),
        }
    }

    /// Whether some purpose names the owner: then they stand in for an admin nowhere.
    fn names_owner(&self) -> bool {
        let mut purposes = self.file().purpose.iter();
        purposes.any(|rule| rule.roles.contains(&Role::Owner))
    }

    /// Purposes of an admin in which the owner has no part, because another purpose names the owner. Worth a
    /// word to who writes the file.
    #[must_use]
    pub fn without_owner(&self) -> Vec<&str> {
        let left_out = |rule: &&PurposeRule| {
            rule.roles.contains(&Role::Admin) && !rule.roles.contains(&Role::Owner)
        };
        let purposes = self.file().purpose.iter().filter(|_| self.names_owner());
        let left_out = purposes.filter(left_out);
        left_out.map(|rule| rule.key.as_str()).collect()
    }

    fn of_role(&self, rule: &PurposeRule, ask: &Ask<'_>) -> Result<(), Refusal> {
        let listed = |role| rule.roles.contains(&role);
        let stands_in = ask.role == Role::Owner && listed(Role::Admin) && !self.names_owner();
        if listed(ask.role) || stands_in || is_own_right(rule, ask.role) {
            return Ok(());
        }
        Err(RefusalCode::RoleNotInPurpose.refuse(
            format!("role {} has no part in {}", ask.role.key(), rule.key),
            "ask someone with one of the roles the policy names",
        ))
    }

    /// Whether data of these categories may go to this host (`name:port`) for this purpose.
    ///
    /// # Errors
    /// Clause 7 if no processor with this host may have it; clause 50 if it may have counts only.
    pub fn egress(
        &self,
        host: &str,
        purpose: &str,
        categories: &[Category],
    ) -> Result<(), Refusal> {
        self.recipient(host, purpose, categories).map(drop)
    }

    /// The processor that may get it.
    pub(crate) fn recipient(
        &self,
        host: &str,
        purpose: &str,
        categories: &[Category],
    ) -> Result<&ProcessorRule, Refusal> {
        let refused = |code: RefusalCode, what: String| {
            let list: Vec<_> = categories.iter().map(|one| one.key()).collect();
            let mend = format!(
                "declare it in a new version of the policy: [[processor]] with hosts = [\"{host}\"], \
                 purposes = [\"{purpose}\"], categories = {list:?}, require = [\"tls1.3\", \"auth\"]"
            );
            code.refuse(what, mend)
        };
        let knows = |hosts: &[String]| hosts.iter().any(|known| known == host);
        let mut at_host = self
            .file()
            .processor
            .iter()
            .filter(|rule| knows(&rule.hosts))
            .peekable();
        if at_host.peek().is_none() {
            return Err(refused(
                RefusalCode::HostNotDeclared,
                format!("no processor has the host {host}"),
            ));
        }
        let processor = at_host
            .find(|rule| rule.purposes.iter().any(|known| known == purpose))
            .ok_or_else(|| {
                refused(
                    RefusalCode::PurposeNotForHost,
                    format!("{host} has no part in {purpose}"),
                )
            })?;
        let rule = self
            .purpose(purpose)
            .filter(|_| processor.kind != ProcessorKind::ThirdParty);
        let Some(rule) = rule else {
            return Err(RefusalCode::AggregateOnly.refuse(
                format!("{} is a third party and gets counts only", processor.key),
                "send an aggregate",
            ));
        };
        let may = |category: &Category| {
            let has = |list: &[String]| list.iter().any(|key| key == category.key());
            has(&processor.categories) && has(&rule.categories)
        };
        match categories.iter().find(|category| !may(category)) {
            Some(category) => {
                let what = format!("{} may not get {}", processor.key, category.key());
                Err(refused(RefusalCode::CategoryNotForHost, what))
            }
            None => Ok(processor),
        }
    }

    /// Whether the file lets the field hold anything.
    ///
    /// # Errors
    /// Clause 20 if it stands under no category.
    pub fn field_allowed(&self, field: &str) -> Result<(), Refusal> {
        if self.has_field(field) {
            return Ok(());
        }
        Err(RefusalCode::FieldNotDeclared.refuse(
            format!("the policy lists no field {field}"),
            "leave it out, or add it to its [[category]] in a new version",
        ))
    }

    /// Whether a form may take the field: it stands under a category and, where the file describes the form,
    /// in the form.
    ///
    /// # Errors
    /// Clause 20 if it does not.
    pub fn form_takes(&self, form: &str, field: &str) -> Result<(), Refusal> {
        self.field_allowed(field)?;
        let described = self.form(form);
        if described.is_none_or(|rule| rule.fields.iter().any(|known| known == field)) {
            return Ok(());
        }
        Err(RefusalCode::FieldNotDeclared.refuse(
            format!("the form {form} does not take {field}"),
            "leave it out, or add it to the [[form]] in a new version",
        ))
    }

    /// Whether something of this name may be kept in a browser.
    ///
    /// # Errors
    /// Clause 35 if the register has no such entry.
    pub fn cookie(&self, name: &str) -> Result<&crate::CookieRule, Refusal> {
        self.cookie_rule(name).ok_or_else(|| {
            RefusalCode::CookieNotRegistered.refuse(
                format!("the register has no entry {name}"),
                "add a [[cookie]] in a new version of the policy",
            )
        })
    }

    /// Whether a write may stand on the version that the person saw.
    ///
    /// # Errors
    /// Clause 4: no version was named, or a material version came since.
    pub fn version_check(&self, shown: Option<u32>) -> Result<(), VersionRefusal> {
        if crate::rule::is_off(4) {
            return Ok(());
        }
        let shown = shown.ok_or(VersionRefusal::Missing)?;
        if (self.last_material()..=self.version()).contains(&shown) {
            return Ok(());
        }
        let current = self.version();
        Err(VersionRefusal::Old { current, shown })
    }
}

/// What the older version allows that the person stands on.
fn under_terms(terms: &Policy, purpose: &str, ask: &Ask<'_>) -> Result<Vec<Category>, Refusal> {
    let subject = Subject {
        terms: None,
        ..ask.subject.clone()
    };
    let older = terms.decide(
        purpose,
        &Ask {
            subject: &subject,
            ..*ask
        },
    );
    older.map_err(|refusal| {
        RefusalCode::NotInOlderTerms.refuse(
            format!(
                "this person stands on version {}: {}",
                terms.version(),
                refusal.what
            ),
            "wait until they accept the version in force",
        )
    })
}

/// The ceiling of a purpose that this build carries out.
fn built(purpose: &str) -> Result<&'static [Category], Refusal> {
    let found = BUILT.iter().find(|(key, _)| *key == purpose);
    found.map(|(_, categories)| *categories).ok_or_else(|| {
        RefusalCode::PurposeNotBuilt.refuse(
            format!("not built: purpose {purpose} is refused"),
            "install a version of the program that carries it out",
        )
    })
}

/// The person's own rights need no role, no consent and no channel in the file.
fn is_own_right(purpose: &PurposeRule, role: Role) -> bool {
    role == Role::Subject && purpose.key == RightsRequest::KEY
}

/// Erasure, a minor's record, a restriction.
fn of_person(rule: &PurposeRule, ask: &Ask<'_>) -> Result<(), Refusal> {
    let rights = rule.key == RightsRequest::KEY;
    let subject = ask.subject;
    if subject.erasing {
        let what = "this person's data is being erased";
        return Err(RefusalCode::PersonErased.refuse(what, "nothing to do"));
    }
    if subject.frozen && !rights && rule.key != ChildProtect::KEY {
        let what = "this record is a minor's and is frozen";
        let mend = "ask the parent, or erase it";
        return Err(RefusalCode::RecordFrozen.refuse(what, mend));
    }
    if subject.restricted && !rights {
        let what = "this person had processing restricted";
        let mend = "wait until the person lifts it";
        return Err(RefusalCode::PersonRestricted.refuse(what, mend));
    }
    if subject.objections.contains(&rule.key) && !rights {
        let what = format!("this person objected to {}", rule.key);
        let mend = "wait until the person lifts it";
        return Err(RefusalCode::PersonObjected.refuse(what, mend));
    }
    Ok(())
}

fn of_channel(rule: &PurposeRule, ask: &Ask<'_>) -> Result<(), Refusal> {
    let fine = match ask.channel {
        Channel::Internal => ask.role == Role::System,
        channel => rule.channels.contains(&channel) || is_own_right(rule, ask.role),
    };
    if fine {
        return Ok(());
    }
    Err(RefusalCode::ChannelNotInPurpose.refuse(
        format!("{} does not travel by {}", rule.key, ask.channel.key()),
        "use a channel that the policy names",
    ))
}

/// The way that the person chose for answers.
fn of_choice(rule: &PurposeRule, ask: &Ask<'_>) -> Result<(), Refusal> {
    let stays = ask.subject.widget_only && rule.key == SupportLetter::KEY;
    if stays && ask.channel == Channel::Email {
        return Err(RefusalCode::ChannelNotInPurpose.refuse(
            "this person wants answers in the chat only",
            "answer in the chat",
        ));
    }
    Ok(())
}

fn of_consent(rule: &PurposeRule, subject: &Subject) -> Result<(), Refusal> {
    if rule.basis != Basis::Consent || subject.consents.contains(&rule.key) {
        return Ok(());
    }
    Err(RefusalCode::ConsentMissing.refuse_under(
        clause_of(rule),
        format!("the person has not consented to {}", rule.key),
        "ask; silence is no",
    ))
}

fn of_signals(rule: &PurposeRule, subject: &Subject) -> Result<(), Refusal> {
    if subject.gpc && rule.honours.contains(&Honour::Gpc) {
        return Err(RefusalCode::GpcSignal.refuse_under(
            clause_of(rule),
            format!("the browser's privacy signal says no to {}", rule.key),
            "nothing to do: the signal is honoured",
        ));
    }
    let stopped = |honour: &&Honour| subject.optouts.iter().any(|out| out == honour.word());
    match rule.honours.iter().find(stopped) {
        Some(honour) => Err(RefusalCode::OptedOut.refuse(
            format!("the person opted out of {} ({honour})", rule.key),
            "nothing to do: the opt-out is honoured",
        )),
        None => Ok(()),
    }
}

/// The clause that speaks of a use which needs a yes.
fn clause_of(rule: &PurposeRule) -> u8 {
    match rule.use_key.as_str() {
        key if key.starts_with("marketing.communications") => 14,
        key if key.starts_with("marketing") => 45,
        key if key.starts_with("analytics") => 36,
        _ => 7,
    }
}
