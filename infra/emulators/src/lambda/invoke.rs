//! Lambda's `Invoke`, for what IAM guards and no HTTP call does: `aws lambda invoke --endpoint-url …`.

use axum::{
    Json, Router,
    body::Bytes,
    extract::{Path, State},
    response::{IntoResponse, Response},
    routing::post,
};
use http::StatusCode;
use serde_json::{Value, json};

use super::functions::{Functions, InvokeError};
use crate::arn;

/// `POST /2015-03-31/functions/{name}/invocations`, for a name or an ARN; the answer is the function's.
pub fn router(functions: Functions) -> Router {
    Router::new()
        .route("/2015-03-31/functions/{name}/invocations", post(invoke))
        .with_state(functions)
}

async fn invoke(
    State(functions): State<Functions>,
    Path(name): Path<String>,
    event: Bytes,
) -> Response {
    let Ok(event) = serde_json::from_slice::<Value>(&event) else {
        let refusal =
            Json(json!({"Type": "User", "message": "Could not parse request body into json."}));
        let code = [("x-amzn-errortype", "InvalidRequestContentException")];
        return (StatusCode::BAD_REQUEST, code, refusal).into_response();
    };

    let name = arn::function_name(&name).unwrap_or(&name);

    match functions.invoke(name, event).await {
        Ok(answer) => Json(answer).into_response(),
        Err(error @ InvokeError::NotFound(_)) => {
            let refusal = Json(json!({"Type": "User", "Message": error.to_string()}));
            (
                StatusCode::NOT_FOUND,
                [("x-amzn-errortype", "ResourceNotFoundException")],
                refusal,
            )
                .into_response()
        }
        // The call succeeded, the function did not: Lambda answers 200 and says so in a header.
        Err(InvokeError::Failed { reason, .. }) => {
            let error = Json(json!({"errorType": "Error", "errorMessage": reason}));
            ([("x-amz-function-error", "Unhandled")], error).into_response()
        }
    }
}
