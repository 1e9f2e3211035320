//! The main job: `cargo run` invites the sample users.

use http::Method;
use reinvite_domain::{Zone, import::ImportOptions};
use reinvite_local::{
    caller::Caller,
    main_job,
    organisation::{self, SAMPLE_USERS},
    users_file::{UsersFile, UsersFileError},
};
use reinvite_test_kit::{BEGINNING, World, instant};
use serde_json::Value;

#[tokio::test(start_paused = true)]
async fn the_main_job_invites_each_eligible_user_of_the_sample_once_and_a_second_run_ends_well() {
    let world = World::new().await;
    let owner = world.owner();

    let users = UsersFile::read(
        "users.csv",
        SAMPLE_USERS,
        &ImportOptions::default(),
        Zone::TOKYO,
    )
    .unwrap();
    assert!(users.len() >= 240);

    load_and_resend(&world, &owner, &users).await;
    let mails = world.inbox();

    let once: std::collections::BTreeSet<_> = mails.iter().collect();
    assert!(mails.len() > 10 && once.len() == mails.len(), "{mails:?}");

    let resends = owner.all("/v1/resends", "resends").await.unwrap();
    assert_eq!(mails, eligible(&owner, &resends[0]["groupId"]).await);
    assert_eq!(
        resends[0]["counts"]["sent"].as_u64(),
        u64::try_from(mails.len()).ok()
    );

    load_and_resend(&world, &owner, &users).await;
    assert_eq!(world.inbox(), mails, "the cooldown left nobody");
}

async fn load_and_resend(world: &World, owner: &Caller, users: &UsersFile) {
    let output = &mut std::io::sink();
    organisation::load_users(owner, users, output)
        .await
        .unwrap();
    main_job::run(owner, &world.stack.clock, output)
        .await
        .unwrap();
}

/// The addresses of the group's eligible members, judged by the fields of each user.
async fn eligible(owner: &Caller, group: &Value) -> Vec<String> {
    let members = owner
        .all(
            &format!("/v1/users?group={}", group.as_str().unwrap()),
            "users",
        )
        .await
        .unwrap();

    let time = |user: &Value, field: &str| user[field].as_str().map(instant);
    let now = instant(BEGINNING);
    let is_meant = |user: &&Value| {
        user["status"] == "active"
            && user["firstLoginAt"].is_null()
            && user["email"].is_string()
            && time(user, "validFrom").is_none_or(|from| from <= now)
            && time(user, "validUntil").is_none_or(|until| now < until)
    };

    let mut addresses: Vec<_> = members
        .iter()
        .filter(is_meant)
        .map(|user| user["email"].as_str().unwrap().to_string())
        .collect();
    addresses.sort();
    addresses
}

/// A file of 50,000 lines, of which three are wrong.
fn three_wrong() -> String {
    let line = |number: usize| match number {
        100 => "u100,nowhere,\n".to_string(),
        20_000 => ",u@example.com,\n".to_string(),
        49_999 => "u49999,u@example.com,2026-02-30\n".to_string(),
        _ => format!("u{number},u{number}@example.com,\n"),
    };
    "login_id,email,first_login_at\n".to_string() + &(1..=50_000).map(line).collect::<String>()
}

#[test]
fn a_file_with_three_wrong_lines_of_50_000_is_refused_naming_them() {
    let Err(UsersFileError::Lines { errors, .. }) = UsersFile::read(
        "f.csv",
        three_wrong().as_bytes(),
        &ImportOptions::default(),
        Zone::UTC,
    ) else {
        panic!("the file was taken");
    };

    let told: Vec<_> = errors
        .iter()
        .map(|error| (error.line, error.column.as_deref().unwrap()))
        .collect();
    assert_eq!(
        told,
        [
            (101, "email"),
            (20_001, "login_id"),
            (50_000, "first_login_at")
        ]
    );
}

#[tokio::test(start_paused = true)]
async fn a_file_part_with_wrong_lines_writes_nothing() {
    let world = World::new().await;
    let owner = world.owner();

    let lines: Vec<&str> = include_str!("../../../../events/users.csv")
        .lines()
        .take(50)
        .collect();
    let file = lines.join("\n") + "\n,Aiko,,,,,,,,,\n";

    for path in ["/v1/users/import?dryRun=true", "/v1/users/import"] {
        let csv = [("content-type", "text/csv")];
        let (status, answer) = owner
            .call(Method::POST, path, &csv, file.clone())
            .await
            .unwrap();
        assert_eq!(
            (status.as_u16(), &answer["errors"][0]["line"]),
            (422, &Value::from(51)),
            "{answer}"
        );
        assert_eq!(answer["errors"][0]["column"], "login_id");
    }

    assert_eq!(
        owner.all("/v1/users", "users").await.unwrap().len(),
        1,
        "the owner alone"
    );
    assert_eq!(owner.all("/v1/groups", "groups").await.unwrap().len(), 0);
}
