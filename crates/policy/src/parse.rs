//! From the text of a policy file to its model, section by section.
//!
//! Why: what a section may say stands here once; `validate.rs` then looks at the whole.
//! Must not know: what is lawful, the clock.

use toml_span::Value;

use crate::{
    model::{
        Age, Backup, CategoryRule, Chat, Contact, Controller, CookieRule, Disclosure, Exception,
        File, FormRule, FoundChild, Head, Notice, Output, Pixel, ProcessorRule, PurposeRule,
        Requests, SourceRule, Transfer, Visit,
    },
    page::SECTIONS,
    reader::{Report, Section},
    retention::Retention,
    time::Timestamp,
    word::Word,
};

/// Reads the whole file; what is wrong goes to the report and a cautious value takes its place.
pub(crate) fn read(value: &Value<'_>, report: &mut Report<'_>) -> File {
    let mut root = Section::root(value);
    let file = File {
        policy: head(&mut root, report),
        notice: notice(&mut root, report),
        requests: requests(&mut root, report),
        age: root.section(report, "age").map(|s| age(s, report)),
        visit: root
            .section(report, "visit")
            .map(|s| visit(s, report))
            .unwrap_or_default(),
        chat: root
            .section(report, "chat")
            .map(|s| chat(s, report))
            .unwrap_or_default(),
        category: each(&mut root, report, ("category", "key"), category),
        purpose: each(&mut root, report, ("purpose", "key"), purpose),
        source: each(&mut root, report, ("source", "key"), source),
        processor: each(&mut root, report, ("processor", "key"), processor),
        cookie: each(&mut root, report, ("cookie", "name"), cookie),
        form: each(&mut root, report, ("form", "key"), form),
        disclosure: root
            .section(report, "disclosure")
            .map(|s| disclosure(s, report)),
        transfer: root
            .section(report, "transfer")
            .map(|s| transfer(s, report)),
        backup: backup(&mut root, report),
        exception: each(&mut root, report, ("exception", "value"), exception),
        words: words(&mut root, report),
    };
    root.close(report);
    file
}

