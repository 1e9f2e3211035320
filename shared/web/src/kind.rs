//! The kinds of problems, and the only table of status codes.

use axum::http::StatusCode;

/// What went wrong: the last part of a problem's `type`, its `title` and its status.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProblemKind {
    /// A request that cannot be read: broken JSON, an unknown field or parameter, a value of the wrong type.
    Malformed,
    /// No usable `Idempotency-Key` where one is required.
    IdempotencyKeyMissing,
    /// No valid token.
    NoValidToken,
    /// A valid token of somebody who is no operator here.
    NotAnOperator,
    /// Visible to the operator, but not theirs to do.
    Forbidden,
    /// Not there, or not visible to the operator.
    NotFound,
    /// The path has no such method.
    MethodNotAllowed,
    /// Not in the state the call is for, or changed by somebody else meanwhile.
    Conflict,
    /// Another user has the login id.
    LoginIdTaken,
    /// Another user has the subject.
    SubjectTaken,
    /// The organisation would be left without an active owner.
    LastOwner,
    /// The group still has members or subgroups.
    GroupNotEmpty,
    /// A template that comes with Reinvite, or that the settings name.
    TemplateInUse,
    /// Somebody else changed it since the version that `If-Match` names.
    PreconditionFailed,
    /// No usable `If-Match` where one is required.
    PreconditionRequired,
    /// The day's limit of recipients is reached.
    DailyLimit,
    /// Too often in a while.
    TooManyRequests,
    /// A body that is too large.
    TooLarge,
    /// A body of another media type.
    UnsupportedMediaType,
    /// Read, but wrong.
    Invalid,
    /// A resend that nobody would get.
    NobodyEligible,
    /// A resend larger than a whole day's limit.
    AboveDailyLimit,
    /// The `Idempotency-Key` came before with another body.
    IdempotencyKeyReused,
    /// A password was set with the link.
    InvitationUsed,
    /// Something ended the link.
    InvitationEnded,
    /// The link came too late.
    InvitationExpired,
    /// A password that may not be set.
    WeakPassword,
    /// A failure of ours.
    Internal,
}

impl ProblemKind {
    /// Every kind.
    pub const ALL: [Self; 28] = [
        Self::Malformed,
        Self::IdempotencyKeyMissing,
        Self::NoValidToken,
        Self::NotAnOperator,
        Self::Forbidden,
        Self::NotFound,
        Self::MethodNotAllowed,
        Self::Conflict,
        Self::LoginIdTaken,
        Self::SubjectTaken,
        Self::LastOwner,
        Self::GroupNotEmpty,
        Self::TemplateInUse,
        Self::PreconditionFailed,
        Self::PreconditionRequired,
        Self::DailyLimit,
        Self::TooManyRequests,
        Self::TooLarge,
        Self::UnsupportedMediaType,
        Self::Invalid,
        Self::NobodyEligible,
        Self::AboveDailyLimit,
        Self::IdempotencyKeyReused,
        Self::InvitationUsed,
        Self::InvitationEnded,
        Self::InvitationExpired,
        Self::WeakPassword,
        Self::Internal,
    ];

