//! `Personal<T, C>`: a value about a person, readable only with a permit.
//!
//! Why: no `Display`, no `Serialize`, no `Deref`, no `Clone`; `Debug` prints the category only. What
//! cannot be printed cannot leak into a log, a panic or a trace (`policy-spec` section 5).
//! Must not know: where the value is stored.

use std::{fmt, marker::PhantomData};

use crate::{
    category::DataCategory,
    permit::Permit,
    purpose::{May, Purpose},
    refusal::Refusal,
};

/// A value of category `C` about one person.
pub struct Personal<T, C: DataCategory> {
    value: T,
    category: PhantomData<C>,
}

impl<T, C: DataCategory> Personal<T, C> {
    /// Wraps a value at the edge where it came in.
    #[must_use]
    pub const fn new(value: T) -> Self {
        Self {
            value,
            category: PhantomData,
        }
    }

    /// The value, for a purpose whose ceiling has `C` and whose permit has it too.
    ///
    /// # Errors
    /// A refusal naming its clause if the policy file narrowed the purpose below `C`.
    pub fn read<P: May<C> + Purpose>(&self, permit: &Permit<'_, P>) -> Result<&T, Refusal> {
        permit.check(C::CATEGORY)?;
        Ok(&self.value)
    }

    /// The value, for the vault only: it seals what came in before anyone may read it.
    ///
    /// Why not `read`: sealing has no purpose of its own, and nothing leaves the vault readable. Clippy
    /// refuses every other caller (`disallowed-methods`).
    #[must_use]
    pub const fn expose_to_seal(&self) -> &T {
        &self.value
    }

    /// The value itself, under the same rule.
    ///
    /// # Errors
    /// As [`Personal::read`]; the value is dropped then.
    pub fn take<P: May<C> + Purpose>(self, permit: &Permit<'_, P>) -> Result<T, Refusal> {
        permit.check(C::CATEGORY)?;
        Ok(self.value)
    }
}

impl<T, C: DataCategory> fmt::Debug for Personal<T, C> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "<{}>", C::CATEGORY.key())
    }
}
