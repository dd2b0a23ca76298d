//! The terms a person stands on: which version of the policy holds for them beside the one in force.
//!
//! Why both: a record keeps the version it was collected under, and a new use never reaches it before the
//! person's own yes (clause 74). Where the version they stand on says that records follow after notice, they
//! do. An installation without a material change never asks the database.
//! Must not know: how people are asked.

use std::{
    collections::{BTreeSet, HashMap},
    sync::{Arc, Mutex, PoisonError, RwLock},
};

use domain::{PersonId, WorkspaceId};
use policy::{
    Channel, Permit, Policy, Purpose, Reading, Records, Role, Subject, Timestamp, VersionRefusal,
};
use store::Terms;
use vault::SubjectKey;

use crate::{App, error::AppError, policy_chain::parse};

/// Parsed versions remembered; past that the memory starts anew.
const REMEMBERED_MAX: usize = 64;

/// A logged version without its text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Head {
    pub(crate) version: u32,
    pub(crate) effective: Timestamp,
    pub(crate) material: bool,
}

/// What is remembered of the log of versions: versions never change.
#[derive(Default)]
pub(crate) struct Versions {
    heads: RwLock<Arc<Vec<Head>>>,
    parsed: Mutex<HashMap<u32, Policy>>,
}

impl Versions {
    pub(crate) fn heads(&self) -> Arc<Vec<Head>> {
        Arc::clone(&self.heads.read().unwrap_or_else(PoisonError::into_inner))
    }

    pub(crate) fn replace(&self, heads: Vec<Head>) {
        *self.heads.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(heads);
    }

    /// The newest version that changed something material, and its date: what people answer about.
    pub(crate) fn newest_material(&self) -> Option<Head> {
        let heads = self.heads();
        let mut newest = heads.iter().rev();
        newest.find(|head| head.material).copied()
    }

    fn find(&self, version: u32) -> Option<Policy> {
        let parsed = self.parsed.lock().unwrap_or_else(PoisonError::into_inner);
        parsed.get(&version).cloned()
    }

    fn remember(&self, policy: &Policy) {
        let mut parsed = self.parsed.lock().unwrap_or_else(PoisonError::into_inner);
        if parsed.len() >= REMEMBERED_MAX {
            parsed.clear();
        }
        parsed.insert(policy.version(), policy.clone());
    }
}

/// The older versions that hold for some persons; for all others the one in force holds alone.
#[derive(Default)]
pub(crate) struct OlderTerms {
    of: HashMap<PersonId, u32>,
    versions: HashMap<u32, Policy>,
}

/// Permits for one purpose, person by person: those on older terms have their own.
pub(crate) struct Permits<'reading, P: Purpose> {
    ruling: Permit<'reading, P>,
    older: HashMap<u32, Option<Permit<'reading, P>>>,
    of: HashMap<PersonId, u32>,
}

impl<'reading, P: Purpose> Permits<'reading, P> {
    /// The permit for this person; `None` if the terms they stand on do not allow the purpose.
    pub(crate) fn get(&self, person_id: PersonId) -> Option<&Permit<'reading, P>> {
        match self.of.get(&person_id) {
            None => Some(&self.ruling),
            Some(version) => self.older.get(version)?.as_ref(),
        }
    }
}

impl App {
    /// A logged version by its number, remembered.
    ///
    /// # Errors
    /// `NotFound` if it was never logged, `Internal` if this build cannot read it.
    pub(crate) async fn version(&self, version: u32) -> Result<Policy, AppError> {
        let ruling = self.policy();
        if ruling.version() == version {
            return Ok(Policy::clone(&ruling));
        }
        if let Some(known) = self.versions.find(version) {
            return Ok(known);
        }
        let found: Option<store::PolicyVersionRow> = self
            .store
            .data
            .read(move |tx| store::find_policy_version(tx, i64::from(version)))
            .await
            .map_err(AppError::from)?;
        let parsed = parse(&found.ok_or(AppError::NotFound)?.body)?;
        self.versions.remember(&parsed);
        Ok(parsed)
    }

