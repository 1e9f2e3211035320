//! Recipients and excluded users of a resend as CSV.

use axum::body::to_bytes;
use http::{HeaderMap, Method, StatusCode, header};
use reinvite_domain::{
    Zone,
    import::{ImportOptions, UnknownColumns, parse_file},
    user_fields::FieldChange,
};
use reinvite_local::caller::Caller;
use reinvite_test_kit::{World, refusal};
use serde_json::{Value, json};

const KEY: [(&str, &str); 1] = [("idempotency-key", "k")];

const CSV: [(&str, &str); 1] = [("accept", "text/csv")];

const NAMES: [&str; 6] = [
    "=HYPERLINK(\"https://example.com\")",
    "@Ada, \"A\"",
    "'=1",
    "山田 太郎",
    "－1",
    "O'Neil; B",
];

async fn read(caller: &Caller, path: &str) -> (StatusCode, HeaderMap, String) {
    let response = caller.send(Method::GET, path, &CSV, "").await.unwrap();
    let (parts, body) = response.into_parts();
    let bytes = to_bytes(body, usize::MAX).await.unwrap();
    (
        parts.status,
        parts.headers,
        String::from_utf8(bytes.to_vec()).unwrap(),
    )
}

/// The address in the header `Link`.
fn next(headers: &HeaderMap) -> Option<String> {
    let link = headers.get(header::LINK)?.to_str().unwrap();
    let (address, relation) = link.split_once('>').unwrap();
    assert_eq!(relation, "; rel=\"next\"");
    Some(address.trim_start_matches('<').to_string())
}

/// Every page, one after the other, and their number.
async fn file(caller: &Caller, path: &str) -> (String, usize) {
    let (mut text, mut pages, mut path) = (String::new(), 0, Some(path.to_string()));
    while let Some(page) = path {
        let (status, headers, rows) = read(caller, &page).await;
        assert_eq!(status, 200, "{rows}");
        assert_eq!(headers[header::CONTENT_TYPE], "text/csv; charset=utf-8");
        assert_eq!(headers[header::VARY], "Accept");
        text += &rows;
        pages += 1;
        path = next(&headers);
    }
    (text, pages)
}

/// The names of users in a file, as an import reads them, in the order of the file.
fn imported(file: &str) -> Vec<(String, Option<String>)> {
    let options = ImportOptions {
        unknown_columns: UnknownColumns::Ignore,
        ..ImportOptions::default()
    };
    let read = parse_file(file.as_bytes(), &options, Zone::UTC).unwrap();
    let rows = read.rows.into_iter().map(|row| {
        let name = row.changes.into_iter().find_map(|change| match change {
            FieldChange::DisplayName(name) => name,
            _ => None,
        });
        (row.login_id, name)
    });
    rows.collect()
}

/// A world with a resend to users of one group, and with users of another who are excluded: one has no address, the other
/// is suspended.
async fn world_with_resend() -> (World, String) {
    let world = World::new().await;
    for group in ["g", "h"] {
        world.group(group, None).await;
    }
    for (index, name) in NAMES.iter().enumerate() {
        let login_id = format!("-login{index}");
        let body = json!({"groups": ["g"], "loginId": login_id, "displayName": name});
        world.user(&format!("u{index}"), &body).await;
    }
    let silent = json!({"groups": ["h"], "email": null, "displayName": "＝1"});
    world.user("silent", &silent).await;
    world
        .user(
            "suspended",
            &json!({"groups": ["g"], "status": "suspended"}),
        )
        .await;

    let ids = [
        "u0",
        "u1",
        "u2",
        "u3",
        "u4",
        "u5",
        "silent",
        "suspended",
        "nobody",
    ];
    let body = json!({"selection": {"userIds": ids}});
    let (status, made) = world
        .owner()
        .post("/v1/resends", &KEY, &body)
        .await
        .unwrap();
    assert_eq!(status, 201, "{made}");
    world.ended(&made["id"], 60).await;
    let path = format!("/v1/resends/{}", made["id"].as_str().unwrap());
    (world, path)
}

