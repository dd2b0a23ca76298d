//! Who takes part in a drill, and what each does on which day.
//!
//! Must not know: clocks, where the drill's databases are.

use domain::{ClientMessageId, ConversationId, RequestKind, RequestWay, SiteId};
use policy::{Ground, RefusalCode, Timestamp};

use super::{DrillAct, DrillLeft, DrillRole, DrillStep, MICROS_A_DAY};
use crate::{
    App, CentreAct, EnteredRequest, HoldOrder, NewTalk, Setup,
    actor::{Agent, Visitor},
    error::AppError,
};

const ALL: [DrillRole; 6] = [
    DrillRole::Asks,
    DrillRole::Leaves,
    DrillRole::Minor,
    DrillRole::Held,
    DrillRole::OptsOut,
    DrillRole::Stays,
];
/// What a visitor of the drill answers where an age is asked: a year and a month.
const GROWN_UP: (i64, i64) = (1980, 5);
const LEAVES_ON: u16 = 1;
const HELD_ERASES_ON: u16 = 2;
const OPTS_OUT_ON: u16 = 3;
/// Days that the hold lasts.
const HELD_DAYS: i64 = 10;

/// A visitor of the drill.
struct Player {
    role: DrillRole,
    visitor: Visitor,
    conversation_id: ConversationId,
    is_gone: bool,
}

/// Everybody, and what happened so far.
pub(super) struct Cast {
    agent: Agent,
    players: Vec<Player>,
    steps: Vec<DrillStep>,
}

impl Cast {
    /// Day 0: everybody writes, and the privacy officer does what begins a clock.
    pub(super) async fn enter(app: &App) -> Result<Self, AppError> {
        let origin = [app.settings.public_url.clone()];
        let made = app.create_workspace("Drill", &origin).await?;
        app.enter_policy_versions().await?;
        let link = app.owner_link(made.workspace_id).await?;
        let token = link.rsplit_once("token=").map_or("", |(_, token)| token);
        let setup = Setup {
            token: token.to_owned(),
            name: "Drill".to_owned(),
            email: "drill@drill.example".to_owned(),
            password: app.new_token(),
        };
        let session = app.set_up_owner(setup).await?;
        let mut cast = Self {
            agent: app.authenticate_session(&session.token).await?,
            players: Vec::with_capacity(ALL.len()),
            steps: Vec::new(),
        };
        for role in ALL {
            cast.players.push(write(app, made.site_id, role).await?);
        }
        cast.begin(app).await?;
        Ok(cast)
    }

    pub(super) const fn agent(&self) -> &Agent {
        &self.agent
    }

    pub(super) fn into_steps(self) -> Vec<DrillStep> {
        self.steps
    }

    /// A request that nobody looks at, a mark, a hold.
    async fn begin(&mut self, app: &App) -> Result<(), AppError> {
        let asks = self.player(DrillRole::Asks)?.conversation_id;
        let entered = app.enter_request(&self.agent, request(asks)).await;
        if let Some(entered) = self.or_not_in_policy(DrillRole::Asks, entered)? {
            self.note(0, DrillRole::Asks, DrillAct::Requested, false);
            let due_at = entered.requests.first().map(|request| request.due_at);
            self.due(due_at.map(Timestamp::micros));
        }
        let minor = self.player(DrillRole::Minor)?.visitor.person_id;
        let marked = app.mark_child(&self.agent, minor).await;
        if self.or_not_in_policy(DrillRole::Minor, marked)?.is_some() {
            self.note(0, DrillRole::Minor, DrillAct::Frozen, false);
        }
        let order = HoldOrder {
            person_id: self.player(DrillRole::Held)?.visitor.person_id,
            conversation_id: None,
            ground: Ground::CourtOrGovernment.word().to_owned(),
            document_hash: format!("sha256:{}", "0".repeat(64)),
            deadline_at: app.now().micros() + HELD_DAYS * MICROS_A_DAY,
            gagged_until: None,
            reason: "A drill.".to_owned(),
        };
        let deadline = order.deadline_at;
        let held = app.place_hold(&self.agent, order).await;
        if self.or_not_in_policy(DrillRole::Held, held)?.is_some() {
            self.note(0, DrillRole::Held, DrillAct::Held, false);
            self.due(Some(deadline));
        }
        Ok(())
    }