    /// Where a person stands.
    ///
    /// # Errors
    /// `NotFound` once they are erased.
    pub(crate) async fn load_terms(
        &self,
        workspace_id: WorkspaceId,
        person_id: PersonId,
    ) -> Result<Terms, AppError> {
        let found: Option<Terms> = self
            .store
            .data
            .read(move |tx| store::find_terms(tx, workspace_id, person_id))
            .await
            .map_err(AppError::from)?;
        found.ok_or(AppError::NotFound)
    }

    /// The older version that holds for a person beside the one in force; `None` if there is none.
    ///
    /// # Errors
    /// `NotFound` once they are erased; those of the database.
    pub(crate) async fn terms_of(
        &self,
        workspace_id: WorkspaceId,
        person_id: PersonId,
    ) -> Result<Option<Policy>, AppError> {
        if self.policy().last_material() <= 1 {
            return Ok(None);
        }
        let terms = self.load_terms(workspace_id, person_id).await?;
        self.terms_under(terms).await
    }

    /// The older version that holds for whoever stands here.
    pub(crate) async fn terms_under(&self, terms: Terms) -> Result<Option<Policy>, AppError> {
        let ruling = self.policy();
        let mut version = u32::try_from(terms.version).unwrap_or(0);
        if version >= ruling.last_material() {
            return Ok(None);
        }
        let has_objected = terms.answered > terms.version;
        let heads = self.versions.heads();
        let now = self.now();
        let rules = |head: &&Head| head.material && head.effective <= now;
        for next in heads.iter().filter(rules) {
            if next.version <= version {
                continue;
            }
            let records = self.version(version).await?.file().notice.records;
            if has_objected || records == Records::KeepVersion {
                break;
            }
            version = next.version;
        }
        if version >= ruling.last_material() {
            return Ok(None);
        }
        self.version(version).await.map(Some)
    }

    /// Whether a write may stand on the version that the person saw: the one in force, the older one whose terms
    /// they keep, or any where use after notice counts (clause 4). The older version that holds for them.
    ///
    /// # Errors
    /// `PolicyVersionMissing`, `PolicyVersionOld`; `NotFound` once erased; those of the databases.
    pub(crate) async fn check_shown(
        &self,
        person: Option<(WorkspaceId, PersonId)>,
        shown: Option<u32>,
    ) -> Result<Option<Policy>, AppError> {
        let policy = self.policy();
        let fresh = policy.version_check(shown).map_err(refused);
        let Some(person) = person.filter(|_| policy.last_material() > 1) else {
            return fresh.map(|()| None);
        };
        let shown = i64::from(shown.ok_or(AppError::PolicyVersionMissing)?);
        let terms = self.load_terms(person.0, person.1).await?;
        if self.deem(person, terms).await? {
            return Ok(None);
        }
        let older = self.terms_under(terms).await?;
        let known = terms.version..=i64::from(policy.version());
        if has_kept(&policy, terms) && known.contains(&shown) {
            return Ok(older);
        }
        fresh.map(|()| older)
    }

    /// The version that new rows of a person stand under.
    ///
    /// # Errors
    /// `NotFound` once they are erased; those of the database.
    pub(crate) async fn row_version(
        &self,
        workspace_id: WorkspaceId,
        person_id: PersonId,
    ) -> Result<u32, AppError> {
        let policy = self.policy();
        if policy.last_material() <= 1 {
            return Ok(policy.version());
        }
        let terms = self.load_terms(workspace_id, person_id).await?;
        if has_kept(&policy, terms) {
            return Ok(u32::try_from(terms.version).unwrap_or(0));
        }
        Ok(policy.version())
    }

