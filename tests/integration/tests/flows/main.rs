//! The flows of operators over the whole stack.
#![expect(clippy::unwrap_used, reason = "a failed unwrap fails the test")]

mod audit;
mod choices;
mod csv;
mod directory;
mod feedback;
mod filters;
mod identity;
mod language;
mod limits;
mod main_job;
mod maintenance;
mod not_renderable;
mod notes;
mod once;
mod outbox;
mod pace;
mod paging;
mod preparing;
mod preview_pages;
mod previews;
mod read_and_written;
mod recheck;
mod recipient;
mod retry;
mod scope;
mod selection;
mod settings;
mod start;
mod steering;
mod template_cleaning;
mod template_previews;
mod template_sources;
mod templates;
mod templates_faults;
mod wrong_requests;
