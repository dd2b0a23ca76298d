//! `Permit<P>`: the right to touch personal data for one purpose, now.
//!
//! Why: only [`crate::Policy::permit`] makes one; it is not `Clone` and borrows the [`Reading`] that was
//! written before it, so nothing is read without an entry (clauses 6, 69, 70).
//! Must not know: how the entry is stored.

use std::marker::PhantomData;

use crate::{category::Category, purpose::Purpose, refusal::Refusal};

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
    reading: PhantomData<&'reading Reading>,
    purpose: PhantomData<P>,
}

impl<'reading, P: Purpose> Permit<'reading, P> {
    /// Only the policy makes permits.
    pub(crate) fn new(_reading: &'reading Reading, categories: &[Category]) -> Self {
        let bits = categories
            .iter()
            .fold(0, |bits, category| bits | bit(*category));
        Self {
            categories: bits,
            reading: PhantomData,
            purpose: PhantomData,
        }
    }

    /// Whether the policy file lets this purpose touch the category.
    ///
    /// # Errors
    /// A refusal of clause 6 if it does not.
    pub fn check(&self, category: Category) -> Result<(), Refusal> {
        if self.categories & bit(category) != 0 {
            return Ok(());
        }
        Err(Refusal {
            clause: 6,
            code: "category_not_in_purpose",
            what: format!("purpose {} may not touch {}", P::KEY, category.key()),
            mend: format!(
                "add \"{}\" to the purpose in the policy file",
                category.key()
            ),
        })
    }
}

const fn bit(category: Category) -> u32 {
    1 << category as u32
}
