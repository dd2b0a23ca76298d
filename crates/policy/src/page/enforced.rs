//! How each clause is enforced: what the program does, by which setting of the file, and where in its code.
//!
//! Why: a promise whose place in the code is named can be checked by whoever reads the source; a test looks
//! every place up.
//! Must not know: HTML, proofs (the caller adds the newest).

use std::collections::BTreeSet;

use serde::Serialize;

use crate::{diff::value_of, model::File, purpose::is_built};

/// How one clause is enforced.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct EnforcedRow {
    /// Number of the clause, 1 to 78.
    pub clause: u8,
    /// Whether the clause stands here for the first time on the page.
    pub first: bool,
    /// What it says, in a few words.
    pub says: &'static str,
    /// What the program does about it.
    pub how: &'static str,
    /// Settings of this version that rule it, such as `notice.material_days = 30`.
    pub rules: Vec<String>,
    /// File and function of the source; none while nothing carries it out.
    pub place: Option<(&'static str, &'static str)>,
}

/// One line of the table below.
struct Known {
    clause: u8,
    says: &'static str,
    how: &'static str,
    settings: &'static [&'static str],
    by: By,
}

/// What carries a clause out.
enum By {
    /// This function of this file.
    Code(&'static str, &'static str),
    /// This function, once the build has the purpose; until then the use is refused.
    Use(&'static str, &'static str, &'static str),
}

const REFUSED: &str = "Nothing in the program carries this out, so every attempt is refused.";
const DECIDE: &str = "crates/policy/src/decide.rs";
/// Where a purpose that is not built is refused.
const REFUSED_BY: (&str, &str) = (DECIDE, "built");

/// The rows of these clauses for a file; `seen` holds the clauses told so far.
pub(super) fn enforced(file: &File, clauses: &[u8], seen: &mut BTreeSet<u8>) -> Vec<EnforcedRow> {
    let known = |clause: &u8| KNOWN.iter().find(|known| known.clause == *clause);
    clauses
        .iter()
        .filter_map(known)
        .map(|known| row(file, known, seen.insert(known.clause)))
        .collect()
}

fn row(file: &File, known: &Known, first: bool) -> EnforcedRow {
    let (how, place) = match known.by {
        By::Code(path, function) => (known.how, Some((path, function))),
        By::Use(purpose, path, function) if is_built(purpose) => {
            (known.how, Some((path, function)))
        }
        By::Use(..) => (REFUSED, Some(REFUSED_BY)),
    };
    let settings = known.settings.iter();
    EnforcedRow {
        clause: known.clause,
        first,
        says: known.says,
        how,
        rules: settings
            .filter_map(|path| Some(format!("{path} = {}", value_of(file, path)?)))
            .collect(),
        place,
    }
}

macro_rules! known {
    ($($clause:literal $says:literal: $how:literal [$($setting:literal),*] $by:expr;)+) => {
        const KNOWN: &[Known] = &[$(Known {
            clause: $clause,
            says: $says,
            how: $how,
            settings: &[$($setting),*],
            by: $by,
        }),+];
    };
}

use By::{Code, Use};

known! {
    1 "covers the listed sites": "A page of any other origin is refused." [] Code("crates/api/src/extract.rs", "check_site_origin");
    2 "two kinds of data": "Every stored column carries its category, or the build fails; the list is public." [] Code("crates/store/src/inventory.rs", "columns");
    3 "nothing before an act": "No row, cookie or storage before the first message or form." ["visit.start"] Code("crates/app/src/start.rs", "start_conversation");
    4 "what counts as agreement": "Each write carries the version you saw; a missing or old one is refused." ["notice.agreement"] Code(DECIDE, "version_check");
    5 "where data comes from": "Every record has a source, shown to you with the record." [] Code("crates/app/src/held.rs", "source_of");
    6 "one purpose, no other": "Each reading asks for a permit for one purpose and one category; what is not said is refused." [] Code(DECIDE, "permit");
    7 "no third parties but those named": "Data leaves only to a declared host, for its purposes and its categories." [] Code(DECIDE, "egress");
    8 "security measures": "Headers against injection and framing are set for every answer." [] Code("crates/api/src/header.rs", "secure");
    9 "anyone may use the site": "A conversation needs no name and no address." [] Code("crates/app/src/start.rs", "start_new");
    10 "free sign-up": "No form has a field for payment." [] Code(DECIDE, "form_takes");
    11 "premium content": "Reading is not recorded." [] Use("content.premium", DECIDE, "permit");
    12 "partners": "A partner gets counts." [] Use("partner.cabinet", DECIDE, "permit");
    13 "orders": "Amount and token only." [] Use("order.purchase", DECIDE, "permit");
    14 "newsletters": "Only with a proof that stands when it is sent." ["purpose.marketing.newsletter.proof"] Use("marketing.newsletter", DECIDE, "permit");
    15 "promotions": "Each promotion is a purpose of its own and ends." [] Code(DECIDE, "standing");
    16 "contests": "Entries end with the draw." [] Use("contest.entry", DECIDE, "permit");
    17 "public boards": "A display name and nothing else." [] Use("board.post", DECIDE, "permit");
    18 "chats": "A conversation opens to its own visitor and to those who answer; to others it does not exist." [] Code("crates/app/src/authenticate.rs", "authenticate_visitor");
    19 "surveys": "Answers stand apart from the account." [] Use("survey.answer", DECIDE, "permit");
    20 "only the fields asked for": "A field that no form of this file lists is refused, not ignored." [] Code(DECIDE, "field_allowed");
    21 "a letter proves an address": "Links work once and are kept as hashes; a password never stands in a letter." [] Code("crates/store/src/link.rs", "take_link");
    22 "letters about what you asked for": "Each letter has a purpose and a permit, and names the purpose in its head." [] Code("crates/app/src/letter.rs", "letter_permit");
    23 "by the way you direct": "A channel that the purpose does not name is refused." ["purpose.support.letter.channels"] Code(DECIDE, "of_channel");
    24 "declining data": "Name and address may stay empty; only answers by mail need an address." [] Code(DECIDE, "form_takes");
    25 "private by default": "Every query carries the workspace; what is another's is not found." [] Code("crates/api/src/extract.rs", "check_site_origin");
    26 "protected by a password": "Personal routes need a session or the visitor's own token." [] Code("crates/app/src/authenticate.rs", "authenticate_session");
    27 "passwords": "Kept as a slow hash; common ones are refused." [] Code("crates/app/src/credential.rs", "hash");
    28 "signing out": "The session ends on the server, and the browser is told to clear what it keeps." [] Code("crates/api/src/session.rs", "delete_session");
    29 "what others can see": "Posting asks again where contact data is shown." [] Use("board.post", DECIDE, "permit");
    30 "public posts go too": "Erasing empties them." [] Use("board.post", DECIDE, "permit");
    31 "bought addresses": "A source without vendor, date and basis is no valid policy." [] Code("crates/policy/src/validate/party.rs", "source");
    32 "one click out": "An opt-out stops the purpose at the next decision." ["requests.optout_minutes"] Code(DECIDE, "of_signals");
    33 "or by writing to us": "What you write is entered as a request, with the same clock." [] Code("crates/app/src/request/desk.rs", "enter_request");
    34 "data as you move about": "A value that no list names is refused." ["visit.start"] Code("crates/api/src/body.rs", "from_request");
    35 "cookies": "There is one way to set a cookie, and it takes an entry of the register below." [] Code("crates/pages/src/cookie.rs", "set");
    36 "cookies for trends": "Counting needs what its purpose says, and a signal or an opt-out stops it." ["purpose.stats.traffic.basis"] Use("stats.traffic", DECIDE, "of_signals");
    37 "preferences": "A preference is one of a few values, the same for all who chose it." [] Code("crates/policy/src/validate/party.rs", "cookie");
    38 "pixels on pages": "No page carries one." [] Code("crates/api/src/header.rs", "secure");
    39 "pixels in letters": "Letters are plain text." ["purpose.marketing.newsletter.pixel"] Code("crates/app/src/letter_text.rs", "answer");
    40 "one pixel for all": "Letters are plain text." [] Code("crates/app/src/letter_text.rs", "answer");
    41 "addresses of visitors": "In memory only, to keep abuse away; no column holds one." ["category.user.device.ip_address.protect"] Code("crates/api/src/address.rs", "client");
    42 "trends": "Declared counts only." [] Use("stats.traffic", DECIDE, "permit");
    43 "addresses and people": "Nothing ties one to the other." ["visit.join_purpose"] Code("crates/policy/src/validate/mod.rs", "visit");
    44 "counts": "Counts cover at least so many people." ["purpose.stats.traffic.output.k"] Use("stats.traffic", DECIDE, "permit");
    45 "advertisers": "Nothing loads from anywhere but here." [] Code("crates/api/src/header.rs", "secure");
    46 "named uses only": "An advertiser without named uses is no valid policy." [] Code("crates/policy/src/validate/party.rs", "advertiser");
    47 "the list of others": "The table of recipients is made from the same entries that let data out." [] Code("crates/policy/src/page/tables.rs", "processors");
    48 "links to other sites": "Other sites are not told where you come from." [] Code("crates/api/src/header.rs", "secure");
    49 "age, education, income": "Never given to third parties so as to identify you." [] Code(DECIDE, "egress");
    50 "counts only to third parties": "A third party is refused anything but an aggregate." [] Code(DECIDE, "egress");
    51 "release when a ground applies": "Scoped, approved, sealed to its recipient and counted in public; there is no other way out." ["disclosure.approvals"] Use("legal.disclosure", "crates/app/src/disclosure/release.rs", "release_disclosure");
    52 "breach of terms": "With the rule cited, one conversation at a time; more takes a second ground." [] Use("legal.disclosure", "crates/app/src/disclosure/order.rs", "check_scope");
    53 "court or government": "With a document and its deadline; what it names is held until then." ["disclosure.notify_subject"] Use("legal.disclosure", "crates/app/src/disclosure/order.rs", "check_document");
    54 "rights, property, safety": "Looked at again after 30 days; counted as unreviewed until then." [] Use("legal.disclosure", "crates/app/src/disclosure/step.rs", "review_disclosure");
    55 "emergency": "One approver now; until the second one the public count says unreviewed." ["disclosure.review_hours"] Use("legal.disclosure", "crates/domain/src/disclosure.rs", "needed");
    56 "a new owner": "A signed bundle." [] Use("control.transfer", DECIDE, "permit");
    57 "notice of it": "Notice first." ["transfer.notify_days"] Use("control.transfer", DECIDE, "permit");
    58 "your rights stay": "Requests travel with the data." ["transfer.objection"] Use("control.transfer", DECIDE, "permit");
    59 "a date for every request": "A request that nobody answers is carried out by itself when its time is over." ["requests.answer_days"] Code("crates/app/src/request/execute.rs", "run_due_requests");
    60 "see, correct, take, erase": "In the chat and in the privacy centre; erasing destroys your key first." ["requests.answer_days", "backup.keep_days"] Code("crates/app/src/erasure.rs", "erase");
    61 "not for minors": "Where an age is asked, the answer is judged in memory and forgotten; whoever is refused is not asked again." ["age.minimum", "age.gate"] Code("crates/policy/src/age.rs", "judge_age");
    62 "a minor's record freezes": "Whoever answers marks it with one press; from then on nobody but a privacy officer sees anything of it." [] Code("crates/store/src/child.rs", "freeze_child");
    63 "parents": "This part of the page." [] Code("crates/policy/src/page/sections.rs", "children");
    64 "sites that children like": "A site made for children too asks for an age before any field." ["age.audience"] Code("crates/policy/src/age.rs", "age_gate");
    65 "a child found": "Held until a parent's address is there, then until the parent answers; without either it is erased by itself." ["age.child_line", "age.found_child.hold_hours", "age.found_child.erase_days"] Code("crates/app/src/child.rs", "erase_due_children");
    66 "a parent can have it deleted": "Whoever reads an address of the record decides by a link; the child's sign-in is not needed." [] Code("crates/app/src/child_parent.rs", "answer_as_parent");
    67 "safe settings": "`chatham doctor` names every unsafe setting." [] Code("crates/cli/src/doctor.rs", "run");
    68 "encryption and sign-in": "A mail server without TLS gets no letter." [] Code("crates/mail/src/smtp.rs", "send");
    69 "few people, for their tasks": "A role that the purpose does not name is refused; the table counts the people." [] Code(DECIDE, "of_role");
    70 "who read what": "Each reading is an entry of the ledger before the bytes leave." [] Code("crates/app/src/reading.rs", "account_reading");
    71 "honest limits": "This part of the page says them." [] Code("crates/policy/src/page/sections.rs", "security");
    72 "changes": "A file that changed without a new version does not start." [] Code("crates/policy/src/chain.rs", "check");
    73 "every version stays": "Exact bytes, hash and differences of each version stay public." [] Code("crates/pages/src/policy.rs", "get_policy_version");
    74 "old data": "Each record keeps the version it was given under; a new use does not reach it before your own yes." ["notice.records"] Code("crates/app/src/terms.rs", "permits");
    75 "notice of a material change": "A version that takes effect too early is refused, with its reasons." ["notice.material_days"] Code("crates/policy/src/chain.rs", "notice");
    76 "a prompt": "Whoever stands on an older version is told what changed until they answer." ["notice.home_prompt"] Code("crates/app/src/notice.rs", "find_notice");
    77 "objection": "Accept, keep the old terms, or erase: each gives a receipt." ["notice.objection"] Code("crates/app/src/notice.rs", "answer_notice");
    78 "write to us": "A letter with exactly this subject opens a request, with its clock; its sender is asked first whether it was them. Other letters are entered by hand." ["policy.contact.email", "policy.contact.subject"] Code("crates/app/src/request/mailed.rs", "take_mailed_request");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_clause_stands_in_the_table_once_and_in_order() {
        let clauses: Vec<u8> = KNOWN.iter().map(|known| known.clause).collect();
        assert_eq!(clauses, (1..=78).collect::<Vec<u8>>());
    }

    #[test]
    fn every_place_is_a_function_of_the_source() {
        let root = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");
        for known in KNOWN {
            let (Code(path, function) | Use(_, path, function)) = known.by;
            let text = std::fs::read_to_string(format!("{root}/{path}")).unwrap();
            assert!(
                text.contains(&format!("fn {function}")),
                "{path}: {function}"
            );
            assert!(!known.how.is_empty(), "clause {}", known.clause);
        }
    }

    #[test]
    fn every_setting_is_one_of_a_shipped_file_or_of_the_language() {
        let files = [crate::shipped::STRICT, crate::shipped::Y2014]
            .map(|text| crate::Policy::parse(text).unwrap());
        for path in KNOWN.iter().flat_map(|known| known.settings) {
            let mut known = files.iter();
            let known = known.any(|policy| value_of(policy.file(), path).is_some());
            assert!(
                known || *path == "purpose.marketing.newsletter.proof",
                "{path}"
            );
        }
    }
}
