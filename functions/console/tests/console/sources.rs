//! The sources of the page.

use std::{fs, path::Path};

/// The folder of the bundle.
pub const DIST: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/dist");

/// The folder of the sources.
pub const WEB: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/web");

/// Calls by which a text becomes markup or code. The page's policy refuses them, and only where they are made.
const DANGEROUS: [&str; 9] = [
    "innerHTML",
    "outerHTML",
    "insertAdjacentHTML",
    ".srcdoc",
    "srcDoc",
    "dangerouslySetInnerHTML",
    "document.write",
    "eval(",
    "new Function",
];

/// Hosts that sources may name: in examples, as the name of a format, and in place of a hidden link.
const NAMED_HOSTS: [&str; 4] = [
    "learn.example.com",
    "example.com",
    "www.w3.org",
    "hidden.invalid",
];

/// The files below a folder with their paths in it, without installed packages.
pub fn files_below(folder: &str) -> Vec<(String, Vec<u8>)> {
    let mut found = Vec::new();
    let mut open = vec![Path::new(folder).to_owned()];
    while let Some(next) = open.pop() {
        for entry in fs::read_dir(next).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                let is_installed = path.ends_with("node_modules");
                open.extend((!is_installed).then_some(path));
            } else {
                let name = path.strip_prefix(folder).unwrap().to_string_lossy();
                found.push((name.into_owned(), fs::read(&path).unwrap()));
            }
        }
    }
    found
}

/// The hosts of the addresses in a text.
fn hosts(text: &str) -> impl Iterator<Item = &str> {
    let rests = ["http://", "https://", "wss://"]
        .into_iter()
        .flat_map(|scheme| text.split(scheme).skip(1));
    rests
        .map(|rest| {
            let is_part = |letter: char| letter.is_ascii_alphanumeric() || ".-".contains(letter);
            let end = rest.find(|letter| !is_part(letter)).unwrap_or(rest.len());
            &rest[..end]
        })
        .filter(|host| host.contains('.'))
}

#[test]
fn no_source_makes_markup_or_code_of_a_text_or_names_a_foreign_address() {
    let mut wrong = Vec::new();
    for (path, content) in files_below(&format!("{WEB}/src")) {
        let text = String::from_utf8(content).unwrap();
        let dangerous = DANGEROUS.into_iter().filter(|call| text.contains(call));
        let foreign = hosts(&text).filter(|host| !NAMED_HOSTS.contains(host));
        wrong.extend(
            dangerous
                .chain(foreign)
                .map(|found| format!("{path}: {found}")),
        );
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn a_foreign_address_is_found_wherever_it_stands() {
    let text =
        r#"load("https://cdn.example.net/x.js"); /* http://a.example.org */ startsWith("http://")"#;
    let found: Vec<_> = hosts(text).collect();
    assert_eq!(found, ["a.example.org", "cdn.example.net"]);
}
