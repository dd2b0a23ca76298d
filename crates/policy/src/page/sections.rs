//! What each section of the page says, from the settings.
//!
//! Why: every sentence hangs on a value of the file; what the file does not say has no sentence.
//! Must not know: HTML, the order of the sections.

use super::english::{count, ground, join, purpose, role};
use crate::{
    model::{
        Agreement, Audience, BelowMinimum, File, Gate, NotifySubject, Objection, Output, Pixel,
        PurposeRule, Records, Set, TransferObjection, VisitStart,
    },
    policy::Policy,
    purpose::is_built,
};

/// The texts of one section.
pub(super) struct Body {
    pub(super) short: String,
    pub(super) paragraphs: Vec<String>,
    pub(super) clauses: Vec<u8>,
}

pub(super) fn body(id: &str, policy: &Policy) -> Body {
    let file = policy.file();
    match id {
        "collection" => collection(file),
        "provided" => provided(file),
        "automatic" => automatic(file),
        "aggregate" => aggregate(file),
        "legal" => legal(file),
        "choices" => choices(file),
        "children" => children(file),
        "security" => security(file),
        "changes" => changes(file),
        "contact" => contact(file),
        _ => version(policy),
    }
}

fn collection(file: &File) -> Body {
    let head = &file.policy;
    let agreement = match file.notice.agreement {
        Agreement::Act => {
            "Giving us information is agreement only with the version you saw when you gave it; \
             silence is no."
        }
        Agreement::Deemed => {
            "If you go on using the site after a notice, that counts as agreement; we note it and \
             you can see the note."
        }
    };
    let before = match file.visit.start {
        VisitStart::FirstAct => {
            "Before you do something yourself (write, or send a form) we keep nothing about you: \
             no record, no cookie, nothing in your browser's storage."
        }
        VisitStart::PageView => {
            "There are two kinds of information: what you give us yourself, and what is gathered \
             as you move about, which is described below."
        }
    };
    let third = if file.processor.is_empty() {
        "We give personal information to nobody. Only a legal ground named below could change that \
         for one case."
    } else {
        "We give personal information to the recipients in the table below only, for the purposes \
         stated there, and else on a legal ground named below or with your consent."
    };
    Body {
        short: "What you give us is used for what you gave it for.".to_owned(),
        paragraphs: vec![
            format!(
                "This policy is that of {} and covers: {}.",
                head.controller.name,
                join(&head.sites)
            ),
            before.to_owned(),
            "A use that is not in the table of purposes is refused by the program itself."
                .to_owned(),
            third.to_owned(),
            agreement.to_owned(),
        ],
        clauses: vec![1, 2, 3, 4, 5, 6, 7, 8],
    }
}

fn provided(file: &File) -> Body {
    let mut paragraphs = vec![
        "You can chat without a name and without an e-mail address; without an address we cannot \
         write to you when you have left, and nothing else is lost."
            .to_owned(),
        "A form takes only the fields this policy lists; anything more is refused, not ignored."
            .to_owned(),
        "What you write in the chat is private: those who answer can read it, nobody else. Keep \
         passwords to yourself, and sign out on a computer that others use."
            .to_owned(),
    ];
    let declared = |prefix: &'static str| {
        let rules = file.purpose.iter();
        rules.filter(move |rule| rule.key.starts_with(prefix))
    };
    for rule in declared("marketing.newsletter") {
        paragraphs.push(newsletter(rule));
    }
    for rule in declared("marketing.promotion")
        .chain(declared("contest."))
        .chain(declared("survey."))
    {
        paragraphs.push(format!("We use what you give {}.", purpose(&rule.key)));
    }
    if declared("board.post").next().is_some() {
        paragraphs.push(
            "What you post on a public board can be read and collected by anyone. It carries your \
             display name only, and goes when you erase it."
                .to_owned(),
        );
    }
    if declared("order.purchase").next().is_some() {
        paragraphs
            .push("Of an order we keep the amount and a token, never a card number.".to_owned());
    }
    if declared("partner.cabinet").next().is_some() {
        paragraphs.push("A partner sees counts of referrals, never a person.".to_owned());
    }
    for source in &file.source {
        paragraphs.push(format!(
            "We got addresses from {} on {}; the first letter says so, and those who opted out were \
             left out.",
            source.vendor,
            source.date.date()
        ));
    }
    paragraphs.extend(not_built(file));
    Body {
        short: "You decide what you give. The table says what for and how long.".to_owned(),
        paragraphs,
        clauses: (9..=33).collect(),
    }
}

