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
        "accepted" => "has set a password",
        "address_changed" => "has another address than the mail that may have arrived",
        "link_ended" => "may have got a mail whose link has ended since",
        "not_renderable" => "has values that the template cannot render",
        "template_lacks_secret" => {
            "was to get a mail that does not show the link or the password that it is for"
        }
        "rejected" => "was refused by SES",
        "sandbox" => {
            "has an address that SES has not verified, and SES mails no other for this account"
        }
        "transient" => "was refused by SES several times for a passing reason",
        "bad_content" => "was to get a mail that SES considered harmful",
        "rendering_failure" => "was to get a mail that SES could not render",
        other => return other.replace('_', " "),
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
    use reinvite_domain::{ExclusionReason, FailedReason};
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
            ExclusionReason::Accepted,
            ExclusionReason::AddressChanged,
            ExclusionReason::LinkEnded,
            ExclusionReason::NotRenderable,
        ] {
            let words = in_words(&json!({ "reason": reason }));
            assert!(!words.contains("SES") && !words.contains('_'), "{words}");
        }
    }

    #[test]
    fn every_failed_reason_has_words() {
        for reason in FailedReason::ALL {
            let words = in_words(&json!({ "reason": reason }));
            assert!(words.contains(' ') && !words.contains('_'), "{words}");
        }
    }

    #[test]
    fn a_state_without_a_reason_has_words_too() {
        for (row, expected) in [
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
