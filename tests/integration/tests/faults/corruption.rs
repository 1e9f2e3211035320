//! Corrupt and missing items: a corrupt item stops a resend until its repair, and no message is lost.

use std::sync::mpsc;

use reinvite_emulators::{arn, connector::Fault, sesv2::EventTimes};
use reinvite_local::{caller::Caller, stack::ORGANISATION};
use reinvite_test_kit::{LogCapture, StoredItem, World, WorldOptions};
use serde_json::{Value, json};
use tracing::Level;

/// Recipients, `u001` and on, at one mail a second: each wave has one mail.
const RECIPIENTS: usize = 8;

/// Seconds until the message has reached the dead-letter queue: 40 attempts in up to 75 minutes, and the start.
const UNTIL_DEAD_LETTER: u64 = 2 * 3_600;

/// The moment at which an item is corrupted.
#[derive(Clone, Copy)]
enum Moment {
    /// The resend is being prepared.
    Preparing,
    /// A function ended after it wrote the item, and the next invocation reads it.
    PreparingAgain,
    /// The resend waits for its start.
    Scheduled,
    /// The first mail has been sent.
    Sending,
}

/// An item of a resend, and the attribute that gets a wrong type.
struct Corruption {
    kind: &'static str,
    table: &'static str,
    /// The key; `ID` stands for the resend.
    key: (&'static str, &'static str),
    attribute: &'static str,
    moment: Moment,
}

impl Corruption {
    const fn new(
        kind: &'static str,
        table: &'static str,
        key: (&'static str, &'static str),
        attribute: &'static str,
        moment: Moment,
    ) -> Self {
        Self {
            kind,
            table,
            key,
            attribute,
            moment,
        }
    }

    fn item(&self, world: &World, id: &str) -> StoredItem {
        world.item(self.table, &self.key.0.replace("ID", id), self.key.1)
    }
}

/// One corruption for each kind of item that a resend reads.
#[rustfmt::skip]
const CORRUPTIONS: [Corruption; 12] = [
    Corruption::new("organisation", "Directory", ("sample", "organisation"), "name", Moment::Sending),
    Corruption::new("group tree", "Directory", ("sample#groups", "#"), "version", Moment::Sending),
    Corruption::new("user", "Directory", ("sample#user#u005", "user"), "loginId", Moment::Sending),
    Corruption::new("suppression", "Directory", ("sample#suppressed#u005@example.com", "suppressed"), "address", Moment::Sending),
    Corruption::new("links", "Directory", ("#credentials#sample#u005", "links"), "generation", Moment::Sending),
    Corruption::new("resend", "Resends", ("ID", "resend"), "chunks", Moment::Sending),
    Corruption::new("chunk", "Resends", ("ID#00000", "chunk"), "size", Moment::Scheduled),
    Corruption::new("recipient", "Resends", ("ID#00000", "00000#004"), "userId", Moment::Scheduled),
    Corruption::new("pace record", "Resends", ("pace", "account"), "rate", Moment::Sending),
    Corruption::new("template snapshot", "Resends", ("ID", "template#en"), "subject", Moment::Scheduled),
    Corruption::new("selection", "Resends", ("ID", "selection#00"), "ids", Moment::Preparing),
    Corruption::new("recipient list", "Resends", ("ID", "list#00000"), "recipients", Moment::PreparingAgain),
];

/// A world with the recipients, in which SES reports events, and a mail in doubt stays in doubt.
async fn world() -> World {
    let world = World::with(WorldOptions {
        send_rate: 1,
        feedback: Some(EventTimes::new(|_| vec![0])),
        ..WorldOptions::default()
    })
    .await;
    world.group("g", None).await;
    world.users(RECIPIENTS, "g").await;
    world.settings(&json!({"onDoubt": "hold"})).await;
    world
}

/// Creates a resend to every user that starts in ten minutes. Until the next plan, no call of the sender succeeds.
async fn created(world: &World) -> Value {
    world.faults.plan(|call, _| match call.function.as_deref() {
        Some("sender") => Fault::Refuse {
            status: 400,
            code: "AccessDeniedException",
        },
        _ => Fault::Pass,
    });

    let body = json!({
        "selection": {"filter": {"q": "u0"}, "except": ["nobody"]},
        "passwordChange": "set_link",
        "startAt": "2026-11-23T00:10:00Z",
    });
    let (status, resend) = world
        .owner()
        .post("/v1/resends", &[("idempotency-key", "k")], &body)
        .await
        .unwrap();
    assert_eq!(status, 202, "{resend}");

    resend["id"].clone()
}

/// Lets the resend go on, and changes an item when the moment has come.
async fn change_at(world: &World, moment: Moment, change: impl Fn() + Send + 'static) {
    match moment {
        Moment::Preparing => {
            change();
            world.faults.plan(|_, _| Fault::Pass);
        }
        Moment::PreparingAgain => {
            let (mut written, mut change) = (false, Some(change));

            world.faults.plan(move |call, _| {
                if call.function.as_deref() != Some("sender") {
                    return Fault::Pass;
                }
                if written && let Some(change) = change.take() {
                    change();
                } else if call.operation == "PutItem" && !written {
                    written = true;
                    return Fault::EndAfter;
                }
                Fault::Pass
            });
        }
        Moment::Scheduled => {
            world.faults.plan(|_, _| Fault::Pass);
            world.pass(540).await;
            change();
        }
        Moment::Sending => {
            let mut change = Some(change);

            world.faults.plan(move |call, _| {
                if call.operation == "SendBulkEmail"
                    && let Some(change) = change.take()
                {
                    change();
                }
                Fault::Pass
            });
        }
    }
}