fn newsletter(rule: &PurposeRule) -> String {
    let begins = match rule.proof {
        Some(crate::Proof::DoubleOptIn) => "only after you used the link in a first letter",
        Some(crate::Proof::SingleOptIn) => "after you asked for it",
        None => "until you opt out",
    };
    let pixel = match rule.pixel {
        Pixel::Off => "It carries no pixel.",
        Pixel::Campaign => {
            "It carries one pixel for all recipients alike, which counts how many open it."
        }
        Pixel::Recipient => "It carries a pixel of your own only if you consented to that.",
    };
    format!("The newsletter comes {begins}; one click in any issue ends it. {pixel}")
}

fn not_built(file: &File) -> Option<String> {
    let missing = file.purpose.iter().filter(|rule| !is_built(&rule.key));
    let named: Vec<_> = missing.map(|rule| purpose(&rule.key)).collect();
    (!named.is_empty()).then(|| {
        format!(
            "This policy also names uses that this installation does not carry out yet and \
             therefore refuses: {}.",
            join(&named)
        )
    })
}

fn automatic(file: &File) -> Body {
    let mut paragraphs = Vec::new();
    let first_page = file.cookie.iter().any(|rule| rule.set == Set::FirstPage);
    paragraphs.push(match (file.cookie.is_empty(), first_page) {
        (true, _) => "We keep nothing in your browser.".to_owned(),
        (false, true) => {
            "We use cookies to see trends and to remember preferences. The register below is \
             complete: the program cannot set another."
                .to_owned()
        }
        (false, false) => {
            "We keep something in your browser only after an act of yours that needs it. The \
             register below is complete: the program cannot set another."
                .to_owned()
        }
    });
    paragraphs.push(addresses(file));
    if let Some(rule) = file.purpose.iter().find(|rule| rule.key == "visit.log") {
        paragraphs.push(format!(
            "The log of visits holds {}. It is used for trends, administration and counts, and \
             read by {}.",
            join(
                &rule
                    .categories
                    .iter()
                    .map(|key| super::english::category(key))
                    .collect::<Vec<_>>()
            ),
            join(&rule.roles.iter().map(|one| role(*one)).collect::<Vec<_>>())
        ));
    }
    let advertisers: Vec<_> = file
        .processor
        .iter()
        .filter(|rule| rule.kind == crate::ProcessorKind::Advertiser)
        .map(|rule| format!("{} ({})", rule.name, join(&rule.uses)))
        .collect();
    paragraphs.push(if advertisers.is_empty() {
        "No advertiser and no other third party can set anything here.".to_owned()
    } else {
        format!(
            "These advertisers may load in their own slots, for the uses named and no others: {}. \
             If your browser sends a privacy signal (Sec-GPC), they are not loaded.",
            join(&advertisers)
        )
    });
    paragraphs.push(
        "Links to other sites carry no reference to this one; those sites have policies of their \
         own."
            .to_owned(),
    );
    Body {
        short: "What arises as you move about, and how little of it is kept.".to_owned(),
        paragraphs,
        clauses: (34..=48).collect(),
    }
}

fn addresses(file: &File) -> String {
    let kept = file
        .category
        .iter()
        .any(|rule| rule.key == "user.device.ip_address" && !rule.fields.is_empty());
    let joined = match &file.visit.join_purpose {
        Some(key) => format!("It is tied to a person only {}.", purpose(key)),
        None => "It is never tied to a person.".to_owned(),
    };
    if kept {
        format!("The log of visits keeps your IP address, sealed under a key of the day. {joined}")
    } else {
        "Your IP address is used in memory to keep abuse away, under a random key that changes \
         every 24 hours. It is never stored."
            .to_owned()
    }
}

fn aggregate(file: &File) -> Body {
    let outputs: Vec<(&PurposeRule, Output)> = file
        .purpose
        .iter()
        .filter_map(|rule| Some((rule, rule.output?)))
        .collect();
    let mut paragraphs: Vec<String> = outputs
        .iter()
        .map(|(rule, output)| {
            format!(
                "Counts made {} cover at least {} people each and are rounded to {}.",
                purpose(&rule.key),
                output.k,
                output.round
            )
        })
        .collect();
    if paragraphs.is_empty() {
        paragraphs.push("We make no statistics about people.".to_owned());
    }
    paragraphs.push(
        "Age, education, income and the like are never shared so that they could point to a \
         person. Third parties get counts only, unless law demands more."
            .to_owned(),
    );
    Body {
        short: "Counts, never single people.".to_owned(),
        paragraphs,
        clauses: vec![49, 50],
    }
}

