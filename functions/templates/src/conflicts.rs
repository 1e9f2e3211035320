//! The answers to changes that a template does not allow.

use reinvite_domain::TemplateId;
use reinvite_mail::built_in_templates;
use reinvite_web::{Problem, ProblemKind};

/// Rejects a change of a template that comes with Reinvite.
pub fn reject_built_in(id: &TemplateId) -> Result<(), Problem> {
    if built_in_templates().contains_key(id) {
        return Err(Problem::new(
            ProblemKind::TemplateInUse,
            "It comes with Reinvite: make one of your own from it.",
        ));
    }
    Ok(())
}

/// The answer to a deletion of the organisation's default template.
pub fn is_default_template() -> Problem {
    Problem::new(
        ProblemKind::TemplateInUse,
        "The settings name it as the default template.",
    )
}
