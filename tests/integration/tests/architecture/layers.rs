//! Arrows between crates point one way.

use crate::manifests::{Member, members};

/// The crates that may stand above a folder's crates, and those that they may use: folders, or beginnings of folders.
///
/// The rule of a member is the first whose folder it is in.
const ALLOWED: [(&str, &[&str]); 12] = [
    ("shared/domain", &[]),
    ("shared/mail", &["shared/domain"]),
    ("shared/store", &["shared/domain"]),
    ("shared/aws", &["shared/domain"]),
    (
        "shared/engine",
        &["shared/store", "shared/aws", "shared/mail", "shared/domain"],
    ),
    (
        "shared/web",
        &["shared/store", "shared/aws", "shared/mail", "shared/domain"],
    ),
    ("functions/", &["shared/"]),
    ("infra/emulators", &[]),
    ("infra/local", &["functions/", "shared/", "infra/emulators"]),
    ("tests/kit", &["functions/", "shared/", "infra/"]),
    (
        "tests/integration",
        &["functions/", "shared/", "infra/", "tests/kit"],
    ),
    (
        "tests/benchmarks",
        &["functions/", "shared/", "infra/", "tests/kit"],
    ),
];

/// The folders that a member's dependencies may be in.
fn allowed(member: &Member) -> &'static [&'static str] {
    let rule = ALLOWED
        .iter()
        .find(|(folder, _)| member.folder.starts_with(folder));

    rule.unwrap_or_else(|| panic!("no rule for {}: add it to ALLOWED", member.folder))
        .1
}

#[test]
fn a_crate_uses_only_the_crates_of_the_layers_below_it() {
    let members = members();
    let mut wrong = Vec::new();

    for member in &members {
        let used = members
            .iter()
            .filter(|other| member.dependencies.contains(&other.name));

        for used in used {
            let is_below = allowed(member)
                .iter()
                .any(|folder| used.folder.starts_with(folder));
            if !is_below {
                wrong.push(format!("{} uses {}", member.folder, used.folder));
            }
        }
    }

    assert!(wrong.is_empty(), "{wrong:#?}");
}
