//! The functions, each made from its own environment as its `main` makes it.

use std::{collections::BTreeMap, sync::Arc};

use aws_types::SdkConfig;
use axum::Router;
use chrono::TimeDelta;
use reinvite_aws::{Clock, Host, InvalidEnvironment};
use reinvite_console::ConsoleFunction;
use reinvite_directory::DirectoryFunction;
use reinvite_domain::credential::Hashing;
use reinvite_emulators::lambda::Functions;
use reinvite_feedback::FeedbackFunction;
use reinvite_invitations::InvitationsFunction;
use reinvite_resends::ResendsFunction;
use reinvite_sender::SenderFunction;
use reinvite_settings::SettingsFunction;
use reinvite_templates::TemplatesFunction;
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;
use thiserror::Error;

use super::environment::{EnvironmentError, Environments};

/// A function cannot be made from its environment.
#[derive(Debug, Error)]
pub enum WiringError {
    /// The environment cannot be made from the template.
    #[error(transparent)]
    Template(#[from] EnvironmentError),
    /// The environment is incomplete or wrong.
    #[error(transparent)]
    Environment(#[from] InvalidEnvironment),
}

/// The parts from which the functions are made.
pub struct Wiring<'a> {
    pub environments: &'a Environments,
    /// The seconds that each function may run.
    pub timeouts: BTreeMap<String, u32>,
    pub sdk: &'a SdkConfig,
    pub hashing: Hashing,
    pub clock: &'a Clock,
}

impl Wiring<'_> {
    /// The sender by itself, which tests and the stack use.
    pub fn sender(&self) -> Result<Arc<SenderFunction>, WiringError> {
        let sender = SenderFunction::new(&self.host("sender")?)?;
        Ok(Arc::new(sender.with_hashing(self.hashing)))
    }

    /// Every function of the template, under its short name and its name in the account.
    pub fn functions(&self, sender: Arc<SenderFunction>) -> Result<Functions, WiringError> {
        let functions = self.with_http_functions(Functions::default())?;
        let functions = self.with_queue_functions(functions, sender)?;

        Ok(functions
            .within(&self.timeouts)
            .aliased(&self.environments.deployed_names()?))
    }

    /// The host of a function: the environment that the template declares for it, with the parts that all share.
    fn host(&self, function: &str) -> Result<Host, EnvironmentError> {
        Ok(Host {
            variables: self.environments.environment(function)?,
            sdk: self.sdk.clone(),
            clock: self.clock.clone(),
        })
    }

    fn with_http_functions(&self, functions: Functions) -> Result<Functions, WiringError> {
        let directory = DirectoryFunction::new(&self.host("directory")?)?;
        let directory = (directory.api.clone(), reinvite_directory::router(directory));
        let resends = reinvite_resends::router(ResendsFunction::new(&self.host("resends")?)?);
        let templates = TemplatesFunction::new(&self.host("templates")?)?;
        let templates = reinvite_templates::router(templates);
        let settings = SettingsFunction::new(&self.host("settings")?)?;
        let settings = reinvite_settings::router(settings);
        let invitations = InvitationsFunction::new(&self.host("invitations")?)?;
        let invitations = reinvite_invitations::router(invitations.with_hashing(self.hashing));
        let console = reinvite_console::router(ConsoleFunction::new(&self.host("console")?)?);

        Ok(functions
            .with("console", move |event| answer(console.clone(), event))
            .with("directory", move |event| {
                let directory = directory.clone();
                async move {
                    let (api, router) = &directory;
                    let answer = reinvite_directory::handle_event(api, router, event).await;
                    answer.map_err(|error| error.to_string())
                }
            })
            .with("resends", move |event| answer(resends.clone(), event))
            .with("templates", move |event| answer(templates.clone(), event))
            .with("settings", move |event| answer(settings.clone(), event))
            .with("invitations", move |event| {
                answer(invitations.clone(), event)
            }))
    }

    /// Adds the functions that SQS and Scheduler invoke.
    fn with_queue_functions(
        &self,
        functions: Functions,
        sender: Arc<SenderFunction>,
    ) -> Result<Functions, WiringError> {
        let feedback = Arc::new(FeedbackFunction::new(&self.host("feedback")?)?);
        let clock = self.clock.clone();
        let timeout = self.timeouts.get("sender").copied().unwrap_or_default();
        let timeout = TimeDelta::seconds(timeout.into());

        Ok(functions
            .with("feedback", move |event| {
                let feedback = feedback.clone();
                async move { to_json(feedback.handle(from_json(event)?).await) }
            })
            .with("sender", move |event| {
                let (sender, deadline) = (sender.clone(), clock.now() + timeout);
                async move {
                    let failures = Box::pin(sender.handle(from_json(event)?, deadline)).await;
                    to_json(failures.map_err(|error| error.to_string())?)
                }
            }))
    }
}

async fn answer(router: Router, event: Value) -> Result<Value, String> {
    reinvite_web::answer(&router, event)
        .await
        .map_err(|error| error.to_string())
}

fn from_json<T: DeserializeOwned>(event: Value) -> Result<T, String> {
    serde_json::from_value(event).map_err(|error| error.to_string())
}

fn to_json(answer: impl Serialize) -> Result<Value, String> {
    serde_json::to_value(answer).map_err(|error| error.to_string())
}
