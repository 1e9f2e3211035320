//! A short mail, which takes little time to render and to read.

use serde_json::{Value, json};

/// The edit of a resend that makes its mail short; it holds the part that `password_change` needs.
pub fn short(password_change: &str) -> Value {
    let (html, text) = match password_change {
        "set_link" => (
            "<a href=\"{{ invitation_url }}\">Set it</a>",
            "{{ invitation_url }}",
        ),
        "temporary" => ("<b>{{ password }}</b>", "{{ password }}"),
        _ => ("<b>{{ user.login_id }}</b>", "{{ user.login_id }}"),
    };

    json!({"language": "en", "subject": "Your account", "html": format!("<p>{html}</p>"), "text": text})
}
