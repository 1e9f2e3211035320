//! The permissions that several operations need.

use reinvite_domain::Role;
use reinvite_store::OperatorContext;
use reinvite_web::{Problem, require_permission};

/// Permits operators who may see users.
pub fn require_user_reader(context: &OperatorContext) -> Result<(), Problem> {
    require_permission(
        context.operator.sees_users(),
        "Only a group manager, a directory manager or an owner may see users.",
    )
}

/// Permits directory managers, who put and delete users.
pub fn require_directory_manager(context: &OperatorContext) -> Result<(), Problem> {
    require_permission(
        context.operator.holds(&Role::DirectoryManager),
        "Only a directory manager or an owner may put and delete users.",
    )
}

/// Permits owners, who change groups.
pub fn require_owner_for_groups(context: &OperatorContext) -> Result<(), Problem> {
    require_permission(
        context.operator.is_owner(),
        "Only an owner may see a group's roles and change groups.",
    )
}

/// Permits owners, who grant roles.
pub fn require_owner_for_roles(context: &OperatorContext) -> Result<(), Problem> {
    require_permission(
        context.operator.is_owner(),
        "Only an owner may see and grant roles.",
    )
}