    /// What the policy must know of a person, as far as it is their terms.
    ///
    /// # Errors
    /// As [`Self::terms_of`].
    pub(crate) async fn subject_under(
        &self,
        workspace_id: WorkspaceId,
        person_id: PersonId,
    ) -> Result<Subject, AppError> {
        Ok(Subject {
            terms: self.terms_of(workspace_id, person_id).await?,
            ..Subject::default()
        })
    }

    /// The older versions that hold for some of these persons, read at once.
    ///
    /// # Errors
    /// Those of the database.
    pub(crate) async fn older_terms(
        &self,
        workspace_id: WorkspaceId,
        persons: impl IntoIterator<Item = PersonId>,
    ) -> Result<OlderTerms, AppError> {
        let mut older = OlderTerms::default();
        if self.policy().last_material() <= 1 {
            return Ok(older);
        }
        let persons: BTreeSet<PersonId> = persons.into_iter().collect();
        let found = self
            .store
            .data
            .read(move |tx| store::list_terms(tx, workspace_id, &persons));
        let found: Vec<(PersonId, Terms)> = found.await.map_err(AppError::from)?;
        for (person_id, terms) in found {
            if let Some(terms) = self.terms_under(terms).await? {
                older.of.insert(person_id, terms.version());
                older.versions.insert(terms.version(), terms);
            }
        }
        Ok(older)
    }

    /// Permits for a purpose, for each person under the terms they stand on.
    ///
    /// # Errors
    /// `Denied` if the version in force refuses the purpose.
    pub(crate) fn permits<'reading, P: Purpose>(
        &self,
        (role, channel): (Role, Channel),
        older: &OlderTerms,
        reading: &'reading Reading,
    ) -> Result<Permits<'reading, P>, AppError> {
        let under = |terms: &Policy| {
            let subject = Subject {
                terms: Some(terms.clone()),
                ..Subject::default()
            };
            self.permit(role, channel, &subject, reading).ok()
        };
        let versions = older.versions.iter();
        Ok(Permits {
            ruling: self.permit(role, channel, &Subject::default(), reading)?,
            older: versions
                .map(|(number, terms)| (*number, under(terms)))
                .collect(),
            of: older.of.clone(),
        })
    }

    /// Keys of those persons only whose terms allow the purpose: of the others nothing is read.
    ///
    /// # Errors
    /// As [`Self::permits`].
    pub(crate) fn under_terms<P: Purpose>(
        &self,
        who: (Role, Channel),
        older: &OlderTerms,
        mut keys: HashMap<PersonId, Arc<SubjectKey>>,
    ) -> Result<HashMap<PersonId, Arc<SubjectKey>>, AppError> {
        let unread = Reading::own();
        let permits = self.permits::<P>(who, older, &unread)?;
        keys.retain(|person_id, _| permits.get(*person_id).is_some());
        Ok(keys)
    }

    /// Looks at the log of versions again.
    pub(crate) fn remember_versions(&self, logged: &[policy::chain::LoggedVersion]) {
        let heads = logged.iter().map(|version| Head {
            version: version.version,
            effective: version.effective,
            material: version.material,
        });
        self.versions.replace(heads.collect());
    }
}

/// Whether they answered about the version in force and keep the terms of an older one.
fn has_kept(policy: &Policy, terms: Terms) -> bool {
    let newest = i64::from(policy.last_material());
    terms.version < newest && terms.answered >= newest
}

fn refused(refusal: VersionRefusal) -> AppError {
    match refusal {
        VersionRefusal::Missing => AppError::PolicyVersionMissing,
        VersionRefusal::Old { current, .. } => AppError::PolicyVersionOld { current },
    }
}

/// A value that the terms of its person do not allow stays closed; everything else is an error.
pub(crate) fn unless_denied<T>(opened: Result<T, AppError>) -> Result<Option<T>, AppError> {
    match opened {
        Ok(value) => Ok(Some(value)),
        Err(AppError::Denied(_)) => Ok(None),
        Err(error) => Err(error),
    }
}
