//! The stack: emulated AWS, the functions with their clients, and the gateway in front of them.

mod accounts;
mod background;
mod environment;
mod functions;
mod options;
mod permissions;
mod services;

use std::sync::Arc;

use axum::Router;
use chrono::TimeDelta;
use reinvite_aws::{Clock, Passwords};
use reinvite_emulators::{
    self as emulators, Services,
    lambda::{self, EventSource, Functions},
};
use reinvite_sender::SenderFunction;
use reinvite_store::Store;
use thiserror::Error;

use crate::{
    gateway::{self, Cors},
    inbox,
    issuer::{self, CONSOLE_CLIENT, Issuer, MACHINE_CLIENT},
    provision::{ProvisionError, provision},
    remote_functions,
    template::{IntrinsicError, QueueEvent, Recurring, Template, TemplateError},
};
use background::Background;
pub use environment::{EnvironmentError, Environments, Parameters};
use functions::Wiring;
pub use functions::WiringError;
pub use options::{Connection, Options};
pub use permissions::{PermissionError, Permissions, Tried};

/// The organisation of the stack's tokens.
pub const ORGANISATION: &str = "sample";

/// The page on which users log in.
const LOGIN_URL: &str = "https://learn.example.com/login";

/// The sender of every mail.
const FROM_ADDRESS: &str = "invitations@example.com";

/// The `iss` of the stack's tokens.
const ISSUER: &str = "http://localhost/issuer";

/// The `aud` of the stack's tokens.
const AUDIENCE: &str = "reinvite";