fn legal(file: &File) -> Body {
    let mut paragraphs = Vec::new();
    match &file.disclosure {
        None => paragraphs.push("We release nothing: this policy names no ground.".to_owned()),
        Some(rule) => {
            let grounds: Vec<_> = rule.grounds.iter().map(|one| ground(*one)).collect();
            let told = match rule.notify_subject {
                NotifySubject::UnlessGagged => {
                    "You are told, unless an order forbids it, and then when the order ends."
                }
                NotifySubject::NotOwed => "We do not owe you notice of it.",
            };
            paragraphs.push(format!(
                "We may release information on one of these grounds: {}. It takes {}, is limited \
                 to the case, recorded and counted. {told}",
                join(&grounds),
                if rule.approvals == 1 {
                    format!(
                        "one approval, reviewed within {}",
                        count(rule.review_hours, "hour")
                    )
                } else {
                    format!("{} approvals", rule.approvals)
                }
            ));
        }
    }
    paragraphs.push(match file.transfer {
        None => "Your data does not go to a new owner of the business.".to_owned(),
        Some(rule) => {
            let notice = match rule.notify_days {
                0 => "We do not owe notice of it".to_owned(),
                days => format!("You are told {} before", count(days, "day")),
            };
            let rights = match rule.objection {
                TransferObjection::EraseBeforeTransfer => "and can have your data erased first",
                TransferObjection::RightsSurvive => {
                    "and you can still change, delete and opt out with the new owner"
                }
            };
            format!("If control of the business changes, data goes to the new owner. {notice}, {rights}.")
        }
    });
    if file.transfer.is_some() {
        paragraphs.extend(legal_later());
    }
    Body {
        short: "When law or a change of owner may move your data.".to_owned(),
        paragraphs,
        clauses: (51..=58).collect(),
    }
}

fn choices(file: &File) -> Body {
    let rules = file.requests;
    let longer = match rules.extend_days {
        0 => String::new(),
        days => format!(" With reasons it may take {} more.", count(days, "day")),
    };
    let suppressed = if rules.suppress_after_erase {
        " Of an erased address a keyed hash stays, so that nobody writes to it again."
    } else {
        ""
    };
    Body {
        short: "See it, correct it, take it with you, stop it, erase it.".to_owned(),
        paragraphs: vec![
            format!(
                "In the chat, \"What we hold\" shows everything, exports it and erases it at once. \
                 You can also write to us. A request is answered within {}, or one calendar month \
                 if that is earlier, and then carried out by itself.{longer}",
                count(rules.answer_days, "day")
            ),
            format!(
                "An opt-out takes effect within {}. It needs no account.",
                count(rules.optout_minutes, "minute")
            ),
            format!(
                "Erasing destroys your key first: from then on nobody can read what it sealed. \
                 Copies in backups lose theirs within {}, and a restore repeats the erasures done \
                 since.{suppressed}",
                count(file.backup.keep_days, "day")
            ),
            "A request by mail is verified by a letter to an address we know already.".to_owned(),
        ],
        clauses: vec![32, 33, 58, 59, 60],
    }
}

/// What the file promises and this build does not carry out: said on the page, and refused by the program.
fn legal_later() -> Option<String> {
    (!is_built("control.transfer"))
        .then(|| "The program does not carry out a transfer yet, and refuses it.".to_owned())
}

