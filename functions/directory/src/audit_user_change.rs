use reinvite_domain::{AuditAction, User};

/// The audit entry of a user who was created or changed. It names fields, and holds no values.
pub fn audit_user_change(before: Option<&User>, after: &User) -> AuditAction {
    let user_id = after.id.clone();
    let Some(before) = before else {
        return AuditAction::UserCreated { user_id };
    };

    let fields = before.changed_fields(after);
    AuditAction::UserChanged {
        user_id,
        fields: fields.into_iter().map(str::to_string).collect(),
    }
}
