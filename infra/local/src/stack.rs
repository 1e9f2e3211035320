//! The stack: the local AWS, the functions with their clients, and the gateway before them.

use std::{path::PathBuf, sync::Arc};

use aws_config::{BehaviorVersion, Region, SdkConfig};
use aws_sdk_dynamodb::config::Credentials as AwsCredentials;
use axum::Router;
use chrono::TimeDelta;
use reinvite_aws::{Clock, Host, InvalidEnvironment, Passwords, Variables};
use reinvite_domain::{Credentials, OrganisationId, credential::Hashing};
use reinvite_emulators::{
    self as emulators, Services, arn,
    connector::{Observer, in_process_with},
    lambda::{self, EventSource, Functions},
    sesv2::{Account, EventTimes},
};
use reinvite_feedback::FeedbackFunction;
use reinvite_sender::SenderFunction;
use reinvite_store::Store;
use serde_json::Value;

use crate::{
    gateway, inbox,
    issuer::{self, Issuer},
    provision::provision,
    template::{Recurring, Template},
};

/// The organisation the stack hands out tokens for.
pub const ORGANISATION: &str = "sample";

/// The host where users log in.
const LOGIN_HOST: &str = "learn.example.com";

/// Where mails come from.
const FROM: &str = "invitations@example.com";

/// What SES tells events by.
const CONFIGURATION_SET: &str = "reinvite";

/// Passwords a second that the local user pool takes.
const USER_POOL_RATE: u32 = 25;

/// How often DynamoDB's expired items are deleted; AWS takes days.
const SWEEP_EXPIRED: TimeDelta = TimeDelta::hours(1);

