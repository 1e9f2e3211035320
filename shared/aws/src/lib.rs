//! DynamoDB, SES, EventBridge Scheduler and SQS: SDK calls in, domain types out.

mod audit;
mod cancellation;
mod chunks;
mod clients;
mod clock;
mod config;
mod credentials;
mod daily_limit;
mod erasure;
mod error;
mod feedback;
mod groups;
mod keyring;
mod lists;
mod mailer;
mod members;
mod once;
mod operators;
mod organisations;
mod pacer;
mod partiql;
mod passwords;
mod preparation;
mod queue;
mod random;
mod recipients;
mod renewals;
mod resends;
mod schedules;
mod store;
mod table;
mod templates;
mod test_mails;
mod transitions;
mod user_pool;
mod users;
mod wakes;

pub use clients::{Clients, sdk_config};
pub use clock::Clock;
pub use config::{
    Config, IdentityConfig, InvalidConfig, MachineClient, OperatorBy, PasswordsConfig,
    ResendConfig, Tables,
};
pub use error::Error;
pub use groups::VersionedGroupTree;
pub use keyring::Keyring;
pub use lists::{ExcludedUser, PlannedRecipient, RecipientList};
pub use mailer::{MailOutcome, Mailer, OutgoingMail, SendOutcome, weight};
pub use members::UserListPage;
pub use once::{EarlierRequest, IdempotentRequest};
pub use operators::OperatorContext;
pub use pacer::{Pacer, Reservation};
pub use passwords::Passwords;
pub use preparation::{EligibilityVerdicts, Preparation, lists};
pub use queue::{LONGEST_DELAY, Queue};
pub use random::random;
pub use resends::NewResend;
pub use schedules::{ScheduleTarget, Schedules};
pub use store::Store;
pub use test_mails::TestMail;
pub use transitions::ResendTransition;
pub use user_pool::{PasswordSet, UserPool};
pub use users::OwnersVersion;
