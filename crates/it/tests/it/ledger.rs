//! Whoever alters, removes, cuts off or forks the ledger is named by `chatham verify`, without the server.

use std::path::{Path, PathBuf};

use it::{Engine, World};
use serde_json::Value;

fn acts(world: &mut World, count: usize) {
    for _ in 0..count {
        let visitor = world.visitor();
        visitor.start("hello");
        visitor
            .call
            .post("/api/widget/me/erase", &serde_json::json!({}))
            .expect(200);
    }
}

/// Writes the ledger; the file.
fn write(world: &World) -> PathBuf {
    let folder = world.folder().join("ledgers");
    let (code, said) = world.run(&["ledger", folder.to_str().unwrap()]);
    assert_eq!(code, 0, "{said}");
    let mut files = std::fs::read_dir(&folder).unwrap();
    files.next().expect("one ledger").unwrap().path()
}

fn verify(world: &World, file: &Path) -> (i32, String) {
    world.run(&["verify", file.to_str().unwrap()])
}

/// The ledger with its entries changed so, beside the true one.
fn changed(file: &Path, change: impl FnOnce(&mut Vec<Value>)) -> PathBuf {
    let mut bundle: Value = serde_json::from_str(&std::fs::read_to_string(file).unwrap()).unwrap();
    change(bundle["entries"].as_array_mut().unwrap());
    let path = file.with_extension("changed");
    std::fs::write(&path, bundle.to_string()).unwrap();
    path
}

#[test]
fn altered_removed_and_cut_off_entries_are_named() {
    let mut world = World::start(Engine::Sqlite);
    world.owner();
    acts(&mut world, 3);
    let file = write(&world);
    assert_eq!(verify(&world, &file).0, 0, "the true ledger is whole");

    let altered = changed(&file, |entries| {
        entries[2]["entry"]["at"] = serde_json::json!(1);
    });
    let (code, said) = verify(&world, &altered);
    assert_eq!(code, 1, "{said}");
    assert!(said.contains("entry 2 was altered"), "{said}");

    let removed = changed(&file, |entries| drop(entries.remove(1)));
    let (code, said) = verify(&world, &removed);
    assert_eq!(code, 1, "{said}");
    assert!(said.contains("entry 1"), "{said}");

    let cut = changed(&file, |entries| drop(entries.pop()));
    let (code, said) = verify(&world, &cut);
    assert_eq!(code, 1, "{said}");
    assert!(
        said.contains("cut off") || said.contains("missing"),
        "{said}"
    );
}

#[test]
fn forked_ledger_is_named_by_a_checkpoint_handed_out_before() {
    let mut world = World::start(Engine::Sqlite);
    world.owner();
    world.site_id();
    world.server.as_mut().unwrap().terminate();
    let (data, kept) = (world.data_folder(), world.folder().join("kept"));
    copy(&data, &kept);
    world.boot();
    acts(&mut world, 2);
    let file = write(&world);
    assert_eq!(verify(&world, &file).0, 0);

    // Back to an earlier state, and on from there another way.
    world.server.as_mut().unwrap().terminate();
    std::fs::remove_dir_all(&data).unwrap();
    copy(&kept, &data);
    world.boot();
    acts(&mut world, 3);
    let (code, said) = world.run(&["ledger", file.parent().unwrap().to_str().unwrap()]);
    assert_eq!(
        code, 1,
        "it does not go on from the one that was written: {said}"
    );
    assert!(said.contains("forked"), "{said}");

    let told = handed_out(&file);
    std::fs::remove_file(&file).unwrap();
    let file = write(&world);
    let mut bundle: Value = serde_json::from_str(&std::fs::read_to_string(&file).unwrap()).unwrap();
    bundle["older"].as_array_mut().unwrap().push(told);
    std::fs::write(&file, bundle.to_string()).unwrap();
    let (code, said) = verify(&world, &file);
    assert_eq!(code, 1, "{said}");
    assert!(
        said.contains("forked: the checkpoint signed at size"),
        "{said}"
    );
}

/// The checkpoint that somebody kept.
fn handed_out(file: &Path) -> Value {
    let bundle: Value = serde_json::from_str(&std::fs::read_to_string(file).unwrap()).unwrap();
    bundle["checkpoint"].clone()
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        if entry.file_type().unwrap().is_file() {
            std::fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
        }
    }
}
