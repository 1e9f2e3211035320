//! The kinds of problems, and the only table of status codes.

use axum::http::StatusCode;
use strum::{IntoStaticStr, VariantArray};

/// The kind of a [`Problem`](crate::Problem), which decides the problem's type, title and status.
#[derive(Clone, Copy, Debug, PartialEq, Eq, IntoStaticStr, VariantArray)]
#[strum(serialize_all = "kebab-case")]
pub enum ProblemKind {
    /// A request that cannot be read: broken JSON, an unknown field or parameter, or a value of the
    /// wrong type.
    Malformed,
    /// No usable `Idempotency-Key` in a call that requires one.
    IdempotencyKeyMissing,
    /// No valid token.
    NoValidToken,
    /// A valid token, but not that of an operator.
    NotAnOperator,
    /// A valid token without a usable claim that names the organisation.
    NoOrganisation,
    /// The operator sees the resource, but must not do this to it.
    Forbidden,
    /// The resource does not exist, or the operator does not see it.
    NotFound,
    /// The path has no such method.
    MethodNotAllowed,
    /// The resource is in another state than the call needs, or a concurrent request changed it.
    Conflict,
    /// Another user has the login id.
    LoginIdTaken,
    /// Another user has the subject.
    SubjectTaken,
    /// The change would leave the organisation without an active owner.
    LastOwner,
    /// The group still has members or subgroups.
    GroupNotEmpty,
    /// The template comes with Reinvite, or the settings name it as the default.
    TemplateInUse,
    /// The resource has another version than the one that `If-Match` names.
    PreconditionFailed,
    /// No usable `If-Match` in a call that requires one.
    PreconditionRequired,
    /// The organisation has reached its daily limit of recipients.
    DailyLimit,
    /// The caller exceeds a rate limit.
    TooManyRequests,
    /// The body is too large.
    TooLarge,
    /// The body has another media type than the call reads.
    UnsupportedMediaType,
    /// The request can be read, but a value breaks a rule.
    Invalid,
    /// No selected user is eligible for the resend.
    NobodyEligible,
    /// The resend is larger than the limit of a whole day.
    AboveDailyLimit,
    /// The `Idempotency-Key` came before with another body.
    IdempotencyKeyReused,
    /// A password was set with the link.
    InvitationUsed,
    /// The link was ended before it expired.
    InvitationEnded,
    /// The link has expired.
    InvitationExpired,
    /// The password breaks a rule for passwords.
    WeakPassword,
    /// The service failed.
    Internal,
}

impl ProblemKind {
    /// Every kind.
    pub const ALL: &'static [Self] = Self::VARIANTS;

