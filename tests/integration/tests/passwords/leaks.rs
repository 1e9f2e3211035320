//! No output but the mails holds a password, a token or a key. The test reads the logs at the most verbose level, problems,
//! previews, mails as the API shows them, audit entries, both tables, and the messages of the queues.

use http::Method;
use reinvite_test_kit::{LogCapture, World};
use serde_json::{Value, json};
use tracing::Level;

use crate::{GOOD, accept, kind, mail, public, sent, temporary, token, world};

/// The outputs that an attacker may read, by name.
struct Found(Vec<(String, String)>);

impl Found {
    /// The first secret in the outputs, with the name of its output.
    fn secret<'s>(&self, secrets: &'s [(String, String)]) -> Option<(&'s str, &str)> {
        self.0.iter().find_map(|(place, text)| {
            let secret = secrets
                .iter()
                .find(|(_, secret)| text.contains(secret.as_str()))?;
            Some((secret.0.as_str(), place.as_str()))
        })
    }
}

/// The secrets of a run, by name.
type Secrets = Vec<(String, String)>;

/// Runs a resend of every kind, with refusals and a deletion; returns the outputs and the secrets.
async fn run(log: &LogCapture) -> (Found, Secrets) {
    let world = world(4).await;
    let owner = world.owner();
    let mut found = Vec::new();

    let mut body = kind("set_link", &["u1", "u2", "u3", "u4"]);
    body["passwordChangeByUser"] = json!({"u2": "temporary", "u3": "keep", "u4": "temporary"});
    let (_, preview) = owner.post("/v1/resends/preview", &[], &body).await.unwrap();
    found.push(("the preview".into(), preview.to_string()));

    let resend = sent(&world, &body).await;
    let link = token(&mail(&world, "u1"));
    let secrets = secrets(&world, &link);

    found.extend(answers_to_accepting(&world, &link).await);
    found.extend(answers_to_operators(&world, resend["id"].as_str().unwrap()).await);
    owner
        .call(Method::DELETE, "/v1/users/u4", &[], "")
        .await
        .unwrap();

    // A panic may print the `Debug` of any value.
    let stack = &world.stack;
    found.push((
        "debug output".into(),
        format!("{:?} {:?} {:?}", stack.sender, stack.passwords, stack.store),
    ));
    found.push(("the tables".into(), world.dump()));
    found.push(("the queue".into(), world.messages()));
    found.push(("the log".into(), log.text()));

    (Found(found), secrets)
}

/// The secrets of the mails, the keys, and the passwords that users choose.
fn secrets(world: &World, link: &str) -> Secrets {
    let mut secrets: Secrets = vec![("a token".into(), link.into())];

    for user in ["u2", "u4"] {
        let password = temporary(&mail(world, user));
        secrets.push(("a temporary password".into(), password));
    }
    for value in world.stack.services.secrets.values() {
        secrets.push(("the key".into(), value));
    }

    secrets.push(("a password that was set".into(), GOOD.into()));
    secrets.push(("a password that was refused".into(), "password1234".into()));
    secrets
}

/// Accepts a link with a bad password, a good one, and again; then with a forged token; then renews it.
async fn answers_to_accepting(world: &World, link: &str) -> Vec<(String, String)> {
    let mut answers = Vec::new();

    for password in ["password1234", GOOD, GOOD] {
        let path = format!("/v1/invitations/{link}/accept");
        let (_, answer) = public(world)
            .post(&path, &[], &json!({"password": password}))
            .await
            .unwrap();
        answers.push(("an answer to accepting".into(), answer.to_string()));
    }

    let _ = accept(world, &link[..link.len() - 2], GOOD).await;
    public(world)
        .post("/v1/invitations/renew", &[], &json!({"token": link}))
        .await
        .unwrap();
    answers
}

/// Reads the resend, its mails, the audit trail and the users.
async fn answers_to_operators(world: &World, id: &str) -> Vec<(String, String)> {
    let mut answers = Vec::new();

    for path in [
        format!("/v1/resends/{id}"),
        format!("/v1/resends/{id}/recipients"),
        format!("/v1/resends/{id}/recipients/u1/mail"),
        format!("/v1/resends/{id}/recipients/u2/mail"),
        "/v1/audit".into(),
        "/v1/users".into(),
    ] {
        let (_, answer): (_, Value) = world
            .owner()
            .call(Method::GET, &path, &[], "")
            .await
            .unwrap();
        answers.push((format!("GET {path}"), answer.to_string()));
    }
    answers
}

#[tokio::test(start_paused = true)]
async fn secrets_leave_the_code_only_in_the_mail() {
    let (log, _guard) = LogCapture::begin(Level::TRACE);
    let (found, secrets) = run(&log).await;

    let logged = log.text();
    assert!(
        logged.contains("answered") && logged.len() > 10_000,
        "the run was logged: {} bytes",
        logged.len()
    );
    assert_eq!(secrets.len(), 6);
    assert_eq!(found.secret(&secrets), None);

    // The search finds a secret in each output, if one is there.
    for (what, secret) in &secrets {
        tracing::debug!(%secret, "leaked on purpose");
        let leaked = Found(vec![("the log".into(), log.text())]);
        assert_eq!(
            leaked.secret(std::slice::from_ref(&(what.clone(), secret.clone()))),
            Some((what.as_str(), "the log"))
        );
    }

    let mut leaking = found;

    for index in 0..leaking.0.len() {
        let kept = leaking.0[index].1.clone();
        leaking.0[index].1 += &secrets[0].1;
        assert_eq!(
            leaking.secret(&secrets),
            Some(("a token", leaking.0[index].0.clone().as_str()))
        );
        leaking.0[index].1 = kept;
    }
}

#[tokio::test(start_paused = true)]
async fn no_address_is_logged() {
    let (log, _guard) = LogCapture::begin(Level::DEBUG);
    let _: (Found, _) = run(&log).await;
    assert!(
        !log.text().contains("@example.com"),
        "{}",
        log.text().lines().find(|line| line.contains('@')).unwrap()
    );
}
