#![doc = include_str!("../README.md")]

mod clock;
mod environment;
mod error;
mod host;
mod keyring;
mod log_lines;
mod mailer;
mod metrics;
mod outgoing_mail;
mod passwords;
mod queue;
mod random;
mod redelivery;
mod refusal_message;
mod schedules;
mod send_outcome;
mod user_pool;
mod wave_template;

pub use clock::Clock;
pub use environment::{Environment, InvalidEnvironment, Variables};
pub use error::Error;
pub use host::Host;
pub use keyring::Keyring;
pub use log_lines::write_log_lines;
pub use mailer::{Mailer, MailerConfig};
pub use metrics::Metrics;
pub use outgoing_mail::OutgoingMail;
pub use passwords::{PasswordConfig, Passwords};
pub use queue::{DELAY_ATTRIBUTE, MAX_DELAY, Queue};
pub use random::random;
pub use redelivery::{FailedMessage, Redelivery, first_sent_at};
pub use schedules::{ScheduleTarget, Schedules};
pub use send_outcome::{MailOutcome, SendOutcome};
pub use user_pool::{SetPasswordOutcome, UserPool, UserPoolConfig};