fn children(file: &File) -> Body {
    let Some(age) = &file.age else {
        return Body {
            short: "This policy names no age.".to_owned(),
            paragraphs: vec![
                "Parents, please be with your children when they are on-line.".to_owned(),
            ],
            clauses: vec![63],
        };
    };
    let gate = match (age.audience, age.gate) {
        (Audience::Mixed, _) => {
            "Before anybody can write we ask for month and year of birth and give no hint; the \
             answer is kept nowhere."
        }
        (_, Gate::Neutral) => {
            "Where we ask for an age, we ask for month and year and give no hint; the answer is \
             kept nowhere."
        }
        (_, Gate::Statement) => "We do not ask for an age.",
    };
    let below = match age.below_minimum {
        BelowMinimum::RefuseAndKeepNothing => "Below it we refuse and keep nothing.",
        BelowMinimum::FreezeOnKnowledge => {
            "If we learn that a record is a minor's, it is frozen at once."
        }
    };
    let found = age.found_child;
    let parent = if found.notify_parent {
        "a parent is asked and decides"
    } else {
        "nobody is asked"
    };
    Body {
        short: format!("Our sites are not for people under {}.", age.minimum),
        paragraphs: vec![
            format!("We serve people from {} on. {gate} {below}", age.minimum),
            format!(
                "If we find data of a child under {}, or of anybody too young, it is frozen: held \
                 for at most {} until we have a parent's address, while {parent}; without an answer \
                 it is erased after {}.",
                age.child_line,
                count(found.hold_hours, "hour"),
                count(found.erase_days, "day")
            ),
            "Parents, please be with your children when they are on-line. A parent can have a \
             child's data deleted, here or by writing to us; the child's sign-in is not needed."
                .to_owned(),
        ],
        clauses: (61..=66).collect(),
    }
}

fn security(file: &File) -> Body {
    let mut paragraphs = vec![
        "What you give us is sealed under a key of your own before it is stored; only numbers, such \
         as a rating, and times are not. Connections over a network are encrypted. Few people may read, each for their task and for 15 \
         minutes at a time, and every reading of your data is entered in a log that cannot be \
         altered unnoticed."
            .to_owned(),
    ];
    if !file.processor.is_empty() {
        paragraphs.push(
            "Those who serve us must use encryption, and sign in; else nothing is sent.".to_owned(),
        );
    }
    paragraphs.push(
        "No method is perfectly secure. We cannot take back a delivered letter, stop an agent from \
         retyping what they read, or hide your text from the page you type it on."
            .to_owned(),
    );
    if file.chat.typing_preview {
        paragraphs.push(
            "Agents can see what you type before you send it; the chat says so, and it is not \
             stored."
                .to_owned(),
        );
    }
    Body {
        short: "Sealed, counted, and honest about limits.".to_owned(),
        paragraphs,
        clauses: (67..=71).collect(),
    }
}

fn changes(file: &File) -> Body {
    let notice = file.notice;
    let prompt = if notice.home_prompt {
        " A prompt on the site says so until you answer it."
    } else {
        ""
    };
    let mail = if notice.email_accounts {
        " Account holders get a letter."
    } else {
        ""
    };
    let records = match notice.records {
        Records::KeepVersion => {
            "Data stays under the version it was collected under; a new use needs its own basis."
        }
        Records::FollowAfterNotice => {
            "After its notice period a new version also covers data collected before."
        }
    };
    let objection = match notice.objection {
        Objection::KeepOldTermsOrErase => {
            "You can object with one click: keep the old terms, or erase."
        }
        Objection::Erase => "You can object with one click: erase.",
        Objection::OnRequest => {
            "You can object by writing to us; then we remove earlier information."
        }
    };
    Body {
        short: "Changes are published before they take effect.".to_owned(),
        paragraphs: vec![
            format!(
                "This policy may change. A change that widens what we do is published {} before it \
                 takes effect.{prompt}{mail}",
                count(notice.material_days, "day")
            ),
            format!("{records} {objection}"),
            "Every version stays published. The program does not start on a file that was changed \
             without a new version."
                .to_owned(),
        ],
        clauses: (72..=77).collect(),
    }
}

fn contact(file: &File) -> Body {
    let head = &file.policy;
    let attention = match &head.contact.attention {
        Some(attention) => format!(", attn. {attention}"),
        None => String::new(),
    };
    Body {
        short: format!("Write to {}.", head.contact.email),
        paragraphs: vec![
            format!(
                "By e-mail: {}. If the subject is only \"{}\", the letter opens a request with a \
                 clock.",
                head.contact.email, head.contact.subject
            ),
            format!(
                "By post: {}, {}{attention}.",
                head.controller.name, head.controller.post
            ),
        ],
        clauses: vec![69, 78],
    }
}

fn version(policy: &Policy) -> Body {
    Body {
        short: format!(
            "Version {} of {}.",
            policy.version(),
            policy.effective().date()
        ),
        paragraphs: vec![format!(
            "Version {}, in effect from {}. The hash of its exact bytes is {}.",
            policy.version(),
            policy.effective().date(),
            policy.hash()
        )],
        clauses: vec![72, 73],
    }
}
