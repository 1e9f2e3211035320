//! No two files of a crate import each other, directly or by way of others.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

use crate::{
    manifests::{members, root},
    modules::{Import, Modules},
};

/// The roots of a crate's targets: its library, its binary, and its integration tests.
fn target_roots(folder: &Path) -> Vec<PathBuf> {
    let tests = fs::read_dir(folder.join("tests"))
        .into_iter()
        .flatten()
        .map(|entry| entry.unwrap().path().join("main.rs"));

    ["src/lib.rs", "src/main.rs"]
        .map(|file| folder.join(file))
        .into_iter()
        .chain(tests)
        .filter(|file| file.exists())
        .collect()
}

/// The files that can be reached from each file by its imports.
fn reachable(imports: &BTreeSet<Import>) -> BTreeMap<&Path, BTreeSet<&Path>> {
    let mut reached: BTreeMap<&Path, BTreeSet<&Path>> = BTreeMap::new();

    for start in imports.iter().map(|import| &*import.from) {
        let files = reached.entry(start).or_default();
        let mut open = vec![start];
        while let Some(file) = open.pop() {
            let next = imports.iter().filter(|import| import.from == file);
            open.extend(next.map(|import| &*import.to).filter(|to| files.insert(to)));
        }
    }
    reached
}

/// The imports of a target that are part of a cycle.
fn cyclic(modules: &Modules) -> Vec<Import> {
    let imports = modules.imports();
    let reached = reachable(&imports);
    let leads_to =
        |from: &Path, to: &Path| reached.get(from).is_some_and(|files| files.contains(to));

    imports
        .iter()
        .filter(|import| leads_to(&import.to, &import.from))
        .cloned()
        .collect()
}

#[test]
fn no_two_files_of_a_crate_import_each_other() {
    let workspace = root().canonicalize().unwrap();
    let mut wrong = Vec::new();

    for member in members() {
        for target in target_roots(&workspace.join(&member.folder)) {
            for import in cyclic(&Modules::of(&target)) {
                let [from, to] = [&import.from, &import.to]
                    .map(|file| file.strip_prefix(&workspace).unwrap().display());
                wrong.push(format!("{from}:{} imports from {to}", import.line));
            }
        }
    }

    assert!(
        wrong.is_empty(),
        "these imports are parts of cycles:\n{}",
        wrong.join("\n")
    );
}
