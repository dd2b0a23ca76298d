//! Proof that a reader asked for letters twice: on a page, and by the link that reached their address.
//!
//! Why a type: a letter of such a purpose cannot be composed without it, and it is made at the moment of sending
//! from what stands then (clauses 14, 32).
//! Must not know: letters, where a yes is kept.

use std::marker::PhantomData;

use crate::{
    permit::Permit,
    purpose::OptIn,
    refusal::{Refusal, RefusalCode},
    time::Timestamp,
};

/// The clause of lists with double opt-in.
const DOUBLE_OPT_IN: u8 = 14;

/// What stands of somebody's yes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OptInState {
    /// When they used the link that went to their address; none: the yes is pending, and nothing is sent.
    pub confirmed_at: Option<Timestamp>,
    /// Whether the address is on the list of those not to be written to.
    pub suppressed: bool,
}

/// Proof of a yes that stands now. Lives as long as the permit it came from.
#[derive(Debug)]
pub struct OptInProof<'permit, P: OptIn> {
    permit: PhantomData<&'permit P>,
}

impl<P: OptIn> Permit<'_, P> {
    /// The proof that a letter needs.
    ///
    /// # Errors
    /// Clause 14 while the yes is pending; clause 32 if the address is not to be written to.
    pub fn opt_in(&self, state: OptInState) -> Result<OptInProof<'_, P>, Refusal> {
        if state.suppressed {
            return Err(RefusalCode::OptedOut.refuse(
                format!("this address is not written to for {}", P::KEY),
                "nothing to do: the opt-out is honoured",
            ));
        }
        if state.confirmed_at.is_none() {
            return Err(RefusalCode::ConsentMissing.refuse_under(
                DOUBLE_OPT_IN,
                format!("nobody confirmed this address for {}", P::KEY),
                "wait until the link in the letter is used",
            ));
        }
        Ok(OptInProof {
            permit: PhantomData,
        })
    }
}