    /// Name, title and status.
    #[must_use]
    pub const fn described(self) -> (&'static str, &'static str, StatusCode) {
        match self {
            Self::Malformed => (
                "malformed",
                "The request cannot be read",
                StatusCode::BAD_REQUEST,
            ),
            Self::IdempotencyKeyMissing => (
                "idempotency-key-missing",
                "Idempotency-Key is missing or unusable",
                StatusCode::BAD_REQUEST,
            ),
            Self::NoValidToken => ("no-valid-token", "No valid token", StatusCode::UNAUTHORIZED),
            Self::NotAnOperator => ("not-an-operator", "Not an operator", StatusCode::FORBIDDEN),
            Self::Forbidden => ("forbidden", "Not allowed", StatusCode::FORBIDDEN),
            Self::NotFound => ("not-found", "Not found", StatusCode::NOT_FOUND),
            Self::MethodNotAllowed => (
                "method-not-allowed",
                "Method not allowed",
                StatusCode::METHOD_NOT_ALLOWED,
            ),
            Self::Conflict => (
                "conflict",
                "Not possible in this state",
                StatusCode::CONFLICT,
            ),
            Self::LoginIdTaken => (
                "login-id-taken",
                "The login id is taken",
                StatusCode::CONFLICT,
            ),
            Self::SubjectTaken => (
                "subject-taken",
                "The subject is taken",
                StatusCode::CONFLICT,
            ),
            Self::LastOwner => ("last-owner", "The last active owner", StatusCode::CONFLICT),
            Self::GroupNotEmpty => (
                "group-not-empty",
                "The group is not empty",
                StatusCode::CONFLICT,
            ),
            Self::TemplateInUse => (
                "template-in-use",
                "The template is needed",
                StatusCode::CONFLICT,
            ),
            Self::PreconditionFailed => (
                "precondition-failed",
                "Changed by somebody else",
                StatusCode::PRECONDITION_FAILED,
            ),
            Self::PreconditionRequired => (
                "precondition-required",
                "If-Match is missing or unusable",
                StatusCode::PRECONDITION_REQUIRED,
            ),
            Self::DailyLimit => (
                "daily-limit",
                "The day's limit is reached",
                StatusCode::TOO_MANY_REQUESTS,
            ),
            Self::TooManyRequests => (
                "too-many-requests",
                "Too many requests",
                StatusCode::TOO_MANY_REQUESTS,
            ),
            Self::TooLarge => (
                "too-large",
                "The body is too large",
                StatusCode::PAYLOAD_TOO_LARGE,
            ),
            Self::UnsupportedMediaType => (
                "unsupported-media-type",
                "The media type is not supported",
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
            ),
            Self::Invalid => (
                "invalid",
                "The request is wrong",
                StatusCode::UNPROCESSABLE_ENTITY,
            ),
            Self::NobodyEligible => (
                "nobody-eligible",
                "Nobody is eligible",
                StatusCode::UNPROCESSABLE_ENTITY,
            ),
            Self::AboveDailyLimit => (
                "above-daily-limit",
                "More than a whole day's limit",
                StatusCode::UNPROCESSABLE_ENTITY,
            ),
            Self::IdempotencyKeyReused => (
                "idempotency-key-reused",
                "Idempotency-Key was used before",
                StatusCode::UNPROCESSABLE_ENTITY,
            ),
            Self::InvitationUsed => ("invitation-used", "The link was used", StatusCode::CONFLICT),
            Self::InvitationEnded => (
                "invitation-ended",
                "The link has ended",
                StatusCode::CONFLICT,
            ),
            Self::InvitationExpired => (
                "invitation-expired",
                "The link has expired",
                StatusCode::GONE,
            ),
            Self::WeakPassword => (
                "weak-password",
                "The password is too weak",
                StatusCode::UNPROCESSABLE_ENTITY,
            ),
            Self::Internal => (
                "internal",
                "Something went wrong here",
                StatusCode::INTERNAL_SERVER_ERROR,
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_has_its_name_and_status() {
        let described = [
            (ProblemKind::Malformed, "malformed", 400),
            (
                ProblemKind::IdempotencyKeyMissing,
                "idempotency-key-missing",
                400,
            ),
            (ProblemKind::NoValidToken, "no-valid-token", 401),
            (ProblemKind::NotAnOperator, "not-an-operator", 403),
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
        for (kind, name, status) in described {
            let (named, _, answered) = kind.described();
            assert_eq!((named, answered.as_u16()), (name, status));
        }
        assert!(
            ProblemKind::ALL
                .iter()
                .all(|kind| described.iter().any(|(known, ..)| known == kind))
        );
    }
}
