//! `GET /v1/templates/variables`

use axum::Json;
use reinvite_mail::{Variable, variables};
use reinvite_web::{Caller, Parameters, Problem};

use crate::permissions::require_template_reader;

/// Lists the variables that templates may use.
pub async fn list_variables(
    Caller(context): Caller,
    parameters: Parameters,
) -> Result<Json<Vec<Variable>>, Problem> {
    require_template_reader(&context)?;
    parameters.end()?;

    Ok(Json(variables()))
}
