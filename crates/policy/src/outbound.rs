//! `Outbound<Kind>`: the way out to one recipient for one purpose, and what may be loaded on it.
//!
//! Why a type: a third party gets counts only, and a body that was not composed under a permit does not compile
//! into a parcel (clauses 7, 50). Only [`Policy`] makes a way out, from the file in force at the moment of sending.
//! Must not know: connections, bytes on a wire.

use std::{collections::BTreeMap, fmt, marker::PhantomData};

use crate::{
    category::Category,
    model::{Output, ProcessorKind, ProcessorRule, Require},
    permit::Permit,
    policy::Policy,
    purpose::Purpose,
    refusal::{Refusal, RefusalCode},
};

/// A recipient who acts for the controller: gets personal data, composed under a permit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Provider {}

/// A recipient who acts for itself: gets aggregates only.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ThirdParty {}

/// What may be loaded for a kind of recipient. Nothing outside this file can add to it.
pub trait Cargo<Kind>: sealed::Sealed {
    /// The bytes, in their final form.
    fn into_bytes(self) -> Vec<u8>;
}

mod sealed {
    pub trait Sealed {}
}

/// The way out: who, where, what for, which categories, and what the connection must have.
#[derive(Debug)]
pub struct Outbound<Kind> {
    processor: String,
    host: String,
    purpose: String,
    categories: Vec<Category>,
    requires: Vec<Require>,
    policy_version: u32,
    kind: PhantomData<Kind>,
}

/// A loaded sending: the only thing that a client takes.
pub struct Parcel<Kind> {
    /// The way it goes.
    pub way: Outbound<Kind>,
    bytes: Vec<u8>,
}

/// A body about a person, composed under a permit for its purpose.
pub struct Composed {
    bytes: Vec<u8>,
}

/// Counts of people; each of at least `k`, rounded. Small cells are withheld.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Aggregate<T> {
    value: T,
}

impl Composed {
    /// A body that holds these categories.
    ///
    /// # Errors
    /// Clause 6 if the permit does not reach one of them.
    pub fn under<P: Purpose>(
        permit: &Permit<'_, P>,
        categories: &[Category],
        bytes: Vec<u8>,
    ) -> Result<Self, Refusal> {
        for category in categories {
            permit.check(*category)?;
        }
        Ok(Self { bytes })
    }
}

impl Aggregate<BTreeMap<String, u64>> {
    /// Counts by name, as a purpose's `output` lets them out: cells below `k` are withheld, the others rounded.
    #[must_use]
    pub fn of_counts(counts: BTreeMap<String, u64>, output: Output) -> Self {
        let step = u64::from(output.round.max(1));
        let told = counts.into_iter().filter_map(|(name, count)| {
            (count >= u64::from(output.k.max(1))).then_some((name, count / step * step))
        });
        Self {
            value: told.collect(),
        }
    }

    /// The cells that are told.
    #[must_use]
    pub const fn cells(&self) -> &BTreeMap<String, u64> {
        &self.value
    }
}

impl sealed::Sealed for Composed {}
impl Cargo<Provider> for Composed {
    fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }
}

impl sealed::Sealed for Aggregate<BTreeMap<String, u64>> {}
impl Cargo<ThirdParty> for Aggregate<BTreeMap<String, u64>> {
    fn into_bytes(self) -> Vec<u8> {
        serde_json::to_vec(&self.value).unwrap_or_default()
    }
}

impl<Kind> Outbound<Kind> {
    fn to(
        rule: &ProcessorRule,
        (host, purpose): (&str, &str),
        categories: &[Category],
        policy_version: u32,
    ) -> Self {
        Self {
            processor: rule.key.clone(),
            host: host.to_owned(),
            purpose: purpose.to_owned(),
            categories: categories.to_vec(),
            requires: rule.require.clone(),
            policy_version,
            kind: PhantomData,
        }
    }

    /// Key of the recipient in the policy file.
    #[must_use]
    pub fn processor(&self) -> &str {
        &self.processor
    }

    /// `name:port`, as the file lists it.
    #[must_use]
    pub fn host(&self) -> &str {
        &self.host
    }

    /// Key of the purpose.
    #[must_use]
    pub fn purpose(&self) -> &str {
        &self.purpose
    }

    /// What it may carry.
    #[must_use]
    pub fn categories(&self) -> &[Category] {
        &self.categories
    }

    /// Version of the policy that let it out.
    #[must_use]
    pub const fn policy_version(&self) -> u32 {
        self.policy_version
    }

    /// Whether the file demands this of the connection.
    #[must_use]
    pub fn requires(&self, what: Require) -> bool {
        self.requires.contains(&what)
    }

    /// Puts the body on the way.
    #[must_use]
    pub fn load(self, cargo: impl Cargo<Kind>) -> Parcel<Kind> {
        Parcel {
            way: self,
            bytes: cargo.into_bytes(),
        }
    }
}

impl<Kind> Parcel<Kind> {
    /// What goes over the wire.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }
}

impl<Kind> fmt::Debug for Parcel<Kind> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "<parcel of {} bytes>", self.bytes.len())
    }
}

impl fmt::Debug for Composed {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "<body of {} bytes>", self.bytes.len())
    }
}

impl Policy {
    /// The way out to a recipient who acts for the controller.
    ///
    /// # Errors
    /// Clause 7 if no processor with this host may have it for this purpose; clause 50 if it may have counts only.
    pub fn outbound(
        &self,
        host: &str,
        purpose: &str,
        categories: &[Category],
    ) -> Result<Outbound<Provider>, Refusal> {
        let rule = self.recipient(host, purpose, categories)?;
        Ok(Outbound::to(
            rule,
            (host, purpose),
            categories,
            self.version(),
        ))
    }

    /// The way out for counts to a recipient who acts for itself.
    ///
    /// # Errors
    /// Clause 7 if no third party with this host takes part in the purpose.
    pub fn outbound_counts(
        &self,
        host: &str,
        purpose: &str,
    ) -> Result<Outbound<ThirdParty>, Refusal> {
        let mut rules = self.file().processor.iter();
        let rule = rules.find(|rule| {
            rule.kind == ProcessorKind::ThirdParty
                && rule.hosts.iter().any(|known| known == host)
                && rule.purposes.iter().any(|known| known == purpose)
        });
        let rule = rule.ok_or_else(|| {
            RefusalCode::HostNotDeclared.refuse(
                format!("no third party has the host {host} for {purpose}"),
                "declare it as a [[processor]] of kind \"third-party\" in a new version of the policy",
            )
        })?;
        Ok(Outbound::to(rule, (host, purpose), &[], self.version()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::OutputKind;

    #[test]
    fn small_cells_are_withheld_and_others_rounded_down() {
        let output = Output {
            kind: OutputKind::Aggregate,
            k: 10,
            round: 5,
        };
        let counts = [("a", 9), ("b", 10), ("c", 44)].map(|(name, count)| (name.to_owned(), count));

        let told = Aggregate::of_counts(BTreeMap::from(counts), output);

        let expected = [("b", 10), ("c", 40)].map(|(name, count)| (name.to_owned(), count));
        assert_eq!(told.cells(), &BTreeMap::from(expected));
        assert_eq!(told.into_bytes(), br#"{"b":10,"c":40}"#);
    }
}