/// Why the stack cannot start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The data cannot be opened.
    #[error(transparent)]
    Open(#[from] emulators::OpenError),
    /// The template cannot be read.
    #[error(transparent)]
    Template(#[from] crate::template::TemplateError),
    /// A resource of it cannot be made.
    #[error(transparent)]
    Provision(#[from] crate::provision::ProvisionError),
    /// A route of it cannot be served.
    #[error(transparent)]
    Route(#[from] gateway::RouteError),
    /// The issuer's key cannot be opened.
    #[error(transparent)]
    Key(#[from] issuer::KeyError),
    /// The environment variables of a function are wrong.
    #[error(transparent)]
    Environment(#[from] InvalidEnvironment),
}

/// What a stack is started with.
pub struct Options {
    /// The folder that keeps everything; `None` keeps it in memory.
    pub data: Option<PathBuf>,
    /// Mails a second.
    pub send_rate: u32,
    /// Mails in any 24 hours; `None` is unlimited.
    pub daily_quota: Option<u64>,
    /// Recipients to a chunk.
    pub chunk_size: usize,
    /// When SES tells what becomes of mails; `None` where it tells nothing.
    pub feedback: Option<EventTimes>,
    /// Where passwords are kept, and what hashing one costs.
    pub passwords: (Credentials, Hashing),
    /// Where invitation links lead: the port of the API.
    pub port: u16,
    /// The time.
    pub clock: Clock,
    /// How the functions reach AWS.
    pub connection: Connection,
}

/// How the functions reach AWS.
pub enum Connection {
    /// Over loopback, at this port.
    Port(u16),
    /// Without a socket, each call seen by an observer.
    InProcess(Observer),
}

/// A stack that was started. Clones share it.
#[derive(Clone)]
pub struct Stack {
    /// The local AWS.
    pub services: Services,
    /// The functions, by name.
    pub functions: Functions,
    /// The tables as the functions see them.
    pub store: Store,
    /// The sender.
    pub sender: Arc<SenderFunction>,
    /// How passwords are changed; not at all where the LMS keeps them.
    pub passwords: Option<Passwords>,
    /// A client of Secrets Manager, as whoever rotates the key has one.
    pub secrets_manager: aws_sdk_secretsmanager::Client,
    /// Signs tokens.
    pub issuer: Issuer,
    /// The API behind its gateway, tokens, and the inbox.
    pub front: Router,
    /// The AWS endpoints: the services, and the functions to invoke.
    pub aws: Router,
    /// The time.
    pub clock: Clock,
    sources: Vec<EventSource>,
    recurring: Vec<Recurring>,
}

impl Stack {
    /// Opens the data, makes what the template describes and is not there, and wires the functions. Work goes on while
    /// [`Stack::run`] is polled.
    pub fn start(options: Options) -> Result<Self, StartError> {
        let template = Template::deployed()?;
        let endpoint = match &options.connection {
            Connection::Port(port) => format!("http://127.0.0.1:{port}"),
            Connection::InProcess(_) => "http://aws.localhost".to_string(),
        };
        let account = Account {
            verified_identities: vec!["example.com".into()],
            configuration_sets: vec![CONFIGURATION_SET.into()],
            event_queue: Some("Feedback".into()),
            events: options.feedback.clone().unwrap_or_default(),
            max_send_rate: options.send_rate,
            max_24_hour_send: options.daily_quota,
        };
        let settings = emulators::Settings {
            data: options.data.clone(),
            endpoint: endpoint.clone(),
            account,
        };
        let clock = options.clock.clone();
        let emulators_clock = emulators::Clock::new(move || clock.now());
        let services = Services::open(&settings, &emulators_clock)?;
        provision(&template, &services)?;
        let sdk = match &options.connection {
            Connection::Port(_) => sdk_config(&endpoint),
            Connection::InProcess(observer) => sdk_config(&endpoint).http_client(in_process_with(
                emulators::router(services.clone()),
                observer.clone(),
            )),
        };
        let sdk = sdk.build();
        let (credentials, hashing) = options.passwords;
        let host = Host {
            variables: variables(&options, &endpoint, credentials),
            sdk,
            clock: options.clock.clone(),
        };
        let sender = Arc::new(SenderFunction::new(&host)?.with_hashing(hashing));
        let store = sender.engine().preparer.store.clone();
        let passwords = sender.engine().passwords.clone();
        let sender_seconds = template.timeouts.get("sender").copied().unwrap_or_default();
        let sender_runs = TimeDelta::seconds(sender_seconds.into());
        let functions = functions(&host, hashing, (sender.clone(), sender_runs))?;
        let functions = functions.within(&template.timeouts);
        let issuer = Issuer::open(
            options.data.as_deref(),
            "http://localhost/issuer",
            "reinvite",
            options.clock.clone(),
        )?;
        let api = gateway::router(
            &template.routes,
            functions.clone(),
            issuer.authorizer(),
            options.clock.clone(),
        )?;
        let users = store.clone();
        let find_user: issuer::FindUser = Arc::new(move |organisation, login_id| {
            let users = users.clone();
            Box::pin(async move {
                let organisation = OrganisationId::new(organisation).ok()?;
                let listed = users
                    .user_lists
                    .with_login_id(&organisation, &login_id)
                    .await;
                listed.ok().flatten().map(|user| String::from(user.id))
            })
        });
        let front = api
            .merge(issuer::router(issuer.clone(), ORGANISATION, find_user))
            .merge(inbox::router(services.ses.mailbox().clone()));
        let source = |event: crate::template::QueueEvent| EventSource {
            sqs: services.sqs.clone(),
            queue: event.queue,
            function: event.function,
            batch_size: event.batch_size,
            batching_window: TimeDelta::seconds(event.batching_window.into()),
            clock: emulators_clock.clone(),
            maximum_concurrency: event.maximum_concurrency,
        };
        let sources = template.event_sources.into_iter().map(source).collect();
        let aws = emulators::router(services.clone()).merge(lambda::router(functions.clone()));
        let secrets_manager = aws_sdk_secretsmanager::Client::new(&host.sdk);
        Ok(Self {
            functions,
            store,
            sender,
            passwords,
            secrets_manager,
            issuer,
            front,
            aws,
            clock: options.clock,
            sources,
            recurring: template.recurring,
            services,
        })
    }

    /// Lets queues and schedules invoke the functions, for as long as it is polled.
    pub async fn run(&self) {
        let queues = self.sources.iter().map(|source| async {
            if let Err(error) = source.run(&self.functions).await {
                tracing::error!(%error, queue = source.queue, "a queue cannot be read");
            }
        });
        let schedules = self
            .services
            .scheduler
            .fire(|firing| self.functions.clone().deliver(firing));
        let expired = async {
            loop {
                self.clock
                    .sleep_until(self.clock.now() + SWEEP_EXPIRED)
                    .await;
                if let Err(error) = self.services.database.sweep_ttl() {
                    tracing::error!(%error, "expired items cannot be deleted");
                }
            }
        };
        let recurring = self.recurring.iter().map(|recurring| async {
            loop {
                self.clock
                    .sleep_until(self.clock.now() + TimeDelta::minutes(recurring.minutes.into()))
                    .await;
                if let Err(error) = self
                    .functions
                    .invoke(&recurring.function, recurring.input.clone())
                    .await
                {
                    tracing::error!(%error, function = recurring.function, "an invocation failed");
                }
            }
        });
        let recurring = futures::future::join_all(recurring);
        tokio::join!(
            futures::future::join_all(queues),
            schedules,
            expired,
            recurring
        );
    }
}

fn sdk_config(endpoint: &str) -> aws_types::sdk_config::Builder {
    SdkConfig::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new(arn::REGION))
        .endpoint_url(endpoint)
        .credentials_provider(aws_sdk_dynamodb::config::SharedCredentialsProvider::new(
            AwsCredentials::new("local", "local", None, None, "local"),
        ))
        .sleep_impl(aws_smithy_async::rt::sleep::SharedAsyncSleep::new(
            aws_smithy_async::rt::sleep::TokioSleep::new(),
        ))
}

/// The environment variables of the functions.
fn variables(options: &Options, endpoint: &str, credentials: Credentials) -> Variables {
    let credentials = match credentials {
        Credentials::None => "none",
        Credentials::Table => "table",
        Credentials::Cognito => "cognito",
    };
    let client = issuer::MACHINE_CLIENT;
    let set = [
        ("DIRECTORY_TABLE", "Directory".to_string()),
        ("RESENDS_TABLE", "Resends".to_string()),
        ("QUEUE_URL", format!("{endpoint}/{}/Work", arn::ACCOUNT)),
        ("SCHEDULE_GROUP", "Schedules".to_string()),
        ("SENDER_ARN", arn::function("sender")),
        ("SCHEDULER_ROLE_ARN", arn::role("SchedulerRole")),
        ("DEAD_LETTER_ARN", arn::queue("DeadLetters")),
        ("FROM_ADDRESS", FROM.to_string()),
        (
            "CONFIGURATION_SET",
            options
                .feedback
                .as_ref()
                .map_or("", |_| CONFIGURATION_SET)
                .to_string(),
        ),
        ("LOGIN_URL", format!("https://{LOGIN_HOST}/login")),
        ("CHUNK_SIZE", options.chunk_size.to_string()),
        ("CREDENTIALS", credentials.to_string()),
        ("KEY_SECRET", "StageKey".to_string()),
        (
            "INVITATION_URL",
            format!("http://127.0.0.1:{}/v1/invitations", options.port),
        ),
        ("USER_POOL_ID", format!("{}_local", arn::REGION)),
        ("USER_POOL_ORGANISATION", ORGANISATION.to_string()),
        ("USER_POOL_RATE", USER_POOL_RATE.to_string()),
        ("ORGANISATION_CLAIM", "org".to_string()),
        ("OPERATOR_BY", "user_id".to_string()),
        (
            "MACHINE_CLIENTS",
            format!("{client}={ORGANISATION}/{client}"),
        ),
    ];
    set.map(|(name, value)| (name.to_string(), value)).into()
}

/// The functions, as they are deployed; the sender knows how long it may run.
fn functions(
    host: &Host,
    hashing: Hashing,
    (sender, sender_runs): (Arc<SenderFunction>, TimeDelta),
) -> Result<Functions, InvalidEnvironment> {
    let directory = reinvite_directory::DirectoryFunction::new(host)?;
    let directory = (directory.api.clone(), reinvite_directory::router(directory));
    let resends = reinvite_resends::router(reinvite_resends::ResendsFunction::new(host)?);
    let templates = reinvite_templates::router(reinvite_templates::TemplatesFunction::new(host)?);
    let settings = reinvite_settings::router(reinvite_settings::SettingsFunction::new(host)?);
    let invitations = reinvite_invitations::InvitationsFunction::new(host)?.with_hashing(hashing);
    let invitations = reinvite_invitations::router(invitations);
    let feedback = FeedbackFunction::new(host)?;
    let clock = host.clock.clone();

    Ok(Functions::default()
        .with("directory", move |event| {
            let directory = directory.clone();
            async move {
                let (api, router) = &directory;
                reinvite_directory::handle_event(api, router, event)
                    .await
                    .map_err(|error| error.to_string())
            }
        })
        .with("resends", move |event| answered(resends.clone(), event))
        .with("templates", move |event| answered(templates.clone(), event))
        .with("settings", move |event| answered(settings.clone(), event))
        .with("invitations", move |event| {
            answered(invitations.clone(), event)
        })
        .with("feedback", move |event: Value| {
            let feedback = feedback.clone();
            async move {
                let event = serde_json::from_value(event).map_err(|error| error.to_string())?;
                serde_json::to_value(feedback.handle(event).await)
                    .map_err(|error| error.to_string())
            }
        })
        .with("sender", move |event: Value| {
            let (sender, deadline) = (sender.clone(), clock.now() + sender_runs);
            async move {
                let event = serde_json::from_value(event).map_err(|error| error.to_string())?;
                let failures = sender
                    .handle(event, deadline)
                    .await
                    .map_err(|error| error.to_string())?;
                serde_json::to_value(failures).map_err(|error| error.to_string())
            }
        }))
}

async fn answered(router: Router, event: Value) -> Result<Value, String> {
    reinvite_web::answer(&router, event)
        .await
        .map_err(|error| error.to_string())
}
