//! A chunk: up to 250 recipients of a resend, sent wave by wave by one message at a time.

mod claim;
mod mail_inputs;
mod record;
mod recount;
mod step;

pub use claim::{CLAIM_LIFE, Claim, SEND_WITHIN};
pub use mail_inputs::MailInputs;
pub use record::{Chunk, MAX_EXCLUDED_PER_LIST, RECIPIENTS_PER_CHUNK, Slot};
pub use recount::RECOUNT_DELAY;
pub use step::{ChunkStep, REATTEMPT_AFTER};