#[tokio::test(start_paused = true)]
async fn recipients_and_exclusions_are_files_that_spreadsheets_and_the_import_read() {
    let (world, path) = world_with_resend().await;
    let owner = world.owner();

    let (recipients, pages) = file(&owner, &format!("{path}/recipients")).await;
    assert_eq!(pages, 1);
    assert!(recipients.starts_with(
        "\u{feff}user_id,login_id,display_name,state,reason,password_change,password_change_reason,attempt,sent_at,message_id\r\nu0,"
    ));
    let rows = owner
        .all(&format!("{path}/recipients"), "recipients")
        .await
        .unwrap();
    assert_eq!(recipients.matches("\r\n").count(), rows.len() + 1);
    for (row, line) in rows.iter().zip(recipients.lines().skip(1)) {
        for field in ["userId", "state", "passwordChange", "sentAt", "messageId"] {
            assert!(
                line.contains(row[field].as_str().unwrap()),
                "{field} of {line}"
            );
        }
        assert!(line.contains(",'-login"), "{line}");
    }

    let expected: Vec<_> = NAMES
        .iter()
        .enumerate()
        .map(|(index, name)| (format!("-login{index}"), Some((*name).to_string())))
        .collect();
    assert_eq!(imported(&recipients), expected);

    let (excluded, _) = file(&owner, &format!("{path}/excluded")).await;
    assert_eq!(
        excluded,
        "\u{feff}user_id,login_id,display_name,reason\r\nnobody,,,not_found\r\nsilent,silent,'＝1,no_email\r\nsuspended,suspended,,not_active\r\n"
    );
}

#[tokio::test(start_paused = true)]
async fn pages_follow_each_other_and_make_the_same_file() {
    let (world, path) = world_with_resend().await;
    let owner = world.owner();

    for (list, least) in [("recipients", 3), ("excluded", 2)] {
        let (whole, _) = file(&owner, &format!("{path}/{list}")).await;
        for limit in [1, 2, 10_000] {
            let (joined, pages) = file(&owner, &format!("{path}/{list}?limit={limit}")).await;
            assert_eq!(joined, whole, "{list} {limit}");
            assert!(pages >= least || limit == 10_000, "{list} {limit}: {pages}");
        }

        let (_, headers, _) = read(&owner, &format!("{path}/{list}?limit=1")).await;
        let relative = next(&headers).unwrap();
        assert!(
            relative.starts_with(&format!("{path}/{list}?limit=1&next=")),
            "{relative}"
        );
    }

    let (failed, pages) = file(
        &owner,
        &format!("{path}/recipients?state=failed,bounced&limit=1"),
    )
    .await;
    assert_eq!((failed.lines().count(), pages), (1, 1), "only the header");
    let (sent, pages) = file(&owner, &format!("{path}/recipients?state=sent&limit=1")).await;
    assert_eq!(sent.lines().count(), NAMES.len() + 1);
    assert!(pages >= NAMES.len(), "{pages}");
}

#[tokio::test(start_paused = true)]
async fn csv_is_for_those_who_may_read_the_rows_and_prefer_it() {
    let (world, path) = world_with_resend().await;
    let grant = |group: &str| json!([{"role": "group_manager", "group": group, "access": "edit"}]);
    let editor = world.operator("editor", &grant("g")).await;

    let refused = editor
        .call(Method::GET, &format!("{path}/recipients"), &CSV, "")
        .await
        .unwrap();
    assert_eq!(refusal(&refused), (404, "not-found".into()));
    let selection = json!({"filter": {"group": "g"}});
    let body = json!({"selection": selection, "startAt": "2026-12-01T00:00:00Z"});
    let (_, made) = world
        .owner()
        .post("/v1/resends", &[("idempotency-key", "g")], &body)
        .await
        .unwrap();
    let path = format!("/v1/resends/{}", made["id"].as_str().unwrap());
    world.user("u0", &json!({"groups": ["h"]})).await;
    let (seen, _) = file(&editor, &format!("{path}/recipients")).await;
    assert_eq!(seen.lines().count(), NAMES.len(), "u0 has left: {seen}");

    for (limit, status) in [("10000", 200), ("10001", 400), ("0", 400)] {
        let answer = read(&editor, &format!("{path}/recipients?limit={limit}")).await;
        assert_eq!(answer.0, status, "{limit}");
    }
    for accept in [
        "application/json",
        "*/*",
        "text/csv;q=0.1, application/json",
    ] {
        let path = format!("{path}/recipients?limit=200");
        let headers = [("accept", accept)];
        let call = editor.call(Method::GET, &path, &headers, "");
        let (status, answer) = call.await.unwrap();
        assert_eq!(status, 200);
        assert!(matches!(answer["recipients"], Value::Array(_)), "{accept}");
    }
}
