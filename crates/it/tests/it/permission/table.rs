//! Reads `permission.table`.

/// One line of the table.
#[derive(Debug, Clone)]
pub(super) struct Row {
    pub(super) method: String,
    /// The path as the description has it.
    pub(super) route: String,
    /// What follows `?`.
    pub(super) query: String,
    pub(super) letters: String,
    /// Parameter of the path and the kind of thing it names.
    pub(super) arguments: Vec<(String, String)>,
    pub(super) body: Option<String>,
}

/// Things that belong to a workspace and can be named in a body.
const THINGS_IN_BODIES: [&str; 2] = ["{{agent}}", "{{conversation}}"];

impl Row {
    /// Whether the row can be called with a thing of another workspace.
    pub(super) fn names_a_thing(&self) -> bool {
        !self.arguments.is_empty() || self.names_a_thing_in_the_body()
    }

    /// Whether an id stands in the body.
    pub(super) fn names_a_thing_in_the_body(&self) -> bool {
        let body = self.body.as_deref().unwrap_or_default();
        THINGS_IN_BODIES.iter().any(|thing| body.contains(thing))
    }

    /// Whether the row needs a thing of this kind.
    pub(super) fn needs(&self, kind: &str) -> bool {
        let body = self.body.as_deref().unwrap_or_default();
        self.arguments.iter().any(|(_, named)| named == kind)
            || body.contains(&format!("{{{{{kind}}}}}"))
    }
}

/// All rows.
pub(super) fn read_table() -> Vec<Row> {
    include_str!("../permission.table")
        .lines()
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .map(read_row)
        .collect()
}

fn read_row(line: &str) -> Row {
    let (head, body) = match line.find(" {") {
        Some(place) => (&line[..place], Some(line[place + 1..].to_owned())),
        None => (line, None),
    };
    let words: Vec<&str> = head.split_whitespace().collect();
    let [method, path, letters, arguments @ ..] = words.as_slice() else {
        panic!("not a row: {line}")
    };
    assert_eq!(letters.len(), 8, "a letter for each caller: {line}");
    let (route, query) = path.split_once('?').unwrap_or((path, ""));
    Row {
        method: (*method).to_owned(),
        route: route.to_owned(),
        query: query.to_owned(),
        letters: (*letters).to_owned(),
        arguments: arguments
            .iter()
            .map(|word| word.split_once('=').expect("parameter=thing"))
            .map(|(parameter, thing)| (parameter.to_owned(), thing.to_owned()))
            .collect(),
        body,
    }
}
