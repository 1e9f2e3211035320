#![doc = include_str!("../README.md")]

pub mod assets;
mod function;
mod origin;
mod page;
pub mod policy;
mod sign_in;

use axum::{Router, routing::get};

pub use function::ConsoleFunction;
pub use sign_in::{ApiToken, SignIn};

/// The routes of the function. Every path below `/console` that is no file and no frame is a screen, which the page finds by
/// itself.
pub fn router(function: ConsoleFunction) -> Router {
    let routes = Router::new()
        .route("/", get(page::page))
        .route("/console/{*screen}", get(page::page))
        .route(page::MAIL_FRAME, get(page::mail_frame))
        .route(page::MAIL_FRAME_IMAGES, get(page::mail_frame_images))
        .route("/console/assets/{*name}", get(assets::asset))
        .with_state(function);

    reinvite_web::router(routes)
}
