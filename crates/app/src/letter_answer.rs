//! The letter that brings an agent's answer to a visitor who left.
//!
//! Only to an address that its owner proved; several answers in one letter; not often; with a way back.
//! Must not know: SMTP.

use std::collections::HashMap;

use domain::{AgentId, ConversationId, LinkKind, WorkspaceId};
use policy::{Category, Channel, Reading, Role, SupportLetter};
use store::{LetterConversation, LetterMessage};

use crate::{
    App,
    egress::About,
    error::AppError,
    job::JobOutcome,
    letter::locale,
    letter_text::{self, Answer},
    opener::Opener,
};

/// Answers in one letter.
const ANSWERS_MAX: i64 = 10;
/// Seconds between two letters of one conversation.
const PAUSE_S: i64 = 15 * 60;
/// Seconds a visitor must be away.
const AWAY_S: i64 = 60;
/// Seconds after the first try in which a visitor who is still here may leave.
const STAY_S_MAX: i64 = 24 * 3_600;

impl App {
    pub(crate) async fn send_answer(
        &self,
        workspace_id: WorkspaceId,
        conversation_id: ConversationId,
    ) -> Result<JobOutcome, AppError> {
        let found = self
            .load_letter_conversation(workspace_id, conversation_id)
            .await?;
        let Some(conversation) = found.filter(is_owed) else {
            return Ok(JobOutcome::Done);
        };
        if let Some(wait) = self.wait(workspace_id, &conversation) {
            return Ok(wait);
        }
        let after = conversation.visitor_read_seq.max(conversation.letter_seq);
        let messages = self.store.data.read(move |tx| {
            store::list_letter_messages(tx, workspace_id, conversation_id, after, ANSWERS_MAX)
        });
        let messages: Vec<LetterMessage> = messages.await.map_err(AppError::from)?;
        let Some(last) = messages.last().map(|message| message.seq) else {
            return Ok(JobOutcome::Done);
        };
        self.compose_answer(workspace_id, conversation_id, &conversation, &messages)
            .await?;
        let now = self.now();
        let noted = self
            .store
            .data
            .write(move |tx| store::mark_letter_sent(tx, workspace_id, conversation_id, last, now));
        noted
            .await
            .map_err(|error: store::StoreError| AppError::from(error))?;
        if last < conversation.last_agent_seq {
            return Ok(JobOutcome::Later(now.plus_seconds(PAUSE_S)));
        }
        Ok(JobOutcome::Done)
    }

    /// Whether it is not yet the time, or never will be.
    fn wait(
        &self,
        workspace_id: WorkspaceId,
        conversation: &LetterConversation,
    ) -> Option<JobOutcome> {
        let now = self.now();
        let pause = conversation.letter_at.map(|at| at.plus_seconds(PAUSE_S));
        if let Some(until) = pause.filter(|until| now < *until) {
            return Some(JobOutcome::Later(until));
        }
        let topic = bus::Topic::Person(workspace_id, conversation.person_id);
        if self.bus.count(topic) > 0 {
            let since = conversation.last_seen_at;
            if now > since.plus_seconds(STAY_S_MAX) {
                return Some(JobOutcome::Done);
            }
            return Some(JobOutcome::Later(now.plus_seconds(AWAY_S)));
        }
        let away = conversation.last_seen_at.plus_seconds(AWAY_S);
        (now < away).then_some(JobOutcome::Later(away))
    }

    async fn compose_answer(
        &self,
        workspace_id: WorkspaceId,
        conversation_id: ConversationId,
        conversation: &LetterConversation,
        messages: &[LetterMessage],
    ) -> Result<(), AppError> {
        let email = conversation.email.as_ref().ok_or(AppError::NotFound)?;
        let names = self.author_names(workspace_id, messages).await?;
        let key = self
            .keyring
            .person(workspace_id, conversation.person_id)
            .await?;
        let reading = Reading::own();
        // Restricted, objected, opted out, or "in the chat only": the letter is dropped, whenever it was queued.
        let mut standing = self.subject(workspace_id, conversation.person_id).await?;
        standing.widget_only = conversation.widget_only_at.is_some();
        let permit =
            self.permit::<SupportLetter>(Role::System, Channel::Email, &standing, &reading)?;
        let opener = Opener::new(workspace_id, &key, &permit);
        let to = opener.email(conversation.visitor_id, email)?;
        let name = conversation.name.as_ref();
        let name = name.map(|name| opener.name(conversation.visitor_id, name));
        let name = name.transpose()?;
        let mut answers = Vec::with_capacity(messages.len());
        for message in messages {
            answers.push(Answer {
                author: names.get(&message.author_id).cloned(),
                body: opener.body(message.message_id, &message.body)?,
            });
        }
        let person = Some(conversation.person_id);
        let subject = conversation_id.to_string();
        let (token, link) = self.new_link(workspace_id, LinkKind::Resume, &subject, person);
        self.store_link(link).await?;
        let url = format!("{}/chat/resume/{token}", self.settings.public_url);
        let centre = format!(
            "{}/privacy/me?site={}",
            self.settings.public_url, conversation.site_id
        );
        let words = letter_text::answer(
            &conversation.site_name,
            name.as_deref(),
            &answers,
            (&url, &centre),
            locale(&conversation.site_locale),
        );
        let categories = [
            Category::ContactEmail,
            Category::PrivateContent,
            Category::Name,
        ];
        self.check_older_egress::<SupportLetter>(&standing, &categories)?;
        let about = About {
            workspace_id,
            person_id: conversation.person_id,
        };
        self.post::<SupportLetter>((about, to), words, &categories)
            .await
    }

    async fn author_names(
        &self,
        workspace_id: WorkspaceId,
        messages: &[LetterMessage],
    ) -> Result<HashMap<String, String>, AppError> {
        let mut names = HashMap::new();
        for message in messages {
            let author = &message.author_id;
            let Some(agent_id) = author
                .parse::<AgentId>()
                .ok()
                .filter(|_| !names.contains_key(author))
            else {
                continue;
            };
            match self.load_agent(workspace_id, agent_id).await {
                Ok(row) => drop(names.insert(author.clone(), self.open_agent(&row).await?.0)),
                Err(AppError::NotFound) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(names)
    }
}

/// There is an answer that neither was read nor went out, and a proved address for it.
fn is_owed(conversation: &LetterConversation) -> bool {
    let known = conversation.visitor_read_seq.max(conversation.letter_seq);
    conversation.last_agent_seq > known
        && conversation.email.is_some()
        && conversation.email_verified_at.is_some()
}