fn each<'v, 'de, T>(
    root: &mut Section<'v, 'de>,
    report: &mut Report<'_>,
    (key, named_by): (&'static str, &'static str),
    read: fn(Section<'v, 'de>, &mut Report<'_>) -> T,
) -> Vec<T> {
    let sections = root.sections(report, key, named_by);
    sections
        .into_iter()
        .map(|section| read(section, report))
        .collect()
}

/// A closed word that must be there.
fn need_word<W: Word + Default>(
    section: &mut Section<'_, '_>,
    report: &mut Report<'_>,
    key: &'static str,
) -> W {
    if !section.says(key) {
        let words: Vec<_> = W::WORDS
            .iter()
            .map(|(_, word)| format!("\"{word}\""))
            .collect();
        section.need_text(report, key, &words.join(" or "));
        return W::default();
    }
    section.word(report, key).unwrap_or_default()
}

/// A number that must be there.
fn need_number(
    section: &mut Section<'_, '_>,
    report: &mut Report<'_>,
    key: &'static str,
    bounds: (u32, u32),
) -> u32 {
    if !section.says(key) && !section.is_stand_in() {
        section.missing(report, key, &bounds.0.to_string());
    }
    section.number(report, key, bounds, bounds.0)
}

fn time(
    section: &mut Section<'_, '_>,
    report: &mut Report<'_>,
    key: &'static str,
) -> Option<Timestamp> {
    let text = section.text(report, key)?;
    let time = Timestamp::parse(&text);
    if time.is_none() {
        let path = section.of(key);
        let what = format!("\"{text}\" is not a time");
        report.at(
            &path,
            "not_a_time",
            what,
            "write it like \"2027-02-01T00:00:00Z\"",
        );
    }
    time
}

fn need_time(
    section: &mut Section<'_, '_>,
    report: &mut Report<'_>,
    key: &'static str,
) -> Timestamp {
    if !section.says(key) {
        section.need_text(report, key, "\"2027-02-01T00:00:00Z\"");
    }
    time(section, report, key).unwrap_or_default()
}

fn head(root: &mut Section<'_, '_>, report: &mut Report<'_>) -> Head {
    let mut section = root.need_section(report, "policy");
    let mut controller = section.need_section(report, "controller");
    let read_controller = Controller {
        name: controller.need_text(report, "name", "\"Example Shop Ltd\""),
        post: controller.need_text(report, "post", "\"1 High St, Town\""),
        web: controller.need_text(report, "web", "\"https://shop.example\""),
    };
    controller.close(report);
    let mut contact = section.need_section(report, "contact");
    let read_contact = Contact {
        email: contact.need_text(report, "email", "\"privacy@shop.example\""),
        subject: contact.need_text(report, "subject", "\"Re: Privacy Policy\""),
        attention: contact.text(report, "attention"),
    };
    contact.close(report);
    let head = Head {
        schema: need_number(&mut section, report, "schema", (1, 1)),
        version: need_number(&mut section, report, "version", (1, 1_000_000)),
        effective: need_time(&mut section, report, "effective"),
        predecessor: section.text(report, "predecessor"),
        controller: read_controller,
        contact: read_contact,
        sites: section.need_list(report, "sites", "[\"https://shop.example\"]"),
        floor: need_word(&mut section, report, "floor"),
    };
    section.close(report);
    head
}

fn notice(root: &mut Section<'_, '_>, report: &mut Report<'_>) -> Notice {
    let mut section = root.need_section(report, "notice");
    let notice = Notice {
        material_days: need_number(&mut section, report, "material_days", (0, 3_650)),
        home_prompt: section.flag(report, "home_prompt", true),
        email_accounts: section.flag(report, "email_accounts", true),
        objection: need_word(&mut section, report, "objection"),
        agreement: section.word(report, "agreement").unwrap_or_default(),
        records: section.word(report, "records").unwrap_or_default(),
    };
    section.close(report);
    notice
}

fn requests(root: &mut Section<'_, '_>, report: &mut Report<'_>) -> Requests {
    let mut section = root.need_section(report, "requests");
    let requests = Requests {
        answer_days: need_number(&mut section, report, "answer_days", (1, 3_650)),
        extend_days: section.number(report, "extend_days", (0, 3_650), 0),
        optout_minutes: need_number(&mut section, report, "optout_minutes", (1, 100_000)),
        verify: need_word(&mut section, report, "verify"),
        suppress_after_erase: section.flag(report, "suppress_after_erase", true),
    };
    section.close(report);
    requests
}

fn age(mut section: Section<'_, '_>, report: &mut Report<'_>) -> Age {
    let mut found = section.need_section(report, "found_child");
    let found_child = FoundChild {
        hold_hours: need_number(&mut found, report, "hold_hours", (1, 10_000)),
        notify_parent: found.flag(report, "notify_parent", true),
        erase_days: need_number(&mut found, report, "erase_days", (1, 365)),
    };
    found.close(report);
    let age = Age {
        minimum: need_number(&mut section, report, "minimum", (0, 30)),
        child_line: need_number(&mut section, report, "child_line", (0, 18)),
        gate: need_word(&mut section, report, "gate"),
        below_minimum: need_word(&mut section, report, "below_minimum"),
        audience: section.word(report, "audience").unwrap_or_default(),
        found_child,
    };
    section.close(report);
    age
}

fn visit(mut section: Section<'_, '_>, report: &mut Report<'_>) -> Visit {
    let visit = Visit {
        start: need_word(&mut section, report, "start"),
        join_purpose: section.text(report, "join_purpose"),
    };
    section.close(report);
    visit
}

fn chat(mut section: Section<'_, '_>, report: &mut Report<'_>) -> Chat {
    let chat = Chat {
        typing_preview: section.flag(report, "typing_preview", false),
    };
    section.close(report);
    chat
}

fn category(mut section: Section<'_, '_>, report: &mut Report<'_>) -> CategoryRule {
    if !section.says("fields") {
        section.missing(report, "fields", "[]` or `fields = [\"visitor.email\"]");
    }
    let rule = CategoryRule {
        key: section.need_text(report, "key", "\"user.contact.email\""),
        fields: section.list(report, "fields"),
        protect: need_word(&mut section, report, "protect"),
    };
    section.close(report);
    rule
}

fn purpose(mut section: Section<'_, '_>, report: &mut Report<'_>) -> PurposeRule {
    let rule = PurposeRule {
        key: section.need_text(report, "key", "\"support.reply\""),
        use_key: section.need_text(report, "use", "\"essential.service.operations.support\""),
        basis: need_word(&mut section, report, "basis"),
        proof: section.word(report, "proof"),
        subjects: section.list(report, "subjects"),
        categories: section.need_list(report, "categories", "[\"user.content.private\"]"),
        roles: need_roles(&mut section, report),
        channels: section.words(report, "channels"),
        sources: sources(&mut section, report),
        output: section
            .section(report, "output")
            .map(|output| self::output(output, report)),
        pixel: pixel(&mut section, report),
        honours: section.words(report, "honours"),
        retain: retain(&mut section, report),
        ends: time(&mut section, report, "ends"),
    };
    section.close(report);
    rule
}

fn need_roles(section: &mut Section<'_, '_>, report: &mut Report<'_>) -> Vec<crate::Role> {
    if !section.says("roles") {
        section.missing(report, "roles", "[\"agent\"]");
    }
    section.words(report, "roles")
}

fn sources(section: &mut Section<'_, '_>, report: &mut Report<'_>) -> Vec<String> {
    if section.says("sources") {
        return section.list(report, "sources");
    }
    section.list(report, "sources");
    vec!["self".to_owned()]
}

fn output(mut section: Section<'_, '_>, report: &mut Report<'_>) -> Output {
    let output = Output {
        kind: need_word(&mut section, report, "kind"),
        k: need_number(&mut section, report, "k", (2, 10_000)),
        round: section.number(report, "round", (1, 10_000), 1),
    };
    section.close(report);
    output
}

/// `pixel = false`, or the kind of pixel.
fn pixel(section: &mut Section<'_, '_>, report: &mut Report<'_>) -> Pixel {
    if section.is_false("pixel") {
        section.flag(report, "pixel", false);
        return Pixel::Off;
    }
    section.word(report, "pixel").unwrap_or_default()
}

fn retain(section: &mut Section<'_, '_>, report: &mut Report<'_>) -> Retention {
    let text = section.need_text(report, "retain", "\"365d after conversation.closed\"");
    if text.is_empty() {
        return Retention::default();
    }
    Retention::parse(&text).unwrap_or_else(|(what, mend)| {
        let path = section.of("retain");
        report.at(&path, "not_a_period", what, mend);
        Retention::default()
    })
}

fn source(mut section: Section<'_, '_>, report: &mut Report<'_>) -> SourceRule {
    let rule = SourceRule {
        key: section.need_text(report, "key", "\"third-party:vendor\""),
        vendor: section.need_text(report, "vendor", "\"Vendor Ltd\""),
        date: need_time(&mut section, report, "date"),
        basis: need_word(&mut section, report, "basis"),
    };
    section.close(report);
    rule
}

fn processor(mut section: Section<'_, '_>, report: &mut Report<'_>) -> ProcessorRule {
    let rule = ProcessorRule {
        key: section.need_text(report, "key", "\"smtp-relay\""),
        name: section.need_text(report, "name", "\"Example Mail GmbH\""),
        country: section.need_text(report, "country", "\"DE\""),
        kind: need_word(&mut section, report, "kind"),
        purposes: section.need_list(report, "purposes", "[\"support.letter\"]"),
        categories: section.need_list(report, "categories", "[\"user.contact.email\"]"),
        uses: section.list(report, "uses"),
        hosts: section.need_list(report, "hosts", "[\"smtp.mail.example:465\"]"),
        require: section.words(report, "require"),
        privacy: section.text(report, "privacy"),
    };
    section.close(report);
    rule
}

fn cookie(mut section: Section<'_, '_>, report: &mut Report<'_>) -> CookieRule {
    let rule = CookieRule {
        name: section.need_text(report, "name", "\"__Host-chatham_session\""),
        purpose: section.need_text(report, "purpose", "\"account.manage\""),
        store: section.word(report, "store").unwrap_or_default(),
        holds: need_word(&mut section, report, "holds"),
        set: need_word(&mut section, report, "set"),
        lifetime: section.need_text(report, "lifetime", "\"session\" or \"30d\""),
    };
    section.close(report);
    rule
}

fn form(mut section: Section<'_, '_>, report: &mut Report<'_>) -> FormRule {
    let rule = FormRule {
        key: section.need_text(report, "key", "\"chat\""),
        fields: section.need_list(report, "fields", "[\"message.body\"]"),
        needed: section.list(report, "needed"),
    };
    section.close(report);
    rule
}

fn disclosure(mut section: Section<'_, '_>, report: &mut Report<'_>) -> Disclosure {
    let rule = Disclosure {
        grounds: section.words(report, "grounds"),
        approvals: need_number(&mut section, report, "approvals", (1, 10)),
        review_hours: section.number(report, "review_hours", (1, 720), 24),
        notify_subject: need_word(&mut section, report, "notify_subject"),
    };
    section.close(report);
    rule
}

fn transfer(mut section: Section<'_, '_>, report: &mut Report<'_>) -> Transfer {
    let rule = Transfer {
        notify_days: need_number(&mut section, report, "notify_days", (0, 3_650)),
        objection: need_word(&mut section, report, "objection"),
    };
    section.close(report);
    rule
}

fn backup(root: &mut Section<'_, '_>, report: &mut Report<'_>) -> Backup {
    let mut section = root.need_section(report, "backup");
    let rule = Backup {
        keep_days: need_number(&mut section, report, "keep_days", (1, 3_650)),
        keys_included: section.flag(report, "keys_included", false),
        replay_erasures: section.flag(report, "replay_erasures", true),
    };
    section.close(report);
    rule
}

fn exception(mut section: Section<'_, '_>, report: &mut Report<'_>) -> Exception {
    let rule = Exception {
        clause: need_number(&mut section, report, "clause", (1, 78)),
        value: section.need_text(report, "value", "\"notice.material_days = 14\""),
        reason: section.need_text(report, "reason", "\"why it is needed\""),
        until: need_time(&mut section, report, "until"),
    };
    section.close(report);
    rule
}

/// `[words.en]`: prose by section of the page.
fn words(
    root: &mut Section<'_, '_>,
    report: &mut Report<'_>,
) -> std::collections::BTreeMap<String, std::collections::BTreeMap<String, String>> {
    let Some(section) = root.section(report, "words") else {
        return std::collections::BTreeMap::new();
    };
    let ids: Vec<&'static str> = SECTIONS.iter().map(|(id, _)| *id).collect();
    let locales = section.open_sections(report);
    let read = locales.into_iter().map(|(locale, mut prose)| {
        let texts = prose.texts(report, &ids);
        prose.close(report);
        (locale, texts)
    });
    read.collect()
}
