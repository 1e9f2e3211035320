//! Files as other programs write them.

use reinvite_local::caller::Caller;
use reinvite_test_kit::World;
use serde_json::{Value, json};

use super::{import, import_bytes, user};

/// Imports a file that is taken, and returns the answer.
async fn taken(caller: &Caller, query: &str, csv: &str) -> Value {
    let (status, answer) = import(caller, query, csv).await;
    assert_eq!(status, 200, "{answer}");
    answer
}

/// The rule that refuses a file, and its line.
async fn refusal_of(caller: &Caller, query: &str, csv: &str) -> (Value, Value) {
    let (status, answer) = import(caller, query, csv).await;
    assert_eq!(status, 422, "{answer}");
    let error = &answer["errors"][0];
    (error["rule"].clone(), error["line"].clone())
}

#[tokio::test(start_paused = true)]
async fn a_file_of_moodle_is_taken_and_its_passwords_are_never_repeated() {
    let world = World::new().await;
    let owner = world.owner();
    let file = "username,password,firstname,lastname,email,lang,cohort1,suspended\n\
        tom,secret-word,Tom,Jones,tom@example.com,en,year3,0\n\
        uma,secret-word,Uma,Lane,uma@example.com,pt_br,year3,1\n";

    assert_eq!(
        refusal_of(&owner, "", file).await,
        (json!("unknown_column"), json!(1))
    );
    let answer = taken(&owner, "?unknownColumns=ignore", file).await;
    assert_eq!(answer["ignored"], json!(["password", "cohort1"]));
    assert!(!answer.to_string().contains("secret-word"), "{answer}");
    let columns = json!([
        {"name": "username", "as": "login_id"},
        {"name": "firstname", "as": "display_name"},
        {"name": "lastname", "as": "display_name"},
        {"name": "email", "as": "email"},
        {"name": "lang", "as": "language"},
        {"name": "suspended", "as": "status"},
    ]);
    assert_eq!(answer["columns"], columns);

    let uma = user(&owner, "uma").await;
    let told = [&uma["displayName"], &uma["language"], &uma["status"]];
    assert_eq!(told, ["Uma Lane", "pt-BR", "suspended"]);
}

#[tokio::test(start_paused = true)]
async fn a_file_of_google_makes_logins_of_addresses_and_first_logins_of_last_ones() {
    let world = World::new().await;
    let owner = world.owner();
    let file = "First Name [Required],Last Name [Required],Email Address [Required],\
        Status [READ ONLY],Last Sign In [READ ONLY]\n\
        Ada,Larkham,ada@example.com,Active,Never logged in\n\
        Bo,Lark,bo@example.com,Suspended,2026/03/01 10:20:30\n";

    let answer = taken(&owner, "", file).await;
    assert_eq!(answer["created"], 2);
    let notice = &answer["notices"][0];
    assert_eq!(notice["type"], "login_id_from_email");
    assert_eq!(notice["values"]["column"], "Email Address [Required]");

    let (ada, bo) = (
        user(&owner, "ada@example.com").await,
        user(&owner, "bo@example.com").await,
    );
    assert_eq!(
        (&ada["displayName"], &ada["firstLoginAt"]),
        (&json!("Ada Larkham"), &Value::Null)
    );
    assert_eq!(bo["status"], "suspended");
    assert!(bo["firstLoginAt"].is_string(), "{bo}");

    // A later sign-in changes nothing: the first login is known.
    let later = file.replace("2026/03/01", "2026/04/01");
    let answer = taken(&owner, "", &later).await;
    assert_eq!(answer["unchanged"], 2);
    assert_eq!(user(&owner, "bo@example.com").await, bo);
}

