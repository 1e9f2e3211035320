//! The flows of operators over the whole stack.
#![expect(clippy::unwrap_used, reason = "a failed unwrap fails the test")]

mod audit;
mod choices;
mod feedback;
mod filters;
mod identity;
mod ids_used_again;
mod limits;
mod main_job;
mod many_groups;
mod member_counts;
mod names;
mod not_renderable;
mod once;
mod outbox;
mod owners;
mod pace;
mod paging;
mod preparing;
mod previews;
mod recheck;
mod recipient;
mod retry;
mod scope;
mod selection;
mod settings;
mod start;
mod steering;
mod template_previews;
mod templates;
mod templates_faults;
mod users_and_groups;
mod wrong_requests;
