//! `Permit<P>`: the right to touch personal data for one purpose, now.
//!
//! Why: only [`crate::Policy::permit`] makes one; it is not `Clone` and borrows the [`Reading`] that was
//! written before it, so nothing is read without an entry (clauses 6, 69, 70).
//! Must not know: how the entry is stored.

use std::marker::PhantomData;

use crate::{
    category::Category,
    purpose::Purpose,
    refusal::{Refusal, RefusalCode},
    time::Timestamp,
};

/// Proof that a reading was accounted for before the bytes leave.
#[derive(Debug)]
pub struct Reading {
    _private: (),
}

impl Reading {
    /// The subject reads their own data, or a job works on ids: no entry is owed.
    #[must_use]
    pub const fn own() -> Self {
        Self { _private: () }
    }

    /// Personnel read: the entry with this index is in the ledger.
    #[must_use]
    pub const fn logged(_ledger_index: u64) -> Self {
        Self { _private: () }
    }
}

/// The right to touch some categories for purpose `P` while its reading lives.
#[derive(Debug)]
pub struct Permit<'reading, P: Purpose> {
    categories: u32,
    until: Timestamp,
    reading: PhantomData<&'reading Reading>,
    purpose: PhantomData<P>,
}

impl<'reading, P: Purpose> Permit<'reading, P> {
    /// Only the policy makes permits.
    pub(crate) fn new(
        _reading: &'reading Reading,
        categories: &[Category],
        until: Timestamp,
    ) -> Self {
        let bits = categories
            .iter()
            .fold(0, |bits, category| bits | bit(*category));
        Self {
            categories: bits,
            until,
            reading: PhantomData,
            purpose: PhantomData,
        }
    }

    /// Until when it may be used; a stream that lives longer asks again.
    #[must_use]
    pub const fn until(&self) -> Timestamp {
        self.until
    }

    /// Whether the policy file lets this purpose touch the category.
    #[must_use]
    pub const fn may(&self, category: Category) -> bool {
        self.categories & bit(category) != 0
    }

    /// The categories it may touch.
    pub fn categories(&self) -> impl Iterator<Item = Category> {
        Category::ALL
            .into_iter()
            .filter(|category| self.may(*category))
    }

    /// Refuses a category that the policy file does not let this purpose touch.
    ///
    /// # Errors
    /// A refusal of clause 6 if it does not.
    pub fn check(&self, category: Category) -> Result<(), Refusal> {
        if self.may(category) {
            return Ok(());
        }
        Err(RefusalCode::CategoryNotInPurpose.refuse(
            format!("purpose {} may not touch {}", P::KEY, category.key()),
            format!(
                "add \"{}\" to the purpose in the policy file",
                category.key()
            ),
        ))
    }
}

const fn bit(category: Category) -> u32 {
    1 << category as u32
}
