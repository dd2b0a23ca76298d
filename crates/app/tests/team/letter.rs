//! Letters: when they go, what they say, and when they do not.

use app::{AppError, JobOutcome};
use domain::{ConversationId, MessageId};
use policy::{PrivateContent, Role};
use store::Value;
use vault::{Place, Sealed};

use crate::{
    common::{Seeded, World, email_of, on_both},
    office::{OWNER, Office, token_after},
};

/// An office and a visitor of its first site who left an address and a conversation of four messages.
struct Desk {
    office: Office,
    visitor: Seeded,
}

impl Desk {
    async fn open(world: World) -> Self {
        let mut office = Office::open(world).await;
        office.world.workspace_id = office.made.workspace_id;
        office.world.site_id = office.made.site_id;
        let visitor = office.world.seed_person("mark", 4).await;
        Self { office, visitor }
    }

    fn id(&self) -> ConversationId {
        self.visitor.conversation_id
    }

    async fn set(&self, sql: &'static str, value: impl Into<Value>) {
        let values = [self.id().into(), value.into()];
        self.office
            .world
            .write(move |tx| tx.execute(sql, &values))
            .await;
    }

    /// Queues a job as a message does.
    async fn queue(&self, kind: &'static str) {
        let now = self.office.world.now();
        let job = store::NewJob {
            workspace_id: self.visitor.visitor.workspace_id,
            job_id: domain::JobId::new(now, self.office.app.random()),
            kind,
            ref_id: self.id().to_string(),
            person_id: Some(self.visitor.visitor.person_id),
            seq: None,
            run_at: now,
        };
        self.office
            .world
            .write(move |tx| store::enqueue_job(tx, &job, now))
            .await;
    }

    async fn visitor_waits(&self) {
        let now = self.office.world.now();
        self.set(
            "update conversation set waiting_since = $2 where conversation_id = $1",
            now,
        )
        .await;
        self.office.pass_seconds(60);
        self.queue("letter_waiting").await;
    }

    async fn agent_answers(&self, seq: i64, text: &str) {
        let message_id = MessageId::new(self.office.world.now(), self.office.app.random());
        let workspace = self.visitor.visitor.workspace_id.to_string();
        let row = message_id.to_string();
        let place = Place {
            workspace: &workspace,
            table: "message",
            column: "body_sealed",
            row: &row,
        };
        let body = policy::Personal::new(text.to_owned());
        let nonce = self.office.app.random();
        let sealed: Sealed<PrivateContent> = vault::seal(&self.visitor.key, &place, &body, nonce);
        let visitor = self.visitor.visitor;
        let values = [
            visitor.workspace_id.into(),
            self.id().into(),
            seq.into(),
            message_id.into(),
            visitor.person_id.into(),
            self.office.owner.agent_id.into(),
            sealed.into(),
            [7_u8; 32].as_slice().into(),
        ];
        let insert = "insert into message (
                 workspace_id, conversation_id, seq, message_id, person_id, kind, author_kind,
                 author_id, client_msg_id, body_sealed, body_mac, policy_version, created_at
             )
             values ($1, $2, $3, $4, $5, 'message', 'agent', $6, $4, $7, $8, 1, 1)";
        self.office
            .world
            .write(move |tx| tx.execute(insert, &values))
            .await;
        self.set(
            "update conversation set last_agent_seq = $2 where conversation_id = $1",
            seq,
        )
        .await;
    }

    async fn prove_address(&self) {
        let now = self.office.world.now();
        let prove = "update visitor set email_verified_at = $2
                     where visitor_id = (select visitor_id from conversation where conversation_id = $1)";
        self.set(prove, now).await;
    }

    /// Letters to the visitor.
    fn answers(&self) -> Vec<mail::Letter> {
        let letters = self.office.letters().into_iter();
        letters
            .filter(|letter| letter.to == email_of("mark"))
            .collect()
    }
}

#[tokio::test]
async fn agents_are_called_once_when_nobody_looked_for_a_minute() {
    on_both(|world| async move {
        let desk = Desk::open(world).await;
        desk.office.joined("ann@shop.example", Role::Analyst).await;
        let before = desk.office.letters().len();
        desk.visitor_waits().await;

        desk.office.run_jobs().await;
        desk.office.run_jobs().await;
        desk.office.run_jobs().await;

        let letters = desk.office.letters();
        assert_eq!(letters.len(), before + 1);
        assert_eq!(letters[0].to, OWNER);
        assert_eq!(letters[0].purpose, "support.letter");
        assert_eq!(letters[0].subject, "A visitor of Shop waits for an answer");
        assert!(
            letters[0]
                .body
                .contains(&format!("/console/inbox/{}", desk.id()))
        );
        assert!(
            !letters[0].body.contains("mark"),
            "nothing of the visitor goes out"
        );
    })
    .await;
}