/// Moves the messages of the dead-letter queue back to their queues, as an operator does after a repair.
async fn move_dead_letters_back(world: &World) {
    let operator = Caller::new(world.stack.aws.clone(), String::new());
    let target = [("x-amz-target", "AmazonSQS.StartMessageMoveTask")];
    let source = json!({"SourceArn": arn::queue("WorkDeadLetters")});

    let (status, answer) = operator.post("/", &target, &source).await.unwrap();
    assert_eq!(status, 200, "{answer}");
}

/// Whether a message for the sender about the resend is in a queue. Events of SES name the resend, too.
fn message_is_kept(world: &World, id: &str) -> bool {
    world
        .messages()
        .lines()
        .any(|body| body.contains(id) && !body.contains("detail-type"))
}

/// Waits for the end of the resend: each recipient has exactly one mail.
async fn ends_with_one_mail_each(world: &World, id: &Value, context: &str) {
    let resend = world.ended(id, 4 * 3_600).await;
    assert_eq!(resend["state"], "completed", "{context}: {resend}");

    let expected: Vec<_> = (1..=RECIPIENTS)
        .map(|number| format!("u{number:03}@example.com"))
        .collect();
    assert_eq!(world.inbox(), expected, "{context}");
}

/// A resend that stopped because of a corrupt item.
struct Stopped {
    world: World,
    id: Value,
    item: StoredItem,
    /// The item before the corruption, if it existed.
    original: Option<Value>,
}

impl Stopped {
    /// Corrupts an item, and waits until the messages of the resend have failed for the last time.
    async fn by(corruption: &Corruption) -> Self {
        let world = world().await;
        let id = created(&world).await;
        let item = corruption.item(&world, id.as_str().unwrap());

        let (corrupted, attribute) = (item.clone(), corruption.attribute);
        let (send, original) = mpsc::channel();
        let corrupt = move || {
            send.send(corrupted.get()).unwrap();
            corrupted.set(attribute, &json!({"BOOL": true}));
        };
        change_at(&world, corruption.moment, corrupt).await;
        world.pass(UNTIL_DEAD_LETTER).await;

        let original = original.try_recv().unwrap();
        Self {
            world,
            id,
            item,
            original,
        }
    }

    /// Undoes the corruption and nothing else, and waits for the end.
    async fn repaired(self, corruption: &Corruption) {
        match self.original {
            Some(original) => self
                .item
                .set(corruption.attribute, &original[corruption.attribute]),
            None => self.item.delete(),
        }
        move_dead_letters_back(&self.world).await;
        ends_with_one_mail_each(&self.world, &self.id, corruption.kind).await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_corrupt_item_is_logged_its_message_is_kept_and_after_a_repair_each_user_gets_one_mail() {
    for corruption in &CORRUPTIONS {
        let kind = corruption.kind;
        let (log, _guard) = LogCapture::begin(Level::ERROR);
        let stopped = Stopped::by(corruption).await;

        let mails = stopped.world.inbox().len();
        assert!(mails < RECIPIENTS, "{kind}: {mails} mails");
        let log = log.text();
        assert!(log.contains("is corrupt"), "{kind}: {log}");
        let is_kept = message_is_kept(&stopped.world, stopped.id.as_str().unwrap());
        assert!(is_kept, "{kind}: {log}");

        stopped.repaired(corruption).await;
    }
}

// A worker takes the refusal of its conditional write for that of another worker, and drops its message. The sweep finds
// the chunk overdue, and reads it.
#[tokio::test(start_paused = true)]
async fn a_corrupt_turn_is_logged_by_the_sweep_and_after_a_repair_each_user_gets_one_mail() {
    let corruption = Corruption::new(
        "turn",
        "Resends",
        ("ID#00000", "chunk"),
        "turn",
        Moment::Sending,
    );
    let (log, _guard) = LogCapture::begin(Level::ERROR);
    let stopped = Stopped::by(&corruption).await;

    assert_eq!(stopped.world.inbox().len(), 1);
    assert!(log.text().contains("is corrupt"), "{}", log.text());

    stopped.repaired(&corruption).await;
}

#[tokio::test(start_paused = true)]
async fn a_missing_organisation_is_logged_as_missing_and_not_as_corrupt() {
    let (log, _guard) = LogCapture::begin(Level::ERROR);
    let world = world().await;
    let id = created(&world).await;

    let item = world.item("Directory", ORGANISATION, "organisation");
    let original = item.get().unwrap();
    let deleted = item.clone();
    change_at(&world, Moment::Sending, move || deleted.delete()).await;
    world.pass(UNTIL_DEAD_LETTER).await;

    assert!(
        log.text().contains("the organisation is missing"),
        "{}",
        log.text()
    );
    assert!(!log.text().contains("corrupt"), "{}", log.text());
    assert!(message_is_kept(&world, id.as_str().unwrap()));

    item.put(&original);
    move_dead_letters_back(&world).await;
    ends_with_one_mail_each(&world, &id, "organisation").await;
}

#[tokio::test(start_paused = true)]
async fn a_missing_user_is_skipped_and_not_an_error() {
    let (log, _guard) = LogCapture::begin(Level::ERROR);
    let world = world().await;
    let id = created(&world).await;

    let item = world.item("Directory", "sample#user#u005", "user");
    change_at(&world, Moment::Sending, move || item.delete()).await;
    let resend = world.ended(&id, 3_600).await;

    assert_eq!(
        (&resend["state"], &resend["counts"]["skipped"]),
        (&json!("completed"), &json!(1)),
        "{resend}"
    );
    assert_eq!(world.inbox().len(), RECIPIENTS - 1);
    assert!(
        !log.text().contains("corrupt") && !log.text().contains("is missing"),
        "{}",
        log.text()
    );
}
