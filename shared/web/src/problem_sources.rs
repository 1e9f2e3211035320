//! The problems that errors of the store and of the AWS clients become.

use reinvite_aws::Error as AwsError;
use reinvite_store::Error as StoreError;

use crate::{Problem, ProblemKind};

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        let (kind, detail) = match error {
            StoreError::Changed => (
                ProblemKind::Conflict,
                "Somebody else changed it meanwhile. Try again.",
            ),
            StoreError::DailyLimit => (
                ProblemKind::DailyLimit,
                "The organisation's limit of recipients a day has not so many left.",
            ),
            StoreError::LoginIdTaken => (
                ProblemKind::LoginIdTaken,
                "Another user of the organisation has this login id.",
            ),
            StoreError::SubjectTaken => (
                ProblemKind::SubjectTaken,
                "Another user of the organisation has this subject.",
            ),

            StoreError::Call { .. } | StoreError::Corrupt { .. } | StoreError::Missing(_) => {
                return Self::internal(&error);
            }
        };

        Self::new(kind, detail)
    }
}

impl From<AwsError> for Problem {
    fn from(error: AwsError) -> Self {
        Self::internal(&error)
    }
}
