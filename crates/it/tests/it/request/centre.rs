//! The privacy centre, as a browser without scripts uses it.

use it::actor::random_address;
use it::{Answer, Caller, Reach, Visitor, World};
use serde_json::{Value, json};

use super::{enter, look_at};

it::stories! {
    nobody_without_a_session_sees_anything,
    person_sees_every_field_with_source_purpose_and_end_and_who_read_it,
    person_puts_it_right_and_gets_receipts_that_verify,
    copy_has_the_published_form_and_a_page_of_its_own,
    objection_and_opt_out_stand_until_lifted,
    erasure_ends_the_session_and_leaves_receipts,
    leaving_ends_the_session_and_clears_the_browser,
    receipt_of_somebody_else_is_not_found,
    forged_form_does_nothing,
    member_sees_their_own_account,
}

/// A browser in the privacy centre.
pub(crate) struct Centre {
    pub(crate) call: Caller,
}

/// A page.
pub(crate) struct Page {
    status: u16,
    pub(crate) body: String,
}

impl Page {
    /// The body when the status is the expected one.
    #[track_caller]
    pub(crate) fn expect_page(&self, status: u16) -> &str {
        assert_eq!(self.status, status, "{}", self.body);
        &self.body
    }
}

/// A browser that sends forms from our own pages.
pub(crate) fn browser(base: &str) -> Caller {
    Caller::new(base)
        .with("Origin", base)
        .with("Sec-Fetch-Site", "same-origin")
        .with("Content-Type", "application/x-www-form-urlencoded")
        .with("X-Forwarded-For", &random_address())
}

impl Centre {
    /// From the chat's own session.
    #[track_caller]
    pub(crate) fn enter(world: &World, visitor: &Visitor) -> Self {
        let link = visitor
            .call
            .post("/api/widget/me/privacy-centre", &json!({}))
            .expect(201);
        Self::open(world, &link.text("/url"))
    }

    /// By a link that works once.
    #[track_caller]
    pub(crate) fn open(world: &World, url: &str) -> Self {
        let base = world.base();
        let path = url
            .strip_prefix(&base)
            .expect("a link of this installation");
        let mut call = browser(&base);
        assert_eq!(call.get(path).status, 200, "the link shows a button");
        let entered = call.send("POST", path, Some(b""));
        assert_eq!(entered.status, 303, "{}", entered.body);
        assert_eq!(entered.header("location"), "/privacy/me");
        call.keep_cookies(&entered);
        let used = browser(&base).send("POST", path, Some(b""));
        assert_eq!(used.status, 410, "a link works once");
        Self { call }
    }

    pub(crate) fn see(&self) -> Answer {
        self.call.get("/privacy/me")
    }

    pub(crate) fn post(&self, path: &str, form: &str) -> Answer {
        self.call.send("POST", path, Some(form.as_bytes()))
    }

    pub(crate) fn act(&self, form: &str) -> Page {
        let Answer { status, body, .. } = self.post("/privacy/me", form);
        Page { status, body }
    }
}

fn count(world: &World, sql: &str) -> i64 {
    world.databases.number(sql)
}

/// A visitor whose conversation the owner has read.
fn read_visitor(world: &mut World) -> (Visitor, Centre) {
    let owner = world.owner();
    let visitor = world.visitor();
    let started = visitor.try_start(&json!({
        "body": "do you ship to islands", "name": "Isla Ferry", "email": "isla@mail.example",
    }));
    let id = started.expect(201).text("/conversation/id");
    assert_eq!(owner.history(&id).len(), 1);
    let centre = Centre::enter(world, &visitor);
    (visitor, centre)
}

fn nobody_without_a_session_sees_anything(world: &mut World) {
    let stranger = browser(&world.base());
    let guess = it::actor::random_token();
    let mut guesser = stranger.clone();
    guesser.set_cookie(Some(format!("__Host-chatham_privacy={guess}")));

    for call in [&stranger, &guesser] {
        let page = call.get("/privacy/me");
        assert_eq!(
            (page.status, page.header("cache-control")),
            (401, "no-store")
        );
        assert_eq!(page.header("set-cookie"), "");
        assert_eq!(call.get("/privacy/me/receipt/0").status, 401);
        for path in [
            "/privacy/me",
            "/privacy/me/export.json",
            "/privacy/me/export.html",
            "/privacy/me/agent",
        ] {
            assert_eq!(
                call.send("POST", path, Some(b"act=erase_now")).status,
                401,
                "{path}"
            );
        }
    }
    let path = format!("/privacy/me/open/{guess}");
    assert_eq!(stranger.get(&path).status, 410);
    assert_eq!(stranger.send("POST", &path, Some(b"")).status, 410);
    assert_eq!(
        stranger.get(&format!("/privacy/request/{guess}")).status,
        410
    );
}

