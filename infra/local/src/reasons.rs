//! The reasons of the API in words.

use serde_json::Value;

/// The reason for which a recipient or an excluded user got no mail, as a sentence about the user without its subject.
#[must_use]
pub fn in_words(row: &Value) -> String {
    match row["reason"].as_str() {
        Some(reason) => reason_in_words(reason),
        None => state_in_words(row["state"].as_str().unwrap_or_default()),
    }
}

fn reason_in_words(reason: &str) -> String {
    let words = match reason {
        "not_found" => "does not exist",
        "not_permitted" => "may not be invited by this operator",
        "not_active" => "has no active account",
        "outside_validity" => "has an account that is not valid at that time",
        "no_email" => "has no e-mail address",
        "suppressed" => "has an address that bounced or complained before",
        "recently_invited" => "was invited a short time ago",
        "logged_in" => "has logged in",
        "operator_not_permitted" => "was to be invited by an operator who may no longer invite",
        "cancelled" => "was not reached before the resend was cancelled",
        "template_failed" => "has values that the template cannot render",
        refused_by_ses => {
            return format!("was refused by SES: {}", refused_by_ses.replace('_', " "));
        }
    };
    words.to_owned()
}

fn state_in_words(state: &str) -> String {
    let words = match state {
        "pending" | "sending" => "has not been reached yet",
        "unknown" => "may have got a mail: SES gave no answer",
        "bounced" => "has an address that bounced",
        other => return other.to_owned(),
    };
    words.to_owned()
}

#[cfg(test)]
mod tests {
    use reinvite_domain::ExclusionReason;
    use serde_json::json;

    use super::*;

    #[test]
    fn every_exclusion_reason_has_words() {
        for reason in [
            ExclusionReason::NotFound,
            ExclusionReason::NotPermitted,
            ExclusionReason::NotActive,
            ExclusionReason::OutsideValidity,
            ExclusionReason::NoEmail,
            ExclusionReason::Suppressed,
            ExclusionReason::RecentlyInvited,
            ExclusionReason::LoggedIn,
            ExclusionReason::OperatorNotPermitted,
            ExclusionReason::Cancelled,
        ] {
            let words = in_words(&json!({ "reason": reason }));
            assert!(!words.contains("SES") && !words.contains('_'), "{words}");
        }
    }

    #[test]
    fn a_status_of_ses_and_a_state_without_a_reason_have_words_too() {
        for (row, expected) in [
            (
                json!({"reason": "mail_from_domain_not_verified", "state": "failed"}),
                "was refused by SES: mail from domain not verified",
            ),
            (
                json!({"state": "unknown"}),
                "may have got a mail: SES gave no answer",
            ),
            (json!({"state": "bounced"}), "has an address that bounced"),
        ] {
            assert_eq!(in_words(&row), expected);
        }
    }
}