    /// The last part of the problem's `type`: the name of the kind in kebab case.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.into()
    }

    /// The status code of the answer.
    #[must_use]
    pub const fn status(self) -> StatusCode {
        match self {
            Self::Malformed | Self::IdempotencyKeyMissing => StatusCode::BAD_REQUEST,
            Self::NoValidToken => StatusCode::UNAUTHORIZED,
            Self::NotAnOperator | Self::NoOrganisation | Self::Forbidden => StatusCode::FORBIDDEN,
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,

            Self::Conflict
            | Self::LoginIdTaken
            | Self::SubjectTaken
            | Self::LastOwner
            | Self::GroupNotEmpty
            | Self::TemplateInUse
            | Self::InvitationUsed
            | Self::InvitationEnded => StatusCode::CONFLICT,

            Self::InvitationExpired => StatusCode::GONE,
            Self::PreconditionFailed => StatusCode::PRECONDITION_FAILED,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::UnsupportedMediaType => StatusCode::UNSUPPORTED_MEDIA_TYPE,

            Self::Invalid
            | Self::NobodyEligible
            | Self::AboveDailyLimit
            | Self::IdempotencyKeyReused
            | Self::WeakPassword => StatusCode::UNPROCESSABLE_ENTITY,

            Self::PreconditionRequired => StatusCode::PRECONDITION_REQUIRED,
            Self::DailyLimit | Self::TooManyRequests => StatusCode::TOO_MANY_REQUESTS,
            Self::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// The problem's `title`: a sentence that is equal for all problems of a kind.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::Malformed => "The request cannot be read",
            Self::IdempotencyKeyMissing => "Idempotency-Key is missing or unusable",
            Self::NoValidToken => "No valid token",
            Self::NotAnOperator => "Not an operator",
            Self::NoOrganisation => "The token names no organisation",
            Self::Forbidden => "Not allowed",

            Self::NotFound => "Not found",
            Self::MethodNotAllowed => "Method not allowed",

            Self::Conflict => "Not possible in this state",
            Self::LoginIdTaken => "The login id is taken",
            Self::SubjectTaken => "The subject is taken",
            Self::LastOwner => "The last active owner",
            Self::GroupNotEmpty => "The group is not empty",
            Self::TemplateInUse => "The template is needed",

            Self::PreconditionFailed => "Changed by somebody else",
            Self::PreconditionRequired => "If-Match is missing or unusable",
            Self::DailyLimit => "The day's limit is reached",
            Self::TooManyRequests => "Too many requests",
            Self::TooLarge => "The body is too large",
            Self::UnsupportedMediaType => "The media type is not supported",

            Self::Invalid => "The request is wrong",
            Self::NobodyEligible => "Nobody is eligible",
            Self::AboveDailyLimit => "More than a whole day's limit",
            Self::IdempotencyKeyReused => "Idempotency-Key was used before",

            Self::InvitationUsed => "The link was used",
            Self::InvitationEnded => "The link has ended",
            Self::InvitationExpired => "The link has expired",
            Self::WeakPassword => "The password is too weak",
            Self::Internal => "Something went wrong here",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every kind with its name and status, as clients know them.
    const KINDS: [(ProblemKind, &str, u16); 29] = [
        (ProblemKind::Malformed, "malformed", 400),
        (
            ProblemKind::IdempotencyKeyMissing,
            "idempotency-key-missing",
            400,
        ),
        (ProblemKind::NoValidToken, "no-valid-token", 401),
        (ProblemKind::NotAnOperator, "not-an-operator", 403),
        (ProblemKind::NoOrganisation, "no-organisation", 403),
        (ProblemKind::Forbidden, "forbidden", 403),
        (ProblemKind::NotFound, "not-found", 404),
        (ProblemKind::MethodNotAllowed, "method-not-allowed", 405),
        (ProblemKind::Conflict, "conflict", 409),
        (ProblemKind::LoginIdTaken, "login-id-taken", 409),
        (ProblemKind::SubjectTaken, "subject-taken", 409),
        (ProblemKind::LastOwner, "last-owner", 409),
        (ProblemKind::GroupNotEmpty, "group-not-empty", 409),
        (ProblemKind::TemplateInUse, "template-in-use", 409),
        (ProblemKind::PreconditionFailed, "precondition-failed", 412),
        (
            ProblemKind::PreconditionRequired,
            "precondition-required",
            428,
        ),
        (ProblemKind::DailyLimit, "daily-limit", 429),
        (ProblemKind::TooManyRequests, "too-many-requests", 429),
        (ProblemKind::TooLarge, "too-large", 413),
        (
            ProblemKind::UnsupportedMediaType,
            "unsupported-media-type",
            415,
        ),
        (ProblemKind::Invalid, "invalid", 422),
        (ProblemKind::NobodyEligible, "nobody-eligible", 422),
        (ProblemKind::AboveDailyLimit, "above-daily-limit", 422),
        (
            ProblemKind::IdempotencyKeyReused,
            "idempotency-key-reused",
            422,
        ),
        (ProblemKind::InvitationUsed, "invitation-used", 409),
        (ProblemKind::InvitationEnded, "invitation-ended", 409),
        (ProblemKind::InvitationExpired, "invitation-expired", 410),
        (ProblemKind::WeakPassword, "weak-password", 422),
        (ProblemKind::Internal, "internal", 500),
    ];

    #[test]
    fn every_kind_has_its_name_and_status() {
        for (kind, name, status) in KINDS {
            assert_eq!((kind.name(), kind.status().as_u16()), (name, status));
        }
        assert!(
            ProblemKind::ALL
                .iter()
                .all(|kind| KINDS.iter().any(|(known, ..)| known == kind))
        );
    }
}