fn person_sees_every_field_with_source_purpose_and_end_and_who_read_it(world: &mut World) {
    let (visitor, centre) = read_visitor(world);

    let page = centre.see();

    assert_eq!(
        (page.status, page.header("cache-control")),
        (200, "no-store")
    );
    let held = visitor.call.get("/api/widget/me").expect(200);
    for item in held.list("/items") {
        assert!(page.body.contains(&item.text("/label")), "{item}");
    }
    for said in [
        "Isla Ferry",
        "isla@mail.example",
        "From you, on this site",
        "answering you in the chat",
        "365 days after the conversation ends",
        "Olu Owner, owner",
    ] {
        assert!(page.body.contains(said), "{said} is not in {}", page.body);
    }
    assert!(!page.body.contains("<script"), "it works without scripts");
}

fn person_puts_it_right_and_gets_receipts_that_verify(world: &mut World) {
    let (_, centre) = read_visitor(world);
    let page = centre.act("act=correct&policy_version=1&name=Isla+Bridge&locale=pt-BR");

    let body = page.expect_page(200);
    assert!(
        body.contains("Isla Bridge") && body.contains("pt-BR"),
        "{body}"
    );
    assert!(!body.contains("Isla Ferry"));
    let indexes = world
        .databases
        .rows("select ledger_index from request_step order by step");
    assert_eq!(indexes.len(), 2, "one step at receipt, one at execution");
    for index in indexes {
        let receipt = centre
            .call
            .get(&format!("/privacy/me/receipt/{}", index[0]));
        assert_eq!(receipt.status, 200);
        assert_eq!(receipt.json().text("/entry/kind"), "request");
        let file = world.folder().join("receipt.json");
        std::fs::write(&file, &receipt.body).unwrap();
        let (code, said) = world.run(&["verify", file.to_str().unwrap()]);
        assert_eq!(code, 0, "{said}");
        std::fs::write(&file, receipt.body.replace("\"correct\"", "\"erase\"")).unwrap();
        assert_ne!(
            world.run(&["verify", file.to_str().unwrap()]).0,
            0,
            "a changed receipt"
        );
    }

    let refused = centre.act("act=correct&policy_version=1&email=no+address");
    assert!(refused.expect_page(422).contains("Nothing was changed"));
    assert_eq!(
        centre.act("act=correct&name=N").status,
        422,
        "the version shown is part of a write"
    );
    assert_eq!(
        centre.act("act=correct&phone=1").status,
        422,
        "undeclared fields are refused"
    );
}

fn copy_has_the_published_form_and_a_page_of_its_own(world: &mut World) {
    let (visitor, centre) = read_visitor(world);
    let owner = world.owner();
    let conversation = visitor.call.get("/api/widget/conversations").expect(200);
    let id = conversation.text("/conversations/0/id");
    owner.reply(&id, "yes, <b>twice</b> a week");
    enter(&owner, &json!({ "kind": "access", "conversation_id": id }));
    centre
        .act("act=object&purpose=support.letter")
        .expect_page(200);

    let json = centre.post("/privacy/me/export.json", "").expect(200);
    let page = centre.post("/privacy/me/export.html", "");
    let schema = browser(&world.base()).get("/privacy/export.schema.json");

    assert_eq!(schema.header("content-type"), "application/schema+json");
    let faults = check(&schema.json(), &json, "");
    assert!(faults.is_empty(), "{faults:#?}");
    assert!(!check(&schema.json(), &json!({ "form": "other" }), "").is_empty());
    assert_eq!(json.list("/conversations/0/messages").len(), 2);
    assert_eq!(
        json.list("/requests").len(),
        3,
        "asked, objected, this copy"
    );
    assert_eq!(page.status, 200);
    assert!(page.header("content-disposition").starts_with("attachment"));
    assert!(page.body.contains("do you ship to islands") && page.body.ends_with("</html>\n"));
    assert!(page.body.contains("&lt;b&gt;twice&lt;/b&gt;") && !page.body.contains("<b>"));
}

/// The part of JSON Schema that the published form uses: what does not fit, with its place.
fn check(schema: &Value, value: &Value, at: &str) -> Vec<String> {
    let mut faults = Vec::new();
    if let Some(wanted) = schema.get("const")
        && wanted != value
    {
        faults.push(format!("{at}: not {wanted}"));
    }
    if let Some(words) = schema.get("enum").and_then(Value::as_array)
        && !words.contains(value)
    {
        faults.push(format!("{at}: {value} is none of {words:?}"));
    }
    let kind = match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(_) => "integer",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    };
    let fits = match schema.get("type") {
        None => true,
        Some(Value::String(one)) => one == kind,
        Some(many) => many.as_array().unwrap().contains(&json!(kind)),
    };
    if !fits {
        faults.push(format!("{at}: a {kind}"));
    }
    let required = schema.get("required").and_then(Value::as_array);
    for required in required.filter(|_| value.is_object()).into_iter().flatten() {
        let name = required.as_str().unwrap();
        if value.get(name).is_none() {
            faults.push(format!("{at}/{name}: missing"));
        }
    }
    for (name, inner) in value.as_object().into_iter().flatten() {
        match schema.pointer(&format!("/properties/{name}")) {
            Some(known) => faults.extend(check(known, inner, &format!("{at}/{name}"))),
            None => faults.push(format!("{at}/{name}: not in the form")),
        }
    }
    for (index, inner) in value.as_array().into_iter().flatten().enumerate() {
        faults.extend(check(&schema["items"], inner, &format!("{at}/{index}")));
    }
    faults
}

