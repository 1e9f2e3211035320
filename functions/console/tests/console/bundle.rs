use std::{collections::BTreeMap, fmt::Write as _};

use reinvite_console::assets::ASSETS;
use sha2::{Digest, Sha256};

use crate::{
    browser::deployed,
    sources::{DIST, WEB, files_below},
};

/// The most bytes that a browser loads until it shows the first screen.
const FIRST_VIEW_BYTES: usize = 100 * 1024;

#[tokio::test]
async fn the_first_screen_takes_at_most_100_kb() {
    let scripts = std::fs::read_to_string(format!("{DIST}/FIRST_VIEW")).unwrap();
    let names: Vec<_> = scripts.lines().chain(["app.css", "icon.svg"]).collect();
    let sizes: Vec<_> = ASSETS
        .iter()
        .filter(|asset| names.contains(&asset.name))
        .map(|asset| asset.compressed.len())
        .collect();
    assert_eq!(sizes.len(), names.len());

    let page = deployed("/").await.body.len();
    let total = page + sizes.iter().sum::<usize>();
    assert!(total <= FIRST_VIEW_BYTES, "{total} bytes");
}

#[test]
fn the_bundle_was_made_of_these_sources() {
    let recorded = std::fs::read_to_string(format!("{DIST}/SOURCES")).unwrap();
    let recorded: Vec<_> = recorded.lines().collect();
    let is_sorted = recorded.is_sorted_by_key(|line| line.split_once("  ").unwrap().1);
    assert!(is_sorted, "SOURCES is sorted by path");
    let recorded: BTreeMap<_, _> = recorded
        .iter()
        .map(|line| line.split_once("  ").unwrap())
        .map(|(hash, path)| (path.to_owned(), hash.to_owned()))
        .collect();

    let actual: BTreeMap<_, _> = files_below(WEB)
        .into_iter()
        .map(|(path, content)| (path, sha256(&content)))
        .collect();
    let changed: Vec<_> = actual
        .iter()
        .filter(|(path, hash)| recorded.get(*path) != Some(hash))
        .map(|(path, _)| path)
        .chain(recorded.keys().filter(|path| !actual.contains_key(*path)))
        .collect();
    assert!(
        changed.is_empty(),
        "the bundle is older than its sources; `npm run build` in functions/console/web makes it again: {changed:?}"
    );
}

fn sha256(content: &[u8]) -> String {
    Sha256::digest(content)
        .iter()
        .fold(String::new(), |mut text, byte| {
            write!(text, "{byte:02x}").unwrap();
            text
        })
}
