//! Refusals of a start: `chatham serve` ends, and prints what is wrong with its clause.

use it::World;

/// How a start is refused.
pub(super) struct StartRow {
    pub(super) code: &'static str,
    pub(super) clause: u8,
    /// A part of what is printed.
    pub(super) says: &'static str,
    /// Changes of the strict policy before anything starts.
    pub(super) first: &'static [(&'static str, &'static str)],
    /// Whether this file rules once.
    pub(super) runs_first: bool,
    /// What happens before the start that is refused.
    pub(super) then: fn(&mut World),
}

const fn row(code: &'static str, clause: u8, then: fn(&mut World)) -> StartRow {
    StartRow {
        code,
        clause,
        says: code,
        first: &[],
        runs_first: true,
        then,
    }
}

const NOTHING: fn(&mut World) = |_| {};

pub(super) const STARTS: &[StartRow] = &[
    row("version_edited", 72, |world| {
        edit(world, &[("keep_days = 30", "keep_days = 29")]);
    }),
    row("version_past", 72, |world| {
        let before = read(world);
        write(world, &next(world, 2));
        world.boot();
        world.crash();
        write(world, &before);
    }),
    row("version_skipped", 72, |world| write(world, &next(world, 3))),
    row("wrong_predecessor", 72, |world| {
        let text = next(world, 2).replace(&hash(world), &format!("sha256:{}", "0".repeat(64)));
        write(world, &text);
    }),
    row("log_unreadable", 72, |world| {
        let later = ("effective = \"2026-01-01", "effective = \"2099-01-01");
        write(world, &next(world, 2).replace(later.0, later.1));
        world
            .databases
            .execute("update policy_version set body = 'version = none' where version = 1");
    }),
    row("before_predecessor", 75, |world| {
        let earlier = ("effective = \"2026-01-01", "effective = \"2025-12-31");
        write(world, &next(world, 2).replace(earlier.0, earlier.1));
    }),
    row("notice_too_short", 75, |world| {
        write(world, &next(world, 2));
        edit(
            world,
            &[("365d after conversation", "400d after conversation")],
        );
    }),
    StartRow {
        first: &[
            ("material_days = 30", "material_days = 14"),
            (
                "\n[backup]",
                "\n[[exception]]\nclause = 75\nvalue = \"notice.material_days = 14\"\n\
                 reason = \"old\"\nuntil = \"2026-01-02T00:00:00Z\"\n\n[backup]",
            ),
        ],
        runs_first: false,
        ..row("exception_ended", 72, NOTHING)
    },
    StartRow {
        says: "is looser than the floor",
        first: &[("material_days = 30", "material_days = 14")],
        runs_first: false,
        ..row("looser_than_floor", 75, NOTHING)
    },
];

fn read(world: &World) -> String {
    std::fs::read_to_string(world.data_folder().join("policy.toml")).unwrap()
}

fn write(world: &World, text: &str) {
    std::fs::write(world.data_folder().join("policy.toml"), text).unwrap();
}

fn edit(world: &World, changes: &[(&str, &str)]) {
    write(world, &super::change(read(world), changes));
}

/// The file as a version with this number that follows the logged one.
fn next(world: &World, version: u32) -> String {
    let head = format!("\nversion = {version}\npredecessor = \"{}\"\n", hash(world));
    read(world).replace("\nversion = 1\n", &head)
}

/// The hash of version 1 as it is logged.
fn hash(world: &World) -> String {
    let rows = world
        .databases
        .rows("select hash from policy_version where version = 1");
    rows[0][0].clone()
}