fn objection_and_opt_out_stand_until_lifted(world: &mut World) {
    let (_, centre) = read_visitor(world);
    let objected = "select count(*) from person where objections = 'support.letter'";
    let out = "select count(*) from person where opted_out_at is not null";
    let suppressed = "select count(*) from suppression";

    let page = centre.act("act=object&purpose=support.letter");
    assert!(
        page.expect_page(200)
            .contains("Ended: letters about a conversation")
    );
    centre.act("act=opt_out").expect_page(200);
    assert_eq!(
        (
            count(world, objected),
            count(world, out),
            count(world, suppressed)
        ),
        (1, 1, 1)
    );
    let entries = "select count(*) from ledger_entry where kind = 'opt_out'";
    assert_eq!(count(world, entries), 2);

    assert_eq!(centre.act("act=object&purpose=support.reply").status, 422);
    assert_eq!(centre.act("act=object").status, 422);

    centre
        .act("act=lift_objection&purpose=support.letter")
        .expect_page(200);
    centre.act("act=opt_in").expect_page(200);
    assert_eq!((count(world, objected), count(world, out)), (0, 0));
}

fn erasure_ends_the_session_and_leaves_receipts(world: &mut World) {
    let (visitor, centre) = read_visitor(world);

    let asked = centre.act("act=erase");
    assert!(asked.expect_page(200).contains("Erase it for good"));
    assert_eq!(
        count(world, "select count(*) from visitor"),
        1,
        "nothing before the second button"
    );
    let done = centre.post("/privacy/me", "act=erase_now");

    assert_eq!(done.status, 200);
    assert_eq!(
        done.header("clear-site-data"),
        "\"cache\", \"cookies\", \"storage\""
    );
    assert_eq!(
        done.body.matches("data:application/json;base64,").count(),
        3
    );
    assert_eq!(centre.see().status, 401);
    assert_eq!(visitor.call.get("/api/widget/me").status, 401);
    for table in ["visitor", "message", "conversation", "job"] {
        let sql = format!("select count(*) from {table}");
        assert_eq!(count(world, &sql), 0, "{table}");
    }
    let links = "select count(*) from link where person_id is not null";
    assert_eq!(count(world, links), 0);
    let kept = "select count(*) from request where state = 'done' and person_id is null";
    assert_eq!(count(world, kept), 1);
    let seen = world
        .owner()
        .call
        .get("/api/console/requests?state=done")
        .expect(200);
    let request = look_at(&world.owner(), seen.at("/requests/0"));
    assert!(
        !request.has("/label") && !request.has("/person_id"),
        "{request}"
    );
}

fn leaving_ends_the_session_and_clears_the_browser(world: &mut World) {
    let (_, centre) = read_visitor(world);

    let left = centre.post("/privacy/me/leave", "");

    assert_eq!(left.status, 200);
    assert_eq!(
        left.header("clear-site-data"),
        "\"cache\", \"cookies\", \"storage\""
    );
    assert!(left.header("set-cookie").contains("Max-Age=0"));
    assert_eq!(centre.see().status, 401, "the cookie replayed");
    assert_eq!(centre.act("act=restrict").status, 401);
}

fn receipt_of_somebody_else_is_not_found(world: &mut World) {
    let (_, centre) = read_visitor(world);
    centre.act("act=restrict").expect_page(200);
    let other = world.visitor();
    other.start("somebody else");
    let other = Centre::enter(world, &other);

    let index = world
        .databases
        .number("select min(ledger_index) from request_step");

    assert_eq!(
        centre
            .call
            .get(&format!("/privacy/me/receipt/{index}"))
            .status,
        200
    );
    assert_eq!(
        other
            .call
            .get(&format!("/privacy/me/receipt/{index}"))
            .status,
        404
    );
    assert_eq!(other.call.get("/privacy/me/receipt/999999").status, 404);
    assert_eq!(other.call.get("/privacy/me/receipt/x").status, 404);
}

fn forged_form_does_nothing(world: &mut World) {
    let (_, centre) = read_visitor(world);
    let forged = centre
        .call
        .clone()
        .with("Origin", "https://evil.example")
        .with("Sec-Fetch-Site", "cross-site");

    for path in [
        "/privacy/me",
        "/privacy/me/leave",
        "/privacy/me/link",
        "/privacy/me/export.json",
    ] {
        let answer = forged.send("POST", path, Some(b"act=erase_now"));
        assert_eq!(answer.status, 403, "{path}");
    }
    assert_eq!(centre.see().status, 200);
}

fn member_sees_their_own_account(world: &mut World) {
    let owner = world.owner();

    let page = owner.call.get("/privacy/me");
    let export = owner
        .call
        .clone()
        .send("POST", "/privacy/me/agent", Some(b""));

    assert_eq!(page.status, 200);
    assert!(page.body.contains("Olu Owner") && page.body.contains(it::world::OWNER_EMAIL));
    assert_eq!(export.expect(200).list("/held").len(), 3);
}
