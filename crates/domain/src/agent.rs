//! Members of a workspace: their states, and who may change whom.
//!
//! Must not know: sessions, passwords, storage.

use policy::Role;
use thiserror::Error;

use crate::{AgentId, word::words};

/// Members of a workspace.
pub const AGENTS_MAX: usize = 200;

words! {
    /// Whether a member can sign in.
    AgentState {
        /// Invited, has not answered yet.
        Invited = "invited",
        /// Can sign in.
        Active = "active",
        /// Cannot sign in.
        Disabled = "disabled",
    }
}

words! {
    /// What a member says about themselves.
    AgentAvailability {
        /// Takes conversations.
        Online = "online",
        /// Does not for now.
        Away = "away",
    }
}

/// A member, as far as the rules need to know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Member {
    /// Who.
    pub agent_id: AgentId,
    /// As what.
    pub role: Role,
    /// Whether they can sign in.
    pub state: AgentState,
}

/// A change of access.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AccessChange {
    /// The role afterwards.
    pub role: Role,
    /// The state afterwards.
    pub state: AgentState,
}

/// Why access is not changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum AccessRefusal {
    /// Only owners and admins manage the team.
    #[error("only owners and admins change who may sign in")]
    NotManaging,
    /// Nobody changes their own role or state.
    #[error("nobody changes their own role or state: ask another owner or admin")]
    Own,
    /// An owner can be changed by an owner only.
    #[error("only an owner changes or removes an owner")]
    OwnerProtected,
    /// An admin cannot make owners.
    #[error("only an owner makes owners")]
    OnlyOwnersMakeOwners,
    /// There is always an owner who can sign in.
    #[error("the last owner stays: make another owner first")]
    LastOwner,
    /// Not a role that a member can have.
    #[error("this is not a role of a member")]
    NotAMember,
    /// Only whoever was invited can accept.
    #[error("an invitation is accepted by whoever was invited, or withdrawn")]
    StillInvited,
    /// A member does not become invited again.
    #[error("a member is active or disabled")]
    NotAState,
}

/// Whether a role can belong to a member at all.
#[must_use]
pub const fn is_member_role(role: Role) -> bool {
    !matches!(role, Role::Subject | Role::System)
}

const fn is_managing(role: Role) -> bool {
    matches!(role, Role::Owner | Role::Admin)
}

/// Whether `actor` may give `target` another role or state. `owners` counts the active owners now.
///
/// # Errors
/// The first rule that says no.
pub fn change_access(
    actor: Member,
    target: Member,
    change: AccessChange,
    owners: usize,
) -> Result<(), AccessRefusal> {
    if !is_managing(actor.role) {
        return Err(AccessRefusal::NotManaging);
    }
    if actor.agent_id == target.agent_id {
        return Err(AccessRefusal::Own);
    }
    if target.role == Role::Owner && actor.role != Role::Owner {
        return Err(AccessRefusal::OwnerProtected);
    }
    may_give(actor.role, change.role)?;
    check_state(target.state, change.state)?;
    let stays_owner = change.role == Role::Owner && change.state == AgentState::Active;
    let is_owner = target.role == Role::Owner && target.state == AgentState::Active;
    if is_owner && !stays_owner && owners <= 1 {
        return Err(AccessRefusal::LastOwner);
    }
    Ok(())
}

/// Whether a member with `actor`'s role may give somebody `role`, by invitation or change.
///
/// # Errors
/// The rule that says no.
pub fn may_give(actor: Role, role: Role) -> Result<(), AccessRefusal> {
    if !is_managing(actor) {
        return Err(AccessRefusal::NotManaging);
    }
    if !is_member_role(role) {
        return Err(AccessRefusal::NotAMember);
    }
    if role == Role::Owner && actor != Role::Owner {
        return Err(AccessRefusal::OnlyOwnersMakeOwners);
    }
    Ok(())
}

fn check_state(from: AgentState, to: AgentState) -> Result<(), AccessRefusal> {
    match (from, to) {
        (AgentState::Invited, AgentState::Active | AgentState::Disabled) => {
            Err(AccessRefusal::StillInvited)
        }
        (AgentState::Active | AgentState::Disabled, AgentState::Invited) => {
            Err(AccessRefusal::NotAState)
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use policy::Timestamp;

    fn member(number: u8, role: Role) -> Member {
        Member {
            agent_id: AgentId::new(Timestamp(0), [number; 10]),
            role,
            state: AgentState::Active,
        }
    }

    fn change(actor: Role, target: Role, to: Role, owners: usize) -> Result<(), AccessRefusal> {
        let to = AccessChange {
            role: to,
            state: AgentState::Active,
        };
        change_access(member(1, actor), member(2, target), to, owners)
    }

    #[test]
    fn who_may_change_whom() {
        use AccessRefusal::{
            LastOwner, NotAMember, NotManaging, OnlyOwnersMakeOwners, OwnerProtected,
        };
        use Role::{Admin, Agent, Analyst, Marketer, Owner, PrivacyOfficer, Subject, System};
        let table = [
            (Owner, Agent, Admin, Ok(())),
            (Owner, Admin, Owner, Ok(())),
            (Owner, Owner, Agent, Ok(())),
            (Admin, Agent, Admin, Ok(())),
            (Admin, Admin, PrivacyOfficer, Ok(())),
            (Admin, Owner, Agent, Err(OwnerProtected)),
            (Admin, Agent, Owner, Err(OnlyOwnersMakeOwners)),
            (Agent, Agent, Agent, Err(NotManaging)),
            (Analyst, Agent, Agent, Err(NotManaging)),
            (Marketer, Agent, Admin, Err(NotManaging)),
            (PrivacyOfficer, Agent, Admin, Err(NotManaging)),
            (Owner, Agent, System, Err(NotAMember)),
            (Owner, Agent, Subject, Err(NotAMember)),
        ];
        for (actor, target, to, expected) in table {
            assert_eq!(
                change(actor, target, to, 2),
                expected,
                "{actor:?} {target:?} {to:?}"
            );
        }
        assert_eq!(change(Owner, Owner, Agent, 1), Err(LastOwner));
    }

    #[test]
    fn nobody_changes_their_own_access() {
        let own = member(1, Role::Owner);
        let to = AccessChange {
            role: Role::Agent,
            state: AgentState::Active,
        };

        assert_eq!(change_access(own, own, to, 2), Err(AccessRefusal::Own));
    }

    #[test]
    fn last_owner_cannot_be_disabled_and_an_invited_member_not_activated() {
        let to = |state| AccessChange {
            role: Role::Owner,
            state,
        };
        let invited = Member {
            state: AgentState::Invited,
            ..member(2, Role::Owner)
        };
        let actor = member(1, Role::Owner);

        assert_eq!(
            change_access(actor, member(2, Role::Owner), to(AgentState::Disabled), 1),
            Err(AccessRefusal::LastOwner)
        );
        assert_eq!(
            change_access(actor, invited, to(AgentState::Active), 2),
            Err(AccessRefusal::StillInvited)
        );
    }
}