#[tokio::test]
async fn nobody_is_called_once_somebody_looked_or_the_visitor_does_not_wait() {
    on_both(|world| async move {
        let desk = Desk::open(world).await;
        let before = desk.office.letters().len();
        desk.visitor_waits().await;
        desk.set(
            "update conversation set agent_read_seq = $2 where conversation_id = $1",
            4,
        )
        .await;
        desk.office.run_jobs().await;
        desk.office.run_jobs().await;

        assert_eq!(desk.office.letters().len(), before);
    })
    .await;
}

#[tokio::test]
async fn answer_goes_to_a_visitor_who_left_with_a_way_back() {
    on_both(|world| async move {
        let desk = Desk::open(world).await;
        desk.prove_address().await;
        desk.agent_answers(5, "We have it in blue.\nShall I put it aside?").await;
        desk.agent_answers(6, "It costs 20.").await;
        desk.office.pass_seconds(61);
        desk.queue("letter_answer").await;

        desk.office.run_jobs().await;

        let letters = desk.answers();
        assert_eq!(letters.len(), 1);
        assert_eq!(letters[0].subject, "Shop answered you");
        let token = token_after(&letters[0], "/chat/resume/");
        assert_eq!(token.len(), 43);
        let (body, centre) = letters[0].body.split_once("\n\nWhat is held").unwrap();
        assert!(centre.contains("http://localhost:8080/privacy/me?site="));
        assert_eq!(
            body.replace(&token, "TOKEN"),
            "Hello Ana mark,\n\nyou left before this answer came:\n\nOlga:\n> We have it in blue.\n> Shall \
             I put it aside?\n\nOlga:\n> It costs 20.\n\nRead on and reply here:\n\n\
             http://localhost:8080/chat/resume/TOKEN\n\nThe link opens your conversation once, for 30 days: \
             keep it to yourself. Replies to this letter are not read."
        );
        desk.queue("letter_answer").await;
        desk.office.run_jobs().await;
        assert_eq!(desk.answers().len(), 1, "an answer goes once");
    })
    .await;
}

#[tokio::test]
async fn next_letter_waits_a_quarter_of_an_hour() {
    on_both(|world| async move {
        let desk = Desk::open(world).await;
        desk.prove_address().await;
        desk.agent_answers(5, "One").await;
        desk.office.pass_seconds(61);
        desk.queue("letter_answer").await;
        desk.office.run_jobs().await;
        desk.agent_answers(6, "Two").await;
        desk.office.pass_seconds(61);
        desk.queue("letter_answer").await;

        let early = desk.office.run_job("letter_answer").await;
        assert!(matches!(early, Some(Ok(JobOutcome::Later(_)))), "{early:?}");
        assert_eq!(desk.answers().len(), 1);
        desk.office.pass_seconds(15 * 60);
        desk.office.run_jobs().await;

        assert_eq!(desk.answers().len(), 2);
        assert!(!desk.answers()[0].body.contains("One"));
    })
    .await;
}

#[tokio::test]
async fn long_absence_brings_ten_answers_in_one_letter() {
    on_both(|world| async move {
        let desk = Desk::open(world).await;
        desk.prove_address().await;
        for seq in 5..17 {
            desk.agent_answers(seq, &format!("Answer {seq}.")).await;
        }
        desk.office.pass_seconds(61);
        desk.queue("letter_answer").await;
        desk.office.run_jobs().await;
        assert!(desk.answers()[0].body.contains("Answer 14."));
        assert!(!desk.answers()[0].body.contains("Answer 15."));

        desk.office.pass_seconds(15 * 60);
        desk.office.run_jobs().await;

        assert!(desk.answers()[0].body.contains("Answer 16."));
    })
    .await;
}

#[tokio::test]
async fn unproved_address_present_or_reading_visitor_gets_no_letter() {
    on_both(|world| async move {
        let desk = Desk::open(world).await;
        desk.agent_answers(5, "One").await;
        desk.office.pass_seconds(61);
        desk.queue("letter_answer").await;
        let unproved = desk.office.run_job("letter_answer").await;
        assert_eq!(unproved, Some(Ok(JobOutcome::Done)));

        desk.prove_address().await;
        let visitor = desk.visitor.visitor;
        let topic = bus::Topic::Person(visitor.workspace_id, visitor.person_id);
        let stream = desk.office.app.bus.subscribe(vec![topic]);
        desk.queue("letter_answer").await;
        let here = desk.office.run_job("letter_answer").await;
        assert!(matches!(here, Some(Ok(JobOutcome::Later(_)))), "{here:?}");
        drop(stream);

        desk.set(
            "update conversation set visitor_read_seq = $2 where conversation_id = $1",
            5,
        )
        .await;
        desk.office.pass_seconds(61);
        desk.office.run_jobs().await;
        assert!(desk.answers().is_empty());
    })
    .await;
}

