//! The permissions that operations on templates need.

use reinvite_domain::Role;
use reinvite_store::OperatorContext;
use reinvite_web::{Problem, require_permission};

/// Permits operators who may invite users, and template managers.
pub fn require_template_reader(context: &OperatorContext) -> Result<(), Problem> {
    require_permission(
        context.operator.edits_users() || context.operator.holds(&Role::TemplateManager),
        "Reading templates needs group_manager with edit, or template_manager.",
    )
}

/// Permits template managers.
pub fn require_template_manager(context: &OperatorContext) -> Result<(), Problem> {
    require_permission(
        context.operator.holds(&Role::TemplateManager),
        "Changing templates needs template_manager.",
    )
}
