//! Disks that are full and keys that are gone: refuse plainly, serve what can be served, recover.

use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

use it::{Engine, Reach, World};
use serde_json::json;

/// A small disk, mounted over a folder; unmounted when dropped.
struct SmallDisk(PathBuf);

impl SmallDisk {
    /// Mounts it, or gives nothing where only root may.
    fn mount(folder: &Path, mebibytes: u32) -> Option<Self> {
        std::fs::create_dir_all(folder).unwrap();
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", &format!("size={mebibytes}m"), "tmpfs"])
            .arg(folder)
            .output()
            .is_ok_and(|output| output.status.success());
        mounted.then(|| Self(folder.to_path_buf()))
    }

    /// Writes until nothing more fits; gives the file to remove.
    fn fill(&self) -> PathBuf {
        let path = self.0.join("filler");
        let mut file = File::create(&path).unwrap();
        for size in [1 << 16, 1 << 12, 1 << 9, 1] {
            let block = vec![0x5a_u8; size];
            while file.write_all(&block).is_ok() {}
        }
        path
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        // Lazily: the program may still be ending.
        drop(Command::new("umount").arg("-l").arg(&self.0).status());
    }
}

#[test]
fn full_disk_refuses_writes_and_recovers_without_a_restart() {
    let mut world = World::prepare(Engine::Sqlite);
    let Some(disk) = SmallDisk::mount(&world.data_folder(), 64) else {
        println!("not run: only root may mount a small disk");
        return;
    };
    world.boot();
    let visitor = world.visitor();
    let id = visitor.start("Before").text("/conversation/id");
    let leaving = world.visitor();
    leaving.start("I will go");

    let filler = disk.fill();
    let refused = (0..500)
        .map(|number| {
            visitor.try_say(
                &id,
                &json!({ "body": format!("{number} {}", "x".repeat(9_000)) }),
            )
        })
        .find(|answer| answer.status == 507)
        .expect("a full disk refuses");
    assert_eq!(refused.problem(507), "disk_full");
    assert_eq!(
        visitor.history(&id)[0].text("/body"),
        "Before",
        "reading goes on"
    );
    let erased = leaving.call.post("/api/widget/me/erase", &json!({}));
    assert_eq!(erased.status, 200, "erasing goes on: {}", erased.body);

    std::fs::remove_file(filler).unwrap();
    let recovered = (0..100).any(|_| {
        std::thread::sleep(std::time::Duration::from_millis(100));
        visitor.try_say(&id, &json!({ "body": "After" })).status == 201
    });
    assert!(recovered, "it takes messages again without a restart");
}

#[test]
fn lost_keys_refuse_to_start() {
    let mut world = World::start(Engine::Sqlite);
    let visitor = world.visitor();
    visitor.start("Sealed");
    world.crash();
    for name in ["keys.db", "keys.db-wal", "keys.db-shm"] {
        drop(std::fs::remove_file(world.data_folder().join(name)));
    }

    let (code, said) = world.run(&["serve"]);

    assert_ne!(code, 0, "it started on data that it cannot open: {said}");
    assert_ne!(code, 124, "it served data that it cannot open: {said}");
    assert!(said.contains("key"), "{said}");
}
