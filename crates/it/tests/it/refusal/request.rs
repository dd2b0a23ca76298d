//! Refusals of requests: the policy that refuses, the request that meets it.

use std::process::Command;
use std::thread::sleep;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use it::actor::{console_caller, random_token};
use it::world::{OWNER_EMAIL, PASSWORD};
use it::{Answer, Caller, Console, Reach, Visitor};
use serde_json::{Value, json};

use super::{Installation, Row, Scene};

/// Seconds until an exception ends: more than a start takes.
const SOON_S: u64 = 20;
/// How long to wait for that end.
const END_WAIT: Duration = Duration::from_secs(40);

const OFFICER: &str = "privacy_officer";
const CHAT: &str = "key = \"support.reply\"";
const RELAY: &str = "purposes = [\"support.letter\", \"account.manage\", \"rights.request\", \
     \"child.protect\", \"notice.letter\"]";

/// A purpose that is declared and not carried out, before the first entry of the register.
const NOT_BUILT: &str = "[[purpose]]
key = \"content.premium\"
use = \"functional.service\"
basis = \"contract\"
subjects = [\"customer\"]
categories = [\"user.name\"]
roles = [\"admin\"]
channels = [\"widget\"]
retain = \"30d\"

[[cookie]]
name = \"__Host-chatham_session\"";

/// Takes the visitors' own part out of the chat.
pub(super) const WITHOUT_CHAT: (&str, &str) = (
    "roles = [\"subject\", \"agent\", \"admin\", \"system\"]\nchannels = [\"widget\"]",
    "roles = [\"agent\", \"admin\", \"system\"]\nchannels = [\"widget\"]",
);

/// The owner, and a person who may be held.
fn held(scene: &mut Scene<'_>) -> (Console, String, Visitor) {
    let owner = scene.world.owner();
    let visitor = scene.world.visitor();
    let id = visitor.start("hello").text("/conversation/id");
    let person = owner.person_of(&id);
    (owner, person, visitor)
}

/// Asks for a release about a new visitor.
fn try_disclosure(scene: &mut Scene<'_>, fields: &Value) -> Answer {
    let (owner, visitor) = (scene.world.owner(), scene.world.visitor());
    let id = visitor.start("hello").text("/conversation/id");
    let whose = [owner.person_of(&id).as_str(), &id].map(str::to_owned);
    let asked = |officer: &Console| officer.try_disclosure([&whose[0], &whose[1]], fields);
    scene.world.as_role(OFFICER, asked)
}

/// What the officer who asked for a release is told of a step.
fn try_step(scene: &mut Scene<'_>, step: &str) -> Answer {
    let id = try_disclosure(scene, &json!({})).expect(201).text("/ids/0");
    let stepped = |officer: &Console| officer.disclosure_step(&id, step);
    scene.world.as_role(OFFICER, stepped)
}

const fn row(
    code: &'static str,
    clause: i64,
    status: u16,
    meet: fn(&mut Scene<'_>) -> Answer,
) -> Row {
    Row {
        code,
        clause,
        status,
        meet,
    }
}

pub(super) const INSTALLATIONS: &[Installation] = &[
    Installation {
        changes: &[],
        rows: &[
            row("origin_not_allowed", 1, 403, foreign_page),
            row("site_not_in_policy", 1, 403, site_beyond_the_policy),
            row("policy_version_missing", 4, 428, |scene| {
                start_with(scene, &json!({ "policy_version": null }))
            }),
            row("policy_version_old", 4, 409, |scene| {
                start_with(scene, &json!({ "policy_version": 99 }))
            }),
            row("age_pass_missing", 61, 403, |scene| {
                start_with(scene, &json!({ "age_pass": null }))
            }),
            row("age_refused", 61, 403, |scene| {
                scene.world.visitor().say_age(2015, 1)
            }),
            row("purpose_not_declared", 6, 403, |scene| {
                reveal(scene, "marketing.newsletter")
            }),
            row("purpose_not_for_reading", 6, 403, |scene| {
                reveal(scene, "security.abuse")
            }),
            row("person_restricted", 60, 403, read_restricted),
            row("record_frozen", 62, 403, |scene| {
                let visitor = scene.world.visitor();
                let id = visitor.start("Hello").text("/conversation/id");
                let owner = scene.world.owner();
                let path = format!("/api/console/people/{}/child", owner.person_of(&id));
                owner.call.post(&path, &json!({})).expect(204);
                visitor.call.get("/api/widget/me")
            }),
            row("ground_not_declared", 53, 403, |scene| {
                let (owner, person, _) = held(scene);
                owner.try_hold(&person, &json!({ "ground": "curiosity" }))
            }),
            row("erasure_waits_for_hold", 53, 403, |scene| {
                let (owner, person, visitor) = held(scene);
                owner.hold(&person, None, "an order of a court");
                visitor.call.post("/api/widget/me/erase", &json!({}))
            }),
            row("approval_missing", 51, 403, |scene| {
                try_step(scene, "release")
            }),
            row("own_approval", 51, 403, |scene| try_step(scene, "approve")),
            row("scope_too_wide", 52, 403, |scene| {
                try_disclosure(scene, &json!({ "scope": "everybody" }))
            }),
            row("rule_not_cited", 52, 403, |scene| {
                try_disclosure(scene, &json!({ "rule": null }))
            }),
            row("document_missing", 53, 403, |scene| {
                try_disclosure(scene, &json!({ "ground": "court-or-government" }))
            }),
            row("unknown_field", 20, 422, |scene| {
                start_with(scene, &json!({ "phone": "1" }))
            }),
            row("unauthenticated", 26, 401, |scene| {
                stranger(scene).get("/api/console/session")
            }),
            row("session_expired", 26, 401, ended_session),
            row("wrong_credentials", 26, 401, |scene| {
                sign_in(scene, &json!({ "password": "not this one" }))
            }),
            row("totp_required", 26, 401, |scene| {
                turn_second_factor_on(scene);
                sign_in(scene, &json!({}))
            }),
            row("wrong_code", 26, 401, |scene| {
                sign_in(scene, &json!({ "totp": "wrong" }))
            }),
            row("visitor_token_missing", 26, 401, |scene| {
                scene
                    .world
                    .visitor()
                    .call
                    .without("Authorization")
                    .get("/api/widget/me")
            }),
            row("visitor_unknown", 26, 401, |scene| {
                let token = format!("Bearer {}", random_token());
                scene
                    .world
                    .visitor()
                    .call
                    .with("Authorization", &token)
                    .get("/api/widget/me")
            }),
            row("forbidden", 69, 403, |scene| {
                let body = json!({ "name": "Renamed" });
                scene
                    .agent("analyst")
                    .call
                    .patch("/api/console/workspace", &body)
            }),
            row("role_not_in_purpose", 69, 403, |scene| {
                let officer = scene.agent("privacy_officer");
                reveal_by(scene, &officer, "support.reply")
            }),
        ],
    },
    Installation {
        changes: &[WITHOUT_CHAT],
        rows: &[row("role_not_in_purpose", 69, 403, start)],
    },
    Installation {
        changes: &[(
            "  \"user.name\", \"user.contact.email\", \"user.content.private\", \"user.behavior",
            "  \"user.name\", \"user.contact.email\", \"user.behavior",
        )],
        rows: &[row("category_not_in_purpose", 6, 403, start)],
    },
    Installation {
        changes: &[(
            "channels = [\"widget\"]\nretain = \"365d",
            "channels = [\"email\"]\nretain = \"365d",
        )],
        rows: &[row("channel_not_in_purpose", 23, 403, start)],
    },
    Installation {
        changes: &[(
            "support\"\nbasis = \"contract\"",
            "support\"\nbasis = \"consent\"",
        )],
        rows: &[row("consent_missing", 7, 403, start)],
    },
    Installation {
        changes: &[
            (CHAT, "key = \"support.reply\"\nhonours = [\"gpc\"]"),
            ("[[cookie]]\nname = \"__Host-chatham_session\"", NOT_BUILT),
        ],
        rows: &[
            row("gpc_signal", 7, 403, start_with_signal),
            row("purpose_not_built", 6, 403, |scene| {
                reveal(scene, "content.premium")
            }),
        ],
    },
    Installation {
        changes: &[(
            CHAT,
            "key = \"support.reply\"\nends = \"2026-01-02T00:00:00Z\"",
        )],
        rows: &[row("purpose_ended", 15, 403, start)],
    },
    Installation {
        changes: &[
            (
                "fields = [\"message.body\", \"visitor.name\", ",
                "fields = [\"message.body\", ",
            ),
            ("  \"visitor.email\", ", "  "),
            (
                "\"visitor.email\", \"conversation.page\"",
                "\"conversation.page\"",
            ),
            (
                "fields = [\"visitor.name\", \"visitor.email\"]",
                "fields = [\"visitor.name\"]",
            ),
            (
                "\n[[cookie]]\nname = \"chatham.remember\"",
                "\n[[cookie]]\nname = \"chatham.other\"",
            ),
        ],
        rows: &[
            row("field_not_declared", 20, 403, |scene| {
                start_with(scene, &json!({ "name": "Ada" }))
            }),
            row("field_not_declared", 20, 403, |scene| {
                start_with(scene, &json!({ "email": "a@mail.example" }))
            }),
            row("cookie_not_registered", 35, 403, remember),
        ],
    },
    Installation {
        changes: &[(
            "effective = \"2026-01-01T00:00:00Z\"",
            "effective = \"2099-01-01T00:00:00Z\"",
        )],
        rows: &[row("policy_not_effective", 75, 403, set_up)],
    },
    Installation {
        changes: &[
            (
                CHAT,
                "key = \"support.reply\"\noutput = { kind = \"aggregate\", k = 5, round = 5 }",
            ),
            (
                "\n[backup]",
                "\n[[exception]]\nclause = 44\nvalue = \"purpose.support.reply.output.k = 5\"\n\
                 reason = \"for a moment\"\nuntil = \"{soon}\"\n\n[backup]",
            ),
        ],
        rows: &[row("exception_ended", 44, 403, wait_for_the_end)],
    },
    Installation {
        changes: &[("hosts = [\"localhost:", "hosts = [\"elsewhere.example:")],
        rows: &[row("host_not_declared", 7, 403, invite)],
    },
    Installation {
        changes: &[(RELAY, "purposes = [\"support.letter\"]")],
        rows: &[row("purpose_not_for_host", 7, 403, invite)],
    },
    Installation {
        changes: &[(
            "categories = [\"user.name\", \"user.contact.email\", \"user.content.private\"]\nhosts",
            "categories = [\"user.name\"]\nhosts",
        )],
        rows: &[row("category_not_for_host", 7, 403, invite)],
    },
    Installation {
        changes: &[
            (
                "key = \"account.manage\"",
                "key = \"account.manage\"\noutput = { kind = \"aggregate\", k = 10, round = 5 }",
            ),
            ("kind = \"service-provider\"", "kind = \"third-party\""),
            (RELAY, "purposes = [\"account.manage\"]"),
            (
                "categories = [\"user.name\", \"user.contact.email\", \"user.content.private\"]\nhosts",
                "categories = [\"user.name\", \"user.contact.email\"]\nhosts",
            ),
            (
                "\n[backup]",
                "\n[[exception]]\nclause = 50\nvalue = \"processor.smtp-relay.kind = third-party\"\n\
                 reason = \"counts only\"\nuntil = \"2099-01-01T00:00:00Z\"\n\n[backup]",
            ),
        ],
        rows: &[row("aggregate_only", 50, 403, invite)],
    },
];

fn start(scene: &mut Scene<'_>) -> Answer {
    start_with(scene, &json!({}))
}

/// A conversation begun with more or other fields.
fn start_with(scene: &mut Scene<'_>, fields: &Value) -> Answer {
    let mut body = json!({ "body": "Hello" });
    for (name, value) in fields.as_object().unwrap() {
        body[name] = value.clone();
    }
    scene.world.visitor().try_start(&body)
}

/// With the browser's signal it is refused, without it is not.
fn start_with_signal(scene: &mut Scene<'_>) -> Answer {
    let mut visitor = scene.world.visitor();
    visitor.start("Hello");
    visitor = scene.world.visitor();
    visitor.call = visitor.call.with("Sec-GPC", "1");
    visitor.try_start(&json!({ "body": "Hello" }))
}

fn foreign_page(scene: &mut Scene<'_>) -> Answer {
    let visitor = scene.world.visitor();
    let call = visitor.call.with("Origin", "https://evil.example");
    call.get(&format!("/api/widget/{}/config", visitor.site_id))
}

fn site_beyond_the_policy(scene: &mut Scene<'_>) -> Answer {
    let site = json!({ "name": "Elsewhere", "origins": ["https://elsewhere.example"] });
    scene.world.owner().call.post("/api/console/sites", &site)
}

/// The owner opens a visitor's name for a purpose.
fn reveal(scene: &mut Scene<'_>, purpose: &str) -> Answer {
    let owner = scene.world.owner();
    reveal_by(scene, &owner, purpose)
}

fn reveal_by(scene: &mut Scene<'_>, agent: &Console, purpose: &str) -> Answer {
    let started = scene
        .world
        .visitor()
        .try_start(&json!({ "body": "Hello", "name": "Ada" }));
    let id = started.expect(201).text("/conversation/id");
    let path = format!("/api/console/conversations/{id}");
    let view = scene.world.owner().call.get(&path).expect(200);
    let person = view.text("/conversation/person_id");
    let body = json!({ "field": "visitor.name", "purpose": purpose });
    agent
        .call
        .post(&format!("/api/console/people/{person}/reveal"), &body)
}

/// The owner reads a conversation whose person let nobody use it.
fn read_restricted(scene: &mut Scene<'_>) -> Answer {
    let owner = scene.world.owner();
    let started = scene.world.visitor().start("Hello");
    let id = started.text("/conversation/id");
    let body = json!({
        "kind": "restrict", "way": "post", "conversation_id": id, "proof": "document",
    });
    let entered = owner.call.post("/api/console/requests", &body).expect(201);
    let request = entered.text("/requests/0/id");
    let path = format!("/api/console/requests/{request}/execute");
    owner.call.post(&path, &json!({})).expect(200);
    owner
        .call
        .get(&format!("/api/console/conversations/{id}/messages"))
}

fn remember(scene: &mut Scene<'_>) -> Answer {
    let visitor = scene.world.visitor();
    visitor.start("Hello");
    let body = json!({ "remember": true, "policy_version": visitor.policy_version });
    visitor.call.post("/api/widget/me/remember", &body)
}

fn invite(scene: &mut Scene<'_>) -> Answer {
    let body = json!({ "email": "new@mail.example", "role": "agent" });
    let before = scene.world.databases.number("select count(*) from agent");
    let owner = scene.world.owner();
    let answer = owner.call.post("/api/console/invitations", &body);
    let after = scene.world.databases.number("select count(*) from agent");
    assert_eq!(after, before.max(1), "nobody is invited");
    answer
}

/// Somebody on the console's page, without a session.
fn stranger(scene: &Scene<'_>) -> Caller {
    console_caller(&scene.world.base())
}

fn set_up(scene: &mut Scene<'_>) -> Answer {
    let token = scene.world.owner_token();
    let body = json!({ "token": token, "name": "O", "email": OWNER_EMAIL, "password": PASSWORD });
    stranger(scene).post("/api/console/setup", &body)
}

/// Signs the owner in with more or other fields.
fn sign_in(scene: &mut Scene<'_>, fields: &Value) -> Answer {
    let mut body = json!({ "email": OWNER_EMAIL, "password": PASSWORD });
    for (name, value) in fields.as_object().unwrap() {
        body[name] = value.clone();
    }
    stranger(scene).post("/api/console/session", &body)
}

fn ended_session(scene: &mut Scene<'_>) -> Answer {
    scene.world.owner();
    let other = Console::sign_in(&scene.world.base(), OWNER_EMAIL, PASSWORD);
    other.call.delete("/api/console/session").expect(204);
    other.call.get("/api/console/session")
}

/// Asks until the exception has ended: nothing but time passes.
fn wait_for_the_end(scene: &mut Scene<'_>) -> Answer {
    let deadline = Instant::now() + END_WAIT;
    loop {
        let answer = start(scene);
        if answer.status != 201 || Instant::now() > deadline {
            return answer;
        }
        sleep(Duration::from_millis(500));
    }
}

fn turn_second_factor_on(scene: &mut Scene<'_>) {
    let owner = scene.world.owner();
    let begun = owner
        .call
        .post("/api/console/totp", &json!({ "password": PASSWORD }))
        .expect(200);
    let code = one_time_code(&begun.text("/secret"));
    owner
        .call
        .put("/api/console/totp", &json!({ "code": code }))
        .expect(200);
}

/// The code of now (RFC 6238): HMAC-SHA-1 of the number of half minutes since 1970.
fn one_time_code(secret: &str) -> String {
    let step = (now_s() / 30).to_be_bytes();
    let file = std::env::temp_dir().join(format!("chatham-step-{}", random_token()));
    std::fs::write(&file, step).unwrap();
    let key = format!("hexkey:{}", it::search::hexadecimal(&from_base32(secret)));
    let output = Command::new("openssl")
        .args(["dgst", "-sha1", "-mac", "HMAC", "-binary", "-macopt", &key])
        .arg(&file)
        .output()
        .expect("run openssl");
    std::fs::remove_file(&file).unwrap();
    let mac = output.stdout;
    let from = usize::from(mac[19] & 15);
    let bits = u32::from_be_bytes(mac[from..from + 4].try_into().unwrap()) & 0x7fff_ffff;
    format!("{:06}", bits % 1_000_000)
}

fn from_base32(text: &str) -> Vec<u8> {
    let (mut bytes, mut bits, mut count) = (Vec::new(), 0_u32, 0);
    for letter in text.bytes().filter(|letter| *letter != b'=') {
        let place = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
            .iter()
            .position(|known| *known == letter);
        bits = bits << 5 | u32::try_from(place.expect("base32")).unwrap();
        count += 5;
        if count >= 8 {
            count -= 8;
            bytes.push(u8::try_from(bits >> count & 0xff).unwrap());
        }
    }
    bytes
}

fn now_s() -> u64 {
    #[expect(
        clippy::disallowed_methods,
        reason = "the program's clock is the real one here"
    )]
    let now = SystemTime::now();
    now.duration_since(UNIX_EPOCH).unwrap().as_secs()
}

/// A moment some seconds from now, as the policy file writes it.
pub(super) fn soon() -> String {
    let at = format!("@{}", now_s() + SOON_S);
    let output = Command::new("date")
        .args(["--utc", "--date", &at, "+%Y-%m-%dT%H:%M:%SZ"])
        .output()
        .expect("run date");
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}
