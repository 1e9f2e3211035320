#![doc = include_str!("../README.md")]

mod accept_invitation;
mod addressee;
mod find_invitation;
mod form;
mod function;
mod get_invitation;
mod page;
mod page_template;
mod password_error;
mod renew_invitation;
mod response_headers;
mod set_password;
mod translations;

use axum::{
    Router,
    middleware::from_fn,
    routing::{get, post},
};

use crate::{
    accept_invitation::accept_invitation, get_invitation::get_invitation,
    renew_invitation::renew_invitation, response_headers::add_response_headers,
};

pub use crate::function::InvitationsFunction;

/// The routes of the function.
pub fn router(function: InvitationsFunction) -> Router {
    let routes = Router::new()
        .route("/v1/invitations/renew", post(renew_invitation))
        .route("/v1/invitations/{token}", get(get_invitation))
        .route("/v1/invitations/{token}/accept", post(accept_invitation))
        .with_state(function);

    reinvite_web::router(routes).layer(from_fn(add_response_headers))
}
