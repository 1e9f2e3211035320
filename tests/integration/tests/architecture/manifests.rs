//! The crates of the workspace, as their manifests describe them.

use std::{
    fs,
    path::{Path, PathBuf},
};

/// A member of the workspace.
pub struct Member {
    /// The folder, from the root of the workspace: `shared/domain`.
    pub folder: String,
    /// The name of the package: `reinvite-domain`.
    pub name: String,
    /// The packages under `[dependencies]`, of this workspace and others.
    pub dependencies: Vec<String>,
}

/// The root of the workspace.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// Every member of the workspace.
pub fn members() -> Vec<Member> {
    let manifest = fs::read_to_string(root().join("Cargo.toml")).unwrap();
    let list = manifest.split("members = [").nth(1).unwrap();
    let list = list.split(']').next().unwrap();

    quoted(list).map(member).collect()
}

fn member(folder: &str) -> Member {
    let manifest = fs::read_to_string(root().join(folder).join("Cargo.toml")).unwrap();
    let name = section(&manifest, "package")
        .find_map(|line| line.strip_prefix("name = "))
        .and_then(|name| quoted(name).next())
        .unwrap();

    // `reinvite-domain.workspace = true` and `axum = { workspace = true }`.
    let dependencies = section(&manifest, "dependencies")
        .filter(|line| line.contains('='))
        .filter_map(|line| line.split(['.', ' ', '=']).next())
        .map(str::to_string)
        .collect();

    Member {
        folder: folder.to_string(),
        name: name.to_string(),
        dependencies,
    }
}

/// The lines of a section, without comments.
fn section<'a>(manifest: &'a str, name: &str) -> impl Iterator<Item = &'a str> {
    let header = format!("[{name}]");
    manifest
        .lines()
        .skip_while(move |line| *line != header)
        .skip(1)
        .take_while(|line| !line.starts_with('['))
        .filter(|line| !line.starts_with('#'))
}

/// The texts in double quotes.
fn quoted(text: &str) -> impl Iterator<Item = &str> {
    text.split('"').skip(1).step_by(2)
}
