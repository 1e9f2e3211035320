//! The flows of operators over the whole stack.
#![expect(clippy::unwrap_used, reason = "a failed unwrap fails the test")]

mod audit;
mod directory;
mod feedback;
mod identity;
mod language;
mod limits;
mod main_job;
mod once;
mod pace;
mod paging;
mod preparing;
mod recheck;
mod retry;
mod scope;
mod selection;
mod settings;
mod start;
mod steering;
mod template_previews;
mod templates;
mod templates_faults;