    /// What visitors do on a day.
    pub(super) async fn act(&mut self, app: &App, day: u16) -> Result<(), AppError> {
        match day {
            LEAVES_ON => {
                let visitor = self.player(DrillRole::Leaves)?.visitor;
                app.erase_visitor(&visitor).await.map(drop)
            }
            HELD_ERASES_ON => {
                let visitor = self.player(DrillRole::Held)?.visitor;
                let erased = app.erase_visitor(&visitor).await;
                match erased {
                    Err(AppError::Denied(refusal))
                        if refusal.code == RefusalCode::ErasureWaitsForHold.key() =>
                    {
                        self.note(day, DrillRole::Held, DrillAct::Waits, false);
                        Ok(())
                    }
                    other => other.map(drop),
                }
            }
            OPTS_OUT_ON => {
                let visitor = self.player(DrillRole::OptsOut)?.visitor;
                let done = app.act_in_centre(&visitor, CentreAct::OptOut).await;
                if self.or_not_in_policy(DrillRole::OptsOut, done)?.is_some() {
                    self.note(day, DrillRole::OptsOut, DrillAct::OptedOut, false);
                }
                Ok(())
            }
            _ => Ok(()),
        }
    }

    /// Whose key is destroyed since the day before: of them nothing can be read any more.
    pub(super) async fn look(&mut self, app: &App, day: u16) -> Result<(), AppError> {
        let mut gone = Vec::new();
        for player in self.players.iter_mut().filter(|player| !player.is_gone) {
            let of = (player.visitor.workspace_id, player.visitor.person_id);
            if app.keyring.find_person(of.0, of.1).await?.is_none() {
                player.is_gone = true;
                gone.push(player.role);
            }
        }
        for role in gone {
            let is_own_act = role == DrillRole::Leaves && day == LEAVES_ON;
            self.note(day, role, DrillAct::Erased, !is_own_act);
        }
        Ok(())
    }

    /// Of whom something is left, and when it goes.
    pub(super) async fn left(&self, app: &App) -> Result<Vec<DrillLeft>, AppError> {
        let mut left = Vec::new();
        for player in self.players.iter().filter(|player| !player.is_gone) {
            // What is frozen or waits for a hold is shown to nobody.
            let shown = match app.list_own_data(&player.visitor).await {
                Ok(held) => held.items,
                Err(AppError::Denied(_) | AppError::NotFound) => Vec::new(),
                Err(error) => return Err(error),
            };
            left.push(DrillLeft {
                role: player.role,
                delete_at: shown.iter().filter_map(|item| item.delete_at).max(),
            });
        }
        Ok(left)
    }

    fn player(&self, role: DrillRole) -> Result<&Player, AppError> {
        let mut players = self.players.iter();
        let found = players.find(|player| player.role == role);
        found.ok_or_else(|| AppError::Internal("a drill without its cast".to_owned()))
    }

    fn note(&mut self, day: u16, role: DrillRole, act: DrillAct, by_itself: bool) {
        self.steps.push(DrillStep {
            day,
            role,
            act,
            by_itself,
            due_at: None,
        });
    }

    /// By when the step that was noted last must be done.
    fn due(&mut self, due_at: Option<i64>) {
        if let Some(last) = self.steps.last_mut() {
            last.due_at = due_at;
        }
    }

    /// What the policy refuses is told, and ends nothing.
    fn or_not_in_policy<T>(
        &mut self,
        role: DrillRole,
        done: Result<T, AppError>,
    ) -> Result<Option<T>, AppError> {
        match done {
            Ok(done) => Ok(Some(done)),
            Err(AppError::Denied(_)) => {
                let day = self.steps.last().map_or(0, |step| step.day);
                self.note(day, role, DrillAct::NotInPolicy, false);
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }
}

async fn write(app: &App, site_id: SiteId, role: DrillRole) -> Result<Player, AppError> {
    let (policy, token) = (app.policy(), app.new_token());
    let age_pass = match policy.age_gate() {
        Some(_) => Some(app.pass_age_gate(site_id, &token, GROWN_UP).await?.age_pass),
        None => None,
    };
    let new = NewTalk {
        policy_version: Some(policy.version()),
        client_msg_id: ClientMessageId::new(app.now(), app.random()),
        body: "A drill.".to_owned(),
        name: None,
        email: None,
        page_url: None,
        page_title: None,
        locale: None,
        gpc: false,
        age_pass,
    };
    let started = app.start_conversation(site_id, &token, new).await?;
    Ok(Player {
        role,
        visitor: app.authenticate_visitor(&token).await?,
        conversation_id: started.conversation.id,
        is_gone: false,
    })
}

fn request(conversation_id: ConversationId) -> EnteredRequest {
    EnteredRequest {
        kind: RequestKind::Erase,
        way: RequestWay::Post,
        email: None,
        conversation_id: Some(conversation_id),
        right_name: None,
        right_email: None,
        purpose: None,
        received_at: None,
        proof: None,
    }
}
