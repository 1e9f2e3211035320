use reinvite_domain::AuditAction;
use reinvite_store::UserChange;

/// The audit entry of a user who was created or changed. It names fields, and holds no values.
pub fn audit_user_change(change: &UserChange<'_>) -> AuditAction {
    let user_id = change.after.id.clone();
    let Some(before) = change.before else {
        return AuditAction::UserCreated { user_id };
    };

    let mut fields = before.changed_fields(change.after);
    if change.attributes.is_some() {
        fields.push("attributes");
    }
    AuditAction::UserChanged {
        user_id,
        fields: fields.into_iter().map(str::to_string).collect(),
    }
}
