//! The environment of a function's process.

use reinvite_emulators::arn;

/// The variables of a function, with the emulated AWS at `aws_port` in the place of AWS. A function passes over those of the others.
pub fn environment(
    name: &str,
    memory_mib: u32,
    runtime_api: &str,
    aws_port: u16,
) -> Vec<(&'static str, String)> {
    let endpoint = format!("http://127.0.0.1:{aws_port}");

    [
        lambda(name, memory_mib, runtime_api),
        configuration(&endpoint),
    ]
    .concat()
}

/// The variables that Lambda sets.
fn lambda(name: &str, memory_mib: u32, runtime_api: &str) -> Vec<(&'static str, String)> {
    vec![
        ("AWS_LAMBDA_RUNTIME_API", runtime_api.into()),
        ("AWS_LAMBDA_FUNCTION_NAME", name.into()),
        ("AWS_LAMBDA_FUNCTION_VERSION", "1".into()),
        ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", memory_mib.to_string()),
        ("AWS_LAMBDA_LOG_GROUP_NAME", name.into()),
        ("AWS_LAMBDA_LOG_STREAM_NAME", name.into()),
        ("AWS_LAMBDA_LOG_FORMAT", "JSON".into()),
        ("AWS_REGION", arn::REGION.into()),
        ("AWS_ACCESS_KEY_ID", "local".into()),
        ("AWS_SECRET_ACCESS_KEY", "local".into()),
    ]
}

/// The variables that `infra/template.yaml` sets, and the SDK's endpoint.
fn configuration(endpoint: &str) -> Vec<(&'static str, String)> {
    vec![
        ("DIRECTORY_TABLE", "Directory".into()),
        ("RESENDS_TABLE", "Resends".into()),
        ("QUEUE_URL", format!("{endpoint}/{}/Work", arn::ACCOUNT)),
        (
            "FEEDBACK_QUEUE_URL",
            format!("{endpoint}/{}/Feedback", arn::ACCOUNT),
        ),
        ("SCHEDULE_GROUP", "Schedules".into()),
        ("SENDER_ARN", arn::function("sender")),
        ("SCHEDULER_ROLE_ARN", arn::role("SchedulerRole")),
        ("DEAD_LETTER_ARN", arn::queue("FiringDeadLetters")),
        ("STAGE", "local".into()),
        ("LOGIN_URL", "https://learn.example.com/login".into()),
        ("FROM_ADDRESS", "invitations@example.com".into()),
        ("CREDENTIALS", "table".into()),
        ("ORGANISATION_CLAIM", "org".into()),
        ("OPERATOR_BY", "user_id".into()),
        ("KEY_SECRET", "StageKey".into()),
        (
            "INVITATION_URL",
            "https://invitations.example.com/v1/invitations".into(),
        ),
        ("AWS_ENDPOINT_URL", endpoint.into()),
    ]
}