#[tokio::test(start_paused = true)]
async fn japanese_headers_words_and_encodings_are_understood() {
    let world = World::new().await;
    let owner = world.owner();
    let file = "ログインID,氏名,メールアドレス,グループ,状態\r\ntaro,山田 太郎,taro.@docomo.ne.jp,営業部/東京,無効\r\n";
    taken(&owner, "", file).await;
    let taro = user(&owner, "taro").await;
    let told = [&taro["displayName"], &taro["email"], &taro["status"]];
    assert_eq!(told, ["山田 太郎", "taro.@docomo.ne.jp", "inactive"]);

    // login_id, display_name, and 山田 花子 in Shift_JIS.
    let shift_jis = b"login_id,display_name\nhana,\x8eR\x93c \x89\xd4\x8eq\n".to_vec();
    let (status, answer) = import_bytes(&owner, "", shift_jis.clone()).await;
    assert_eq!(
        (status.as_u16(), &answer["errors"][0]["rule"]),
        (422, &json!("encoding"))
    );
    assert_eq!(
        answer["errors"][0]["values"],
        json!({"charset": "shift_jis"})
    );
    let (status, _) = import_bytes(&owner, "?charset=shift_jis", shift_jis).await;
    assert_eq!(
        (status.as_u16(), &user(&owner, "hana").await["displayName"]),
        (200, &json!("山田 花子"))
    );

    let utf_16: Vec<u8> = "\u{FEFF}login_id\tdisplay_name\r\njiro\t次郎\r\n"
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    let (status, _) = import_bytes(&owner, "", utf_16).await;
    assert_eq!(
        (status.as_u16(), &user(&owner, "jiro").await["displayName"]),
        (200, &json!("次郎"))
    );

    let (status, answer) = import_bytes(&owner, "?charset=klingon", vec![]).await;
    assert_eq!(
        (status.as_u16(), &answer["errors"][0]["parameter"]),
        (400, &json!("charset"))
    );
}

#[tokio::test(start_paused = true)]
async fn separators_and_empty_rows_are_passed_over_and_broken_files_refused() {
    let world = World::new().await;
    let owner = world.owner();

    taken(
        &owner,
        "",
        "sep=;\nlogin_id;display_name;;\nm;Müller\u{200B};;\n;;;\n\n",
    )
    .await;
    assert_eq!(user(&owner, "m").await["displayName"], "Müller");
    for (file, rule, line) in [
        ("login_id,email,E-mail\na,,\n", "duplicate_column", 1),
        ("login_id,email\naiko\u{200B},\n", "invisible_character", 2),
        ("login_id,language\na,English\n", "language_tag", 2),
        ("login_id,display_name\na,J\u{FFFD}rgen\n", "encoding", 2),
        ("PK\u{3}\u{4}\n", "not_csv", 1),
        ("login_id,attributes.First Name\na,x\n", "attribute_name", 1),
    ] {
        let refused = refusal_of(&owner, "", file).await;
        assert_eq!(refused, (json!(rule), json!(line)), "{file}");
    }
    let (_, answer) = import(&owner, "", "login_id,language\na,English\n").await;
    assert!(
        answer["errors"][0]["values"].to_string().contains("\"en\""),
        "{answer}"
    );
}

#[tokio::test(start_paused = true)]
async fn attributes_are_set_kept_and_removed_by_their_columns() {
    let world = World::new().await;
    let owner = world.owner();
    let first = "login_id,Attributes.Department,attributes.first_name\na,Sales,Ada\n";
    assert_eq!(taken(&owner, "", first).await["created"], 1);
    let both = json!({"department": "Sales", "first_name": "Ada"});
    assert_eq!(user(&owner, "a").await["attributes"], both);

    assert_eq!(taken(&owner, "", first).await["unchanged"], 1);
    assert_eq!(
        taken(&owner, "", "login_id,email\na,a@example.com\n").await["updated"],
        1
    );
    assert_eq!(user(&owner, "a").await["attributes"], both);
    assert_eq!(
        taken(&owner, "", "login_id,attributes.department\na,\n").await["updated"],
        1
    );
    assert_eq!(
        user(&owner, "a").await["attributes"],
        json!({"first_name": "Ada"})
    );

    let many: String = (0..10)
        .map(|number| format!(",attributes.a{number}"))
        .collect();
    let file = format!("login_id{many}\nb{0}\na{0}\n", ",x".repeat(10));
    assert_eq!(
        refusal_of(&owner, "", &file).await,
        (json!("too_many_user_attributes"), json!(3))
    );
}
