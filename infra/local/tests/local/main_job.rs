//! The lines that the main job prints.

use reinvite_aws::Clock;
use reinvite_domain::{Credentials, credential::Hashing, import::ImportOptions};
use reinvite_emulators::connector::{Fault, Observer};
use reinvite_local::{
    caller::Caller,
    main_job, organisation,
    stack::{Connection, Options, Stack},
    users_file::UsersFile,
};

use crate::client::beginning;

/// Four users of one group: two get a mail, one has no address, and one has logged in, who is not selected.
const USERS: &str = "\
login_id,display_name,email,status,groups,first_login_at
rin.hashizume,橋爪 凛,rin@example.jp,active,Team,
pia.oakes,Pia Oakes,pia@example.com,active,Team,
uma.larkham,,,active,Team,
mao.hoshino,星野 真央,mao@example.jp,active,Team,2026-04-10T16:27
";

fn stack() -> Stack {
    let options = Options {
        data: None,
        send_rate: 50,
        daily_quota: None,
        chunk_size: 250,
        feedback: None,
        credentials: Credentials::Table,
        maintenance: false,
        hashing: Hashing::cheap(),
        port: 3000,
        allowed_origins: String::new(),
        clock: Clock::starting_at(beginning()),
        connection: Connection::InProcess(Observer::new(|_| Fault::Pass)),
        functions: None,
    };
    Stack::start(options).unwrap()
}

async fn main_job(stack: &Stack, caller: &Caller) -> String {
    let mut output = Vec::new();
    main_job::run(caller, &stack.clock, &mut output)
        .await
        .unwrap();
    String::from_utf8(output).unwrap()
}

#[tokio::test(start_paused = true)]
async fn the_main_job_names_who_got_a_mail_and_why_the_others_got_none() {
    let stack = stack();
    let running = stack.clone();
    tokio::spawn(async move { running.run().await });
    let caller = Caller::new(
        stack.front.clone(),
        organisation::create(&stack).await.unwrap(),
    );

    let users = UsersFile::read(
        "users.csv",
        USERS.as_bytes(),
        &ImportOptions::default(),
        organisation::TIME_ZONE,
    )
    .unwrap();
    let mut output = Vec::new();
    organisation::load_users(&caller, &users, &mut output)
        .await
        .unwrap();
    assert_eq!(
        String::from_utf8(output).unwrap(),
        "Users   4 created, 0 updated, 0 unchanged\n"
    );

    let first = main_job(&stack, &caller).await;
    assert!(
        first.starts_with(
            "Resend  to the active users of Team who have never logged in\n\
             Preview 2 eligible, 1 excluded, expected to finish at 2026-12-01T"
        ),
        "{first}"
    );
    let tables = first.find("\nGot a mail").map(|start| &first[start..]);
    assert_eq!(
        tables,
        Some(
            "
Got a mail: 2
  login id       name       address
  pia.oakes      Pia Oakes  pia@example.com
  rin.hashizume  橋爪 凛    rin@example.jp

Got none: 1
  login id     name  reason
  uma.larkham        has no e-mail address
"
        ),
        "{first}"
    );

    let second = main_job(&stack, &caller).await;
    assert!(
        second.contains("\nNo user is invited: 3\n")
            && second.contains("  rin.hashizume  橋爪 凛    was invited a short time ago\n"),
        "{second}"
    );
}
