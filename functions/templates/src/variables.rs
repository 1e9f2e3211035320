//! What templates may use: `GET /v1/templates/variables`.

use axum::Json;
use reinvite_mail::Variable;
use reinvite_web::{Caller, Parameters, Problem};

use crate::found::may_read;

pub async fn list(
    Caller(context): Caller,
    parameters: Parameters,
) -> Result<Json<Vec<Variable>>, Problem> {
    may_read(&context)?;
    parameters.end()?;
    Ok(Json(reinvite_mail::variables()))
}
