//! The next version of an installation's policy, and its publishing at the terminal.

use crate::world::World;

/// The next version of the installation's file, with a date and other pieces.
#[track_caller]
pub fn next(world: &World, effective: Option<&str>, pieces: &[(&str, &str)]) -> String {
    let path = world.data_folder().join("policy.toml");
    let before = std::fs::read_to_string(&path).expect("read the policy");
    let number: u32 = before
        .lines()
        .find_map(|line| line.strip_prefix("version = "))
        .and_then(|version| version.trim().parse().ok())
        .expect("the file has a version");
    let (_, said) = world.run(&["policy", "check", path.to_str().expect("a path")]);
    let from = said.find("sha256:").expect("check prints the hash");
    let head = format!(
        "version = {}\npredecessor = \"{}\"",
        number + 1,
        &said[from..from + 71]
    );
    let mut text = String::new();
    for line in before
        .lines()
        .filter(|line| !line.starts_with("predecessor"))
    {
        let line = match line {
            line if line.starts_with("version = ") => head.clone(),
            line if line.starts_with("effective") => match effective {
                Some(date) => format!("effective = \"{date}\""),
                None => line.to_owned(),
            },
            line => line.to_owned(),
        };
        text.push_str(&line);
        text.push('\n');
    }
    for (from, to) in pieces {
        assert!(text.contains(from), "{from}");
        text = text.replace(from, to);
    }
    text
}

/// Publishes at the terminal.
pub fn publish(world: &World, text: &str) -> (i32, String) {
    let draft = world.folder().join("draft.toml");
    std::fs::write(&draft, text).expect("write the draft");
    world.run(&["policy", "publish", draft.to_str().expect("a path")])
}