#[tokio::test]
async fn erased_person_gets_no_letter() {
    on_both(|world| async move {
        let desk = Desk::open(world).await;
        desk.prove_address().await;
        desk.agent_answers(5, "One").await;
        desk.office.pass_seconds(61);
        desk.queue("letter_answer").await;
        let visitor = desk.visitor.visitor;
        desk.office.app.erase_visitor(&visitor).await.unwrap();

        desk.office.run_jobs().await;

        assert!(desk.answers().is_empty());
    })
    .await;
}

#[tokio::test]
async fn verification_letter_goes_three_times_an_hour_at_most() {
    on_both(|world| async move {
        let desk = Desk::open(world).await;
        let visitor = desk.visitor.visitor;
        let send = || {
            let (workspace_id, visitor_id) = (visitor.workspace_id, visitor.visitor_id);
            desk.office
                .app
                .send_verification(workspace_id, visitor_id, visitor.person_id)
        };
        for _ in 0..3 {
            send().await.unwrap();
            desk.office.run_jobs().await;
        }

        assert!(matches!(send().await, Err(AppError::TooMany { .. })));
        let letters = desk.answers();
        assert_eq!(letters.len(), 3);
        assert_eq!(
            letters[0].subject,
            "Is this your address? Shop asks before it writes"
        );
        assert_eq!(token_after(&letters[0], "/verify/").len(), 43);
        desk.prove_address().await;
        desk.office.pass_seconds(3_600);
        send().await.unwrap();
        desk.office.run_jobs().await;
        assert_eq!(
            desk.answers().len(),
            3,
            "a proved address is not asked again"
        );
    })
    .await;
}

#[tokio::test]
async fn queue_holds_ids_only() {
    on_both(|world| async move {
        let desk = Desk::open(world).await;
        let invitation = app::Invitation {
            email: "bea@shop.example".to_owned(),
            name: Some("Member".to_owned()),
            role: Role::Agent,
            key: None,
        };
        desk.office
            .app
            .invite_agent(&desk.office.owner, invitation)
            .await
            .unwrap();
        desk.queue("letter_answer").await;

        let rows = desk.office.world.write(|tx| {
            let rows = tx.query("select kind, ref_id from job limit 100", &[])?;
            rows.into_iter()
                .map(|mut row| Ok(format!("{} {}", row.text("kind")?, row.text("ref_id")?)))
                .collect::<Result<Vec<_>, _>>()
        });
        for row in rows.await {
            assert!(!row.contains('@') && !row.contains("Member"), "{row}");
        }
    })
    .await;
}

/// A mail server that the policy names nowhere.
#[derive(Default)]
struct Relay(crate::common::KeptLetters);

impl mail::Mailer for Relay {
    fn send<'a>(&'a self, letter: &'a mail::Letter) -> mail::Sending<'a> {
        self.0.send(letter)
    }

    fn sent(&self) -> Vec<mail::Letter> {
        self.0.sent()
    }

    fn host(&self) -> Option<String> {
        Some("smtp.example:465".to_owned())
    }
}

#[tokio::test]
async fn letter_to_a_host_that_the_policy_does_not_name_is_refused_with_its_clause() {
    let office = Office::open(World::embedded().await).await;
    let crate::common::Home::Folder(folder) = &office.world.home else {
        panic!("the embedded database lives in a folder");
    };
    let relay = std::sync::Arc::new(Relay::default());
    let app = app::App::new(app::Parts {
        envelope: std::sync::Arc::new(NoEnvelope),
        store: store::Store::open_folder(folder, office.world.now())
            .await
            .unwrap(),
        bus: bus::Bus::default(),
        mailer: relay.clone(),
        mailbox: None,
        clock: office.world.clock.clone(),
        random: office.world.random.clone(),
        policy: policy::Policy::parse(policy::shipped::STRICT).unwrap(),
        settings: office.app.settings.clone(),
        egress: app::EgressSettings::default(),
    });
    let app = app.await.unwrap();
    app.request_reset(app.reset_index(OWNER)).await.unwrap();
    let job = app.lease_jobs(1).await.unwrap().pop().unwrap();

    let outcome = app.run_job(&job).await;

    let Err(AppError::Denied(refusal)) = &outcome else {
        panic!("{outcome:?}");
    };
    assert_eq!((refusal.clause, refusal.code), (7, "host_not_declared"));
    app.settle_job(job, outcome).await.unwrap();
    assert!(
        app.lease_jobs(1).await.unwrap().is_empty(),
        "it is not tried again"
    );
    assert!(mail::Mailer::sent(&*relay).is_empty());
}

/// Knows no public key: nothing is released here.
struct NoEnvelope;

impl app::Envelope for NoEnvelope {
    fn is_recipient(&self, _: &str) -> bool {
        false
    }

    fn seal(&self, _: &str, _: &[u8]) -> Option<Vec<u8>> {
        None
    }
}