/// The stack cannot start.
#[derive(Debug, Error)]
pub enum StartError {
    /// The data cannot be opened.
    #[error(transparent)]
    Open(#[from] emulators::OpenError),
    /// The template cannot be read.
    #[error(transparent)]
    Template(#[from] TemplateError),
    /// A resource of the template cannot be made.
    #[error(transparent)]
    Provision(#[from] ProvisionError),
    /// The CORS configuration of the template cannot be evaluated.
    #[error("the CORS configuration of the template cannot be evaluated")]
    Cors(#[source] IntrinsicError),
    /// A route of the template cannot be served.
    #[error(transparent)]
    Route(#[from] gateway::RouteError),
    /// The issuer's key cannot be opened.
    #[error(transparent)]
    Key(#[from] issuer::KeyError),
    /// The role of a function cannot be read.
    #[error(transparent)]
    Permission(#[from] PermissionError),
    /// A function cannot be made from its environment.
    #[error(transparent)]
    Function(#[from] WiringError),
}

/// A stack that was started. Clones share it.
#[derive(Clone)]
pub struct Stack {
    /// The emulated AWS.
    pub services: Services,
    /// The functions, by name.
    pub functions: Functions,
    /// The tables, as the functions see them.
    pub store: Store,
    /// The sender.
    pub sender: Arc<SenderFunction>,
    /// Changes passwords; `None` if the LMS keeps them.
    pub passwords: Option<Passwords>,
    /// A client of Secrets Manager, for the rotation of the stage key.
    pub secrets_manager: aws_sdk_secretsmanager::Client,
    /// Signs tokens.
    pub issuer: Issuer,
    /// The API behind its gateway, tokens, and the inbox.
    pub front: Router,
    /// The AWS endpoints: the services, and Lambda's `Invoke`.
    pub aws: Router,
    /// The permissions of the functions, which are enforced if they call AWS without a socket.
    pub permissions: Permissions,
    /// The time.
    pub clock: Clock,
    sources: Vec<EventSource>,
    recurring: Vec<Recurring>,
}

impl Stack {
    /// Opens the data, makes each resource of the template that does not exist, and wires the functions.
    ///
    /// Queues and schedules invoke functions while [`Stack::run`] is polled.
    pub fn start(options: Options) -> Result<Self, StartError> {
        let template = Template::deployed()?;
        let services = services::open(&options, &template.configuration_sets)?;
        provision(&template, &services)?;

        let environments = environments(&template, &options);
        let emulators_clock = services::emulators_clock(&options);
        let (clock, hashing) = (options.clock.clone(), options.hashing);
        let issuer = Issuer::open(options.data.as_deref(), ISSUER, AUDIENCE, clock.clone())?;
        let permissions = Permissions::of(&template, environments.resolver())?;
        let sdk = services::sdk_config(options.connection, &services, &permissions);

        let wiring = Wiring {
            environments: &environments,
            timeouts: template.timeouts(),
            sdk: &sdk,
            hashing,
            clock: &clock,
        };
        let sender = wiring.sender()?;
        let functions = match &options.functions {
            Some(address) => remote_functions::functions(&template, address)
                .aliased(&environments.deployed_names().map_err(WiringError::from)?),
            None => wiring.functions(sender.clone())?,
        };
        let store = sender.engine().preparer.store.clone();

        let cors = template
            .cors
            .resolve(environments.resolver())
            .map_err(StartError::Cors)?;
        let api = gateway::router(
            &template.routes,
            functions.clone(),
            issuer.authorizer(),
            cors.map(Cors::new),
            clock.clone(),
        )?;
        let accounts = accounts::accounts(&store, &clock);
        let front = api
            .merge(issuer::router(issuer.clone(), ORGANISATION, accounts))
            .merge(inbox::router(services.ses.mailbox().clone()));
        let source = |event| event_source(event, &services, &emulators_clock);

        Ok(Self {
            secrets_manager: aws_sdk_secretsmanager::Client::new(&sdk),
            aws: emulators::router(services.clone()).merge(lambda::router(functions.clone())),
            sources: template.event_sources.into_iter().map(source).collect(),
            recurring: template.recurring,
            passwords: sender.engine().passwords.clone(),
            store,
            sender,
            functions,
            services,
            issuer,
            front,
            permissions,
            clock,
        })
    }

    /// Goes on with the work of an earlier process on the same data. No worker of it has survived, so its messages return to
    /// their queues, and its resends go on, at once.
    async fn recover(&self) {
        if let Err(error) = self.services.sqs.return_in_flight() {
            tracing::error!(%error, "messages in flight cannot be returned");
        }
        if let Err(error) = self.sender.engine().recover().await {
            tracing::error!(%error, "resends cannot be looked at");
        }
    }

    /// Goes on with the work of an earlier process, and lets queues and schedules invoke the functions for as long as it is
    /// polled.
    pub async fn run(&self) {
        self.recover().await;

        let background = Background {
            services: &self.services,
            functions: &self.functions,
            clock: &self.clock,
        };
        background.run(&self.sources, &self.recurring).await;
    }
}

/// The environments of the functions, with the variables that a local stack or a test sets to other values.
fn environments(template: &Template, options: &Options) -> Environments {
    let api = format!("127.0.0.1:{}", options.port);
    let machine_clients = format!("{MACHINE_CLIENT}={ORGANISATION}/{MACHINE_CLIENT}");
    let parameters = Parameters {
        credentials: options.credentials,
        from_address: FROM_ADDRESS,
        login_url: LOGIN_URL,
        invitation_host: &api,
        organisation: ORGANISATION,
        machine_clients: &machine_clients,
        maintenance: options.maintenance,
        allowed_origins: &options.allowed_origins,
    };
    let environments = Environments::new(template, &options.connection.endpoint(), &parameters)
        .overridden("INVITATION_URL", format!("http://{api}/v1/invitations"))
        .overridden("SIGN_IN_ISSUER", ISSUER)
        .overridden("SIGN_IN_CLIENT_ID", CONSOLE_CLIENT)
        .overridden("SIGN_IN_AUTHORIZATION_ENDPOINT", "/local/authorize")
        .overridden("SIGN_IN_TOKEN_ENDPOINT", "/local/token")
        .overridden("SIGN_IN_END_SESSION_ENDPOINT", "/local/sign-out")
        .added("CHUNK_SIZE", options.chunk_size.to_string());

    if options.feedback.is_some() {
        environments
    } else {
        environments.overridden("CONFIGURATION_SET", "")
    }
}

fn event_source(event: QueueEvent, services: &Services, clock: &emulators::Clock) -> EventSource {
    EventSource {
        sqs: services.sqs.clone(),
        queue: event.queue,
        function: event.function,
        batch_size: event.batch_size,
        batching_window: TimeDelta::seconds(event.batching_window.into()),
        clock: clock.clone(),
        maximum_concurrency: event.maximum_concurrency,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use reinvite_domain::{Credentials, credential::Hashing};
    use reinvite_emulators::sesv2::EventTimes;

    use super::*;

    /// The variables that `sam local` gives the functions.
    const ENV_FILE: &str = include_str!("../../local.env.json");

    /// The environments of `cargo run` with its default options.
    fn defaults(template: &Template) -> Environments {
        let options = Options {
            data: None,
            send_rate: 50,
            daily_quota: None,
            chunk_size: 250,
            feedback: Some(EventTimes::default()),
            credentials: Credentials::Table,
            maintenance: false,
            hashing: Hashing::default(),
            port: 3000,
            allowed_origins: String::new(),
            clock: Clock::System,
            connection: Connection::Port(4566),
            functions: None,
        };
        environments(template, &options)
    }

    /// `sam local` leaves a variable empty that it cannot resolve and that the file does not hold.
    #[test]
    fn sam_local_gives_each_function_the_environment_that_it_has_in_this_process() {
        let file: BTreeMap<String, BTreeMap<String, String>> =
            serde_json::from_str(ENV_FILE).unwrap();
        let file = &file["Parameters"];
        let template = Template::deployed().unwrap();
        let environments = defaults(&template);

        for (function, declared) in &template.functions {
            let own = environments.environment(function).unwrap();
            for variable in declared.variables.keys() {
                let given = file
                    .get(variable)
                    .map(|value| value.replace("host.docker.internal", "127.0.0.1"));
                let expected = match variable.as_str() {
                    // No network connects a container with the loopback of its host.
                    "AWS_ENDPOINT_URL" => Some("http://127.0.0.1:4566"),
                    // For `start-api`, which verifies no token.
                    "JWT_ISSUER" => Some(ISSUER),
                    "JWT_AUDIENCE" => Some("reinvite,lms"),
                    // A sender refers to itself by its deployed name.
                    "SENDER_ARN" => Some("arn:aws:lambda:us-east-1:000000000000:function:sender"),
                    other => own.get(other).map(String::as_str),
                };
                assert_eq!(given.as_deref(), expected, "{variable} of {function}");
            }
        }
    }
}
